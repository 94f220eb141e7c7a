package facts

import (
	"path"
	"slices"
)

// control follows the programs by which a script has its init system start a job or
// service that waits for nothing else: upstart's start and initctl, dinitctl, and
// finit's initctl.
func (g *boot) control(l *launch, name string, args []string) {
	if name != "start" {
		if args = skipFlags(args, "-p", "--socket-path"); len(args) == 0 {
			return
		}
		name, args = args[0], args[1:]
	}
	args = skipFlags(args)
	if len(args) == 0 || !slices.Contains([]string{"start", "restart", "enable"}, name) {
		return
	}
	follow := func(f func()) { f() }
	if l.cmd.Conditional {
		follow = g.maybe
	}
	switch job := args[0]; {
	case Unresolved(job):
		g.unjudge(l.cmd.Location, "the service that it has init start is only known to the running device")
	case g.init.Kind == "upstart":
		if t, ok := g.texts.Get(g.root, "etc/init/"+job+".conf"); ok {
			follow(func() { g.through(t.File.Name, func() { g.upstartRun(g.upstartJob(t)) }) })
		}
	case g.init.Kind == "dinit":
		follow(func() { dinitRun{boot: g, seen: map[string]bool{}}.service(job) })
	case g.init.Kind == "finit":
		for _, f := range g.finitLines() {
			if n, _ := f.option("name"); f.directive == "service" && (n == job || len(f.words) > 0 && path.Base(f.words[0]) == job) {
				follow(func() { g.finitCommand(f, map[string]string{}) })
			}
		}
	}
}
