package squashfs

import (
	"cmp"
	"slices"
	"sync"

	"github.com/assay-iot/assay/firmware/format"
)

// manyBlocks is from how many blocks on a file is unpacked by several workers,
// each of which takes a group of blocks at a time.
const manyBlocks, group = 8, 4

// Batches groups the files that share a fragment, so that each fragment is
// unpacked once and dropped; other files stand alone.
func (r *reader) Batches() []format.Batch {
	type placed struct {
		at    uint64
		index int
	}
	order := make([]placed, 0, len(r.entries))
	for i, n := range r.inodes {
		if n != nil && r.entries[i].Err == nil {
			order = append(order, placed{r.place(i), i})
		}
	}
	slices.SortFunc(order, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.index, b.index))
	})
	var batches []format.Batch
	byFragment := make(map[uint32]int, len(r.fragments))
	for _, o := range order {
		i := o.index
		f := r.inodes[i].file.fragment
		if k, ok := byFragment[f]; ok {
			batches[k].Entries = append(batches[k].Entries, i)
			continue
		}
		if f != noFragment {
			byFragment[f] = len(batches)
		}
		batches = append(batches, format.Batch{Entries: []int{i}})
	}
	for k := range batches {
		entries := batches[k].Entries
		batches[k].Run = func(par func(int, func(int)), visit func(int, []byte, error)) { r.run(entries, par, visit, true) }
	}
	return batches
}

// place is where the content of an entry begins on the disk.
func (r *reader) place(i int) uint64 {
	f := &r.inodes[i].file
	if len(f.blocks) == 0 && int64(f.fragment) < int64(len(r.fragments)) {
		return r.fragments[f.fragment].Start
	}
	return f.start
}

// run reads some files. All says that no other file has its end in their fragment block.
func (r *reader) run(entries []int, par func(int, func(int)), visit func(int, []byte, error), all bool) {
	var tail []byte
	var tailErr error
	if f := r.inodes[entries[0]].file.fragment; f != noFragment {
		buf := r.buffers.get(int(r.sb.BlockSize))
		defer r.buffers.put(buf)
		if tail, tailErr = r.fragment(f, buf); all && tailErr == nil {
			r.leave(f, tail, entries)
		}
	}
	for _, i := range entries {
		r.one(i, tail, tailErr, par, visit)
	}
}

// one reads one file. A file that is all in its fragment is not copied.
func (r *reader) one(i int, tail []byte, tailErr error, par func(int, func(int)), visit func(int, []byte, error)) {
	n := r.inodes[i]
	end, err := n.tail(r, tail, tailErr)
	if err != nil || len(n.file.blocks) == 0 {
		visit(i, end, err)
		return
	}
	buf := r.buffers.get(int(n.entry.Size))
	defer r.buffers.put(buf)
	if err := r.blocks(n, buf, par); err != nil {
		visit(i, nil, err)
		return
	}
	copy(buf[len(buf)-len(end):], end)
	visit(i, buf, nil)
}

