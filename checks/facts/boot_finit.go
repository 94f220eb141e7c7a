package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// Limits of finit's settings in one root.
const (
	maxFinitFiles = 256
	maxFinitLines = 4096
)

// finitLine is a line of finit.conf(5): a directive, what stands between it and its
// command, and the command.
type finitLine struct {
	directive string
	options   []string
	words     []string
	text      Text
	line      Line
}

// isFinit reports whether the first program is finit.
func (g *boot) isFinit(init initProgram) bool {
	return g.isInit(init, "finit") || g.isFile("etc/finit.conf") && !g.isFile("etc/inittab") && init.file != nil && init.text == nil && !isMultiCall(init.file.Name)
}

// finit runs what its files name: those of run level S, then those of the level in
// which the device stays.
func (g *boot) finit() {
	lines := g.finitLines()
	level, env := "2", map[string]string{}
	for _, l := range lines {
		switch {
		case l.directive == "runlevel" && len(l.words) > 0:
			level = l.words[0]
		case l.directive == "set" && len(l.words) > 0:
			putVariable(env, strings.Join(l.words, " "))
		case strings.Contains(l.directive, "="):
			putVariable(env, strings.TrimSpace(l.line.Text))
		}
	}
	g.finitHooks()
	for _, now := range []string{"S", level} {
		for _, l := range lines {
			if levels := l.levels(); inLevels(levels, now) && (now == "S" || !inLevels(levels, "S")) {
				g.through(l.text.File.Name, func() { g.finitStart(l, env) })
			}
		}
	}
	if f, ok := g.root.Lookup("etc/rc.local"); ok && g.executable(f) {
		g.script(g.from(At(f)), f, nil)
	}
}

// finitLines reads the main file, what it includes, and the folders, in finit's order.
// A file of a name in /etc hides that of the system.
func (g *boot) finitLines() (all []finitLine) {
	folder, seen, files := "etc/finit.d", map[string]bool{}, 0
	var read func(name string)
	read = func(name string) {
		t, ok := g.texts.Get(g.root, cleanName(name))
		if !ok || seen[cleanName(name)] || files >= maxFinitFiles {
			return
		}
		seen[cleanName(name)], files = true, files+1
		_, instance, _ := strings.Cut(strings.TrimSuffix(path.Base(name), ".conf"), "@")
		for line := range t.Lines() {
			words := unitWords(strings.ReplaceAll(line.Text, "%i", instance))
			if len(words) == 0 || strings.HasPrefix(words[0], "#") || len(all) >= maxFinitLines {
				continue
			}
			l := finitLine{directive: words[0], text: t, line: line}
			l.options, l.words = finitOptions(words[1:])
			switch {
			case l.directive == "include" && len(l.words) > 0:
				read(l.words[0])
			case l.directive == "rcsd" && len(l.words) > 0:
				folder = cleanName(l.words[0])
			}
			all = append(all, l)
		}
	}
	read("etc/finit.conf")
	for _, dir := range []string{"lib/finit/system", "usr/lib/finit/system", folder, folder + "/enabled"} {
		for _, f := range g.sorted(dir) {
			b := path.Base(f.Name)
			hidden := strings.HasSuffix(dir, "finit/system") && g.entry(folder+"/"+b)
			if strings.HasSuffix(b, ".conf") && !hidden {
				read(f.Name)
			}
		}
	}
	return all
}

// finitOptions parts the words that say how a command is run from the command, which
// ends where its description begins.
func finitOptions(words []string) (options, command []string) {
	if i := slices.Index(words, "--"); i >= 0 {
		words = words[:i]
	}
	for i, w := range words {
		key, _, valued := strings.Cut(w, ":")
		switch {
		case w == "@console":
		case strings.ContainsRune("[<@:", rune((w + " ")[0])), valued && !strings.ContainsAny(key, "/$"):
			continue
		case slices.Contains([]string{"nowarn", "respawn", "norestart", "pid", "log", "manual", "notify"}, w):
			continue
		}
		return words[:i], words[i:]
	}
	return words, nil
}

// levels gives the run levels of a line; those of a command without any are 2 to 5.
func (l finitLine) levels() string {
	for _, o := range l.options {
		if strings.HasPrefix(o, "[") {
			return strings.Trim(o, "[]")
		}
	}
	if slices.Contains([]string{"runparts", "network", "module"}, l.directive) {
		return "S"
	}
	return "2345"
}

// inLevels reports whether a set of run levels has one; "!" turns the set round.
func inLevels(levels, one string) bool {
	levels, not := strings.CutPrefix(levels, "!")
	return strings.Contains(strings.ToUpper(levels), one) != not
}

// option gives the value of an option KEY:VALUE.
func (l finitLine) option(key string) (value string, ok bool) {
	for _, o := range l.options {
		if v, found := strings.CutPrefix(o, key+":"); found {
			return v, true
		}
	}
	return "", false
}

// finitStart runs one line.
func (g *boot) finitStart(l finitLine, env map[string]string) {
	if _, manual := l.option("manual"); !manual && !slices.Contains(l.options, "manual") {
		g.finitCommand(l, env)
	}
}

