schema_version = 1 # ERROR: the folder declares no product

manufacturer "acme" {
  name = "Acme"
}
