package facts

import (
	"slices"

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
		if _, set := r.vars[p.Param.Value]; (!set || g.given[p.Param.Value]) && ofEnvironment(p.Param.Value) {
			words = append(words, shellValue{text: "$" + p.Param.Value})
		}
		return true
	})
	return words
}

// leaves notes what an assignment leaves to the caller: FORCE=${FORCE:-0} and
// : ${FORCE:=0} set a variable only where nobody did.
func (g *gate) leaves(r *shellRun, c *syntax.CallExpr) {
	unset := func(p *syntax.ParamExp) bool {
		_, set := r.vars[p.Param.Value]
		return p.Exp != nil && (!set || g.given[p.Param.Value])
	}
	if len(c.Args) == 0 {
		for _, a := range c.Assigns {
			if a.Name == nil {
				continue
			}
			p := onlyParam(a.Value)
			g.given[a.Name.Value] = p != nil && p.Param.Value == a.Name.Value && unset(p) &&
				(p.Exp.Op == syntax.DefaultUnset || p.Exp.Op == syntax.DefaultUnsetOrNull)
			g.flags[a.Name.Value] = slices.Clone(g.doubts)
		}
	}
	for _, w := range c.Args {
		if p := onlyParam(w); p != nil && unset(p) && (p.Exp.Op == syntax.AssignUnset || p.Exp.Op == syntax.AssignUnsetOrNull) {
			g.given[p.Param.Value] = true
		}
	}
}

// recalls notes, where a test after a check that failed is decided by a variable, on what it
// hung that the variable was set: "-f) FORCE=1", and later "check || [ $FORCE ]".
func (g *gate) recalls(node syntax.Node) {
	if !g.failed {
		return
	}
	syntax.Walk(node, func(n syntax.Node) bool {
		if p, ok := n.(*syntax.ParamExp); ok && p.Param != nil {
			for _, d := range g.flags[p.Param.Value] {
				if !slices.Contains(g.doubts, d) {
					g.hangs(d.text, outcome(d.answer), d.of)
				}
			}
		}
		return true
	})
}

// onlyParam is the variable that a word consists of, in quotes or without; nil if there is
// more in it, or less.
func onlyParam(w *syntax.Word) *syntax.ParamExp {
	if w == nil || len(w.Parts) != 1 {
		return nil
	}
	part := w.Parts[0]
	if q, ok := part.(*syntax.DblQuoted); ok && len(q.Parts) == 1 {
		part = q.Parts[0]
	}
	p, _ := part.(*syntax.ParamExp)
	if p == nil || p.Param == nil {
		return nil
	}
	return p
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
