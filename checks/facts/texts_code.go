package facts

import (
	"regexp"
	"strings"
)

// What of a program is code: comments and documentation are none, and neither is what a
// string says, unless the program runs text.

// maxHereDocuments bounds the texts of several lines of one program.
const maxHereDocuments = 256

// programCode is the text of a program with blanks where it is no code. Lines and
// offsets stay.
type programCode struct {
	text     string
	strings  [][2]int // what is said in strings, in order; nil if the program runs text
	language string
}

// inString reports whether a place is within what a string says.
func (c programCode) inString(at int) bool {
	for _, s := range c.strings {
		if s[0] <= at && at < s[1] {
			return true
		}
	}
	return false
}

// runsText match where a program runs what a string says as code of its own.
var runsText = map[string]*pattern{
	"Python":     lazy(`(?:^|[^.\w])(?:exec|eval|compile|runpy\.\w+)\s*\(|\bbuiltins\.(?:exec|eval|compile)\b|["']-c["']`),
	"Lua":        lazy(`\b(?:load|loadstring|dostring)\s*[("']`),
	"PHP":        lazy(`\b(?:eval|create_function|assert)\s*\(|["'\s]-r\s`),
	"JavaScript": lazy(`\b(?:eval|Function|vm\.\w+)\s*\(|["']-e["']`),
	"Perl":       lazy(`\beval\s*[("'$q<]|["'\s]-e["'\s]`),
	"Ruby":       lazy(`\b(?:eval|instance_eval|class_eval|module_eval)\b|["'\s]-e["'\s]`),
}

// codeOf tells code from what is none, by the rules of a language.
func codeOf(language, text string) programCode {
	l := codeLexer{language: language, text: text, out: []byte(text)}
	switch language {
	case "Perl", "Ruby":
		l.manuals()
		l.hereDocuments()
	case "PHP":
		l.phpParts()
	case "Python", "Lua", "JavaScript":
		l.lex(0, len(text))
	}
	if p := runsText[language]; p != nil && p.Get().Match(l.out) {
		l.strings = nil
	}
	return programCode{string(l.out), l.strings, language}
}

type codeLexer struct {
	language, text string
	out            []byte
	strings        [][2]int
	last           byte   // the last byte of code that is no blank
	open           [2]int // up to where no string of either quote ends
	divided        int    // up to where no regular expression ends
	templates      int    // in how many templates of JavaScript a place stands
	endless        bool   // one of them has no end
}

func (l *codeLexer) blank(from, to int) {
	for i := from; i < to; i++ {
		if l.out[i] != '\n' {
			l.out[i] = ' '
		}
	}
}

// until gives where a mark stands from a place on, and the end if it does not.
func (l *codeLexer) until(from, to int, mark string) int {
	if i := strings.Index(l.text[from:to], mark); i >= 0 {
		return from + i + len(mark)
	}
	return to
}

// lex reads code of a language of which strings and comments can be told by themselves.
func (l *codeLexer) lex(from, to int) {
	l.last = 0
	for i := from; i < to; {
		next := l.token(i, to)
		if c := l.text[i]; next == i {
			if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
				l.last = c
			}
			next = i + 1
		}
		i = next
	}
}

// token passes a comment or a string that begins at a place; it stays where none does.
func (l *codeLexer) token(i, to int) int {
	rest := l.text[i:to]
	switch c := rest[0]; {
	case c == '#' && (l.language == "Python" || l.language == "PHP" && !strings.HasPrefix(rest, "#[")), l.language != "Python" && l.language != "Lua" && strings.HasPrefix(rest, "//") && l.last != '\\':
		return l.comment(i, l.lineEnd(i, to))
	case l.language != "Python" && l.language != "Lua" && strings.HasPrefix(rest, "/*"):
		return l.comment(i, l.until(i+2, to, "*/"))
	case l.language == "Lua" && strings.HasPrefix(rest, "--"):
		if mark := longBracket(rest[2:]); mark != "" {
			return l.comment(i, l.until(i+2, to, mark))
		}
		return l.comment(i, l.lineEnd(i, to))
	case l.language == "Lua" && c == '[':
		if mark := longBracket(rest); mark != "" {
			return l.said(i, l.until(i, to, mark))
		}
	case l.language == "Python" && (strings.HasPrefix(rest, `"""`) || strings.HasPrefix(rest, "'''")):
		end := l.until(i+3, to, rest[:3])
		if isStatement(l.text[:i]) {
			return l.comment(i, end)
		}
		return l.said(i, end)
	case l.language == "PHP" && strings.HasPrefix(rest, "<<<"):
		return l.phpHereDocument(i, to)
	case l.language == "JavaScript" && c == '/' && strings.IndexByte("(,=:[!&|?{};+-*%~^<>\x00", l.last) >= 0:
		return l.expression(i, to)
	case c == '`' && l.language == "JavaScript":
		return l.template(i, to)
	case c == '"' || c == '\'':
		return l.quoted(i, to)
	}
	return i
}

// maxTemplates is how deep templates of JavaScript may stand in one another.
const maxTemplates = 8

// template passes a template of JavaScript (ECMA-262, 12.9.6), in which what stands in
// "${" and "}" is code. Behind one that has no end, templates are no longer told.
func (l *codeLexer) template(i, to int) int {
	if l.endless || l.templates == maxTemplates {
		return i
	}
	l.templates++
	defer func() { l.templates-- }()
	known, from := len(l.strings), i
	for at := i + 1; at < to; at++ {
		switch c := l.text[at]; {
		case c == '\\':
			at++
		case c == '`':
			return l.said(from, at+1)
		case c == '$' && strings.HasPrefix(l.text[at:to], "${"):
			l.said(from, at)
			l.last = '{'
			at = l.embedded(at+2, to)
			from = at
		}
	}
	l.strings, l.endless = l.strings[:known], true
	return i
}

