package erofs

import (
	"cmp"
	"slices"
	"sort"

	"github.com/assay-iot/assay/firmware/format"
)

// Limits of a group of files that are read from one window of the packed inode.
const (
	groupBytes    = 1 << 20  // from here on a group ends where no cluster is shared
	maxGroupBytes = 16 << 20 // and here in any case
)

// loadPacked finds the packed inode, which holds ends of files and whole files.
func (r *reader) loadPacked() error {
	n, err := r.readInode(r.sb.Packed)
	if err != nil {
		return err
	}
	if n.mode&modeFmt != modeRegular {
		return format.Errorf(n.at, "is no regular file")
	}
	if r.packedSpans, err = r.extents(n); err != nil {
		return err
	}
	if err := r.budget.Bytes(n.size); err != nil {
		return err
	}
	r.packed = n
	return nil
}

// fragment adds an extent that is in the packed inode.
func (r *reader) fragment(n *inode, e extent, es []extent) ([]extent, error) {
	switch {
	case r.packedErr != nil:
		return nil, format.Errorf(n.at, "packed inode: %w", r.packedErr)
	case r.packed == nil:
		return nil, format.Errorf(n.at, "inode %d has its end in a packed inode, and there is none", n.nid)
	case e.from < 0 || e.from > r.packed.size || e.size > r.packed.size-e.from:
		return nil, format.Errorf(n.at, "%d bytes at %d of the packed inode, which has %d", e.size, e.from, r.packed.size)
	}
	e.stored = e.size
	return append(es, e), nil
}

// window is a part of the packed inode.
type window struct {
	from int64
	buf  []byte
	err  error
}

// cut gives the bytes of a fragment.
func (w *window) cut(e *extent) ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	return w.buf[e.from-w.from : e.from-w.from+e.size : e.from-w.from+e.size], nil
}

// window unpacks what is wanted of the packed inode.
func (r *reader) window(wanted []extent, par func(int, func(int))) (w window) {
	from, to := int64(-1), int64(0)
	for _, e := range wanted {
		if e.how == fragment {
			to = max(to, e.from+e.size)
			if from < 0 || e.from < from {
				from = e.from
			}
		}
	}
	if from < 0 || from == to {
		return w
	}
	first, last := r.packedSpan(from), r.packedSpan(to-1)
	spans := r.packedSpans[first : last+1]
	w.from = spans[0].at
	end := spans[len(spans)-1]
	w.buf = r.buffers.get(int(end.at + end.size - w.from))
	w.err = r.fill(w.buf, w.from, spans, window{}, par)
	return w
}

// packedSpan finds the extent of the packed inode that holds a byte.
func (r *reader) packedSpan(at int64) int {
	return sort.Search(len(r.packedSpans), func(k int) bool { return r.packedSpans[k].at > at }) - 1
}

// packedBytes reads a few bytes of the packed inode.
func (r *reader) packedBytes(off, n int64) ([]byte, error) {
	es, err := r.fragment(r.packed, extent{size: n, from: off, how: fragment}, nil)
	if err != nil || n == 0 {
		return nil, err
	}
	w := r.window(es, alone)
	defer r.buffers.put(w.buf)
	b, err := w.cut(&es[0])
	return slices.Clone(b), err
}

// tail is where a file is in the packed inode.
type tail struct {
	entry    int
	from, to int64
}

// tail finds the part of a file that is in the packed inode. Indexes are read
// for it only as long as left lasts.
func (r *reader) tail(i int, n *inode, left *int64) (t tail, ok bool) {
	if !n.compressed() || r.packed == nil || n.size == 0 || n.size > r.budget.FileBytes {
		return t, false
	}
	m, err := r.mapping(n)
	if err != nil || !(m.whole || m.advise&adviseFragment != 0) {
		return t, false
	}
	if *left -= n.size; *left < 0 {
		return t, false
	}
	es, err := r.extents(n)
	if err != nil {
		return t, false
	}
	e := es[len(es)-1]
	return tail{i, e.from, e.from + e.size}, true
}

// groups cuts the files into groups, in the order of the packed inode.
func (r *reader) groups(tails []tail) (groups [][]int) {
	slices.SortStableFunc(tails, func(a, b tail) int { return cmp.Compare(a.from, b.from) })
	var start, end int64
	for k, t := range tails {
		apart := k == 0 || (t.from-start > groupBytes && r.packedSpan(t.from) > r.packedSpan(end-1))
		if apart || max(end, t.to)-start > maxGroupBytes {
			groups = append(groups, nil)
			start, end = t.from, t.to
		}
		end = max(end, t.to)
		groups[len(groups)-1] = append(groups[len(groups)-1], t.entry)
	}
	return groups
}
