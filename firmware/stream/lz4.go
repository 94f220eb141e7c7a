package stream

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"

	"github.com/pierrec/lz4/v4"

	"github.com/assay-iot/assay/firmware/format"
)

// LZ4 is the lz4 frame, and the legacy frame that kernels use.
var LZ4 = &format.Format{
	Name:     "lz4",
	Magics:   []format.Magic{{Bytes: "\x04\x22\x4d\x18"}, {Bytes: "\x02\x21\x4c\x18"}},
	Anywhere: true,
	Probe:    probeLZ4,
	Open:     openLZ4,
	Peek:     peekLZ4,
}

const (
	legacyMagic = 0x184c2102
	legacyBlock = 8 << 20
)

func probeLZ4(in format.Input) format.Likeness {
	h := in.Head(19)
	if len(h) < 11 {
		return format.No
	}
	if binary.LittleEndian.Uint32(h) == legacyMagic {
		if size := binary.LittleEndian.Uint32(h[4:]); size == 0 || int64(size) > int64(lz4.CompressBlockBound(legacyBlock)) || int64(size) > in.Size-8 {
			return format.No
		}
		return format.Likely
	}
	if ok, err := lz4.ValidFrameHeader(h); !ok || err != nil {
		return format.No
	}
	return format.Likely
}

func peekLZ4(in format.Input) []byte {
	if isLegacy(in) {
		return peekLegacy(in)
	}
	end, _ := lz4End(in)
	return peek(lz4.NewReader(io.NewSectionReader(in.ReaderAt, 0, end)), nil)
}

func openLZ4(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	if isLegacy(in) {
		return openLegacy(ctx, in, b)
	}
	end, whole := lz4End(in)
	src := &counting{r: io.NewSectionReader(in.ReaderAt, 0, end)}
	data, err := collect(ctx, lz4.NewReader(src), b, 0, func() int64 { return src.n })
	if data.whole = whole; !whole {
		end = data.upTo // what follows may be something else
	}
	if err == nil && (!whole || data.size() == 0) {
		err = io.ErrUnexpectedEOF
	}
	return opened(in, data, end, "", err, nil)
}

func isLegacy(in format.Input) bool {
	h := in.Head(4)
	return len(h) == 4 && binary.LittleEndian.Uint32(h) == legacyMagic
}

// legacyBlockAt gives a block of a legacy frame, or nothing where none can be.
func legacyBlockAt(in format.Input, at int64) []byte {
	w := in.Peek(at, 4)
	if len(w) < 4 {
		return nil
	}
	size := int64(binary.LittleEndian.Uint32(w))
	if size == 0 || size > int64(lz4.CompressBlockBound(legacyBlock)) || size > in.Size-at-4 {
		return nil
	}
	b, err := in.Bytes(at+4, size)
	if err != nil {
		return nil
	}
	return b
}

// openLegacy reads a legacy frame. Nothing marks its end, but all blocks except
// the last unpack to 8 MiB; the kernel's length that may follow is no block.
func openLegacy(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	at := int64(4)
	g := &growing{ctx: ctx, b: b, packed: func() int64 { return at }}
	buf := make([]byte, legacyBlock)
	var out []byte
	var err error
	for full := true; full && err == nil; {
		packed := legacyBlockAt(in, at)
		if len(out) > 0 && bytes.Equal(in.Peek(at, 4), binary.LittleEndian.AppendUint32(nil, uint32(len(out)))) {
			break // the kernel's length
		}
		if packed == nil {
			if len(out) == 0 {
				err = io.ErrUnexpectedEOF
			}
			break
		}
		var n int
		if n, err = lz4.UncompressBlock(packed, buf); err != nil {
			err = format.Errorf(at, "block: %w", err)
			break
		}
		if out, err = g.room(out, n); err == nil {
			out = append(out, buf[:n]...)
			at += 4 + int64(len(packed))
		}
		full = n == legacyBlock
	}
	out, err = g.end(out, err)
	return opened(in, unpacked{data: out}, at, "", err, nil)
}

// peekLegacy unpacks the first block, whose first bytes cannot be had alone.
func peekLegacy(in format.Input) []byte {
	buf := make([]byte, legacyBlock)
	n, err := lz4.UncompressBlock(legacyBlockAt(in, 4), buf)
	if err != nil {
		return nil
	}
	return bytes.Clone(buf[:min(n, peekSize)])
}

// lz4End finds where a frame ends by the lengths of its blocks.
func lz4End(in format.Input) (end int64, whole bool) {
	h := in.Head(7)
	if len(h) < 7 {
		return in.Size, false
	}
	const blockSum, hasSize, contentSum, hasDict, stored = 1 << 4, 1 << 3, 1 << 2, 1, 1 << 31
	flags := h[4]
	at := int64(7)
	if flags&hasSize != 0 {
		at += 8
	}
	if flags&hasDict != 0 {
		at += 4
	}
	for {
		w := in.Peek(at, 4)
		if len(w) < 4 {
			return in.Size, false
		}
		at += 4
		size := int64(binary.LittleEndian.Uint32(w) &^ stored)
		if size == 0 {
			break
		}
		if at += size; flags&blockSum != 0 {
			at += 4
		}
	}
	if flags&contentSum != 0 {
		at += 4
	}
	return min(at, in.Size), at <= in.Size
}
