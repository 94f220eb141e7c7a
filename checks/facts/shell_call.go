package facts

import (
	"slices"

	"mvdan.cc/sh/v3/syntax"
)

func (r *shellRun) declare(c *syntax.DeclClause) (outcome, flow) {
	cmd := r.world.command()
	for _, a := range c.Args {
		if a.Name == nil {
			continue
		}
		if c.Variant.Value == "export" {
			r.export(a.Name.Value)
		}
		if a.Naked {
			if _, ok := r.vars[a.Name.Value]; !ok || c.Variant.Value == "local" {
				if c.Variant.Value == "local" {
					r.put(a.Name.Value, knownValue(""))
				}
			}
			continue
		}
		v := r.assignAll(a)
		cmd.Assigns = append(cmd.Assigns, Assign{a.Name.Value, v.text})
	}
	if len(cmd.Assigns) > 0 {
		r.emit(cmd, c.Pos(), c.End(), nil)
	} else {
		r.world.spareCommand(cmd, false)
	}
	return works, goesOn
}

func (r *shellRun) assigned(a *syntax.Assign) shellValue {
	if a.Array != nil || a.Index != nil {
		return r.unknown(a)
	}
	v := r.word(a.Value)
	if a.Append {
		old, _ := r.lookup(a.Name.Value)
		v = old.join(v)
	}
	if len(v.text) > maxWord {
		return shellValue{text: "$" + a.Name.Value}
	}
	return v
}

// assign sets a variable; in a branch that may not be taken, a value that
// differs from the old one is not sure.
func (r *shellRun) assign(name string, v shellValue) {
	if r.unsure {
		v.sure = false
	}
	if len(r.vars) < 4096 || r.vars[name] != (shellValue{}) {
		r.put(name, v)
	}
}

func (r *shellRun) callExpr(c *syntax.CallExpr, redirs []*syntax.Redirect) (outcome, flow) {
	cmd := r.world.command()
	for _, a := range c.Assigns {
		if a.Name == nil {
			continue
		}
		v := r.assignAll(a)
		cmd.Assigns = append(cmd.Assigns, Assign{a.Name.Value, v.text})
	}
	words := r.unalias(r.fields(c.Args))
	if len(words) == 0 {
		if len(cmd.Assigns) > 0 || len(redirs) > 0 {
			r.emit(cmd, c.Pos(), c.End(), redirs)
		} else {
			r.world.spareCommand(cmd, false)
		}
		r.world.spareWords(words)
		return works, goesOn
	}
	if got, f, ok := r.special(words, c); ok {
		r.world.spareCommand(cmd, false)
		if words[0].text == "read" {
			r.readsDevice(words[1:], redirs)
		}
		if !r.keepsWords(words[0].text) {
			r.world.spareWords(words)
		}
		return got, f
	}
	cmd.Name, cmd.Args = words[0].text, slices.Grow(cmd.Args, len(words)-1)
	for _, v := range words[1:] {
		cmd.Args = append(cmd.Args, v.text)
	}
	for _, v := range words {
		if v.device {
			cmd.DeviceWords = append(cmd.DeviceWords, v.text)
		}
	}
	cmd.Device = len(cmd.DeviceWords) > 0
	got := r.emit(cmd, c.Pos(), c.End(), redirs)
	f := goesOn
	if words[0].text == "exec" && len(words) > 1 && !r.again(words[1:]) {
		f = exits
	}
	r.world.spareWords(words)
	return got, f
}

// keepsWords reports whether a function or a command of the shell may keep its words when
// it has run: "set" makes them those of the script, and a trap those of its function.
func (r *shellRun) keepsWords(name string) bool {
	return name == "set" || len(r.traps) > 0 || r.world.walk != nil
}

// readsDevice marks the variables that "read" fills from a file that holds the
// device's identity.
func (r *shellRun) readsDevice(names []shellValue, redirs []*syntax.Redirect) {
	for _, d := range redirs {
		if d.Op != syntax.RdrIn || !deviceNames.Get().MatchString(r.word(d.Word).text) {
			continue
		}
		for _, n := range names {
			if v, ok := r.vars[n.text]; ok && n.known {
				v.device = true
				r.put(n.text, v)
			}
		}
	}
}

