package ext

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sync"

	"github.com/assay-iot/assay/firmware/format"
)

// place says where the content of a file begins, for the order of reading, and
// its offset if it is one plain run, or -1. Extents and pointers in other blocks
// are not looked up.
func (r *reader) place(n *inode) (begin, offset int64) {
	size := int64(n.size(&r.sb))
	blocks := r.sb.blocksOf(size)
	first := func(at int) int64 {
		return int64(binary.LittleEndian.Uint32(n.Block[at:])) * r.sb.blockSize
	}
	switch {
	case n.Flags&flagInline != 0:
		return n.at, -1
	case n.Flags&flagExtents != 0 && binary.LittleEndian.Uint16(n.Block[6:]) > 0:
		return first(extentSize + 4), -1
	case n.Flags&flagExtents == 0 && blocks > directBlocks:
		return first(0), -1
	}
	runs, err := r.runs(n, blocks)
	if err != nil || len(runs) == 0 {
		return n.at, -1
	}
	begin = runs[0].physical * r.sb.blockSize
	if runs[0].count < blocks || size > r.in.Size-begin {
		return begin, -1
	}
	return begin, begin
}

func (sb *superblock) blocksOf(size int64) int64 {
	blocks := size / sb.blockSize
	if size%sb.blockSize > 0 {
		blocks++
	}
	return blocks
}

// content reads what an inode holds. What is one run is not copied if the input
// is in memory; otherwise it goes into a buffer that get makes.
func (r *reader) content(n *inode, get func(int) []byte) ([]byte, error) {
	size := int64(n.size(&r.sb))
	if n.Flags&flagInline != 0 {
		return r.inline(n, size, get)
	}
	blocks := r.sb.blocksOf(size)
	runs, err := r.runs(n, blocks)
	if err != nil {
		return nil, err
	}
	if _, memory := r.in.ReaderAt.(format.Memory); memory && len(runs) == 1 && runs[0].count == blocks {
		return r.in.Bytes(runs[0].physical*r.sb.blockSize, size)
	}
	buf := get(int(size))
	at := int64(0)
	for _, run := range runs {
		from := run.logical * r.sb.blockSize
		to := min(from+run.count*r.sb.blockSize, size)
		clear(buf[at:from])
		if err := r.in.Full(buf[from:to], run.physical*r.sb.blockSize); err != nil {
			return nil, err
		}
		at = to
	}
	clear(buf[at:])
	return buf, nil
}

// inline reads a content that the inode holds itself: in the place of the block
// pointers, and the rest as an extended attribute. What the size says beyond that
// is zeros: mke2fs writes files of zeros so.
func (r *reader) inline(n *inode, size int64, get func(int) []byte) ([]byte, error) {
	buf := get(int(size))
	held := copy(buf, n.Block[:])
	if held < len(buf) {
		rest, err := r.inlineRest(n)
		if err != nil {
			return nil, err
		}
		held += copy(buf[held:], rest)
	}
	clear(buf[held:])
	return buf, nil
}

// node is where an entry's inode is, and where its content begins.
type node struct {
	number    uint32
	at, begin int64
}

// Batches has one batch for each file, in the order of the disk.
func (r *reader) Batches() []format.Batch {
	batches := format.OneByOne(r)
	slices.SortStableFunc(batches, func(a, b format.Batch) int {
		return cmp.Compare(r.nodes[a.Entries[0]].begin, r.nodes[b.Entries[0]].begin)
	})
	for k := range batches {
		i := batches[k].Entries[0]
		batches[k].Run = func(_ func(int, func(int)), visit func(int, []byte, error)) { r.visit(i, visit) }
	}
	return batches
}

// visit reads one file into a buffer that is used again.
func (r *reader) visit(i int, visit func(int, []byte, error)) {
	var buf []byte
	content, err := r.read(i, func(n int) []byte {
		buf = r.buffers.get(n)
		return buf
	})
	visit(i, content, err)
	if buf != nil {
		r.buffers.put(buf)
	}
}

// Read reads the content of one file again.
func (r *reader) Read(i int) ([]byte, error) { return r.read(r.entries[i].Inode, allocate) }

func (r *reader) read(i int, get func(int) []byte) ([]byte, error) {
	n, err := r.file(i)
	if err != nil {
		return nil, err
	}
	return r.content(n, get)
}

// file reads the inode of a regular file again.
func (r *reader) file(i int) (*inode, error) {
	e := &r.entries[i]
	switch {
	case e.Err != nil:
		return nil, e.Err
	case !e.Mode.IsRegular():
		return nil, format.Errorf(r.nodes[i].at, "no regular file")
	}
	n, err := r.inodeAt(r.nodes[i].number, r.nodes[i].at)
	if err != nil {
		return nil, err
	}
	if size := int64(n.size(&r.sb)); size != e.Size {
		return nil, format.Errorf(n.at, "the input changed while it was read")
	}
	return n, nil
}

// buffers keeps buffers for reuse.
type buffers struct{ pool sync.Pool }

func (b *buffers) get(n int) []byte {
	if p, ok := b.pool.Get().(*[]byte); ok && cap(*p) >= n {
		return (*p)[:n]
	}
	return make([]byte, n)
}

func (b *buffers) put(buf []byte) { b.pool.Put(&buf) }
