package cramfs

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/zlib"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	pointerSize   = 4
	pointerPlain  = 1 << 31 // the block is not compressed
	pointerDirect = 1 << 30 // the pointer is to the start of the block, in words
	pointerFlags  = pointerPlain | pointerDirect

	maxSpread = 2 // times the size of a block that one may have when compressed
	manyBytes = 1 << 20
	tried     = 8 // files that a size of blocks is tried on
)

// blockSizes are the sizes of blocks that are tried, the usual one first.
var blockSizes = []int64{4 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10, 2 << 10, 1 << 10, 512}

// stored is one block of a content.
type stored struct {
	from, size int64
	plain      bool
}

// blocks finds the blocks of a content.
func (r *reader) blocks(n *inode, block int64) ([]stored, error) {
	count := (int64(n.size) + block - 1) / block
	table, err := r.in.Bytes(n.offset, count*pointerSize)
	if err != nil {
		return nil, err
	}
	all := make([]stored, count)
	at := n.offset + count*pointerSize
	for i := range all {
		want := min(block, int64(n.size)-int64(i)*block)
		p := r.sb.order.Uint32(table[i*pointerSize:])
		if all[i], err = r.pointed(p, at, want); err != nil {
			return nil, err
		}
		b := &all[i]
		if b.size < 0 || b.from > r.in.Size || b.size > r.in.Size-b.from || (b.size > maxSpread*block) {
			return nil, format.Errorf(n.offset+int64(i)*pointerSize, "block %d has %d bytes at 0x%x", i, b.size, b.from)
		}
		at = b.from + b.size
	}
	return all, nil
}

// pointed is the block that a pointer means, if the one before ends at at.
func (r *reader) pointed(p uint32, at, want int64) (b stored, err error) {
	if !r.extended {
		return stored{from: at, size: int64(p) - at}, nil
	}
	b = stored{from: at, plain: p&pointerPlain != 0}
	place := int64(p &^ pointerFlags)
	switch {
	case p&pointerDirect == 0:
		b.size = place - at
	case b.plain:
		b.from, b.size = place<<2, want
	default:
		length, err := r.in.Bytes(place<<2, 2)
		if err != nil {
			return b, err
		}
		b.from, b.size = place<<2+2, int64(r.sb.order.Uint16(length))
	}
	return b, nil
}

// content puts a content together.
func (r *reader) content(n *inode, par func(int, func(int))) ([]byte, error) {
	blocks, err := r.blocks(n, r.block)
	if err != nil {
		return nil, err
	}
	buf := make([]byte, n.size)
	errs := make([]error, len(blocks))
	if len(buf) < manyBytes {
		par = alone
	}
	par(len(blocks), func(i int) {
		from := int64(i) * r.block
		errs[i] = r.unpack(buf[from:min(from+r.block, int64(len(buf)))], &blocks[i])
	})
	return buf, firstOf(errs)
}

