package facts

import (
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

// property is a line of build.prop, or what a command of the boot sets.
type property struct {
	value string
	sure  bool // it is set on every boot
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
				props[strings.TrimSpace(key)] = property{strings.TrimSpace(value), true, t.At(line)}
			}
		}
	}
	return props
}

// androidClasses are those that Android's init starts on every boot.
var androidClasses = []string{"", "default", "core", "main", "hal", "early_hal", "late_start"}

// android starts the services of the init files that are not disabled.
func (g *boot) android(dir string) {
	files := slices.Clone(g.children(dir))
	for _, name := range []string{"init.rc", "system/etc/init/hw/init.rc"} {
		if f, ok := g.root.Lookup(name); ok {
			files = append(files, f)
		}
	}
	for _, f := range files {
		if t, ok := g.texts.Get(g.root, f.Name); ok && strings.HasSuffix(f.Name, ".rc") {
			g.androidFile(t)
		}
	}
	g.androidDebug(g.properties())
}

// androidFile reads "service NAME PROGRAM ARGS" and its options, and which
// properties are set when something happens.
func (g *boot) androidFile(t Text) {
	var l *launch
	class, disabled, sure := "", false, false
	flush := func() {
		if l != nil && !disabled && slices.Contains(androidClasses, class) {
			g.through(t.File.Name, func() {
				l.cmd.Name, l.cmd.Args = l.words[0], l.words[1:]
				g.launch(l)
			})
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
			sure = len(f) > 1 && !strings.Contains(line.Text, "property:")
		case l == nil && f[0] == "setprop" && len(f) > 2:
			g.setProperty(f[1], f[2], sure, t.At(line))
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
