package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// maxConsoleSteps bounds the statements that one prompt runs: what comes later, as
// in the menus of an installer, waits for a person.
const maxConsoleSteps = 4000

// consoleScripts follows what init's prompt on a terminal runs besides the prompt:
// the script in the place of login, and the profile of a login shell that nobody has
// to call. A script in the place of getty is not followed further than to its shell.
func (g *boot) consoleScripts(l *launch, process string, asks bool) {
	words := unwrapCommand(strings.Fields(process))
	if len(words) == 0 {
		return
	}
	login := strings.HasPrefix(words[0], "-")
	words[0] = strings.TrimPrefix(words[0], "-")
	name, args := path.Base(words[0]), words[1:]
	was := len(g.consoles)
	run := func(f func()) {
		left := g.world.left
		budget := min(left, maxConsoleSteps)
		g.world.left = budget
		if f(); len(g.consoles) > was { // init's own entry speaks for them
			g.consoles = g.consoles[:was]
		}
		g.world.left = left - (budget - max(g.world.left, 0))
	}
	follow := g.maybe
	if !asks {
		follow = func(f func()) { f() }
	}
	switch {
	case slices.Contains(shellNames, name):
		if !asks && (login || hasFlag(args, "-l", "--login")) {
			follow(func() { run(func() { g.profile(l) }) })
		}
	case strings.HasSuffix(name, "getty"):
		if hasFlag(args, "-a", "--autologin") {
			run(func() { g.profile(l) })
		}
		for _, program := range flagValues(args, "-l", "--login-program") {
			if without := hasFlag(args, "-n", "--skip-login"); !asks && without {
				run(func() { g.loginScript(l, program) })
			} else {
				g.maybe(func() { run(func() { g.loginScript(l, program) }) })
			}
		}
	case name == "login" && hasFlag(args, "-f"):
		follow(func() { run(func() { g.profile(l) }) })
	case name != "login" && !isSulogin(words):
		follow(func() { run(func() { g.line(g.from(l.cmd.Location), process) }) })
	}
}

// loginScript runs a script that stands before or in the place of a prompt.
func (g *boot) loginScript(l *launch, name string) {
	called, ok := g.find(name)
	if !ok {
		return
	}
	if f, ok := g.root.Lookup(called); ok {
		if t, isText := g.texts.Of(f); isText && shellOf(t.Content) != "" {
			m := g.from(l.cmd.Location)
			g.through(f.Name, func() { g.scriptText(m, f, t, nil) })
		}
	}
}

// profile runs what a login shell of the superuser takes in.
func (g *boot) profile(l *launch) {
	for _, name := range []string{"etc/profile", "root/.profile", "root/.bash_profile"} {
		if f, ok := g.root.Lookup(name); ok && f.Kind == firmware.Regular {
			if t, isText := g.texts.Of(f); isText {
				m := g.from(l.cmd.Location)
				g.follow(m, t, nil)
			}
		}
	}
}
