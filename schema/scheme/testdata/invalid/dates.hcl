scheme "test" {
  title   = "Test"
  edition = "1"
  source  = "here"
  from    = "2026-02"
  until   = "2026-01-31" # ERROR: Dates out of order

  requirement "1" {
    principle = "support"
    title     = "T"
    status    = "M"
    declared  = ["support.until"]
  }
}
