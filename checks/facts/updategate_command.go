package facts

import (
	"path"
	"slices"
	"strings"
)

// command takes in one command of a way and decides its outcome, where a check of
// a signature has one.
func (g *gate) command(c *Command) outcome {
	if c.Pipeline == 0 {
		g.pipe = nil
	}
	got := g.effect(c)
	if c.Pipeline != 0 {
		g.pipe = append(g.pipe, *c)
	}
	return got
}

func (g *gate) effect(c *Command) outcome {
	name, args := c.Effective()
	program := path.Base(name)
	g.hear(c, program)
	if name == "" {
		g.derive(c, program)
		return works
	}
	g.subject = *c
	switch {
	case verifiesSignature(c):
		return g.verify(c, program, args)
	case program == "grep" || program == "egrep" || program == "fgrep":
		return g.grep(c, args)
	case program == "echo" || program == "printf":
		g.speak(c, strings.Join(skipFlags(args), " "))
		g.derive(c, program)
		return works
	case isSum(program):
		return g.compareSums(c, program, args)
	case program == "cmp" || program == "diff":
		return g.compareFiles(args)
	case strings.HasPrefix(program, "gpg") && containsAny(args, []string{"--import"}):
		g.imported = g.imported || slices.ContainsFunc(g.inputs(c), g.bad)
	case strings.HasPrefix(program, "gpg") && asksKeyServer(args):
		g.imported = true
	}
	if g.failed && slices.Contains([]string{"reboot", "poweroff", "halt", "shutdown", "kill", "killall"}, program) {
		g.strange("it calls " + program + " when the check fails, and goes on")
	}
	if program == "rm" {
		for _, n := range g.inputs(c) {
			g.files[n] = &gateFile{fetched: true}
			g.checker[n] = "rm"
		}
		return unsure
	}
	if program != "tail" && program != "head" && program != "tr" && program != "tee" && program != "cat" {
		g.printed = false
	}
	if g.takesElsewhere(c, name, program, args) {
		return unsure
	}
	if fetches(c) && !installsPackage(program, args) {
		return g.fetch(c)
	}
	g.installs(c, name, program, args)
	g.derive(c, program)
	return unsure
}
