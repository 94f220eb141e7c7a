package verify

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/pades"
)

// MaxPDF is the size of the largest PDF that is read, in bytes.
const MaxPDF = 8 << 20

const (
	maxObjects = 1000
	maxBody    = 64 << 10 // bytes of an object without its stream
)

// ChangedError says that a label's file was changed after it was made.
type ChangedError struct {
	Offset int64
	What   string
}

func (e *ChangedError) Error() string { return fmt.Sprintf("%s at byte %d", e.What, e.Offset) }

// Extract gives the bundle that is attached to a PDF label, and the compact
// label of its QR code if it has one.
//
// It reads the one form that this project writes: objects one behind the other,
// streams in the clear, one table, nothing after the end. ErrNotLabel says that
// the file is another PDF or none; ChangedError, that it was a label and has
// been cut, added to or otherwise changed. A signature of the file itself (package pades) is
// passed over. A file in the right form is not yet
// a good one: whoever relies on what it shows renders it again and compares.
func Extract(pdf []byte) (bundle, code []byte, err error) {
	w, err := walk(pdf)
	if err != nil {
		return nil, nil, err
	}
	return w.attached[0], w.code(), nil
}

// walk reads a file to its end; there is at least the bundle.
func walk(pdf []byte) (*walker, error) {
	if len(pdf) > MaxPDF {
		return nil, fmt.Errorf("%w: a PDF of %d bytes, more than %d", labels.ErrNotLabel, len(pdf), MaxPDF)
	}
	if base, seal, err := pades.Split(pdf); err == nil && seal != nil {
		pdf = base
	}
	w := &walker{data: pdf}
	if err := w.header(); err != nil {
		return nil, err
	}
	err := w.objects()
	if err == nil {
		err = w.end()
	}
	switch {
	case len(w.attached) == 0:
		return nil, fmt.Errorf("%w: no label is attached to this PDF", errors.Join(labels.ErrNotLabel, err))
	case err != nil:
		return nil, err
	}
	return w, nil
}

// walker goes through the file from front to back.
type walker struct {
	data     []byte
	at       int
	offsets  []int
	attached [][]byte // the bundle, and the compact label
	variant  string   // which of the label's pictures it says to be
}

// code is the compact label, nil if there is none.
func (w *walker) code() []byte {
	if len(w.attached) < 2 {
		return nil
	}
	return w.attached[1]
}

func (w *walker) header() error {
	if !bytes.HasPrefix(w.data, []byte("%PDF-")) {
		return fmt.Errorf("%w: not a PDF", labels.ErrNotLabel)
	}
	for range 2 { // the version and a comment of four bytes
		w.line(32)
	}
	return nil
}

// line takes the bytes up to the next line feed and that with it; nothing if
// there is none within limit.
func (w *walker) line(limit int) []byte {
	rest := w.data[w.at:min(len(w.data), w.at+limit)]
	i := bytes.IndexByte(rest, '\n')
	if i < 0 {
		return nil
	}
	w.at += i + 1
	return rest[:i]
}

func (w *walker) changed(what string) error { return &ChangedError{int64(w.at), what} }

// take moves over s if it comes next.
func (w *walker) take(s string) bool {
	if !bytes.HasPrefix(w.data[w.at:], []byte(s)) {
		return false
	}
	w.at += len(s)
	return true
}

func (w *walker) objects() error {
	for !w.take("xref\n") {
		if len(w.offsets) == maxObjects {
			return w.changed("too many objects")
		}
		if err := w.object(); err != nil {
			return err
		}
	}
	return nil
}

// object moves over one object: a head, lines of a dictionary, and either its
// end or a stream.
func (w *walker) object() error {
	start := w.at
	if head := w.line(32); !bytes.HasSuffix(head, []byte(" 0 obj")) {
		w.at = start
		return w.changed("the file is cut off or changed")
	}
	w.offsets = append(w.offsets, start)
	body := w.at
	for w.at-body < maxBody {
		switch before := w.at; string(w.line(maxBody)) {
		case "endobj":
			w.variantOf(w.data[body:before])
			return nil
		case "stream":
			return w.stream(w.data[body:before])
		case "":
			if w.at == before { // no more lines
				return w.changed("the file is cut off or changed")
			}
		}
	}
	return w.changed("the file is cut off or changed")
}

// variantOf reads which of the label's pictures the document information names.
// Whatever it says, the file must be what the renderer draws of it.
func (w *walker) variantOf(dict []byte) {
	const longest = 40
	if _, after, found := bytes.Cut(dict, []byte("\n/LabelVariant (")); found {
		name, _, _ := bytes.Cut(after[:min(len(after), longest)], []byte(")"))
		w.variant = string(name)
	}
}

func (w *walker) stream(dict []byte) error {
	n, ok := lengthOf(dict)
	if !ok || n > len(w.data)-w.at {
		return w.changed("the file is cut off or changed")
	}
	content := w.data[w.at : w.at+n]
	w.at += n
	if !w.take("\nendstream\nendobj\n") {
		return w.changed("the file is cut off or changed")
	}
	if bytes.HasPrefix(dict, []byte("<< /Type /EmbeddedFile ")) {
		if n := len(w.attached); n == 2 || n == 1 && len(content) > compact.MaxMessage {
			return w.changed("an attachment too many")
		}
		w.attached = append(w.attached, content)
	}
	return nil
}

func lengthOf(dict []byte) (int, bool) {
	_, after, found := bytes.Cut(dict, []byte("/Length "))
	digits, _, _ := bytes.Cut(after, []byte(" "))
	n, err := strconv.Atoi(string(digits))
	return n, found && err == nil && n >= 0
}

// end reads the table and what follows it, up to the last byte.
func (w *walker) end() error {
	table := w.at - len("xref\n")
	if !w.take(fmt.Sprintf("0 %d\n0000000000 65535 f \n", len(w.offsets)+1)) {
		return w.changed("the table of objects was changed")
	}
	for range w.offsets {
		if w.line(32) == nil {
			return w.changed("the file is cut off")
		}
	}
	tail := fmt.Appendf(nil, "\nstartxref\n%d\n%%%%EOF\n", table)
	i := bytes.Index(w.data[w.at:min(len(w.data), w.at+maxBody)], tail)
	if i < 0 {
		return w.changed("the end of the file is cut off or changed")
	}
	w.at += i + len(tail)
	if w.at != len(w.data) {
		return w.changed(fmt.Sprintf("%d bytes were added behind the end of the label,", len(w.data)-w.at))
	}
	return nil
}
