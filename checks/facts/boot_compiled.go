package facts

import (
	"github.com/assay-iot/assay/firmware"
)

// compiledCalls follows the commands that are strings of a program which runs: of them
// only what opens the device counts.
func (g *boot) compiledCalls(l *launch, f *firmware.File) {
	lines := g.compiled[f]
	if len(lines) == 0 || l.once || g.followed(l, "compiled", f.Name) {
		return
	}
	g.aside(func() {
		g.through(f.Name, func() {
			for _, line := range lines {
				g.maybe(func() {
					m := g.from(line.location)
					m.cmd.Conditional, m.depth, m.env = true, l.depth+1, map[string]shellValue{"ARG": {text: unknownPart}}
					g.inline(m, line.text)
				})
			}
		})
	})
}
