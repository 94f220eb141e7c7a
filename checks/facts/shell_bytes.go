package facts

import (
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// standIn stands for a byte of a script that is no UTF-8 while the parser reads it. A
// shell of a device takes bytes as they come, Latin-1 or GBK; the parser does not. It
// has no meaning in a shell and is one byte too, so that every place stays.
const standIn = 0x7f

// withStandIns gives a script that the parser reads; a script in UTF-8 as it is.
func withStandIns(content string) string {
	if utf8.ValidString(content) {
		return content
	}
	b := []byte(content)
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			b[i] = standIn
		}
		i += n
	}
	return string(b)
}

// withBytes puts the bytes of the script back into the words of its tree.
func withBytes(stmts []*syntax.Stmt, content string) {
	for _, s := range stmts {
		syntax.Walk(s, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Lit:
				n.Value = bytesOf(n.Value, content, n.ValuePos.Offset(), n.ValueEnd.Offset())
			case *syntax.SglQuoted:
				quote := n.Left.Offset() + 1
				if n.Dollar {
					quote++
				}
				n.Value = bytesOf(n.Value, content, quote, n.Right.Offset())
			}
			return true
		})
	}
}

// bytesOf is a word as it stands in the script. Outside of single quotes, the parser
// leaves a backslash with the end of its line out.
func bytesOf(value, content string, from, to uint) string {
	if strings.IndexByte(value, standIn) < 0 || to < from || to > uint(len(content)) {
		return value
	}
	source := content[from:to]
	if len(source) != len(value) {
		source = strings.ReplaceAll(source, "\\\n", "")
	}
	if len(source) != len(value) {
		return value
	}
	return source
}
