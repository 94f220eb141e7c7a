package facts

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// What a page in shell does with what its visitor wrote: where it becomes a command the
// visitor runs what they like.

// given says how surely something is what the visitor wrote.
type given int

// A value may be none of the visitor's, or made harmless; one that was looked at first, or
// went through a program that is not known; or as they wrote it.
const (
	notGiven given = iota
	maybeGiven
	asGiven
)

// maxPageSources bounds the files that a page takes in, one inside another.
const maxPageSources = 4

// pageShell reads one page.
type pageShell struct {
	g       *boot
	text    string
	given   map[string]given
	checked map[string]bool
	fed     map[syntax.Node]bool // reads from elsewhere than the visitor
	depth   int
	files   map[string]given // files that it writes
	broker  bool             // it is no page, and asks a broker
	worst   given
	at      uint // the line of it
}

// shellGiven says whether a page runs what its visitor wrote, and in which line; or a
// script what a broker tells it.
func (g *boot) shellGiven(t Text, broker bool) (given, uint) {
	p := pageShell{g: g, broker: broker, files: map[string]given{}, text: t.Content, given: map[string]given{}, checked: map[string]bool{}, fed: map[syntax.Node]bool{}}
	p.read(t)
	return p.worst, p.at
}

func (p *pageShell) read(t Text) {
	stmts, _ := p.g.texts.scripts.parse(t.File.Name, t.Content)
	for _, s := range stmts {
		syntax.Walk(s, p.node)
	}
}

func (p *pageShell) node(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.Stmt:
		for _, r := range n.Redirs {
			if n.Cmd != nil && (r.Op == syntax.RdrIn || r.Op == syntax.Hdoc || r.Op == syntax.DashHdoc || r.Op == syntax.WordHdoc) {
				p.feed(n.Cmd)
			}
			if r.Op == syntax.RdrOut || r.Op == syntax.AppOut {
				p.writes(r.Word, p.printed(n))
			}
		}
	case *syntax.BinaryCmd:
		if n.Op == syntax.Pipe || n.Op == syntax.PipeAll {
			if readsCommands(n.Y) {
				p.runs(p.printed(n.X), n.Pos().Line())
			}
			p.feed(n.Y)
			if p.asks(n.X) {
				p.listen(n.Y)
			}
		}
	case *syntax.CaseClause:
		p.check(n.Word)
	case *syntax.Assign:
		if n.Name != nil && n.Value != nil {
			p.given[n.Name.Value] = p.word(n.Value)
			delete(p.checked, n.Name.Value)
		}
	case *syntax.CallExpr:
		p.call(n)
	}
	return true
}

// feed notes that what stands in a command reads from elsewhere.
func (p *pageShell) feed(n syntax.Node) {
	syntax.Walk(n, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.CallExpr); ok {
			p.fed[c] = true
		}
		return true
	})
}

func (p *pageShell) runs(how given, line uint) {
	if how > p.worst {
		p.worst, p.at = how, line
	}
}

func (p *pageShell) call(c *syntax.CallExpr) {
	if len(c.Args) == 0 {
		return
	}
	name := path.Base(c.Args[0].Lit())
	args, line := c.Args[1:], c.Pos().Line()
	switch {
	case p.files[p.source(c.Args[0])] != notGiven:
		p.runs(p.files[p.source(c.Args[0])], line)
	case c.Args[0].Lit() == "":
		if _, plain := c.Args[0].Parts[0].(*syntax.ParamExp); plain {
			p.runs(p.word(c.Args[0]), line)
		}
	case name == "eval":
		for _, a := range args {
			p.runs(p.word(a), line)
		}
	case slices.Contains(shellNames, name):
		for i, a := range args {
			if strings.HasPrefix(a.Lit(), "-") && strings.HasSuffix(a.Lit(), "c") && i+1 < len(args) {
				p.runs(p.word(args[i+1]), line)
			}
			p.runs(p.files[p.source(a)], line)
		}
	case name == "dd" || name == "tee":
		for _, a := range args {
			if file, ok := strings.CutPrefix(p.source(a), "of="); (ok || name == "tee") && !p.fed[c] && !strings.Contains(p.source(c), " if=") {
				p.note(file, p.body())
			}
		}
	case name == "read" && !p.fed[c]:
		for _, a := range args {
			if v := a.Lit(); v != "" && !strings.HasPrefix(v, "-") {
				p.given[v] = p.body()
			}
		}
	case (name == "[" || name == "test") && slices.ContainsFunc(args, func(a *syntax.Word) bool { return a.Lit() == "=" || a.Lit() == "==" || a.Lit() == "!=" }):
		for _, a := range args {
			p.check(a)
		}
	case (name == "." || name == "source") && len(args) > 0 && p.files[p.source(args[0])] != notGiven:
		p.runs(p.files[p.source(args[0])], line)
	case (name == "." || name == "source") && len(args) > 0 && p.depth < maxPageSources:
		if t, ok := p.g.texts.Get(p.g.root, cleanName(args[0].Lit())); ok {
			p.depth++
			p.read(t)
			p.depth--
		}
	}
}

// body says how surely the input is the body of a request: a page that speaks of one
// reads it.
func (p *pageShell) body() given {
	if p.broker {
		return notGiven
	}
	if strings.Contains(p.text, "CONTENT_LENGTH") || strings.Contains(p.text, "REQUEST_METHOD") {
		return asGiven
	}
	return maybeGiven
}

