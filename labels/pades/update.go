package pades

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"
	"unicode/utf16"
)

const (
	room      = 12 << 10 // bytes for the CMS structure
	maxWords  = 2 << 10  // digits of a name or reason
	dateForm  = "D:20060102150405Z"
	digits    = 10 // of an offset in a table
	maxLength = 1 << 16
)

// document is a PDF in the form that package pdf writes: objects 1 to n, of
// which the last is the catalog, one table, one trailer.
type document struct {
	pdf     []byte // without updates
	rest    []byte // an update
	objects int
	info    int // number of the document information
	table   int // offset of the table
	page    int // number of the first page
	catalog []byte
	first   []byte // the page
}

var (
	trailerForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^trailer\n<< /Size (\d{1,6}) /Root (\d{1,6}) 0 R /Info (\d{1,6}) 0 R >>\nstartxref\n(\d{1,10})\n%%EOF\n`)
	})
	pagesForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`/Pages (\d{1,6}) 0 R`) })
	kidsForm  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`/Kids \[(\d{1,6}) 0 R`) })
	errForm   = errors.New("not a PDF in the form of a label")
)

func read(pdf []byte) (*document, error) {
	if len(pdf) > MaxPDF {
		return nil, fmt.Errorf("a PDF of %d bytes, more than %d", len(pdf), MaxPDF)
	}
	at := bytes.Index(pdf, []byte("\ntrailer\n")) + 1
	m := trailerForm().FindSubmatch(pdf[at:])
	if at == 0 || m == nil {
		return nil, errForm
	}
	d := &document{objects: number(m[1]) - 1, info: number(m[3]), table: number(m[4])}
	d.pdf, d.rest = pdf[:at+len(m[0])], pdf[at+len(m[0]):]
	if number(m[2]) != d.objects || d.table >= at {
		return nil, errForm
	}
	var ok bool
	if d.catalog, ok = d.object(d.objects); !ok {
		return nil, errForm
	}
	return d, d.findPage()
}

// findPage follows the catalog to the first page.
func (d *document) findPage() error {
	pages, ok := d.object(numberIn(pagesForm(), d.catalog))
	if !ok {
		return errForm
	}
	d.page = numberIn(kidsForm(), pages)
	if d.first, ok = d.object(d.page); !ok {
		return errForm
	}
	return nil
}

// object gives the dictionary of an object that has no stream.
func (d *document) object(n int) ([]byte, bool) {
	const entry = 20 // bytes of a line of the table
	line := d.table + len(fmt.Sprintf("xref\n0 %d\n", d.objects+1)) + n*entry
	if n < 1 || n > d.objects || line+digits > len(d.pdf) {
		return nil, false
	}
	at := number(d.pdf[line : line+digits])
	if at < 0 || at >= d.table {
		return nil, false
	}
	body, ok := bytes.CutPrefix(d.pdf[at:min(len(d.pdf), at+maxLength)], fmt.Appendf(nil, "%d 0 obj\n", n))
	dict, _, end := bytes.Cut(body, []byte("\nendobj\n"))
	dict = bytes.TrimSpace(dict)
	return dict, ok && end && bytes.HasPrefix(dict, []byte("<<")) && bytes.HasSuffix(dict, []byte(">>"))
}

func number(b []byte) int {
	n, err := strconv.Atoi(string(b))
	if err != nil {
		return -1
	}
	return n
}

func numberIn(form *regexp.Regexp, dict []byte) int {
	m := form.FindSubmatch(dict)
	if m == nil {
		return -1
	}
	return number(m[1])
}

// words stand in the signature's dictionary, for people.
type words struct {
	name, reason string
	at           time.Time
}

// update is the incremental update that holds a signature: four objects and
// their table. Between before and after stands the CMS structure.
type update struct {
	base, before, after []byte
}

// update writes the page and the catalog again, the one with the signature's
// field, the other with the certification, and behind them the field and the
// signature.
func (d *document) update(w words) *update {
	field, signature := d.objects+1, d.objects+2
	b := &written{at: len(d.pdf)}
	b.object(d.page, with(d.first, "/Annots [", fmt.Sprintf("%d 0 R", field)))
	b.object(d.objects, with(d.catalog, "/AcroForm <<", fmt.Sprintf("/Fields [%d 0 R] /SigFlags 3 >> /Perms << /DocMDP %d 0 R >>", field, signature)))
	b.object(field, fmt.Appendf(nil,
		"<< /Type /Annot /Subtype /Widget /FT /Sig /T (label) /F 132 /Rect [0 0 0 0] /P %d 0 R /V %d 0 R >>", d.page, signature))
	b.begin(signature)
	fmt.Fprintf(b, "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached\n/Name %s\n/Reason %s\n/M (%s)\n",
		text(w.name), text(w.reason), w.at.Format(dateForm))
	b.WriteString("/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >>]\n")
	rangeAt := b.Len()
	b.WriteString(byteRange(0, 0, 0) + "\n/Contents <")
	split := b.Len()
	b.gap = 2 * room
	b.WriteString("> >>\nendobj\n")
	b.table(signature+1, d.objects, d.info, d.table)
	u := &update{base: d.pdf, before: b.Bytes()[:split], after: b.Bytes()[split:]}
	open := len(d.pdf) + split - 1 // the bracket belongs to what is left out
	copy(u.before[rangeAt:], byteRange(open, open+2*room+2, len(u.after)-1))
	return u
}

// byteRange has one length whatever the numbers (ISO 32000-1, 12.8.1).
func byteRange(length, from, rest int) string {
	return fmt.Sprintf("/ByteRange [0 %010d %010d %010d]", length, from, rest)
}

// with puts an entry at the end of a dictionary, or of an array that it has.
func with(dict []byte, key, entry string) []byte {
	closing := map[byte]string{'[': "]", '<': ""}[key[len(key)-1]]
	if i := bytes.Index(dict, []byte(key)); i >= 0 && closing != "" {
		i += len(key)
		return append(fmt.Appendf(bytes.Clone(dict[:i]), "%s ", entry), dict[i:]...)
	}
	dict = bytes.TrimSuffix(dict, []byte(">>"))
	return fmt.Appendf(bytes.Clone(dict), "%s%s%s\n>>", key, entry, closing)
}

// with gives the signed file.
func (u *update) with(cms []byte) ([]byte, error) {
	if len(cms) > room {
		return nil, fmt.Errorf("sign PDF: the signature has %d bytes, more than %d", len(cms), room)
	}
	hexed := bytes.Repeat([]byte("0"), 2*room)
	hex.Encode(hexed, cms)
	return bytes.Join([][]byte{u.base, u.before, hexed, u.after}, nil), nil
}

// contents gives the CMS structure, filled up with zeros, of an update that is
// like u in everything else.
func (u *update) contents(rest []byte) ([]byte, error) {
	middle, ok := bytes.CutPrefix(rest, u.before)
	if !ok {
		return nil, changed("the update is not the one that signs")
	}
	middle, ok = bytes.CutSuffix(middle, u.after)
	if !ok || len(middle) != 2*room {
		return nil, changed("something was added to the file or cut from it")
	}
	cms := make([]byte, room)
	if _, err := hex.Decode(cms, middle); err != nil {
		return nil, changed("%v", err)
	}
	if !bytes.Equal(middle, bytes.ToLower(middle)) {
		return nil, changed("its digits are not in the form that is signed")
	}
	return cms, nil
}

// readWords finds what an update says to people.
func readWords(rest []byte) (w words, err error) {
	name, ok1 := cut(rest, "/Name <", ">")
	reason, ok2 := cut(rest, "/Reason <", ">")
	at, ok3 := cut(rest, "/M (", ")")
	if !ok1 || !ok2 || !ok3 || len(name) > maxWords || len(reason) > maxWords {
		return w, changed("no signature stands behind the label")
	}
	if w.at, err = time.Parse(dateForm, string(at)); err != nil {
		return w, changed("its time is not one")
	}
	w.name, w.reason = fromText(name), fromText(reason)
	return w, nil
}

// text writes a text string (ISO 32000-1, 7.9.2.2) in hexadecimal.
func text(s string) string {
	b := []byte{0xFE, 0xFF}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return "<" + hex.EncodeToString(b) + ">"
}

func fromText(hexed []byte) string {
	b, _ := hex.DecodeString(string(hexed))
	var units []uint16
	for i := 2; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(units))
}

// written is an update as it grows, and where its objects lie.
type written struct {
	bytes.Buffer
	at, gap int
	places  []place
}

type place struct{ n, at int }

func (b *written) begin(n int) {
	b.places = append(b.places, place{n, b.at + b.Len()})
	fmt.Fprintf(b, "%d 0 obj\n", n)
}

func (b *written) object(n int, dict []byte) {
	b.begin(n)
	b.Write(dict)
	b.WriteString("\nendobj\n")
}

func (b *written) table(size, root, info, before int) {
	start := b.at + b.Len() + b.gap
	b.WriteString("xref\n")
	for _, p := range b.places {
		fmt.Fprintf(b, "%d 1\n%010d 00000 n \n", p.n, p.at)
	}
	fmt.Fprintf(b, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", size, root, info, before, start)
}
