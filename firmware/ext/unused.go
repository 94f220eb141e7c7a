package ext

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// Inodes that are in no directory (special_inodes in the kernel's documentation).
const resizing = 7

// owned is the blocks that something refers to. The rest is unused.
type owned struct {
	blocks int64    // that are here
	bits   []uint64 // one for each block
	work   int64    // blocks that may still be taken: some are taken more than once
	slack  []format.Span
}

// maxOwners bounds how often all blocks together are taken: file systems that
// share blocks among files are not denser than that.
const maxOwners = 64

func newOwned(sb *superblock, size int64) *owned {
	n := sb.blocksOf(size)
	return &owned{blocks: n, bits: make([]uint64, n/64+1), work: maxOwners * n}
}

// take notes that blocks belong to something.
func (o *owned) take(first, count int64) {
	if first < 0 || first >= o.blocks {
		return
	}
	count = min(count, o.blocks-first)
	if o.work -= count; o.work < 0 {
		return
	}
	for b := first; b < first+count; b++ {
		o.bits[b/64] |= 1 << (b % 64)
	}
}

// rest are the bytes that nothing refers to, in order.
func (o *owned) rest(blockSize int64) []format.Span {
	all := o.slack
	for b := int64(0); b < o.blocks; {
		if word := o.bits[b/64]; word == ^uint64(0) && b%64 == 0 {
			b += 64
			continue
		} else if word>>(b%64)&1 != 0 {
			b++
			continue
		}
		from := b
		for b < o.blocks && o.bits[b/64]>>(b%64)&1 == 0 {
			b++
		}
		all = append(all, format.Span{Offset: from * blockSize, Length: (b - from) * blockSize})
	}
	slices.SortFunc(all, func(a, b format.Span) int { return cmp.Compare(a.Offset, b.Offset) })
	return all
}

// own takes the blocks of an inode: its content up to its end, and what maps it.
// Blocks that were reserved and never written, and those behind the end, are not
// its content.
func (r *reader) own(n *inode) []run {
	kind, size := n.kind(), int64(min(n.size(&r.sb), 1<<62))
	switch {
	case n.damaged != nil, n.Flags&flagInline != 0:
		return nil
	case kind == typeSymlink && size < int64(len(n.Block)):
		return nil
	case kind != typeFile && kind != typeDir && kind != typeSymlink:
		return nil
	}
	blocks := r.sb.blocksOf(size)
	if n.Flags&flagVerity != 0 {
		blocks = maxBlocks
	}
	runs := r.ownMapped(n, blocks)
	tail := size % r.sb.blockSize
	if len(runs) == 0 || tail == 0 || n.Flags&(flagVerity|flagEncrypted) != 0 {
		return runs
	}
	if last := runs[len(runs)-1]; last.logical+last.count == blocks {
		at := (last.physical + last.count - 1) * r.sb.blockSize
		r.owned.slack = append(r.owned.slack, format.Span{Offset: at + tail, Length: r.sb.blockSize - tail})
	}
	return runs
}

// ownMapped takes the first blocks that an inode maps and those that map them.
func (r *reader) ownMapped(n *inode, blocks int64) []run {
	m := &mapper{reader: r, n: n, limit: blocks}
	_ = m.all() // an error stands with the file when it is read
	for b := range m.seen {
		r.owned.take(int64(b), 1)
	}
	for _, run := range m.runs {
		r.owned.take(run.physical, run.count)
	}
	for _, s := range m.rooms {
		r.room(r.in.Peek(s.Offset, int(s.Length)), s.Offset)
	}
	return m.runs
}

// ownStructure takes what belongs to the file system itself: superblocks,
// descriptors, bitmaps, tables of inodes, and the inodes without a name.
func (r *reader) ownStructure() {
	numbers := append(r.sb.Quotas[:], r.sb.ProjectQuota, r.sb.Orphans)
	if r.sb.Compat&hasJournal != 0 {
		numbers = append(numbers, r.sb.JournalInode)
	}
	r.ownResizing()
	system := append(slices.Clone(numbers), rootInode, resizing)
	for g := range r.sb.groups {
		if int64(r.sb.groupAt(g)) >= r.owned.blocks || r.ctx.Err() != nil {
			break
		}
		r.ownGroup(g, system)
	}
	if r.sb.Incompat&multiMount != 0 {
		at := int64(min(r.sb.MountBlock, 1<<62))
		r.owned.take(at, 1)
		r.idle(run{physical: at, count: 1})
	}
	for _, number := range system {
		if n, err := r.inode(number); err == nil && !r.listed(number) {
			r.inodeRoom(n)
		}
	}
	for _, number := range numbers {
		if n, err := r.inode(number); err == nil && !r.listed(number) {
			runs := r.own(n)
			if number == r.sb.JournalInode && len(runs) > 0 { // its head is known
				runs = slices.Clone(runs)
				r.unreadRun(runs[0].physical*r.sb.blockSize+journalFields, r.sb.blockSize-journalFields)
				runs[0].physical, runs[0].count = runs[0].physical+1, runs[0].count-1
			}
			r.idle(runs...)
		}
	}
	r.idleBitmaps()
}

