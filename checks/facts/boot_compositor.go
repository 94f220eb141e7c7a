package facts

import (
	"strings"
)

// compositor follows what a compositor of Wayland starts by its settings: the section
// [autolaunch] of weston.ini(5), the program behind weston's "--", and the lines "exec"
// of sway(5).
func (g *boot) compositor(l *launch, name string, args []string) {
	home := cleanName(g.homeOf(l.user))
	switch name {
	case "weston":
		if t, ok := g.firstText(append(flagValues(args, "-c", "--config"), home+"/.config/weston.ini", "etc/xdg/weston/weston.ini", "etc/weston.ini")); ok && !hasFlag(args, "--no-config") {
			u := unit{settings: parseUnit(t)}
			for _, s := range u.values("autolaunch", "path") {
				g.launchFrom(l, t, s.line, []string{s.value})
			}
		}
		for i, a := range args {
			if a == "--" && i+1 < len(args) {
				g.launch(l.with(args[i+1:]))
				break
			}
		}
	case "sway":
		t, ok := g.firstText(append(flagValues(args, "-c", "--config"), home+"/.sway/config", home+"/.config/sway/config", "etc/sway/config"))
		if !ok {
			return
		}
		for line := range t.Lines() {
			verb, command, _ := strings.Cut(strings.TrimSpace(line.Text), " ")
			if command = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(command), "--no-startup-id")); command != "" && (verb == "exec" || verb == "exec_always") {
				g.launchFrom(l, t, line, []string{"sh", "-c", command})
			}
		}
	}
}

// firstText gives the first of several files that is in the image.
func (g *boot) firstText(names []string) (Text, bool) {
	for _, n := range names {
		if t, ok := g.texts.Get(g.root, cleanName(n)); ok {
			return t, true
		}
	}
	return Text{}, false
}

// launchFrom starts a program that the settings of another one name.
func (g *boot) launchFrom(l *launch, t Text, line Line, words []string) {
	m := g.from(t.At(line))
	m.user = l.user
	m.cmd.Conditional = m.cmd.Conditional || l.cmd.Conditional
	m.words = words
	g.through(t.File.Name, func() { g.execute(m) })
}
