schema_version = 2 # ERROR: this folder is written for schema_version 2; this assay reads 1

product "lamp" {
  name     = "Lamp"
  gadgetry = true
}
