package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// maxInittab bounds the entries of one inittab.
const maxInittab = 512

// findInit decides which init system the root has and follows it. A script in
// the place of init runs before the init to which it hands over.
func (g *boot) findInit() {
	g.preinit()
	init, hasInit := g.firstProgram()
	if g.shellAsInit(init) {
		g.begin("shell", At(init.file))
		return
	}
	if hasInit && isS6Overlay(init) {
		g.s6Overlay(init)
		return
	}
	if hasInit && init.text != nil && g.executable(init.file) {
		g.begin("script", At(init.file))
		g.followInit(init)
		hasInit = false
		if g.handedTo == "" && !g.isFile("etc/inittab") {
			g.rcScripts()
			return
		}
	}
	g.otherInit(init)
	g.initSystem(init, hasInit)
	g.kernelSingle(init)
}

// initSystem follows the init program, or the one after a script in its place.
func (g *boot) initSystem(init initProgram, hasInit bool) {
	inittab, hasTab := g.texts.Get(g.root, "etc/inittab")
	systemd, hasSystemd := g.systemdFile()
	android, isAndroid := androidFolder(g.root)
	shipped, folder, hasShipped := g.shippedTable(init)
	switch {
	case hasSystemd && (!hasTab || path.Base(init.name()) == "systemd" || g.handedTo == "systemd"):
		g.begin("systemd", At(systemd))
		g.systemd()
	case g.isFinit(init):
		g.beginFinit(init)
		g.finit()
	case g.isInit(init, "dinit"):
		g.begin("dinit", assay.Location{Path: g.root.Path + "!etc/dinit.d"})
		g.dinit()
	case g.isInit(init, "openrc-init"):
		g.begin("openrc", assay.Location{Path: g.root.Path + "!etc/runlevels"})
		g.openrcInit()
	case hasTab:
		g.begin(g.inittabKind(inittab), At(inittab.File))
		g.inittab(inittab, "")
	case isAndroid:
		g.begin("android", assay.Location{Path: g.root.Path + "!" + android})
		g.android(android)
	case g.isUpstart(init):
		g.upstart()
	case g.isFile("etc/runit/2") || g.isFile("sbin/runit-init") || g.isFile("usr/sbin/runit-init"):
		g.begin("runit", assay.Location{Path: g.root.Path + "!etc/runit"})
		g.runit()
	case hasShipped && g.etcIsFilled():
		g.begin(g.inittabKind(shipped), At(shipped.File))
		g.inittab(shipped, folder)
	case hasInit && isMultiCall(init.file.Name):
		g.begin("busybox", At(init.file))
		g.defaultInittab(init.file)
		if hasShipped {
			g.maybe(func() { g.inittab(shipped, folder) })
		}
	case hasInit || g.isFile("etc/init.d/rcS"):
		if !g.rcScripts() && g.init.Kind == "" {
			return
		}
		if g.init.Kind == "" {
			g.begin("other", assay.Location{Path: g.root.Path})
			if hasInit {
				g.foreignInit(init)
			}
		}
	}
}

// isInit reports whether the first program is a named one, or a script handed over to it.
func (g *boot) isInit(init initProgram, name string) bool {
	return path.Base(init.name()) == name || g.handedTo == name
}

// execute starts a program that an init system or a supervisor names.
func (g *boot) execute(l *launch) {
	if len(l.words) == 0 || l.words[0] == "" {
		return
	}
	l.cmd.Name, l.cmd.Args = l.words[0], l.words[1:]
	g.tell(l.cmd)
	g.launch(l)
}

// followInit runs a script that the kernel starts.
func (g *boot) followInit(p initProgram) {
	g.initFile = p.file
	l := g.from(At(p.file))
	switch head := firstLine(p.text.Content); {
	case strings.Contains(head, "execlineb"):
		g.through(p.file.Name, func() { g.execline(l, *p.text) })
	case strings.HasPrefix(head, "#!") && shellOf(p.text.Content) == "":
		g.unjudge(l.cmd.Location, "init is a script that is none of a shell")
	default:
		g.follow(l, *p.text, nil)
	}
	g.initFile = nil
}

// begin notes the init system.
func (g *boot) begin(kind string, at assay.Location) {
	if g.init.Kind, g.init.Location = kind, at; kind == "systemd" {
		g.mountTable("") // its generator makes units of it
	}
}

