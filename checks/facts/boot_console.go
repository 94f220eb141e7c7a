package facts

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// consoleCommand notes a command of a script that prompts on a terminal: a shell
// with a terminal as its input, a getty that names one.
func (g *boot) consoleCommand(r *shellRun, c *Command, words []string) {
	if len(words) == 0 {
		return
	}
	if path.Base(words[0]) == "cttyhack" && len(words) > 1 {
		words = words[1:]
	}
	device, onTerminal := g.input(r, c)
	name := strings.TrimPrefix(path.Base(words[0]), "-")
	isShell := slices.Contains(shellNames, name)
	if !onTerminal && !strings.HasSuffix(name, "getty") {
		return
	}
	if _, found := g.find(words[0]); !found && !isShell {
		return
	}
	if k, ok := g.console(device, strings.Join(words, " "), c.Location); ok {
		k.Uncertain = c.Conditional
		if !slices.Contains(g.consoles, k) {
			g.consoles = append(g.consoles, k)
		}
	}
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
	if r == nil || r.terminal == "" || c.Pipeline != 0 {
		return "", false
	}
	return r.terminal, true
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
