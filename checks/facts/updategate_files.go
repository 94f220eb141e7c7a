package facts

import (
	"path"
	"slices"
	"strings"
)

// name makes a path of a word, from the folder in which the way is.
func (g *gate) name(word string) string {
	switch {
	case word == "" || strings.HasPrefix(word, "/"):
		return path.Clean("/" + word)
	case strings.HasPrefix(word, "$"):
		return word
	}
	if strings.HasPrefix(g.cwd, "$") {
		return g.cwd + "/" + word
	}
	return path.Join(g.cwd, word)
}

// file finds what is known of a file: of itself, or of the folder that it was
// unpacked into.
func (g *gate) file(name string) *gateFile {
	for n := name; ; n = path.Dir(n) {
		if f := g.files[n]; f != nil {
			return f
		}
		if n == "/" || n == "." || !strings.Contains(n, "/") {
			return nil
		}
	}
}

// bad reports whether somebody else chose what a file holds and no signature
// covers it.
func (g *gate) bad(name string) bool {
	f := g.file(name)
	return f != nil && !g.good(f, 0)
}

func (g *gate) good(f *gateFile, depth int) bool {
	if f.good || depth > 16 {
		return f.good
	}
	return len(f.of) > 0 && !slices.ContainsFunc(f.of, func(n string) bool {
		o := g.file(n)
		return o == nil || o == f || !g.good(o, depth+1)
	})
}

// words are the words of a command that may name a file.
func (g *gate) words(c *Command) []string {
	_, args := c.Effective()
	var names []string
	for _, a := range args {
		a = strings.TrimPrefix(a, "if=")
		if image, ok := strings.CutPrefix(a, avrWrites); ok {
			a = avrFormat.Get().ReplaceAllString(image, "")
		}
		if a != "" && a[0] != '-' && !strings.Contains(a, "://") && !strings.HasPrefix(a, "of=") && !strings.HasPrefix(a, "/dev/") {
			names = append(names, g.name(a))
		}
	}
	for _, r := range c.Redirects {
		if r.Op == "<" {
			names = append(names, g.name(r.Word))
		}
	}
	return names
}

// avrFormat is the format behind the name of an image (avrdude(1)).
var avrFormat = lazy(`:[a-z]$`)

// inputs are the known files that a command reads, also through its pipeline.
func (g *gate) inputs(c *Command) []string {
	outs := g.outs(c)
	var names []string
	g.fromMedium(c)
	for _, n := range g.words(c) {
		if g.file(n) != nil && !slices.Contains(outs, n) {
			names = append(names, n)
		}
	}
	if uploads(g.script.Name, c, c.Pipeline == 0 || len(g.pipe) == 0) {
		names = append(names, g.stream())
	}
	if c.Pipeline != 0 {
		for i, p := range g.pipe {
			if fetches(&p) && len(g.fetchedTo(&p)) == 0 || uploads(g.script.Name, &p, i == 0) {
				names = append(names, g.stream())
			} else {
				names = append(names, g.onlyKnown(g.words(&p))...)
			}
		}
	}
	_, args := c.Effective()
	for _, a := range args {
		names = append(names, g.told(a)...)
	}
	return names
}

// streamed stands for what comes straight out of a program that fetches, or from the
// visitor of a page.
const streamed = "/dev/stdin"

func (g *gate) stream() string {
	g.files[streamed] = &gateFile{fetched: true}
	g.found.fetched[streamed] = true
	return streamed
}

func (g *gate) onlyKnown(names []string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return g.file(n) == nil })
}