// initProgram is what the kernel starts first.
type initProgram struct {
	file *firmware.File
	text *Text
}

func (p initProgram) name() string {
	if p.file == nil {
		return ""
	}
	return p.file.Name
}

// firstProgram finds what the kernel starts: /init of an initramfs, /sbin/init
// and the others that Linux tries.
func (g *boot) firstProgram() (initProgram, bool) {
	for _, name := range []string{"sbin/init", "init", "etc/init", "bin/init", "linuxrc", "usr/sbin/init", "usr/lib/systemd/systemd"} {
		f, ok := g.root.Lookup(name)
		if !ok || f.Kind != firmware.Regular {
			continue
		}
		if t, isText := g.texts.Of(f); isText {
			return initProgram{f, &t}, true
		}
		return initProgram{f, nil}, true
	}
	return initProgram{}, false
}

func (g *boot) isFile(name string) bool {
	f, ok := g.root.Lookup(name)
	return ok && f.Kind == firmware.Regular
}

// from makes a launch that no script stands behind.
func (g *boot) from(at assay.Location) *launch {
	return &launch{cmd: &Command{Location: at, Conditional: g.doubt}}
}

// rcScripts runs rcS and its numbered companions if they are there.
func (g *boot) rcScripts() bool {
	found := false
	for _, name := range []string{"etc/init.d/rcS", "etc/rcS", "etc/rc", "etc/rc.d/rcS", "etc/rc.local"} {
		if f, ok := g.root.Lookup(name); ok && f.Kind == firmware.Regular {
			if t, isText := g.texts.Of(f); isText && !g.ran[f.Name+"\x00"] {
				g.follow(g.from(At(f)), t, nil)
				found = true
			} else {
				g.illegible(g.from(At(f)), f)
			}
		}
	}
	return found
}

// inittabEntry is a line of inittab: id, run levels, action, process.
type inittabEntry struct {
	id, levels, action, process string
	line                        Line
}

// parseInittab reads inittab in the forms of SysV init, busybox and procd.
func parseInittab(t Text) []inittabEntry {
	var entries []inittabEntry
	for line := range t.Lines() {
		s := strings.TrimSpace(line.Text)
		if s == "" || s[0] == '#' || len(entries) == maxInittab {
			continue
		}
		f := strings.SplitN(s, ":", 4)
		if len(f) < 3 {
			continue
		}
		if len(f) == 3 {
			f = append(f, "")
		}
		entries = append(entries, inittabEntry{strings.TrimPrefix(f[0], "/dev/"), f[1], f[2], strings.TrimSpace(f[3]), line})
	}
	return entries
}

func (g *boot) inittabKind(t Text) string {
	if g.isFile("sbin/procd") || g.isFile("etc/rc.common") {
		return "procd"
	}
	for _, e := range parseInittab(t) {
		if e.action == "initdefault" {
			return "sysv"
		}
	}
	return "busybox"
}

// inittabActions are those that run something when the device starts, in the
// order in which init takes them.
var inittabActions = [][]string{
	{"sysinit"}, {"boot", "bootwait"}, {"wait", "once", "respawn", "askfirst", "askconsole", "askconsolelate", "respawnlate"},
}

// inittab follows a table; folder is where the files of /etc lie, if not there.
func (g *boot) inittab(t Text, folder string) {
	entries := parseInittab(t)
	level := ""
	for _, e := range entries {
		if e.action == "initdefault" && e.levels != "" {
			level = e.levels[:1]
		}
	}
	g.through(t.File.Name, func() {
		for _, actions := range inittabActions {
			for _, e := range entries {
				if slices.Contains(actions, e.action) && atLevel(e, level) {
					if folder != "" {
						e.process = g.shippedEntry(folder, e.process)
					}
					g.inittabEntry(t, e)
				}
			}
		}
	})
}

// atLevel reports whether SysV init runs an entry on the way to a run level;
// busybox and procd know no levels.
func atLevel(e inittabEntry, level string) bool {
	switch e.action {
	case "sysinit", "boot", "bootwait":
		return true
	}
	return level == "" || e.levels == "" || strings.Contains(e.levels, level)
}

