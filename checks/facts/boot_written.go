package facts

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/assay-iot/assay/firmware"
)

// Limits of the files that the boot writes and that are kept.
const (
	maxWrittenFiles = 512
	maxWrittenBytes = 1 << 20 // of all of them
)

// writtenPart is what one command puts into a file.
type writtenPart struct {
	text   Text
	unsure bool // the command may not run
}

// writtenFile is a file that the boot makes or changes.
type writtenFile struct {
	parts   []writtenPart
	fresh   bool // what the image holds under that name is gone
	unknown bool // a command wrote something that the image does not tell
}

// shellOutput is a file into which a list of commands writes.
type shellOutput struct {
	name    string
	emptied bool
}

// outputAround gives the file into which a list of commands, or an exec without
// a program, writes.
func (r *shellRun) outputAround(s *syntax.Stmt) *shellOutput {
	if len(s.Redirs) == 0 || !r.world.decides() {
		return nil
	}
	if call, simple := s.Cmd.(*syntax.CallExpr); simple && !(len(call.Args) == 1 && call.Args[0].Lit() == "exec") || s.Cmd == nil {
		return nil
	}
	for _, d := range s.Redirs {
		if (d.Op == syntax.RdrOut || d.Op == syntax.AppOut) && (d.N == nil || d.N.Value == "1") && d.Word != nil {
			return &shellOutput{r.abs(r.word(d.Word).text), d.Op == syntax.AppOut}
		}
	}
	return nil
}

// record keeps what a command writes into files.
func (g *boot) record(r *shellRun, c *Command, words []string) {
	if len(words) == 0 {
		words = []string{""}
	}
	name, args := path.Base(words[0]), words[1:]
	switch name {
	case "cp", "mv", "install", "ln":
		g.recordCopy(r, c, args)
		return
	case "sed":
		if hasFlag(args, "-i", "--in-place") {
			t, known := g.sedInPlace(r, args)
			g.writes(abs(r, lastOf(args)), known, writtenPart{t, c.Conditional}, known)
		}
		return
	case "crontab":
		if t, ok := g.copied(r, c, lastOf(args)); ok {
			g.writes("/var/spool/cron/crontabs/root", false, writtenPart{t, c.Conditional}, true)
		}
		return
	case "tee":
		from, ok := g.before(&launch{cmd: c})
		text, known := "", false
		if ok {
			text, known = g.prints(r, &from)
		}
		for _, a := range skipFlags(append([]string{""}, args...)[1:]) {
			if !strings.HasPrefix(a, "-") {
				g.writes(abs(r, a), !hasFlag(args, "-a"), writtenPart{g.writtenText(c, text), c.Conditional}, known)
			}
		}
		return
	}
	to, fresh := g.target(r, c)
	if to == "" {
		return
	}
	text, known := g.prints(r, c)
	g.writes(to, fresh, writtenPart{g.writtenText(c, text), c.Conditional}, known)
}

func abs(r *shellRun, name string) string {
	if r == nil {
		return name
	}
	return r.abs(name)
}

func cleanName(name string) string { return strings.TrimPrefix(path.Clean("/"+name), "/") }

// target finds the file into which a command writes, and whether it starts anew.
func (g *boot) target(r *shellRun, c *Command) (name string, fresh bool) {
	for _, d := range c.Redirects {
		switch d.Op {
		case ">", ">|", "1>", "&>":
			return abs(r, d.Word), true
		case ">>", "1>>", "&>>":
			return abs(r, d.Word), false
		}
	}
	if r == nil || r.stdout == nil || c.Pipeline != 0 {
		return "", false
	}
	fresh = !r.stdout.emptied
	r.stdout.emptied = true
	return r.stdout.name, fresh
}

// prints gives what a command prints, where the image tells; parts that only the
// running device knows stay as their source.
func (g *boot) prints(r *shellRun, c *Command) (string, bool) {
	name, args := c.Effective()
	switch path.Base(name) {
	case "", ":", "true":
		return "", true
	case "echo":
		return echoed(args), true
	case "printf":
		return printed(args), len(args) > 0
	case "cat":
		for _, d := range c.Redirects {
			if strings.HasPrefix(d.Op, "<<") {
				return d.Text, true
			}
		}
		var all strings.Builder
		for _, a := range args {
			t, ok := g.current(abs(r, a))
			if !ok || all.Len() > MaxScript {
				return "", false
			}
			all.WriteString(t.Content)
		}
		return all.String(), len(args) > 0
	case "ls":
		if len(args) == 1 && g.isFile(args[0]) {
			return args[0], true
		}
		if r != nil {
			v, known := r.output(valuesOf(append([]string{"ls"}, args...)))
			return v.text, known
		}
	case "sed":
		if r != nil && !hasFlag(args, "-i") {
			return r.sedPrints(args)
		}
	case "find":
		if !hasFlag(args, "-exec", "-delete", "-printf") {
			names, known := g.findsFiles(r, args)
			return strings.Join(names, "\n"), known
		}
	}
	return "", false
}

