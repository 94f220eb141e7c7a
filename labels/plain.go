package labels

// CheckText refuses what a text of a label may not hold: more than MaxText
// characters, controls, and what turns the direction of writing or shows nothing.
// The names in a trust policy are held to it too.
func CheckText(s string) error { return checkText(s) }
