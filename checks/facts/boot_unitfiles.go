package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// maxUnits bounds the units that are followed.
const maxUnits = 4096

// unitFolders are where systemd looks for units, first one first, in
// systemd.unit(5)'s order; /run is empty in an image.
var unitFolders = []string{
	"etc/systemd/system.control", "etc/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system", "lib/systemd/system",
}

func (u unit) place() assay.Location { return At(u.file.File) }

// templateOf gives foo@.service for foo@bar.service.
func templateOf(name string) string {
	before, after, ok := strings.Cut(name, "@")
	if !ok {
		return name
	}
	i := strings.LastIndexByte(after, '.')
	if i < 0 {
		return name
	}
	return before + "@" + after[i:]
}

func instanceOf(name string) string {
	_, after, ok := strings.Cut(name, "@")
	if i := strings.LastIndexByte(after, '.'); ok && i >= 0 {
		return after[:i]
	}
	return ""
}

// unit loads a unit by name. A masked one (a link to /dev/null, or an empty
// file) is none.
func (g *boot) unit(name string) (unit, bool) {
	if name == "" || len(name) > 255 || strings.ContainsAny(name, "/$") {
		return unit{}, false
	}
	for _, want := range slices.Compact([]string{name, templateOf(name)}) {
		for _, folder := range g.folders() {
			entry, ok := g.link(folder, want)
			if !ok {
				continue
			}
			if entry.Kind == firmware.Symlink && path.Clean(entry.Link) == "/dev/null" {
				return unit{}, false
			}
			f, ok := g.root.Lookup(entry.Name)
			if !ok || f.Kind != firmware.Regular || f.Size == 0 {
				return unit{}, false
			}
			t, ok := g.texts.Of(f)
			if !ok {
				return unit{}, false
			}
			return g.load(name, t), true
		}
	}
	if of := g.units.alias[name]; of != "" && of != name {
		delete(g.units.alias, name) // none leads back to itself
		u, ok := g.unit(of)
		g.units.alias[name] = of
		return u, ok
	}
	return unit{}, false
}

// link finds an entry of a folder without following it.
func (g *boot) link(folder, name string) (*firmware.File, bool) {
	for _, f := range g.children(folder) {
		if path.Base(f.Name) == name {
			return f, true
		}
	}
	return nil, false
}

// load applies the drop-ins of a unit. An alias takes the name of its file.
func (g *boot) load(name string, t Text) unit {
	u := unit{name: name, home: g.homeOf(g.manager.name), instance: instanceOf(name), file: t, settings: parseUnit(t)}
	if base := path.Base(t.File.Name); u.instance == "" && !strings.Contains(base, "@") && base != name {
		u.name = base
	}
	seen := map[string]bool{}
	var dropIns []*firmware.File
	for _, n := range dropInNames(u) {
		for _, folder := range g.folders() {
			for _, f := range g.children(folder + "/" + n + ".d") {
				if b := path.Base(f.Name); strings.HasSuffix(b, ".conf") && !seen[b] {
					seen[b] = true
					dropIns = append(dropIns, f)
				}
			}
		}
	}
	slices.SortFunc(dropIns, func(a, b *firmware.File) int { return strings.Compare(path.Base(a.Name), path.Base(b.Name)) })
	for _, f := range dropIns {
		if d, ok := g.texts.Get(g.root, f.Name); ok && len(u.settings) < maxUnitLines {
			u.settings = append(u.settings, parseUnit(d)...)
		}
	}
	return u
}

// dropInNames are the names of the folders with drop-ins of a unit: its own, that
// of its template, those of its prefixes that end in a dash, and that of its kind.
func dropInNames(u unit) []string {
	names := []string{u.name, templateOf(u.name)}
	prefix, rest, _ := strings.Cut(u.name, "@")
	if rest != "" {
		rest = "@" + rest
	} else if i := strings.LastIndexByte(prefix, '.'); i >= 0 {
		prefix, rest = prefix[:i], prefix[i:]
	}
	for i := len(prefix) - 1; i > 0 && len(names) < 32; i-- {
		if prefix[i] == '-' && i < len(prefix)-1 {
			names = append(names, prefix[:i+1]+rest)
		}
	}
	return slices.Compact(append(names, u.kind()))
}
