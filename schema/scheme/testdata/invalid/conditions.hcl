scheme "test" {
  title   = "Test"
  edition = "1"
  source  = "here"
  from    = "2026-01-01"

  requirement "1" {
    principle = "credentials"
    title     = "T"
    status    = "M"
    when      = has("credential.intial") # ERROR: Unknown path: Did you mean "credential.initial"?
    declared  = ["credential.initial|suport.until"] # ERROR: Unknown path: Did you mean "support.until"?
    assessor  = true
  }
  requirement "2" {
    principle = "credentials"
    title     = "T"
    status    = "M"
    when      = has("credential", "support") # ERROR: Not a condition
    assessor  = true
  }
  requirement "3" {
    principle = "credentials"
    title     = "T"
    status    = "M"
    when      = any(has("credential"), !all(knows("credential"))) # ERROR: Not a condition
    assessor  = true
  }
  requirement "4" {
    principle = "credentials"
    title     = "T"
    status    = "M"
    when      = any() # ERROR: Not a condition
    assessor  = true
  }
  requirement "5" {
    principle = "credentials"
    title     = "T"
    status    = "M"
    when      = true # ERROR: Not a condition
    assessor  = true
  }
  requirement "6" {
    principle = "credentials"
    title     = "T"
    status    = "M"
    when      = has("Credential!") # ERROR: Not a path
    assessor  = true
  }
  requirement "7" {
    principle = "credentials"
    title     = "T"
    status    = "M"
    when      = has(credential) # ERROR: Not a text
    assessor  = true
  }
  requirement "8" {
    principle = "credentials"
    title     = "T"
    status    = "M"
    when      = all(["credential"]...) # ERROR: Not a condition
    assessor  = true
  }
  requirement "9" {
    principle = "credentials"
    title     = "T"
    status    = "M"
    when      = -has("credential") # ERROR: Not a condition
    assessor  = true
  }
  requirement "10" {
    principle = "credentials"
    title     = "T"
    status    = "M"
    when      = has(["credential"]...) # ERROR: Not a text
    assessor  = true
  }
}
