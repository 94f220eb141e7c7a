package stream

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/mikelolasagasti/xz"

	"github.com/assay-iot/assay/firmware/format"
)

// XZ is the .xz format, also as the kernel has it.
var XZ = &format.Format{
	Name:     "xz",
	Magics:   []format.Magic{{Offset: 0, Bytes: "\xfd7zXZ\x00"}},
	Anywhere: true,
	Probe:    probeXZ,
	Open:     openXZ,
	Peek:     func(in format.Input) []byte { r, err := newXZ(in); return peek(r, err) },
}

const (
	xzHeader = 12
	xzFooter = 12
	maxIndex = 16 << 20 // bytes of an index
)

func newXZ(in format.Input) (*xz.Reader, error) {
	return xz.NewReader(io.NewSectionReader(in.ReaderAt, 0, in.Size), maxDict)
}

func probeXZ(in format.Input) format.Likeness {
	h := in.Head(xzHeader)
	if len(h) < xzHeader || h[6] != 0 || h[7]&0xf0 != 0 || crc32.ChecksumIEEE(h[6:8]) != binary.LittleEndian.Uint32(h[8:]) {
		return format.No
	}
	return format.Sure
}

// openXZ finds the end of the stream by its footer, so that the decoder is given
// exactly the stream. Streams that follow at once belong to it.
func openXZ(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	end, size := xzEnd(in)
	if end == 0 {
		return openBrokenXZ(ctx, in, b)
	}
	for end < in.Size {
		next := in.Section(end, in.Size-end)
		if probeXZ(next) == format.No {
			break
		}
		more, n := xzEnd(next)
		if more == 0 {
			break
		}
		end, size = end+more, size+n
	}
	if err := b.Stream(size, end); err != nil {
		return nil, err
	}
	r, err := newXZ(in.Section(0, end))
	if err != nil {
		return nil, err
	}
	data, err := collect(ctx, r, b, size, func() int64 { return end })
	return opened(data, end, "", err, nil)
}

func openBrokenXZ(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	c := newCounter(in, 0)
	r, err := xz.NewReader(c, maxDict)
	if err != nil {
		return nil, err
	}
	data, err := collect(ctx, r, b, 0, c.taken)
	if err == nil {
		err = errors.New("no footer")
	}
	return opened(data, c.taken(), "", err, nil)
}

// xzEnd gives the end of the first stream and the length of what it unpacks to,
// as the index says, or 0 if there is no footer with a fitting index.
func xzEnd(in format.Input) (end, size int64) {
	flags := in.Peek(6, 2)
	const window = 1 << 20
	for from := int64(xzHeader); from < in.Size; from += window {
		chunk := in.Peek(from, window+1)
		for at := 0; ; at++ {
			i := bytes.Index(chunk[at:], []byte("YZ"))
			if i < 0 {
				break
			}
			at += i
			if end = from + int64(at) + 2; end%4 != 0 {
				continue
			}
			if size, ok := xzIndex(in, end, flags); ok {
				return end, size
			}
		}
	}
	return 0, 0
}

// xzIndex checks the footer that ends at end and its index, and adds up the
// lengths in it. See "The .xz File Format" 1.0.4, sections 2.1.2 and 4.
func xzIndex(in format.Input, end int64, flags []byte) (size int64, ok bool) {
	f := in.Peek(end-xzFooter, xzFooter)
	if len(f) < xzFooter || !bytes.Equal(f[8:10], flags) || crc32.ChecksumIEEE(f[4:10]) != binary.LittleEndian.Uint32(f) {
		return 0, false
	}
	n := (int64(binary.LittleEndian.Uint32(f[4:])) + 1) * 4
	if n > maxIndex || n > end-xzFooter-xzHeader {
		return 0, false
	}
	index := in.Peek(end-xzFooter-n, int(n))
	if int64(len(index)) < n || index[0] != 0 || crc32.ChecksumIEEE(index[:n-4]) != binary.LittleEndian.Uint32(index[n-4:]) {
		return 0, false
	}
	rest := index[1 : n-4]
	count, used := binary.Uvarint(rest)
	for range count {
		for k := range 2 {
			if used <= 0 {
				return 0, false
			}
			rest = rest[used:]
			var v uint64
			if v, used = binary.Uvarint(rest); k == 1 {
				size += int64(v & (1<<62 - 1))
			}
		}
		if size < 0 {
			return 0, false
		}
	}
	return size, used > 0
}
