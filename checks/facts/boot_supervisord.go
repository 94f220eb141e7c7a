package facts

import (
	"slices"
	"strings"
)

// supervisord starts the programs of supervisord's settings.
func (g *boot) supervisord(l *launch, args []string) {
	names := append(flagValues(args, "-c"), flagValues(args, "--configuration")...)
	if len(names) == 0 {
		names = []string{"/etc/supervisord.conf", "/etc/supervisor/supervisord.conf", "/etc/supervisor.conf"}
	}
	found := false
	for _, name := range names {
		if t, ok := g.current(l.abs(name)); ok {
			found = true
			g.supervisordFile(l, t, 0)
			break
		}
	}
	if !found {
		g.unjudge(l.cmd.Location, "the settings of the supervisor that it starts are not in the image")
	}
}

func (g *boot) supervisordFile(l *launch, t Text, depth int) {
	if g.followed(l, "supervisord", t.File.Name) {
		return
	}
	var program []unitSetting
	flush := func() {
		g.supervisedProgram(l, unit{settings: program})
		program = nil
	}
	section := ""
	for _, s := range parseUnit(t) {
		if s.section != section {
			flush()
			section = s.section
		}
		s.value, _, _ = strings.Cut(s.value, " ;")
		switch {
		case strings.HasPrefix(s.section, "program:") || strings.HasPrefix(s.section, "eventlistener:") || strings.HasPrefix(s.section, "fcgi-program:"):
			program = append(program, unitSetting{"", s.key, strings.TrimSpace(s.value), s.text, s.line})
		case s.section == "include" && s.key == "files" && depth < 2:
			g.includes(t, s.value, func(inc Text) { g.supervisordFile(l, inc, depth+1) })
		}
	}
	flush()
}

// includes calls f for the texts that fit patterns, which are relative to the
// file that names them.
func (g *boot) includes(from Text, patterns string, f func(Text)) {
	n := 0
	for _, p := range strings.Fields(patterns) {
		p = strings.Trim(p, `"'`)
		if !strings.HasPrefix(p, "/") {
			p = "/" + strings.TrimSuffix(from.File.Name, lastOf(strings.Split(from.File.Name, "/"))) + p
		}
		names := []string{p}
		if strings.ContainsAny(p, "*?[") {
			names = g.glob(p)
		}
		for _, name := range names {
			if t, ok := g.current(name); ok && n < maxInclude {
				n++
				f(t)
			}
		}
	}
}

func (g *boot) supervisedProgram(by *launch, u unit) {
	commands := u.values("", "command")
	if len(commands) == 0 || slices.Contains([]string{"false", "no", "off", "0"}, strings.ToLower(u.value("", "autostart"))) {
		return
	}
	at := commands[len(commands)-1]
	l := g.from(at.text.At(at.line))
	l.cmd.Conditional = l.cmd.Conditional || by.cmd.Conditional
	l.daemon, l.user, l.dir = true, u.value("", "user"), u.value("", "directory")
	l.words = unitWords(at.value)
	if len(l.words) == 0 {
		return
	}
	if l.user == "root" {
		l.user = ""
	}
	l.cmd.Name, l.cmd.Args = l.words[0], l.words[1:]
	g.tell(l.cmd)
	g.through(at.text.File.Name, func() { g.launch(l) })
}