func firstOf(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// unpack fills dst from a block. One without bytes is a hole.
func (r *reader) unpack(dst []byte, b *stored) error {
	if b.size == 0 {
		return nil
	}
	src, err := r.in.Bytes(b.from, b.size)
	if err != nil {
		return err
	}
	if b.plain {
		if len(src) != len(dst) {
			return format.Errorf(b.from, "plain block of %d bytes for %d", len(src), len(dst))
		}
		copy(dst, src)
		return nil
	}
	if err := r.zlib.unpack(dst, src); err != nil {
		return format.Errorf(b.from, "block of %d bytes for %d: %w", len(src), len(dst), err)
	}
	return nil
}

// guess finds the size of a block: the first with which the first blocks of the
// largest files unpack to it.
func (r *reader) guess() int64 {
	var large []*inode
	for i := range r.inodes {
		if n := &r.inodes[i]; n.mode&modeFmt == modeRegular && n.size > 0 && r.entries[i].Inode == i {
			large = append(large, n)
		}
	}
	slices.SortStableFunc(large, func(a, b *inode) int { return cmp.Compare(b.size, a.size) })
	large = large[:min(len(large), tried)]
	for _, size := range blockSizes {
		if len(large) > 0 && r.fits(large, size) {
			return size
		}
	}
	return blockSizes[0]
}

func (r *reader) fits(files []*inode, block int64) bool {
	for _, n := range files {
		blocks, err := r.blocks(n, block)
		if err != nil {
			return false
		}
		dst := make([]byte, min(block, int64(n.size)))
		if r.unpack(dst, &blocks[0]) != nil {
			return false
		}
	}
	return true
}

// look finds the blocks of a content, as long as all tables that were looked at
// could lie in the file system side by side.
func (r *reader) look(n *inode) ([]stored, error) {
	if r.pointers -= (int64(n.size)/r.block + 1) * pointerSize; r.pointers < 0 {
		return nil, format.Errorf(n.offset, "block pointers: %w", format.ErrLimit)
	}
	return r.blocks(n, r.block)
}

// plainOffset is where a content begins whose blocks are plain and follow one
// another; -1 for others.
func (r *reader) plainOffset(n *inode) int64 {
	blocks, err := r.look(n)
	if err != nil || len(blocks) == 0 {
		return -1
	}
	at := blocks[0].from
	for i := range blocks {
		if !blocks[i].plain || blocks[i].from != at || blocks[i].size == 0 {
			return -1
		}
		at += blocks[i].size
	}
	return blocks[0].from
}

// measure is the length of a file system that does not say it: up to the last
// block of a file.
func (r *reader) measure() int64 {
	for i := range r.inodes {
		n := &r.inodes[i]
		if kind := n.mode & modeFmt; n.size == 0 || r.entries[i].Inode != i || (kind != modeRegular && kind != modeLink) {
			continue
		}
		blocks, err := r.look(n)
		if err != nil {
			continue
		}
		for _, b := range blocks {
			r.end = max(r.end, b.from+b.size)
		}
	}
	return min((r.end+pointerSize-1)&^(pointerSize-1), r.in.Size)
}

func alone(n int, f func(int)) {
	for i := range n {
		f(i)
	}
}

// Batches has one batch for each content, in the order of the disk.
func (r *reader) Batches() []format.Batch {
	var batches []format.Batch
	for i, n := range r.inodes {
		if n.mode&modeFmt != modeRegular || r.entries[i].Inode != i || r.entries[i].Err != nil {
			continue
		}
		batches = append(batches, format.Batch{Entries: []int{i}, Run: func(par func(int, func(int)), visit func(int, []byte, error)) {
			b, err := r.content(&r.inodes[i], par)
			if err == nil {
				err = r.ctx.Err()
			}
			visit(i, b, err)
		}})
	}
	slices.SortStableFunc(batches, func(a, b format.Batch) int {
		return cmp.Compare(r.inodes[a.Entries[0]].offset, r.inodes[b.Entries[0]].offset)
	})
	return batches
}

// Read reads a content again.
func (r *reader) Read(i int) ([]byte, error) {
	n := &r.inodes[r.entries[i].Inode]
	if n.mode&modeFmt != modeRegular {
		return nil, format.Errorf(n.at, "no regular file")
	}
	return r.content(n, alone)
}

// decoders are kept for the next block.
type decoders struct{ free sync.Pool }

type decoder struct {
	src bytes.Reader
	r   io.ReadCloser
}

var errLength = errors.New("unpacks to another length")

// unpack fills dst from a zlib stream, which must end there and be all of src.
func (d *decoders) unpack(dst, src []byte) (err error) {
	z, _ := d.free.Get().(*decoder)
	if z == nil {
		z = new(decoder)
	}
	if z.src.Reset(src); z.r == nil {
		z.r, err = zlib.NewReader(&z.src)
	} else {
		err = z.r.(zlib.Resetter).Reset(&z.src, nil)
	}
	if err != nil {
		return err
	}
	if _, err := io.ReadFull(z.r, dst); err != nil {
		return err
	}
	var more [1]byte
	if n, err := z.r.Read(more[:]); n > 0 || err != io.EOF {
		return cmp.Or(err, errLength)
	}
	d.free.Put(z)
	return nil
}