// embedded passes the code in a template, up to the brace that ends it.
func (l *codeLexer) embedded(i, to int) int {
	for depth := 0; i < to; {
		next := l.token(i, to)
		if next > i {
			i = next
			continue
		}
		switch c := l.text[i]; c {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		}
		if c := l.text[i]; c > ' ' {
			l.last = c
		}
		i++
	}
	return to
}

func (l *codeLexer) lineEnd(i, to int) int {
	end := l.until(i, to, "\n")
	if l.language == "PHP" {
		if tag := l.until(i, end, "?>"); tag < end {
			return tag - 2
		}
	}
	return end
}

func (l *codeLexer) comment(from, to int) int {
	l.blank(from, to)
	return to
}

func (l *codeLexer) said(from, to int) int {
	l.strings = append(l.strings, [2]int{from + 1, to})
	l.last = '"'
	return to
}

// quoted passes a string; one of PHP may have several lines, those of the others end
// with theirs.
func (l *codeLexer) quoted(i, to int) int {
	open := &l.open[l.text[i]&1] // '"' is even, "'" is odd
	if i < *open {
		return i
	}
	at := i + 1
	for ; at < to; at++ {
		switch c := l.text[at]; {
		case c == '\\':
			at++
			continue
		case c == l.text[i]:
			return l.said(i, at+1)
		}
		if l.text[at] == '\n' && l.language != "PHP" {
			break
		}
	}
	*open = at
	return i
}

// expression passes a regular expression.
func (l *codeLexer) expression(i, to int) int {
	if i < l.divided {
		return i
	}
	class := false
	at := i + 1
	for ; at < to && l.text[at] != '\n'; at++ {
		switch c := l.text[at]; {
		case c == '\\':
			at++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			l.last = '/'
			return at + 1
		}
	}
	l.divided = at
	return i
}

// longBracket gives the end of a long bracket of Lua that begins here: "[==[".
func longBracket(s string) string {
	if s == "" || s[0] != '[' {
		return ""
	}
	level := len(s[1:]) - len(strings.TrimLeft(s[1:], "="))
	if !strings.HasPrefix(s[1+level:], "[") {
		return ""
	}
	return "]" + strings.Repeat("=", level) + "]"
}

// phpParts reads what stands between PHP's tags; around them is no code.
func (l *codeLexer) phpParts() {
	for at := 0; at < len(l.text); {
		start := l.until(at, len(l.text), "<?")
		l.blank(at, start)
		end := l.phpEnd(start)
		l.lex(start, end)
		at = end
	}
}

// phpEnd gives where code that begins at a place ends: at a tag that is in no string.
func (l *codeLexer) phpEnd(start int) int {
	probe := codeLexer{language: l.language, text: l.text, out: make([]byte, len(l.text))}
	for i := start; i < len(l.text); {
		if strings.HasPrefix(l.text[i:], "?>") {
			return i
		}
		next := probe.token(i, len(l.text))
		i = max(next, i+1)
	}
	return len(l.text)
}

var hereName = lazy(`^<<<[ \t]*["']?(\w+)["']?\r?\n`)

func (l *codeLexer) phpHereDocument(i, to int) int {
	m := hereName.Get().FindStringSubmatch(l.text[i:to])
	if m == nil {
		return i
	}
	end := regexp.MustCompile(`\n[ \t]*` + m[1] + `\b`).FindStringIndex(l.text[i:to])
	if end == nil {
		return i
	}
	return l.said(i, i+end[1])
}

// manuals blanks lines for people in Perl and Ruby, and what stands behind the end.
func (l *codeLexer) manuals() {
	manual := false
	for at := 0; at < len(l.text); {
		line, _, _ := strings.Cut(l.text[at:], "\n")
		next := min(at+len(line)+1, len(l.text))
		end := strings.TrimSpace(line)
		switch {
		case !manual && (end == "__END__" || l.language == "Perl" && end == "__DATA__"):
			l.blank(at, len(l.text))
			return
		case manual:
			manual = !strings.HasPrefix(line, "=cut") && !strings.HasPrefix(line, "=end") || l.language == "Perl" && strings.HasPrefix(line, "=end")
			l.blank(at, next)
		case len(line) > 1 && line[0] == '=' && (l.language == "Perl" && isLetter(line[1]) || strings.HasPrefix(line, "=begin")):
			manual = true
			l.blank(at, next)
		case strings.HasPrefix(end, "#") && at > 0:
			l.blank(at, next)
		}
		at = next
	}
}

var hereDocument = lazy(`<<[~-]?(?:"(\w+)"|'(\w+)'|([A-Z_]\w*))`)

// hereDocuments finds texts of several lines in Perl and Ruby.
func (l *codeLexer) hereDocuments() {
	past := 0
	for _, m := range hereDocument.Get().FindAllSubmatchIndex(l.out, maxHereDocuments) {
		name := ""
		for g := 2; g < len(m); g += 2 {
			if m[g] >= 0 {
				name = string(l.out[m[g]:m[g+1]])
			}
		}
		start := l.until(m[1], len(l.text), "\n")
		if m[0] < past || strings.ContainsAny(string(l.out[m[1]:start]), "`|") {
			continue
		}
		end := regexp.MustCompile(`(?m)^[ \t]*` + name + `\r?$`).FindStringIndex(l.text[start:])
		if end == nil {
			continue
		}
		past = start + end[1]
		l.strings = append(l.strings, [2]int{start, past})
	}
}