func (g *boot) inittabEntry(t Text, e inittabEntry) {
	at := t.At(e.line)
	process := strings.TrimPrefix(e.process, "-")
	if process == "" {
		process = "/bin/sh" // what busybox and procd take
	}
	switch e.action {
	case "respawn", "once", "askfirst", "askconsole", "askconsolelate", "respawnlate":
		if c, ok := g.console(e.id, process, at); ok {
			g.consoles = append(g.consoles, c)
			g.consoleScripts(g.from(at), e.process, strings.HasPrefix(e.action, "ask"))
			return
		}
	}
	l := g.from(at)
	l.daemon = e.action == "respawn"
	if g.init.Kind != "procd" { // which opens no terminal for them
		l.tty = terminalOfEntry(e)
	}
	g.unfoundEntry(l, e)
	g.line(l, process)
}

// terminalOfEntry gives the terminal that init opens for an entry: busybox's name it,
// all others get the system console.
func terminalOfEntry(e inittabEntry) string {
	if device, ok := terminalPath("/dev/" + e.id); ok {
		return device
	}
	return "console"
}

// line runs a command line that init holds.
func (g *boot) line(l *launch, text string) {
	if strings.ContainsAny(text, "$`|;&<>()'\"*") {
		g.inline(l, text)
		return
	}
	l.words = strings.Fields(text)
	if len(l.words) == 0 {
		return
	}
	l.cmd.Name, l.cmd.Args = l.words[0], l.words[1:]
	if g.rcSByProcd(l) {
		return
	}
	g.terminal = l.tty
	g.run(nil, l.cmd)
	g.terminal = "" // also if nothing took it
	if l.daemon {
		g.markRespawned(l)
	}
}

// markRespawned notes a program that init keeps alive as a service, also one of
// an unknown name.
func (g *boot) markRespawned(l *launch) {
	words := unwrapCommand(l.words)
	if len(words) == 0 {
		return
	}
	called, ok := g.find(words[0])
	if !ok {
		return
	}
	f, _ := g.root.Lookup(called)
	if _, isText := g.texts.Of(f); !isText && g.executable(f) {
		m := l.with(words)
		g.serve(m, called, f)
	}
}

// rcSByProcd runs the links of /etc/rc.d where procd does so itself: it has no
// script /etc/init.d/rcS.
func (g *boot) rcSByProcd(l *launch) bool {
	if path.Base(l.words[0]) != "rcS" || g.isFile(l.words[0]) {
		return false
	}
	letter, action := "S", "boot"
	if len(l.words) > 2 {
		letter, action = l.words[1], l.words[2]
	}
	g.rcLinks(l, "etc/rc.d", letter, action)
	return true
}

// runlevel runs the links of a SysV run level: those of rcS.d first.
func (g *boot) runlevel(level string) bool {
	if len(level) != 1 || !strings.Contains("0123456789Ss", level) {
		return false
	}
	found := false
	l := g.from(g.init.Location)
	for _, dir := range []string{"etc/rc" + strings.ToUpper(level) + ".d", "etc/rc.d/rc" + level + ".d", "etc/init.d/rc" + level + ".d"} {
		if len(g.children(dir)) > 0 {
			found = true
			g.rcLinks(l, dir, "S", "start")
		}
	}
	return found
}

// rcLinks runs the entries of a folder that start with a letter, by name.
func (g *boot) rcLinks(l *launch, dir, letter, action string) {
	links := slices.Clone(g.children(dir))
	slices.SortFunc(links, func(a, b *firmware.File) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range links {
		if !strings.HasPrefix(path.Base(f.Name), letter) {
			continue
		}
		m := g.from(At(f))
		m.user = l.user
		g.script(m, f, []string{action})
	}
}

// defaultInittab is what busybox init does without an inittab: it runs rcS and
// offers shells.
func (g *boot) defaultInittab(init *firmware.File) {
	g.through(init.Name+" without inittab", func() {
		if !g.rcScripts() && g.etcIsFilled() && !g.shippedScripts() {
			g.unjudge(At(init), "neither a table of init nor its scripts are in the image: /etc is filled on the running device")
		}
		for _, tty := range []string{"", "tty2", "tty3", "tty4"} {
			if c, ok := g.console(tty, "/bin/sh", At(init)); ok {
				g.consoles = append(g.consoles, c)
			}
		}
	})
}
