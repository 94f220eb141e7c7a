package sevenzip

import (
	"bytes"
	"cmp"
	"compress/bzip2"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/inflate"
	"github.com/assay-iot/assay/firmware/lzma"
)

var (
	errEncrypted = errors.New("encrypted with a password (AES)")
	errShort     = errors.New("unpacks to less than the header says")
	errLong      = errors.New("unpacks to more than the header says, or more follows")
	errSum       = errors.New("wrong checksum")
)

// stream is the content of one file in what a folder unpacks to.
type stream struct {
	folder   int
	at, size int64
	sum      uint32
	summed   bool
}

// folder is one packed run, and how it is unpacked.
type folder struct {
	packed format.Span
	coders []coder // in the order in which they unpack
	size   int64   // unpacked
	sum    uint32
	summed bool
	err    error // why it is not unpacked
}

type coder struct {
	id         uint64
	properties []byte
	size       int64 // what it gives
}

// The methods; Methods.txt in the LZMA SDK.
const (
	methodCopy    = 0x00
	methodLZMA2   = 0x21
	methodLZMA    = 0x030101
	methodPPMd    = 0x030401
	methodBCJ2    = 0x0303011b
	methodDeflate = 0x040108
	methodDefl64  = 0x040109
	methodBzip2   = 0x040202
	methodAES     = 0x06f10701
)

// filters are the methods that change bytes and not their number, by their number in xz.
var filters = map[uint64]uint64{
	3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9, 0xa: 0xa,
	0x03030103: 4, 0x03030205: 5, 0x03030401: 6, 0x03030501: 7, 0x03030701: 8, 0x03030805: 9,
}

// refused says why a method is not read; nil if it is.
func refused(id uint64) error {
	switch id {
	case methodCopy, methodLZMA, methodLZMA2, methodDeflate, methodDefl64, methodBzip2:
		return nil
	case methodAES:
		return errEncrypted
	case methodPPMd:
		return errors.New("packed with PPMd, which is not read")
	case methodBCJ2:
		return errors.New("packed with BCJ2, which is not read")
	}
	if filters[id] == 0 {
		return fmt.Errorf("packed with method 0x%x, which is not read", id)
	}
	return nil
}

func (f *folder) stored() bool { return len(f.coders) == 1 && f.coders[0].id == methodCopy }

// unpack gives all that a folder holds.
func (a *archive) unpack(f *folder) (out []byte, err error) {
	if f.err != nil {
		return nil, f.err
	}
	if f.packed.Length > a.b.FileBytes {
		return nil, fmt.Errorf("%d packed bytes at once, at most %d are read: %w", f.packed.Length, a.b.FileBytes, format.ErrLimit)
	}
	if out, err = a.in.Bytes(f.packed.Offset, f.packed.Length); err != nil {
		return nil, err
	}
	ours := false // out may be changed
	for i := range f.coders {
		c := &f.coders[i]
		if c.size > a.b.FileBytes {
			return nil, fmt.Errorf("unpacks to %d bytes at once, at most %d are read: %w", c.size, a.b.FileBytes, format.ErrLimit)
		}
		if filter := filters[c.id]; filter != 0 {
			undo, err := lzma.Undo(filter, c.properties)
			if err != nil {
				return nil, err
			}
			if !ours {
				out = bytes.Clone(out)
			}
			undo(out)
		} else if c.id != methodCopy {
			if out, err = a.decode(c, out); err != nil {
				return nil, err
			}
		}
		if ours = c.id != methodCopy || ours; int64(len(out)) < c.size {
			return nil, errShort
		}
		out = out[:c.size]
	}
	return out, nil
}

// step is how much is unpacked until the context is asked again.
const step = 4 << 20

// decode unpacks what one coder packed.
func (a *archive) decode(c *coder, src []byte) ([]byte, error) {
	switch c.id {
	case methodLZMA:
		return a.lzma(c, src)
	case methodLZMA2:
		if len(c.properties) != 1 || c.properties[0] > 40 {
			return nil, lzma.ErrProps
		}
		d := new(lzma.Decoder)
		out, err := d.LZMA2(nil, src, func(out []byte, n int) ([]byte, error) {
			if err := a.ctx.Err(); err != nil {
				return out, err
			}
			if int64(len(out)+n) > c.size {
				return out, errLong
			}
			return grown(out, n, c.size), nil
		})
		return out, cmp.Or(err, follows(src, int(d.Taken())))
	}
	if c.id == methodDefl64 {
		out := make([]byte, c.size)
		n, used, err := new(inflate.Decoder).Raw64(out, src)
		return out[:n], cmp.Or(err, follows(src, used))
	}
	r := bytes.NewReader(src)
	unpacked := io.Reader(bzip2.NewReader(r))
	if c.id == methodDeflate {
		unpacked = flate.NewReader(r)
	}
	out, err := a.drain(unpacked, c.size)
	return out, cmp.Or(err, follows(src, len(src)-r.Len()))
}

