schema_version = 1

product "lamp" {
  name   = "Lamp" == "Lamp" ? "a" : "b" # ERROR: "==" is no part of the product language
  models = ["L1"]
}
