package facts

import (
	"path"
	"slices"
	"strings"
)

// maxDinitServices bounds the services of dinit that are started.
const maxDinitServices = 1024

// dinitFolders are where dinit looks for the descriptions of services, first one first
// (dinit-service(5)).
var dinitFolders = []string{"etc/dinit.d", "usr/local/lib/dinit.d", "usr/lib/dinit.d", "lib/dinit.d"}

// dinitSetting is a line "KEY = VALUE", "KEY: VALUE" or "KEY += VALUE".
type dinitSetting struct {
	key, value string
	text       Text
	line       Line
}

// dinit starts the service "boot" and what it depends on.
func (g *boot) dinit() {
	d := dinitRun{boot: g, seen: map[string]bool{}}
	if !d.service("boot") {
		g.unjudge(g.init.Location, "the service boot of dinit is not in the image")
	}
}

type dinitRun struct {
	*boot
	seen map[string]bool
}

// service starts a service by name, after those that it needs; NAME@ARGUMENT is the
// service NAME with an argument.
func (d dinitRun) service(name string) bool {
	base, argument, _ := strings.Cut(name, "@")
	t, ok := d.description(base)
	if !ok || d.seen[name] || len(d.seen) >= maxDinitServices {
		return ok
	}
	d.seen[name] = true
	settings := d.settings(t, argument, 0)
	d.through(t.File.Name, func() {
		for _, s := range settings {
			switch s.key {
			case "depends-on", "depends-ms", "waits-for":
				d.service(s.value)
			case "depends-on.d", "depends-ms.d", "waits-for.d":
				dir := s.value
				if !strings.HasPrefix(dir, "/") {
					dir = path.Join("/"+path.Dir(t.File.Name), dir)
				}
				for _, f := range d.sorted(cleanName(dir)) {
					d.service(path.Base(f.Name))
				}
			}
		}
		d.start(base, settings)
	})
	for _, s := range settings {
		if s.key == "chain-to" {
			d.maybe(func() { d.service(s.value) })
		}
	}
	return true
}

func (d dinitRun) description(name string) (Text, bool) {
	if name == "" || strings.Contains(name, "/") {
		return Text{}, false
	}
	for _, dir := range dinitFolders {
		if t, ok := d.texts.Get(d.root, dir+"/"+name); ok {
			return t, true
		}
	}
	return Text{}, false
}

// settings reads a description with what it includes. The commands of lines with "+="
// are one with those before.
func (d dinitRun) settings(t Text, argument string, depth int) (all []dinitSetting) {
	for line := range t.Lines() {
		s := strings.TrimSpace(line.Text)
		if i := strings.Index(s, " #"); i >= 0 {
			s = s[:i]
		}
		if name, ok := dinitInclude(s); ok && depth < 4 {
			if more, ok := d.texts.Get(d.root, cleanName(name)); ok {
				all = append(all, d.settings(more, argument, depth+1)...)
			}
			continue
		}
		i := strings.IndexAny(s, "=:")
		if i < 0 || s[0] == '#' || len(all) >= maxUnitLines {
			continue
		}
		key, more := strings.CutSuffix(strings.TrimSpace(s[:i]), "+")
		value := strings.NewReplacer("${1}", argument, "$1", argument).Replace(strings.TrimSpace(s[i+1:]))
		key = strings.TrimSpace(key)
		if j := slices.IndexFunc(all, func(o dinitSetting) bool { return o.key == key }); more && j >= 0 && key == "command" {
			all[j].value += " " + value
			continue
		}
		all = append(all, dinitSetting{key, value, t, line})
	}
	return all
}

func dinitInclude(s string) (name string, ok bool) {
	for _, word := range []string{"@include ", "@include-opt "} {
		if name, ok = strings.CutPrefix(s, word); ok {
			return strings.TrimSpace(name), true
		}
	}
	return "", false
}

// start runs the command of a service; on the console only where its options say so.
func (d dinitRun) start(name string, settings []dinitSetting) {
	value := func(key string) (found dinitSetting) {
		for _, s := range settings {
			if s.key == key {
				found = s
			}
		}
		return found
	}
	command := value("command")
	if command.value == "" || value("type").value == "internal" || value("type").value == "triggered" {
		return
	}
	env := map[string]string{}
	if file := value("env-file").value; file != "" {
		env = d.withVariables(env, file)
	}
	l := d.from(command.text.At(command.line))
	l.unit, l.user, l.dir = name, value("run-as").value, value("working-dir").value
	l.env, l.words = knownEnvironment(env), expandUnit(unitWords(command.value), env)
	l.daemon = value("type").value != "scripted"
	for _, s := range settings {
		if o := strings.Fields(s.value); s.key == "options" && (slices.Contains(o, "runs-on-console") || slices.Contains(o, "starts-on-console") || slices.Contains(o, "shares-console")) {
			l.tty = "console"
		}
	}
	if k, ok := d.console("", strings.Join(l.words, " "), l.cmd.Location); ok && (l.tty != "" || opensTerminal(l.words)) {
		k.Uncertain = l.cmd.Conditional
		d.consoles = append(d.consoles, k)
		d.consoleScripts(l, strings.Join(l.words, " "), false)
		return
	}
	d.execute(l)
	if l.daemon {
		d.markRespawned(l)
	}
}
