package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// maxCompiledSteps bounds the statements that the commands of one program run: they may
// call scripts of the image.
const maxCompiledSteps = 40000

// passwordCommands are words of which one stands in each command that sets a password.
var passwordCommands = newLiterals([]string{"passw", "shadow", "usermod", "useradd", "adduser"})

// compiledCalls follows the commands that are strings of a program which runs: of them
// only what opens the device counts, passwords that they set, and what may come from a
// card or a stick.
func (g *boot) compiledCalls(l *launch, f *firmware.File) {
	if f.Size > maxCompiledFile && g.programs[f.Name].Kind != "" {
		g.unjudge(l.cmd.Location, "its program is too large to be searched for commands")
	}
	lines := g.compiled[f]
	if len(lines) == 0 || l.once || g.followed(l, "compiled", f.Name) {
		return
	}
	left := g.world.left
	budget := min(left, maxCompiledSteps)
	g.world.left = budget
	var open []Unjudged
	var passwords []PasswordWrite
	g.aside(func() {
		later, known := g.later, len(g.commands)
		g.later = true // it can make the files that it asks for
		g.through(f.Name, func() {
			for _, line := range lines {
				if line.open != "" {
					if _, there := g.find(line.text); there || !strings.HasSuffix(line.text, "telnetd") {
						open = append(open, Unjudged{path.Base(f.Name) + ": " + line.open, line.location})
					}
					continue
				}
				g.maybe(func() {
					m := g.from(line.location)
					m.cmd.Conditional, m.depth, m.env = true, l.depth+1, map[string]shellValue{"ARG": {text: unknownPart}}
					known := len(g.init.Unjudged)
					g.inline(m, line.text)
					for _, u := range g.init.Unjudged[known:] {
						if strings.Contains(u.Reason, "whoever fills") || strings.Contains(u.Reason, "comes from elsewhere") || u.Reason == tooDeeply {
							open = append(open, u)
						}
					}
				})
			}
		})
		g.later = later
		if slices.ContainsFunc(lines, func(l compiledLine) bool { return passwordCommands.In(l.text) }) {
			// What it sets is known only where the command says it: a page may take it from people.
			passwords = slices.DeleteFunc(g.passwordWrites(g.commands[known:]), func(w PasswordWrite) bool { return w.State == "" })
		}
	})
	g.passwords = append(g.passwords, passwords...)
	if g.world.left <= 0 {
		open = append(open, Unjudged{path.Base(f.Name) + " holds commands that run too many statements to follow", At(f)})
	}
	g.world.left = left - (budget - max(g.world.left, 0))
	for _, u := range open {
		g.unjudge(u.Location, u.Reason)
	}
}
