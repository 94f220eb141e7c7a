package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// generatorFolders hold the programs that make units at each start
// (systemd.generator(7)).
var generatorFolders = []string{
	"etc/systemd/system-generators", "usr/local/lib/systemd/system-generators", "usr/lib/systemd/system-generators", "lib/systemd/system-generators",
}

// generator reports whether the image has a generator that runs.
func (g *boot) generator(name string) bool {
	for _, dir := range generatorFolders {
		if entry, ok := g.link(dir, name); ok {
			f, ok := g.root.Lookup(entry.Name)
			return ok && f.Kind == firmware.Regular && g.executable(f)
		}
	}
	return false
}

// otherGenerators makes the graph say which generators could not be judged:
// those that are neither systemd's own nor known to start nothing of their own.
func (g *boot) otherGenerators() {
	seen := map[string]bool{}
	for _, dir := range generatorFolders {
		for _, entry := range g.children(dir) {
			b := path.Base(entry.Name)
			f, ok := g.root.Lookup(entry.Name)
			if seen[b] || !ok || f.Kind != firmware.Regular || !g.executable(f) {
				continue
			}
			seen[b] = true
			if !strings.HasPrefix(b, "systemd-") && !slices.Contains(knownGenerators, b) {
				g.unjudge(At(f), "it makes units at each start that the image does not hold")
			}
		}
	}
}

// knownGenerators come with distributions and make units only for what they are
// named for.
var knownGenerators = []string{
	"lvm2-activation-generator", "zram-generator", "netplan", "nfs-server-generator", "rpc-pipefs-generator", "selinux-autorelabel-generator.sh",
	"ostree-system-generator", "coreos-growpart", "openvpn-generator", "postgresql-generator", "cloud-init-generator", "friendly-recovery", "snapd-generator",
	"kdump-dep-generator.sh", "zfs-mount-generator", "console-setup-generator", "gpt-auto-generator",
}

// sysvTargets are the targets that systemd-sysv-generator puts the scripts of a
// run level into.
var sysvTargets = []struct{ dir, target string }{
	{"etc/rc2.d", "multi-user.target"}, {"etc/rc3.d", "multi-user.target"}, {"etc/rc4.d", "multi-user.target"}, {"etc/rc5.d", "graphical.target"},
}

// sysvScripts starts the SysV scripts of a target for which there is no unit, in
// the order of their links.
func (g *boot) sysvScripts(r reached) {
	if !g.generator("systemd-sysv-generator") {
		return
	}
	for _, t := range sysvTargets {
		if t.target != r.name {
			continue
		}
		for _, entry := range g.children(t.dir) {
			b := path.Base(entry.Name)
			f, ok := g.root.Lookup(entry.Name)
			if len(b) < 4 || b[0] != 'S' || !isNumber(b[1:3]) || !ok || f.Kind != firmware.Regular || !g.executable(f) {
				continue
			}
			name := strings.TrimSuffix(path.Base(f.Name), ".sh") + ".service"
			if g.hasUnit(name) {
				continue
			}
			l := g.from(At(entry))
			l.unit = strings.TrimSuffix(name, ".service")
			g.through(r.via, func() { g.through("systemd-sysv-generator", func() { g.script(l, entry, []string{"start"}) }) })
		}
	}
}

// hasUnit reports whether there is a unit file of the name, a mask among them.
func (g *boot) hasUnit(name string) bool {
	return slices.ContainsFunc(unitFolders, func(dir string) bool {
		_, ok := g.link(dir, name)
		return ok
	})
}

// generated lists the units that generators put into a target.
func (g *boot) generated(r reached) []reached {
	if r.name != "multi-user.target" || !g.generator("systemd-rc-local-generator") {
		return nil
	}
	f, ok := g.root.Lookup("etc/rc.local")
	if !ok || f.Kind != firmware.Regular || !g.executable(f) {
		return nil
	}
	return []reached{{name: "rc-local.service", via: r.via + " → rc-local.service", place: At(f)}}
}
