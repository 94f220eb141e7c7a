package facts

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// substitute resolves $(…) of the few commands whose output the image tells.
func (r *shellRun) substitute(c *syntax.CmdSubst) shellValue {
	if r.depth > maxShellDepth {
		return r.unknown(c)
	}
	if r.world.capture != nil {
		return r.world.capture(r, c)
	}
	if len(c.Stmts) == 1 {
		if v, ok := r.fileRead(c.Stmts[0]); ok {
			return v
		}
	}
	if v, ok := r.workingFolder(c.Stmts); ok {
		return v
	}
	if len(c.Stmts) == 1 {
		if call, ok := c.Stmts[0].Cmd.(*syntax.CallExpr); ok && len(call.Assigns) == 0 {
			words := r.fields(call.Args)
			v, ok := r.output(words)
			v.device = slices.ContainsFunc(words, func(w shellValue) bool { return w.device })
			r.world.spareWords(words)
			if ok {
				return v
			}
		}
	}
	was := r.derived
	r.derived = false
	r.inner(c.Stmts)
	v := r.unknown(c)
	v.device = r.derived
	r.derived = was || v.device
	return v
}

// fileRead resolves "$(<FILE)".
func (r *shellRun) fileRead(s *syntax.Stmt) (shellValue, bool) {
	if s.Cmd != nil || len(s.Redirs) != 1 || s.Redirs[0].Op != syntax.RdrIn || r.world.read == nil {
		return shellValue{}, false
	}
	name := r.word(s.Redirs[0].Word)
	if !name.known {
		return shellValue{}, false
	}
	text, ok := r.world.read(r.abs(name.text))
	return shellValue{text: text, known: ok, sure: ok && name.sure}, ok
}

// inner runs the commands of a substitution: they run, whatever they print.
func (r *shellRun) inner(stmts []*syntax.Stmt) {
	dir, background := r.dir, r.background
	r.background = false // whoever takes in what they print waits for them
	r.depth++
	r.pipes(func() { r.stmts(stmts) })
	r.depth--
	r.dir, r.background = dir, background
}

func (r *shellRun) output(words []shellValue) (shellValue, bool) {
	if len(words) == 0 {
		return shellValue{}, false
	}
	args := texts(words[1:])
	if words[0].text == "systemd-escape" {
		if t := firstOf(flagValues(args, "--template"), ""); strings.Contains(t, "@.") {
			return shellValue{text: strings.Replace(t, "@.", "@${ESCAPED}.", 1)}, true
		}
	}
	if slices.ContainsFunc(words, func(v shellValue) bool { return !v.known }) {
		return shellValue{}, false
	}
	sure := !slices.ContainsFunc(words, func(v shellValue) bool { return !v.sure })
	known := func(s string) (shellValue, bool) { return shellValue{text: s, known: true, sure: sure}, true }
	switch path.Base(words[0].text) {
	case "echo", "printf":
		if len(args) > 0 && args[0] != "-e" && !strings.ContainsAny(strings.Join(args, ""), "\\%") {
			return known(strings.Join(skipFlags(args), " "))
		}
	case "cat":
		if len(args) == 1 && r.world.read != nil {
			if s, ok := r.world.read(r.abs(args[0])); ok {
				return known(s)
			}
		}
	case "basename":
		if len(args) > 0 {
			b := path.Base(args[0])
			if len(args) > 1 {
				b = strings.TrimSuffix(b, args[1])
			}
			return known(b)
		}
	case "id", "whoami":
		if who := strings.Join(args, ""); r.user == "" && (who == "-u" || who == "-g") {
			return known("0")
		} else if r.user == "" && (who == "-un" || who == "-nu" || words[0].text == "whoami") {
			return known("root")
		}
	case "dirname":
		if len(args) > 0 {
			return known(path.Dir(args[0]))
		}
	case "uci_get":
		if len(args) > 0 {
			return r.world.uciGet(strings.Join(args[:min(len(args), 3)], "."))
		}
	case "uci":
		rest := skipFlags(args)
		if len(rest) > 1 && rest[0] == "get" {
			return r.world.uciGet(rest[1])
		}
	case "ls":
		if names, ok := r.list(args); ok {
			return known(names)
		}
	case "sed":
		if s, ok := r.sedPrints(args); ok {
			return known(s)
		}
	case "command":
		if len(args) == 2 && args[0] == "-v" {
			if f, ok := r.world.program(args[1]); ok && r.funcs[args[1]].body == nil {
				return known("/" + f)
			}
		}
	case "which":
		if len(args) > 0 {
			if f, ok := r.world.program(args[0]); ok {
				return known("/" + f)
			}
		}
	}
	return shellValue{}, false
}
