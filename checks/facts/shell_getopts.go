package facts

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// shellGetopts is "getopts OPTIONS NAME": it takes the next option out of the words of
// the script or function, where these are known.
func shellGetopts(r *shellRun, a []shellValue) (outcome, flow) {
	if len(a) < 2 {
		return unsure, goesOn
	}
	if !r.countsOptions() || len(a) > 2 || !a[0].known {
		r.put(a[1].text, shellValue{text: "$" + a[1].text})
		return unsure, goesOn
	}
	spec := strings.TrimPrefix(a[0].text, ":")
	if r.letters == "" { // the next word
		if len(r.options) == 0 || !r.options[0].known || len(r.options[0].text) < 2 || r.options[0].text[0] != '-' || r.options[0].text == "--" {
			r.put(a[1].text, knownValue("?"))
			return fails, goesOn
		}
		r.letters = r.options[0].text[1:]
		r.options = r.options[1:]
	}
	name := r.letters[:1]
	r.letters = r.letters[1:]
	i := strings.Index(spec, name)
	switch {
	case i < 0 || name == ":":
		name = "?"
	case strings.HasPrefix(spec[i+1:], ":") && r.letters != "":
		r.put("OPTARG", knownValue(r.letters))
		r.letters = ""
	case strings.HasPrefix(spec[i+1:], ":") && len(r.options) > 0:
		r.put("OPTARG", r.options[0])
		r.options = r.options[1:]
	}
	r.put(a[1].text, knownValue(name))
	return works, goesOn
}

// countsOptions reports whether the words of the script are known and each round of a
// loop over its options is walked.
func (r *shellRun) countsOptions() bool {
	return r.inOptions && r.argsKnown && r.world.decides() && r.world.walk == nil
}

// overOptions walks "while getopts …; do …; done" round by round, and reports whether
// it could.
func (r *shellRun) overOptions(c *syntax.WhileClause) (flow, bool) {
	if c.Until || len(c.Cond) != 1 || !isCall(c.Cond[0], "getopts") || !r.argsKnown || !r.world.decides() || r.world.walk != nil || r.inOptions {
		return goesOn, false
	}
	r.inOptions, r.options, r.letters = true, r.args, ""
	defer func() { r.inOptions = false }()
	for range maxShellLoop {
		if got, _ := r.stmts(c.Cond); got != works {
			return goesOn, true
		}
		if _, f := r.stmts(c.Do); f == breaks {
			return goesOn, true
		} else if f >= returns {
			return f, true
		}
	}
	return goesOn, true
}

// setsByName reports whether what eval is given is one assignment to a variable whose
// name only the running device knows: "BACK${n}=…". It runs nothing.
func setsByName(stmts []*syntax.Stmt) bool {
	if len(stmts) != 1 || len(stmts[0].Redirs) > 0 {
		return false
	}
	call, ok := stmts[0].Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) != 1 || len(call.Assigns) > 0 {
		return false
	}
	for _, p := range call.Args[0].Parts {
		switch p := p.(type) {
		case *syntax.ParamExp, *syntax.CmdSubst:
		case *syntax.Lit:
			if name, _, found := strings.Cut(p.Value, "="); strings.ContainsFunc(name, func(c rune) bool { return c > 127 || !isNameByte(byte(c)) && (c < '0' || c > '9') }) {
				return false
			} else if found {
				return true
			}
		default:
			return false
		}
	}
	return false
}

// calledName is the plain name of the program that a statement calls; empty if there
// is none.
func calledName(s *syntax.Stmt) string {
	if call, ok := s.Cmd.(*syntax.CallExpr); ok && len(call.Args) > 0 {
		return call.Args[0].Lit()
	}
	return ""
}

// readsSettings gives the command whose output "read" reads, where it prints settings
// that scripts take in: "lsblk -P | while read line".
func (r *shellRun) readsSettings() string {
	if !slices.Contains(settingPrinters, path.Base(r.feeds)) {
		return ""
	}
	return "$(" + r.feeds + " )"
}

// printsSettings reports whether all that eval is given is what a command prints of which
// nobody knows which variables it sets.
func printsSettings(text string) bool {
	inner, is := strings.CutPrefix(strings.TrimSpace(text), "$(")
	if !is {
		inner, is = strings.CutPrefix(inner, "`")
	}
	words := strings.Fields(inner)
	return is && len(words) > 0 && !slices.Contains(settingPrinters, path.Base(words[0]))
}

// takesSettings follows what eval is given by apt-config: "apt-config shell NAME KEY…"
// sets variables to what the settings of apt say, if they say anything.
func (r *shellRun) takesSettings(text string) bool {
	words := strings.Fields(strings.Trim(strings.TrimSpace(text), "`$()"))
	if len(words) < 4 || words[0] != "apt-config" || words[1] != "shell" || strings.ContainsAny(text[1:], ";&|<>") {
		return false
	}
	for i := 2; i < len(words); i += 2 {
		v := r.vars[words[i]]
		v.sure = false
		r.put(words[i], v)
	}
	return true
}
