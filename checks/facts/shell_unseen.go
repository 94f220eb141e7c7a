package facts

// ownVars are variables that no settings change.
var ownVars = map[string]bool{"PATH": true, "IFS": true, "HOME": true, "PWD": true, "SHELL": true}

// doubtVars takes away the certainty of all variables, once a script has taken in a file
// that the image does not hold and that may be there on the device: its settings may give
// them other values.
func (r *shellRun) doubtVars(name shellValue) {
	if !name.known || r.world.exists == nil || r.world.exists("-f", name.text) == fails {
		return
	}
	for v, value := range r.vars {
		if !ownVars[v] {
			value.sure = false
			r.vars[v] = value
		}
	}
}
