schema_version = 1

product "lamp" {
  name   = "Lamp"
  models = ["L1"]
}

product "bulb" { # ERROR: a folder is one product: product "lamp" stands at product.hcl:3 already
  name   = "Bulb"
  models = ["B1"]
}
