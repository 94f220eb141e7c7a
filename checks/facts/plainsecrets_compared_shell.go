package facts

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// shellCompared finds passwords with which a shell script compares what was typed: by a
// test, in a case, and by handing both to grep or awk.
func shellCompared(set *TextSet, t Text) []PlainSecret {
	if !holdsAny(t.Content, []string{"pass", "PASS", "Pass", "pw", "PW"}) || !holdsAny(t.Content, []string{"=", "case", "grep"}) {
		return nil
	}
	c := shellComparisons{text: t}
	stmts, _ := set.scripts.parse(t.File.Name, t.Content)
	for _, s := range stmts {
		syntax.Walk(s, c.visit)
	}
	slices.SortStableFunc(c.found, func(a, b PlainSecret) int { return a.Location.Compare(b.Location) })
	return number(t, c.found)
}

type shellComparisons struct {
	text  Text
	found []PlainSecret
}

// add notes that what a word holds is compared with a value, if the word is nothing but a
// variable that is named for a password, or one behind letters that the value has too
// ("x$PASS" and "xSecret").
func (c *shellComparisons) add(w *syntax.Word, value string) {
	w, value = behindUser(w, value)
	before, name := variableOf(w)
	if value, ok := strings.CutPrefix(value, before); ok && name != "" && len(value) <= 64 && len(c.found) < maxSecrets {
		for _, s := range appendCompared(nil, name, value) {
			s.Location = c.text.At(lineAt(c.text, min(int(w.Pos().Offset()), len(c.text.Content))))
			c.found = append(c.found, s)
		}
	}
}

func (c *shellComparisons) visit(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.CaseClause:
		c.inCase(n)
	case *syntax.CallExpr:
		c.inCall(n)
	case *syntax.BinaryTest:
		x, ok1 := n.X.(*syntax.Word)
		y, ok2 := n.Y.(*syntax.Word)
		if ok1 && ok2 {
			c.both(x, y)
		}
	case *syntax.BinaryCmd:
		if n.Op == syntax.Pipe {
			c.inPipe(n)
		}
	case *syntax.Stmt:
		for _, d := range n.Redirs {
			if d.Op == syntax.WordHdoc {
				c.grep(d.Word, n)
			}
		}
	}
	return true
}

// both notes two words of which one may be compared with the other.
func (c *shellComparisons) both(x, y *syntax.Word) {
	for _, pair := range [][2]*syntax.Word{{x, y}, {y, x}} {
		if value, ok := literalOf(pair[1]); ok {
			c.add(pair[0], value)
		}
	}
}

// inCase reads the patterns of a case. Several passwords that everybody knows are those
// that the script refuses.
func (c *shellComparisons) inCase(n *syntax.CaseClause) {
	for _, item := range n.Items {
		for _, p := range item.Patterns {
			if value, ok := literalOf(p); ok && !strings.ContainsAny(value, "*?[") && (len(item.Patterns) == 1 || !isListed(value)) {
				c.add(n.Word, value)
			}
		}
	}
}

func (c *shellComparisons) inCall(n *syntax.CallExpr) {
	if len(n.Args) == 0 {
		return
	}
	switch name, args := n.Args[0].Lit(), n.Args[1:]; path.Base(name) {
	case "[", "test":
		for i := range args[:max(len(args)-2, 0)] {
			if op := args[i+1].Lit(); op == "=" || op == "==" || op == "!=" {
				c.both(args[i], args[i+2])
			}
		}
	case "awk", "gawk", "mawk":
		c.inAwk(args)
	}
}

// inAwk reads a program that compares a variable of -v NAME="$PASS".
func (c *shellComparisons) inAwk(args []*syntax.Word) {
	words := map[string]*syntax.Word{}
	for i, w := range args {
		if i == 0 || args[i-1].Lit() != "-v" || len(w.Parts) < 2 {
			continue
		}
		if lit, ok := w.Parts[0].(*syntax.Lit); ok && strings.HasSuffix(lit.Value, "=") {
			words[strings.TrimSuffix(lit.Value, "=")] = &syntax.Word{Parts: w.Parts[1:]}
		}
	}
	for _, w := range args {
		program, ok := literalOf(w)
		if !ok || len(words) == 0 {
			continue
		}
		for _, p := range []*pattern{comparedBehind, comparedBefore} {
			for _, m := range p.Get().FindAllStringSubmatch(program, 16) {
				for _, pair := range [][2]string{{m[1], m[2]}, {m[2], m[1]}} {
					if given := words[pair[0]]; given != nil {
						c.add(given, pair[1])
					}
				}
			}
		}
	}
}

