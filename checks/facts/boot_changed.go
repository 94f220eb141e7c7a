package facts

import (
	"path"
	"slices"
	"strings"
)

// change notes files of the image that a command replaces by others: what it
// fetches, what it mounts over them, and modes that it sets.
func (g *boot) change(r *shellRun, c *Command, words []string) {
	if len(words) == 0 {
		return
	}
	switch args := words[1:]; path.Base(words[0]) {
	case "wget":
		g.replace(r, flagValues(args, "-O", "--output-document")...)
	case "curl":
		g.replace(r, flagValues(args, "-o", "--output")...)
	case "tftp":
		g.replace(r, flagValues(args, "-l")...)
	case "ftpget":
		if free := skipFlags(args, "-u", "-p", "-P"); len(free) > 1 {
			g.replace(r, free[1])
		}
	case "scp":
		g.replace(r, lastOf(args))
	case "dd":
		for _, a := range args {
			if to, ok := strings.CutPrefix(a, "of="); ok {
				g.replace(r, to)
			}
		}
	case "mount":
		g.mount(r, args)
	case "chmod":
		if mode := firstFree(args); strings.Contains(mode, "x") && !strings.Contains(mode, "-x") || strings.ContainsAny(mode, "1357") {
			for _, a := range args {
				g.runnable[cleanName(abs(r, a))] = true
			}
		}
	}
}

func (g *boot) replace(r *shellRun, names ...string) {
	for _, n := range names {
		if n = abs(r, n); strings.HasPrefix(n, "/") && !Unresolved(n) && !strings.HasPrefix(n, "/dev/") {
			g.replaced[cleanName(n)] = true
		}
	}
}

// mount notes a folder whose files are those of another file system from now on.
// An overlay shows what stands below it.
func (g *boot) mount(r *shellRun, args []string) {
	options := strings.Join(flagValues(args, "-o", "--options"), ",")
	if slices.Contains(args, "-a") {
		g.mountTable("")
		return
	}
	kinds := flagValues(args, "-t", "--types")
	if containsAny(kinds, emptyMounts) || containsAny(kinds, []string{"overlay", "overlayfs", "aufs"}) || strings.Contains(options, "remount") {
		return
	}
	free := freeWords(args)
	switch dir := abs(r, lastOf(free)); {
	case len(free) == 1:
		g.mountTable(dir)
	case len(free) == 2 && !Unresolved(dir) && strings.HasPrefix(dir, "/") && !isEmptyMount(free[0]) && path.Clean(free[0]) != path.Clean(dir):
		g.mounted[cleanName(dir)] = true
	}
}

// freeWords lists the words of mount that are no flags and none's value.
func freeWords(args []string) []string {
	var free []string
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "-t" || a == "-o" || a == "-O" || a == "-L" || a == "-U" || a == "--types" || a == "--options":
			if i++; a == "-L" || a == "-U" {
				free = append(free, "LABEL")
			}
		case strings.HasPrefix(a, "-"):
		default:
			free = append(free, a)
		}
	}
	return free
}

func isEmptyMount(device string) bool {
	return slices.Contains(emptyMounts, device) || slices.Contains([]string{"none", "cgroup_root", "overlay", "mqueue", "shm", "binfmt_misc"}, device)
}

// mountTable notes the folders that etc/fstab fills; with a folder, that one only.
func (g *boot) mountTable(only string) {
	t, ok := g.current("/etc/fstab")
	if !ok {
		return
	}
	for line := range t.Lines() {
		f := strings.Fields(line.Text)
		if len(f) < 3 || strings.HasPrefix(f[0], "#") || isEmptyMount(f[0]) || containsAny(f[2:3], emptyMounts) || !strings.HasPrefix(f[1], "/") {
			continue
		}
		noauto := len(f) > 3 && slices.Contains(strings.Split(f[3], ","), "noauto")
		if dir := path.Clean(f[1]); dir != "/" && f[2] != "swap" && f[2] != "overlay" && (only == "" && !noauto || dir == path.Clean("/"+only)) {
			g.mounted[cleanName(dir)], g.brought[cleanName(dir)] = true, true
		}
	}
}

// comesFrom says from where the boot takes what stands under a name, if it is not
// what the image holds; a script of the image may be another one then.
func (g *boot) comesFrom(name string) (why string, changed bool) {
	clean := cleanName(name)
	if w := g.written[clean]; w != nil && w.unknown {
		return "which the boot changes before", true
	}
	if g.replaced[clean] {
		return "which comes from elsewhere", true
	}
	return "which comes from elsewhere", g.isMounted(clean)
}

// isMounted reports whether another file system lies over a file.
func (g *boot) isMounted(clean string) bool {
	for name := clean; name != "." && name != "/" && name != ""; name = path.Dir(name) {
		if g.mounted[name] {
			return true
		}
	}
	return false
}

// unjudgeChanged notes that a script runs which is not what the image holds.
func (g *boot) unjudgeChanged(l *launch, name string) {
	if !strings.HasPrefix(name, "/") || Unresolved(name) {
		return
	}
	if why, changed := g.comesFrom(name); changed {
		g.unjudge(l.cmd.Location, "it runs "+cleanName(name)+", "+why)
	}
}

// sedInPlace gives a text after "sed -i", where the image tells.
func (g *boot) sedInPlace(r *shellRun, args []string) (Text, bool) {
	var words []string
	for _, a := range args {
		if !strings.HasPrefix(a, "-i") && !strings.HasPrefix(a, "--in-place") {
			words = append(words, a)
		}
	}
	t, ok := g.current(abs(r, lastOf(words)))
	if !ok {
		return Text{}, false
	}
	t.Content, ok = sedText(words, t.Content)
	return t, ok
}
