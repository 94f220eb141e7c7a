package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"sync"
	"unicode/utf16"
)

// info is the document information that a file carries.
type info struct {
	title, author, subject, date string
	variant                      string // which of the label's pictures this is
	language                     string // BCP 47
	reversed                     bool   // written from right to left
}

// plain writes the renderer's file again, in the form that labels have: objects
// one behind the other, a table, nothing else; every stream in the clear or
// with run lengths, so that no byte depends on how a release of Go compresses,
// and a reader needs no decompression. It also says what the renderer cannot:
// the language, and texts outside ASCII in the document information.
func plain(in []byte, i info) ([]byte, error) {
	objects, err := split(in)
	if err != nil {
		return nil, fmt.Errorf("plain PDF: %w", err)
	}
	n := len(objects)
	if n < 2 {
		return nil, errors.New("plain PDF: no objects")
	}
	objects[n-2] = object{n: objects[n-2].n, dict: i.dict()}
	objects[n-1].dict = bytes.TrimSuffix(bytes.TrimSpace(objects[n-1].dict), []byte(">>"))
	objects[n-1].dict = append(objects[n-1].dict, i.catalog()...)
	return join(objects), nil
}

type object struct {
	n      int
	dict   []byte
	stream []byte // nil if there is none
	runs   bool   // the stream is in run lengths
}

var (
	objectHead = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d+) 0 obj\n`) })
	lengthKey  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`/Length (\d+)`) })
	deflated   = []byte("/Filter /FlateDecode")
)

// split reads what gofpdf 1.16 writes.
func split(in []byte) ([]object, error) {
	_, rest, ok := bytes.Cut(in, []byte("\n")) // %PDF-1.3
	if !ok {
		return nil, errors.New("no header")
	}
	var list []object
	for !bytes.HasPrefix(rest, []byte("xref\n")) {
		o, after, err := next(rest)
		if err != nil {
			return nil, fmt.Errorf("object %d: %w", len(list)+1, err)
		}
		list, rest = append(list, o), after
	}
	return list, nil
}

func next(in []byte) (o object, rest []byte, err error) {
	m := objectHead().FindSubmatch(in)
	if m == nil {
		return o, nil, errors.New("no head")
	}
	if o.n, err = strconv.Atoi(string(m[1])); err != nil {
		return o, nil, err
	}
	in = in[len(m[0]):]
	end, stream := bytes.Index(in, []byte("\nendobj\n")), bytes.Index(in, []byte("\nstream\n"))
	if end < 0 {
		return o, nil, errors.New("no end")
	}
	if stream < 0 || stream > end {
		o.dict = bytes.Clone(in[:end])
		return o, in[end+len("\nendobj\n"):], nil
	}
	return streamObject(o, in[:stream], in[stream+len("\nstream\n"):])
}

func streamObject(o object, dict, in []byte) (object, []byte, error) {
	m := lengthKey().FindSubmatch(dict)
	if m == nil {
		return o, nil, errors.New("no length")
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil || n > len(in) {
		return o, nil, fmt.Errorf("length %s", m[1])
	}
	content := in[:n]
	if bytes.Contains(dict, deflated) {
		if content, err = inflate(content); err != nil {
			return o, nil, err
		}
		dict = bytes.Replace(dict, deflated, nil, 1)
	}
	dict = lengthKey().ReplaceAll(dict, nil)
	o.dict = bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(dict), []byte(">>")))
	o.stream = content
	if runs := runLengths(content); len(runs) < len(content)/4 {
		o.stream, o.runs = runs, true
	}
	rest, ok := bytes.CutPrefix(in[n:], []byte("\nendstream\nendobj\n"))
	if !ok {
		return o, nil, errors.New("no end of stream")
	}
	return o, rest, nil
}

func inflate(b []byte) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r) // of what this program has just compressed
}

// runLengths encodes as the RunLengthDecode filter of ISO 32000-1, 7.4.5 reads.
func runLengths(in []byte) []byte {
	var out []byte
	for len(in) > 0 {
		run := 1
		for run < len(in) && run < 128 && in[run] == in[0] {
			run++
		}
		if run > 1 {
			out = append(out, byte(257-run), in[0])
			in = in[run:]
			continue
		}
		n := 1
		for n < len(in) && n < 128 && (n+1 >= len(in) || in[n] != in[n+1]) {
			n++
		}
		out = append(append(out, byte(n-1)), in[:n]...)
		in = in[n:]
	}
	return append(out, 128)
}

func join(objects []object) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(objects)+1)
	for _, o := range objects {
		if o.n < len(offsets) {
			offsets[o.n] = b.Len()
		}
		o.write(&b)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets))
	for _, at := range offsets[1:] {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	n := len(objects)
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", n+1, n, n-1, table)
	return b.Bytes()
}

func (o object) write(b *bytes.Buffer) {
	fmt.Fprintf(b, "%d 0 obj\n%s", o.n, o.dict)
	if o.stream != nil {
		filter := ""
		if o.runs {
			filter = "/Filter /RunLengthDecode "
		}
		fmt.Fprintf(b, " %s/Length %d >>\nstream\n%s\nendstream", filter, len(o.stream), o.stream)
	}
	b.WriteString("\nendobj\n")
}

func (i info) dict() []byte {
	return fmt.Appendf(nil, "<<\n/Title %s\n/Author %s\n/Subject %s\n/Creator (Assay)\n/CreationDate (%s)\n/ModDate (%s)\n/LabelVariant (%s)\n>>",
		hexText(i.title), hexText(i.author), hexText(i.subject), i.date, i.date, i.variant)
}

// catalog is what the document's catalogue says more than the renderer's.
func (i info) catalog() string {
	direction := ""
	if i.reversed {
		direction = "/Direction /R2L "
	}
	return fmt.Sprintf("/Lang (%s)\n/ViewerPreferences << %s/DisplayDocTitle true >>\n>>", i.language, direction)
}

// hexText writes a text string of ISO 32000-1, 7.9.2.2: UTF-16 with its mark, in
// hexadecimal, so that no character needs an escape.
func hexText(s string) string {
	b := []byte{0xFE, 0xFF}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return "<" + hex.EncodeToString(b) + ">"
}
