package facts

import (
	"strings"
)

// compositor follows what a compositor of Wayland starts by its settings: the section
// [autolaunch] of weston.ini(5), the program behind weston's "--", and the lines "exec"
// of sway(5); and the scripts with which labwc(1), openbox(1) and xinit(1) begin.
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
	case "labwc":
		g.beginsWith(l, home+"/.config/labwc/autostart", "etc/xdg/labwc/autostart")
	case "openbox", "openbox-session":
		g.beginsWith(l, home+"/.config/openbox/autostart", "etc/xdg/openbox/autostart")
	case "xinit", "startx":
		if len(args) == 0 || strings.HasPrefix(args[0], "-") {
			g.beginsWith(l, home+"/.xinitrc", "etc/X11/xinit/xinitrc", "etc/X11/xinitrc")
		} else if g.launch(l.with(args)); name == "startx" {
			g.beginsWith(l, args[0])
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

// beginsWith runs the first of several scripts that is in the image; a shell reads it.
func (g *boot) beginsWith(l *launch, names ...string) {
	if t, ok := g.firstText(names); ok {
		m := g.from(At(t.File))
		m.user = l.user
		m.cmd.Conditional = m.cmd.Conditional || l.cmd.Conditional
		m.words = []string{"sh", "/" + t.File.Name}
		g.through(t.File.Name, func() { g.execute(m) })
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
