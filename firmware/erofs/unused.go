package erofs

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// maxOwned is how many runs are noted that something refers to. What is beyond
// counts as unexplained: only an image that is made for it has so many.
const maxOwned = 1 << 21

const (
	extraSlot  = 16  // bytes of what may stand behind the superblock
	deviceSlot = 128 // bytes that describe a further device
)

// owned is runs that something refers to.
type owned struct{ runs []format.Span }

func (o *owned) add(off, length int64) {
	if k := len(o.runs) - 1; k >= 0 && o.runs[k].Offset+o.runs[k].Length == off {
		o.runs[k].Length += length
	} else if length > 0 && len(o.runs) < maxOwned {
		o.runs = append(o.runs, format.Span{Offset: off, Length: length})
	}
}

// unused lists the runs that belong to no inode, no attribute and no content. It
// looks at indexes as far as the batches do.
func (r *reader) unused() []format.Span {
	o := &r.own
	r.ownHead()
	left := int64(maxClusters)
	if r.packed != nil {
		r.ownNode(r.packed, &left)
	}
	for _, nodes := range [][]*inode{r.others, r.inodes} {
		for _, n := range nodes {
			if n != nil {
				r.ownNode(n, &left)
			}
		}
	}
	unused := format.Gaps(r.in.Size, o.runs)
	o.runs = nil
	return unused
}

// ownHead takes the superblock, and what it says stands outside of the inodes.
func (r *reader) ownHead() {
	at := superOffset + superSize + int64(r.sb.Slots)*extraSlot
	r.own.add(superOffset, at-superOffset)
	if r.sb.has(featDevices) {
		r.own.add(int64(r.sb.DeviceSlot)*deviceSlot, int64(r.sb.Devices)*deviceSlot)
	}
	for algs := r.sb.Algorithms; algs != 0 && r.sb.has(featConfigs); algs &= algs - 1 {
		at = (at + 3) &^ 3 // the settings of a compressor: their length and they
		raw := r.in.Peek(at, 2)
		if len(raw) < 2 {
			return
		}
		length := 2 + int64(binary.LittleEndian.Uint16(raw))
		r.own.add(at, length)
		at += length
	}
}

// ownNode takes an inode, the index or table behind it, and its content.
func (r *reader) ownNode(n *inode, left *int64) {
	o := &r.own
	o.add(n.at, n.end-n.at)
	if n.size == 0 || r.ctx.Err() != nil {
		return
	}
	switch kind := n.mode & modeFmt; {
	case kind != modeDir && kind != modeLink && kind != modeRegular:
		return
	case n.compressed():
		if *left -= n.size; *left < 0 {
			return
		}
		if x, err := r.index(n); err == nil {
			o.add(n.end, x.end-n.end)
		}
	case n.layout == chunks:
		at, count, unit := r.table(n)
		o.add(at, count*unit)
	}
	es, err := r.extents(n)
	if err != nil {
		return // the file is told as damaged
	}
	used := n.used
	for i := range es {
		used = r.ownExtent(n, &es[i], used)
	}
}

// ownExtent takes where an extent is stored; of a plain one of a directory, what was
// read of it. It gives what of that the next extents have.
func (r *reader) ownExtent(n *inode, e *extent, used []format.Span) []format.Span {
	switch {
	case e.how == hole || e.how == fragment:
	case e.how == plain && n.mode&modeFmt == modeDir:
		for ; len(used) > 0 && used[0].Offset < e.at+e.size; used = used[1:] {
			from, to := max(used[0].Offset, e.at), min(used[0].Offset+used[0].Length, e.at+e.size)
			r.own.add(e.from+from-e.at, max(0, to-from))
			if used[0].Offset+used[0].Length > e.at+e.size {
				break
			}
		}
	default:
		r.own.add(e.from, e.stored)
	}
	return used
}
