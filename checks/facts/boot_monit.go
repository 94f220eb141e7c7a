package facts

import (
	"strings"
)

// monit starts the programs that monit keeps an eye on: one that does not run
// when monit starts is started.
func (g *boot) monit(l *launch, args []string) {
	names := flagValues(args, "-c")
	if len(names) == 0 {
		names = []string{"/etc/monitrc", "/etc/monit/monitrc", "/usr/local/etc/monitrc"}
	}
	for _, name := range names {
		if t, ok := g.current(l.abs(name)); ok {
			g.monitFile(l, t, 0)
			return
		}
	}
	g.unjudge(l.cmd.Location, "the settings of the supervisor that it starts are not in the image")
}

func (g *boot) monitFile(by *launch, t Text, depth int) {
	if g.followed(by, "monit", t.File.Name) {
		return
	}
	for line := range t.Lines() {
		s := strings.TrimSpace(line.Text)
		if strings.HasPrefix(s, "#") {
			continue
		}
		if files, ok := strings.CutPrefix(s, "include "); ok && depth < 2 {
			g.includes(t, files, func(inc Text) { g.monitFile(by, inc, depth+1) })
			continue
		}
		command, sure, ok := monitCommand(s)
		if !ok {
			continue
		}
		run := func() {
			l := g.from(t.At(line))
			l.cmd.Conditional = l.cmd.Conditional || by.cmd.Conditional
			g.through(t.File.Name, func() { g.line(l, command) })
		}
		if sure {
			run()
		} else {
			g.maybe(run)
		}
	}
}

// monitCommand reads `start program = "COMMAND"`, which runs, and
// `… then exec "COMMAND"`, which may run.
func monitCommand(s string) (command string, sure, ok bool) {
	fields := strings.Fields(strings.NewReplacer("=", " ", `"`, ` " `).Replace(strings.ToLower(s)))
	for i, f := range fields {
		switch {
		case f == "start" && i+1 < len(fields) && (fields[i+1] == "program" || fields[i+1] == `"`), f == "restart" && i+1 < len(fields) && fields[i+1] == "program":
			sure, ok = f == "start", true
		case f == "exec" && i+1 < len(fields) && fields[i+1] == `"`:
			ok = true
		}
	}
	_, after, quoted := strings.Cut(s, `"`)
	if !ok || !quoted {
		return "", false, false
	}
	command, _ = quotedValue(after)
	return command, sure, command != ""
}
