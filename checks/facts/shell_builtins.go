package facts

import (
	"cmp"
	"slices"
	"strings"
)

// shellBuiltins are the shell's own commands that change what follows.
var shellBuiltins = map[string]func(*shellRun, []shellValue) (outcome, flow){
	"true":     func(*shellRun, []shellValue) (outcome, flow) { return works, goesOn },
	":":        func(*shellRun, []shellValue) (outcome, flow) { return works, goesOn },
	"false":    func(*shellRun, []shellValue) (outcome, flow) { return fails, goesOn },
	"exit":     func(_ *shellRun, a []shellValue) (outcome, flow) { return shellStatus(a), exits },
	"break":    func(*shellRun, []shellValue) (outcome, flow) { return works, breaks },
	"continue": func(*shellRun, []shellValue) (outcome, flow) { return works, continues },
	"return":   func(_ *shellRun, a []shellValue) (outcome, flow) { return shellStatus(a), returns },
	"set":      shellSet,
	"shift":    shellShift,
	"read": func(r *shellRun, a []shellValue) (outcome, flow) {
		from := r.readsSettings()
		for _, v := range a {
			if v.known && !strings.HasPrefix(v.text, "-") {
				r.put(v.text, shellValue{text: cmp.Or(from, "$"+v.text)})
			}
		}
		return unsure, goesOn
	},
	"getopts": shellGetopts,
	"unset": func(r *shellRun, a []shellValue) (outcome, flow) {
		for _, v := range a {
			r.change(v.text, held{})
		}
		return works, goesOn
	},
	"export": shellExport, "local": shellDeclare, "readonly": shellDeclare,
	"trap": shellTrapped, "alias": shellAlias,
	"[": shellTest, "[[": shellTest, "test": shellTest,
}

// shellStatus judges the number by which a script or function says how it ended.
func shellStatus(a []shellValue) outcome {
	if len(a) > 0 && a[0].decided() && isNumber(a[0].text) {
		return outcomeOf(strings.Trim(a[0].text, "0") == "")
	}
	return unsure
}

func shellSet(r *shellRun, a []shellValue) (outcome, flow) {
	for len(a) > 0 && len(a[0].text) > 1 && strings.HasPrefix(a[0].text, "-") && a[0].text != "--" {
		if strings.Contains(a[0].text, "e") && !strings.HasPrefix(a[0].text, "--") {
			r.errexit = r.errexit || r.function == ""
		}
		r.exportAll = r.exportAll || strings.Contains(a[0].text, "a") && !strings.HasPrefix(a[0].text, "--")
		a = a[1:]
	}
	if len(a) == 0 || strings.HasPrefix(a[0].text, "+") {
		return works, goesOn
	}
	if a[0].text == "--" {
		a = a[1:]
	}
	r.args, r.argsKnown = a, !slices.ContainsFunc(a, func(v shellValue) bool { return !v.known })
	return works, goesOn
}

func shellShift(r *shellRun, _ []shellValue) (outcome, flow) {
	if len(r.args) > 0 {
		r.args = r.args[1:]
	}
	return works, goesOn
}

func shellExport(r *shellRun, a []shellValue) (outcome, flow) {
	for _, v := range a {
		if name, _, _ := strings.Cut(v.text, "="); v.known {
			r.export(name)
		}
	}
	return shellDeclare(r, a)
}

func shellDeclare(r *shellRun, a []shellValue) (outcome, flow) {
	for _, v := range a {
		if name, value, ok := strings.Cut(v.text, "="); ok {
			r.assign(name, shellValue{value, v.known, v.sure, v.device})
		}
	}
	return works, goesOn
}

// shellEval runs its words as a command line.
func shellEval(r *shellRun, a []shellValue) (outcome, flow) {
	text := strings.Join(texts(a), " ")
	if r.depth >= maxShellDepth || len(text) > maxWord || r.world.left <= 0 {
		return unsure, goesOn
	}
	stmts, _ := r.world.texts.scripts.parse("eval", text)
	if r.world.decides() && (r.takesSettings(text) || setsByName(stmts)) {
		return unsure, goesOn
	}
	if r.world.decides() && printsSettings(text) {
		r.opaque = true
		r.doubt()
	}
	src, place := r.src, r.place
	if r.place == nil && r.callAt != nil {
		at := r.at(r.callAt.Pos(), r.callAt.End())
		r.place = &at
	}
	r.src = &Text{File: src.File, Content: text}
	r.depth++
	got, f := r.stmts(stmts)
	r.depth--
	r.src, r.place = src, place
	return got, f
}
