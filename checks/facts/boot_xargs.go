package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// anyItem stands for a word that only the running device knows.
const anyItem = "$(cat)"

// maxFound bounds the files that are looked at for one find.
const maxFound = 1 << 14

// xargs runs a command with the words that it reads.
func (g *boot) xargs(l *launch) {
	command := skipOwn(l.words[1:], wrapper{valued: "nLsPIEda"})
	if len(command) == 0 || strings.HasPrefix(command[0], "-") {
		return
	}
	hole, each := xargsFlags(l.words[1 : len(l.words)-len(command)])
	items := []string{anyItem}
	if from, ok := g.before(l); ok {
		if text, known := g.prints(l.run, &from); known {
			items = strings.Fields(text)
		}
	}
	if !each {
		g.runAlone(l, append(slices.Clone(command), items...))
		return
	}
	for _, item := range items[:min(len(items), maxShellLoop)] {
		if hole == "" {
			g.runAlone(l, append(slices.Clone(command), item))
		} else {
			g.runAlone(l, filled(command, hole, item))
		}
	}
}

// xargsFlags gives the word that an item takes the place of, and whether the
// command runs for each item.
func xargsFlags(flags []string) (hole string, each bool) {
	for i, f := range flags {
		switch {
		case f == "-I" && i+1 < len(flags):
			return flags[i+1], true
		case strings.HasPrefix(f, "-I"):
			return f[2:], true
		case f == "-i":
			return "{}", true
		case strings.HasPrefix(f, "-n") || strings.HasPrefix(f, "-L"):
			each = true
		}
	}
	return "", each
}

func filled(words []string, hole, item string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strings.ReplaceAll(w, hole, item)
	}
	return out
}

// runAlone launches words that stand in no pipeline.
func (g *boot) runAlone(l *launch, words []string) {
	m, c := l.with(words), *l.cmd
	c.Pipeline = 0
	m.cmd = &c
	g.launch(m)
}

// findExec runs what "find -exec" runs.
func (g *boot) findExec(l *launch) {
	at := slices.IndexFunc(l.words, func(w string) bool { return slices.Contains([]string{"-exec", "-execdir", "-ok", "-okdir"}, w) })
	if at < 0 {
		return
	}
	command := l.words[at+1:]
	if end := slices.IndexFunc(command, func(w string) bool { return w == ";" || w == `\;` || w == "+" }); end >= 0 {
		command = command[:end]
	}
	if len(command) == 0 {
		return
	}
	items := []string{anyItem}
	inner := unwrapCommand(command)
	if slices.Contains(shellNames, path.Base(inner[0])) || strings.Contains(inner[0], "{}") {
		if names, known := g.findsFiles(l.run, l.words[1:at]); known {
			items = names
		}
		for _, dir := range l.words[1:at] {
			g.unjudgeEach(l.cmd.Location, l.abs(dir))
		}
	}
	for _, item := range items[:min(len(items), maxShellLoop)] {
		g.runAlone(l, filled(command, "{}", item))
	}
}

// findsFiles lists the files that find names: those of the folders whose names
// fit. Other conditions count as met.
func (g *boot) findsFiles(r *shellRun, words []string) ([]string, bool) {
	var dirs []string
	for len(words) > 0 && (words[0] == "-L" || words[0] == "-H" || words[0] == "-P") {
		words = words[1:]
	}
	for len(words) > 0 && words[0] != "" && !strings.ContainsRune("-(!", rune(words[0][0])) {
		dirs, words = append(dirs, abs(r, words[0])), words[1:]
	}
	if len(dirs) == 0 {
		dirs = []string{abs(r, ".")}
	}
	pattern := firstOf(flagValues(words, "-name"), "*")
	kind := firstOf(flagValues(words, "-type"), "")
	var found []string
	left := maxFound
	for _, dir := range dirs {
		clean := cleanName(dir)
		if Unresolved(dir) || !strings.HasPrefix(dir, "/") || g.isBrought(clean) || Unresolved(pattern) {
			return nil, false
		}
		found = g.walk(clean, func(f *firmware.File) bool {
			left--
			return left > 0 && shellMatch(pattern, path.Base(f.Name)) && (kind == "" || kind == "l" || (kind == "d") == (f.Kind == firmware.Directory))
		}, found, 0)
	}
	return found, left > 0
}

// walk lists the files below a folder for which fits holds.
func (g *boot) walk(dir string, fits func(*firmware.File) bool, found []string, depth int) []string {
	if depth > 16 {
		return found
	}
	if dir == "" {
		dir = "."
	}
	for _, f := range g.dirs[dir] {
		if fits(f) {
			found = append(found, "/"+f.Name)
		}
		if f.Kind == firmware.Directory && f.Name != dir {
			found = g.walk(f.Name, fits, found, depth+1)
		}
	}
	return found
}
