package facts

import (
	"path"
	"slices"

	"mvdan.cc/sh/v3/syntax"
)

// After an if or a case of which only the running device knows which branch it takes, a
// variable may hold what any branch left in it. A run is never split for that: each
// branch starts from what was before, the values are put together at its end, and a
// command that runs what such a variable holds is walked once for each value.

// Limits of variables with several values.
const (
	maxValues  = 4  // of one variable; all that come after them are one that is not known
	maxWays    = 16 // settings of the variables of one command
	maxWayDeep = 2  // commands with several ways inside one another
	maxInside  = 2  // calls of a function inside itself in one of several ways
)

// held is what a variable holds: value, and what it may hold instead.
type held struct {
	value  shellValue
	set    bool
	others []shellValue
}

// heldBy is what the variable of a name holds.
type heldBy struct {
	name string
	held
}

func (r *shellRun) holds(name string) held {
	v, set := r.vars[name]
	return held{v, set, r.others[name]}
}

func (r *shellRun) hold(name string, h held) {
	if h.set {
		r.vars[name] = h.value
	} else {
		delete(r.vars, name)
	}
	if len(h.others) == 0 {
		delete(r.others, name)
		return
	}
	if r.others == nil {
		r.others = map[string][]shellValue{}
	}
	r.others[name] = h.others
}

// put sets a variable to one value.
func (r *shellRun) put(name string, v shellValue) { r.change(name, held{value: v, set: true}) }

// change sets what a variable holds; the branch that is walked remembers what was before.
func (r *shellRun) change(name string, h held) {
	if r.branch.open {
		r.remember(name)
	}
	r.hold(name, h)
}

// doubt notes that a file which is not in the image may have set any variable anew.
func (r *shellRun) doubt() {
	for _, name := range sortedKeys(r.vars) {
		if v := r.vars[name]; v.sure && name != "PWD" && name != "PATH" && name != "?" {
			h := r.holds(name)
			h.value.sure = false
			r.change(name, h)
		}
	}
}

// unsettled lists the variables with several values in words, those in the commands of
// a substitution left out: these are walked on their own.
func (r *shellRun) unsettled(words ...*syntax.Word) (names []string) {
	if len(r.others) == 0 {
		return nil
	}
	for _, w := range words {
		if w == nil {
			continue
		}
		names = r.unsettledIn(names, w.Parts)
	}
	return names
}

// unsettledIn adds to the names those in parts of a word. Most parts are plain.
func (r *shellRun) unsettledIn(names []string, parts []syntax.WordPart) []string {
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.Lit, *syntax.SglQuoted, *syntax.CmdSubst, *syntax.ProcSubst:
		case *syntax.DblQuoted:
			names = r.unsettledIn(names, p.Parts)
		case *syntax.ParamExp:
			if isPlain(p) {
				names = r.unsettledName(names, p)
			} else {
				names = r.unsettledDeep(names, p)
			}
		default:
			names = r.unsettledDeep(names, p)
		}
	}
	return names
}

func (r *shellRun) unsettledDeep(names []string, part syntax.Node) []string {
	syntax.Walk(part, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CmdSubst, *syntax.ProcSubst:
			return false
		case *syntax.ParamExp:
			names = r.unsettledName(names, n)
		}
		return true
	})
	return names
}

func (r *shellRun) unsettledName(names []string, p *syntax.ParamExp) []string {
	if p.Param != nil && len(r.others[p.Param.Value]) > 0 && !slices.Contains(names, p.Param.Value) {
		names = append(names, p.Param.Value)
	}
	return names
}

// settings calls f with each setting of the variables, the usual one last. What is over
// the limit is not known, beginning with variables of which one value is not.
func (r *shellRun) settings(names []string, f func(usual bool)) {
	old, values, all := make([]held, len(names)), make([][]shellValue, len(names)), 1
	for i, name := range names {
		old[i] = r.holds(name)
		if values[i] = []shellValue{{text: "$" + name}}; i < maxWays {
			values[i] = append([]shellValue{old[i].value}, old[i].others...)
		}
		all *= len(values[i])
	}
	usual := all <= maxWays && len(names) <= maxWays
	for _, spare := range []bool{false, true} {
		for i, name := range names {
			open := slices.ContainsFunc(values[i], func(v shellValue) bool { return !v.known })
			if all > maxWays && (open || spare) {
				all /= len(values[i])
				values[i] = []shellValue{{text: "$" + name}}
			}
		}
	}
	for n := all - 1; n >= 0; n-- {
		rest := n
		for i, name := range names {
			r.hold(name, held{value: values[i][rest%len(values[i])], set: true})
			rest /= len(values[i])
		}
		f(usual && n == 0)
	}
	for i, name := range names {
		r.hold(name, held{value: old[i].value, set: true})
	}
	if !usual {
		f(true)
	}
	for i, name := range names {
		r.hold(name, old[i])
	}
}

