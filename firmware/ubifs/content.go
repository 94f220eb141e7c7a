package ubifs

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
	"sync"

	"github.com/assay-iot/assay/firmware/format"
)

// piece is how many blocks a worker unpacks at a time, of a file that has more.
const piece = 64

// Batches has one batch for each file, by the place of its first block.
func (r *reader) Batches() []format.Batch {
	var order []int
	for i, n := range r.files {
		if n != nil {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(r.files[a].place(), r.files[b].place()) })
	batches := make([]format.Batch, len(order))
	for k, i := range order {
		batches[k] = format.Batch{Entries: []int{i}, Run: func(par func(int, func(int)), visit func(int, []byte, error)) {
			buf := r.workers.buffer(int(r.entries[i].Size))
			defer r.workers.release(buf)
			visit(i, buf, r.fill(r.files[i], buf, par))
		}}
	}
	return batches
}

// place is where the content of a file begins on the disk.
func (n *inode) place() int64 {
	if len(n.blocks) == 0 {
		return n.at
	}
	return n.blocks[0].at
}

// Read reads the content of one file again.
func (r *reader) Read(i int) ([]byte, error) {
	n := r.files[r.entries[i].Inode]
	if n == nil {
		return nil, errors.New("no regular file that can be read")
	}
	buf := make([]byte, r.entries[i].Size)
	err := r.fill(n, buf, func(n int, f func(int)) {
		for k := range n {
			f(k)
		}
	})
	return buf, err
}

// fill reads the content of a file.
func (r *reader) fill(n *inode, buf []byte, par func(int, func(int))) error {
	if err := r.holes(n, len(buf)); err != nil {
		return err
	}
	if len(n.blocks) == 0 {
		clear(buf)
		return nil
	}
	errs := make([]error, (len(n.blocks)+piece-1)/piece)
	work := func(k int) { errs[k] = r.piece(n, buf, k*piece, min((k+1)*piece, len(n.blocks))) }
	if len(errs) > 1 {
		par(len(errs), work)
	} else {
		work(0)
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// holes checks that a block which is not there is a hole, and not lost with a
// part of the index or of the journal.
func (r *reader) holes(n *inode, size int) error {
	torn := r.torn && n.sequence > r.commitSequence
	if len(r.lost) == 0 && !torn {
		return nil
	}
	end := uint32((size + blockSize - 1) / blockSize)
	next := uint32(0)
	for _, b := range append(slices.Clip(n.blocks), block{number: end}) {
		for ; next < min(b.number, end); next++ {
			if torn || r.isLost(key{n.number, dataNode<<kindShift | next}) {
				return format.Errorf(n.at, "block %d of inode %d is lost, or a hole: the file system is damaged", next, n.number)
			}
		}
		next = b.number + 1
	}
	return nil
}

// piece reads some blocks of a file, and the holes behind each; before the first
// block too.
func (r *reader) piece(n *inode, buf []byte, from, to int) error {
	w := r.workers.get()
	defer r.workers.put(w)
	start := func(k int) int {
		if k == len(n.blocks) {
			return len(buf)
		}
		return min(int(n.blocks[k].number)*blockSize, len(buf))
	}
	if from == 0 {
		clear(buf[:start(0)])
	}
	for k := from; k < to; k++ {
		at := start(k)
		room := buf[at:start(k+1)]
		if len(room) == 0 {
			continue // behind the end of the file
		}
		have, err := r.block(w, n, n.blocks[k], room[:min(len(room), blockSize)])
		if err != nil {
			return err
		}
		clear(room[have:])
	}
	return nil
}

// block reads one block into dst, which may be shorter than the block is.
func (r *reader) block(w *worker, n *inode, b block, dst []byte) (int, error) {
	node, err := r.follow(branch{b.at, b.len, key{n.number, dataNode<<kindShift | (n.first + b.number)}}, dataNode, w.raw[:])
	if err != nil {
		return 0, err
	}
	size := binary.LittleEndian.Uint32(node.raw[sizeAt:])
	if size > blockSize {
		return 0, format.Errorf(b.at, "block of %d bytes", size)
	}
	out := dst
	if int(size) != len(dst) {
		out = w.plain[:size]
	}
	if err := w.unpack(binary.LittleEndian.Uint16(node.raw[compressionAt:]), out[:size], node.raw[dataSize:]); err != nil {
		return 0, format.Errorf(b.at, "block %d of inode %d: %w", b.number, n.number, err)
	}
	if int(size) == len(dst) {
		return len(dst), nil
	}
	return copy(dst, out), nil
}

// workers keeps what it takes to unpack, and buffers for whole files.
type workers struct{ idle, buffers sync.Pool }

func (s *workers) get() *worker {
	if w, ok := s.idle.Get().(*worker); ok {
		return w
	}
	return &worker{}
}

func (s *workers) put(w *worker) { s.idle.Put(w) }

func (s *workers) buffer(n int) []byte {
	if p, ok := s.buffers.Get().(*[]byte); ok && cap(*p) >= n {
		return (*p)[:n]
	}
	return make([]byte, n, max(n, 64<<10))
}

func (s *workers) release(b []byte) { s.buffers.Put(&b) }
