package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// installs notes a command that writes software, or runs what was fetched.
func (g *gate) installs(c *Command, name, program string, args []string) {
	in := g.inputs(c)
	if loaded := g.preloads(c); len(loaded) > 0 {
		g.install(c, loaded)
	}
	switch {
	case len(in) == 1 && in[0] == g.name(name), g.file(g.name(name)) != nil && strings.Contains(name, "/"):
		g.install(c, []string{g.name(name)})
	case slices.Contains(shellNames, program) || interpreter(program):
		g.interpreted(c, program, args, in)
	case writesSoftware(c):
		if program == "sysupgrade" && g.view.imagesChecked {
			return
		}
		g.install(c, g.sources(c, program, args, in))
	case installsPackage(program, args):
		g.packages(c, program, args, in)
	case program == "git" && takesFetched(args):
		if dir := g.gitFolder(args); g.files[dir] != nil && g.files[dir].fetched && g.software(dir, true) {
			g.install(c, []string{dir})
		}
	case len(in) > 0 && soundsLikeUpdate(program) && !namedUpdater(program) && !standardTool(program):
		g.strange("what " + program + " checks before it installs is not known")
		g.install(c, in)
	case len(in) > 0:
		tree, copied := slices.Contains(unpackers, program), (program == "cp" || program == "rsync") && copiesTree(args)
		for _, o := range g.outs(c) {
			if g.software(o, tree || copied && strings.Count(o, "/") == 1) { // what is copied deeper may be data

				g.install(c, in)
				return
			}
		}
	}
}

// preloads gives the fetched libraries that a command has the loader put into a program
// (ld.so(8)).
func (g *gate) preloads(c *Command) (loaded []string) {
	for _, a := range c.Assigns {
		if a.Name != "LD_PRELOAD" {
			continue
		}
		for _, word := range strings.FieldsFunc(a.Value, func(r rune) bool { return r == ' ' || r == ':' }) {
			if n := g.name(word); g.file(n) != nil {
				loaded = append(loaded, n)
			}
		}
	}
	return loaded
}

// namedUpdater are programs that an updater of their own name speaks for.
func namedUpdater(program string) bool {
	return slices.Contains([]string{"rauc", "swupdate", "swupdate-client", "mender", "mender-update", "fwupdmgr", "fwupdtool", "ostree", "fwup", "aktualizr", "aktualizr-lite"}, program)
}

func interpreter(program string) bool {
	return strings.HasPrefix(program, "python") || slices.Contains([]string{"perl", "lua", "php", "node", "ruby"}, program)
}

// interpreted is a shell, or another interpreter, that runs what was fetched.
func (g *gate) interpreted(c *Command, program string, args, in []string) {
	for i, a := range args {
		if a == "-c" && i+1 < len(args) {
			if told := g.told(args[i+1]); len(told) > 0 {
				g.install(c, told)
			}
			return
		}
		if fetchedInside(a) {
			g.files[streamed] = &gateFile{fetched: true}
			g.install(c, []string{streamed})
			return
		}
	}
	script := plainWords(args)
	switch {
	case len(script) > 0:
		if n := g.name(script[0]); g.file(n) != nil {
			g.install(c, []string{n})
		}
	case len(in) > 0:
		g.install(c, in)
	}
}

func installsPackage(program string, args []string) bool {
	switch program {
	case "opkg", "pip", "pip3", "npm":
		return containsAny(args, []string{"install", "upgrade"})
	case "apk":
		return containsAny(args, []string{"add"}) && containsAny(args, []string{"--allow-untrusted"})
	case "dpkg", "rpm":
		return overSystem(args)
	case "pm": // of Android
		return len(args) > 0 && args[0] == "install"
	case "cmd":
		return len(args) > 1 && args[0] == "package" && args[1] == "install"
	}
	return false
}

// packages is an installer of packages that is given files: those have no
// signature that it would look at. What it is given by name comes from its feeds.
func (g *gate) packages(c *Command, program string, args, in []string) {
	if program == "pip" || program == "pip3" || program == "npm" {
		if slices.ContainsFunc(args, func(a string) bool { return strings.Contains(a, "://") }) && !slices.Contains(args, "--require-hashes") {
			g.files[streamed] = &gateFile{fetched: true}
			in = append(in, streamed)
		}
	}
	if program == "dpkg" || program == "rpm" || program == "opkg" {
		for _, a := range plainWords(args) {
			ext := path.Ext(a)
			switch {
			case strings.Contains(a, "://"):
				g.files[streamed] = &gateFile{fetched: true}
				g.install(c, []string{streamed})
				return
			case (ext == ".ipk" || ext == ".deb" || ext == ".rpm") && strings.ContainsAny(a, "*?"):
				in = append(in, g.inFolder(path.Dir(g.name(a)))...)
			}
		}
	}
	if len(in) == 0 {
		return
	}
	if program == "pm" || program == "cmd" {
		g.strange("Android asks for the signer of before where an app is there, and takes a new one of anybody")
	}
	g.install(c, in)
}

