package product

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
)

// Print writes diagnostics for people, three parts each: what is wrong, where
// with the line of the file, and what to do. dir is the folder that was loaded;
// the lines are read from it again. A diagnostic whose Extra has a method
// SaysWhatToDo has the fix as its Detail; of any other the Detail says why.
func Print(w io.Writer, dir string, diags hcl.Diagnostics, color bool) error {
	p := printer{dir: dir, color: color, files: map[string][]byte{}}
	if root, err := os.OpenRoot(dir); err == nil {
		defer root.Close()
		for _, d := range diags {
			p.load(root, d)
		}
	}
	for i, d := range diags {
		if i > 0 {
			p.out.WriteByte('\n')
		}
		p.print(d)
	}
	_, err := w.Write(p.out.Bytes())
	return err
}

type printer struct {
	dir   string
	color bool
	files map[string][]byte
	out   bytes.Buffer
}

func (p *printer) load(root *os.Root, d *hcl.Diagnostic) {
	if d.Subject == nil || p.files[d.Subject.Filename] != nil {
		return
	}
	if data, err := readInside(root, d.Subject.Filename, MaxFileBytes); err == nil {
		p.files[d.Subject.Filename] = data
	}
}

func (p *printer) print(d *hcl.Diagnostic) {
	word, code := "error", "\x1b[1;31m"
	if d.Severity == hcl.DiagWarning {
		word, code = "warning", "\x1b[1;33m"
	}
	fmt.Fprintf(&p.out, "%s: %s\n", p.paint(code, word), printable(d.Summary))
	if d.Subject != nil && d.Subject.Filename != "" {
		p.where(*d.Subject)
	}
	if d.Detail == "" {
		return
	}
	label := "why"
	if _, ours := d.Extra.(interface{ SaysWhatToDo() }); ours {
		label = "fix"
	}
	fmt.Fprintf(&p.out, "  %s: %s\n", p.paint("\x1b[1m", label), printable(d.Detail))
}

// where prints place and line, with the range underlined.
func (p *printer) where(at hcl.Range) {
	src, ok := p.files[at.Filename]
	if !ok {
		fmt.Fprintf(&p.out, "  %s\n", printable(at.Filename))
		return
	}
	fmt.Fprintf(&p.out, "  %s:%d\n", printable(filepath.Join(p.dir, at.Filename)), at.Start.Line)
	lines := bytes.Split(src, []byte("\n"))
	if at.Start.Line < 1 || at.Start.Line > len(lines) {
		return
	}
	line := lines[at.Start.Line-1]
	start := at.Start.Byte - (len(bytes.Join(lines[:at.Start.Line-1], []byte("\n"))) + min(1, at.Start.Line-1))
	before, marked := cut(line, start, at.End.Byte-at.Start.Byte)
	number := fmt.Sprintf("%4d", at.Start.Line)
	fmt.Fprintf(&p.out, "  %s | %s\n", number, withoutSecret(before+marked+rest(line, start, at.End.Byte-at.Start.Byte)))
	if marked != "" {
		fmt.Fprintf(&p.out, "  %s | %s%s\n", strings.Repeat(" ", len(number)), strings.Repeat(" ", len([]rune(before))), p.paint("\x1b[31m", strings.Repeat("^", len([]rune(marked)))))
	}
}

// widest bounds how much of a line is shown on either side.
const widest = 100

// cut gives the line up to the marked part, and that part, printable.
func cut(line []byte, start, length int) (before, marked string) {
	start = max(0, min(start, len(line)))
	end := max(start, min(start+length, len(line)))
	from := max(0, start-widest)
	return printable(string(line[from:start])), printable(string(line[start:min(end, start+widest)]))
}

// rest is what follows the marked part.
func rest(line []byte, start, length int) string {
	at := max(0, min(start+min(max(length, 0), widest), len(line)))
	return printable(string(line[at:min(len(line), at+widest)]))
}

// withoutSecret cuts a line before a private key.
func withoutSecret(line string) string {
	if at := strings.Index(line, "PRIVATE KEY"); at >= 0 {
		return line[:at] + "…"
	}
	return line
}

// printable replaces what could move a terminal's cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r == unicode.ReplacementChar || !unicode.IsPrint(r):
			return '·'
		}
		return r
	}, s)
}

func (p *printer) paint(code, s string) string {
	if !p.color {
		return s
	}
	return code + s + "\x1b[0m"
}
