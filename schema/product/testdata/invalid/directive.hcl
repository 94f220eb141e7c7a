schema_version = 1

product "lamp" {
  name   = "%{ if true }a%{ endif }" # ERROR: "%{" is no part of the product language
  models = ["L1"]
}
