package facts

import (
	"path"
	"slices"
	"strings"
)

// Limits of the settings of modprobe in one root.
const (
	maxModprobeLines = 4096
	maxModuleNames   = 1024
)

// moduleLine is a line "install MODULE COMMAND", "remove MODULE COMMAND" or "alias
// PATTERN MODULE" of modprobe.d(5).
type moduleLine struct {
	directive, pattern, rest string
	text                     Text
	line                     Line
}

// modprobeFolders and modulesFolders are those of kmod and of what loads modules at
// each start (modules-load.d(5)), first one first.
var (
	modprobeFolders = []string{"etc/modprobe.d", "usr/local/lib/modprobe.d", "usr/lib/modprobe.d", "lib/modprobe.d"}
	modulesFolders  = []string{"etc/modules-load.d", "usr/local/lib/modules-load.d", "usr/lib/modules-load.d", "lib/modules-load.d"}
)

// modprobeLines reads the settings of modprobe; a file hides those of its name in later
// folders.
func (g *boot) modprobeLines() []moduleLine {
	if g.modules == nil {
		g.modules = g.readModprobe()
	}
	return g.modules
}

func (g *boot) readModprobe() []moduleLine {
	all := []moduleLine{}
	for _, t := range append(g.confFiles(modprobeFolders), g.oneFile("etc/modprobe.conf")...) {
		open := ""
		for line := range t.Lines() {
			s, more := strings.CutSuffix(strings.TrimSpace(line.Text), `\`)
			if open += " " + s; more && len(open) < maxWord {
				continue
			}
			f := strings.Fields(open)
			if open = ""; len(f) > 2 && slices.Contains([]string{"install", "remove", "alias"}, f[0]) && len(all) < maxModprobeLines {
				all = append(all, moduleLine{f[0], moduleName(f[1]), strings.Join(f[2:], " "), t, line})
			}
		}
	}
	return all
}

// confFiles lists the texts NAME.conf of folders by name, those of a name once.
func (g *boot) confFiles(folders []string) (all []Text) {
	seen := map[string]bool{}
	for _, dir := range folders {
		for _, f := range g.children(dir) {
			b := path.Base(f.Name)
			if !strings.HasSuffix(b, ".conf") || seen[b] {
				continue
			}
			if seen[b] = true; len(seen) < maxModuleNames {
				all = append(all, g.oneFile(f.Name)...)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Text) int { return strings.Compare(path.Base(a.File.Name), path.Base(b.File.Name)) })
	return all
}

func (g *boot) oneFile(name string) []Text {
	if t, ok := g.texts.Get(g.root, name); ok {
		return []Text{t}
	}
	return nil
}

// moduleName spells a module as the kernel does.
func moduleName(s string) string {
	return strings.TrimSuffix(strings.ReplaceAll(path.Base(s), "-", "_"), ".ko")
}

// modprobe follows what kmod's modprobe runs in the place of loading or removing a
// module. That of busybox knows no such lines.
func (g *boot) modprobe(l *launch, args []string) {
	if !g.isKmod() || hasFlag(args, "-i", "--ignore-install", "--ignore-remove", "-n", "--dry-run", "-D", "--show-depends", "-c", "--showconfig", "-l") {
		return
	}
	directive := "install"
	if hasFlag(args, "-r", "--remove") || slices.ContainsFunc(args, func(a string) bool { return isShort(a, 'r') }) {
		directive = "remove"
	}
	names := skipFlags(args, "-C", "--config", "-d", "--dirname", "-S", "--set-version")
	if !slices.ContainsFunc(args, func(a string) bool { return a == "--all" || isShort(a, 'a') || isShort(a, 'r') }) {
		names = names[:min(1, len(names))]
	}
	for _, name := range names {
		if Unresolved(name) { // of a list, as a rule
			g.maybe(func() { g.loadModules(g.from(l.cmd.Location)) })
		} else {
			g.moduleCommand(l, directive, moduleName(name))
		}
	}
}

// isKmod reports whether the image has a modprobe that is not busybox's.
func (g *boot) isKmod() bool {
	called, ok := g.find("modprobe")
	if !ok {
		return false
	}
	f, _ := g.root.Lookup(called)
	return !isMultiCall(f.Name)
}

// moduleCommand runs the commands for a module, by its name or an alias.
func (g *boot) moduleCommand(l *launch, directive, name string) {
	lines := g.modprobeLines()
	names := []string{name}
	for _, m := range lines {
		if m.directive == "alias" && shellMatch(m.pattern, name) && len(names) < 16 {
			names = append(names, moduleName(m.rest))
		}
	}
	for _, m := range lines {
		if m.directive == directive && slices.ContainsFunc(names, func(n string) bool { return shellMatch(m.pattern, n) }) {
			g.moduleLine(l, m)
		}
	}
}

func (g *boot) moduleLine(l *launch, m moduleLine) {
	at := g.from(m.text.At(m.line))
	at.cmd.Conditional = at.cmd.Conditional || l.cmd.Conditional
	if at.env = knownEnvironment(map[string]string{"CMDLINE_OPTS": ""}); !g.followed(at, "modprobe", m.directive, m.pattern, m.rest) {
		g.through(m.text.File.Name, func() { g.inline(at, m.rest) })
	}
}

// loadModules loads the modules that lists name for each start.
func (g *boot) loadModules(l *launch) {
	for _, t := range append(g.confFiles(modulesFolders), g.oneFile("etc/modules")...) {
		for line := range t.Lines() {
			if f := strings.Fields(line.Text); len(f) > 0 && !strings.ContainsAny(f[0][:1], "#;") {
				g.moduleCommand(l, "install", moduleName(f[0]))
			}
		}
	}
	for _, k := range g.kernelLines {
		if names, ok := k.value("modules_load"); ok {
			for name := range strings.SplitSeq(names, ",") {
				g.moduleCommand(l, "install", moduleName(name))
			}
		}
	}
}

// otherModules follows the commands for modules that nothing loads by name: a device
// that is plugged in may.
func (g *boot) otherModules() {
	if !g.isKmod() || g.init.Kind == "" {
		return
	}
	g.maybe(func() {
		for _, m := range g.modprobeLines() {
			if m.directive == "install" {
				g.moduleLine(g.from(m.text.At(m.line)), m)
			}
		}
	})
}
