package jffs2

import (
	"cmp"
	"slices"
	"sync"

	"github.com/assay-iot/assay/firmware/format"
)

// perWorker is how many nodes of a file one worker unpacks at a time.
const perWorker = 64

// Batches has one batch for each file, in the order in which they begin.
func (t *tree) Batches() []format.Batch {
	var order []int
	for i, e := range t.entries {
		if e.Mode.IsRegular() && e.Inode == i && e.Err == nil {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(t.place(a), t.place(b)) })
	batches := make([]format.Batch, len(order))
	for k, i := range order {
		batches[k] = format.Batch{
			Entries: []int{i},
			Run:     func(par func(int, func(int)), visit func(int, []byte, error)) { t.one(i, par, visit) },
		}
	}
	return batches
}

// place is where the oldest node of a file is.
func (t *tree) place(i int) int64 {
	if nodes := t.nodes[i]; len(nodes) > 0 {
		return nodes[0].at
	}
	return 0
}

// one reads one file.
func (t *tree) one(i int, par func(int, func(int)), visit func(int, []byte, error)) {
	e := &t.entries[i]
	if e.Offset >= 0 {
		content, err := t.in.Bytes(e.Offset, e.Size)
		visit(i, content, err)
		return
	}
	pieces, err := t.pieces(i)
	if err != nil {
		visit(i, nil, err)
		return
	}
	buf := t.buffers.get(int(e.Size))
	defer t.buffers.put(buf)
	if err := t.fill(buf, pieces, par); err != nil {
		visit(i, nil, err)
		return
	}
	visit(i, buf, nil)
}

// pieces finds the content of a file, the pieces of one node side by side, and
// takes from the budget what is unpacked and not wanted.
func (t *tree) pieces(i int) ([]piece, error) {
	size := t.entries[i].Size
	if size > t.budget.FileBytes {
		return nil, format.Errorf(t.place(i), "file of %d bytes: %w", size, format.ErrLimit)
	}
	pieces, err := layout(t.nodes[i], size)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(pieces, func(a, b piece) int { return cmp.Compare(a.node.at, b.node.at) })
	var unpacked, packed int64
	for k, p := range pieces {
		if n := p.node; packs(n.compression) && (k == 0 || pieces[k-1].node != n) {
			unpacked, packed = unpacked+int64(n.dsize), packed+int64(n.csize)
		}
	}
	if err := t.budget.Stream(unpacked, packed); err != nil {
		return nil, err
	}
	return pieces, t.budget.Bytes(max(0, unpacked-size))
}

// fill unpacks all pieces into buf.
func (t *tree) fill(buf []byte, pieces []piece, par func(int, func(int))) error {
	runs := runsOf(pieces)
	errs := make([]error, len(runs))
	work := func(k int) {
		for rest := runs[k]; len(rest) > 0 && errs[k] == nil; {
			n := 1
			for n < len(rest) && rest[n].node == rest[0].node {
				n++
			}
			errs[k] = t.node(buf, rest[:n])
			rest = rest[n:]
		}
	}
	if len(runs) > 1 {
		par(len(runs), work)
	} else if len(runs) == 1 {
		work(0)
	}
	return cmp.Or(errs...)
}

// runsOf cuts the pieces into the shares of workers. The pieces of one node stay
// together.
func runsOf(pieces []piece) [][]piece {
	var runs [][]piece
	for len(pieces) > 0 {
		n := min(perWorker, len(pieces))
		for n < len(pieces) && pieces[n].node == pieces[n-1].node {
			n++
		}
		runs, pieces = append(runs, pieces[:n]), pieces[n:]
	}
	return runs
}

// node unpacks one node into the places where it is the newest.
func (t *tree) node(buf []byte, pieces []piece) error {
	n := pieces[0].node
	if n.compression == comprZero {
		for _, p := range pieces {
			clear(buf[p.from:p.to])
		}
		return nil
	}
	if p := pieces[0]; p.from == int64(n.offset) && p.to == n.end() {
		return t.unpack(n, buf[p.from:p.to])
	}
	if n.compression == comprNone {
		return t.copyPieces(buf, pieces)
	}
	if n.dsize > maxUnpacked {
		return errTooLarge(n)
	}
	whole := t.buffers.get(int(n.dsize))
	defer t.buffers.put(whole)
	if err := t.unpack(n, whole); err != nil {
		return err
	}
	for _, p := range pieces {
		copy(buf[p.from:p.to], whole[p.from-int64(n.offset):])
	}
	return nil
}

// copyPieces copies out of a node that is not packed.
func (t *tree) copyPieces(buf []byte, pieces []piece) error {
	n := pieces[0].node
	if n.csize != n.dsize {
		return format.Errorf(n.at, "%d plain bytes stored as %d", n.dsize, n.csize)
	}
	for _, p := range pieces {
		if err := t.in.Full(buf[p.from:p.to], n.at+inodeSize+p.from-int64(n.offset)); err != nil {
			return err
		}
	}
	return nil
}

// Read reads the content of one file again.
func (t *tree) Read(i int) (content []byte, err error) {
	i = t.entries[i].Inode
	if e := &t.entries[i]; !e.Mode.IsRegular() || e.Err != nil {
		return nil, cmp.Or(e.Err, format.Errorf(0, "no regular file"))
	}
	alone := func(n int, f func(int)) {
		for k := range n {
			f(k)
		}
	}
	t.one(i, alone, func(_ int, b []byte, e error) { content, err = slices.Clone(b), e })
	return content, err
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
