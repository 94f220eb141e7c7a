# A camera that breaks every one of the nine principles, so that one can see
# what Assay says. Nothing here is a good example.
schema_version = 1

manufacturer "brightlens" {
  name    = "Brightlens Trading"
  contact = "mailto:sales@brightlens.example"
}

product "leaky-cam" {
  name       = "Leaky Cam"
  models     = ["LC-100"]
  category   = "camera"
  first_sold = "2024-05-01"

  target "platform-statement" {}
  target "uk-psti" {}

  firmware "main" {
    version = "1.0.7"
    image   = "dist/leaky-cam-1.0.7.bin"
  }

  support {
    until = "2025-12-31"
  }

  update {
    mechanism = "rauc"
    automatic = true
  }

  # Says that every camera has its own password; the image says otherwise.
  credential "admin" {
    kind    = "password"
    initial = "unique-per-device"
    account = "root"
  }

  interface "lan" {
    kind = "network"
    service "http" {
      port   = 80
      tls    = "none"
      reason = "live picture"
    }
  }

  # Says that there is no microphone; the image records sound.
  sensor "microphone" { present = false }
  sensor "camera" {
    senses = ["video"]
  }
}
