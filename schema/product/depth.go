package product

import "bytes"

// nesting follows the brackets of a file in native syntax, byte by byte and
// without cutting it into tokens, so that a file that nests without end is refused
// before the parser sees it. Where it and the parser differ on what is a text, the
// parser decides, at the cost of some memory.
type nesting struct {
	src   []byte
	at    int
	open  []byte   // what is open: a bracket, '"' for a text, '<' for a heredoc
	words [][]byte // those that end the open heredocs
}

// deepest gives the place where more than limit brackets and texts stand inside
// one another; -1 if they never do.
func deepest(src []byte, limit int) int {
	n := nesting{src: src}
	for ; n.at < len(src); n.at++ {
		switch n.top() {
		case '"':
			n.text()
		case '<':
			n.heredoc()
		default:
			n.code()
		}
		if len(n.open) > limit {
			return n.at
		}
	}
	return -1
}

func (n *nesting) top() byte {
	if len(n.open) == 0 {
		return 0
	}
	return n.open[len(n.open)-1]
}

func (n *nesting) push(c byte) { n.open = append(n.open, c) }
func (n *nesting) pop()        { n.open = n.open[:len(n.open)-1] }

// has reports whether the source goes on with s.
func (n *nesting) has(s string) bool { return bytes.HasPrefix(n.src[n.at:], []byte(s)) }

// skipTo moves to the last byte of the next s, or to the end.
func (n *nesting) skipTo(s string) {
	if i := bytes.Index(n.src[n.at:], []byte(s)); i >= 0 {
		n.at += i + len(s) - 1
		return
	}
	n.at = len(n.src)
}

func (n *nesting) code() {
	switch c := n.src[n.at]; {
	case c == '"':
		n.push(c)
	case c == '#', n.has("//"):
		n.skipTo("\n")
	case n.has("/*"):
		n.at += 2
		n.skipTo("*/")
	case n.has("<<"):
		n.begin()
	case c == '{' || c == '[' || c == '(':
		n.push(c)
	case c == '}' && n.top() == '{', c == ']' && n.top() == '[', c == ')' && n.top() == '(':
		n.pop()
	}
}

// text is inside of quotes. A text ends on its line.
func (n *nesting) text() {
	switch c := n.src[n.at]; {
	case c == '\\':
		n.at++
	case c == '"' || c == '\n':
		n.pop()
	default:
		n.template()
	}
}

// template opens the "${" of a text; "$${" is none.
func (n *nesting) template() {
	switch {
	case n.has("$${"), n.has("%%{"):
		n.at += 2
	case n.has("${"), n.has("%{"):
		n.at++
		n.push('{')
	}
}

// begin begins a heredoc: <<WORD or <<-WORD, and the end of the line.
func (n *nesting) begin() {
	line, _, _ := bytes.Cut(n.src[n.at+2:], []byte("\n"))
	word := bytes.TrimSpace(bytes.TrimPrefix(line, []byte("-")))
	if len(word) == 0 || bytes.ContainsAny(word, " \t\"{}[]()=,") {
		return
	}
	n.at += 2 + len(line)
	n.words = append(n.words, word)
	n.push('<')
}

// heredoc is inside of one. It ends with its word alone on a line.
func (n *nesting) heredoc() {
	if n.src[n.at-1] == '\n' {
		line, _, _ := bytes.Cut(n.src[n.at:], []byte("\n"))
		if last := len(n.words) - 1; bytes.Equal(bytes.TrimSpace(line), n.words[last]) {
			n.at += len(line)
			n.words = n.words[:last]
			n.pop()
			return
		}
	}
	n.template()
}
