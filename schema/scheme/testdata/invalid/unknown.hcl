scheme "test" {
  title   = "Test"
  edition = "1"
  source  = "here"
  from    = "2026-01-01"

  requirement "1" {
    principle = "credentials"
    title     = "T"
    status    = "M"
    requird   = ["credentials/weak-hash"] # ERROR: Unsupported argument: Did you mean "required"?

    same_as "other:1" { # ERROR: Missing required argument # ERROR: Missing required argument
      relation = "equal"
    }
  }
  rule "2" {} # ERROR: Unsupported block type
}
