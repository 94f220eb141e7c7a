package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay"
)

// udevFolders hold the rules of udev, first one first (udev(7)).
var udevFolders = []string{"etc/udev/rules.d", "usr/local/lib/udev/rules.d", "usr/lib/udev/rules.d", "lib/udev/rules.d"}

// udevBySystemd follows udev's rules where systemd starts it itself.
func (g *boot) udevBySystemd() {
	for _, name := range []string{"lib/systemd/systemd-udevd", "usr/lib/systemd/systemd-udevd", "usr/bin/udevadm", "bin/udevadm", "lib/udev/udevd"} {
		if f, ok := g.root.Lookup(name); ok && g.executable(f) {
			g.udev(At(f))
			return
		}
	}
}

// udev follows what the rules run when a device is found. A file of one name
// hides those in later folders.
func (g *boot) udev(by assay.Location) {
	if g.hooked["udev"] {
		return
	}
	g.hooked["udev"] = true
	seen := map[string]bool{}
	for _, dir := range udevFolders {
		for _, f := range g.children(dir) {
			b := path.Base(f.Name)
			if seen[b] || !strings.HasSuffix(b, ".rules") {
				continue
			}
			seen[b] = true
			if t, ok := g.texts.Get(g.root, f.Name); ok && (strings.Contains(t.Content, "RUN") || strings.Contains(t.Content, "SYSTEMD_WANTS")) {
				g.udevRules(t)
			}
		}
	}
}

func (g *boot) udevRules(t Text) {
	var open string
	for line := range t.Lines() {
		s := open + strings.TrimSpace(line.Text)
		if open = ""; strings.HasPrefix(s, "#") {
			continue
		}
		if more, ok := strings.CutSuffix(s, `\`); ok && len(s) < maxWord {
			open = more
			continue
		}
		for _, a := range udevActions(s) {
			g.udevAction(t, line, a)
		}
	}
}

// udevActions gives the values of RUN, RUN{program}, of the command for a device that
// goes, and of ENV{SYSTEMD_WANTS}.
func udevActions(rule string) []Assign {
	var found []Assign
	for _, key := range []string{"RUN+=", "RUN=", "RUN:=", "RUN{program}+=", "RUN{program}=", "ENV{REMOVE_CMD}=", "ENV{SYSTEMD_WANTS}+=", "ENV{SYSTEMD_WANTS}="} {
		for rest := rule; len(found) < maxTraps; {
			_, after, ok := strings.Cut(rest, key+`"`)
			if !ok {
				break
			}
			value, next := quotedValue(after)
			found = append(found, Assign{key, value})
			rest = next
		}
	}
	return found
}

// quotedValue reads up to the closing quote; a backslash keeps one that is not it.
func quotedValue(s string) (value, rest string) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == '"':
			i++
		case s[i] == '"':
			return strings.ReplaceAll(s[:i], `\"`, `"`), s[i+1:]
		}
	}
	return s, ""
}

// udevAction starts a program or wants units; %k and the like are known to the
// device alone.
func (g *boot) udevAction(t Text, line Line, a Assign) {
	if strings.Contains(a.Name, "SYSTEMD_WANTS") {
		for _, name := range strings.Fields(a.Value) {
			if g.init.Kind == "systemd" {
				g.units.push(reached{name, t.File.Name + " → " + name, t.At(line), true})
			}
		}
		return
	}
	words := unitWords(a.Value)
	if len(words) == 0 || words[0] == "$env{REMOVE_CMD}" || !g.firstTime(t.File.Name+"\x00"+a.Value) {
		return
	}
	if !strings.HasPrefix(words[0], "/") {
		words[0] = "/lib/udev/" + words[0]
	}
	for i, w := range words {
		words[i] = udevNames.Replace(w)
	}
	g.onEvent(func() {
		l := g.from(t.At(line))
		l.cmd.Name, l.cmd.Args = words[0], words[1:]
		l.words = words
		g.through(t.File.Name, func() { g.launch(l) })
	})
}

// udevNames turns udev's own names into variables that nobody knows.
var udevNames = strings.NewReplacer("%k", "$k", "%n", "$n", "%p", "$p", "%E", "$E", "%c", "$c", "%N", "$N", "%%", "%")
