product "lamp" { # ERROR: the folder has no schema_version
  name   = "Lamp"
  models = ["L1"]
}