// sources are the files that a command writes to flash.
func (g *gate) sources(c *Command, program string, args, in []string) []string {
	if len(in) > 0 {
		return in
	}
	var names []string
	for _, n := range g.words(c) {
		word := path.Base(n)
		if n != "/" && (strings.Contains(n, "$") || path.Dir(n) != g.cwd || looksLikeFile(word)) && !isNumber(word) {
			names = append(names, n)
		}
	}
	if c.Pipeline != 0 {
		for _, p := range g.pipe {
			names = append(names, g.words(&p)...)
		}
	}
	return names
}

// The folders of programs, and the ends of names that are data in whatever
// folder.
var (
	softwareFolders = []string{"/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/", "/usr/libexec/", "/boot/", "/lib/modules/", "/etc/init.d/", "/etc/rc.d/", "/usr/lib/cgi-bin/", "/www/cgi-bin/"}
	dataEnds        = []string{".json", ".conf", ".cfg", ".txt", ".xml", ".csv", ".dat", ".db", ".pem", ".crt", ".html", ".png", ".jpg", ".log", ".list", ".ini", ".yaml", ".yml", ".mp3", ".wav", ".zone", ".md5", ".sig", ".sha256", ".version"}
)

// software reports whether a path is where the device runs programs from: the
// flash, a folder of programs, a program of the image, or, for what is unpacked
// as a tree, a folder of the system.
func (g *gate) software(name string, tree bool) bool {
	if isFlash(name) {
		return true
	}
	if tree && systemFolder(name) {
		return true
	}
	if slices.Contains(dataEnds, path.Ext(name)) {
		return false
	}
	if slices.ContainsFunc(softwareFolders, func(d string) bool { return strings.HasPrefix(name, d) || name+"/" == d }) || strings.Contains(path.Base(name), ".so") && strings.Contains(name, "/lib") {
		return true
	}
	f, ok := g.view.root.Lookup(strings.TrimPrefix(name, "/"))
	return ok && f.Kind == firmware.Regular && f.Mode.Perm()&0o111 != 0
}

// install notes that files become software of the device.
func (g *gate) install(c *Command, sources []string) {
	at := c.Location
	hole := opening{at: at, sources: sources, failed: g.failed, strange: slices.Clone(g.oddities)}
	open, fetched := false, false
	for _, f := range g.files {
		fetched = fetched || f.fetched && !f.plugged && len(f.of) == 0
	}
	known, own := 0, 0
	for _, n := range sources {
		f := g.file(n)
		if f != nil {
			known++
			open = open || !g.good(f, 0)
			if p := g.checker[n]; p != "" {
				if p == "rm" {
					hole.strange = append(hole.strange, "the file is removed, and written nevertheless")
					continue
				}
				hole.strange = append(hole.strange, "what "+p+" makes of the file is not known")
			}
			continue
		}
		if file, ok := g.view.root.Lookup(strings.TrimPrefix(n, "/")); ok && file.Kind == firmware.Regular {
			known, own = known+1, own+1 // it is part of the image
		} else if known == 0 && !open {
			open, hole.handed = true, !fetched && !g.mounted
		}
	}
	if len(sources) == 0 {
		open, hole.handed = true, !fetched && !g.mounted
	}
	if hole.handed && len(sources) > 0 && known == len(sources) {
		open = false
	}
	if own == len(sources) && own > 0 || known == len(sources) && known > 0 && !fetched && !open && !g.found.verifies {
		return // the image's own files
	}
	g.found.installs = append(g.found.installs, at)
	if !open {
		return
	}
	for _, d := range g.doubts {
		hole.doubts = append(hole.doubts, d.text)
		hole.answers, hole.of = append(hole.answers, d.answer), append(hole.of, d.of)
	}
	g.found.holes = append(g.found.holes, hole)
	g.ended = g.ended || len(g.doubts) == 0 && len(hole.strange) == 0 && !hole.handed && g.failed
}

// source takes in a file; one that was fetched is software.
func (g *gate) source(r *shellRun, a []shellValue) (outcome, flow) {
	if len(a) > 0 {
		if n := g.name(a[0].text); g.file(n) != nil {
			g.install(g.here(r), []string{n})
			return unsure, goesOn
		}
		if n := g.onMedium(a[0].text, "", nil); n != "" {
			g.runMedium(g.here(r), n)
			return unsure, goesOn
		}
	}
	return r.source(a, r.callAt)
}

func (g *gate) eval(r *shellRun, a []shellValue) (outcome, flow) {
	for _, v := range a {
		if told := g.told(v.text); slices.Contains(told, streamed) {
			g.install(g.here(r), told)
			return unsure, goesOn
		}
	}
	return shellEval(r, a)
}

// here is the place of the shell's own command that runs now.
func (g *gate) here(r *shellRun) *Command {
	return &Command{Name: "eval", Location: r.at(r.callAt.Pos(), r.callAt.End())}
}