// writtenText is a text whose lines all stand at the command that writes it.
func (g *boot) writtenText(c *Command, text string) Text {
	return Text{Content: text, place: &c.Location}
}

// recordCopy follows a file that the image holds to its new name.
func (g *boot) recordCopy(r *shellRun, c *Command, args []string) {
	var names []string
	for _, a := range args {
		if !strings.HasPrefix(a, "-") {
			names = append(names, a)
		}
	}
	if len(names) != 2 || Unresolved(names[0]) || Unresolved(names[1]) {
		return
	}
	t, known := g.copied(r, c, names[0])
	to := abs(r, names[1])
	if f, isThere := g.root.Lookup(cleanName(to)); isThere && f.Kind == firmware.Directory || strings.HasSuffix(names[1], "/") {
		to = path.Join(to, path.Base(names[0]))
	}
	g.writes(to, true, writtenPart{t, c.Conditional}, known)
}

// copied gives the text of a file, or of what the command before prints for "-".
func (g *boot) copied(r *shellRun, c *Command, name string) (Text, bool) {
	if name == "-" {
		if from, ok := g.before(&launch{cmd: c}); ok {
			text, known := g.prints(r, &from)
			return g.writtenText(c, text), known
		}
		return Text{}, false
	}
	return g.current(abs(r, name))
}

// writes adds to a file of the boot.
func (g *boot) writes(name string, fresh bool, p writtenPart, known bool) {
	clean := cleanName(name)
	if name == "" || name[0] != '/' || Unresolved(name) || strings.HasPrefix(clean, "dev/") || strings.HasPrefix(clean, "proc/") || strings.HasPrefix(clean, "sys/") {
		return
	}
	f := g.written[clean]
	if f == nil {
		if len(g.written) >= maxWrittenFiles || !known && !g.isFile(clean) {
			return // a file that comes from elsewhere is noted by bring
		}
		f = &writtenFile{}
		g.written[clean] = f
	}
	if fresh && !p.unsure {
		*f = writtenFile{fresh: true}
	}
	if !known || g.writtenBytes+len(p.text.Content) > maxWrittenBytes {
		f.unknown = true
		return
	}
	g.writtenBytes += len(p.text.Content)
	if p.text.File == nil {
		p.text.File = &firmware.File{Name: clean, Path: g.root.Path + "!" + clean, Container: g.root, Kind: firmware.Regular}
	}
	if len(f.parts) >= maxInetd {
		f.unknown = true
	} else if p.text.Content != "" {
		f.parts = append(f.parts, p)
	}
}

// partsOf gives what a file holds once the boot has written it, command by
// command, and whether that is all of it.
func (g *boot) partsOf(name string) (parts []writtenPart, known bool) {
	clean := cleanName(name)
	w := g.written[clean]
	if t, ok := g.texts.Get(g.root, clean); ok && (w == nil || !w.fresh) {
		parts = append(parts, writtenPart{text: t})
	}
	if w == nil {
		return parts, len(parts) > 0 || !g.isBrought(clean)
	}
	return append(parts, w.parts...), !w.unknown
}

// current gives the whole text of a file as the boot leaves it; what may not be
// written is in it.
func (g *boot) current(name string) (Text, bool) {
	if Unresolved(name) {
		return Text{}, false
	}
	parts, known := g.partsOf(name)
	if len(parts) == 0 || !known {
		return Text{}, false
	}
	if len(parts) == 1 {
		return parts[0].text, true
	}
	t := parts[len(parts)-1].text
	if t.place == nil {
		at := At(t.File)
		t.place = &at
	}
	var all strings.Builder
	for _, p := range parts {
		if all.Len()+len(p.text.Content) > MaxScript {
			break
		}
		all.WriteString(p.text.Content)
	}
	t.Content = all.String()
	return t, true
}

// writtenScript gives a script that the boot itself made.
func (g *boot) writtenScript(name string) (t Text, sure, ok bool) {
	w := g.written[cleanName(name)]
	if w == nil || len(w.parts) == 0 || !strings.HasPrefix(name, "/") {
		return Text{}, false, false
	}
	t, ok = g.current(name)
	return t, !slices.ContainsFunc(w.parts, func(p writtenPart) bool { return p.unsure }), ok
}

// filesIn lists the files of a folder, those that the boot writes into it among
// them, by name.
func (g *boot) filesIn(dir string) []string {
	dir = strings.Trim(dir, "/")
	var names []string
	for _, f := range g.children(dir) {
		names = append(names, dir+"/"+path.Base(f.Name))
	}
	for name := range g.written {
		if path.Dir(name) == dir && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
