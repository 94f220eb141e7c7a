package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// run hears of each command of the boot: it starts services and follows scripts.
func (g *boot) run(r *shellRun, c *Command) outcome {
	for _, w := range c.Args {
		g.touch(w)
	}
	for _, w := range redirectTargets(c) {
		g.touch(w)
	}
	g.tell(c)
	words := unwrapCommand(append([]string{c.Name}, c.Args...))
	if c.Name == "busybox" || strings.HasSuffix(c.Name, "/busybox") {
		if hasFlag(c.Args, "--install") {
			g.installed = true
		}
	}
	g.bring(r, c, words)
	g.change(r, c, words)
	g.record(r, c, words)
	g.kernelHook(r, c, words)
	g.consoleCommand(r, c, words)
	if len(words) == 3 && path.Base(words[0]) == "setprop" {
		g.setProperty(words[1], words[2], !c.Conditional, c.Location)
	}
	if c.Name == "cd" && r != nil {
		return g.enter(r, c)
	}
	if len(words) == 0 || words[0] == "" {
		return unsure
	}
	l := &launch{run: r, cmd: c, words: append([]string{c.Name}, c.Args...), tty: g.takeTerminal()}
	if r != nil {
		l.user = r.user
	}
	return g.launch(l)
}

// touch notes the file that a word names, if it names one.
func (g *boot) touch(word string) {
	if i := strings.IndexByte(word, '/'); i >= 0 {
		g.touched[strings.TrimPrefix(path.Clean(word[i:]), "/")] = true
	}
}

func redirectTargets(c *Command) []string {
	var out []string
	for _, d := range c.Redirects {
		if strings.Contains(d.Op, ">") {
			out = append(out, d.Word)
		}
	}
	return out
}

// launch is a program that is about to run.
type launch struct {
	run     *shellRun // nil if no script runs it
	cmd     *Command
	words   []string
	user    string
	unit    string
	env     map[string]shellValue // what whoever starts it sets, beside what its script exports
	dir     string                // where it starts if no script runs it; empty is /
	daemon  bool                  // whoever starts it expects it to stay
	once    bool                  // it ends before the next one runs
	killed  bool                  // whoever starts it ends what it leaves behind
	newRoot string                // the folder that is / for it; empty if it is that of the image
	socket  []Listen
	applet  bool   // called as "busybox NAME"
	tty     string // the terminal that init gives it
	depth   int
}

func (l *launch) with(words []string) *launch {
	m := *l
	m.words = words
	m.depth++
	return &m
}

func (g *boot) launch(l *launch) outcome {
	if len(l.words) == 0 {
		return unsure
	}
	if l.depth > 8 {
		g.unjudge(l.cmd.Location, "its program is called through too many others")
		return unsure
	}
	if g.unwrap(l); l.newRoot != "" {
		return g.launchInside(l)
	}
	if Unresolved(l.words[0]) {
		if l.cmd.Name == "exec" && l.run != nil && l.run.src.File == g.initFile { // what the kernel's command line names
			g.handedTo = "init"
			return unsure
		}
		g.unjudgeName(l.cmd.Location, l.words[0])
		return unsure
	}
	if strings.Contains(l.words[0], "/") {
		l.words = append([]string{l.abs(l.words[0])}, l.words[1:]...)
	}
	if strings.HasPrefix(l.words[0], "$PWD/") {
		g.unjudge(l.cmd.Location, "it stands in a folder that only the running device knows")
		return unsure
	}
	name, args := path.Base(l.words[0]), l.words[1:]
	if f, ok := launchers[name]; ok && (path.Dir(l.words[0]) == "." || slices.Contains(programFolders, cleanName(path.Dir(l.words[0])))) {
		if inner := f(g, l); inner != nil {
			return g.launch(inner)
		}
		return unsure
	}
	switch name {
	case "sh", "ash", "bash", "dash", "ksh", "hush":
		return g.shell(l, args)
	case "service", "rc-service":
		if args = skipFlags(args); len(args) > 0 {
			if _, script := g.root.Lookup("etc/init.d/" + path.Base(args[0])); !script && len(args) > 1 {
				g.systemctl(l, []string{args[1], args[0]})
				if g.init.Kind == "upstart" {
					g.control(l, "initctl", []string{args[1], args[0]})
				}
				return unsure
			}
			return g.launch(l.with(append([]string{"/etc/init.d/" + path.Base(args[0])}, args[1:]...)))
		}
	case "xargs":
		g.xargs(l)
		return unsure
	case "find":
		g.findExec(l)
		return unsure
	case "awk", "gawk", "mawk":
		g.awk(l)
		return unsure
	case "at", "batch":
		g.atJob(l)
		return unsure
	case "run-parts":
		g.unjudgeChanged(l, l.abs(lastOf(args)))
		g.unjudgeEach(l.cmd.Location, l.abs(lastOf(args)))
		for _, f := range g.children(lastOf(args)) {
			g.script(l, f, nil)
		}
		return unsure
	case "systemctl":
		g.systemctl(l, args)
		return unsure
	case "rc.common":
		if len(args) > 1 {
			return g.launch(l.with(args))
		}
	case "rc", "openrc":
		if len(args) > 0 && (g.runlevel(args[0]) || g.openrcLevel(l, args[0], 0)) || len(args) == 0 && g.openrcLevel(l, "default", 0) {
			return unsure
		}
	}
	if g.runtime(l, name) {
		return unsure
	}
	args = l.words[1:]
	if t, sure, ok := g.writtenScript(l.words[0]); ok {
		return g.followWritten(l, t, sure, args)
	}
	g.unjudgeChanged(l, l.words[0])
	called, ok := g.find(l.words[0])
	if !ok && l.applet {
		called, ok = g.builtIn(name)
	}
	if !ok {
		g.unjudgeFile(l.cmd.Location, l.words[0])
		g.unjudgeFolder(l)
		g.absent(l, name)
		g.unfound(l)
		return unsure
	}
	f, _ := g.root.Lookup(called)
	g.starts(l, name, args)
	if t, isText := g.texts.Of(f); isText {
		return g.scriptText(l, f, t, args)
	}
	if l.run != nil && l.words[0] != "busybox" && !g.executable(f) {
		return fails
	}
	g.illegible(l, f)
	g.serve(l, called, f)
	g.mayRun(l, f)
	g.compiledCalls(l, f)
	if t, ok := g.interpretedFile(l, f); ok {
		g.callsOut(l, t, path.Base(f.Name))
	}
	return unsure
}

