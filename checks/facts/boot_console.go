package facts

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/assay-iot/assay/firmware"
)

// consoleCommand notes a command of a script that prompts on a terminal: a shell
// with a terminal as its input, a getty that names one.
func (g *boot) consoleCommand(r *shellRun, c *Command, words []string) {
	if len(words) == 0 {
		return
	}
	device, onTerminal := g.input(r, c)
	if d, ok := giver(c); ok && (!onTerminal || d != "" && r != nil && r.lent) {
		device, onTerminal = d, true
	}
	if !onTerminal && (g.failsafe || g.isLastOfInit(r, c, words)) {
		onTerminal = true // the first program has the system console, and so has preinit
	}
	name := strings.TrimPrefix(path.Base(words[0]), "-")
	isShell := slices.Contains(shellNames, name) || name == "su"
	if !onTerminal && !strings.HasSuffix(name, "getty") {
		return
	}
	called, found := g.find(words[0])
	if !found && !isShell {
		return
	}
	if f, ok := g.root.Lookup(called); ok && found && g.isScript(f) {
		return // it is followed
	}
	if k, ok := g.console(device, strings.Join(words, " "), c.Location); ok {
		k.Uncertain, k.Failsafe = c.Conditional, g.failsafe
		if !slices.Contains(g.consoles, k) {
			g.consoles = append(g.consoles, k)
		}
	}
}

// isScript reports whether a file is a script of a shell.
func (g *boot) isScript(f *firmware.File) bool {
	t, isText := g.texts.Of(f)
	return isText && shellOf(t.Content) != ""
}

// giver finds a program before the command that gives it a terminal: busybox's
// cttyhack that of the console, openvt a screen.
func giver(c *Command) (device string, ok bool) {
	words := append([]string{c.Name}, c.Args...)
	for len(words) > 1 {
		switch path.Base(words[0]) {
		case "cttyhack":
			return "", true
		case "openvt":
			if screens := flagValues(words, "-c"); len(screens) > 0 {
				return "tty" + screens[0], true
			}
			return "tty2", true
		}
		if words, ok = unwrapOnce(words); !ok {
			break
		}
	}
	return "", false
}

// isSulogin reports whether words ask for the superuser's password.
func isSulogin(words []string) bool {
	words = unwrapCommand(words)
	return len(words) > 0 && (path.Base(words[0]) == "sulogin" || path.Base(words[0]) == "systemd-sulogin-shell")
}

// rootIsLocked reports whether the superuser has no password that opens: sulogin
// that is forced then gives a shell without one.
func (g *boot) rootIsLocked() bool {
	for _, name := range []string{"etc/shadow", "etc/passwd"} {
		t, _ := g.texts.Get(g.root, name)
		for line := range t.Lines() {
			if f := strings.SplitN(line.Text, ":", 3); len(f) > 1 && f[0] == "root" && f[1] != "x" {
				return strings.HasPrefix(f[1], "!") || strings.HasPrefix(f[1], "*")
			}
		}
	}
	return false
}

// isLastOfInit reports whether the script in the place of init becomes a shell
// itself, whatever went before.
func (g *boot) isLastOfInit(r *shellRun, c *Command, words []string) bool {
	return r != nil && g.initFile != nil && r.src.File == g.initFile && c.Name == "exec" && !c.Conditional && c.Pipeline == 0 &&
		slices.Contains(shellNames, path.Base(words[0])) && !slices.ContainsFunc(c.Redirects, func(d Redirect) bool { return strings.HasPrefix(d.Op, "<") })
}

// shellAsInit notes a console where the kernel starts a shell first, by a link or
// a command line.
func (g *boot) shellAsInit(init initProgram) bool {
	if init.file == nil {
		return false
	}
	for _, dir := range []string{"sbin", "", "etc", "bin", "usr/sbin"} {
		for _, f := range g.dirs[path.Clean("./"+dir)] {
			if b := path.Base(f.Name); (b == "init" || b == "linuxrc") && f.Kind == firmware.Symlink && slices.Contains(shellNames, path.Base(f.Link)) {
				if target, ok := g.root.Lookup(f.Name); ok && target == init.file {
					g.consoles = append(g.consoles, Console{Root: g.root.Path, Shell: Yes, Program: path.Base(f.Link), Location: At(f)})
					return true
				}
			}
		}
	}
	return false
}

// input gives the terminal from which a command reads, by its own redirections
// or by those around it.
func (g *boot) input(r *shellRun, c *Command) (device string, ok bool) {
	for _, d := range c.Redirects {
		if strings.HasPrefix(d.Op, "<") || d.Op == "0<" {
			device, ok = terminalPath(d.Word)
			return device, ok
		}
	}
	if r == nil || r.terminal == "" || c.Pipeline != 0 || r.lent && c.Conditional { // for people who look why a start fails
		return "", false
	}
	return r.terminal, true
}

// takeTerminal gives the terminal that init opened for the program that runs now.
func (g *boot) takeTerminal() string {
	device := g.terminal
	g.terminal = ""
	return device
}

// lentTerminal gives the terminal that a script has from whoever starts it.
func (g *boot) lentTerminal(l *launch) (device string, lent bool) {
	switch {
	case l == nil || g.event:
		return "", false
	case l.run == nil:
		return l.tty, l.tty != ""
	case l.daemon || l.cmd.Pipeline != 0 || l.run.terminal == "":
		return "", false
	}
	for _, d := range l.cmd.Redirects {
		if strings.HasPrefix(d.Op, "<") || strings.HasPrefix(d.Op, "0<") {
			device, _ = terminalPath(d.Word)
			return device, false
		}
	}
	return l.run.terminal, l.run.lent
}

// terminalPath tells the serial lines and screens from other files.
func terminalPath(name string) (string, bool) {
	dev, ok := strings.CutPrefix(name, "/dev/")
	return dev, ok && dev != "tty" && (strings.HasPrefix(dev, "tty") || strings.HasPrefix(dev, "hvc") || dev == "console")
}

// terminalAround gives the terminal that a list of commands, or an exec without
// a program, takes as input.
func (r *shellRun) terminalAround(s *syntax.Stmt) (string, bool) {
	call, simple := s.Cmd.(*syntax.CallExpr)
	if len(s.Redirs) == 0 || simple && !(len(call.Args) == 1 && call.Args[0].Lit() == "exec") {
		return "", false
	}
	for _, d := range s.Redirs {
		if (d.Op == syntax.RdrIn || d.Op == syntax.RdrInOut) && d.Word != nil {
			return terminalPath(r.word(d.Word).text)
		}
	}
	return "", false
}
