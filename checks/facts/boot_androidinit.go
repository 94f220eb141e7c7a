package facts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// Bounds of what Android's init reads in one root.
const (
	maxAndroidFiles = 1024
	maxAndroidLines = 65536 // commands and services
	maxAndroidTurns = 16    // triggers that bring each other
)

// androidInit is what the files of Android's init say (its language is described in
// AOSP, system/core/init/README.md): services by name, and actions in their order.
type androidInit struct {
	*boot
	defined map[string]*androidService
	names   []string
	actions []*androidAction
	known   map[string]property // of the build, and what the boot sets for sure
	files   map[string]bool
	lines   int
	up      map[string]outcome // services that were started, and how surely
	classes map[string]bool    // that were started, and whether surely
}

type androidService struct {
	words    []string
	classes  []string
	user     string
	disabled bool
	override bool
	unsure   bool // nobody can tell whether init reads its file
	text     Text
	at       assay.Location
}

// androidAction is an "on" with its commands.
type androidAction struct {
	trigger  []string // all must come
	commands []androidCommand
	unsure   bool
	text     Text
}

type androidCommand struct {
	words []string
	at    assay.Location
}

// androidClasses are those that Android's init starts on every boot.
var androidClasses = []string{"default", "core", "main", "hal", "early_hal", "late_start"}

// androidStages are the events that each start of a device brings.
var androidStages = []string{
	"early-init", "init", "late-init", "early-fs", "fs", "post-fs", "late-fs", "post-fs-data", "load_persist_props_action", "load_system_props_action",
	"load_bpf_programs", "bpf-progs-loaded", "zygote-start", "firmware_mounts_complete", "early-boot", "boot", "nonencrypted",
}

// androidBooted are properties that the running system sets when it is up.
var androidBooted = map[string]string{"sys.boot_completed": "1", "dev.bootcomplete": "1", "service.bootanim.exit": "1"}

// android starts the services of the init files, and what their actions run: of those
// in the first file and what it imports, and of each partition's folder.
func (g *boot) android(dir string) {
	a := &androidInit{boot: g, defined: map[string]*androidService{}, known: g.properties(), files: map[string]bool{}, up: map[string]outcome{}, classes: map[string]bool{}}
	for _, name := range []string{"init.rc", "system/etc/init/hw/init.rc", "etc/init/hw/init.rc"} {
		a.file(name, false)
	}
	for _, folder := range []string{dir, "system/etc/init", "system_ext/etc/init", "system/system_ext/etc/init", "product/etc/init", "system/product/etc/init", "odm/etc/init", "vendor/odm/etc/init", "vendor/etc/init", "system/vendor/etc/init"} {
		for _, f := range g.sorted(folder) {
			a.file(f.Name, false)
		}
	}
	events := a.events()
	for _, action := range a.actions {
		a.when(a.comes(action, events), func() {
			g.through(action.text.File.Name, func() {
				for _, c := range action.commands {
					a.command(c)
				}
			})
		})
	}
	for _, class := range androidClasses {
		a.class(class)
	}
	g.androidDebug(g.properties())
}

// when runs what is sure, and as something that may be what is not.
func (a *androidInit) when(o outcome, f func()) {
	switch o {
	case works:
		f()
	case unsure:
		a.maybe(f)
	}
}