// ownResizing takes the blocks that descriptors may grow into: those behind the first
// descriptors map those behind their copies.
func (r *reader) ownResizing() {
	n, err := r.inode(resizing)
	if err != nil || r.sb.Compat&resizeInode == 0 || n.damaged != nil {
		return
	}
	m := &mapper{reader: r, n: n, limit: maxBlocks}
	err = m.all()
	for b := range m.seen {
		r.owned.take(int64(b), 1)
		if err != nil {
			r.idle(run{physical: int64(b), count: 1})
		}
	}
	for _, run := range m.runs {
		r.owned.take(run.physical, run.count)
	}
	r.idle(m.runs...)
	r.growing = m.seen
}

// groupAt is the first block of a group.
func (sb *superblock) groupAt(group uint64) uint64 {
	return uint64(sb.FirstBlock) + group*uint64(sb.BlocksPerGroup)
}

// ownGroup takes the blocks that describe one group.
func (r *reader) ownGroup(group uint64, system []uint32) {
	sb, at := &r.sb, int64(r.sb.groupAt(group))
	if group == 0 {
		at = superblockAt / sb.blockSize
	}
	if sb.hasSuper(group) {
		r.ownSuper(group, at)
	}
	place := sb.descriptor(group)
	r.owned.take(place/sb.blockSize, 1)
	r.ownDescriptorCopies(group, at)
	raw, err := r.in.Bytes(place, sb.descSize)
	if err != nil {
		return
	}
	number := func(low, high int) int64 {
		n := uint64(binary.LittleEndian.Uint32(raw[low:]))
		if sb.descSize > descriptorSize {
			n |= uint64(binary.LittleEndian.Uint32(raw[high:])) << 32
		}
		return int64(min(n, 1<<62))
	}
	r.owned.take(number(blockBitmapAt, blockBitmapHighAt), 1)
	r.owned.take(number(inodeBitmapAt, inodeBitmapHighAt), 1)
	table := number(inodeTableAt, inodeTableHighAt)
	r.owned.take(table, sb.blocksOf(int64(sb.InodesPerGroup)*sb.inodeSize))
	r.idleInodes(group, table, system)
	r.noteBitmaps(group, number(blockBitmapAt, blockBitmapHighAt), number(inodeBitmapAt, inodeBitmapHighAt))
	r.idleTail(number(blockBitmapAt, blockBitmapHighAt), int64(sb.BlocksPerGroup))
	r.idleTail(number(inodeBitmapAt, inodeBitmapHighAt), int64(sb.InodesPerGroup))
}

// ownSuper takes a superblock, and the table of descriptors that follows it.
func (r *reader) ownSuper(group uint64, at int64) {
	sb := &r.sb
	r.owned.take(at, 1)
	from, end := at*sb.blockSize, (at+1)*sb.blockSize
	if group == 0 {
		from = superblockAt
		if at == 0 {
			r.owned.slack = append(r.owned.slack, format.Span{Length: superblockAt})
		}
	}
	if from += superblockSize; from < end {
		r.owned.slack = append(r.owned.slack, format.Span{Offset: from, Length: end - from})
	}
	inBlock := uint64(sb.blockSize / sb.descSize)
	blocks := (sb.groups + inBlock - 1) / inBlock
	if sb.Incompat&metaGroups != 0 {
		blocks = min(blocks, uint64(sb.FirstMetaGroup))
	}
	if sb.Compat&resizeInode != 0 {
		blocks += uint64(sb.ReservedDescriptors)
	}
	r.owned.take(at+1, int64(blocks))
	r.idleCopy(group, at, int64(blocks))
}

// ownDescriptorCopies takes the descriptors that stand, with meta_bg, in the
// second and the last of the groups that they describe.
func (r *reader) ownDescriptorCopies(group uint64, at int64) {
	sb := &r.sb
	inBlock := uint64(sb.blockSize / sb.descSize)
	i := group % inBlock
	if sb.Incompat&metaGroups == 0 || group/inBlock < uint64(sb.FirstMetaGroup) || i != 1 && i != inBlock-1 {
		return
	}
	if sb.hasSuper(group) {
		at++
	}
	r.owned.take(at, 1)
}

// listed reports whether an inode has a name.
func (r *reader) listed(number uint32) bool {
	_, ok := r.first[number]
	return ok
}
