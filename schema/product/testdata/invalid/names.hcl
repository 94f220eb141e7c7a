schema_version = 1

manufacturer "acme" {
  name    = "Acme"
  contry  = "DE" # ERROR: "contry" does not exist in a manufacturer block
  support = true # ERROR: "support" does not exist in a manufacturer block
}

manufactorer "other" { # ERROR: "manufactorer" does not exist in a product file's top level
  name = "Other"
}

product "lamp" {
  name   = "Lamp"
  modell = ["L1"] # ERROR: "modell" does not exist in a product block
  models = ["L1"]
  sbom   = "lamp.cdx.json" # ERROR: "sbom" does not exist in a product block

  suport { # ERROR: "suport" does not exist in a product block
    until = "2030-01-01"
  }
  support = "2030-01-01" # ERROR: "support" is a block
  category { # ERROR: "category" is an attribute, not a block
  }
  firmwear "main" { # ERROR: "firmwear" does not exist in a product block
    version = "1"
  }
}