// inPipe reads "echo $PASS | grep -q x".
func (c *shellComparisons) inPipe(n *syntax.BinaryCmd) {
	call, ok := n.X.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) < 2 || call.Args[0].Lit() != "echo" && call.Args[0].Lit() != "printf" {
		return
	}
	in := call.Args[len(call.Args)-1]
	c.grep(in, n.Y)
	c.awk(in, n.Y)
}

// awk notes a text with which a program of awk compares the whole line that it is given.
func (c *shellComparisons) awk(in *syntax.Word, s *syntax.Stmt) {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) < 2 || !slices.Contains([]string{"awk", "gawk", "mawk"}, path.Base(call.Args[0].Lit())) {
		return
	}
	for _, w := range call.Args[1:] {
		program, _ := literalOf(w)
		for _, m := range comparedLine.Get().FindAllStringSubmatch(program, 16) {
			c.add(in, m[1])
		}
	}
}

// comparedLine compares a line, or its first word, with a text in awk (POSIX, awk, expressions).
var comparedLine = lazy(`\$[01]\s*[!=]=\s*"([^"\\\s]{6,64})"`)

// behindUser splits "$user:$pass" and "admin:x" at the colon, if both have one.
func behindUser(w *syntax.Word, value string) (*syntax.Word, string) {
	parts := w.Parts
	if len(parts) == 1 {
		if q, ok := parts[0].(*syntax.DblQuoted); ok {
			parts = q.Parts
		}
	}
	_, password, found := strings.Cut(value, ":")
	if len(parts) != 3 || !found {
		return w, value
	}
	user, isUser := parts[0].(*syntax.ParamExp)
	colon, isColon := parts[1].(*syntax.Lit)
	if !isUser || !isPlain(user) || !isColon || colon.Value != ":" {
		return w, value
	}
	return &syntax.Word{Parts: parts[2:]}, password
}

// grep notes the whole text for which a call of grep looks in a word.
func (c *shellComparisons) grep(in *syntax.Word, s *syntax.Stmt) {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) < 2 || in == nil || !slices.Contains([]string{"grep", "egrep", "fgrep"}, path.Base(call.Args[0].Lit())) {
		return
	}
	for _, w := range call.Args[1:] {
		value, ok := literalOf(w)
		if strings.HasPrefix(value, "-") {
			continue
		}
		if value = strings.TrimSuffix(strings.TrimPrefix(value, "^"), "$"); ok && !strings.ContainsAny(value, `[]*\.?+|(){}^$`) {
			c.add(in, value)
		}
		return
	}
}

// variableOf gives the name of the variable that is all of a word, or all that follows
// letters.
func variableOf(w *syntax.Word) (before, name string) {
	parts := w.Parts
	if len(parts) == 1 {
		if q, ok := parts[0].(*syntax.DblQuoted); ok {
			parts = q.Parts
		}
	}
	if len(parts) == 2 {
		lit, ok := parts[0].(*syntax.Lit)
		if !ok {
			return "", ""
		}
		before, parts = lit.Value, parts[1:]
	}
	if len(parts) != 1 {
		return "", ""
	}
	if q, ok := parts[0].(*syntax.DblQuoted); ok && len(q.Parts) == 1 {
		parts = q.Parts
	}
	if p, ok := parts[0].(*syntax.ParamExp); ok && isPlain(p) {
		return before, p.Param.Value
	}
	return "", ""
}

// literalOf gives the text of a word that holds nothing else.
func literalOf(w *syntax.Word) (string, bool) {
	var b strings.Builder
	for _, p := range w.Parts {
		switch p := p.(type) {
		case *syntax.Lit:
			b.WriteString(unescape(p.Value))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			for _, q := range p.Parts {
				lit, ok := q.(*syntax.Lit)
				if !ok {
					return "", false
				}
				b.WriteString(unescapeQuoted(lit.Value))
			}
		default:
			return "", false
		}
	}
	return b.String(), true
}
