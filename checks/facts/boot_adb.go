package facts

import (
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
