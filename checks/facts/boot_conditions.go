package facts

import (
	"slices"
	"strings"
)

// conditionTests are the conditions of systemd.unit(5) that ask for files, by the
// test of a shell that asks the same.
var conditionTests = map[string]string{
	"PathExists": "-e", "FileNotEmpty": "-s", "FileIsExecutable": "-x", "PathIsDirectory": "-d", "PathIsSymbolicLink": "-L",
}

// openConditions ask for what only the running device knows.
var openConditions = []string{"KernelCommandLine", "Virtualization", "Environment", "Host", "ACPower", "Firmware", "Credential", "KernelModuleLoaded"}

// conditions judges the conditions of a unit for the device as shipped: all must
// hold, and one of those with a bar before them.
func (g *boot) conditions(u unit) outcome {
	all, any, bars := works, fails, false
	for _, s := range u.settings {
		name, ok := strings.CutPrefix(s.key, "Condition")
		if !ok {
			name, ok = strings.CutPrefix(s.key, "Assert")
		}
		if !ok || s.section != "Unit" {
			continue
		}
		if s.value == "" { // it takes back those before
			all, any, bars = works, fails, false
			continue
		}
		value, bar := strings.CutPrefix(u.specify(s.value), "|")
		value, not := strings.CutPrefix(strings.TrimSpace(value), "!")
		got := g.condition(name, strings.TrimSpace(value), not)
		if bar {
			any, bars = max(any, got), true
		} else {
			all = min(all, got)
		}
	}
	if bars {
		all = min(all, any)
	}
	return all
}

// condition judges one of them. What is not known is taken as it stands on a
// device: a condition with "not" holds.
func (g *boot) condition(name, value string, not bool) outcome {
	got := works
	switch op, isTest := conditionTests[name]; {
	case isTest:
		got = g.exists(op, value)
	case name == "DirectoryNotEmpty":
		if got = g.exists("-d", value); got == works {
			got = outcomeOf(len(g.children(value)) > 0)
		}
	case name == "PathExistsGlob":
		if len(g.glob(value)) == 0 {
			got = g.exists("-e", value)
		}
	case name == "KernelCommandLine" && len(g.kernelLines) > 0 && !slices.ContainsFunc(g.kernelLines, func(l kernelLine) bool { return !l.has(value) && !slices.Contains(l.words, value) }):
	case slices.Contains(openConditions, name):
		if not {
			return works
		}
		return unsure
	default:
		return works
	}
	if not {
		return got.not()
	}
	return got
}
