package facts

import (
	"path"
	"slices"
	"strings"
)

// xinetdTable is what the settings of xinetd say.
type xinetdTable struct {
	entries           []inetdEntry
	disabled, enabled []string // of its defaults: services that do not run; the only ones that do
	limited           bool     // enabled counts
	includes          []string // files and folders
	files             int
}

// read reads blocks "service NAME { key = value }" and "defaults { … }"; a
// disabled service is none.
func (x *xinetdTable) read(t Text, unsure bool) {
	var e *inetdEntry
	defaults, disabled := false, false
	for line := range t.Lines() {
		s := strings.TrimSpace(line.Text)
		f := strings.Fields(s)
		switch {
		case s == "" || s[0] == '#':
		case f[0] == "service" && len(f) > 1:
			name := strings.Trim(f[1], "{")
			e, disabled = &inetdEntry{service: name, id: name, protocol: "tcp", text: t, line: line, unsure: unsure}, false
		case strings.HasPrefix(f[0], "defaults"):
			defaults = true
		case (f[0] == "include" || f[0] == "includedir") && len(f) > 1 && e == nil:
			x.includes = append(x.includes, f[1])
		case s == "}" && e != nil:
			if !disabled && len(e.words) > 0 && len(x.entries) < maxInetd {
				x.entries = append(x.entries, *e)
			}
			e = nil
		case s == "}":
			defaults = false
		case e != nil:
			disabled = e.setXinetd(s, disabled)
		case defaults:
			x.setDefault(s)
		}
	}
}

// xinetdSetting splits "key = value", "key += value" and "key -= value".
func xinetdSetting(s string) (key, value string) {
	key, value, _ = strings.Cut(s, "=")
	return strings.TrimRight(strings.TrimSpace(key), "+-\t "), strings.TrimSpace(value)
}

func (x *xinetdTable) setDefault(s string) {
	switch key, value := xinetdSetting(s); key {
	case "disabled":
		x.disabled = append(x.disabled, strings.Fields(value)...)
	case "enabled":
		x.enabled, x.limited = append(x.enabled, strings.Fields(value)...), true
	}
}

// setXinetd takes in one setting of a service and gives whether it is disabled.
func (e *inetdEntry) setXinetd(s string, disabled bool) bool {
	switch key, value := xinetdSetting(s); key {
	case "disable":
		return value == "yes"
	case "id":
		e.id = value
	case "protocol":
		e.protocol = value
	case "socket_type":
		if value == "dgram" {
			e.protocol = "udp"
		}
	case "user":
		e.user = value
	case "bind", "interface":
		e.bind = value
	case "port":
		e.service = value
	case "server":
		e.words = append([]string{value}, e.words[min(1, len(e.words)):]...)
	case "server_args":
		if len(e.words) == 0 {
			e.words = []string{""}
		}
		e.words = append(e.words[:1:1], strings.Fields(value)...)
	}
	return disabled
}

// runs reports whether the defaults let a service run.
func (x *xinetdTable) runs(e inetdEntry) bool {
	return !slices.Contains(x.disabled, e.id) && (!x.limited || slices.Contains(x.enabled, e.id)) && e.words[0] != ""
}

// xinetd starts the services of its settings and of the folders that they name.
func (g *boot) xinetd(s Service) {
	name, given := "/etc/xinetd.conf", false
	if i := slices.Index(s.Args, "-f"); i >= 0 && i+1 < len(s.Args) {
		name, given = s.Args[i+1], true
	}
	x := &xinetdTable{}
	if !g.xinetdFile(s, x, name) {
		if _, known := g.partsOf(name); given && known {
			g.unjudge(s.Places[0], "the settings of xinetd, "+cleanName(name)+", are not in the image")
		}
		x.includes = []string{"/etc/xinetd.d"}
	}
	for i := 0; i < len(x.includes) && i < maxInclude; i++ { // a file that is taken in may take in more
		dir := cleanName(x.includes[i])
		if g.isFile(dir) {
			g.xinetdFile(s, x, dir)
			continue
		}
		if g.filledLater("/" + dir) {
			g.unjudge(s.Places[0], "xinetd takes in settings that are not in the image ("+dir+")")
		}
		for _, f := range g.filesIn(dir) {
			if !strings.ContainsAny(path.Base(f), ".~") {
				g.xinetdFile(s, x, f)
			}
		}
	}
	for _, e := range x.entries {
		if x.runs(e) {
			g.inetdService(s, e)
		}
	}
}

// xinetdFile reads one file, also one that the boot writes.
func (g *boot) xinetdFile(s Service, x *xinetdTable, name string) bool {
	if x.files++; x.files > maxInetd {
		return false
	}
	parts, known := g.partsOf(name)
	if !known {
		g.unjudge(s.Places[0], "the settings of xinetd, "+cleanName(name)+", are made by the boot from what the image does not tell")
	}
	if len(parts) == 0 {
		return false
	}
	if len(parts) == 1 {
		x.read(parts[0].text, parts[0].unsure)
		return true
	}
	if t, ok := g.current(name); ok {
		x.read(t, slices.ContainsFunc(parts, func(p writtenPart) bool { return p.unsure }))
	}
	return true
}
