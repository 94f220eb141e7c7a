package facts

import (
	"maps"
	"strconv"
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
	return androidRamdisk(c)
}

// androidRamdisk finds the root of Android up to 6, whose init knows no folder but only
// init.rc and what it imports. That of the recovery starts nothing of the device in use.
func androidRamdisk(c *firmware.Container) (string, bool) {
	isFile := func(name string) bool {
		f, ok := c.Lookup(name)
		return ok && f.Kind == firmware.Regular
	}
	if !isFile("init.rc") || !isFile("system/build.prop") && !isFile("default.prop") || isFile("sbin/recovery") || isFile("etc/recovery.fstab") {
		return "", false
	}
	return "init.rc", true
}

// property is a line of build.prop, or what a command of the boot sets.
type property struct {
	value string
	sure  bool // it is set on every boot
	at    assay.Location
}

// firstWithOverrides is the level of Android's API since which init collects the files
// of properties before it sets them, so that a later line takes the place of an earlier
// one; up to Android 9 a property "ro." is set once, and the first line counts (AOSP,
// system/core/init/property_service.cpp).
const firstWithOverrides = 29

// properties reads the system properties of an Android image.
func (g *boot) properties() map[string]property {
	props, first := map[string]property{}, map[string]property{}
	for _, name := range []string{"default.prop", "prop.default", "system/etc/prop.default", "build.prop", "system/build.prop", "vendor/build.prop"} {
		t, ok := g.texts.Get(g.root, name)
		if !ok {
			continue
		}
		for line := range t.Lines() {
			key, value, ok := strings.Cut(strings.TrimSpace(line.Text), "=")
			if ok && !strings.HasPrefix(key, "#") {
				key = strings.TrimSpace(key)
				props[key] = property{strings.TrimSpace(value), true, t.At(line)}
				if _, ok := first[key]; !ok && strings.HasPrefix(key, "ro.") {
					first[key] = props[key]
				}
			}
		}
	}
	if level, err := strconv.Atoi(first["ro.build.version.sdk"].value); err == nil && level < firstWithOverrides {
		maps.Copy(props, first)
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
