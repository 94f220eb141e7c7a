scheme "test" { # ERROR: A scheme needs requirements
  title   = "Test"
  edition = "1"
  source  = "here"
  from    = "2026-01-01"
  until   = "tomorrow" # ERROR: Not a date
}