// spare is how many bytes at the end of a packed run a coder may leave: a mark that
// nobody has to read, and what fills the last word.
const spare = 16

// follows is the error for bytes that follow what was taken of a packed run: they hide there.
func follows(src []byte, taken int) error {
	if len(src)-taken > spare {
		return errLong
	}
	return nil
}

// grown has room for n more bytes, and no more than a stream of that size has.
func grown(out []byte, n int, size int64) []byte {
	if n <= cap(out)-len(out) {
		return out
	}
	bigger := make([]byte, len(out), max(len(out)+n, int(min(size, int64(2*cap(out)), int64(len(out)+n)+(32<<20)))))
	copy(bigger, out)
	return bigger
}

func (a *archive) lzma(c *coder, src []byte) (out []byte, err error) {
	if len(c.properties) != 5 {
		return nil, lzma.ErrProps
	}
	p, err := lzma.ParseProps(c.properties[0])
	if err != nil {
		return nil, err
	}
	d := new(lzma.Decoder)
	if err := d.Reset(p, src, nil); err != nil {
		return nil, err
	}
	for int64(len(out)) < c.size {
		if err := a.ctx.Err(); err != nil {
			return nil, err
		}
		n := int(min(step, c.size-int64(len(out))))
		out = grown(out, n, c.size)
		if out, err = d.Decode(out, len(out)+n); err != nil {
			break
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil // a mark at the end
	}
	return out, cmp.Or(err, follows(src, int(d.Taken())))
}

// drain reads so many bytes, and the end behind them.
func (a *archive) drain(r io.Reader, size int64) (out []byte, err error) {
	for int64(len(out)) < size {
		if err := a.ctx.Err(); err != nil {
			return nil, err
		}
		n := int(min(step, size-int64(len(out))))
		out = grown(out, n, size)
		got, err := io.ReadFull(r, out[len(out):len(out)+n])
		if out = out[:len(out)+got]; err != nil {
			return out, err
		}
	}
	if n, err := r.Read(make([]byte, 1)); n > 0 || !errors.Is(err, io.EOF) {
		return out, cmp.Or(err, errLong)
	}
	return out, nil
}

// all gives what a folder unpacks to as an input. It is held until another is asked for,
// or lies in the scratch file if it is long.
func (a *archive) all(i int) (format.Input, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if s := a.spool[i]; s != nil {
		return format.Input{ReaderAt: s, Size: s.Size()}, nil
	}
	if a.last == i {
		return format.InMemory(a.held), nil
	}
	a.held, a.last = nil, -1
	out, err := a.unpack(&a.folders[i])
	if err != nil {
		return format.Input{}, err
	}
	if a.b.Scratch != nil && len(out) > keptFolder {
		s := a.b.Scratch.New()
		if _, err := s.Write(out); err != nil {
			return format.Input{}, err
		}
		if err := s.Close(); err != nil {
			return format.Input{}, err
		}
		a.spool[i] = s
		return format.Input{ReaderAt: s, Size: s.Size()}, nil
	}
	a.held, a.last = out, i
	return format.InMemory(out), nil
}

// read gives the content of one file, whose checksum must hold.
func (a *archive) read(s *stream) ([]byte, error) {
	all, err := a.all(s.folder)
	if err != nil {
		return nil, err
	}
	content, err := all.Bytes(s.at, s.size)
	if err == nil && s.summed && crc32.ChecksumIEEE(content) != s.sum {
		err = errSum
	}
	return content, err
}

// Read reads a file again. Without a scratch file a folder that is asked for after
// another is unpacked again.
func (a *archive) Read(i int) ([]byte, error) {
	if a.of[i] < 0 {
		return nil, nil
	}
	return a.read(&a.streams[a.of[i]])
}

// Batches has one batch for each folder, and one for what is empty.
func (a *archive) Batches() []format.Batch {
	in := make([][]int, len(a.folders)+1)
	for i := range a.entries {
		if e := &a.entries[i]; !e.Mode.IsRegular() || e.Err != nil {
			continue
		}
		n := len(a.folders)
		if a.of[i] >= 0 {
			n = a.streams[a.of[i]].folder
		}
		in[n] = append(in[n], i)
	}
	var batches []format.Batch
	for _, entries := range in {
		if len(entries) == 0 {
			continue
		}
		batches = append(batches, format.Batch{Entries: entries, Run: func(_ func(int, func(int)), visit func(int, []byte, error)) {
			for _, i := range entries {
				content, err := a.Read(i)
				visit(i, content, err)
			}
		}})
	}
	return batches
}
