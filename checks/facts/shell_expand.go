package facts

import (
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// param resolves $NAME and ${NAME…}.
func (r *shellRun) param(p *syntax.ParamExp) shellValue {
	if isPlain(p) {
		v, _ := r.lookup(p.Param.Value)
		if !v.known && v.text == "" {
			return shellValue{text: r.unknown(p).text, device: v.device}
		}
		return v
	}
	got := r.resolve(p)
	if p.Param != nil && !got.device {
		v, _ := r.lookup(p.Param.Value)
		got.device = v.device
	}
	return got
}

// isPlain reports whether an expansion is nothing but the value of a variable.
func isPlain(p *syntax.ParamExp) bool {
	return p.Param != nil && !p.Excl && !p.Length && p.Index == nil && p.Names == 0 && p.Slice == nil && p.Repl == nil && p.Exp == nil
}

func (r *shellRun) resolve(p *syntax.ParamExp) shellValue {
	if p.Param == nil || p.Excl || p.Index != nil || p.Names != 0 || p.Slice != nil {
		return r.unknown(p)
	}
	v, set := r.lookup(p.Param.Value)
	switch {
	case p.Length:
		if v.known {
			return shellValue{text: strconv.Itoa(len(v.text)), known: true, sure: v.sure}
		}
		return r.unknown(p)
	case p.Repl != nil:
		return r.replace(p, v)
	}
	return r.expansion(p, v, set)
}

// lookup gives a variable or a positional parameter, and whether it was ever set.
func (r *shellRun) lookup(name string) (shellValue, bool) {
	if name != "" && name[0]|0x20 >= 'a' && name[0]|0x20 <= 'z' {
		return r.variable(name)
	}
	switch {
	case name == "@" || name == "*":
		if !r.argsKnown {
			return shellValue{}, true
		}
		v := knownValue("")
		for i, a := range r.args {
			if i > 0 {
				v.text += " "
			}
			v = v.join(a)
		}
		return v, len(r.args) > 0
	case name == "#" && !r.argsKnown:
		return shellValue{}, true
	case name == "#":
		return shellValue{text: strconv.Itoa(len(r.args)), known: true, sure: true}, true
	case strings.Trim(name, "0") == "":
		return r.arg0, true
	case isNumber(name):
		n, err := strconv.Atoi(name)
		if err == nil && n > 0 && n <= len(r.args) {
			return r.args[n-1], true
		}
		if r.argsKnown {
			return knownValue(""), false
		}
		return shellValue{}, false
	case strings.Trim(name, "?!$-_") == "":
		return r.vars[name], true
	}
	return r.variable(name)
}

func (r *shellRun) variable(name string) (shellValue, bool) {
	if v, ok := r.vars[name]; ok {
		return v, true
	}
	if (name == "UID" || name == "EUID") && r.user == "" && r.world.decides() {
		return knownValue("0"), true
	}
	if r.event {
		if r.given == nil {
			r.given = map[string]bool{}
		}
		r.given[name] = true
	}
	return r.unset()
}

// unset is what a variable holds that no command has set.
func (r *shellRun) unset() (shellValue, bool) {
	if r.opaque || r.event { // it may come from a file that is not in the image
		return shellValue{}, false
	}
	return knownValue(""), false
}

// unsetInBranch is what a variable holds that only another branch has set. An event gives
// variables that its script asks for; one that the script sets before is the script's own.
func (r *shellRun) unsetInBranch(name string) shellValue {
	if r.event && !r.opaque && !r.given[name] {
		return knownValue("")
	}
	v, _ := r.unset()
	return v
}

func (r *shellRun) expansion(p *syntax.ParamExp, v shellValue, set bool) shellValue {
	switch p.Exp.Op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
		orNull := p.Exp.Op == syntax.DefaultUnsetOrNull || p.Exp.Op == syntax.AssignUnsetOrNull
		if set && (!v.known || v.text != "" || !orNull) {
			if !v.known && v.text == "" {
				return r.unknown(p)
			}
			return v
		}
		w := r.word(p.Exp.Word)
		if !v.known {
			w.sure = false
		}
		if p.Exp.Op == syntax.AssignUnset || p.Exp.Op == syntax.AssignUnsetOrNull {
			r.assign(p.Param.Value, w)
		}
		return w
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		if v.known && v.text == "" {
			return shellValue{known: true, sure: v.sure}
		}
		w := r.word(p.Exp.Word)
		w.sure = w.sure && v.known
		return w
	case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		if v.known {
			return v
		}
	case syntax.RemSmallPrefix, syntax.RemLargePrefix, syntax.RemSmallSuffix, syntax.RemLargeSuffix:
		pattern := r.pattern(p.Exp.Word)
		if v.known && pattern.known {
			return shellValue{trimPattern(v.text, pattern.text, p.Exp.Op), true, v.sure && pattern.sure, v.device}
		}
	}
	return r.unknown(p)
}

func (r *shellRun) replace(p *syntax.ParamExp, v shellValue) shellValue {
	from, to := r.word(p.Repl.Orig), r.word(p.Repl.With)
	if !v.known || !from.known || !to.known || strings.ContainsAny(from.text, "*?[\\#%") || from.text == "" {
		return r.unknown(p)
	}
	n := 1
	if p.Repl.All {
		n = -1
	}
	if strings.Count(v.text, from.text)*len(to.text)+len(v.text) > maxWord {
		return r.unknown(p)
	}
	return shellValue{strings.Replace(v.text, from.text, to.text, n), true, v.sure && from.sure && to.sure, v.device || to.device}
}
