package facts

import (
	"strings"
)

// maxBusServices bounds the services of one bus.
const maxBusServices = 512

// busFolders hold the services that a message bus starts when a message comes for them
// (dbus-daemon(1)): those of the system's bus, and of a session's.
var busFolders = map[bool][]string{
	true: {"usr/local/share/dbus-1/system-services", "usr/share/dbus-1/system-services", "lib/dbus-1/system-services"}, false: {"usr/local/share/dbus-1/services", "usr/share/dbus-1/services"},
}

// messageBus follows the programs that a message bus starts on request: by systemd where
// the service names a unit, else by itself.
func (g *boot) messageBus(l *launch, args []string) {
	system := !hasFlag(args, "--session", "--user") && !(hasFlag(args, "--scope") && containsAny(args, []string{"user"}))
	seen := map[string]bool{}
	for _, dir := range busFolders[system] {
		for _, f := range g.sorted(dir) {
			t, ok := g.texts.Get(g.root, f.Name)
			if !ok || !strings.HasSuffix(f.Name, ".service") || len(seen) >= maxBusServices {
				continue
			}
			u := unit{file: t, settings: parseUnit(t)}
			if name := u.value("D-BUS Service", "Name"); !seen[name] {
				seen[name] = true
				g.busService(l, u)
			}
		}
	}
}

func (g *boot) busService(l *launch, u unit) {
	const section = "D-BUS Service"
	if name := u.value(section, "SystemdService"); name != "" && g.init.Kind == "systemd" {
		g.units.push(reached{name, g.steps() + " → " + name, u.place(), true})
		return
	}
	for _, s := range u.values(section, "Exec") {
		words := unitWords(s.value)
		if len(words) == 0 || strings.HasSuffix(words[0], "/false") {
			continue
		}
		m := &launch{cmd: &Command{Location: s.text.At(s.line)}, user: u.value(section, "User")}
		g.onEvent(func() { g.shellOrProgram(m, words) })
	}
}
