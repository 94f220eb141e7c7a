package zipfile

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"github.com/klauspost/compress/flate"

	"github.com/assay-iot/assay/firmware/format"
)

// salvage reads what is there of an archive that ends before its directory, by the
// headers in front of its members: it writes a directory for them, and opens that. It
// gives up at the first header that does not say how long its member is and whose
// member does not say so either.
func salvage(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	directory, count, end, err := members(ctx, in, b)
	if err != nil {
		return nil, err
	}
	if count == 0 {
		return nil, format.Errorf(in.Size, "zip without a directory: it is not whole")
	}
	whole := &patched{in: in, end: end, tail: closing(directory, count, end)}
	r, err := zip.NewReader(whole, end+int64(len(whole.tail)))
	if err != nil && r == nil {
		return nil, err
	}
	a, err := read(r, in, b, 0)
	if err != nil {
		return nil, err
	}
	if e := &a.entries[0]; e.Err == nil && e.Mode.IsRegular() && e.Size <= b.FileBytes {
		if _, err := a.Read(0); err != nil {
			return nil, err // chance bytes
		}
	}
	lost := format.Damage{Offset: end, Reason: "the archive ends before its directory: what is there of it was read by the headers of its members"}
	return &format.Opened{Length: end, Tree: a, Damage: append(a.damage, lost), Doubt: a.last(end, b)}, nil
}

// last is the last member if its content is not what its header says: the archive was
// cut in it, and something else follows there.
func (a *archive) last(end int64, b *format.Budget) *format.Doubt {
	i := len(a.entries) - 1
	e := &a.entries[i]
	if !e.Mode.IsRegular() || e.Size == 0 || e.Size > b.FileBytes {
		return nil
	}
	if e.Err == nil {
		if _, err := a.Read(i); err == nil {
			return nil
		}
	}
	from, err := a.dataOffset(a.files[i])
	if err != nil || from >= end {
		return nil
	}
	return &format.Doubt{Span: format.Span{Offset: from, Length: end - from}, Entry: i, Cut: true}
}

// members makes a directory of the members that are whole, and says where they end.
func members(ctx context.Context, in format.Input, b *format.Budget) (directory []byte, count int, end int64, err error) {
	le := binary.LittleEndian
	for at := int64(0); ; count++ {
		if err := ctx.Err(); err != nil {
			return nil, 0, 0, err
		}
		h := in.Peek(at, headerSize)
		if len(h) < headerSize || string(h[:4]) != localMagic || count >= maxSalvaged {
			return directory, count, at, nil
		}
		names := in.Peek(at+headerSize, int(le.Uint16(h[26:]))+int(le.Uint16(h[28:])))
		if len(names) < int(le.Uint16(h[26:]))+int(le.Uint16(h[28:])) {
			return directory, count, at, nil
		}
		name := names[:le.Uint16(h[26:])]
		from := at + headerSize + int64(le.Uint16(h[26:])) + int64(le.Uint16(h[28:]))
		m := member{packed: int64(le.Uint32(h[18:])), size: int64(le.Uint32(h[22:])), sum: le.Uint32(h[14:])}
		if m.size == zip64Size {
			m.large(names[len(name):])
		}
		next := from + m.packed
		if le.Uint16(h[6:])&later != 0 {
			m, next, err = streamed(in, h, from, b)
			if errors.Is(err, format.ErrSpent) {
				return nil, 0, 0, err
			} else if err != nil {
				return directory, count, at, nil //nolint:nilerr // it ends in this member
			}
		}
		if m.packed == zip64Size || m.size == zip64Size || next > in.Size || at > zip64Size {
			return directory, count, at, nil
		}
		directory = append(directory, m.record(h, string(name), string(names[len(name):]), at)...)
		at = next
	}
}

const (
	zip64Size  = 0xffffffff // the sizes stand in the extra field
	zip64Extra = 1          // which begins with this, its length, and they
	// maxStored is in how many bytes the end of a member is looked for that is not
	// packed and does not say how long it is.
	maxStored = 1 << 20
	// maxDescriptors is how many that seem to stand there are looked at.
	maxDescriptors = 256
	// maxSalvaged is how many members are read so.
	maxSalvaged = 1 << 16
)

// member is what the directory says of one.
type member struct {
	packed, size int64
	sum          uint32
}

// large takes the sizes from the extra field of a header: pieces that begin with their
// kind and their length.
func (m *member) large(extra []byte) {
	le := binary.LittleEndian
	for len(extra) >= 4 {
		n := min(int(le.Uint16(extra[2:])), len(extra)-4)
		if field := extra[4 : 4+n]; le.Uint16(extra) == zip64Extra && n >= 16 {
			m.size, m.packed = int64(min(le.Uint64(field), zip64Size)), int64(min(le.Uint64(field[8:]), zip64Size))
			return
		}
		extra = extra[4+n:]
	}
}

