package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// shell follows "sh -c TEXT", "sh FILE ARGS", and a shell that reads what it
// runs from its input.
func (g *boot) shell(l *launch, args []string) outcome {
	for i, a := range args {
		switch {
		case a == "-c" && i+1 < len(args):
			return g.inline(l, args[i+1])
		case a != "-" && !strings.HasPrefix(a, "-"):
			return g.shellFile(l, a, args[i+1:])
		}
	}
	if len(l.socket) > 0 {
		g.add(l, Service{Name: path.Base(l.words[0]), Program: l.words[0], Started: true, Certain: !l.cmd.Conditional, Via: g.steps(), Shell: true, Anonymous: Yes})
		return unsure
	}
	g.shellInput(l)
	return unsure
}

// shellFile follows a script that a shell is given.
func (g *boot) shellFile(l *launch, name string, args []string) outcome {
	if Unresolved(name) {
		g.unjudge(l.cmd.Location, "it runs a script that only the running device knows")
		return unsure
	}
	if name = l.abs(name); Unresolved(name) {
		g.unjudge(l.cmd.Location, "it stands in a folder that only the running device knows")
		return unsure
	}
	if t, sure, ok := g.writtenScript(name); ok {
		return g.followWritten(l, t, sure, args)
	}
	g.unjudgeChanged(l, name)
	f, ok := g.root.Lookup(name)
	if !ok {
		g.unjudgeFile(l.cmd.Location, name)
		return unsure
	}
	if t, isText := g.texts.Of(f); isText {
		return g.follow(l, t, args)
	}
	return unsure
}

// shellInput follows what a shell reads from a here-document, a file or the
// command before it.
func (g *boot) shellInput(l *launch) {
	for _, d := range l.cmd.Redirects {
		switch {
		case strings.Contains(d.Word, "/dev/tcp/") || strings.Contains(d.Word, "/dev/udp/"):
			g.outward(l, path.Base(l.words[0]))
			return
		case d.Text != "":
			g.inline(l, d.Text)
			return
		case !strings.HasPrefix(d.Op, "<"):
		case strings.HasPrefix(d.Word, "/dev/"):
			return
		default:
			g.shellFile(l, d.Word, nil)
			return
		}
	}
	if c, ok := g.before(l); ok {
		g.shellPipe(l, c)
	}
}

// before finds the command whose output the one that runs now reads.
func (g *boot) before(l *launch) (Command, bool) {
	if l.cmd.Pipeline == 0 {
		return Command{}, false
	}
	for i := len(g.commands) - 2; i >= max(0, len(g.commands)-64); i-- {
		c := g.commands[i].Command
		if c.Pipeline == l.cmd.Pipeline && c.Location.Path == l.cmd.Location.Path {
			return c, true
		}
	}
	return Command{}, false
}

// shellPipe follows what "echo TEXT | sh" and "cat FILE | sh" run.
func (g *boot) shellPipe(l *launch, from Command) {
	words := skipFlags(append([]string{""}, from.Args...)[1:])
	text := strings.Join(words, " ")
	switch name := from.Program(); {
	case (name == "echo" || name == "printf") && !Unresolved(text):
		g.inline(l, strings.ReplaceAll(text, `\n`, "\n"))
	case name == "cat" && len(words) == 1 && !Unresolved(text):
		g.shellFile(l, text, nil)
	case slices.Contains(shellNames, name):
	default:
		g.unjudge(l.cmd.Location, "it runs what another command prints")
	}
}

// inline runs the text of a command that stands in another file.
func (g *boot) inline(l *launch, text string) outcome {
	stmts, _ := g.texts.scripts.parse("-c", text)
	if l.depth > 6 {
		g.unjudge(l.cmd.Location, "its program is called through too many others")
		return unsure
	}
	r := newShellRun(g.world, Text{File: g.placeFile(l), Content: text}, nil, true)
	r.place = &l.cmd.Location
	r.inherit(l.environment())
	if l.run != nil {
		r.unsure, r.depth = l.run.doubtful(), l.run.depth+1
	}
	r.terminal, r.lent = g.lentTerminal(l)
	r.unsure = r.unsure || l.cmd.Conditional
	r.dir, r.user, r.event = l.folder(), l.user, g.event
	got := r.toItsEnd(stmts)
	if l.run != nil {
		l.run.asks = r.asks
	}
	return got
}

// placeFile gives some file for a run whose place is fixed.
func (g *boot) placeFile(l *launch) *firmware.File {
	if l.run != nil {
		return l.run.src.File
	}
	return &firmware.File{Name: l.cmd.Location.Path, Path: l.cmd.Location.Path, Container: g.root}
}

// builtIn gives the path of busybox where it was built with an applet that has
// no link.
func (g *boot) builtIn(name string) (string, bool) {
	i := slices.IndexFunc(g.tables, func(t AppletTable) bool { return t.Has(name) })
	if i < 0 {
		return "", false
	}
	return g.tables[i].Name, true
}
