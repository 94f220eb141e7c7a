package facts

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// hostapdWord is what whoever starts the access point names.
const hostapdWord = "hostapd"

// hostapdCallers are the programs, scripts and settings that name hostapd and do not
// come with it: they may start it.
var hostapdCallers = &Scan[string]{
	Name:  "hostapd-callers",
	Doc:   "Programs, scripts and settings that name hostapd.",
	Want:  mayCallHostapd,
	Words: newLiterals([]string{hostapdWord}),
	Spot: func(f *firmware.File, content []byte, words sights) []string {
		script := bytes.HasPrefix(content, []byte("#!")) || slices.Contains([]string{".sh", ".py", ".pyc", ".lua", ".js", ".php", ".pl", ".rb", ".cgi", ".jar"}, path.Ext(f.Name))
		settings := strings.HasPrefix(f.Name, "etc/") && !bytes.Contains(content, []byte("ssid=")) || path.Ext(f.Name) == ".service" || path.Ext(f.Name) == ".rules"
		if !words.Any() || !script && !settings && !bytes.HasPrefix(content, []byte("\x7fELF")) {
			return nil
		}
		return []string{f.Path}
	},
}

// mayCallHostapd leaves out what comes with hostapd: its tools, its init script, its
// hooks for ifupdown, its package's scripts; and modules of the kernel.
func mayCallHostapd(f *firmware.File) bool {
	b := path.Base(f.Name)
	return f.Kind == firmware.Regular && !strings.Contains(b, hostapdWord) && !strings.HasPrefix(b, "wpa") && !strings.HasSuffix(b, ".ko")
}

// unusedWifi marks open networks in settings of hostapd that nothing in the image
// uses: the boot is known, hostapd is not started with them, and no program or
// script names it.
func unusedWifi(found []WifiNetwork, g BootGraph, callers []string) {
	for i := range g.Commands { // what the boot itself runs is judged by its words
		c := &g.Commands[i]
		if words := append([]string{c.Name}, c.Args...); slices.ContainsFunc(words, namesHostapd) {
			callers = slices.DeleteFunc(slices.Clone(callers), func(file string) bool { return file == c.Location.Path })
		}
	}
	if len(callers) > 0 {
		return
	}
	for i := range found {
		n := &found[i]
		for _, init := range g.Inits {
			name, inside := strings.CutPrefix(n.Location.Path, init.Root+"!")
			if inside && !strings.Contains(name, "!") && n.Security == WifiOpen && n.hostapd {
				n.Unused = init.Kind != "" && init.Problem == "" && len(init.Unjudged) == 0 && !slices.ContainsFunc(g.Commands, func(c BootCommand) bool { return startsHostapd(&c.Command, name) })
			}
		}
	}
}

func namesHostapd(word string) bool { return strings.Contains(word, hostapdWord) }

// startsHostapd reports whether a command may start hostapd with the settings of a
// file.
func startsHostapd(c *Command, settings string) bool {
	words := append([]string{c.Name}, c.Args...)
	if !slices.ContainsFunc(words, namesHostapd) {
		return false
	}
	other := false
	for _, w := range words {
		if strings.HasPrefix(w, "/") && strings.HasSuffix(w, ".conf") && !Unresolved(w) {
			if cleanName(w) == settings {
				return true
			}
			other = true
		}
	}
	return !other
}
