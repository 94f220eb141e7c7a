package squashfs

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	// maxRest is how much is kept of what was unpacked and is in no file.
	maxRest = 8 << 20
	// maxUnseen is how much is unpacked of fragment blocks that no file has read.
	maxUnseen = 256 << 20
)

// rests keeps what was unpacked and is in no file: of fragment blocks by their numbers,
// and of metadata.
type rests struct {
	mu   sync.Mutex
	seen map[uint32]bool   // fragment blocks that were looked at
	kept map[uint32][]byte // of these
	size int
	most uint32        // of this fragment and those behind it too much is left to be kept
	over []uint32      // of which this is so
	meta []format.Rest // of metadata
}

func newRests() *rests {
	return &rests{seen: map[uint32]bool{}, kept: map[uint32][]byte{}, most: math.MaxUint32}
}

// add keeps the rest of a fragment block. What is kept does not depend on the order: it
// is that of the first ones.
func (r *rests) add(f uint32, rest []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen[f] {
		return
	}
	r.seen[f] = true
	if len(rest) == 0 {
		return
	}
	if r.over = append(r.over, f); f >= r.most {
		return
	}
	r.kept[f], r.size = bytes.Clone(rest), r.size+len(rest)
	for r.size > maxRest {
		last := uint32(0)
		for n := range r.kept {
			last = max(last, n)
		}
		r.most, r.size = last, r.size-len(r.kept[last])
		delete(r.kept, last)
	}
}

// leaveOut notes a fragment block whose rest nobody knows.
func (r *rests) leaveOut(f uint32) {
	r.seen[f] = true
	r.over = append(r.over, f)
}

// leave notes what of an unpacked fragment block none of some files has.
func (r *reader) leave(f uint32, block []byte, entries []int) {
	var taken []format.Span
	for _, i := range entries {
		n := r.inodes[i]
		taken = append(taken, format.Span{Offset: int64(n.file.offset), Length: n.entry.Size & int64(r.sb.BlockSize-1)})
	}
	var rest []byte
	for _, g := range format.Gaps(int64(len(block)), taken) {
		if run := block[g.Offset:][:g.Length]; len(bytes.Trim(run, "\x00")) > 0 {
			rest = append(rest, run...)
		}
	}
	r.rests.add(f, rest)
}

// Rest gives what was unpacked and is in no file.
func (r *reader) Rest() []format.Rest {
	r.unseen()
	all := slices.Clone(r.rests.meta)
	slices.Sort(r.rests.over)
	for _, f := range r.rests.over {
		s := r.fragments[f]
		all = append(all, format.Rest{Bytes: r.rests.kept[f], Place: format.Span{Offset: offsetOf(s.Start), Length: int64(s.Size &^ uncompressed)}})
	}
	return all
}

// unseen looks at the fragment blocks that were not unpacked for a file: none that could
// be read refers to them.
func (r *reader) unseen() {
	files := map[uint32][]int{}
	for i, n := range r.inodes {
		if n != nil && r.entries[i].Inode == i && n.file.fragment != noFragment {
			files[n.file.fragment] = append(files[n.file.fragment], i)
		}
	}
	buf, left := r.buffers.get(int(r.sb.BlockSize)), int64(maxUnseen)
	defer r.buffers.put(buf)
	for i := range r.fragments {
		f := uint32(i)
		if r.rests.seen[f] {
			continue
		}
		if left -= int64(r.sb.BlockSize); left < 0 || r.ctx.Err() != nil {
			r.rests.leaveOut(f)
			continue
		}
		block, err := r.fragment(f, buf)
		switch {
		case err == nil:
			r.leave(f, block, files[f])
		case len(files[f]) == 0:
			r.rests.leaveOut(f) // nobody can tell what it holds
		}
	}
}

// nextTable is where the table behind a place begins, as far as that is known.
func (r *reader) nextTable(from int64) int64 {
	end := int64(r.sb.Bytes)
	for _, at := range append(r.starts, offsetOf(r.sb.DirTable), offsetOf(r.sb.IDTable), offsetOf(r.xattrStart)) {
		if at > from {
			end = min(end, at)
		}
	}
	return end
}

// idle notes what of the metadata nobody read, and where all of them are.
func (r *reader) idle() {
	if r.sb.Major == 4 && r.sb.ExportTable != none && r.fits(r.sb.ExportTable, int(r.sb.Inodes), 8) {
		_ = r.table(r.sb.ExportTable, int(r.sb.Inodes), 8, func(int, []byte) {}) // the same inodes by their numbers
	}
	for _, table := range []uint64{r.sb.InodeTable, r.sb.DirTable, r.xattrStart} {
		if from := offsetOf(table); from > 0 {
			r.chain(from, r.nextTable(from))
		}
	}
	var all []int64
	for at, b := range r.meta.blocks {
		if b.err == nil {
			all = append(all, at)
		}
	}
	slices.Sort(all)
	size := 0
	for _, at := range all {
		b := r.meta.blocks[at]
		r.owned = append(r.owned, format.Span{Offset: at, Length: b.next - at})
		for _, g := range format.Gaps(int64(len(b.data)), b.used) {
			rest := format.Rest{Bytes: bytes.Clone(b.data[g.Offset:][:g.Length]), Place: format.Span{Offset: at, Length: b.next - at}}
			if size += len(rest.Bytes); size > maxRest {
				rest.Bytes = nil
			}
			r.rests.meta = append(r.rests.meta, rest)
		}
	}
	slices.SortFunc(r.rests.meta, func(a, b format.Rest) int { return cmp.Compare(a.Place.Offset, b.Place.Offset) })
}
