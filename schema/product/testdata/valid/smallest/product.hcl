schema_version = 1

manufacturer "acme" {
  name    = "Acme Lighting GmbH"
  country = "DE"
  contact = "mailto:hello@acme.example"

  vulnerability_disclosure {
    policy   = "https://acme.example/security"
    contacts = ["mailto:psirt@acme.example"]
  }
}

key "release" {
  public = file("keys/release.pub")
}

product "glow-1" {
  name       = "Glow 1"
  models     = ["GL1-E27"]
  category   = "light"
  first_sold = "2026-05-01"

  support {
    until = "2031-12-31"
  }

  firmware "main" {
    version = "1.4.2"
    image   = "dist/glow-1.4.2.bin"
  }

  update {
    automatic = true
  }

  credential "pairing" {
    kind    = "code"
    initial = "unique-per-device"
  }

  connection "hub" {
    to  = lan
    tls = "1.3"
  }

  data "schedule" {
    personal = false
    purpose  = "Switch the light at the times you chose"
  }

  target "uk-psti" {}
}
