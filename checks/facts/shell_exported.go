package facts

import (
	"maps"
	"slices"
	"strings"
)

// export marks a variable that the programs called by a run get too.
func (r *shellRun) export(name string) {
	if r.exported == nil {
		r.exported = map[string]bool{}
	}
	r.exported[name] = true
}

// inherit gives a run the environment that it starts in.
func (r *shellRun) inherit(env map[string]shellValue) {
	for name, v := range env {
		r.assign(name, v)
		r.export(name)
	}
}

// environment gives the variables that a launch hands on: those of whoever starts
// it, those that its script has exported, and those before the command.
func (l *launch) environment() map[string]shellValue {
	env := map[string]shellValue{}
	maps.Copy(env, l.env)
	if l.run != nil {
		for name, v := range l.run.vars {
			if l.run.exported[name] || l.run.exportAll && name != "PWD" && name != "?" {
				env[name] = v
			}
		}
	}
	if l.cmd != nil && l.run != nil {
		for _, a := range l.cmd.Assigns {
			v := l.run.vars[a.Name]
			if v.text != a.Value {
				v = shellValue{text: a.Value, known: !Unresolved(a.Value), sure: !Unresolved(a.Value) && !l.cmd.Conditional}
			}
			env[a.Name] = v
		}
	}
	return env
}

// spelled is what of an environment a text may read, in one form for one content.
func spelled(env map[string]shellValue, text string) string {
	b := strings.Builder{}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if strings.Contains(text, name) {
			b.WriteString("\x00" + name + "=" + env[name].text)
		}
	}
	return b.String()
}

// knownEnvironment is an environment whose values are all known.
func knownEnvironment(values map[string]string) map[string]shellValue {
	env := map[string]shellValue{}
	for name, v := range values {
		env[name] = knownValue(v)
	}
	return env
}
