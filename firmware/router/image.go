package router

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// maxImage is the most bytes that a header of this package may claim.
const maxImage = 2 << 30

// maxParts bounds the parts of one image.
const maxParts = 64

// image is an Opened in the making. It keeps one rule: each byte is the header's,
// or a part's, or is looked at as a part without a name. A header that leaves
// room between its parts does not explain what stands there.
type image struct {
	format.Opened
	in    format.Input
	taken []format.Span // by headers, trailers and parts
}

// newImage begins an image of so many bytes, which counts only if there is a
// container inside until something verifies it. What the input does not have is
// damage.
func newImage(in format.Input, length int64) *image {
	m := &image{in: in}
	m.Attributes = map[string]string{}
	m.Hollow = true
	m.Length = min(length, in.Size)
	if length > in.Size {
		m.damage(in.Size, length-in.Size, "the header says %d bytes, only %d are there", length, in.Size)
	}
	return m
}

// whole reports whether all bytes that the header claims are there.
func (m *image) whole() bool { return len(m.Damage) == 0 }

func (m *image) damage(off, length int64, reason string, args ...any) {
	m.Damage = append(m.Damage, format.Damage{Offset: off, Length: length, Reason: fmt.Sprintf(reason, args...)})
}

// say adds an attribute, unless it is empty or there already.
func (m *image) say(key, value string) {
	if _, there := m.Attributes[key]; value != "" && !there {
		m.Attributes[key] = value
	}
}

// header says that bytes are the header's, or a trailer's.
func (m *image) header(off, n int64) {
	if n > 0 {
		m.taken = append(m.taken, format.Span{Offset: off, Length: n})
	}
}

// part adds a part, as far as it lies in the image and no other part is there.
func (m *image) part(p format.Part) {
	label := cmp.Or(p.Name, "part")
	switch {
	case p.Length <= 0:
		return
	case p.Offset < 0 || p.Offset >= m.Length:
		m.damage(p.Offset, 0, "%s at 0x%x lies outside of the image", label, p.Offset)
		return
	case p.Length > m.Length-p.Offset:
		m.damage(m.Length, p.Length-(m.Length-p.Offset), "%s of %d bytes at 0x%x, only %d are there", label, p.Length, p.Offset, m.Length-p.Offset)
		p.Length = m.Length - p.Offset
	}
	for _, t := range m.taken {
		if p.Offset < t.Offset+t.Length && t.Offset < p.Offset+p.Length {
			m.damage(p.Offset, 0, "%s of %d bytes at 0x%x overlaps what stands at 0x%x", label, p.Length, p.Offset, t.Offset)
			return
		}
	}
	if len(m.Parts) >= maxParts {
		m.damage(p.Offset, 0, "more than %d parts", maxParts)
		return
	}
	p.Name = m.unused(p.Name)
	m.taken = append(m.taken, format.Span{Offset: p.Offset, Length: p.Length})
	m.Parts = append(m.Parts, p)
}

// text adds a part that is read as a file of text, if it is one.
func (m *image) text(name string, off, n int64) {
	if b := m.in.Peek(off, int(min(n, maxText))); n > maxText || int64(len(b)) < n || !printable(b) {
		return
	}
	m.header(off, n)
	m.Parts = append(m.Parts, format.Part{Name: m.unused(name), Role: format.Data, Bytes: m.in.Section(off, n)})
}

// maxText is the longest text of a header that is given as a file.
const maxText = 64 << 10

// unused makes a name that no part has yet and that is fit for a path.
func (m *image) unused(name string) string {
	if name == "" {
		return ""
	}
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_.+", r) || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, name)
	if strings.Trim(clean, ".") == "" {
		clean = "_"
	}
	for i, try := 2, clean; ; i++ {
		if !slices.ContainsFunc(m.Parts, func(p format.Part) bool { return p.Name == try }) {
			return try
		}
		try = clean + "-" + strconv.Itoa(i)
	}
}

// done gives the image: what nobody claimed becomes parts without a name.
func (m *image) done() *format.Opened {
	slices.SortFunc(m.taken, func(a, b format.Span) int { return cmp.Compare(a.Offset, b.Offset) })
	at := int64(0)
	for _, t := range append(m.taken, format.Span{Offset: m.Length}) {
		if t.Offset > at {
			m.Parts = append(m.Parts, format.Part{Offset: at, Length: t.Offset - at})
		}
		at = max(at, t.Offset+t.Length)
	}
	return &m.Opened
}

// sum is a checksum or a digest.
type sum interface {
	io.Writer
	Sum(b []byte) []byte
}

// compare feeds a run of the input to a checksum that may have been fed before
// and says what came out. If it is the one that the header has, the image is no
// chance bytes. A run that is not all there is not compared.
func (m *image) compare(ctx context.Context, name, algorithm string, off, n int64, h sum, want []byte) error {
	if off+n > m.Length {
		return nil
	}
	if err := feed(ctx, m.in, off, n, h); err != nil {
		return err
	}
	m.compared(name, algorithm, off, n, string(h.Sum(nil)) == string(want))
	return nil
}

// compared notes a checksum.
func (m *image) compared(name, algorithm string, off, n int64, ok bool) {
	m.Hashes = append(m.Hashes, format.Hash{Name: name, Algorithm: algorithm, Span: format.Span{Offset: off, Length: n}, OK: ok})
	if ok {
		m.Hollow = false
		return
	}
	m.damage(off, 0, "%s: %s of %d bytes differs: they are damaged, or were changed", name, algorithm, n)
}

// feed writes a run of the input.
func feed(ctx context.Context, in format.Input, off, n int64, w io.Writer) error {
	const chunk = 256 << 10
	for end := off + n; off < end; {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := in.Bytes(off, min(chunk, end-off))
		if err != nil {
			return err
		}
		_, _ = w.Write(b)
		off += int64(len(b))
	}
	return nil
}

func be32(v uint32) []byte { return binary.BigEndian.AppendUint32(nil, v) }

// decode reads a fixed header.
func decode(in format.Input, order binary.ByteOrder, h any) bool {
	n := binary.Size(h)
	b := in.Head(n)
	if len(b) < n {
		return false
	}
	_, err := binary.Decode(b, order, h)
	return err == nil
}

// str is the text of a field: what stands before the first zero, or before the
// 0xff that some fill with.
func str(b []byte) string {
	for i, c := range b {
		if c == 0 || c == 0xff {
			b = b[:i]
			break
		}
	}
	s := strings.TrimSpace(string(b))
	if !printable([]byte(s)) {
		q := strconv.QuoteToASCII(s)
		return q[1 : len(q)-1]
	}
	return s
}

// field reports whether a field holds text and nothing but zeros after it.
func field(b []byte) bool {
	s, rest, _ := strings.Cut(string(b), "\x00")
	return s != "" && printable([]byte(s)) && strings.Trim(rest, "\x00") == ""
}

// printable reports whether bytes are lines of ASCII text.
func printable(b []byte) bool {
	for _, c := range b {
		if (c < ' ' || c > '~') && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return true
}

func hex32(v uint32) string { return fmt.Sprintf("0x%08x", v) }
