package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// unitSocket notes that a socket waits, and starts its service with it.
func (g *boot) unitSocket(u unit, r reached) {
	var listens []Listen
	for _, key := range []string{"ListenStream", "ListenDatagram"} {
		for _, s := range u.values("Socket", key) {
			address, port := parseAddress(u.specify(s.value))
			if port == 0 || strings.HasPrefix(s.value, "/") {
				continue
			}
			protocol := "tcp"
			if key == "ListenDatagram" {
				protocol = "udp"
			}
			listens = append(listens, Listen{Address: address, Port: port, Protocol: protocol, Location: s.text.At(s.line)})
		}
	}
	name := u.value("Socket", "Service")
	if name == "" {
		name = strings.TrimSuffix(u.name, ".socket") + ".service"
		if strings.EqualFold(u.value("Socket", "Accept"), "yes") || strings.EqualFold(u.value("Socket", "Accept"), "true") {
			name = strings.TrimSuffix(u.name, ".socket") + "@.service"
		}
	}
	if s, ok := g.unit(name); ok && len(listens) > 0 {
		for _, next := range g.wanted(reached{name, r.via + " → " + name, r.place, r.unsure}, s, ok) { // what a connection starts starts these too
			next.unsure = next.unsure || r.unsure
			g.units.push(next)
		}
		g.unitService(s, reached{name, r.via + " → " + name, r.place, r.unsure}, append(listens, Listen{Location: r.place}))
	}
}

// unitService starts what a service's ExecStart lines name, if those of ExecCondition
// let it.
func (g *boot) unitService(u unit, r reached, sockets []Listen) {
	was := g.doubt
	defer func() { g.doubt = was }()
	for _, l := range g.unitLines(u, "ExecCondition") {
		l.once = true
		got := unsure
		g.through(r.via, func() { got = g.execCondition(l) })
		if got == fails {
			return
		}
		g.doubt = g.doubt || got == unsure
	}
	for _, key := range []string{"ExecStartPre", "ExecStart", "ExecStartPost"} {
		for _, l := range g.unitLines(u, key) {
			l.once = key == "ExecStartPre"
			l.daemon = key == "ExecStart" && u.value("Service", "Type") != "oneshot"
			l.killed = u.value("Service", "Type") == "oneshot" && !isYes(u.value("Service", "RemainAfterExit"))
			if key == "ExecStart" {
				l.socket = slices.DeleteFunc(slices.Clone(sockets), func(l Listen) bool { return l.Port == 0 })
			}
			g.through(r.via, func() { g.startUnit(l, u, r, sockets) })
		}
	}
}

// unitLines are the commands of a service by one key.
func (g *boot) unitLines(u unit, key string) (all []*launch) {
	environment := g.environment(u)
	for _, s := range u.values("Service", key) {
		for _, words := range unitCommands(unitWords(u.specify(s.value))) {
			words[0] = strings.TrimLeft(words[0], "-@:+!")
			l := g.from(s.text.At(s.line))
			l.env, l.words = knownEnvironment(environment), expandUnit(words, environment)
			if len(l.words) == 0 {
				continue // nothing but a variable that is not set
			}
			l.unit, l.user = strings.TrimSuffix(u.name, ".service"), cmp.Or(u.value("Service", "User"), g.manager.name)
			l.dir, l.newRoot = workingDirectory(u), unitRoot(u)
			all = append(all, l)
		}
	}
	return all
}

// execCondition runs a command whose success lets a service start.
func (g *boot) execCondition(l *launch) outcome {
	l.cmd.Name, l.cmd.Args = l.words[0], l.words[1:]
	if b, ok := shellBuiltins[path.Base(l.words[0])]; ok {
		got, _ := b(newShellRun(g.world, Text{File: g.placeFile(l)}, nil, true), valuesOf(l.words[1:]))
		return got
	}
	g.tell(l.cmd)
	return g.launch(l)
}

func (g *boot) startUnit(l *launch, u unit, r reached, sockets []Listen) {
	device, onTerminal := unitTerminal(u)
	if d, ok := giver(&Command{Name: l.words[0], Args: l.words[1:]}); ok {
		device, onTerminal = d, true
	} else if onTerminal {
		l.tty = cmp.Or(device, "console")
	}
	if device == "" {
		device = u.instance
	}
	c, ok := g.console(device, strings.Join(l.words, " "), l.cmd.Location)
	if ok && len(sockets) == 0 && (onTerminal || opensTerminal(l.words)) {
		c.Uncertain = l.cmd.Conditional
		if isSulogin(l.words) && isYes(l.env["SYSTEMD_SULOGIN_FORCE"].text) && g.rootIsLocked() {
			c.Shell = Yes
		}
		g.consoles = append(g.consoles, c)
		g.consoleScripts(l, strings.Join(l.words, " "), false)
		return
	}
	l.cmd.Name, l.cmd.Args = l.words[0], l.words[1:]
	g.tell(l.cmd)
	before, added := len(g.services), g.units.added
	g.launch(l)
	if l.daemon && g.units.added == added {
		g.unknownUnit(l)
	}
	if confined(u) && len(sockets) == 0 {
		for i := before; i < len(g.services); i++ {
			g.services[i].confined = true
		}
	}
	for i := before; i < len(g.services); i++ {
		s := &g.services[i]
		s.Unit = l.unit
		if _, known := daemonNamed(s.Name); !known {
			s.Name = l.unit
		}
		s.Places = append(s.Places, u.place(), r.place)
		for _, k := range sockets {
			s.Places = append(s.Places, k.Location)
		}
	}
}

// unitTerminal gives the terminal from which the programs of a unit read; without
// these settings they read nothing (systemd.exec(5)). An empty one is the system console.
func unitTerminal(u unit) (device string, ok bool) {
	switch input := u.value("Service", "StandardInput"); {
	case slices.Contains([]string{"tty", "tty-force", "tty-fail"}, input):
		device, _ = terminalPath(u.specify(u.value("Service", "TTYPath")))
		return strings.TrimPrefix(device, "console"), true
	case strings.HasPrefix(input, "file:"):
		return terminalPath(strings.TrimPrefix(input, "file:"))
	}
	return "", false
}

// opensTerminal reports whether a program opens the terminal that its words name.
func opensTerminal(words []string) bool {
	inner := unwrapCommand(words)
	return isSulogin(words) || len(inner) > 0 && strings.HasSuffix(path.Base(inner[0]), "getty")
}

// unknownUnit notes a unit that keeps a program running which is a script.
func (g *boot) unknownUnit(l *launch) {
	called, ok := g.find(l.words[0])
	if !ok {
		return
	}
	if f, _ := g.root.Lookup(called); g.executable(f) && !slices.Contains(shellNames, path.Base(called)) {
		g.add(l, Service{Name: l.unit, Program: called, Started: true, Certain: !l.cmd.Conditional, Via: g.steps()})
	}
}
