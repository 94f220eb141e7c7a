package facts

import (
	"slices"
	"strings"
)

// compiledUpdater is a program whose commands fetch software and put it in place. What it
// verifies between them stands in its code, which is not followed.
func compiledUpdater(s Script) []Updater {
	steps := stepsOf(nil, &s)
	u := Updater{Name: "own", Root: s.Root(), Verification: Verification{VerifiesUnknown, "it is compiled, which is not followed", nil}}
	commands := s.Commands.List()
	if isPage(s.Name) { // its visitor sends the file
		for i := range commands {
			if writesSoftware(&commands[i]) && len(plainWords(commands[i].Args)) > 1 {
				u.Places = append(u.Places, commands[i].Location)
			}
		}
	}
	for _, i := range steps.fetches {
		if !isWritten(&s, commands, i) && !isPiped(commands, i) {
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
// the software of the device: the same file, or one that only the running program names.
func isWritten(s *Script, commands []Command, i int) bool {
	files := outputs(&commands[i])
	for k := range commands {
		w := &commands[k]
		if k == i || !putsOver(commands, k, s.Name) {
			continue
		}
		if len(files) > 0 && writesSoftware(w) && namesNoFile(w) || slices.ContainsFunc(w.Args, func(a string) bool {
			return slices.ContainsFunc(files, func(f string) bool { return strings.TrimPrefix(a, "if=") == f && !Unresolved(f) })
		}) {
			return true
		}
	}
	return false
}

// namesNoFile reports whether the command leaves the file to the running program, which
// fills its name in.
func namesNoFile(c *Command) bool {
	return !slices.ContainsFunc(c.Args, func(a string) bool {
		a = strings.TrimPrefix(a, "if=")
		return strings.Contains(a, "/") && !strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "of=") && !isFlash(a)
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
