package facts

import (
	"path"
	"slices"
	"strings"
)

// change notes files of the image that a command replaces by others: what it
// fetches, what it mounts over them, and modes that it sets.
func (g *boot) change(r *shellRun, _ *Command, words []string) {
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
	case "cp":
		g.copyRoot(r, args)
	case "mount":
		g.mirror(r, args)
		g.mount(r, args)
	case "chmod":
		if len(args) > 1 && setsExecute(args[0]) {
			for _, a := range args[1:] {
				g.runnable[cleanName(abs(r, a))] = true
			}
		}
	}
}

// setsExecute reports whether a mode of chmod lets a file be executed.
func setsExecute(mode string) bool {
	if strings.Trim(mode, "01234567") == "" {
		return strings.ContainsAny(mode[max(0, len(mode)-3):], "1357")
	}
	return strings.Contains(mode, "+x") || strings.Contains(mode, "=") && strings.Contains(mode, "x") || strings.Contains(mode, "+rx") || strings.Contains(mode, "+rwx")
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
	if slices.Contains(args, "-a") {
		g.mountTable("")
		return
	}
	if free := freeWords(args); containsAny(args, []string{"tmpfs", "ramfs"}) && len(free) > 0 {
		g.memory[cleanName(abs(r, lastOf(free)))] = true
	}
	kinds, options := flagValues(args, "-t", "--types"), flagValues(args, "-o", "--options")
	if containsAny(kinds, emptyMounts) || containsAny(kinds, []string{"overlay", "overlayfs", "aufs"}) || strings.Contains(strings.Join(options, ","), "remount") {
		return
	}
	free := freeWords(args)
	switch dir := abs(r, lastOf(free)); {
	case len(free) == 1:
		g.mountTable(dir)
	case len(free) == 2 && !Unresolved(dir) && strings.HasPrefix(dir, "/") && cleanName(dir) != "" && !isEmptyMount(free[0]) && path.Clean(free[0]) != path.Clean(dir):
		g.mounted[cleanName(dir)] = true
	}
}

// freeWords lists the words of mount that are no flags and none's value.
func freeWords(args []string) []string {
	var free []string
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "-L" || a == "-U":
			i++
			free = append(free, "LABEL")
		case a == "-t" || a == "-o" || a == "-O" || a == "--types" || a == "--options":
			i++
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
		if len(f) < 3 || strings.HasPrefix(f[0], "#") || isEmptyMount(f[0]) || slices.Contains(emptyMounts, f[2]) || f[2] == "swap" || f[2] == "overlay" {
			continue
		}
		manual := len(f) > 3 && slices.Contains(strings.Split(f[3], ","), "noauto")
		dir := cleanName(f[1])
		if strings.HasPrefix(f[1], "/") && dir != "" && (only == "" && !manual || only != "" && dir == cleanName(only)) {
			g.mounted[dir], g.brought[dir] = true, true
		}
	}
}

// comesFrom says from where the boot takes what stands under a name, if it is not
// what the image holds.
func (g *boot) comesFrom(name string) (why string, changed bool) {
	clean := cleanName(name)
	if w := g.written[clean]; w != nil && w.unknown {
		return "which the boot changes before", true
	}
	return "which comes from elsewhere", g.replaced[clean] || g.isMounted(clean)
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

// sourcedChanged notes that a script takes in a file which is not what the image
// holds. One that is named as settings only sets variables, which are not known.
func (g *boot) sourcedChanged(name string, r *shellRun) {
	why, changed := g.comesFrom(name)
	if !changed || !strings.HasPrefix(name, "/") || Unresolved(name) {
		return
	}
	r.opaque = true
	if holdsCommands(name) {
		g.unjudge(At(r.src.File), "it takes in "+cleanName(name)+", "+why)
	}
}

// sourcedElsewhere notes that a script takes in a file that is not in the image and that
// another file system may hold: a script, or anything on what people plug in.
func (g *boot) sourcedElsewhere(name string, r *shellRun) {
	clean := cleanName(name)
	if (path.Ext(name) == ".sh" || onMedium(clean) && holdsCommands(name)) && g.mayHold(clean) && !g.isMounted(clean) && !g.replaced[clean] {
		g.unjudge(At(r.src.File), "it takes in "+clean+", which is not in the image: whoever fills "+path.Dir(clean)+" says what it does")
	}
}

// holdsCommands reports whether a file that is taken in is not named as settings.
func holdsCommands(name string) bool {
	ext := path.Ext(name)
	return ext == ".sh" || ext == "" && !strings.HasPrefix(cleanName(name), "etc/default/") && !strings.HasPrefix(cleanName(name), "etc/sysconfig/")
}

// unjudgeFolder notes a program that is not in the image and may lie in a folder
// over which another file system lies.
func (g *boot) unjudgeFolder(l *launch) {
	if strings.Contains(l.words[0], "/") || l.run == nil || len(g.mounted) == 0 {
		return
	}
	name := l.words[0]
	if _, ok := g.builtIn(name); ok || isEverydayTool(name) || slices.Contains(fileTools, name) || isHelper(Service{Name: name}) {
		return // of busybox, mostly
	}
	search, _ := l.run.lookup("PATH")
	for dir := range strings.SplitSeq(search.text+":/"+strings.Join(programFolders, ":/"), ":") {
		if clean := cleanName(dir); clean != "" && !Unresolved(dir) && g.isMounted(clean) {
			g.unjudge(l.cmd.Location, "it runs "+name+", which may come from "+clean)
			return
		}
	}
}