// haserlInput are the variables in which haserl hands over what a visitor wrote.
var haserlInput = lazy(`^(?:FORM|POST|GET|COOKIE)_\w+$`)

// writes notes what a page writes to a file, by the name that stands there.
func (p *pageShell) writes(file *syntax.Word, how given) {
	if file != nil {
		p.note(p.source(file), how)
	}
}

func (p *pageShell) note(file string, how given) {
	if how > p.files[file] && !strings.HasPrefix(strings.Trim(file, `"`), "/dev/") && len(p.files) < maxGiven {
		p.files[file] = how
	}
}

// asks reports whether commands ask a broker for messages.
func (p *pageShell) asks(n syntax.Node) (found bool) {
	if p.broker {
		syntax.Walk(n, func(n syntax.Node) bool {
			c, ok := n.(*syntax.CallExpr)
			found = found || ok && len(c.Args) > 0 && path.Base(c.Args[0].Lit()) == subscriber
			return true
		})
	}
	return found
}

// listen notes that messages come in as the input of a command.
func (p *pageShell) listen(s *syntax.Stmt) {
	if readsCommands(s) {
		p.runs(asGiven, s.Pos().Line())
	}
	syntax.Walk(s, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.CallExpr); ok && len(c.Args) > 1 && c.Args[0].Lit() == "read" {
			for _, a := range c.Args[1:] {
				if v := a.Lit(); v != "" && v[0] != '-' {
					p.given[v] = asGiven
				}
			}
		}
		return true
	})
}

// check notes that a page looks at a variable before it goes on.
func (p *pageShell) check(w *syntax.Word) {
	syntax.Walk(w, func(n syntax.Node) bool {
		if v, ok := n.(*syntax.ParamExp); ok {
			p.checked[v.Param.Value] = true
		}
		return true
	})
}

// word says how surely a word holds what the visitor wrote.
func (p *pageShell) word(w *syntax.Word) given {
	how := notGiven
	syntax.Walk(w, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ParamExp:
			how = max(how, p.variable(n))
		case *syntax.CmdSubst:
			for _, s := range n.Stmts {
				how = max(how, p.printed(s))
			}
			return false
		case *syntax.ArithmExp:
			return false
		}
		return true
	})
	return how
}

func (p *pageShell) variable(v *syntax.ParamExp) given {
	how, name := p.given[v.Param.Value], v.Param.Value
	if _, set := p.given[name]; !set && (name == "QUERY_STRING" || name == "REQUEST_URI" || name == "PATH_INFO" || strings.HasPrefix(name, "HTTP_") || haserlInput.Get().MatchString(name)) && !p.broker {
		how = asGiven
	}
	switch {
	case v.Length || v.Repl != nil && v.Repl.Orig != nil && strings.Contains(p.source(v.Repl.Orig), "["):
		return notGiven
	case p.checked[name]:
		return min(how, maybeGiven)
	}
	return how
}

func (p *pageShell) source(n syntax.Node) string {
	from, to := int(n.Pos().Offset()), int(n.End().Offset())
	if from > to || to > len(p.text) {
		return "["
	}
	return p.text[from:to]
}

// passers print what they are given, or parts of it, with whatever a shell would run.
var passers = []string{"echo", "printf", "cat", "cut", "sed", "tr", "awk", "gawk", "head", "tail", "httpd", "urldecode", "tee", "dd"}

// printed says how surely what a command prints is what the visitor wrote.
func (p *pageShell) printed(s *syntax.Stmt) given {
	how, clean, known := notGiven, false, true
	syntax.Walk(s, func(n syntax.Node) bool {
		c, ok := n.(*syntax.CallExpr)
		if !ok || len(c.Args) == 0 {
			return true
		}
		name, before := path.Base(c.Args[0].Lit()), how
		for _, a := range c.Args[1:] {
			how = max(how, p.word(a))
		}
		if p.broker && name == subscriber {
			how = asGiven
		}
		if name == "cat" && len(c.Args) == 1 && before == notGiven && !p.fed[c] {
			how = p.body()
		}
		known = known && slices.Contains(passers, name)
		clean = clean || cleans(name, p.source(c))
		return false
	})
	switch {
	case clean:
		return notGiven
	case !known:
		return min(how, maybeGiven)
	}
	return how
}

// cleans reports whether a filter lets through what is listed only.
func cleans(name, call string) bool {
	switch name {
	case "sed", "awk", "gawk":
		return strings.Contains(call, "[") || strings.Contains(call, "gsub")
	case "tr":
		return strings.Contains(call, " -d") || strings.Contains(call, " -c")
	case "grep", "expr", "md5sum", "sha256sum", "wc", "base64", "jq", "shellquote":
		return true
	}
	return false
}

// readsCommands reports whether a command is a shell that is given no script.
func readsCommands(s *syntax.Stmt) bool {
	c, ok := s.Cmd.(*syntax.CallExpr)
	return ok && len(c.Args) > 0 && slices.Contains(shellNames, path.Base(c.Args[0].Lit())) && !slices.ContainsFunc(c.Args[1:], func(a *syntax.Word) bool { return !strings.HasPrefix(a.Lit(), "-") || a.Lit() == "-c" })
}
