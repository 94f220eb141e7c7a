schema_version = 1
schema_version = 1 # ERROR: Attribute redefined

manufacturer { # ERROR: a manufacturer block has one name
  name = "Acme"
}

key "2025" { # ERROR: "2025" is no name for key: references could not name it
  public = file("keys/release.pub")
}

product "lamp" "two" { # ERROR: a product block has one name
  name = "Lamp"
}

product "lamp" { # ERROR: the product has no models
  name = "Lamp"

  support "long" { # ERROR: a support block has no name
    until = "2030-01-01"
  }

  update {}
  update {} # ERROR: update is written twice: it stands at product.hcl:23 already

  data "log" {}
  data "log" {} # ERROR: data "log" is written twice: it stands at product.hcl:26 already
  data "a b" {} # ERROR: "a b" is no name for data: references could not name it

  exception "storage/private-key" { # ERROR: the exception has no author
    reason  = "Test vector"
    path    = "/usr/share/a.pem"
    expires = "2030-01-01"
  }
  exception "storage/private-key" {
    reason  = "Test vector"
    path    = "/usr/share/b.pem"
    author  = "J. Example"
    expires = "2030-01-01"
  }
  exception "storge/private-key" { # ERROR: "storge/private-key" is no name for exception: storge is no principle
    reason  = "Test vector"
    author  = "J. Example"
    expires = "2030-01-01"
  }
  unmet "5.3-4A" { # ERROR: "5.3-4A" is no name for unmet: names no requirement
    reason = "No internet."
  }
}
