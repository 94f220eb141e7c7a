package stream

import (
	"context"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/assay-iot/assay/firmware/format"
)

// Zstd is RFC 8878, several frames one after another included.
var Zstd = &format.Format{
	Name:     "zstd",
	Magics:   []format.Magic{{Bytes: "\x28\xb5\x2f\xfd"}, {Offset: 1, Bytes: skipMagic}},
	Anywhere: true,
	Probe:    probeZstd,
	Open:     openZstd,
	Peek:     peekZstd,
}

func newZstd(src io.Reader) (*zstd.Decoder, error) {
	return zstd.NewReader(src,
		zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(2*maxDict))
}

func peekZstd(in format.Input) []byte {
	r, err := newZstd(io.NewSectionReader(in.ReaderAt, 0, in.Size))
	if err != nil {
		return nil
	}
	defer r.Close()
	return peek(r, nil)
}

// skipMagic ends the magic number of a frame that is to be skipped, whose first byte
// is one of sixteen (RFC 8878, 3.1.2); pzstd has one in front of each frame. maxSkips
// is how many may stand in front of the first frame.
const (
	skipMagic = "\x2a\x4d\x18"
	maxSkips  = 16
)

// firstFrame is where the first frame begins that is not to be skipped; negative if
// there is none.
func firstFrame(in format.Input) (at int64) {
	for range maxSkips {
		h := in.Peek(at, 8)
		if len(h) < 8 || h[0]&0xf0 != 0x50 || string(h[1:4]) != skipMagic {
			break
		}
		at += 8 + int64(binary.LittleEndian.Uint32(h[4:]))
	}
	if at > 0 && string(in.Peek(at, 4)) != "\x28\xb5\x2f\xfd" {
		return -1 // of LZ4, which has the same
	}
	return at
}

func probeZstd(in format.Input) format.Likeness {
	at := firstFrame(in)
	if at < 0 {
		return format.No
	}
	in = in.Section(at, in.Size-at)
	var h zstd.Header
	if h.Decode(in.Head(zstd.HeaderMaxSize)) != nil || h.WindowSize > 2*maxDict {
		return format.No
	}
	return format.Likely
}

func openZstd(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	frames := zstdFrames(in)
	end, size, whole, skipped := frames.end, frames.size, frames.whole, frames.skipped
	if end == 0 || firstFrame(in) < 0 {
		return nil, format.Errorf(0, "no whole zstd block")
	}
	src := &counting{r: io.NewSectionReader(in.ReaderAt, 0, end)}
	r, err := newZstd(src)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := collect(ctx, r, b, size, func() int64 { return src.n })
	if data.whole = whole; !whole {
		end = data.upTo // what follows may be something else
	}
	if err == nil && !whole {
		err = io.ErrUnexpectedEOF
	}
	o, err := opened(in, data, end, "", err, nil)
	if err == nil {
		o.Unused, o.Unread = bySize(skipped)
		o.Summed = frames.sure && len(o.Damage) == 0
	}
	return o, err
}

// maxNote is the length up to which a frame that is to be skipped is a note of the
// packer, of sizes and places, and no content.
const maxNote = 4 << 10

func bySize(skipped []format.Span) (contents, notes []format.Span) {
	for _, s := range skipped {
		if s.Length > maxNote {
			contents = append(contents, s)
		} else {
			notes = append(notes, s)
		}
	}
	return contents, notes
}

// zstdRun is frames one behind another.
type zstdRun struct {
	end     int64
	size    int64 // that they promise, as far as they do
	whole   bool
	sure    bool // each has a checksum, or says how long its content is
	skipped []format.Span
}

// zstdFrames finds where the frames end, and the size they promise, by the
// lengths of their blocks (RFC 8878, 3.1.1). Frames that are to be skipped may hold
// anything.
func zstdFrames(in format.Input) zstdRun {
	r := zstdRun{sure: true}
	for {
		var h zstd.Header
		if h.Decode(in.Peek(r.end, zstd.HeaderMaxSize)) != nil {
			r.whole = r.end > 0
			return r
		}
		if h.Skippable {
			if int64(h.SkippableSize) > in.Size-r.end-8 {
				r.whole = r.end > 0
				return r
			}
			r.skipped = append(r.skipped, format.Span{Offset: r.end + 8, Length: int64(h.SkippableSize)})
			r.end += 8 + int64(h.SkippableSize)
			continue
		}
		next, ok := zstdBlocks(in, r.end+int64(h.HeaderSize))
		if h.HasCheckSum {
			next += 4
		}
		if !ok || next > in.Size {
			r.end, r.whole = in.Size, false
			return r
		}
		r.end = next
		r.sure = r.sure && (h.HasCheckSum || h.HasFCS)
		if h.HasFCS && h.FrameContentSize < maxUnpacked {
			r.size += int64(h.FrameContentSize)
		}
	}
}

func zstdBlocks(in format.Input, at int64) (end int64, ok bool) {
	for {
		h := in.Peek(at, 3)
		if len(h) < 3 {
			return at, false
		}
		word := int64(h[0]) | int64(h[1])<<8 | int64(h[2])<<16
		size := word >> 3
		if word>>1&3 == 1 {
			size = 1 // one byte, repeated
		}
		if at += 3 + size; at > in.Size {
			return at, false
		}
		if word&1 != 0 {
			return at, true
		}
	}
}