// tail cuts the end of the file out of its fragment.
func (n *inode) tail(r *reader, fragment []byte, err error) ([]byte, error) {
	if n.file.fragment == noFragment {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	from := int64(n.file.offset)
	size := n.entry.Size & int64(r.sb.BlockSize-1)
	if from+size > int64(len(fragment)) {
		return nil, format.Errorf(offsetOf(r.fragments[n.file.fragment].Start), "fragment of %d bytes, the file wants %d at %d", len(fragment), size, from)
	}
	return fragment[from : from+size : from+size], nil
}

// blocks unpacks all data blocks of a file into buf.
func (r *reader) blocks(n *inode, buf []byte, par func(int, func(int))) error {
	places := make([]uint64, len(n.file.blocks))
	at := n.file.start
	for k, w := range n.file.blocks {
		places[k] = at
		at += uint64(w &^ uncompressed)
	}
	errs := make([]error, len(places))
	run := func(from, to int) {
		for k := from; k < to; k++ {
			at := k << r.sb.BlockLog
			dst := buf[at:min(at+int(r.sb.BlockSize), len(buf))]
			if k+1 == to && to < len(places) {
				errs[k] = r.aside(places[k], n.file.blocks[k], dst)
			} else {
				// What a decoder writes behind the block is written again.
				errs[k] = r.block(places[k], n.file.blocks[k], dst)
			}
		}
	}
	if len(places) >= manyBlocks {
		par((len(places)+group-1)/group, func(i int) { run(i*group, min((i+1)*group, len(places))) })
	} else {
		run(0, len(places))
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// aside unpacks one data block elsewhere and copies it to dst, behind which
// another worker writes: decoders are a third faster where they have room.
func (r *reader) aside(at uint64, word uint32, dst []byte) error {
	if word == 0 || word&uncompressed != 0 {
		return r.block(at, word, dst)
	}
	buf := r.buffers.get(len(dst))
	defer r.buffers.put(buf)
	err := r.block(at, word, buf)
	copy(dst, buf)
	return err
}

// block unpacks one data block into dst, which it must fill.
func (r *reader) block(at uint64, word uint32, dst []byte) error {
	if word == 0 {
		clear(dst) // a hole
		return nil
	}
	n, err := r.unpack(at, word, dst, true)
	if err != nil {
		return err
	}
	if n != len(dst) {
		return format.Errorf(offsetOf(at), "data block unpacks to %d bytes, not %d", n, len(dst))
	}
	return nil
}

// fragment unpacks a fragment block.
func (r *reader) fragment(f uint32, buf []byte) ([]byte, error) {
	if int64(f) >= int64(len(r.fragments)) {
		return nil, format.Errorf(offsetOf(r.sb.FragTable), "fragment %d of %d", f, len(r.fragments))
	}
	n, err := r.unpack(r.fragments[f].Start, r.fragments[f].Size, buf, false)
	return buf[:n], err
}

// unpack reads a stored block and unpacks it; full says that it must fill dst.
func (r *reader) unpack(at uint64, word uint32, dst []byte, full bool) (int, error) {
	size := int(word &^ uncompressed)
	if size > int(r.sb.BlockSize) || (word&uncompressed != 0 && size > len(dst)) {
		return 0, format.Errorf(offsetOf(at), "data block of %d bytes in blocks of %d", size, r.sb.BlockSize)
	}
	if word&uncompressed != 0 {
		return size, r.in.Full(dst[:size], offsetOf(at))
	}
	raw := r.buffers.get(size)
	defer r.buffers.put(raw)
	if err := r.in.Full(raw, offsetOf(at)); err != nil {
		return 0, err
	}
	n, err := r.codec.unpack(dst, raw, full)
	if err != nil {
		return 0, format.Errorf(offsetOf(at), "data block: %w", err)
	}
	return n, nil
}

// Read reads the content of one file again.
func (r *reader) Read(i int) (content []byte, err error) {
	i = r.entries[i].Inode
	if r.inodes[i] == nil {
		return nil, format.Errorf(0, "no regular file")
	}
	alone := func(n int, f func(int)) {
		for k := range n {
			f(k)
		}
	}
	r.run([]int{i}, alone, func(_ int, b []byte, e error) { content, err = slices.Clone(b), e }, false)
	return content, err
}

// slack is how many bytes behind a block a decoder may use, where there are so
// many: it need not look at each copy then.
const slack = 64

// buffers keeps buffers for reuse, those for a block and larger ones apart.
type buffers struct {
	block        int
	small, large sync.Pool
}

func (b *buffers) get(n int) []byte {
	pool, least := &b.small, b.block
	if n > b.block {
		pool, least = &b.large, n
	}
	if p, ok := pool.Get().(*[]byte); ok && cap(*p) >= n {
		return (*p)[:n]
	}
	return make([]byte, n, max(n, least)+slack)
}

func (b *buffers) put(buf []byte) {
	if cap(buf) > b.block+slack {
		b.large.Put(&buf)
	} else {
		b.small.Put(&buf)
	}
}