// finitCommand runs what a line names, by itself or because a script asks for it.
func (g *boot) finitCommand(l finitLine, env map[string]string) {
	m := g.from(l.text.At(l.line))
	m.cmd.Conditional = m.cmd.Conditional || l.mayWait()
	for _, o := range l.options {
		if user, ok := strings.CutPrefix(o, "@"); ok {
			m.user, _, _ = strings.Cut(user, ":")
		}
	}
	if file, ok := l.option("env"); ok {
		env = g.withVariables(env, strings.TrimPrefix(file, "-"))
	}
	m.env, m.words = knownEnvironment(env), expandUnit(l.words, env)
	if pre, ok := l.option("pre"); ok {
		before := g.from(m.cmd.Location)
		before.words, before.once = strings.Fields(strings.TrimLeft(pre, "0123456789,")), true
		g.execute(before)
	}
	switch l.directive {
	case "tty":
		g.finitTerminal(l, m)
	case "sysv":
		m.words = append(m.words, "start")
		g.execute(m)
	case "task", "run", "network":
		g.execute(m)
	case "service":
		m.daemon = true
		m.unit, _ = l.option("name")
		if k, ok := g.console("", strings.Join(m.words, " "), m.cmd.Location); ok {
			k.Uncertain = m.cmd.Conditional
			g.consoles = append(g.consoles, k)
			return
		}
		g.execute(m)
		g.markRespawned(m)
	case "runparts":
		g.finitParts(m)
	case "module":
		g.modprobe(m, m.words)
	case "inetd":
		g.unjudge(m.cmd.Location, "finit itself waits for its connections, in a way that is not read")
	}
}

// mayWait reports whether a line waits for what only the running device knows: a user,
// a device, the network, or another service in its place.
func (l finitLine) mayWait() bool {
	_, only := l.option("if")
	_, instead := l.option("conflict")
	for _, o := range l.options {
		for c := range strings.SplitSeq(strings.Trim(o, "<>!"), ",") {
			if strings.HasPrefix(o, "<") && (strings.HasPrefix(c, "usr/") || strings.HasPrefix(c, "dev/") || strings.HasPrefix(c, "net/")) {
				return true
			}
		}
	}
	return only || instead
}

// finitTerminal notes a prompt: of finit's own getty on a device, of a command, or, with
// "nologin" and "notty", a shell that asks nothing.
func (g *boot) finitTerminal(l finitLine, m *launch) {
	k := Console{Root: g.root.Path, Shell: No, Program: "finit's getty", Uncertain: m.cmd.Conditional, Location: m.cmd.Location}
	has := func(w string) bool { return slices.Contains(m.words, w) }
	switch first := m.words[0]; {
	case has("notty") || first == "rescue" || first == "":
		k.Shell = KnownOf(!has("rescue"))
	case strings.HasPrefix(first, "/dev/") || strings.HasPrefix(first, "tty") || first == "console" || first == "@console":
		k.Device = strings.TrimPrefix(strings.TrimPrefix(first, "/dev/"), "@")
		k.Shell = KnownOf(has("nologin"))
	default:
		words := slices.DeleteFunc(slices.Clone(m.words), func(w string) bool { return w == "nowait" || w == "noclear" || w == "rescue" })
		got, ok := g.console("", strings.Join(words, " "), m.cmd.Location)
		if !ok {
			g.execute(m.with(words))
			return
		}
		got.Uncertain = k.Uncertain
		k = got
		g.consoleScripts(m, strings.Join(words, " "), !has("nowait"))
	}
	k.Virtual = isVirtual(k.Device)
	g.consoles = append(g.consoles, k)
}

// finitParts runs the scripts of a folder; those with the names of SysV are told to start.
func (g *boot) finitParts(m *launch) {
	dir := firstFree(m.words)
	for _, f := range g.sorted(cleanName(dir)) {
		b := path.Base(f.Name)
		var args []string
		if len(b) > 2 && isNumber(b[1:3]) {
			if b[0] == 'K' {
				continue
			}
			args = []string{"start"}
		}
		g.script(g.from(At(f)), f, args)
	}
}

// finitHooks runs the scripts of finit's plugin hook-scripts, each in the folder of a
// point of the start; those of the end of a run start nothing. Where the plugin was not
// seen, it may be a part of finit.
func (g *boot) finitHooks() {
	follow := g.maybe
	for _, dir := range []string{"lib/finit/plugins", "usr/lib/finit/plugins"} {
		if g.isFile(dir + "/hook-scripts.so") {
			follow = func(f func()) { f() }
		}
	}
	for _, dir := range []string{"libexec/finit/hook", "usr/libexec/finit/hook"} {
		for _, stage := range g.sorted(dir) {
			for _, point := range g.sorted(stage.Name) {
				if b := path.Base(point.Name); b == "shutdown" || b == "down" {
					continue
				}
				for _, f := range g.sorted(point.Name) {
					follow(func() { g.script(g.from(At(f)), f, nil) })
				}
			}
		}
	}
}

// beginFinit notes the init system by its main file, or its folder.
func (g *boot) beginFinit(init initProgram) {
	at := At(init.file)
	if f, ok := g.root.Lookup("etc/finit.conf"); ok {
		at = At(f)
	} else if g.entry("etc/finit.d") {
		at = assay.Location{Path: g.root.Path + "!etc/finit.d"}
	}
	g.begin("finit", at)
}
