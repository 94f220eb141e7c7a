package facts

import (
	"path"
	"strings"
)

// maxStarters bounds the supervisors and hooks that stand one behind the other.
const maxStarters = 24

// starts follows a program of the image that starts others by its own settings.
func (g *boot) starts(l *launch, name string, args []string) {
	if g.followed(l, append([]string{"starts", name, l.folder()}, args...)...) {
		return
	}
	if g.starters++; g.starters > maxStarters {
		g.unjudge(l.cmd.Location, "it is started through too many others")
	} else {
		g.startsOthers(l, name, args)
	}
	g.starters--
}

// followed reports whether what the words say was followed before, and as surely as
// now, and notes that it is now.
func (g *boot) followed(l *launch, words ...string) bool {
	key := strings.Join(words, "\x00")
	if g.ran[key] || l.cmd.Conditional && g.ran["?"+key] {
		return true
	}
	if l.cmd.Conditional {
		key = "?" + key
	}
	g.ran[key] = true
	return false
}

func (g *boot) startsOthers(l *launch, name string, args []string) {
	g.supervisor(l, name, args)
	g.handover(l, name, args)
	switch name {
	case "supervisord":
		g.supervisord(l, args)
	case "python", "python2", "python3":
		if len(args) > 0 && path.Base(args[0]) == "supervisord" {
			g.supervisord(l, args[1:])
		}
	case "monit":
		g.monit(l, args)
	case "dbus-daemon", "dbus-broker", "dbus-broker-launch":
		g.messageBus(l, args)
	case "weston", "sway", "labwc", "openbox", "openbox-session", "xinit", "startx":
		g.compositor(l, name, args)
	case "s6-rc-init":
		g.compiledServices(l, firstOf(flagValues(args, "-c"), "/etc/s6-rc/compiled"))
	case "modprobe":
		g.modprobe(l, args)
	case "systemd-modules-load":
		g.loadModules(l)
	case "initctl", "start", "dinitctl":
		g.control(l, name, args)
	case "mdev":
		g.mdev(l)
	case "udevd", "systemd-udevd", "eudev":
		g.udev(l.cmd.Location)
	case "init", "procd", "systemd", "linuxrc", "switch_root", "openrc-init", "runit-init", "s6-linux-init", "finit", "dinit":
		if g.handedTo == "" {
			g.handedTo = name
		}
	}
	g.hookPrograms(l, name, args)
}

// maybe runs f as something that happens only if an event comes.
func (g *boot) maybe(f func()) {
	was := g.doubt
	g.doubt = true
	f()
	g.doubt = was
}

// onEvent runs f as something that an event runs, which sets variables of its own.
func (g *boot) onEvent(f func()) {
	was := g.event
	g.event = true
	g.maybe(f)
	g.event = was
}
