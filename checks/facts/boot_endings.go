package facts

import (
	"path"
	"slices"
	"strings"
)

// Where the boot ends in a program that is not in the image, the graph has an end
// that the device has not: what runs there is not known.

// unfound notes the program by which a script in the place of init, or one that it
// became, hands over.
func (g *boot) unfound(l *launch) {
	unlisted := l.applet && len(g.tables) == 0 // nothing says what busybox was built with
	if l.run != nil && l.run.first && l.cmd.Name == "exec" && len(l.cmd.Args) > 0 && !unlisted {
		g.unjudge(l.cmd.Location, "init becomes "+forPeople(strings.TrimPrefix(l.words[0], "/"))+", which is not in the image")
	}
}

// unfoundEntry notes a program that init waits for at the start, and that is not in
// the image. Tools that a build may leave out start nothing.
func (g *boot) unfoundEntry(l *launch, e inittabEntry) {
	words := unwrapCommand(strings.Fields(e.process))
	if len(words) == 0 || !slices.Contains([]string{"sysinit", "boot", "bootwait", "wait"}, e.action) || strings.ContainsAny(e.process, "$`|;&<>()'\"*") {
		return
	}
	name := path.Base(words[0])
	if slices.Contains(shellNames, name) && len(words) > 1 && strings.HasPrefix(words[1], "/") {
		words, name = words[1:], path.Base(words[1])
	}
	if _, found := g.find(words[0]); found || isEverydayTool(name) || slices.Contains(fileTools, name) || !strings.HasPrefix(words[0], "/") {
		return
	}
	if name == "rcS" && g.init.Kind == "procd" { // it does that itself
		return
	}
	if _, applet := g.builtIn(name); applet {
		return
	}
	g.unjudge(l.cmd.Location, "init runs "+forPeople(cleanName(words[0]))+", which is not in the image")
}

// foreignInit notes a first program that is none of the init systems that are known:
// it may start more than the scripts that it is usually given.
func (g *boot) foreignInit(init initProgram) {
	g.unjudge(At(init.file), "init is "+init.file.Name+", a program that reads no table of init")
}

// noTarget notes that systemd has nothing to start.
func (g *boot) noTarget() {
	if _, ok := g.unit("default.target"); ok || slices.ContainsFunc(g.kernelLines, func(l kernelLine) bool { return l.target() != "" }) {
		return
	}
	g.unjudge(g.init.Location, "default.target of systemd is not in the image")
}
