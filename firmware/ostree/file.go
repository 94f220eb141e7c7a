package ostree

import (
	"bytes"
	"cmp"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// Header is what the checksum of a file is over besides its content.
type Header struct {
	UID, GID, Mode uint32 // Mode as st_mode has it
	Link           string // target of a symbolic link
	Xattrs         []Xattr
}

// Xattr is an extended attribute.
type Xattr struct{ Name, Value []byte }

// Sum is the checksum of a file with that content.
func (h Header) Sum(content []byte) Checksum {
	sum := sha256.New()
	_, _ = sum.Write(h.framed())
	_, _ = sum.Write(content)
	return Checksum(sum.Sum(nil))
}

// framed is the header as it stands in front of a content: its length in four
// bytes, four of padding, then a (uuuusa(ayay)), whose fourth number is unused.
func (h Header) framed() []byte {
	b := make([]byte, 8, 64)
	for _, n := range []uint32{h.UID, h.GID, h.Mode, 0} {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	b = append(append(b, h.Link...), 0)
	end := len(b) - 8
	b = append(b, pack(h.Xattrs)...)
	b = ends(b, 8, end)
	binary.BigEndian.PutUint32(b, uint32(len(b)-8))
	return b
}

// pack serialises an a(ayay), sorted by name.
func pack(xattrs []Xattr) []byte {
	xattrs = slices.Clone(xattrs)
	slices.SortFunc(xattrs, func(a, b Xattr) int { return bytes.Compare(a.Name, b.Name) })
	var b []byte
	var places []int
	for _, x := range xattrs {
		pair := append(bytes.Clone(x.Name), x.Value...)
		pair = ends(pair, 0, len(x.Name))
		b = append(b, pair...)
		places = append(places, len(b))
	}
	return ends(b, 0, places...)
}

// ends adds the places of ends behind a container that begins at from.
func ends(b []byte, from int, places ...int) []byte {
	if len(places) == 0 {
		return b
	}
	body := len(b) - from
	width := 1
	for width < offsetSize(body+len(places)*width) {
		width = offsetSize(body + len(places)*width)
	}
	for _, p := range places {
		var wide [8]byte
		binary.LittleEndian.PutUint64(wide[:], uint64(p))
		b = append(b, wide[:width]...)
	}
	return b
}

// ParseMeta reads an object with owner, mode and attributes of a folder; the
// attribute user.ostreemeta of a file is of the same form.
func ParseMeta(b []byte) (Header, error) {
	m, err := value{dirmetaKind, b}.items()
	if err != nil {
		return Header{}, fmt.Errorf("owner and mode: %w", err)
	}
	h := Header{UID: uint32(m[0].number()), GID: uint32(m[1].number()), Mode: uint32(m[2].number())}
	h.Xattrs, err = xattrs(m[3])
	return h, err
}

func xattrs(v value) ([]Xattr, error) {
	list, err := v.items()
	if err != nil {
		return nil, fmt.Errorf("attributes: %w", err)
	}
	var all []Xattr
	for _, e := range list {
		pair, err := e.items()
		if err != nil {
			return nil, fmt.Errorf("attributes: %w", err)
		}
		all = append(all, Xattr{pair[0].data, pair[1].data})
	}
	return all, nil
}

// What a file of an archive may unpack to: beyond freePacked, maxRatio of what it
// is packed in.
const (
	maxPacked  = 256 << 20
	freePacked = 1 << 20
	maxRatio   = 256
)

var errLong = errors.New("more bytes than its header says")

// SumPacked is the checksum of a file as repositories in the mode "archive" hold
// it: a header with the size, then the content, deflated.
func SumPacked(b []byte) (Checksum, error) {
	if len(b) < 8 || uint64(binary.BigEndian.Uint32(b)) > uint64(len(b)-8) {
		return Checksum{}, errVariant
	}
	at := 8 + int(binary.BigEndian.Uint32(b))
	m, err := value{"(tuuuusa(ayay))", b[8:at]}.items()
	if err != nil {
		return Checksum{}, err
	}
	size := m[0].number()
	h := Header{UID: uint32(m[1].number()), GID: uint32(m[2].number()), Mode: uint32(m[3].number()), Link: m[5].text()}
	if h.Xattrs, err = xattrs(m[6]); err != nil {
		return Checksum{}, err
	}
	if size > maxPacked || size > freePacked && size/uint64(len(b)) > maxRatio {
		return Checksum{}, fmt.Errorf("a file of %d bytes, packed in %d: %w", size, len(b), format.ErrLimit)
	}
	sum := sha256.New()
	_, _ = sum.Write(h.framed())
	if at < len(b) {
		n, err := io.Copy(sum, io.LimitReader(flate.NewReader(bytes.NewReader(b[at:])), int64(size)+1))
		if err = cmp.Or(err, map[bool]error{true: errLong}[uint64(n) != size]); err != nil {
			return Checksum{}, err
		}
	}
	return Checksum(sum.Sum(nil)), nil
}
