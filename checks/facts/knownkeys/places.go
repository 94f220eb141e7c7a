package knownkeys

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
)

// A line of the second file is the first sixteen digits of a key's number, a
// semicolon, and the path of the key in its collection. Lines are sorted by bytes.
const (
	shortNumber = 16
	maxLine     = 1024
)

// place finds where a key is published; empty if that is not known.
func (l *List) place(number string) string {
	if l.places == nil || len(number) < shortNumber {
		return ""
	}
	want := number[:shortNumber]
	from, to := int64(0), l.size // a line that begins in [from, to) may be the one
	for to-from > maxLine {
		middle := from + (to-from)/2
		line, at, ok := l.lineFrom(middle)
		path, same := strings.CutPrefix(line, want+";")
		switch {
		case !ok:
			return ""
		case same:
			return path
		case at >= to || line >= want:
			to = middle + 1
		default:
			from = at
		}
	}
	return l.among(from, want)
}

// lineFrom gives the first line that begins behind an offset, and where it does.
func (l *List) lineFrom(off int64) (line string, at int64, ok bool) {
	b := make([]byte, 2*maxLine)
	n, err := l.places.ReadAt(b, off)
	if err != nil && err != io.EOF {
		return "", 0, false
	}
	i := bytes.IndexByte(b[:n], '\n')
	if i < 0 {
		return "", l.size, off+int64(n) == l.size
	}
	line, _, _ = strings.Cut(string(b[i+1:n]), "\n")
	return line, off + int64(i) + 1, true
}

// among looks through the few lines from an offset, the first of which is whole.
func (l *List) among(off int64, want string) string {
	r := bufio.NewReader(io.NewSectionReader(l.places, off, min(4*maxLine, l.size-off)))
	for {
		line, err := r.ReadString('\n')
		if number, path, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ";"); ok && number == want {
			return path
		}
		if err != nil {
			return ""
		}
	}
}

// lineChecker holds lines to their form and order, as they pass.
type lineChecker struct {
	last  string
	part  []byte
	count int64
}

func (c *lineChecker) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			c.part = append(c.part, rest...)
			if len(c.part) > maxLine {
				return 0, fmt.Errorf("line %d is too long", c.count+1)
			}
			break
		}
		if err := c.line(string(append(c.part, rest[:i]...))); err != nil {
			return 0, err
		}
		c.part, rest = c.part[:0], rest[i+1:]
	}
	return len(b), nil
}

func (c *lineChecker) line(s string) error {
	c.count++
	number, path, ok := strings.Cut(s, ";")
	switch {
	case !ok || len(number) != shortNumber || strings.Trim(number, "0123456789abcdef") != "" || path == "" || len(s) > maxLine:
		return fmt.Errorf("line %d is no number with a path", c.count)
	case s < c.last:
		return fmt.Errorf("line %d is not in order", c.count)
	}
	c.last = s
	return nil
}