// record is the directory's record of a member; APPNOTE.TXT 6.3.10, 4.3.12.
func (m *member) record(h []byte, name, extra string, at int64) []byte {
	le := binary.LittleEndian
	r := append([]byte("PK\x01\x02"), h[4], 0) // made on DOS: modes are not known
	r = append(r, h[4:14]...)
	for _, v := range []uint32{m.sum, uint32(m.packed), uint32(m.size)} {
		r = le.AppendUint32(r, v)
	}
	r = le.AppendUint16(le.AppendUint16(r, uint16(len(name))), uint16(len(extra)))
	r = append(r, make([]byte, 6)...) // no comment, the disk, attributes
	mode := uint32(0)
	if strings.HasSuffix(name, "/") {
		mode = 0x10
	}
	r = le.AppendUint32(r, mode)
	return append(le.AppendUint32(r, uint32(at)), name+extra...)
}

// streamed finds the end of a member whose sizes stand behind it.
func streamed(in format.Input, h []byte, from int64, b *format.Budget) (m member, next int64, err error) {
	switch binary.LittleEndian.Uint16(h[8:]) {
	case zip.Deflate:
	case zip.Store:
		return storedStreamed(in, from)
	default:
		return m, 0, format.Errorf(from, "the size of the member is not known")
	}
	src := &counted{in: in, at: from}
	f := flate.NewReader(src)
	defer f.Close()
	m.size, err = io.Copy(io.Discard, io.LimitReader(f, b.FileBytes+1))
	if err := cmp.Or(b.Bytes(m.size), err); err != nil {
		return m, 0, err
	}
	m.packed = src.at - from
	said := descriptor(in, &zip.File{FileHeader: zip.FileHeader{CompressedSize64: uint64(m.packed), UncompressedSize64: uint64(m.size)}}, src.at)
	if said.Length == 0 {
		return m, 0, format.Errorf(src.at, "no descriptor behind the member")
	}
	m.sum = binary.LittleEndian.Uint32(bytes.TrimPrefix(in.Peek(src.at, 8), []byte(descriptorMagic)))
	return m, src.at + said.Length, nil
}

// storedStreamed finds the descriptor behind a member that is not packed: it says how
// far away the member began.
func storedStreamed(in format.Input, from int64) (m member, next int64, err error) {
	tries := 0
	for at := from; at < min(in.Size, from+maxStored) && tries < maxDescriptors; {
		chunk := in.Peek(at, window)
		i := bytes.Index(chunk, []byte(descriptorMagic))
		if i < 0 {
			at += int64(max(1, len(chunk)-len(descriptorMagic)+1))
			continue
		}
		at += int64(i)
		tries++
		m = member{packed: at - from, size: at - from}
		size := uint64(at - from)
		if said := descriptor(in, &zip.File{FileHeader: zip.FileHeader{CompressedSize64: size, UncompressedSize64: size}}, at); said.Length > 0 {
			m.sum = binary.LittleEndian.Uint32(in.Peek(at+4, 4))
			return m, at + said.Length, nil
		}
		at++
	}
	return m, 0, format.Errorf(from, "no descriptor behind the member")
}

// counted reads byte by byte, so that it is known where a stream ends.
type counted struct {
	in  format.Input
	at  int64
	buf []byte
}

func (c *counted) ReadByte() (byte, error) {
	if len(c.buf) == 0 {
		if c.buf = c.in.Peek(c.at, 4<<10); len(c.buf) == 0 {
			return 0, io.ErrUnexpectedEOF
		}
	}
	b := c.buf[0]
	c.buf, c.at = c.buf[1:], c.at+1
	return b, nil
}

func (c *counted) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		b, err := c.ReadByte()
		if err != nil {
			return n, err
		}
		p[n] = b
		n++
	}
	return n, nil
}

// closing is a directory with the record that ends an archive.
func closing(directory []byte, count int, at int64) []byte {
	le := binary.LittleEndian
	end := append([]byte(endMagic), 0, 0, 0, 0)
	end = le.AppendUint16(le.AppendUint16(end, uint16(count)), uint16(count))
	end = le.AppendUint32(le.AppendUint32(end, uint32(len(directory))), uint32(at))
	return append(append(directory, end...), 0, 0)
}

// patched is the start of an input with something else behind it.
type patched struct {
	in   format.Input
	end  int64
	tail []byte
}

// ReadAt reads from both.
func (p *patched) ReadAt(b []byte, off int64) (n int, err error) {
	if off < p.end {
		n = int(min(int64(len(b)), p.end-off))
		if err := p.in.Full(b[:n], off); err != nil {
			return n, err
		}
	}
	if n < len(b) {
		k, err := format.Memory(p.tail).ReadAt(b[n:], off+int64(n)-p.end)
		return n + k, err
	}
	return n, nil
}
