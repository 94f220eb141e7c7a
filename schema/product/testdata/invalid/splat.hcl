schema_version = 1

product "lamp" {
  name   = "Lamp"
  models = ["a", "b"][*] # ERROR: "*" is no part of the product language
}
