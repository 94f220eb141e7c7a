schema_version = 1

product "lamp" {
  name   = "Lamp # ERROR: Invalid multi-line string
  models = ["L1"]
}