// otherValues gives what else a variable may hold after an assignment that takes in
// variables with several values.
func (r *shellRun) otherValues(a *syntax.Assign) []shellValue {
	names := r.unsettled(a.Value)
	if a.Append && len(r.others[a.Name.Value]) > 0 && !slices.Contains(names, a.Name.Value) {
		names = append(names, a.Name.Value)
	}
	if len(names) == 0 || a.Array != nil || a.Index != nil {
		return nil
	}
	if substitutes(a.Value) { // its commands must not run once more
		return []shellValue{{text: "$" + a.Name.Value}}
	}
	var all []shellValue
	r.settings(names, func(usual bool) {
		if !usual {
			all = append(all, r.assigned(a))
		}
	})
	return all
}

// substitutes reports whether words take in what a command prints.
func substitutes(words ...*syntax.Word) (found bool) {
	for _, w := range words {
		if w == nil {
			continue
		}
		syntax.Walk(w, func(n syntax.Node) bool {
			_, is := n.(*syntax.CmdSubst)
			found = found || is
			return !found
		})
	}
	return found
}

// items expands the words of a loop. Where variables with several values are among them,
// it lists what stands there in any setting, and the loop may not see all of it.
func (r *shellRun) items(words []*syntax.Word) (list []shellValue, some bool) {
	names := r.unsettled(words...)
	if len(names) == 0 {
		return r.fields(words), false
	}
	if substitutes(words...) || r.world.deep >= maxWayDeep { // its commands must not run once more
		return append(r.fields(words), shellValue{text: "$…"}), true
	}
	r.settings(names, func(bool) {
		for _, v := range r.fields(words) {
			if v.sure = false; !slices.Contains(list, v) {
				list = append(list, v)
			}
		}
	})
	return list, true
}

// assignAll sets a variable by an assignment, with all that it may hold after it.
func (r *shellRun) assignAll(a *syntax.Assign) shellValue {
	others := r.otherValues(a)
	v := r.assigned(a)
	r.assign(a.Name.Value, v)
	if others = distinct(a.Name.Value, v, others); len(others) > 0 && r.holds(a.Name.Value).set {
		r.change(a.Name.Value, held{r.vars[a.Name.Value], true, others})
	}
	return v
}

// ways lists the variables on which it depends what a command runs, and whether its
// first word does not.
func (r *shellRun) ways(c *syntax.CallExpr) (names []string, fixed bool) {
	if len(r.others) == 0 || len(c.Args) == 0 || r.world.walk != nil {
		return nil, false
	}
	if names = r.unsettled(c.Args[:1]...); len(names) > 0 || !r.world.decides() {
		return names, false
	}
	name := c.Args[0].Lit()
	if _, function := r.funcs[name]; !function && !runsWords(name) {
		return nil, false
	}
	return r.unsettled(c.Args[1:]...), true
}

// runsWords reports whether a command runs what its words name, or is a daemon of which
// they say what it gives to whom.
func runsWords(name string) bool {
	base := path.Base(name)
	_, launches := launchers[base]
	_, daemon := daemonOf(base, "")
	_, _, socket := socketProgram([]string{base})
	return launches || daemon || socket || wraps(base) || slices.Contains(shellNames, base) ||
		slices.Contains([]string{"eval", ".", "source", "service", "rc-service", "systemctl", "xargs", "run-parts"}, base)
}

// deeper walks one of several ways, if it is one.
func (r *shellRun) deeper(is bool, f func()) {
	if is {
		r.world.deep++
		defer func() { r.world.deep-- }()
	}
	f()
}

// asUnknown walks a command as if none of the variables were known.
func (r *shellRun) asUnknown(names []string, call func() (outcome, flow)) (outcome, flow) {
	old := make([]held, len(names))
	for i, name := range names {
		old[i] = r.holds(name)
		r.hold(name, held{value: shellValue{text: "$" + name}, set: true})
	}
	got, f, end := r.inBranch(call)
	for i, name := range names {
		r.hold(name, old[i])
	}
	r.join(end)
	return got, f
}

// eachWay walks a command once for each setting of variables. If only its later words
// depend on them, it runs in any case, in the usual setting as surely as else.
func (r *shellRun) eachWay(names []string, fixed bool, call func() (outcome, flow)) (outcome, flow) {
	if !r.world.decides() { // each command is listed once
		_, _ = call()
		return unsure, goesOn
	}
	if r.world.deep >= maxWayDeep {
		return r.asUnknown(names, call)
	}
	var ends []branchEnd
	var got []outcome
	var flows []flow
	r.deeper(true, func() {
		r.settings(names, func(usual bool) {
			g, f, end := r.inBranch(func() (outcome, flow) { return r.under(fixed && usual, nil, call) })
			ends, got, flows = append(ends, end), append(got, g), append(flows, f)
		})
	})
	r.join(ends...)
	if !fixed || slices.Min(flows) != slices.Max(flows) {
		flows = append(flows, goesOn)
	}
	if slices.Min(got) != slices.Max(got) {
		return unsure, slices.Min(flows)
	}
	return got[0], slices.Min(flows)
}
