schema_version = 1

variable "version" {
  default     = "2.4.1"
  description = "Set by CI: assay check --var version=$TAG"
}

product "aurora-cam-2" {
  name         = "Aurora Cam 2"
  models       = ["AC2-W", "AC2-B"]
  category     = "camera"
  first_sold   = "2026-03-01"
  repository   = "github.com/acme/aurora-cam"
  manufacturer = manufacturer.acme

  # --- what we ask for -------------------------------------------------
  target "etsi-en-303-645" {}
  target "uk-psti" {}
  target "sg-cls" { level = 3 }
  target "us-cyber-trust-mark" {}

  # --- parts -----------------------------------------------------------
  gtin = "09506000134352"

  firmware "main" {
    version    = var.version
    minimum    = "2.3.0" # older firmware is no longer supported
    image      = "dist/ac2-main-${var.version}.bin"
    signature  = "dist/ac2-main-${var.version}.bin.minisig"
    sbom       = "dist/ac2-main.cdx.json"
    vex        = ["dist/ac2-main.openvex.json"]
    provenance = "dist/ac2-main.intoto.jsonl"
  }

  firmware "radio" {
    version  = "11.3"
    image    = "dist/ac2-radio-11.3.bin"
    sbom     = "dist/ac2-radio.spdx.json"
    supplier = "Example Semiconductor"
    opaque   = true # nothing in it is ever a pass; the label's face says it was not examined
  }

  app "android" {
    id      = "example.acme.aurora"
    version = "5.2.0"
    store   = "https://play.example/aurora"
  }

  cloud "relay" {
    hosts     = ["relay.acme.example", "updates.acme.example"]
    regions   = ["EU"]
    operator  = "Acme Vision GmbH"
    after_end = "local streaming keeps working"
  }

  # --- support: how long security updates come
  support {
    until  = "2032-02-28"
    notice = "https://acme.example/support/ac2"
    after  = "Works in the local network; no updates, no cloud."
  }

  # --- updates: how they get in securely
  update {
    automatic           = true
    postpone            = "7d"
    layout              = "a-b"
    signed_by           = [key.release-2025]
    rollback_protection = true
    check_every         = "24h"
    from                = cloud.relay
    offline             = "usb"
    notify              = ["app", "led"]
  }

  # --- credentials: unique per device or set by the user
  credential "owner" {
    kind       = "password"
    initial    = "user-set"
    min_length = 12
    lockout    = "5 in 15m"
    stored_as  = "argon2id"
  }

  credential "device-identity" {
    kind    = "x509"
    initial = "unique-per-device"
    scheme  = "ECDSA P-256 made at the factory"
  }

  # --- communication: protected in transit
  interface "wifi" {
    service "https" {
      port  = 443
      tls   = "1.2"
      login = credential.owner
    }
    service "rtsps" {
      port    = 322
      tls     = "1.2"
      login   = credential.owner
      default = "off"
    }
    service "mdns" {
      port     = 5353
      protocol = "udp"
      reason   = "discovery; carries the model name only"
    }
  }

  interface "uart" {
    kind    = "debug"
    enabled = false
    closed  = "fuse blown in production"
  }

  connection "control" {
    to       = cloud.relay
    protocol = "mqtt"
    tls      = "1.3"
    identity = credential.device-identity
    trusts   = ["pki/acme-root.pem"]
    carries  = [data.events, data.video]
  }

  # --- storage: protected at rest
  storage "vault" {
    at         = "/data/vault"
    holds      = [credential.owner, credential.device-identity]
    protection = "tee"
  }

  storage "clips" {
    at         = "/data/clips"
    holds      = [data.video]
    protection = "encrypted"
  }

  # --- personaldata and deletion
  data "video" {
    personal  = true
    sensitive = true
    purpose   = "Show you what the camera sees"
    kept      = "14d"
    where     = ["device", "cloud"]
    default   = "on"
  }

  data "events" {
    personal = true
    purpose  = "Tell you when something moves"
    kept     = "30d"
    where    = ["cloud"]
  }

  data "diagnostics" {
    personal = false
    purpose  = "Find crashes"
    kept     = "90d"
    where    = ["cloud"]
    default  = "off"
  }

  deletion {
    device       = "Hold the reset key for 10 s"
    app          = "Settings > Remove camera"
    account      = "https://acme.example/delete"
    cloud_within = "30d"
    confirmation = "app message and e-mail"
    instructions = "https://acme.example/ac2/delete"
  }

  # --- lifecycle
  lifecycle {
    secure_boot   = "rom-verified"
    monitoring    = ["watchdog", "update failure report"]
    telemetry_use = "security anomalies only"
  }

  # --- what the product senses; a feature that is absent is declared absent ----
  sensor "camera" {
    senses = ["video"]
    shown  = "a white LED while it records"
  }
  sensor "microphone" { present = false }

  recipient "cloud-analytics" {
    host    = "events.acme.example"
    gets    = [data.events]
    purpose = "Motion alerts"
  }

  # --- what no tool can see: documents, each with the requirements it covers ----
  risk_assessment {
    file   = "evidence/risk-2026.pdf"
    method = "ISO/IEC 27005"
    date   = "2026-01-15"
  }

  evidence "pentest-2026" {
    file         = "evidence/pentest-2026.pdf"
    kind         = "penetration-test"
    covers       = ["etsi-en-303-645:5.6-1", "etsi-en-303-645:5.13-1B"]
    by           = "Example Labs"
    date         = "2026-02-11"
    confidential = true # its digest goes into the label, the file stays here
  }

  # A recommendation that is not followed needs its reason (EN 303 645, 5.0-1).
  unmet "etsi-en-303-645:5.3-4A" {
    reason = "Automatic updates stay off in installations without internet."
  }

  # Marks a finding, never changes a verdict.
  exception "storage/private-key" {
    reason  = "Public test vector shipped by the crypto library"
    path    = "/usr/share/cryptolib/test.pem"
    author  = "J. Example, product security"
    expires = "2026-12-31"
  }

  label {
    languages = ["de", "en", "fr"]
  }
}
