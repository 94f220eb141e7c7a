package facts

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/assay-iot/assay/firmware"
)

// maxNeeds bounds the services that need one another in a row.
const maxNeeds = 100

// isOpenRC reports whether a text is a service script of OpenRC: openrc-run
// reads its variables and calls its functions.
func isOpenRC(t Text) bool {
	line := firstLine(t.Content)
	return strings.HasPrefix(line, "#!") && (strings.Contains(line, "openrc-run") || strings.Contains(line, "/runscript"))
}

// openrcLevel starts the services of a run level and those that it stands on.
func (g *boot) openrcLevel(l *launch, level string, depth int) bool {
	dir := "etc/runlevels/" + level
	if f, ok := g.root.Lookup(dir); !ok || f.Kind != firmware.Directory || depth > 8 || level == "" || strings.Contains(level, "/") {
		return false
	}
	g.through(dir, func() {
		for _, entry := range g.children(dir) {
			name := path.Base(entry.Name)
			if f, ok := g.root.Lookup(entry.Name); ok && f.Kind == firmware.Directory {
				g.openrcLevel(l, name, depth+1)
				continue
			}
			g.openrcService(l, name)
		}
	})
	return true
}

// openrcService starts a service script by name.
func (g *boot) openrcService(l *launch, name string) {
	f, ok := g.root.Lookup("etc/init.d/" + name)
	if !ok || f.Kind != firmware.Regular || !g.executable(f) {
		return
	}
	if len(g.via) > maxNeeds {
		g.note("services of OpenRC need each other through more than %d others", maxNeeds)
		return
	}
	if t, isText := g.texts.Of(f); isText {
		m := g.from(At(f))
		m.cmd.Conditional = m.cmd.Conditional || l.cmd.Conditional
		g.follow(m, t, []string{"start"})
	}
}

// openrcScript does what openrc-run does with a service script and an action.
func (g *boot) openrcScript(l *launch, t Text, args []string) outcome {
	if action := lastOf(args); action != "start" && action != "restart" && !Unresolved(action) {
		return unsure
	}
	unsureNow := l.cmd.Conditional || l.run != nil && l.run.doubtful()
	key := t.File.Name + "\x00openrc"
	if g.ran[key] || unsureNow && g.hooked[key] {
		return unsure
	}
	if g.ran[key], g.hooked[key] = !unsureNow, true; len(g.ran) > maxBootScripts {
		g.note("the boot runs more than %d scripts", maxBootScripts)
		return unsure
	}
	stmts, problem := g.texts.scripts.parse(t.File.Name, t.Content)
	if problem != "" {
		g.note("%s: %s", t.File.Name, problem)
	}
	r := newShellRun(g.world, t, valuesOf([]string{"start"}), true)
	r.unsure = unsureNow
	g.through(t.File.Name, func() { g.openrcRun(r, t, stmts) })
	return unsure
}

func (g *boot) openrcRun(r *shellRun, t Text, stmts []*syntax.Stmt) {
	name := path.Base(t.File.Name)
	for _, k := range []string{"RC_SVCNAME", "SVCNAME"} {
		r.vars[k] = knownValue(name)
	}
	for _, conf := range []string{"etc/rc.conf", "etc/conf.d/" + name} {
		if c, ok := g.texts.Get(g.root, conf); ok {
			text, _ := g.texts.scripts.parse(c.File.Name, c.Content)
			src := r.src
			r.src = &c
			r.stmts(text)
			r.src = src
		}
	}
	r.builtin = map[string]func(*shellRun, []shellValue) (outcome, flow){
		"need": g.openrcNeeds, "want": g.openrcNeeds,
		"supervise-daemon": func(r *shellRun, a []shellValue) (outcome, flow) {
			g.openrcDaemon(r, t, texts(a))
			return unsure, goesOn
		},
		"default_start": func(r *shellRun, _ []shellValue) (outcome, flow) { g.openrcDefault(r, t); return unsure, goesOn },
	}
	r.stmts(stmts)
	for _, f := range []string{"depend", "start_pre", "start", "start_post"} {
		if body, ok := r.funcs[f]; ok {
			r.call(f, body, nil, true)
		} else if f == "start" {
			g.openrcDefault(r, t)
		}
	}
	r.runTraps()
}

// openrcNeeds starts what a service needs or wants.
func (g *boot) openrcNeeds(r *shellRun, a []shellValue) (outcome, flow) {
	l := &launch{run: r, cmd: &Command{Location: At(r.src.File), Conditional: r.doubtful()}}
	for _, name := range texts(a) {
		g.openrcService(l, path.Base(name))
	}
	return works, goesOn
}

// openrcDefault starts the program of the variable "command".
func (g *boot) openrcDefault(r *shellRun, t Text) {
	v := func(name string) string { got, _ := r.lookup(name); return got.text }
	if v("command") == "" {
		return
	}
	words := strings.Fields(v("command") + " " + v("command_args") + " " + v("command_args_background"))
	if v("supervisor") != "" {
		words = append(words, strings.Fields(v("command_args_foreground"))...)
	}
	l := g.openrcLaunch(r, t, words)
	l.user, _, _ = strings.Cut(v("command_user"), ":")
	l.dir = v("directory")
	g.launch(l)
}

// openrcDaemon starts "supervise-daemon NAME --start … PROGRAM -- ARGUMENTS".
func (g *boot) openrcDaemon(r *shellRun, t Text, args []string) {
	l := g.openrcLaunch(r, t, append([]string{"supervise-daemon"}, args...))
	if inner := superviseDaemon(g, l); inner != nil {
		g.launch(inner)
	}
}

func (g *boot) openrcLaunch(r *shellRun, t Text, words []string) *launch {
	at := At(t.File)
	for line := range t.Lines() {
		if strings.HasPrefix(strings.TrimSpace(line.Text), "command=") {
			at = t.At(line)
			break
		}
	}
	c := &Command{Name: words[0], Args: words[1:], Conditional: r.doubtful(), Location: at}
	g.tell(c)
	return &launch{run: r, cmd: c, words: words, unit: path.Base(t.File.Name), daemon: true}
}

// superviseDaemon reads the arguments of OpenRC's supervise-daemon.
func superviseDaemon(_ *boot, l *launch) *launch {
	args := l.words[1:]
	if hasFlag(args, "--stop", "-K") {
		return nil
	}
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") { // the service's name
		args = args[1:]
	}
	i := slices.Index(args, "--")
	rest := []string{}
	if i >= 0 {
		args, rest = args[:i], args[i+1:]
	}
	program := firstFree(args, "-d", "-D", "-e", "-g", "-I", "-k", "-N", "-p", "-P", "-R", "-r", "-u", "-1", "-2", "-m",
		"--chdir", "--env", "--group", "--umask", "--nicelevel", "--pidfile", "--respawn-delay", "--respawn-max", "--respawn-period", "--chroot", "--user", "--stdout", "--stderr", "--retry")
	if program == "" {
		return nil
	}
	inner := l.with(append([]string{program}, rest...))
	inner.daemon = true
	return inner
}

// openrcInit is OpenRC in the place of init: it runs three levels.
func (g *boot) openrcInit() {
	g.through("openrc-init", func() {
		for _, level := range []string{"sysinit", "boot", "default"} {
			g.openrcLevel(g.from(g.init.Location), level, 0)
		}
	})
}
