scheme "test" {
  title   = "Test"
  edition = "1"
  source  = "here"
  from    = "2026-01-01"

  requirement "one two" { # ERROR: Not a requirement id
    principle = "credential" # ERROR: Unknown principle: Did you mean "credentials"?
    title     = ""           # ERROR: Empty text
    status    = "Mandatory"  # ERROR: Not a status
    assessor  = true
  }
  requirement "2" { # ERROR: Nothing decides this requirement
    principle = "credentials"
    title     = "T"
    status    = "M"
    advisory  = ["credentials/weak-hash"]
    proof     = "seen" # ERROR: Unknown proof
  }
  requirement "3" {
    principle = "credentials"
    title     = "T"
    status    = "M C (1)"
    assessor  = true
  }
  requirement "3" { # ERROR: Requirement written twice
    principle = "credentials"
    title     = "T"
    status    = "R"
    assessor  = true
  }
}
