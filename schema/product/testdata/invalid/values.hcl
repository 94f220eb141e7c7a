schema_version = 1

manufacturer "acme" {
  name    = 5 # ERROR: name wants a text, not a number
  country = "UK" # ERROR: country: "UK" is no country code
  website = "http://acme.example" # ERROR: website: "http://acme.example" does not begin with https://
  contact = "hello@acme.example" # ERROR: contact: "hello@acme.example" does not begin with mailto:

  vulnerability_disclosure {
    policy       = "acme.example/security" # ERROR: policy: "acme.example/security" is no address
    contacts     = ["mailto:psirt", "tel:call me", "https://acme.example:99999/"] # ERROR: contacts: "mailto:psirt" is no mail address # ERROR: contacts: "tel:call me" is no telephone number # ERROR: contacts: "https://acme.example:99999/" has a port that does not exist
    security_txt = "https:///x" # ERROR: security_txt: "https:///x" has no host name
    acknowledge  = "5 days" # ERROR: acknowledge: "5 days" is no length of time
    status_every = 14 # ERROR: status_every wants a text, not a number
    advisories   = "https://user:secret@acme.example/" # ERROR: advisories: "https://user:secret@acme.example/" has a user name in it
  }
}

product "lamp" {
  name       = ["Lamp"] # ERROR: name wants a text, not a list
  models     = "L1" # ERROR: models wants a list
  first_sold = "2026-02-30" # ERROR: first_sold: "2026-02-30" is a day that does not exist
  category   = "" # ERROR: category: the text is empty
  repository = "https://github.com/acme/lamp" # ERROR: repository: "https://github.com/acme/lamp" is no repository
  gtin       = "09506000134353" # ERROR: gtin: "09506000134353" has a wrong check digit

  target "uk-psti" {
    level = -1 # ERROR: level: -1 is no whole number from 0 up
  }

  firmware "main" {
    version = 1.10 # ERROR: version wants a text, not a number
    image   = "../lamp.bin" # ERROR: image: "../lamp.bin" leads out of the product's folder
    sbom    = "/srv/lamp.json" # ERROR: sbom: "/srv/lamp.json" is absolute
    vex     = ["a.json", "b\\c.json", "a.json"] # ERROR: vex: "b\\c.json" has a backslash in it # ERROR: vex names the same twice
    opaque  = "yes" # ERROR: opaque wants true or false, not a text
  }

  cloud "relay" {
    hosts = ["https://relay.acme.example/x", "a_b"] # ERROR: hosts: "https://relay.acme.example/x" is more than a host name # ERROR: hosts: "a_b" is no host name
  }

  support {
    until = "31.12.2031" # ERROR: until: "31.12.2031" is no date
  }

  update {
    mechanism = "opgk" # ERROR: mechanism: "opgk" is none of the values
    automatic = yes # ERROR: "yes" is a word without quotes
    layout    = a-b # ERROR: "a-b" is a word without quotes
    offline   = null # ERROR: offline wants a text, not null
  }

  credential "owner" {
    lockout    = "five tries" # ERROR: lockout: "five tries" is no limit on tries
    min_length = 8.5 # ERROR: min_length: 8.5 is no whole number from 0 up
    kind       = { a = 1 } # ERROR: "{ a = 1 }" is no part of the product language
  }

  interface "wifi" {
    service "https" {
      port = 65536 # ERROR: port: 65536 is no port
      tls  = 1.2 # ERROR: tls wants a text, not a number
    }
    service "http" {
      port = "80" # ERROR: port wants a number, not a text
    }
    service "ftp" {
      port = 99999999999999999999 # ERROR: port: the number is too large
    }
  }

  risk_assessment {
    sha256 = "abc" # ERROR: sha256: "abc" is no SHA-256 digest
  }

  evidence "pentest" {
    covers = ["5.1-1"] # ERROR: covers: "5.1-1" names no requirement
  }

  label {
    languages = ["german"] # ERROR: languages: "german" is no language
  }
}
