package facts

import (
	"bytes"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/assay-iot/assay/firmware"
)

// oddText is what a text is that is read as a shell reads it, although it is no plain
// text: the shells of devices (ash, dash, bash) leave NUL bytes out, and none reads on
// behind its exit.
type oddText struct {
	left []int // places in what is read before which a byte was left out, in order
	read int   // bytes of the file that are read
}

// at gives the place in the file of one in what is read.
func (o *oddText) at(offset int64) int64 {
	if o == nil {
		return offset
	}
	n, _ := slices.BinarySearch(o.left, int(offset)+1)
	return offset + int64(n)
}

// readAsShell gives what a shell reads of a script that is no plain text, or too long
// for one. It is none where other bytes than text are left in what it would read.
func readAsShell(f *firmware.File, content []byte) (Text, bool) {
	if !bytes.HasPrefix(content, []byte("#!")) && (len(content) > MaxText || !isScript(Text{File: f})) {
		return Text{}, false
	}
	head := content[:min(len(content), MaxText)]
	text, left := withoutNUL(head)
	end, ended := endOfScript(text)
	if ended {
		text = text[:end]
	}
	if !ended && len(content) > MaxText || !IsText([]byte(text)) {
		return Text{}, false
	}
	n, _ := slices.BinarySearch(left, len(text)+1)
	return Text{File: f, Content: text, odd: &oddText{left[:n], len(text) + n}}, true
}

// withoutNUL leaves NUL bytes out, and says where in what is left they stood.
func withoutNUL(content []byte) (text string, left []int) {
	out := make([]byte, 0, len(content))
	for _, c := range content {
		if c == 0 {
			left = append(left, len(out))
		} else {
			out = append(out, c)
		}
	}
	return string(out), left
}

// maxExitTries is the number of lines that may be a script's last one for a shell.
const maxExitTries = 32

// endOfScript finds the line behind which a shell reads nothing: that of an exit, or
// of a program that takes the shell's place, whatever was before.
func endOfScript(text string) (end int, found bool) {
	tries := 0
	for line := range strings.Lines(text[:min(len(text), MaxScript)]) {
		end += len(line)
		if !strings.Contains(line, "exit") && !strings.Contains(line, "exec") {
			continue
		}
		if tries++; tries > maxExitTries {
			return 0, false
		}
		if stmts, problem := parseScript("", text[:end]); problem == "" && slices.ContainsFunc(stmts, leavesShell) {
			return end, true
		}
	}
	return 0, false
}

// leavesShell reports a statement at the top of a script behind which none runs.
func leavesShell(s *syntax.Stmt) bool {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || s.Background || s.Negated || len(call.Args) == 0 {
		return false
	}
	switch call.Args[0].Lit() {
	case "exit":
		return true
	case "exec":
		return len(call.Args) > 1
	}
	return false
}
