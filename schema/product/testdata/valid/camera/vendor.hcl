# Facts shared by every product of this vendor. All *.hcl files of a folder
# are read together, as Terraform does; a product refers to these by name.
manufacturer "acme" {
  name    = "Acme Vision GmbH"
  address = "Hafenstrasse 1, 20457 Hamburg"
  country = "DE"
  website = "https://acme.example"
  contact = "mailto:hello@acme.example"

  # disclosure: a policy for reported vulnerabilities
  vulnerability_disclosure {
    policy       = "https://acme.example/security"
    contacts     = ["mailto:psirt@acme.example", "https://acme.example/report"]
    security_txt = "https://acme.example/.well-known/security.txt"
    acknowledge  = "5d"
    status_every = "14d"
    advisories   = "https://acme.example/.well-known/csaf/provider-metadata.json"
  }

  # lifecycle: how the manufacturer builds and maintains
  process {
    secure_development = "IEC 62443-4-1 ML3"
    incident_response  = "https://acme.example/incident"
    component_scan     = "daily"
  }
}

# Public keys only. Never private ones; the reader refuses PRIVATE KEY blocks.
key "release-2025" {
  algorithm  = "ed25519"
  public     = file("keys/release-2025.pub")
  custody    = "hsm"
  uses       = ["firmware", "update-manifest"]
  not_before = "2025-11-01"
}
