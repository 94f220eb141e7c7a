package ota

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash"

	"github.com/assay-iot/assay/firmware/format"
)

// Matter is the Matter OTA file: a header of fields and one payload, with the
// digest of the payload. It has no signature: whether a device takes it is between
// the payload and its boot loader.
var Matter = &format.Format{
	Name:     matterName,
	Magics:   []format.Magic{{Bytes: matterMagic}},
	Anywhere: true,
	Probe:    probeMatter,
	Open:     openMatter,
	Torn:     tornMatter,
}

const (
	matterName   = "matter-ota"
	matterMagic  = "\x1e\xf1\xee\x1b"
	matterFixed  = 16
	maxMatter    = 64 << 10 // bytes of fields
	maxMatterSum = 64
)

// Tags of the fields.
const (
	matterVendor = iota
	matterProduct
	matterVersion
	matterVersionString
	matterPayloadSize
	matterMinVersion
	matterMaxVersion
	matterNotes
	matterDigestType
	matterDigest
)

// matterHashes are those of IANA's registry of named information, by their number,
// with the length that is kept.
var matterHashes = map[uint64]struct {
	name string
	size int
	make func() hash.Hash
}{
	1: {"sha256", 32, sha256.New}, 2: {"sha256-128", 16, sha256.New}, 3: {"sha256-120", 15, sha256.New},
	4: {"sha256-96", 12, sha256.New}, 5: {"sha256-64", 8, sha256.New}, 6: {"sha256-32", 4, sha256.New},
	7: {"sha384", 48, sha512.New384}, 8: {"sha512", 64, sha512.New},
	9: {"sha3-224", 28, func() hash.Hash { return sha3.New224() }}, 10: {"sha3-256", 32, func() hash.Hash { return sha3.New256() }},
	11: {"sha3-384", 48, func() hash.Hash { return sha3.New384() }}, 12: {"sha3-512", 64, func() hash.Hash { return sha3.New512() }},
}

// readMatter reads the fixed part: all bytes, and those of the fields.
func readMatter(in format.Input) (total, fields int64, ok bool) {
	raw := in.Head(matterFixed + 1)
	if len(raw) <= matterFixed || string(raw[:4]) != matterMagic || raw[matterFixed] != tlvStructure {
		return 0, 0, false
	}
	size := binary.LittleEndian.Uint64(raw[4:])
	fields = int64(binary.LittleEndian.Uint32(raw[12:]))
	if size > 1<<40 || fields < 2 || fields > maxMatter || int64(size) < matterFixed+fields {
		return 0, 0, false
	}
	return int64(size), fields, true
}

func probeMatter(in format.Input) format.Likeness {
	if _, _, ok := readMatter(in); ok {
		return format.Sure
	}
	return format.No
}

// tornMatter is a file whose sizes cannot be.
func tornMatter(in format.Input) error {
	raw := in.Head(matterFixed + 1)
	if len(raw) <= matterFixed || raw[matterFixed] != tlvStructure {
		return nil
	}
	return format.Errorf(4, "a file of %d bytes with fields of %d", binary.LittleEndian.Uint64(raw[4:]), binary.LittleEndian.Uint32(raw[12:]))
}

func openMatter(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	total, size, ok := readMatter(in)
	if !ok {
		return nil, format.Errorf(0, "no header")
	}
	raw, err := in.Bytes(matterFixed, size)
	if err != nil {
		return nil, err
	}
	fields, err := structure(raw)
	if err != nil {
		return nil, err
	}
	m := &matter{ctx: ctx, in: in, fields: fields, o: &format.Opened{Length: min(total, in.Size), Attributes: map[string]string{}}}
	m.attributes()
	at := matterFixed + size
	if total > in.Size {
		m.damage(in.Size, 0, fmt.Sprintf("the header says %d bytes, the input ends at 0x%x", total, in.Size))
	}
	if n := fields[matterPayloadSize].number; n != uint64(total-at) {
		m.damage(matterFixed, size, fmt.Sprintf("the fields say %d bytes of payload, the header %d", n, total-at))
	}
	payload := format.Span{Offset: at, Length: m.o.Length - at}
	if payload.Length <= 0 {
		return nil, format.Errorf(at, "no payload")
	}
	m.o.Parts = []format.Part{{Offset: at, Length: payload.Length, Role: format.Code}}
	return m.o, m.digest(payload)
}

// matter is the work on one file.
type matter struct {
	ctx    context.Context
	in     format.Input
	fields map[byte]field
	o      *format.Opened
}

func (m *matter) damage(off, length int64, reason string) {
	m.o.Damage = append(m.o.Damage, format.Damage{Offset: off, Length: length, Reason: reason})
}

func (m *matter) attributes() {
	for tag, name := range map[byte]string{
		matterVendor: "vendor", matterProduct: "product", matterVersion: "software-version",
		matterMinVersion: "min-version", matterMaxVersion: "max-version",
	} {
		f, ok := m.fields[tag]
		switch {
		case !ok:
		case tag == matterVendor, tag == matterProduct:
			m.o.Attributes[name] = fmt.Sprintf("0x%04x", f.number)
		default:
			m.o.Attributes[name] = fmt.Sprint(f.number)
		}
	}
	for tag, name := range map[byte]string{matterVersionString: "version", matterNotes: "release-notes"} {
		if f, ok := m.fields[tag]; ok {
			m.o.Attributes[name] = string(bytes.ToValidUTF8(f.bytes, []byte("?")))
		}
	}
}

// digest compares the digest of the payload.
func (m *matter) digest(payload format.Span) error {
	kind, has := m.fields[matterDigestType]
	want := m.fields[matterDigest].bytes
	known, ok := matterHashes[kind.number]
	h := format.Hash{Name: "payload", Algorithm: known.name, Span: payload}
	switch {
	case !has || want == nil:
		h.Problem = "the header has no digest"
	case !ok:
		h.Algorithm, h.Problem = fmt.Sprint(kind.number), "a digest of an unknown type"
	case len(want) != known.size:
		h.Problem = fmt.Sprintf("a digest of %d bytes, not %d", len(want), known.size)
	default:
		sum := known.make()
		if err := format.Sum(m.ctx, sum, m.in, payload); err != nil {
			return err
		}
		h.OK = bytes.Equal(sum.Sum(make([]byte, 0, maxMatterSum))[:known.size], want)
	}
	m.o.Hashes = []format.Hash{h}
	return nil
}