// special runs what is no program: functions and the shell's own commands.
func (r *shellRun) special(words []shellValue, c *syntax.CallExpr) (outcome, flow, bool) {
	name := words[0].text
	r.callAt = c
	if b, ok := r.builtin[name]; ok {
		r.asks = false
		got, f := b(r, words[1:])
		return got, f, true
	}
	if f, ok := r.funcs[name]; ok && words[0].known {
		if known := r.jshn(name, f); known != nil {
			got, fl := known(r, words[1:])
			return got, fl, true
		}
		got, fl := r.call(name, f, words[1:], true)
		return got, fl, true
	}
	if b, ok := shellBuiltins[name]; ok {
		got, f := b(r, words[1:])
		return got, f, true
	}
	if name == "eval" {
		got, f := shellEval(r, words[1:])
		return got, f, true
	}
	if name == "." || name == "source" {
		got, f := r.source(words[1:], c)
		return got, f, true
	}
	if got, ok := r.asksForProgram(words); ok && r.world.decides() {
		return got, goesOn, true
	}
	return unsure, goesOn, false
}

// call runs a function.
func (r *shellRun) call(name string, f shellFunc, args []shellValue, argsKnown bool) (outcome, flow) {
	r.called[name] = true
	if r.depth >= maxShellDepth && !r.silent {
		r.tooDeep()
	}
	if r.depth >= maxShellDepth || r.silent || r.world.deep > 0 && r.runsInside(name) >= maxInside {
		return unsure, goesOn
	}
	src, was, oldArgs, oldKnown, guards := r.src, r.function, r.args, r.argsKnown, r.guards
	r.depth++
	r.inside = append(r.inside, name)
	r.src, r.function, r.args, r.argsKnown = f.src, name, args, argsKnown
	var got outcome
	var fl flow
	ends := r.scope(func() { got, fl = r.stmt(f.body) }, breaks, continues, returns)
	if was := got; fl != exits {
		got = ends.with(returns, got)
		r.asks = r.asks || got != was
	}
	r.inside = r.inside[:len(r.inside)-1]
	r.src, r.function, r.args, r.argsKnown, r.guards = src, was, oldArgs, oldKnown, guards
	r.depth--
	if fl == exits {
		return got, exits
	}
	return got, goesOn
}

// runsInside is how often a function runs now.
func (r *shellRun) runsInside(name string) (n int) {
	for _, s := range r.inside {
		if s == name {
			n++
		}
	}
	return n
}

// source takes in variables and functions of another file.
func (r *shellRun) source(words []shellValue, c *syntax.CallExpr) (outcome, flow) {
	r.asks = false
	if len(words) == 0 {
		return fails, goesOn
	}
	t, ok := Text{}, false
	if words[0].known && r.world.lookup != nil {
		t, ok = r.world.lookup(words[0].text, r)
	}
	if !ok {
		r.opaque = true
		return unsure, goesOn
	}
	if r.depth >= maxShellDepth {
		r.tooDeep()
		return unsure, goesOn
	}
	stmts, _ := r.world.texts.scripts.parse(t.File.Name, t.Content)
	if !r.world.decides() {
		if slices.Contains(r.taking, t.File) { // what it sets it sets already
			return works, goesOn
		}
		r.taking = append(r.taking, t.File)
		defer func() { r.taking = r.taking[:len(r.taking)-1] }()
	}
	src, silent, place := r.src, r.silent, r.place
	r.depth++
	r.src = &t
	if t.place != nil {
		r.place = t.place
	}
	if !r.world.decides() {
		r.silent = true // its own entry has its commands
	}
	var f flow
	r.scope(func() { _, f = r.stmts(stmts) }, breaks, continues, returns)
	r.src, r.silent, r.place = src, silent, place
	r.depth--
	if !r.world.decides() && r.world.takes <= 0 {
		r.opaque = true // what the rest of it sets is not known
	}
	if r.asks = false; f == exits && r.world.decides() {
		return unsure, exits
	}
	return works, goesOn
}