func lastOf(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// script runs a file of a boot folder.
func (g *boot) script(l *launch, f *firmware.File, args []string) {
	target, ok := g.root.Lookup(f.Name)
	if !ok {
		return
	}
	if t, isText := g.texts.Of(target); isText {
		g.through(f.Name, func() { g.scriptText(l, target, t, args) })
		return
	}
	g.illegible(l, target)
}

// scriptText runs a text file as a program, if it is one.
func (g *boot) scriptText(l *launch, f *firmware.File, t Text, args []string) outcome {
	if !g.executable(f) {
		return fails
	}
	if strings.HasPrefix(t.Content, "#!") && shellOf(t.Content) == "" {
		if len(l.words) == 0 { // it stands in a folder of the boot
			l.words = []string{"/" + f.Name}
		}
		g.serve(l, f.Name, f) // a program in another language
		g.callsOut(l, t, "")
		return unsure
	}
	return g.follow(l, t, args)
}

// follow runs a shell script.
func (g *boot) follow(l *launch, t Text, args []string) outcome {
	key := t.File.Name + "\x00" + strings.Join(args, "\x00")
	env := map[string]shellValue{}
	if l != nil {
		env = l.environment()
		key += spelled(env, t.Content)
	}
	if t.place != nil {
		key += "\x00" + t.Content
	}
	if g.running[t.File.Name] > 1 || g.ran[key] {
		return unsure
	}
	if isOpenRC(t) {
		return g.openrcScript(l, t, args)
	}
	if g.scripts++; g.scripts > maxBootScripts {
		g.note("the boot runs more than %d scripts", maxBootScripts)
		return unsure
	}
	g.oddly(t)
	stmts, problem := g.texts.scripts.parse(t.File.Name, t.Content)
	if problem != "" {
		g.note("%s: %s", t.File.Name, problem)
	}
	g.runsMessages(t)
	r := newShellRun(g.world, t, valuesOf(args), true)
	r.inherit(env)
	if l != nil && l.run != nil {
		r.unsure, r.depth, r.background = l.run.doubtful(), l.run.depth+1, l.run.background
	}
	if l != nil && l.cmd != nil {
		r.unsure = r.unsure || l.cmd.Conditional
	}
	if l != nil {
		r.dir, r.user = l.folder(), l.user
	}
	r.terminal, r.lent = g.lentTerminal(l)
	r.first = l != nil && (l.run == nil && t.File == g.initFile || l.run != nil && l.run.first && l.cmd.Name == "exec")
	r.place = t.place
	event := g.event
	r.event, g.event = event, false // scripts that it calls are not told of it, as a rule
	defer func() { g.event = event }()
	if !r.unsure {
		g.ran[key] = true
	}
	g.running[t.File.Name]++
	defer func() { g.running[t.File.Name]-- }()
	got := unsure
	g.through(t.File.Name, func() {
		if strings.Contains(firstLine(t.Content), "rc.common") {
			g.rcCommon(r, stmts)
			if action := lastOf(args); action == "enable" || action == "disable" {
				g.enable(t, action == "enable", r.doubtful())
			}
			return
		}
		if r.builtin = openwrtCommands; t.File.Name == preinitFile {
			r.builtin = g.preinitCommands()
		}
		got = r.toItsEnd(stmts)
		if l != nil && l.run != nil {
			l.run.asks = r.asks
		}
	})
	g.firstBootScripts(t)
	return got
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func valuesOf(words []string) []shellValue {
	out := make([]shellValue, len(words))
	for i, w := range words {
		known := !Unresolved(w)
		out[i] = shellValue{text: w, known: known, sure: known}
	}
	return out
}

// serve notes a program that is a service: a known daemon, one that is started to
// stay, or one that may stay by itself.
func (g *boot) serve(l *launch, called string, f *firmware.File) {
	d, known := daemonOf(path.Base(l.words[0]), path.Base(f.Name))
	if path.Base(l.words[0]) == "rsync" && hasFlag(l.words[1:], "--daemon") {
		d, known = daemonNamed("rsyncd")
	}
	if interpreted(path.Base(l.words[0])) && slices.ContainsFunc(l.words[1:], func(a string) bool { return strings.HasSuffix(a, "/node-red/red.js") }) {
		d, known = daemonNamed("node-red") // as its wrapper runs it
	}
	if !l.once {
		g.debugger(l, called)
	}
	if !l.once && g.socket(l, called) || !known && !isProxy(l.words) && !l.daemon && !l.cmd.Background && !g.mayStay(l, called, f) {
		return
	}
	if l.once || known && onlyAsks(d.name, l.words[1:]) || !known && (isEverydayTool(path.Base(l.words[0])) || isMultiCall(f.Name)) {
		return
	}
	g.add(l, Service{Name: d.name, Kind: d.kind, Program: called, Started: true, Certain: !l.cmd.Conditional, Via: g.steps()})
}

// absent notes a known daemon that is called and is not in the image.
func (g *boot) absent(l *launch, name string) {
	if d, known := daemonOf(name, ""); known && !strings.Contains(l.words[0], "init.d/") && !l.once {
		g.add(l, Service{Name: d.name, Kind: d.kind, Via: "not started: its program is not in the image (" + g.steps() + ")"})
	}
}

func (g *boot) add(l *launch, s Service) {
	if s.Name == "" {
		if s.Name = strings.TrimSuffix(path.Base(l.words[0]), ".sh"); s.Name == "run" && l.unit != "" {
			s.Name = l.unit // a supervisor calls all of them so
		}
	}
	g.units.added++
	if g.failsafe && s.Started {
		s.Started, s.Via = false, "started in failsafe mode only ("+s.Via+")"
	}
	s.Root, s.Args, s.User, s.Unit = g.root.Path, slices.Clone(l.words[1:]), l.user, l.unit
	s.Listens = slices.Clone(l.socket)
	s.Places = []assay.Location{l.cmd.Location}
	for i := range g.services {
		old := &g.services[i]
		if old.Name == s.Name && old.Started == s.Started && slices.Equal(old.Args, s.Args) && slices.Equal(old.Listens, s.Listens) && !old.confined {
			old.Certain = old.Certain || s.Certain
			if !slices.Contains(old.Places, l.cmd.Location) {
				old.Places = append(old.Places, l.cmd.Location)
			}
			return
		}
	}
	if len(g.services) < maxBootServices {
		g.services = append(g.services, s)
	}
}

// onlyAsks reports whether a daemon is called to look at its settings or to say
// its version.
func onlyAsks(daemon string, args []string) bool {
	if len(args) == 0 {
		return false
	}
	switch daemon {
	case "sshd", "nginx", "lighttpd", "apache2":
		return slices.Contains([]string{"-t", "-T", "-tt", "-V", "-v", "--version", "configtest"}, args[0])
	case "dropbear":
		return args[0] == "-V"
	}
	return args[0] == "--version" || args[0] == "--help"
}

// isMultiCall reports whether the program is many programs at once.
func isMultiCall(name string) bool {
	b := path.Base(name)
	return strings.HasPrefix(b, "busybox") || strings.HasPrefix(b, "toybox") || b == "coreutils"
}

// isEverydayTool names programs that scripts put into the background and that
// are no services.
func isEverydayTool(name string) bool {
	switch name {
	case "sleep", "mount", "umount", "mkdir", "rm", "cp", "mv", "ln", "echo", "cat", "sync", "modprobe", "insmod", "date", "hwclock",
		"ifconfig", "ip", "route", "iptables", "kill", "killall", "logger", "touch", "chmod", "chown", "wget", "curl", "tar", "login", "getty",
		"fsck", "mkfs", "dd", "nanddump", "ubiattach", "sysctl", "usleep", "wait", "test", "fbset", "stty", "tail", "openssl", "dropbearkey", "ssh-keygen", "reboot", "poweroff", "jffs2reset", "firstboot", "mtd", "init", "linuxrc":
		return true
	}
	return false
}
