package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// Limits of the kernel command lines of one image.
const (
	maxKernelLines = 64
	maxKernelWords = 256
)

// kernelLine is a kernel command line in the settings of a boot loader.
type kernelLine struct {
	words  []string
	root   string // container that holds it
	at     assay.Location
	choice bool // one of several that the loader offers
}

// kernelArguments finds the kernel's words in a line of a loader's settings:
// APPEND of syslinux, linux and kernel of GRUB, options of the Boot Loader
// Specification, and variables named for them.
var kernelArguments = lazy(`(?i)^(?:append|options|linux(?:16|efi)?|kernel)\s+(.*)|(?:^|\s|")\w*(?:bootargs|cmdline|args)\w*[ =]+["']?([^"';]*)`)

// kernelLines reads the kernel command lines of the image.
func kernelLines(set *TextSet) []kernelLine {
	var all []kernelLine
	for _, t := range set.All() {
		if !isLoaderFile(t.File.Name) && !isLoaderEnvironment(t.File) {
			continue
		}
		begin := len(all)
		for line := range t.Lines() {
			if text, ok := kernelText(t, line); ok && len(all) < maxKernelLines {
				words := unitWords(text)
				all = append(all, kernelLine{words[:min(len(words), maxKernelWords)], t.File.Container.Path, t.At(line), false})
			}
		}
		for i := begin; i < len(all); i++ {
			all[i].choice = len(all)-begin > 1
		}
	}
	return all
}

func kernelText(t Text, line Line) (string, bool) {
	s := strings.TrimSpace(line.Text)
	if s == "" || strings.HasPrefix(s, "#") || strings.HasPrefix(s, ";") {
		return "", false
	}
	if base := path.Base(t.File.Name); base == "cmdline.txt" || base == "bootargs" {
		return s, true
	}
	m := kernelArguments.Get().FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	return m[1] + m[2], true
}

// value gives the last value of a word NAME=VALUE.
func (l kernelLine) value(name string) (value string, ok bool) {
	for _, w := range l.words {
		if v, found := strings.CutPrefix(w, name+"="); found {
			value, ok = v, true
		}
	}
	return value, ok
}

// has reports whether the line has a word, alone or with a value.
func (l kernelLine) has(name string) bool {
	_, ok := l.value(name)
	return ok || slices.Contains(l.words, name)
}

// target gives the unit that a line names in the place of default.target
// (kernel-command-line(7)); empty if it names none.
func (l kernelLine) target() string {
	name, _ := l.value("systemd.unit")
	for _, w := range l.words {
		switch w {
		case "single", "s", "S", "1", "rescue":
			name = "rescue.target"
		case "emergency", "-b":
			name = "emergency.target"
		}
	}
	return name
}

// kernelUnits are the units that kernel command lines have systemd start.
func (g *boot) kernelUnits() {
	for _, l := range g.kernelLines {
		for _, w := range l.words {
			name, ok := strings.CutPrefix(w, "systemd.wants=")
			if ok && len(g.units.sure)+len(g.units.unsure) < maxUnits {
				g.units.push(reached{unitNamed(name), "kernel command line → " + unitNamed(name), l.at, l.choice})
			}
		}
		if name := l.target(); name != "" {
			g.units.push(reached{unitNamed(name), "kernel command line → " + unitNamed(name), l.at, l.choice})
		}
		if text, ok := l.value("systemd.run"); ok {
			g.through("kernel command line → systemd.run", func() {
				m := g.from(l.at)
				m.cmd.Conditional = m.cmd.Conditional || l.choice
				g.line(m, text)
			})
		}
	}
}

func unitNamed(name string) string {
	if !strings.Contains(name, ".") {
		name += ".service"
	}
	return name
}

// kernelSingle notes the shell of single-user mode where a kernel command line asks
// for it: busybox init gives it without a password, SysV init what inittab has.
func (g *boot) kernelSingle(init initProgram) {
	tab, _ := g.texts.Get(g.root, "etc/inittab")
	for _, l := range g.kernelLines {
		i := slices.IndexFunc(l.words, func(w string) bool {
			return w == "single" || w == "1" || w == "-s" || g.init.Kind == "sysv" && (w == "S" || w == "s")
		})
		switch {
		case i < 0:
		case strings.HasPrefix(path.Base(init.name()), "busybox"):
			g.consoles = append(g.consoles, Console{Root: g.root.Path, Device: "kernel", Shell: Yes, Program: l.words[i], Uncertain: l.choice, Location: l.at})
		case g.init.Kind == "sysv":
			for _, e := range parseInittab(tab) {
				if k, ok := g.console(e.id, e.process, tab.At(e.line)); ok && strings.ContainsAny(e.levels, "Ss") && !strings.ContainsAny(e.id, "0123456789") {
					k.Uncertain = l.choice
					g.consoles = append(g.consoles, k)
				}
			}
		}
	}
}

// kernelDebuggers notes what kernel command lines open on the console: the shell
// in which dracut stops, and the kernel's own debugger on a serial line. Whether
// the initramfs and the kernel were built with them is not asked.
func kernelDebuggers(lines []kernelLine) []Console {
	var found []Console
	for _, l := range lines {
		for _, w := range l.words {
			name, value, _ := strings.Cut(w, "=")
			switch {
			case name == "rd.break" || name == "rdbreak":
				found = append(found, Console{Root: l.root, Device: "kernel", Shell: Yes, Program: w, Uncertain: true, Location: l.at})
			case (name == "kgdboc" || name == "ekgdboc" || name == "kgdbcon") && strings.Contains(value, "tty"):
				found = append(found, Console{Root: l.root, Device: "kgdb", Shell: Yes, Program: w, Uncertain: true, Location: l.at})
			}
		}
	}
	return found
}
