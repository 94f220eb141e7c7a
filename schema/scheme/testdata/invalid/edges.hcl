scheme "test" {
  title   = "Test"
  edition = "1"
  source  = "here"
  from    = "2026-01-01"

  requirement "1" {
    principle = "credentials"
    title     = "T"
    status    = "M"
    assessor  = true

    same_as "5.1-1" { # ERROR: Not a requirement
      relation  = "similar" # ERROR: Unknown relation
      rationale = ""        # ERROR: Empty text
      source    = ""        # ERROR: Empty text
    }
  }
}
