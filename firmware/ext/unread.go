package ext

import (
	"cmp"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// reservedAt is where the fields of a superblock end that its reader asks for, and
// reservedSize how many bytes follow up to its checksum: counters, what went wrong last,
// options, and room.
const reservedAt, reservedSize = superblockAt + 0x178, 0x3fc - 0x178

// mountedAt is the name of the folder in which the file system was mounted last.
const mountedAt, mountedSize = superblockAt + 0x88, 64

// idleCopy notes what of a superblock and of the descriptors behind it is not read:
// all of a copy in which more is different than a copy must have, and what stands
// behind the descriptors.
func (r *reader) idleCopy(group uint64, at, blocks int64) {
	size := int64(r.sb.groups) * r.sb.descSize
	from, first := (at+1)*r.sb.blockSize, (superblockAt/r.sb.blockSize+1)*r.sb.blockSize
	end := from + blocks*r.sb.blockSize
	if group > 0 {
		if differ(r.in.Peek(at*r.sb.blockSize, superblockSize), r.in.Peek(superblockAt, superblockSize)) > maxDiffer {
			r.unreadRun(at*r.sb.blockSize, superblockSize)
		}
		if differ(r.in.Peek(from, int(size)), r.in.Peek(first, int(size))) > maxDiffer*int(r.sb.groups) {
			r.unreadRun(from, size)
		}
	}
	for at := from + size; at < end; at = at - at%r.sb.blockSize + r.sb.blockSize {
		if _, ok := r.growing[uint64(at/r.sb.blockSize)]; group > 0 || !ok {
			r.unreadRun(at, min(end, at-at%r.sb.blockSize+r.sb.blockSize)-at)
		}
	}
}

// maxDiffer is how many bytes of a superblock or a descriptor are others in a copy at
// most: times, states, counts of what is free, and checksums.
const maxDiffer = 32

// differ counts the bytes that are different.
func differ(a, b []byte) (n int) {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// idle notes blocks that belong to the file system, and whose content is not read:
// a journal, quotas, room for descriptors.
func (r *reader) idle(runs ...run) {
	for _, b := range runs {
		if b.physical >= 0 && b.physical < r.owned.blocks {
			r.unreadRun(b.physical*r.sb.blockSize, min(b.count, r.owned.blocks-b.physical)*r.sb.blockSize)
		}
	}
}

func (r *reader) unreadRun(from, length int64) {
	if length = min(length, r.in.Size-from); from >= 0 && length > 0 && len(r.idles) < maxIdles {
		r.idles = append(r.idles, format.Span{Offset: from, Length: length})
	}
}

// journalFields is how many bytes of a journal's head say something (JBD2's superblock).
const journalFields = 0x58

// maxIdles is how many runs are noted.
const maxIdles = 1 << 18

// idleInodes notes the inodes of a group that are neither a file's nor the system's.
func (r *reader) idleInodes(group uint64, table int64, system []uint32) {
	if table <= 0 || table >= r.owned.blocks {
		return
	}
	from, size := table*r.sb.blockSize, r.sb.inodeSize
	first, count := group*uint64(r.sb.InodesPerGroup)+1, int64(r.sb.InodesPerGroup)
	for i := int64(0); i < count; i++ {
		start := i
		for i < count && !r.listed(uint32(first)+uint32(i)) && !slices.Contains(system, uint32(first)+uint32(i)) {
			i++
		}
		r.unreadRun(from+start*size, (i-start)*size)
	}
}

// idleTail notes what stands in the block of a bitmap behind its bits.
func (r *reader) idleTail(block, bits int64) {
	if used := (bits + 7) / 8; block > 0 && block < r.owned.blocks && used < r.sb.blockSize {
		r.unreadRun(block*r.sb.blockSize+used, r.sb.blockSize-used)
	}
}

// unreadRuns are all of these, in order and once.
func (r *reader) unreadRuns() []format.Span {
	r.unreadRun(reservedAt, reservedSize)
	r.unreadRun(mountedAt, mountedSize)
	slices.SortFunc(r.idles, func(a, b format.Span) int { return cmp.Compare(a.Offset, b.Offset) })
	var out []format.Span
	for _, s := range r.idles {
		if n := len(out); n > 0 && s.Offset < out[n-1].Offset+out[n-1].Length {
			out[n-1].Length = max(out[n-1].Length, s.Offset+s.Length-out[n-1].Offset)
			continue
		}
		out = append(out, s)
	}
	return out
}
