package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// maxUserManagers bounds the managers of users that run without a login.
const maxUserManagers = 16

// unitManager is the systemd that runs units: the system's, or that of a user.
type unitManager struct {
	name    string   // of the user; empty is the system
	folders []string // of units, first one first
}

// folders are where the manager that is followed looks for units.
func (g *boot) folders() []string {
	if g.manager.name != "" {
		return g.manager.folders
	}
	return unitFolders
}

// userManagers follows the units of users whose manager runs from the start of the
// device, without a login (loginctl(1), enable-linger).
func (g *boot) userManagers() {
	if _, ok := g.unit("user@.service"); !ok {
		return
	}
	system := g.units
	for i, f := range g.sorted("var/lib/systemd/linger") {
		name := path.Base(f.Name)
		if f.Kind != firmware.Regular || i >= maxUserManagers {
			continue
		}
		home := cleanName(g.homeOf(name))
		g.manager = unitManager{name, []string{
			home + "/.config/systemd/user", "etc/systemd/user", home + "/.local/share/systemd/user", "usr/local/lib/systemd/user", "usr/lib/systemd/user", "lib/systemd/user",
		}}
		g.units = unitQueue{wanted: map[string][]reached{}, alias: map[string]string{}}
		g.units.push(reached{name: "default.target", via: "manager of the user " + name + " → default.target", place: At(f)},
			reached{name: "basic.target", via: "manager of the user " + name + " → basic.target", place: At(f)})
		g.followUnits(nil)
	}
	added := g.units.added
	g.manager, g.units = unitManager{}, system
	g.units.added += added
}

// homeOf gives the home of a user by /etc/passwd; that of the superuser for none.
func (g *boot) homeOf(name string) string {
	if name == "" || name == "root" {
		return "/root"
	}
	t, _ := g.texts.Get(g.root, "etc/passwd")
	for line := range t.Lines() {
		if f := strings.Split(line.Text, ":"); len(f) > 5 && f[0] == name && strings.HasPrefix(f[5], "/") {
			return f[5]
		}
	}
	return "/home/" + name
}
