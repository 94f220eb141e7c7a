package squashfs

import (
	"encoding/binary"
	"errors"

	"github.com/assay-iot/assay/firmware/format"
)

// metadata reads metadata blocks, each once. It is used while the file system
// is opened, from one goroutine.
type metadata struct {
	in       format.Input
	order    binary.ByteOrder
	codec    *codec
	marked   bool                 // a byte of ones follows the size of each block
	end      int64                // of the inode table
	blocks   map[int64]*metaBlock // by place of the block's header
	quiet    bool                 // what is read is only tried
	last     *metaBlock           // that was asked for, at lastAt
	lastAt   int64
	unpacked int64
}

type metaBlock struct {
	data []byte
	next int64 // place of the next block's header
	err  error
	used []format.Span // of data, that was read
}

// use notes that n bytes of a block are read.
func (m *metadata) use(b *metaBlock, off, n int) {
	if m.quiet || n == 0 {
		return
	}
	if k := len(b.used) - 1; k >= 0 && b.used[k].Offset+b.used[k].Length == int64(off) {
		b.used[k].Length += int64(n)
		return
	}
	b.used = append(b.used, format.Span{Offset: int64(off), Length: int64(n)})
}

func (m *metadata) block(at int64) (*metaBlock, error) {
	if m.last != nil && m.lastAt == at {
		return m.last, m.last.err
	}
	b, ok := m.blocks[at]
	if !ok {
		b = &metaBlock{}
		b.err = m.read(at, b)
		m.blocks[at] = b
	}
	m.last, m.lastAt = b, at
	return b, b.err
}

func (m *metadata) read(at int64, b *metaBlock) error {
	var word [2]byte
	if err := m.in.Full(word[:], at); err != nil {
		return err
	}
	w := m.order.Uint16(word[:])
	size := int(w &^ 0x8000)
	if size == 0 || size > metaSize {
		return format.Errorf(at, "metadata block of %d bytes", size)
	}
	if m.unpacked += metaSize; m.unpacked > maxMetadata {
		return format.Errorf(at, "metadata of more than %d bytes: %w", maxMetadata, format.ErrLimit)
	}
	from := at + 2
	if m.marked {
		from++
	}
	b.next = from + int64(size)
	raw := make([]byte, size)
	if err := m.in.Full(raw, from); err != nil {
		return err
	}
	if w&0x8000 != 0 {
		b.data = raw
		return nil
	}
	out := make([]byte, metaSize, metaSize+slack)
	n, err := m.codec.unpack(out, raw, b.next < m.end)
	if err != nil {
		return format.Errorf(at, "metadata block: %w", err)
	}
	b.data = out[:n:n]
	return nil
}

var errShortMeta = errors.New("metadata end early")

// cursor is a place in a chain of metadata blocks.
type cursor struct {
	m     *metadata
	block int64
	off   int
}

// at makes a cursor from a table's start and a reference: the place of the block
// in the table, and the offset in what it unpacks to.
func (m *metadata) at(table, block uint64, off int) *cursor {
	return &cursor{m, offsetOf(table + block), off}
}

// next gives n bytes and moves on. Small reads within a block are not copied.
func (c *cursor) next(n int) ([]byte, error) {
	b, err := c.m.block(c.block)
	if err != nil {
		return nil, err
	}
	if c.off > len(b.data) {
		return nil, format.Errorf(c.block, "offset %d in a metadata block of %d bytes", c.off, len(b.data))
	}
	if len(b.data)-c.off >= n {
		c.m.use(b, c.off, n)
		c.off += n
		return b.data[c.off-n : c.off : c.off], nil
	}
	out := make([]byte, 0, n)
	for {
		take := min(n-len(out), len(b.data)-c.off)
		c.m.use(b, c.off, take)
		out = append(out, b.data[c.off:c.off+take]...)
		c.off += take
		if len(out) == n {
			return out, nil
		}
		if len(b.data) == 0 {
			return nil, format.Errorf(c.block, "%w", errShortMeta)
		}
		c.block, c.off = b.next, 0
		if b, err = c.m.block(c.block); err != nil {
			return nil, err
		}
	}
}

// decode fills a fixed-size value.
func (c *cursor) decode(v any) error {
	raw, err := c.next(binary.Size(v))
	if err != nil {
		return err
	}
	_, err = binary.Decode(raw, c.m.order, v)
	return err
}
