package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// What the boot looks up in the image: files, programs, applets, settings.

// children lists the entries of a folder by name, following links to the folder.
func (g *boot) children(dir string) []*firmware.File {
	if strings.Trim(dir, "/") == "" {
		return g.dirs["."]
	}
	f, ok := g.root.Lookup(dir)
	if !ok || f.Kind != firmware.Directory {
		return nil
	}
	return g.dirs[f.Name]
}

// glob lists the files that fit an absolute pattern, sorted.
func (g *boot) glob(pattern string) []string {
	if !strings.HasPrefix(pattern, "/") || strings.Count(pattern, "/") > 16 {
		return nil
	}
	found := []string{""}
	for el := range strings.SplitSeq(strings.Trim(pattern, "/"), "/") {
		var next []string
		for _, dir := range found {
			if !strings.ContainsAny(el, "*?[") {
				next = append(next, dir+"/"+el)
				continue
			}
			for _, f := range g.children(dir) {
				if b := path.Base(f.Name); shellMatch(el, b) && (b[0] != '.' || el[0] == '.') {
					next = append(next, dir+"/"+b)
				}
			}
		}
		if found = next; len(found) > maxFields {
			return nil
		}
	}
	found = slices.DeleteFunc(found, func(p string) bool { return !g.entry(p) })
	slices.Sort(found)
	return found
}

// entry reports whether there is a file or link of that name, even a dangling one.
func (g *boot) entry(name string) bool {
	dir, base := path.Split(strings.Trim(name, "/"))
	return slices.ContainsFunc(g.children(dir), func(f *firmware.File) bool { return path.Base(f.Name) == base })
}

// programFolders is the search path of init systems.
var programFolders = []string{"usr/sbin", "usr/bin", "sbin", "bin", "usr/local/sbin", "usr/local/bin", "system/bin", "opt/bin"}

// find gives the path of a program as it is called, links not resolved.
func (g *boot) find(name string) (string, bool) {
	if name == "" || Unresolved(name) {
		return "", false
	}
	if strings.Contains(name, "/") {
		clean := strings.TrimPrefix(path.Clean("/"+name), "/")
		f, ok := g.root.Lookup(clean)
		return clean, ok && f.Kind == firmware.Regular || g.applet(name)
	}
	if full := g.inProgramFolders(name); full != "" {
		return full, true
	}
	if g.applet(name) {
		return g.tables[0].Name, true
	}
	return "", false
}

// inProgramFolders gives the path of a program by its name; empty if there is none.
func (g *boot) inProgramFolders(name string) string {
	full, asked := g.found[name]
	if !asked {
		for _, dir := range programFolders {
			if f, ok := g.root.Lookup(dir + "/" + name); ok && f.Kind == firmware.Regular {
				full = dir + "/" + name
				break
			}
		}
		g.found[name] = full
	}
	return full
}

// applet reports whether busybox makes the program's link when the device starts.
func (g *boot) applet(name string) bool {
	return g.installed && slices.ContainsFunc(g.tables, func(t AppletTable) bool { return t.Has(path.Base(name)) })
}

// executable reports whether the device can run the file.
func (g *boot) executable(f *firmware.File) bool {
	return !g.root.Modes || f.Mode&0o111 != 0 || g.runnable[f.Name]
}

// exists judges a file test for the device as shipped: what boot scripts make
// and what the kernel shows is not known.
func (g *boot) exists(op, name string) outcome {
	clean := strings.TrimPrefix(path.Clean("/"+name), "/")
	if g.touched[clean] || g.isBrought(clean) || strings.HasPrefix(clean, "proc/") || strings.HasPrefix(clean, "sys/") || strings.HasPrefix(clean, "dev/") {
		return unsure
	}
	if clean == "run/systemd/system" && g.init.Kind == "systemd" { // sd_booted(3)
		return works
	}
	if op == "-L" || op == "-h" {
		if g.entry(clean) {
			return works
		}
		return g.notThere(clean)
	}
	f, ok := g.root.Lookup(clean)
	if !ok {
		if g.applet(clean) {
			return works
		}
		return g.notThere(clean)
	}
	switch op {
	case "-f":
		return outcomeOf(f.Kind == firmware.Regular)
	case "-d":
		return outcomeOf(f.Kind == firmware.Directory)
	case "-x":
		return outcomeOf(f.Kind == firmware.Directory || g.executable(f))
	case "-s":
		if f.Size > 0 {
			return works
		}
		return g.notThere(clean)
	case "-e", "-r":
		return works
	case "-b", "-c", "-p", "-S":
		return outcomeOf(f.Kind != firmware.Regular && f.Kind != firmware.Directory)
	}
	return unsure
}

// config reads /etc/config/<name>, once.
func (g *boot) config(name string) (uciPackage, bool) {
	if p, ok := g.packages[name]; ok || g.missing[name] {
		return p, ok
	}
	t, ok := g.texts.Get(g.root, "etc/config/"+name)
	if !ok {
		g.missing[name] = true
		return nil, false
	}
	g.packages[name] = parseUCI(t)
	return g.packages[name], true
}
