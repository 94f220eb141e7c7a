scheme "test" {
  title   = "Test"
  edition = "1"
  source  = "here"
  from    = "2026-01-01"

  requirement "1" {
    principle = "credentials"
    title     = "T"
    status    = "M"
    required = [
      "credentials/empty-pasword",  # ERROR: Unknown check: Did you mean "credentials/empty-password"?
      "credential/empty-password",  # ERROR: Unknown principle: Did you mean "credentials"?
      "empty-password",             # ERROR: Not a check id
      "credentials/static-password",
      credentials,                  # ERROR: Not a text
      7,                            # ERROR: Not a text
    ]
    any_of   = "credentials/weak-hash"          # ERROR: Not a list
    advisory = ["credentials/static-password"] # ERROR: Check named twice
  }
}