// file reads one file, once, and those that it imports.
func (a *androidInit) file(name string, doubtful bool) {
	t, ok := a.texts.Get(a.root, name)
	if !ok || a.files[t.File.Name] || len(a.files) >= maxAndroidFiles {
		return
	}
	a.files[t.File.Name] = true
	var service *androidService
	var action *androidAction
	open, at := "", Line{}
	for line := range t.Lines() {
		s := strings.TrimSpace(line.Text)
		if open == "" {
			at = line
		}
		if more, goesOn := strings.CutSuffix(s, `\`); goesOn && len(open) < maxWord {
			open += more + " "
			continue
		}
		s, open = open+s, ""
		words := unitWords(s)
		if len(words) == 0 || strings.HasPrefix(s, "#") {
			continue
		}
		if a.lines++; a.lines > maxAndroidLines {
			a.note("the files of Android's init have too many lines to follow")
			return
		}
		switch {
		case words[0] == "service" && len(words) > 2:
			service, action = &androidService{words: words[2:], unsure: doubtful, text: t, at: t.At(at)}, nil
			a.define(words[1], service)
		case words[0] == "on":
			service, action = nil, &androidAction{trigger: androidTrigger(words[1:]), unsure: doubtful, text: t}
			a.actions = append(a.actions, action)
		case words[0] == "import" && len(words) > 1:
			service, action = nil, nil
			a.imports(words[1], t.At(at), doubtful)
		case service != nil:
			a.option(words[0], words[1:], service, t.At(at))
			if service.override {
				a.defined[lastOf(a.names)] = service
			}
		case action != nil:
			action.commands = append(action.commands, androidCommand{words, t.At(at)})
		}
	}
}

// define takes in a service; of two with one name the first one counts.
func (a *androidInit) define(name string, s *androidService) {
	if a.names = append(a.names, name); a.defined[name] == nil {
		a.defined[name] = s
	}
}

func (a *androidInit) option(name string, values []string, s *androidService, at assay.Location) {
	switch {
	case name == "disabled":
		s.disabled = true
	case name == "override":
		s.override = true
	case name == "class":
		s.classes = append(s.classes, values...)
	case name == "user" && len(values) > 0:
		s.user = values[0]
	case name == "onrestart" && len(values) > 0: // a failure that may never come
		a.actions = append(a.actions, &androidAction{trigger: []string{"restart of a service"}, commands: []androidCommand{{values, at}}, text: s.text})
	}
}

func androidTrigger(words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "&&" })
}

// imports reads the files that an import names; of a name with a property that nobody
// knows, each one that it may be.
func (a *androidInit) imports(name string, at assay.Location, doubtful bool) {
	full, known := a.expand(name, "*")
	if a.files["import "+full] || len(a.files) >= maxAndroidFiles {
		return
	}
	a.files["import "+full] = true
	if known {
		if f, ok := a.root.Lookup(full); ok && f.Kind == firmware.Directory {
			for _, f := range a.sorted(full) {
				a.file(f.Name, doubtful)
			}
			return
		}
		if a.file(cleanName(full), doubtful); !a.isFile(cleanName(full)) {
			a.elsewhere(full, at)
		}
		return
	}
	found := a.glob(full)
	for _, name := range found {
		a.file(cleanName(name), true)
	}
	if len(found) == 0 {
		a.elsewhere(full, at)
	}
}

// expand puts in the properties that are known, and something for those that are not.
func (a *androidInit) expand(s, unknown string) (text string, known bool) {
	var b strings.Builder
	known = true
	for {
		before, after, ok := strings.Cut(s, "${")
		name, rest, closed := strings.Cut(after, "}")
		if !ok || !closed || b.Len() > maxWord {
			b.WriteString(s)
			return b.String(), known
		}
		b.WriteString(before)
		name, fallback, _ := strings.Cut(name, ":-")
		switch p, set := a.known[name]; {
		case set && p.sure && p.value != "":
			b.WriteString(p.value)
		case fallback != "" && strings.HasPrefix(name, "ro.") && !strings.HasPrefix(name, "ro.boot."):
			b.WriteString(fallback)
		default:
			b.WriteString(unknown)
			known = false
		}
		s = rest
	}
}

// elsewhere notes a file that stands on a partition of which this root holds nothing.
func (a *androidInit) elsewhere(name string, at assay.Location) {
	folder, _, deep := strings.Cut(cleanName(name), "/")
	if deep && slices.Contains([]string{"apex", "odm", "product", "system", "system_ext", "vendor"}, folder) && len(a.children(folder)) == 0 {
		a.unjudge(at, cleanName(name)+" stands on a partition that is not in this root")
	}
}

// events finds which events come, by the actions that bring one another.
func (a *androidInit) events() map[string]outcome {
	events := map[string]outcome{"shutdown": fails}
	for _, stage := range androidStages {
		events[stage] = works
	}
	for range maxAndroidTurns {
		changed := false
		for _, action := range a.actions {
			if a.comes(action, events) != works {
				continue
			}
			for _, c := range action.commands {
				switch {
				case c.words[0] == "trigger" && len(c.words) > 1 && events[c.words[1]] != works:
					events[c.words[1]], changed = works, true
				case c.words[0] == "setprop" && len(c.words) > 2:
					value, known := a.expand(c.words[2], "")
					if _, set := a.known[c.words[1]]; known && !set && len(a.known) < maxProperties {
						a.known[c.words[1]], changed = property{value, true, c.at}, true
					}
				}
			}
		}
		if !changed {
			break
		}
	}
	return events
}

// comes judges whether all for which an action waits comes on a start. A property may
// have another value at another time, but for one that is read-only.
func (a *androidInit) comes(action *androidAction, events map[string]outcome) outcome {
	all := works
	if action.unsure {
		all = unsure
	}
	for _, t := range action.trigger {
		test, isProperty := strings.CutPrefix(t, "property:")
		if !isProperty {
			all = min(all, events[t]) // one of which nobody speaks is unsure
			continue
		}
		key, value, _ := strings.Cut(test, "=")
		switch p, set := a.known[key]; {
		case set && p.sure && (value == "*" || value == p.value) || androidBooted[key] == value && value != "":
		case set && strings.HasPrefix(key, "ro."):
			all = fails
		default:
			all = min(all, unsure)
		}
	}
	return all
}

// command runs one of an action.
func (a *androidInit) command(c androidCommand) {
	name, args := c.words[0], slices.Clone(c.words[1:])
	if len(args) == 0 {
		return
	}
	for i := range args {
		if text, known := a.expand(args[i], "$"); known || name != "setprop" {
			args[i] = text
		}
	}
	switch name {
	case "setprop":
		a.setprop(args, c.at)
	case "start", "restart", "exec_start", "enable":
		a.start(args[0], c.at)
	case "class_start", "class_restart":
		if !slices.Contains(androidClasses, args[0]) {
			a.class(args[0])
		}
	case "exec", "exec_background":
		a.exec(name, args, c.at)
	}
}

// setprop sets a property; those of ctl have init start a service.
func (a *androidInit) setprop(args []string, at assay.Location) {
	switch {
	case len(args) < 2:
	case args[0] == "ctl.start" || args[0] == "ctl.restart":
		a.start(args[1], at)
	default:
		a.setProperty(args[0], args[1], !a.doubt, at)
	}
}

// exec runs a program behind "--", with a label, a user and groups before it, or, as
// older devices have it, alone.
func (a *androidInit) exec(name string, args []string, at assay.Location) {
	l := a.from(at)
	if i := slices.Index(args, "--"); i >= 0 {
		if i > 1 {
			l.user = args[1]
		}
		args = args[i+1:]
	}
	l.words, l.cmd.Background = args, name == "exec_background"
	a.program(l)
}

// class starts the services of a class that are not disabled.
func (a *androidInit) class(class string) {
	key := fmt.Sprint(class, a.doubt)
	if a.classes[key] {
		return
	}
	a.classes[key] = true
	for _, name := range a.names {
		s := a.defined[name]
		if !s.disabled && (slices.Contains(s.classes, class) || len(s.classes) == 0 && class == "default") {
			a.start(name, s.at)
		}
	}
}

// start starts a service, once, and again if it was less sure before.
func (a *androidInit) start(name string, at assay.Location) {
	s := a.defined[name]
	switch {
	case Unresolved(name):
		a.unjudge(at, "the service that it has init start is only known to the running device")
		return
	case s == nil && a.otherRoots:
		a.unjudge(at, "it has init start "+name+", which is none of this root's services")
		return
	case s == nil:
		return
	}
	how := outcomeOf(!a.doubt && !s.unsure)
	if was, started := a.up[name]; started && was >= how {
		return
	}
	a.up[name] = how
	run := func() {
		a.through(s.text.File.Name, func() {
			l := a.from(s.at)
			l.unit, l.words, l.daemon, l.user = name, slices.Clone(s.words), true, s.user
			a.program(l)
		})
	}
	if s.unsure {
		a.maybe(run)
		return
	}
	run()
}

// program runs what a service or command names. Where the root is one partition
// alone, its own folder is / there.
func (a *androidInit) program(l *launch) {
	if len(l.words) == 0 {
		return
	}
	if _, found := a.find(l.words[0]); !found && strings.HasPrefix(l.words[0], "/") {
		_, inside, _ := strings.Cut(cleanName(l.words[0]), "/")
		switch {
		case strings.HasPrefix(l.words[0], "/apex/") && a.isFile("system"+l.words[0]):
			l.words[0] = "/system" + l.words[0]
		case inside != "" && a.isFile(inside):
			l.words[0] = "/" + inside
		default:
			a.elsewhere(l.words[0], l.cmd.Location)
		}
	}
	a.execute(l)
}
