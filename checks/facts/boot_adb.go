package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// androidFolder finds the folder of Android's init files in a container.
func androidFolder(c *firmware.Container) (string, bool) {
	for _, dir := range []string{"system/etc/init", "etc/init"} {
		if f, ok := c.Lookup(dir); ok && f.Kind == firmware.Directory {
			for _, props := range []string{"system/build.prop", "build.prop", "default.prop"} {
				if p, ok := c.Lookup(props); ok && p.Kind == firmware.Regular {
					return dir, true
				}
			}
		}
	}
	return "", false
}

// property is a line of build.prop.
type property struct {
	value string
	at    assay.Location
}

// properties reads the system properties of an Android image.
func (g *boot) properties() map[string]property {
	props := map[string]property{}
	for _, name := range []string{"default.prop", "prop.default", "system/etc/prop.default", "build.prop", "system/build.prop", "vendor/build.prop"} {
		t, ok := g.texts.Get(g.root, name)
		if !ok {
			continue
		}
		for line := range t.Lines() {
			key, value, ok := strings.Cut(strings.TrimSpace(line.Text), "=")
			if ok && !strings.HasPrefix(key, "#") {
				props[strings.TrimSpace(key)] = property{strings.TrimSpace(value), t.At(line)}
			}
		}
	}
	return props
}

// androidClasses are those that Android's init starts on every boot.
var androidClasses = []string{"", "default", "core", "main", "hal", "early_hal", "late_start"}

// android starts the services of the init files that are not disabled.
func (g *boot) android(dir string) {
	props := g.properties()
	files := slices.Clone(g.children(dir))
	for _, name := range []string{"init.rc", "system/etc/init/hw/init.rc"} {
		if f, ok := g.root.Lookup(name); ok {
			files = append(files, f)
		}
	}
	for _, f := range files {
		if t, ok := g.texts.Get(g.root, f.Name); ok && strings.HasSuffix(f.Name, ".rc") {
			g.androidFile(t, props)
		}
	}
	g.androidDebug(props)
}

// androidFile reads "service NAME PROGRAM ARGS" and its options.
func (g *boot) androidFile(t Text, props map[string]property) {
	var l *launch
	class, disabled := "", false
	flush := func() {
		if l != nil && !disabled && slices.Contains(androidClasses, class) {
			g.through(t.File.Name, func() { g.androidService(l, props) })
		}
		l, class, disabled = nil, "", false
	}
	for line := range t.Lines() {
		f := strings.Fields(line.Text)
		switch {
		case len(f) == 0 || strings.HasPrefix(f[0], "#"):
		case f[0] == "service" && len(f) > 2:
			flush()
			l = g.from(t.At(line))
			l.unit, l.words, l.daemon = f[1], f[2:], true
		case f[0] == "on" || f[0] == "import":
			flush()
		case l != nil && f[0] == "class" && len(f) > 1:
			class = f[1]
		case l != nil && f[0] == "user" && len(f) > 1:
			l.user = f[1]
		case l != nil && f[0] == "disabled":
			disabled = true
		}
	}
	flush()
}

func (g *boot) androidService(l *launch, props map[string]property) {
	l.cmd.Name, l.cmd.Args = l.words[0], l.words[1:]
	d, _ := daemonOf(path.Base(l.words[0]), "")
	var places []assay.Location
	if d.name == "adbd" {
		for _, key := range []string{"service.adb.tcp.port", "persist.adb.tcp.port"} {
			if p, ok := props[key]; ok {
				if port, ok := portNumber(p.value); ok {
					l.socket = append(l.socket, Listen{Port: port, Protocol: "tcp", TLS: No, Location: p.at})
				}
			}
		}
		if p, ok := props["ro.adb.secure"]; ok {
			places = append(places, p.at)
		}
	}
	before := len(g.services)
	g.launch(l)
	for i := before; i < len(g.services); i++ {
		if s := &g.services[i]; s.Name == "adbd" {
			s.Anonymous = Known("")
			if p, ok := props["ro.adb.secure"]; ok {
				s.Anonymous = KnownOf(p.value != "1")
			}
			s.Shell = s.Anonymous == Yes
			s.Places = append(s.Places, places...)
		}
	}
}

// androidDebug notes a build that gives root over the debug bridge.
func (g *boot) androidDebug(props map[string]property) {
	if p := props["ro.debuggable"]; p.value == "1" {
		shell := No
		if props["ro.secure"].value == "0" || props["ro.adb.secure"].value == "0" {
			shell = Yes
		}
		g.consoles = append(g.consoles, Console{Root: g.root.Path, Device: "adb", Shell: shell, Program: "ro.debuggable=1", Location: p.at})
	}
}
