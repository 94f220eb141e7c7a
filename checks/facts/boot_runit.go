package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// runit runs the stages of runit and the services of its folder.
func (g *boot) runit() {
	l := g.from(g.init.Location)
	for _, stage := range []string{"etc/runit/1", "etc/runit/2"} {
		if f, ok := g.root.Lookup(stage); ok {
			g.script(l, f, nil)
		}
	}
	for _, dir := range []string{"etc/service", "service", "var/service", "etc/runit/runsvdir/default", "etc/runit/runsvdir/current"} {
		g.serviceFolders(l, dir)
	}
}

// supervisor follows a program that keeps the services of a folder running:
// runit's, daemontools' and s6's. The first folder that it is given is it.
func (g *boot) supervisor(l *launch, name string, args []string) {
	switch name {
	case "runsvdir":
		g.supervised(l, firstFree(args), "/etc/service")
	case "svscan":
		g.supervised(l, firstFree(args), l.folder())
	case "svscanboot":
		g.supervised(l, "", "/service")
	case "s6-svscan":
		g.supervised(l, firstFree(args, "-d", "-c", "-t", "-C", "-X", "-L"), l.folder())
	case "runsv", "supervise", "s6-supervise":
		g.supervisedOne(l, firstFree(args))
	case "s6-rc-init", "s6-rc", "s6-linux-init":
		g.unjudge(l.cmd.Location, "it starts services from s6-rc's compiled database, which is not read")
	}
}

// firstFree gives the first argument that is no flag and no flag's value.
func firstFree(args []string, valued ...string) string {
	args = skipFlags(append(slices.Clone(args), ""), valued...)
	return args[0]
}

// runitFolders are what runsvchdir and the first stage of runit link the folder of
// services to.
var runitFolders = []string{"etc/runit/runsvdir/current", "etc/runit/runsvdir/default"}

// supervised starts the services of a folder. Where the folder is only made by
// the boot, those that it is usually made of may be started.
func (g *boot) supervised(l *launch, dir, usual string) {
	if dir == "" {
		dir = usual
	}
	dir = l.abs(dir)
	clean := cleanName(dir)
	f, ok := g.root.Lookup(clean)
	switch {
	case Unresolved(dir):
		g.unjudge(l.cmd.Location, "it starts services of a folder that only the running device knows")
	case ok && f.Kind == firmware.Directory:
		g.serviceFolders(l, clean)
		if g.isBrought(clean) {
			g.unjudge(l.cmd.Location, "the boot puts more services into "+clean)
		}
	default:
		found := false
		g.maybe(func() {
			for _, d := range runitFolders {
				found = g.serviceFolders(l, d) || found
			}
		})
		if !found {
			g.unjudge(l.cmd.Location, "it starts the services of "+clean+", which is not in the image")
		}
	}
}

// serviceFolders starts each service of a folder: one whose folder has a program
// "run" and no file "down".
func (g *boot) serviceFolders(l *launch, dir string) bool {
	found := false
	for _, entry := range g.children(dir) {
		if base := path.Base(entry.Name); base[0] != '.' {
			found = g.serviceFolder(l, entry.Name, base) || found
		}
	}
	return found
}

func (g *boot) supervisedOne(l *launch, dir string) {
	if dir = l.abs(dir); Unresolved(dir) || !g.serviceFolder(l, cleanName(dir), path.Base(dir)) {
		g.unjudge(l.cmd.Location, "it starts a service that is not in the image")
	}
}

func (g *boot) serviceFolder(l *launch, dir, name string) bool {
	run, ok := g.root.Lookup(dir + "/run")
	if !ok || run.Kind != firmware.Regular {
		return false
	}
	if g.entry(dir+"/down") || !g.executable(run) {
		return true
	}
	g.supervisedRun(l, dir, name, run)
	if log, ok := g.root.Lookup(dir + "/log/run"); ok && g.executable(log) {
		g.supervisedRun(l, dir+"/log", name, log)
	}
	return true
}

// supervisedRun runs the program of a service, which stands in its folder.
func (g *boot) supervisedRun(l *launch, dir, name string, run *firmware.File) {
	if g.followed(l, "service", dir) {
		return
	}
	m := g.from(At(run))
	m.daemon, m.unit, m.user, m.dir = true, name, l.user, "/"+dir
	m.cmd.Conditional = m.cmd.Conditional || l.cmd.Conditional
	t, isText := g.texts.Of(run)
	switch {
	case !isText:
		m.words = []string{"/" + run.Name}
		m.cmd.Name = m.words[0]
		g.through(dir+"/run", func() { g.launch(m) })
	case strings.Contains(firstLine(t.Content), "execlineb"):
		g.through(run.Name, func() { g.execline(m, t) })
	default:
		g.script(m, run, nil)
	}
}
