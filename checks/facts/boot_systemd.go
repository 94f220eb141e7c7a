package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

func (g *boot) systemdFile() (*firmware.File, bool) {
	for _, name := range []string{"lib/systemd/systemd", "usr/lib/systemd/systemd"} {
		if f, ok := g.root.Lookup(name); ok && f.Kind == firmware.Regular {
			return f, true
		}
	}
	return nil, false
}

// reached is a unit on the way, and the file or link that wants it.
type reached struct {
	name   string
	via    string
	place  assay.Location
	unsure bool // only if something happens
}

// unitQueue holds the units that are still to be started, and what enabling
// units adds to those that the image holds.
type unitQueue struct {
	sure, unsure []reached
	wanted       map[string][]reached // by the unit that wants them
	alias        map[string]string
	added        int // services that were noted, new or not
}

func (q *unitQueue) push(all ...reached) {
	for _, r := range all {
		if r.unsure {
			q.unsure = append(q.unsure, r)
		} else {
			q.sure = append(q.sure, r)
		}
	}
}

func (q *unitQueue) pop() (r reached, ok bool) {
	for _, list := range []*[]reached{&q.sure, &q.unsure} {
		if len(*list) > 0 {
			r, *list = (*list)[0], (*list)[1:]
			return r, true
		}
	}
	return r, false
}

// systemd follows default.target through what it wants and requires.
func (g *boot) systemd() {
	g.units = unitQueue{wanted: map[string][]reached{}, alias: map[string]string{}}
	g.applyPresets()
	g.otherGenerators()
	g.noTarget()
	for _, name := range []string{"default.target", "sysinit.target", "basic.target"} { // every service needs the last two
		g.units.push(reached{name: name, via: name, place: g.init.Location})
	}
	g.kernelUnits()
	g.followUnits(func(seen map[string]int) {
		g.units.push(g.generatedGettys(seen)...)
		g.udevBySystemd()
	})
	g.userManagers()
}

// followUnits starts the units of the queue, the sure ones first. When these are
// through it calls late, which may add more.
func (g *boot) followUnits(late func(seen map[string]int)) {
	seen := map[string]int{} // 1 if it may be started, 2 if it is
	for len(seen) < maxUnits {
		if len(g.units.sure) == 0 && late != nil {
			late(seen)
			late = nil
		}
		r, ok := g.units.pop()
		if !ok {
			break
		}
		how := 2
		if r.unsure {
			how = 1
		}
		u, ok := g.unit(r.name)
		if ok {
			r.name = u.name
		}
		if seen[r.name] >= how {
			continue
		}
		seen[r.name] = how
		was := g.doubt
		g.doubt = r.unsure
		g.startReached(r, u, ok)
		g.doubt = was
	}
}

// startReached starts a unit, if its conditions hold, and whatever they say what it
// wants: they are asked when that is on its way already.
func (g *boot) startReached(r reached, u unit, loaded bool) {
	for _, next := range g.wanted(r, u, loaded) {
		next.unsure = next.unsure || r.unsure
		g.units.push(next)
	}
	if g.manager.name == "" {
		g.sysvScripts(r)
	}
	if !loaded {
		return
	}
	switch g.conditions(u) {
	case fails:
		return
	case unsure:
		r.unsure, g.doubt = true, true
	}
	switch u.kind() {
	case "service":
		g.unitService(u, r, nil)
	case "socket":
		g.unitSocket(u, r)
	case "timer", "path":
		name := u.value(strings.ToUpper(u.kind()[:1])+u.kind()[1:], "Unit")
		if name == "" {
			name = strings.TrimSuffix(u.name, "."+u.kind()) + ".service"
		}
		g.units.push(reached{name, r.via + " → " + name, u.place(), r.unsure})
	}
}

// generatedGettys adds the gettys that systemd-getty-generator may start on the
// kernel's console: those for which the image has drop-ins.
func (g *boot) generatedGettys(seen map[string]int) []reached {
	var next []reached
	for _, folder := range g.folders() {
		for _, f := range g.children(folder) {
			name, ok := strings.CutSuffix(path.Base(f.Name), ".d")
			if ok && strings.HasSuffix(name, ".service") && seen[name] == 0 &&
				(strings.HasPrefix(name, "serial-getty@") && instanceOf(name) != "" || name == "console-getty.service") {
				next = append(next, reached{name: name, via: "systemd-getty-generator → " + name, place: At(f)})
			}
		}
	}
	return next
}

// wanted lists what a unit wants and requires: in its own settings and as links
// in its .wants and .requires folders.
func (g *boot) wanted(r reached, u unit, loaded bool) []reached {
	var next []reached
	if loaded {
		for _, key := range []string{"Wants", "Requires", "Requisite", "BindsTo", "Upholds"} {
			for _, name := range u.words("Unit", key) {
				name = u.specify(name)
				next = append(next, reached{name: name, via: r.via + " → " + name, place: u.place()})
			}
		}
	}
	if loaded {
		for _, key := range []string{"OnFailure", "OnSuccess"} {
			for _, name := range u.words("Unit", key) {
				name = u.specify(name)
				next = append(next, reached{name, r.via + " → " + key + " " + name, u.place(), true})
			}
		}
	}
	next = append(next, g.generated(r)...)
	if r.name == "basic.target" { // also without its file
		for _, name := range []string{"sockets.target", "timers.target", "paths.target", "sysinit.target"} {
			next = append(next, reached{name: name, via: r.via + " → " + name, place: r.place})
		}
	}
	if r.name == "multi-user.target" { // systemd's own units link it there
		next = append(next, reached{name: "getty.target", via: r.via + " → getty.target", place: r.place})
	}
	if r.name == "sysinit.target" {
		next = append(next, reached{name: "local-fs.target", via: r.via + " → local-fs.target", place: r.place})
	}
	names := []string{r.name}
	if loaded && u.instance != "" {
		names = append(names, templateOf(r.name))
	}
	if loaded && path.Base(u.file.File.Name) != r.name {
		names = append(names, path.Base(u.file.File.Name))
	}
	for _, name := range names {
		for _, e := range g.units.wanted[name] {
			e.via = r.via + " → " + e.name + " (" + e.via + ")"
			next = append(next, e)
		}
		for _, suffix := range []string{".wants", ".requires", ".upholds"} {
			for _, folder := range g.folders() {
				for _, f := range g.children(folder + "/" + name + suffix) {
					b := path.Base(f.Name)
					next = append(next, reached{name: b, via: r.via + " → " + b, place: At(f)})
				}
			}
		}
	}
	return next
}
