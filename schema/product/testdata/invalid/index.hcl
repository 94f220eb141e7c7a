schema_version = 1

product "lamp" {
  name   = ["a", "b"][0] # ERROR: "[\"a\", \"b\"][0]" is no part of the product language
  models = ["L1"]
}
