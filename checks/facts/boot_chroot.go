package facts

import (
	"path"
	"slices"
	"strings"
)

// unwrap takes away the words that only say how the rest is run. It stops at a
// program that changes the root folder.
func (g *boot) unwrap(l *launch) {
	for range 8 {
		rest, ok := unwrapOnce(l.words)
		if !ok {
			return
		}
		l.applet = l.applet || isMultiCallName(l.words[0])
		dir := rootFolder(l.words)
		l.words = rest
		if dir != "" {
			l.newRoot = dir
			return
		}
	}
}

// rootFolder gives the folder that a wrapper makes the root of what it runs.
func rootFolder(words []string) string {
	flags := map[string][]string{"chpst": {"-/"}, "unshare": {"-R", "--root"}, "proot": {"-r", "-R", "-S", "--rootfs"}}
	name := path.Base(words[0])
	if name == "chroot" {
		return skipFlags(words[1:])[0]
	}
	for _, f := range flags[name] {
		if dirs := flagValues(words[1:], f); len(dirs) > 0 {
			return dirs[0]
		}
	}
	return ""
}

// unitRoot gives the root folder or image that a unit names (systemd.exec(5)).
func unitRoot(u unit) string {
	if image := u.value("Service", "RootImage"); image != "" {
		return "$(" + image + ")" // it is in none of the image's folders
	}
	return strings.TrimPrefix(u.specify(u.value("Service", "RootDirectory")), "-")
}

// launchInside starts a program that has another root folder. A daemon is found
// there; what scripts run there is not followed.
func (g *boot) launchInside(l *launch) outcome {
	dir := l.abs(l.newRoot)
	l.newRoot = ""
	if path.Clean(dir) == "/" || g.mirrors[cleanName(dir)] {
		return g.launch(l)
	}
	if g.pivoted && l.cmd.Name == "exec" { // the new root was noted
		g.handedTo = path.Base(l.words[0])
		return unsure
	}
	for rest, ok := unwrapOnce(l.words); ok && rootFolder(l.words) == ""; rest, ok = unwrapOnce(l.words) {
		l.applet = l.applet || isMultiCallName(l.words[0])
		l.words = rest
	}
	if l.cmd.Name == "exec" && l.run != nil && l.run.src.File == g.initFile { // an initramfs hands over
		g.handedTo = path.Base(l.words[0])
		g.handOver(l, dir)
		return unsure
	}
	if Unresolved(dir) || Unresolved(l.words[0]) {
		g.unjudge(l.cmd.Location, "its root folder or its program is only known to the running device")
		return unsure
	}
	name, ok := g.findInside(dir, l.words[0])
	if !ok && !l.applet {
		g.unjudgeFile(l.cmd.Location, path.Join(dir, l.words[0]))
		return unsure
	}
	if f, _ := g.root.Lookup(name); ok {
		if _, isText := g.texts.Of(f); isText || g.unread[f] || slices.Contains(shellNames, path.Base(name)) {
			g.unjudge(l.cmd.Location, "it runs "+name+" in a root folder of its own")
			return unsure
		}
		l.words = append([]string{"/" + name}, l.words[1:]...)
	}
	l.depth++
	return g.launch(l)
}

// findInside finds a program below another root folder.
func (g *boot) findInside(dir, name string) (string, bool) {
	places := []string{name}
	if !strings.Contains(name, "/") {
		places = nil
		for _, folder := range programFolders {
			places = append(places, folder+"/"+name)
		}
	}
	for _, p := range places {
		p = cleanName(path.Join(dir, p))
		if g.isFile(p) {
			return p, true
		}
	}
	return "", false
}
