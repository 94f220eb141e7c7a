# What every product of this vendor shares. All *.hcl files of a folder are
# read together.

manufacturer "hearth" {
  name    = "Hearth Home Ltd"
  address = "1 Ember Lane, Leeds LS1 1AA"
  country = "GB"
  website = "https://hearth.example"
  contact = "mailto:hello@hearth.example"

  vulnerability_disclosure {
    policy       = "https://hearth.example/security"
    contacts     = ["mailto:security@hearth.example"]
    security_txt = "https://hearth.example/.well-known/security.txt"
    acknowledge  = "3d"
    status_every = "14d"
  }

  process {
    secure_development = "Own process after IEC 62443-4-1, reviewed each year"
    component_scan     = "daily"
  }
}

# The public half only. Feeds are signed with the private half, which stays in
# the vendor's key store.
key "feed-2026" {
  public  = file("keys/feed-2026.pub")
  custody = "hsm"
  uses    = ["firmware"]
}