// outs are the files that a command writes.
func (g *gate) outs(c *Command) []string {
	name, args := c.Effective()
	var names []string
	add := func(n string) { names = append(names, g.name(n)) }
	for _, r := range c.Redirects {
		if r.Op == ">" || r.Op == ">>" || r.Op == "1>" || r.Op == "&>" || r.Op == ">|" {
			add(r.Word)
		}
	}
	plain := func() []string {
		return slices.DeleteFunc(slices.Clone(args), func(a string) bool { return strings.HasPrefix(a, "-") })
	}
	switch path.Base(name) {
	case "dd":
		for _, a := range args {
			if strings.HasPrefix(a, "of=") {
				add(a[3:])
			}
		}
	case "cp", "mv", "install", "ln":
		if p := plain(); len(p) > 1 {
			to, from := p[len(p)-1], p[:len(p)-1]
			into := strings.HasSuffix(to, "/") || g.folder(to)
			if !into || copiesTree(args) || slices.ContainsFunc(from, func(n string) bool { return strings.ContainsAny(n, "*?[$") }) {
				add(to)
			}
			for _, n := range from {
				if into {
					add(strings.TrimSuffix(to, "/") + "/" + path.Base(n))
				}
			}
		}
	case "tee":
		for _, a := range plain() {
			add(a)
		}
	case "tar", "unzip", "bsdtar", "cpio", "7z", "unsquashfs":
		to := flagValues(args, "-C", "-d", "--directory", "-D")
		if members := tarMembers(path.Base(name), args); len(members) > 0 {
			dir := firstOf(to, g.cwd)
			for _, m := range members {
				add(path.Join(dir, m))
			}
			break
		}
		for _, d := range to {
			add(d)
		}
		if len(to) == 0 && (path.Base(name) != "unzip" || !onlyData(plain())) {
			add(g.cwd)
		}
	case "gunzip", "gzip", "unxz", "xz", "bunzip2", "bzip2", "unzstd", "unlzma":
		for _, a := range plain() {
			if path.Ext(a) != "" && !c.Has("-c", "--stdout") {
				add(strings.TrimSuffix(a, path.Ext(a)))
			}
		}
	default:
		for _, o := range flagValues(args, "-o", "-O", "-out", "--output", "--out") {
			add(o)
		}
	}
	return names
}

// tarMembers are the files that tar is told to unpack, if it is told (tar(1)).
func tarMembers(program string, args []string) (members []string) {
	if program != "tar" && program != "bsdtar" {
		return nil
	}
	takes := 0 // words that belong to an option before them
	for i, a := range args {
		switch bundle := strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--"); {
		case takes > 0:
			takes--
		case slices.Contains([]string{"-T", "--files-from"}, a):
			return nil // a file names them
		case bundle || i == 0:
			if strings.HasSuffix(a, "f") || slices.Contains([]string{"-C", "-X", "-b"}, a) {
				takes = 1
			}
			if i == 0 && !bundle && strings.Contains(a, "f") {
				takes = 1
			}
		case slices.Contains([]string{"--directory", "--file", "--exclude", "--exclude-from", "--strip-components"}, a):
			takes = 1
		case !strings.HasPrefix(a, "-"):
			members = append(members, a)
		}
	}
	return members
}

// onlyData reports whether unzip is told which members to unpack, and all are data.
func onlyData(words []string) bool {
	return len(words) > 1 && !slices.ContainsFunc(words[1:], func(w string) bool { return !slices.Contains(dataEnds, path.Ext(w)) })
}

func (g *gate) folder(name string) bool {
	return g.cwd == name || slices.Contains([]string{"/tmp", "/var/tmp", "/run", "/var/run", "/dev/shm"}, name) || g.view.root != nil && func() bool {
		f, ok := g.view.root.Lookup(strings.TrimPrefix(g.name(name), "/"))
		return ok && f.Kind.String() == "directory"
	}()
}

// derive notes what files a command makes of others.
func (g *gate) derive(c *Command, program string) {
	in := g.inputs(c)
	outs := g.outs(c)
	if len(in) > 0 && len(outs) == 0 && !standardTool(program) {
		for _, n := range g.words(c) { // "decrypt IN OUT"
			if g.file(n) == nil {
				outs = append(outs, n)
			}
		}
	}
	for _, o := range outs {
		switch {
		case len(in) > 0 && slices.Contains(in, o):
		case len(in) > 0:
			g.files[o] = &gateFile{fetched: true, of: in}
			if !standardTool(program) && program != "openssl" {
				g.checker[o] = program
			}
		case g.files[o] != nil:
			delete(g.files, o)
		}
	}
	if program == "chmod" {
		for _, n := range in {
			g.files[n].mark()
		}
	}
}

func (f *gateFile) mark() {
	if f != nil {
		f.script = true
	}
}

func (g *gate) inFolder(dir string) []string {
	var names []string
	for _, n := range sortedKeys(g.files) {
		if path.Dir(n) == dir {
			names = append(names, n)
		}
	}
	return names
}
