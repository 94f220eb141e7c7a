package facts

import "strings"

// maxCallWords bounds the words of a command in another language.
const maxCallWords = 64

// callReader reads the arguments of a call in another language as far as they are
// literals; unknownPart stands in the place of everything else.
type callReader struct {
	language string
	rest     string
}

// readCall gives the command that a call starts: one word is a line for the shell,
// several are a program and its arguments. Without any it is no call.
func readCall(language, opening, text string) []string {
	c := callReader{language: language, rest: text}
	if strings.HasSuffix(opening, "`") {
		return []string{c.quoted('`', true)}
	}
	if words := c.wordList(); words != nil {
		return words
	}
	first := c.peek()
	switch {
	case first == 0 || first == ')':
		return nil
	case first == '[' || strings.HasPrefix(c.rest, "array("):
		return c.list(nil)
	case !strings.HasSuffix(strings.TrimSpace(opening), "(") && !c.atString() && first != '$' && first != '@':
		return nil // a word of a text
	}
	words := []string{c.expression()}
	if words[0] == "" {
		return nil
	}
	for c.peek() == ',' && len(words) < maxCallWords {
		c.rest = c.rest[1:]
		if c.peek() == '[' && (c.language == "JavaScript" || strings.Contains(opening, "pcntl_exec")) {
			return c.list(words)
		}
		if c.peek() == '[' && c.language == "Python" && strings.Contains(opening, ".exec") {
			words = c.list(words)
			if words = append(words[:1], words[min(2, len(words)):]...); len(words) == 1 { // the name by which the program knows itself is left out
				words = append(words, "")
			}
			return words
		}
		if !c.atString() || c.language == "PHP" || c.language == "Lua" {
			break
		}
		words = append(words, c.expression())
	}
	if c.language == "Python" && (strings.Contains(opening, ".exec") || strings.Contains(opening, ".spawn")) && len(words) > 2 {
		words = append(words[:1], words[2:]...) // the second one is the name by which the program knows itself
	}
	return words
}

// wordList reads a list of bare words: qw(…) of Perl, %w[…] of Ruby.
func (c *callReader) wordList() []string {
	c.peek()
	rest, is := strings.CutPrefix(c.rest, "qw")
	if c.language == "Ruby" {
		rest, is = strings.CutPrefix(strings.TrimPrefix(c.rest, "*"), "%w")
	}
	if rest = strings.TrimLeft(rest, " "); !is || c.language != "Perl" && c.language != "Ruby" || rest == "" || isNameByte(rest[0]) {
		return nil
	}
	end := rest[:1]
	if i := strings.Index("([{<", end); i >= 0 {
		end = ")]}>"[i : i+1]
	}
	list, _, _ := strings.Cut(rest[1:], end)
	words := strings.Fields(list)
	if len(words) == 1 { // a program without arguments
		words = append(words, "")
	}
	return words[:min(len(words), maxCallWords)]
}

// peek gives the next byte that is no space; 0 at the end.
func (c *callReader) peek() byte {
	c.rest = strings.TrimLeft(c.rest, " \t\r\n")
	if c.rest == "" {
		return 0
	}
	return c.rest[0]
}

// atString reports whether a literal follows.
func (c *callReader) atString() bool {
	c.peek()
	prefix, _ := c.prefix()
	return len(prefix) < len(c.rest) && strings.IndexByte("'\"`", c.rest[len(prefix)]) >= 0
}

// prefix gives the letters before a literal of Python, and whether they let it hold
// expressions.
func (c *callReader) prefix() (prefix string, formatted bool) {
	if c.language != "Python" {
		return "", false
	}
	n := 0
	for n < len(c.rest) && n < 2 && strings.IndexByte("fFrRbBuU", c.rest[n]) >= 0 {
		n++
	}
	return c.rest[:n], strings.ContainsAny(c.rest[:n], "fF")
}

// list reads the literals of a list behind those that are known.
func (c *callReader) list(words []string) []string {
	c.rest = c.rest[strings.IndexAny(c.rest, "[(")+1:]
	for len(words) < maxCallWords {
		switch b := c.peek(); b {
		case 0, ']', ')':
			if len(words) == 1 { // a program without arguments
				return append(words, "")
			}
			return words
		case ',':
			c.rest = c.rest[1:]
		default:
			words = append(words, c.expression())
		}
	}
	return words
}

// expression reads one argument: literals that are put together, with unknownPart for
// the rest of it.
func (c *callReader) expression() string {
	var b strings.Builder
	for b.Len() < maxCallText {
		format := false
		for _, f := range []string{"string.format(", "sprintf(", "util.format("} {
			if c.peek() != 0 && strings.HasPrefix(c.rest, f) {
				c.rest, format = c.rest[len(f):], true
			}
		}
		if c.atString() {
			b.WriteString(c.literal(format))
		} else if rest := c.rest; true {
			b.WriteString(unknownPart)
			if c.skip(); len(c.rest) == len(rest) {
				return b.String()
			}
		}
		if format {
			c.skip()
			c.rest = strings.TrimPrefix(c.rest, ")")
		}
		switch next := c.peek(); {
		case next == '+' || next == '.' && c.language != "JavaScript" && c.language != "Python":
			c.rest = strings.TrimLeft(c.rest, "+.")
		case c.atString() && c.language == "Python": // they stand side by side
		default:
			return b.String()
		}
	}
	return b.String()
}

