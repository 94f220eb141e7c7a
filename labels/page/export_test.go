package page

// Script is whom the page trusts, as its script reads it.
func (t Trust) Script() (string, error) { return t.script() }
