package facts

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// maxTraps bounds the traps of one run, and its aliases.
const maxTraps = 64

// shellTrap is what a script runs when it ends or hears of a signal.
type shellTrap struct {
	text   string
	src    *Text
	unsure bool // a signal, which may never come, or a trap that may not be set
	args   []shellValue
	place  assay.Location
}

// shellTrapped notes "trap COMMANDS SIGNAL…"; "trap - SIGNAL" takes it back.
func shellTrapped(r *shellRun, a []shellValue) (outcome, flow) {
	if len(a) < 2 || strings.HasPrefix(a[0].text, "-") && a[0].text != "-" {
		return works, goesOn
	}
	at := At(r.src.File)
	if r.callAt != nil {
		at = r.at(r.callAt.Pos(), r.callAt.End())
	}
	ends := slices.ContainsFunc(a[1:], func(v shellValue) bool { return v.text == "EXIT" || v.text == "0" })
	if ends && !r.doubtful() { // one at a time
		r.traps = slices.DeleteFunc(r.traps, func(t shellTrap) bool { return !t.unsure })
	}
	if a[0].text != "-" && a[0].text != "" && a[0].known && !r.silent && len(r.traps) < maxTraps {
		r.traps = append(r.traps, shellTrap{a[0].text, r.src, r.doubtful() || !ends, r.args, at})
	}
	return works, goesOn
}

// runTraps runs at the end of a script what it set up for its end.
func (r *shellRun) runTraps() {
	for n := 0; len(r.traps) > 0 && n < maxTraps; n++ { // a trap may set another one
		t := r.traps[0]
		r.traps = r.traps[1:]
		unsure, guards, src, args, place := r.unsure, r.guards, r.src, r.args, r.place
		r.unsure, r.guards, r.src, r.args, r.place = unsure || t.unsure, nil, t.src, t.args, &t.place
		r.ends = endings{} // it runs however the script ends
		shellEval(r, []shellValue{knownValue(t.text)})
		r.unsure, r.guards, r.src, r.args, r.place = unsure, guards, src, args, place
	}
}

// shellAlias notes "alias NAME=WORDS".
func shellAlias(r *shellRun, a []shellValue) (outcome, flow) {
	for _, v := range a {
		if name, value, ok := strings.Cut(v.text, "="); ok && v.known && len(r.aliases) < maxTraps {
			if r.aliases == nil {
				r.aliases = map[string]string{}
			}
			r.aliases[name] = value
		}
	}
	return works, goesOn
}

// unalias puts the words of an alias in the place of its name.
func (r *shellRun) unalias(words []shellValue) []shellValue {
	if len(r.aliases) == 0 || len(words) == 0 || !words[0].known {
		return words
	}
	value, ok := r.aliases[words[0].text]
	if !ok {
		return words
	}
	var out []shellValue
	for _, f := range strings.Fields(value) {
		out = append(out, knownValue(f))
	}
	return append(out, words[1:]...)
}
