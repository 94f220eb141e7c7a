package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// folder is where a launch starts: the folder of the script that runs it, or the
// one that its unit names. It is empty if only the running device knows it.
func (l *launch) folder() string {
	switch {
	case l.run != nil:
		return l.run.dir
	case l.dir != "":
		return l.dir
	}
	return "/"
}

// abs makes a name absolute by the folder in which the launch starts.
func (l *launch) abs(name string) string {
	if path.IsAbs(name) || name == "" || Unresolved(name) {
		return name
	}
	if dir := l.folder(); dir != "" && !Unresolved(dir) {
		return path.Join(dir, name)
	}
	return "$PWD/" + name
}

// enter follows "cd FOLDER". A folder that is not in the image may be there on
// the device.
func (g *boot) enter(r *shellRun, c *Command) outcome {
	r.changeDir(c.Args)
	if f, ok := g.root.Lookup(r.dir); ok && r.dir != "" && f.Kind == firmware.Directory {
		return works
	}
	return unsure
}

// sourced finds a file that a script takes in, also one that the boot wrote.
func (g *boot) sourced(name string, r *shellRun) (Text, bool) {
	name = r.abs(name)
	if t, _, ok := g.writtenScript(name); ok {
		return t, true
	}
	t, ok := g.texts.Get(g.root, name)
	if ok {
		g.took[t.File.Name] = true
	}
	g.sourcedChanged(name, r)
	if !ok {
		g.sourcedElsewhere(name, r)
		if clean := cleanName(name); strings.HasPrefix(name, "/") && (isElsewhere(clean) || g.isMounted(clean)) {
			r.doubt()
		}
	}
	if !ok && strings.HasPrefix(name, "$PWD/") {
		g.unjudge(At(r.src.File), "it takes in a script from a folder that only the running device knows")
	}
	return t, ok
}

// followWritten runs a script that the boot itself wrote.
func (g *boot) followWritten(l *launch, t Text, sure bool, args []string) outcome {
	if strings.HasPrefix(t.Content, "#!") && shellOf(t.Content) == "" {
		return unsure
	}
	m := *l
	if !sure {
		c := *l.cmd
		c.Conditional = true
		m.cmd = &c
	}
	return g.follow(&m, t, args)
}