// literal reads a literal and what is filled into it.
func (c *callReader) literal(format bool) string {
	prefix, formatted := c.prefix()
	c.rest = c.rest[len(prefix):]
	mark := c.rest[0]
	c.rest = c.rest[1:]
	if c.language == "Python" && len(c.rest) > 1 && c.rest[0] == mark && c.rest[1] == mark { // three of them
		text, after, _ := strings.Cut(c.rest[2:], strings.Repeat(string(mark), 3))
		c.rest = after
		return filledIn(text, formatted, false)
	}
	inside := mark == '`' || mark == '"' && (c.language == "Perl" || c.language == "PHP" || c.language == "Ruby")
	text := c.quoted(mark, inside)
	switch c.peek() {
	case '%':
		if c.language == "Python" || c.language == "Ruby" || c.language == "Lua" { // of LuCI
			format = true
			c.rest = c.rest[1:]
			c.peek()
			c.skip()
		}
	case '.', ':':
		if strings.HasPrefix(c.rest[1:], "format(") {
			formatted, format = c.rest[0] == '.', c.rest[0] == ':'
			c.rest = c.rest[len(".format"):]
			c.skip()
		}
	}
	return filledIn(text, formatted, format)
}

// quoted reads up to a mark; inside says that the language puts variables in.
func (c *callReader) quoted(mark byte, inside bool) string {
	var b strings.Builder
	for i := 0; i < len(c.rest); i++ {
		switch ch := c.rest[i]; {
		case ch == mark:
			c.rest = c.rest[i+1:]
			return b.String()
		case ch == '\\' && i+1 < len(c.rest):
			i++
			switch c.rest[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			default:
				b.WriteByte(c.rest[i])
			}
		case inside && (ch == '$' || ch == '#' || ch == '@' || ch == '{') && i+1 < len(c.rest) && (isNameByte(c.rest[i+1]) || c.rest[i+1] == '{' || c.rest[i+1] == '$'):
			if ch != '{' {
				i++
			}
			i = variableEnd(c.rest, i) - 1
			b.WriteString(unknownPart)
		default:
			b.WriteByte(ch)
		}
	}
	c.rest = ""
	return b.String()
}

func isNameByte(b byte) bool { return b == '_' || b|0x20 >= 'a' && b|0x20 <= 'z' }

// variableEnd gives where a variable in a literal ends.
func variableEnd(s string, i int) int {
	if s[i] == '{' {
		if n := strings.IndexByte(s[i:], '}'); n > 0 {
			return i + n + 1
		}
		return len(s)
	}
	for i < len(s) && (isNameByte(s[i]) || s[i] >= '0' && s[i] <= '9' || s[i] == '$') {
		i++
	}
	return i
}

// filledIn puts unknownPart where a format puts something in: {…}, %s.
func filledIn(text string, braces, percent bool) string {
	if !braces && !percent {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case braces && (strings.HasPrefix(text[i:], "{{") || strings.HasPrefix(text[i:], "}}")):
			b.WriteByte(text[i])
			i++
		case braces && text[i] == '{':
			b.WriteString(unknownPart)
			i = variableEnd(text, i) - 1
		case percent && text[i] == '%' && i+1 < len(text):
			if i++; text[i] == '%' {
				b.WriteByte('%')
				continue
			}
			if text[i] == '(' {
				i += max(strings.IndexByte(text[i:], ')')+1, 0)
			}
			for i < len(text)-1 && strings.IndexByte("0123456789.-+ #lh", text[i]) >= 0 {
				i++
			}
			b.WriteString(unknownPart)
		default:
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// skip passes over something that is no literal, up to the end of the argument or to
// what is put behind it.
func (c *callReader) skip() {
	depth := 0
	for i := 0; i < len(c.rest); i++ {
		switch b := c.rest[i]; {
		case b == '(' || b == '[' || b == '{':
			depth++
		case b == ')' || b == ']' || b == '}':
			if depth == 0 {
				c.rest = c.rest[i:]
				return
			}
			depth--
		case (b == '"' || b == '\'') && depth > 0:
			if n := strings.IndexByte(c.rest[i+1:], b); n >= 0 {
				i += n + 1
			}
		case depth > 0:
		case b == ',' || b == ';' || b == '+' || b == '\n' || b == '.' && i > 0 && (c.rest[i-1] == ' ' || i+1 < len(c.rest) && c.rest[i+1] == '.'):
			c.rest = c.rest[i:]
			return
		}
	}
	c.rest = ""
}
