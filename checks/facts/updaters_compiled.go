package facts

import (
	"slices"
	"strings"
)

// compiledUpdater is a program whose commands fetch software and put it in place. What it
// verifies between them stands in its code, which is not followed.
func compiledUpdater(s Script) []Updater {
	steps := stepsOf(nil, &s)
	u := Updater{Name: "own", Root: rootOf(s), Verification: Verification{VerifiesUnknown, "it is compiled, which is not followed", nil}}
	if len(steps.fetches) == 0 {
		return nil
	}
	commands := s.Commands.List()
	for _, i := range steps.fetches {
		if !isWritten(commands, i) && !isPiped(commands, i) {
			continue
		}
		c := &commands[i]
		u.Places = append(u.Places, c.Location)
		for _, word := range addressesIn(c) {
			u.fetch(word, c.Location)
		}
	}
	if len(u.Places) == 0 {
		return nil
	}
	return []Updater{u}
}

// isWritten reports whether another command writes what the command at i fetches over
// the software of the device.
func isWritten(commands []Command, i int) bool {
	files := outputs(&commands[i])
	return slices.ContainsFunc(commands, func(w Command) bool {
		return writesSoftware(&w) && slices.ContainsFunc(w.Args, func(a string) bool {
			return slices.ContainsFunc(files, func(f string) bool { return strings.TrimPrefix(a, "if=") == f && !Unresolved(f) })
		})
	})
}

// isPiped reports whether a shell runs what the command at i fetches.
func isPiped(commands []Command, i int) bool {
	if i+1 == len(commands) || commands[i].Pipeline == 0 || commands[i].Pipeline != commands[i+1].Pipeline {
		return false
	}
	next := &commands[i+1]
	return slices.Contains(shellNames, next.Program()) && len(next.Args) == 0 && next.Location == commands[i].Location
}
