schema_version = 1

product "lamp" {
  name   = "Lamp"
  models = [for m in ["a", "b"] : "L${m}"] # ERROR: "for" is no part of the product language
}
