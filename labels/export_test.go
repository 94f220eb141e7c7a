package labels

import "strings"

// Seen is what people see of a text, and its words, for the test that holds them to the page's.
func Seen(s string) string { return seen(s) + "|" + strings.Join(wordsOf(s).words, " ") }
