schema_version = 1

key "release" {
  public = file("keys/release.pub")
}

product "lamp" {
  name         = "Lamp"
  models       = ["L1"]
  manufacturer = manufacturer.acme # ERROR: there is no manufacturer "acme"

  update {
    signed_by = [key.relase, key.release] # ERROR: there is no key "relase"
    from      = key.release               # ERROR: from: key.release is no cloud
  }

  credential "pairing" {}

  interface "wifi" {
    service "https" {
      login = credential.paring # ERROR: there is no credential "paring"
    }
    service "ssh" {
      login = "pairing" # ERROR: login wants a reference, not a text
    }
    service "mqtt" {
      login = credential # ERROR: credential alone names no block
    }
    service "coap" {
      login = credential.pairing.kind # ERROR: a reference has two parts
    }
  }

  connection "out" {
    to      = lann                 # ERROR: there is nothing named "lann" to refer to
    carries = [data.x, internet.y] # ERROR: there is no data "x" # ERROR: internet has no parts to refer to
  }

  data "log" {
    purpose = var.purpose # ERROR: there is no variable "purpose"
    where   = ["device", clowd, "clowd"] # ERROR: "clowd" is a word without quotes # ERROR: where: "clowd" is none of the values
  }
}
