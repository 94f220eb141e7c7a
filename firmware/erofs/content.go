package erofs

import (
	"cmp"
	"slices"
	"sync"

	"github.com/assay-iot/assay/firmware/format"
)

// manyBytes is from what size on a file is unpacked by several workers.
const manyBytes = 1 << 20

// alone runs a function n times, without help.
func alone(n int, f func(int)) {
	for i := range n {
		f(i)
	}
}

// Batches groups the files whose ends are close to each other in the packed
// inode, so that it is unpacked once; other files stand alone.
func (r *reader) Batches() []format.Batch {
	var batches []format.Batch
	var tails []tail
	left := int64(maxClusters)
	for i, n := range r.inodes {
		if n == nil || r.entries[i].Err != nil {
			continue
		}
		if t, ok := r.tail(i, n, &left); ok {
			tails = append(tails, t)
			continue
		}
		batches = append(batches, format.Batch{Entries: []int{i}})
	}
	slices.SortStableFunc(batches, func(a, b format.Batch) int {
		return cmp.Compare(r.place(a.Entries[0]), r.place(b.Entries[0]))
	})
	for _, group := range r.groups(tails) {
		batches = append(batches, format.Batch{Entries: group})
	}
	for k := range batches {
		entries := batches[k].Entries
		batches[k].Run = func(par func(int, func(int)), visit func(int, []byte, error)) {
			r.run(entries, par, func(i int, b []byte, err error) {
				if err == nil {
					err = r.ctx.Err()
				}
				visit(i, b, err)
			})
		}
	}
	return batches
}

// place is about where the content of an entry begins on the disk.
func (r *reader) place(i int) int64 {
	n := r.inodes[i]
	if n.layout == flatPlain || (n.layout == flatInline && n.size >= 1<<r.sb.BlockBits) {
		return r.blockPlace(n.start)
	}
	return n.at
}

// run reads some files, those in the packed inode from one window of it.
func (r *reader) run(entries []int, par func(int, func(int)), visit func(int, []byte, error)) {
	spans := make([][]extent, len(entries))
	errs := make([]error, len(entries))
	var wanted []extent
	for k, i := range entries {
		n := r.inodes[i]
		if n.size > r.budget.FileBytes {
			errs[k] = format.Errorf(n.at, "file of %d bytes: %w", n.size, format.ErrLimit)
			continue
		}
		if spans[k], errs[k] = r.extents(n); errs[k] == nil {
			wanted = append(wanted, spans[k]...)
		}
	}
	w := r.window(wanted, par)
	defer r.buffers.put(w.buf)
	for k, i := range entries {
		if errs[k] != nil {
			visit(i, nil, errs[k])
			continue
		}
		r.with(r.inodes[i], spans[k], w, par, func(b []byte, err error) { visit(i, b, err) })
	}
}

// with puts a content together and gives it to use, as long as that runs. A
// content of one piece that lies somewhere as it is is not copied.
func (r *reader) with(n *inode, es []extent, w window, par func(int, func(int)), use func([]byte, error)) {
	switch {
	case len(es) == 0:
		use([]byte{}, nil)
	case len(es) == 1 && es[0].how == plain:
		use(r.in.Bytes(es[0].from, es[0].size))
	case len(es) == 1 && es[0].how == fragment:
		use(w.cut(&es[0]))
	default:
		buf := r.buffers.get(int(n.size))
		defer r.buffers.put(buf)
		if err := r.fill(buf, 0, es, w, par); err != nil {
			use(nil, err)
			return
		}
		use(buf, nil)
	}
}

// fill puts extents where they belong in buf, which begins at base.
func (r *reader) fill(buf []byte, base int64, es []extent, w window, par func(int, func(int))) error {
	errs := make([]error, len(es))
	work := func(k int) {
		e := &es[k]
		errs[k] = r.extent(buf[e.at-base:e.at-base+e.size], e, w)
	}
	if len(buf) < manyBytes {
		par = alone
	}
	par(len(es), work)
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// extent fills dst with what an extent holds.
func (r *reader) extent(dst []byte, e *extent, w window) error {
	switch e.how {
	case hole:
		clear(dst)
		return nil
	case plain:
		return r.in.Full(dst, e.from)
	case fragment:
		b, err := w.cut(e)
		copy(dst, b)
		return err
	}
	src, err := r.in.Bytes(e.from, e.stored)
	if err != nil {
		return err
	}
	if e.how == lz4Cluster && !e.part && !r.sb.has(featZeroPadding) {
		left, err := lz4Part(dst, src)
		if err != nil {
			return format.Errorf(e.from, "cluster of %d bytes for %d: lz4: %w", e.stored, e.size, err)
		}
		r.tails.add(e.from+e.stored-int64(len(left)), left)
		return nil
	}
	if err := r.codecs.unpack(e.how, dst, src, r.sb.has(featZeroPadding), e.part); err != nil {
		return format.Errorf(e.from, "cluster of %d bytes for %d: %w", e.stored, e.size, err)
	}
	return nil
}

// Read reads the content of one file again.
func (r *reader) Read(i int) (content []byte, err error) {
	i = r.entries[i].Inode
	if r.inodes[i] == nil {
		return nil, format.Errorf(0, "no regular file")
	}
	r.run([]int{i}, alone, func(_ int, b []byte, e error) { content, err = slices.Clone(b), e })
	return content, err
}

// small reads the content of a directory or symlink.
func (r *reader) small(n *inode, limit int64) (content []byte, err error) {
	if n.size > limit {
		return nil, format.Errorf(n.at, "%d bytes, at most %d are read: %w", n.size, limit, format.ErrLimit)
	}
	es, err := r.extents(n)
	if err != nil {
		return nil, err
	}
	if len(es) > 1 || (len(es) == 1 && es[0].how != plain) {
		if err := r.budget.Bytes(n.size); err != nil {
			return nil, err
		}
	}
	w := r.window(es, alone)
	defer r.buffers.put(w.buf)
	r.with(n, es, w, alone, func(b []byte, e error) {
		if len(es) != 1 || es[0].how != plain {
			b = slices.Clone(b)
		}
		content, err = b, e
	})
	return content, err
}

// buffers keeps buffers for reuse, small and large apart.
type buffers struct{ small, large sync.Pool }

const largeBuffer = 256 << 10

func (b *buffers) get(n int) []byte {
	pool, least := &b.small, largeBuffer
	if n > largeBuffer {
		pool, least = &b.large, n
	}
	if p, ok := pool.Get().(*[]byte); ok && cap(*p) >= n {
		return (*p)[:n]
	}
	return make([]byte, n, max(n, least))
}

func (b *buffers) put(buf []byte) {
	switch {
	case buf == nil:
	case cap(buf) > largeBuffer:
		b.large.Put(&buf)
	default:
		b.small.Put(&buf)
	}
}
