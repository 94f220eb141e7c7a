package facts

import (
	"path"
	"slices"
	"strings"
)

// What a file brings that the image does not hold: a script may ask for a file that
// is not there as shipped and that can be made later, because it lies on something
// that the device writes. The boot is followed as shipped, and once more with the
// tests of such files left open; what only the second walk starts may be started.

// mayCome reports whether a file that is not in the image can be made on the device,
// and notes that it was asked for. Nothing makes programs and what belongs to them.
func (g *boot) mayCome(clean string) bool {
	name := g.leadsTo(clean)
	if holdsPrograms(name) {
		return false
	}
	if !g.inMemory(name) && !g.writable() {
		return false
	}
	g.awaited[clean] = true
	return true
}

// holdsPrograms reports whether a name lies where programs and their parts do.
func holdsPrograms(clean string) bool {
	return slices.ContainsFunc(slices.Concat(programFolders, partFolders), func(dir string) bool { return strings.HasPrefix(clean, dir+"/") })
}

// partFolders hold what belongs to programs.
var partFolders = []string{"lib", "lib64", "usr/lib", "usr/lib64", "usr/libexec", "usr/share", "system/lib", "opt/lib"}

// notThere judges a test of a file that the image does not hold.
func (g *boot) notThere(clean string) outcome {
	got := outcomeElsewhere(clean)
	if got == fails && g.mayCome(clean) && g.later {
		return unsure
	}
	return got
}

// followLater follows the boot once more, by a walk that takes nothing for absent
// that may come, and adds what the first one has not.
func (g *boot) followLater(fresh func() *boot) {
	if len(g.awaited) == 0 {
		return
	}
	l := fresh()
	l.later = true
	l.start()
	if l.init.Problem != "" {
		g.note("with files that may come later: %s", l.init.Problem)
	}
	for _, s := range l.services {
		if s.Started && !g.hasService(s) && !l.onlySettings(s) {
			s.Certain = false
			s.Via += ", if a file is there that the image does not hold"
			g.services = append(g.services, s)
			g.ssh = append(g.ssh, l.sshOf(s)...)
		}
	}
	g.sortServices()
	for _, s := range l.away {
		if !slices.ContainsFunc(g.away, func(o RemoteShell) bool { return o.Program == s.Program }) {
			s.Certain = false
			g.away = append(g.away, s)
		}
	}
	for _, c := range l.consoles {
		if c.Shell == Yes && !slices.ContainsFunc(g.consoles, func(o Console) bool { return o.Shell == Yes && o.Device == c.Device }) {
			c.Uncertain = true
			g.consoles = append(g.consoles, c)
		}
	}
}

// hasService reports whether the walk as shipped starts a service of the same kind
// that is open as widely.
func (g *boot) hasService(s Service) bool {
	return slices.ContainsFunc(g.services, func(o Service) bool {
		return o.Started && o.Name == s.Name && o.Kind == s.Kind && (o.Shell || !s.Shell) && (!o.Loopback || s.Loopback)
	})
}

// onlySettings reports whether a service is none of those that matter here: one of
// no known kind, or one that waits for its own settings, without which nobody uses it.
func (g *boot) onlySettings(s Service) bool {
	switch {
	case s.Shell || s.Kind == KindTelnet || s.Kind == KindRemote || s.Kind == KindADB:
		return false
	case s.Kind == KindOther:
		return true
	}
	for name := range g.awaited {
		if strings.Contains(name, s.Name) || strings.Contains(name, path.Base(s.Program)) {
			return true
		}
	}
	return false
}

// sshOf gives the settings of an SSH server.
func (g *boot) sshOf(s Service) (all []sshIndex) {
	for _, x := range g.ssh {
		if x.name == s.Name && x.server.Program == s.Program {
			x.server.Certain = false
			all = append(all, x)
		}
	}
	return all
}
