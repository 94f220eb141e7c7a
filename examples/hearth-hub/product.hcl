schema_version = 1

variable "version" {
  default     = "2.4.1"
  description = "Set by a release build: assay check --var version=2.4.2"
}

product "hearth-hub" {
  name       = "Hearth Hub"
  models     = ["HH-2", "HH-2W"]
  category   = "smart home hub"
  first_sold = "2026-03-01"
  gtin       = "09506000134352"

  target "platform-statement" {}
  target "uk-psti" {}

  firmware "main" {
    version = var.version
    minimum = "2.3.0"
    image   = "dist/hearth-hub-${var.version}.bin"
    sbom    = "hearth-hub.cdx.json"
  }

  app "phone" {
    version = "5.2.0"
    store   = "https://apps.example/hearth"
  }

  cloud "relay" {
    hosts     = ["relay.hearth.example", "updates.hearth.example"]
    regions   = ["GB"]
    operator  = "Hearth Home Ltd"
    after_end = "Everything in the home network keeps working"
  }

  support {
    until  = "2031-12-31"
    notice = "https://hearth.example/support/hub"
    after  = "Works in the home network; no updates, no remote access."
  }

  update {
    mechanism   = "opkg"
    automatic   = true
    postpone    = "7d"
    layout      = "package"
    signed_by   = [key.feed-2026]
    check_every = "24h"
    from        = cloud.relay
    notify      = ["app"]
  }

  # The hub has no password of its own: the owner sets one when the hub is set up.
  credential "owner" {
    kind       = "password"
    initial    = "user-set"
    min_length = 12
    lockout    = "5 in 15m"
    stored_as  = "yescrypt"
  }

  credential "device-identity" {
    kind    = "x509"
    initial = "unique-per-device"
    scheme  = "ECDSA P-256, made by the hub at its first start"
  }

  interface "lan" {
    kind = "network"
    service "https" {
      port  = 443
      tls   = "1.2"
      login = credential.owner
    }
  }

  interface "uart" {
    kind    = "debug"
    enabled = false
    closed  = "no login is started on the serial port"
  }

  connection "relay" {
    to       = cloud.relay
    protocol = "https"
    tls      = "1.3"
    identity = credential.device-identity
    carries  = [data.switching]
  }

  storage "data" {
    at         = "/data"
    holds      = [credential.owner, credential.device-identity, data.switching]
    protection = "file-mode"
  }

  data "switching" {
    personal = true
    purpose  = "Show you what was switched on and off, and when"
    kept     = "30d"
    where    = ["device"]
  }

  sensor "microphone" { present = false }
  sensor "camera" { present = false }

  recipient "relay" {
    host    = "relay.hearth.example"
    gets    = [data.switching]
    purpose = "Remote control from the app"
  }

  deletion {
    device       = "Hold the reset key for 10 s"
    app          = "Settings > Remove hub"
    account      = "https://hearth.example/account/delete"
    cloud_within = "30d"
    confirmation = "The light turns white, and the app says so"
    instructions = "https://hearth.example/hub/delete"
    erases       = ["/data"]
  }

  risk_assessment {
    file    = "evidence/risk-assessment.md"
    method  = "ISO/IEC 27005"
    date    = "2026-01-15"
    version = "2.4.0"
  }

  # OpenSSL 3.5 ends before the hub does: who keeps it secure then, and how.
  evidence "maintenance-2026" {
    file   = "evidence/maintenance-plan.md"
    kind   = "other"
    covers = ["etsi-en-303-645:5.3-8"]
    by     = "Hearth Home Ltd"
    date   = "2026-02-02"
  }

  evidence "pentest-2026" {
    file   = "evidence/penetration-test.md"
    kind   = "penetration-test"
    covers = ["etsi-en-303-645:5.6-1"]
    by     = "Example Labs"
    date   = "2026-02-11"
  }
}
