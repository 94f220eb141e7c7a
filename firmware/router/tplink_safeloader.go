package router

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// SafeLoader is the image of TP-Link's newer devices: its size, an MD5 with a
// salt, information of the vendor, and a table of text that names the partitions.
// Images of the type "Cloud" are signed and may be encrypted; theirs may have no
// table.
var SafeLoader = &format.Format{
	Name: "tplink-safeloader",
	Magics: []format.Magic{
		{Offset: safeTable, Bytes: "fwup-ptn "},
		{Offset: safeVendor, Bytes: "fw-type:"},
	},
	Anywhere: true,
	Probe: func(in format.Input) format.Likeness {
		_, ok := readSafeLoader(in)
		return likely(0, ok)
	},
	Open: openSafeLoader,
}

const (
	safeDigest    = 4
	safeVendor    = 0x14
	safeText      = 0x18 // the vendor's information without its length
	safeTable     = 0x1014
	safeTableSize = 0x800
	safeSignature = 0x130 // of a Cloud image
	// safeHash is where a Cloud image says how it is signed.
	safeHash = 0x112
	safeSalt = "\x7a\x2b\x15\xed\x9b\x98\x59\x6d\xe5\x04\xab\x44\xac\x2a\x9f\x4e"
)

// safeLoader is the header. There is a table, or a type.
type safeLoader struct {
	size      int64
	kind      string
	partition []format.Part
	bad       []string // lines of the table that are not understood
}

func readSafeLoader(in format.Input) (s safeLoader, ok bool) {
	b := in.Head(safeTable + safeTableSize)
	if len(b) < safeTable {
		return s, false
	}
	s.size = int64(binary.BigEndian.Uint32(b))
	if line, found := bytes.CutPrefix(b[safeVendor:safeTable], []byte("fw-type:")); found {
		line, _, _ = bytes.Cut(line, []byte("\n"))
		s.kind = str(line)
	}
	s.table(b[safeTable:])
	return s, s.size > safeTable && s.size <= maxImage && (len(s.partition) > 0 || s.kind != "")
}

// table reads the lines "fwup-ptn NAME base 0x… size 0x…"; the bases count from
// where the table begins.
func (s *safeLoader) table(b []byte) {
	for line := range strings.Lines(string(b)) {
		if !strings.HasPrefix(line, "fwup-ptn ") || len(s.partition) >= maxParts {
			return
		}
		w := strings.Fields(line)
		if len(w) != 6 || w[2] != "base" || w[4] != "size" {
			s.bad = append(s.bad, str([]byte(line)))
			continue
		}
		base, err := strconv.ParseUint(strings.TrimPrefix(w[3], "0x"), 16, 31)
		size, err2 := strconv.ParseUint(strings.TrimPrefix(w[5], "0x"), 16, 31)
		if err != nil || err2 != nil {
			s.bad = append(s.bad, str([]byte(line)))
			continue
		}
		s.partition = append(s.partition, format.Part{Name: w[1], Offset: safeTable + int64(base), Length: int64(size)})
	}
}

func openSafeLoader(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	s, ok := readSafeLoader(in)
	if !ok {
		return nil, format.Errorf(0, "no SafeLoader header")
	}
	m := newImage(in, s.size)
	if err := s.sum(ctx, m); err != nil {
		return nil, err
	}
	if len(s.partition) == 0 {
		m.header(0, s.cloudHeader(m))
		return m.done(), nil
	}
	s.vendor(m)
	m.header(0, safeTable+safeTableSize)
	for _, line := range s.bad {
		m.damage(safeTable, 0, "a line of the table of partitions is not understood: %s", line)
	}
	for _, p := range s.partition {
		if safeTexts[p.Name] && m.safeText(p) {
			continue
		}
		if p.Name == "os-image" || strings.Contains(p.Name, "uboot") {
			p.Role = format.Code
		}
		m.part(p)
	}
	return m.done(), nil
}

// sum compares the digest. That of a Cloud image is taken while the signature is
// not there yet; it says nothing.
func (s *safeLoader) sum(ctx context.Context, m *image) error {
	if s.kind != "" {
		m.say("type", s.kind)
		return nil
	}
	d := md5.New()
	_, _ = d.Write([]byte(safeSalt))
	return m.compare(ctx, "image", "md5 with a salt", safeVendor, s.size-safeVendor, d, m.in.Peek(safeDigest, md5.Size))
}

// cloudHeader is the length of the header of a Cloud image without a table.
func (s *safeLoader) cloudHeader(m *image) int64 {
	n := int64(128)
	if b := m.in.Peek(safeHash, 1); len(b) == 1 && b[0] == 2 {
		n = 256
	}
	m.say("rsa-signature", strconv.FormatInt(n, 10)+" bytes at 0x130")
	return safeSignature + n
}

// vendor reads the vendor's information.
func (s *safeLoader) vendor(m *image) {
	n := binary.BigEndian.Uint32(m.in.Peek(safeVendor, 4))
	if s.kind == "" && n > 0 && n <= safeTable-safeText {
		m.say("vendor", str(m.in.Peek(safeText, int(n))))
	}
}

// safeTexts are the partitions that hold text.
var safeTexts = map[string]bool{"partition-table": true, "soft-version": true, "support-list": true, "product-info": true, "profile": true, "default-config": true}

// safeText gives the text of a partition as a file: after a length and four
// zeros, or, in the table of the flash, after a number.
func (m *image) safeText(p format.Part) bool {
	if p.Offset < 0 || p.Length > m.Length-p.Offset {
		return false
	}
	b := m.in.Peek(p.Offset, int(min(p.Length, maxText)))
	from, n := int64(0), int64(len(b))
	switch {
	case len(b) > 8 && binary.BigEndian.Uint32(b[4:]) == 0 && int64(binary.BigEndian.Uint32(b)) <= n-8:
		from, n = 8, int64(binary.BigEndian.Uint32(b))
	case len(b) > 4 && b[0] == 0:
		from, n = 4, n-4
	}
	text := bytes.TrimRight(b[from:from+n], "\x00\xff")
	rest := b[from+int64(len(text)):]
	if len(text) == 0 || !printable(text) || p.Length > maxText || len(bytes.Trim(rest, "\x00\xff")) > 0 {
		return false
	}
	for _, t := range m.taken {
		if p.Offset < t.Offset+t.Length && t.Offset < p.Offset+p.Length {
			return false // for part to say
		}
	}
	if p.Name == "soft-version" {
		m.say("soft-version", strings.TrimPrefix(str(text), "soft_ver:"))
	}
	m.header(p.Offset, from)
	m.header(p.Offset+from+int64(len(text)), p.Length-from-int64(len(text)))
	m.text(p.Name, p.Offset+from, int64(len(text)))
	return true
}
