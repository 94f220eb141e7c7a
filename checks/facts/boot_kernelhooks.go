package facts

import (
	"path"
	"slices"
	"strings"
)

// hotplugExec finds the programs that procd runs for events by its tables.
var hotplugExec = lazy(`"exec"\s*,\s*"(/[^"%]+)"`)

// hotplugTables follows the programs that procd's hotplug.json names, but the one
// that calls the scripts of /etc/hotplug.d, which are followed by themselves.
func (g *boot) hotplugTables() {
	for _, name := range []string{"etc/hotplug.json", "etc/hotplug-preinit.json"} {
		t, ok := g.texts.Get(g.root, name)
		if !ok {
			continue
		}
		for line := range t.Lines() {
			for _, m := range hotplugExec.Get().FindAllStringSubmatch(line.Text, 16) {
				if b := path.Base(m[1]); b != "hotplug-call" && !isEverydayTool(b) {
					g.through(name, func() { g.hook(g.from(t.At(line)), m[1]) })
				}
			}
		}
	}
}

// kernelHooks are the settings of the kernel that name a program which it runs.
var kernelHooks = []string{"kernel.hotplug", "kernel.core_pattern", "kernel.modprobe"}

// sysctlHooks follows what the files of sysctl set.
func (g *boot) sysctlHooks(args []string) {
	if len(args) > 0 && !hasFlag(args, "-p", "--load", "--system", "-a") && !slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "-p") }) {
		return
	}
	names := []string{"etc/sysctl.conf"}
	for _, a := range args {
		if strings.HasPrefix(a, "/") {
			names = append(names, cleanName(a))
		}
	}
	for _, dir := range []string{"etc/sysctl.d", "usr/lib/sysctl.d", "lib/sysctl.d"} {
		for _, f := range g.children(dir) {
			names = append(names, f.Name)
		}
	}
	for _, name := range names {
		t, ok := g.texts.Get(g.root, name)
		if !ok {
			continue
		}
		for line := range t.Lines() {
			key, value, _ := strings.Cut(strings.TrimSpace(line.Text), "=")
			key = strings.ReplaceAll(strings.TrimPrefix(strings.TrimSpace(key), "-"), "/", ".")
			if slices.Contains(kernelHooks, key) {
				g.through(name, func() { g.kernelProgram(g.from(t.At(line)), key, value) })
			}
		}
	}
}

// kernelProgram follows a program that the kernel runs by a setting; core dumps go
// to one only behind a bar.
func (g *boot) kernelProgram(l *launch, key, value string) {
	value = strings.TrimSpace(value)
	if strings.HasSuffix(key, "core_pattern") {
		bar := false
		if value, bar = strings.CutPrefix(value, "|"); !bar {
			return
		}
	}
	if f := strings.Fields(value); len(f) > 0 {
		g.hook(l, f[0])
	}
}
