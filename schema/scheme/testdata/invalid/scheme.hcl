scheme "UK_PSTI" { # ERROR: Not a scheme id
  title       = " " # ERROR: Empty text
  edition     = ""  # ERROR: Empty text
  source      = ""  # ERROR: Empty text
  from        = "2026-02-30" # ERROR: Not a date
  max_label   = "two years"  # ERROR: Not a length of time
  min_support = "0y"         # ERROR: Not a length of time

  level "2" { # ERROR: Levels out of order
    title = "The first"
  }

  requirement "1" {
    principle = "support"
    title     = "T"
    status    = "M"
    declared  = ["support.until"]
    level     = 3 # ERROR: Unknown level
  }
}
