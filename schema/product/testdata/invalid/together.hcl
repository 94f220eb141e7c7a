schema_version = 1

manufacturer "acme" {
  name = "Acme"
}

manufacturer "other" {
  name = "Other"
}

key "release" { # ERROR: key "release" is declared as rsa-2048 and is ed25519
  algorithm = "rsa-2048"
  public    = file("keys/release.pub")
}

key "next" { # ERROR: key "next": not_after is before not_before
  public     = file("keys/release.pub")
  not_before = "2027-01-01"
  not_after  = "2026-01-01"
}

product "lamp" { # ERROR: the folder declares 2 manufacturers and the product names none
  name   = "Lamp"
  models = ["L1"]

  target "uk-psti" {}
  target "uk-psti" { edition = "2023" }
  target "uk-psti" {} # ERROR: target "uk-psti" is written twice: it stands at product.hcl:26 already

  firmware "main" {
    version = "1"
    opaque_range "radio" {
      offset   = 0
      length   = 0 # ERROR: length: 0 is too little
      supplier = "Example Semiconductor"
      reason   = "No licence"
    }
  }

  firmware "radio" { # ERROR: firmware "radio" is opaque and names no supplier
    version = "1"
    opaque  = true
  }

  release { # ERROR: the release names no firmware, and the product has 2
    tag    = "v1"
    asset  = "*.bin"
    sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  }
}
