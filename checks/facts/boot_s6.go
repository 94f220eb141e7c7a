package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// maxS6Services bounds the services of s6-rc that need one another in a row.
const maxS6Services = 100

// isS6Overlay reports whether the first program is s6-overlay's script, which hands
// over to programs of its own (github.com/just-containers/s6-overlay).
func isS6Overlay(init initProgram) bool {
	return init.text != nil && (strings.Contains(init.text.Content, "/s6-overlay-") || strings.Contains(init.text.Content, "s6-overlay-suexec") || strings.Contains(init.text.Content, "/etc/s6/init/"))
}

// s6Overlay does what its second stage does: the scripts of cont-init.d, the services
// of s6-rc that its bundle "user" holds, and the folders of services.d.
func (g *boot) s6Overlay(init initProgram) {
	g.begin("s6-overlay", At(init.file))
	g.through("s6-overlay", func() {
		l := g.from(At(init.file))
		for _, f := range g.sorted("etc/cont-init.d") {
			g.s6Script(l, f)
		}
		for _, dir := range []string{"etc/s6-overlay/s6-rc.d", "package/admin/s6-overlay/etc/s6-rc/sources/top"} {
			for _, bundle := range []string{"user", "user2"} {
				g.s6Service(l, dir, bundle, map[string]bool{})
			}
		}
		g.serviceFolders(l, "etc/services.d")
	})
}

// sorted lists the entries of a folder by name.
func (g *boot) sorted(dir string) []*firmware.File {
	all := slices.Clone(g.children(dir))
	slices.SortFunc(all, func(a, b *firmware.File) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// s6Service starts a service of s6-rc from its source folder, after those that it
// depends on: a bundle holds others, a oneshot runs the line of its file "up", and a
// longrun keeps its program "run" alive.
func (g *boot) s6Service(l *launch, dir, name string, seen map[string]bool) {
	at := dir + "/" + name
	kind, ok := g.texts.Get(g.root, at+"/type")
	if seen[name] || !ok || len(seen) >= maxS6Services {
		return
	}
	seen[name] = true
	for _, needed := range slices.Concat(g.s6Names(at, "dependencies"), g.s6Names(at, "contents")) {
		g.s6Service(l, dir, needed, seen)
	}
	switch strings.TrimSpace(kind.Content) {
	case "oneshot":
		if t, ok := g.texts.Get(g.root, at+"/up"); ok {
			m := g.from(At(t.File))
			m.once = true
			g.through(at+"/up", func() { g.execline(m, t) })
		}
	case "longrun":
		g.serviceFolder(l, at, name)
	}
}

// compiledServices starts the services of a data base of s6-rc, of which some may be
// meant for another state of the device. Those that only run once stand in its file
// "db", which is not read.
func (g *boot) compiledServices(l *launch, dir string) {
	dir = cleanName(dir)
	g.maybe(func() {
		for _, entry := range g.sorted(dir + "/servicedirs") { // all have a file "down": it is s6-rc that starts them
			if run, ok := g.root.Lookup(entry.Name + "/run"); ok && g.executable(run) {
				g.supervisedRun(l, entry.Name, path.Base(entry.Name), run)
			}
		}
	})
}

// s6Names lists what a service depends on or holds: files in a folder, or the lines
// of a file, the older form.
func (g *boot) s6Names(at, what string) (names []string) {
	for _, f := range g.sorted(at + "/" + what + ".d") {
		names = append(names, path.Base(f.Name))
	}
	if t, ok := g.texts.Get(g.root, at+"/"+what); ok {
		for line := range t.Lines() {
			if s := strings.TrimSpace(line.Text); s != "" && s[0] != '#' {
				names = append(names, s)
			}
		}
	}
	return names
}

// s6Script runs a script of a shell or of execline.
func (g *boot) s6Script(l *launch, entry *firmware.File) {
	f, ok := g.root.Lookup(entry.Name)
	if !ok || f.Kind != firmware.Regular || !g.executable(f) {
		return
	}
	if t, isText := g.texts.Of(f); isText && strings.Contains(firstLine(t.Content), "execlineb") {
		g.through(f.Name, func() { g.execline(g.from(At(f)), t) })
		return
	}
	g.script(l, entry, nil)
}
