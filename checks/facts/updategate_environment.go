package facts

import (
	"mvdan.cc/sh/v3/syntax"
)

// environment gives what a test reads of variables that the script sets nowhere on
// its way: whoever calls the script may set them, so that "[ "$SKIP" = 1 ]" has
// both outcomes. Only names in capitals count, as those are of the environment
// (POSIX.1-2017, Base Definitions 8.1).
func (g *gate) environment(r *shellRun, node syntax.Node) (words []shellValue) {
	syntax.Walk(node, func(n syntax.Node) bool {
		p, ok := n.(*syntax.ParamExp)
		if !ok {
			return true
		}
		if _, set := r.vars[p.Param.Value]; !set && ofEnvironment(p.Param.Value) {
			words = append(words, shellValue{text: "$" + p.Param.Value})
		}
		return true
	})
	return words
}

// ofEnvironment reports a name of capitals, digits and underscores.
func ofEnvironment(name string) bool {
	for i := range len(name) {
		if c := name[i]; c != '_' && !isDigit(c) && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return name != "" && !isDigit(name[0]) && name != "PATH" && name != "HOME" && name != "IFS"
}
