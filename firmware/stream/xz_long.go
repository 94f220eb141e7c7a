package stream

import (
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/mikelolasagasti/xz"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/lzma"
)

// xzReadAhead is how much the reader of long streams takes beyond their end at
// most; xzFooter is the size of what they end with.
const xzReadAhead, xzFooter = 8 << 10, 12

// openLongXZ reads streams that do not fit into memory. Package lzma unpacks into
// what it looks back on; the slower reader here looks back on a dictionary.
func openLongXZ(ctx context.Context, in format.Input, b *format.Budget, expect int64) (*format.Opened, error) {
	l := &longXZ{in: in}
	data, err := collect(ctx, l, b, expect, func() int64 { return l.at + l.took() })
	if err != nil {
		return opened(in, data, l.at+l.took(), "", err, nil)
	}
	return opened(in, data, l.at, "", nil, nil)
}

// longXZ reads one stream after another, as long as one follows at once.
type longXZ struct {
	in    format.Input
	at    int64 // where the stream begins
	under *counting
	xz    *xz.Reader
}

func (l *longXZ) took() int64 {
	if l.under == nil {
		return 0
	}
	return l.under.n
}

func (l *longXZ) Read(p []byte) (int, error) {
	if l.xz == nil {
		if !lzma.ValidXZ(l.in.Peek(l.at, xzHeader)) {
			return 0, io.EOF
		}
		l.under = &counting{r: io.NewSectionReader(l.in.ReaderAt, l.at, l.in.Size-l.at)}
		r, err := xz.NewReader(l.under, maxDict)
		if err != nil {
			return 0, err
		}
		r.Multistream(false)
		l.xz = r
	}
	n, err := l.xz.Read(p)
	if err != io.EOF {
		return n, err
	}
	end, ok := l.end()
	if !ok {
		return n, io.ErrUnexpectedEOF
	}
	l.at, l.under, l.xz = end, nil, nil
	return n, nil
}

// end finds where the stream ended by its footer: a checksum, what it is about, and
// two letters.
func (l *longXZ) end() (int64, bool) {
	upTo := l.at + l.took()
	first := max(l.at, upTo-xzReadAhead-xzFooter)
	first += (l.at - first) & 3 // streams are made of four bytes each
	for at := first; at+xzFooter <= upTo; at += 4 {
		f := l.in.Peek(at, xzFooter)
		if len(f) == xzFooter && string(f[10:]) == "YZ" && binary.LittleEndian.Uint32(f) == crc32.ChecksumIEEE(f[4:10]) {
			return at + xzFooter, true
		}
	}
	return 0, false
}
