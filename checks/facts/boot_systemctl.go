package facts

import (
	"slices"
	"strings"
)

// systemctl follows the commands by which a program has systemd start units, now
// or from the next start on.
func (g *boot) systemctl(l *launch, args []string) {
	if g.init.Kind != "systemd" {
		return
	}
	var words []string
	for _, a := range args {
		if !strings.HasPrefix(a, "-") {
			words = append(words, a)
		}
	}
	if len(words) > 1 && words[0] == "switch-root" {
		g.handOver(l, words[1])
		return
	}
	if len(words) < 2 || !slices.Contains([]string{"start", "restart", "reload-or-restart", "isolate", "enable", "reenable", "preset"}, words[0]) {
		return
	}
	for _, name := range words[1:] {
		if template, ok := g.anyInstance(name); ok {
			name = template
		}
		if Unresolved(name) {
			g.unjudge(l.cmd.Location, "the unit that it starts is only known to the running device")
			continue
		}
		if !strings.Contains(name, ".") {
			name += ".service"
		}
		if name = name[strings.LastIndexByte(name, '/')+1:]; len(g.units.sure)+len(g.units.unsure) < maxUnits {
			g.units.push(reached{name, g.steps() + " → " + name, l.cmd.Location, l.cmd.Conditional})
		}
	}
}

// anyInstance names an instance of a template of the image where only the running
// device knows which one: all of them start the same, unless a program's name or a
// command for a shell is made of it.
func (g *boot) anyInstance(name string) (string, bool) {
	prefix, instance, ok := strings.Cut(name, "@")
	if !ok || Unresolved(prefix) || !Unresolved(instance) {
		return "", false
	}
	name = prefix + "@unknown.service"
	u, ok := g.unit(name)
	if !ok {
		return "", false
	}
	for _, s := range u.settings {
		words := unitWords(s.value)
		if !strings.HasPrefix(s.key, "Exec") || len(words) == 0 || !strings.Contains(s.value, "%") {
			continue
		}
		if strings.Contains(words[0], "%") || slices.Contains(words, "-c") {
			return "", false
		}
	}
	return name, true
}

// systemdRun reads the arguments of systemd-run.
func systemdRun(_ *boot, l *launch) *launch {
	inner := l.with(skipFlags(l.words[1:], "-u", "-p", "-E", "-M", "-H", "-C", "--unit", "--property", "--setenv", "--description", "--slice", "--uid", "--gid", "--on-boot", "--on-active", "--on-calendar", "--working-directory"))
	inner.daemon = true
	return inner
}
