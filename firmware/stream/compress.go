package stream

import (
	"context"

	"github.com/assay-iot/assay/firmware/format"
)

// Compress is the .Z file of compress(1): the codes of LZW, of 9 bits at first
// and up to 16 later. It has no checksum and no end: it goes on as long as there
// are codes, and so is looked for only where a stream must begin.
//
// The layout is that of ncompress. Codes come in groups of eight; where their
// width changes, or the table is cleared, the rest of the group is void.
var Compress = &format.Format{
	Name:   "compress",
	Magics: []format.Magic{{Bytes: "\x1f\x9d"}},
	Probe:  probeCompress,
	Open:   openCompress,
	Peek:   peekCompress,
}

const (
	compressHeader = 3
	codeBits       = 0x1f // of the third byte: the widest code
	codeUnused     = 0x60
	codeBlocks     = 0x80 // code 256 clears the table
	leastBits      = 9
	mostBits       = 16
	codeClear      = 256
	tasteCompress  = 512       // bytes that must make sense
	stepCompress   = 256 << 10 // for which room is asked at a time
)

func probeCompress(in format.Input) format.Likeness {
	head := in.Head(tasteCompress)
	l, ok := newLZW(head)
	if !ok {
		return format.No
	}
	out, err := l.decode(make([]byte, 0, tasteCompress), tasteCompress, nil)
	if err != nil || len(out) == 0 {
		return format.No
	}
	return format.Likely
}

func peekCompress(in format.Input) []byte {
	l, ok := newLZW(in.Head(peekInput))
	if !ok {
		return nil
	}
	out, _ := l.decode(make([]byte, 0, peekSize), peekSize, nil)
	return out
}

func openCompress(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	packed, err := in.Bytes(0, in.Size)
	if err != nil {
		return nil, err
	}
	l, ok := newLZW(packed)
	if !ok {
		return nil, format.Errorf(0, "no header of compress")
	}
	g := &growing{ctx: ctx, b: b, packed: l.taken}
	data, err := l.decode(nil, -1, g.room)
	data, err = g.end(data, err)
	return opened(in, unpacked{data: data}, in.Size, "", err, nil)
}

// lzw is a decoder. A string of the table is a run of what was unpacked already.
type lzw struct {
	packed  []byte
	pos     int // of the next code, in bits
	group   int // where the codes of this width began, in bits
	width   int
	widest  int
	strings []run // of the codes from first on
	first   int
	clears  bool
}

// run is a run of what was unpacked.
type run struct{ at, n int }

func newLZW(packed []byte) (*lzw, bool) {
	if len(packed) < compressHeader || packed[0] != 0x1f || packed[1] != 0x9d {
		return nil, false
	}
	flags := packed[2]
	l := &lzw{packed: packed, pos: compressHeader * 8, group: compressHeader * 8, width: leastBits, widest: int(flags & codeBits), first: codeClear}
	if flags&codeBlocks != 0 {
		l.clears, l.first = true, codeClear+1
	}
	return l, flags&codeUnused == 0 && l.widest >= leastBits && l.widest <= mostBits
}

func (l *lzw) taken() int64 { return int64(l.pos+7) / 8 }

// next reads a code, negative at the end.
func (l *lzw) next() int {
	if l.pos+l.width > len(l.packed)*8 {
		return -1
	}
	v := 0
	for i := range 3 {
		if at := l.pos/8 + i; at < len(l.packed) {
			v |= int(l.packed[at]) << (8 * i)
		}
	}
	code := v >> (l.pos % 8) & (1<<l.width - 1)
	l.pos += l.width
	return code
}

// skip passes over the rest of a group.
func (l *lzw) skip() {
	size := l.width * 8
	l.group += (l.pos - l.group + size - 1) / size * size
	l.pos = l.group
}

// decode unpacks up to most bytes, or all if most is negative. Room makes room
// for more of them; without it there is what out has.
func (l *lzw) decode(out []byte, most int, room func([]byte, int) ([]byte, error)) ([]byte, error) {
	last := run{n: 0} // what the last code stood for; none at the start
	asked := cap(out) // so far there is room
	for most < 0 || len(out) < most {
		if l.first+len(l.strings) == 1<<l.width && l.width < l.widest {
			l.skip()
			l.width++
		}
		code := l.next()
		if code < 0 {
			return out, nil
		}
		if code == codeClear && l.clears {
			l.skip()
			l.strings, l.width, last = l.strings[:0], leastBits, run{}
			continue
		}
		s, ok := l.find(code, last)
		if !ok {
			return out, format.Errorf(l.taken(), "code %d, the table has %d", code, l.first+len(l.strings))
		}
		if end := len(out) + s.n; end > asked {
			if room == nil {
				return out, nil
			}
			var err error
			if out, err = room(out, max(s.n, stepCompress)); err != nil {
				return out, err
			}
			asked = len(out) + max(s.n, stepCompress)
		}
		at := len(out)
		out = l.write(out, code, s)
		if last.n > 0 && l.first+len(l.strings) < 1<<l.widest {
			l.strings = append(l.strings, run{last.at, last.n + 1}) // and the first byte of this one
		}
		last = run{at, s.n}
	}
	return out, nil
}

// find gives the string of a code. The code that comes next in the table stands
// for the last string and its own first byte.
func (l *lzw) find(code int, last run) (s run, ok bool) {
	switch i := code - l.first; {
	case code < codeClear:
		return run{n: 1}, true
	case last.n == 0 || i < 0:
		return s, false
	case i < len(l.strings):
		return l.strings[i], true
	case i == len(l.strings) && code < 1<<l.widest:
		return run{last.at, last.n + 1}, true
	}
	return s, false
}

// write appends a string. It may go on into itself.
func (l *lzw) write(out []byte, code int, s run) []byte {
	if code < codeClear {
		return append(out, byte(code))
	}
	if s.at+s.n <= len(out) {
		return append(out, out[s.at:s.at+s.n]...)
	}
	for i := range s.n {
		out = append(out, out[s.at+i])
	}
	return out
}
