package erofs

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// Advice in the header of an index.
const (
	advise2B         = 0x01 // of a compact index: entries of two bytes in its middle
	adviseExtents    = 0x01 // of a full index: it is a list of extents
	adviseBig1       = 0x02 // clusters of the first algorithm may have several blocks
	adviseBig2       = 0x04
	adviseInline     = 0x08 // the last cluster stands behind the index
	adviseInterlaced = 0x10 // plain clusters begin in the middle of their block
	adviseFragment   = 0x20 // the last extent is in the packed inode
	adviseKnown      = 0x3f

	wholeFragment = 1 << 63 // the file is in the packed inode, the rest is the place
	mapHeader     = 8
	fullIndexGap  = 8 // between header and full index
	fullEntry     = 8
	maxUnitBits   = 16
)

// The types of an index entry: a plain cluster begins in this unit of the file,
// a compressed one does, or none.
const (
	typePlain = iota
	typeHead1
	typeNone
	typeHead2

	typeMask   = 3
	partial    = 1 << 15 // the cluster is shared, and unpacks to more
	blockCount = 1 << 11 // the entry after a head has the number of blocks
)

// mapping is the header of an index. A unit is the part of a file that has one
// entry in the index.
type mapping struct {
	advise   uint16
	algs     [2]uint8
	bits     uint8 // of a unit's size
	at       int64 // of the first entry
	inline   int64 // bytes of the cluster behind the index
	fragment int64 // place in the packed inode
	whole    bool  // all of the file is there
}

// head is a unit in which a cluster begins.
type head struct {
	unit   int64
	offset int64 // in the unit
	kind   uint8
	part   bool
	block  uint32
	blocks int64 // of the cluster
}

// mapping reads the header of an index. Old images have none that means anything.
func (r *reader) mapping(n *inode) (m mapping, err error) {
	at := (n.end + 7) &^ 7
	raw, err := r.in.Bytes(at, mapHeader)
	if err != nil {
		return m, err
	}
	m.at, m.bits = at+mapHeader, r.sb.BlockBits
	if n.layout == clustersFull {
		m.at += fullIndexGap
		if !r.sb.has(featConfigs | featInlineCluster | featFragments) {
			return m, nil
		}
	}
	le := binary.LittleEndian
	if v := le.Uint64(raw); v&wholeFragment != 0 {
		m.whole, m.fragment = true, int64(v&^wholeFragment)
		return m, nil
	}
	m.advise = le.Uint16(raw[4:])
	m.algs = [2]uint8{raw[6] & 15, raw[6] >> 4}
	m.bits += raw[7] & 15
	switch {
	case n.layout == clustersFull && m.advise&adviseExtents != 0:
		return m, format.Errorf(at, "index that lists extents: not read")
	case m.advise&^adviseKnown != 0 || raw[7]&0x70 != 0 || m.bits > maxUnitBits:
		return m, format.Errorf(at, "index of unknown form 0x%x, units 0x%x", m.advise, raw[7])
	case n.layout == clustersCompact && !m.big(typeHead1) != !m.big(typeHead2):
		return m, format.Errorf(at, "compact index with large clusters of one algorithm only")
	case m.advise&adviseInline != 0 && m.advise&adviseFragment != 0:
		return m, format.Errorf(at, "index with two ends")
	case m.advise&adviseInline != 0:
		m.inline = int64(le.Uint16(raw[2:]))
	case m.advise&adviseFragment != 0:
		m.fragment = int64(le.Uint32(raw))
	}
	return m, nil
}

// big says whether clusters that begin so may have several blocks.
func (m *mapping) big(kind uint8) bool {
	if kind == typeHead1 {
		return m.advise&adviseBig1 != 0
	}
	return m.advise&adviseBig2 != 0
}

// clusters lists the extents of a compressed file.
func (r *reader) clusters(n *inode) ([]extent, error) {
	x, err := r.index(n)
	if err != nil {
		return nil, err
	}
	if x.whole {
		return r.fragment(n, extent{size: n.size, from: x.fragment, how: fragment}, nil)
	}
	return r.spans(n, &x)
}

// index reads the index of a compressed file.
func (r *reader) index(n *inode) (x index, err error) {
	m, err := r.mapping(n)
	if err != nil {
		return x, err
	}
	x = index{mapping: m, bigAny: m.big(typeHead1) || m.big(typeHead2), end: m.at}
	if m.whole {
		return x, nil
	}
	units := (n.size-1)>>m.bits + 1
	if units > r.in.Size/2 {
		return x, format.Errorf(m.at, "index of %d units does not fit", units)
	}
	if units > maxUnits {
		return x, format.Errorf(m.at, "index of %d units, at most %d are read: %w", units, maxUnits, format.ErrLimit)
	}
	if n.layout == clustersFull {
		return x, x.full(r.in, units)
	}
	return x, x.compact(r.in, units)
}

// maxUnits is how many units the index of one file may have: 8 GiB in blocks of 4 KiB.
const maxUnits = 1 << 21

// spans turns the heads of an index into extents: each ends where the next begins.
func (r *reader) spans(n *inode, x *index) (es []extent, err error) {
	heads := x.heads
	for len(heads) > 0 && heads[len(heads)-1].place(x.bits) >= n.size {
		heads = heads[:len(heads)-1] // marks the end
	}
	if len(heads) == 0 || heads[0].place(x.bits) != 0 {
		return nil, format.Errorf(x.at, "index without a cluster for the first byte")
	}
	es = make([]extent, 0, len(heads))
	for i := range heads {
		h := &heads[i]
		e := extent{at: h.place(x.bits), size: n.size, part: h.part}
		last := i == len(heads)-1
		if !last {
			e.size = heads[i+1].place(x.bits)
		}
		e.size -= e.at
		if last && x.advise&adviseFragment != 0 {
			e.how, e.from = fragment, x.fragment
			if n.layout == clustersFull {
				e.from |= int64(h.block) << 32
			}
			return r.fragment(n, e, es)
		}
		e.from, e.stored = r.blockPlace(h.block), h.blocks<<r.sb.BlockBits
		if last && x.advise&adviseInline != 0 {
			e.from, e.stored = x.end, x.inline
			if block := int64(1) << r.sb.BlockBits; x.end&(block-1)+x.inline > block {
				return nil, format.Errorf(x.end, "cluster of %d bytes behind the index crosses the end of the block", x.inline)
			}
		}
		if es, err = r.cluster(es, e, h, x); err != nil {
			return nil, err
		}
	}
	return es, nil
}

func (h *head) place(bits uint8) int64 { return h.unit<<bits + h.offset }

// cluster adds the extent of one cluster: a plain one that is interlaced has its
// first bytes at their place in a block, and its last before them.
func (r *reader) cluster(es []extent, e extent, h *head, x *index) ([]extent, error) {
	block := int64(1) << r.sb.BlockBits
	switch {
	case e.stored < 1 || e.stored > maxStored || e.size > maxUnpacked:
		return nil, format.Errorf(x.at, "cluster of %d bytes for %d", e.stored, e.size)
	case h.kind == typePlain:
		turn := e.at & (block - 1)
		if x.advise&adviseInterlaced == 0 || e.stored < block {
			turn = 0 // one behind the index has no room for it
		}
		if e.size > e.stored || turn > e.stored {
			return nil, format.Errorf(e.from, "plain cluster of %d bytes for %d", e.stored, e.size)
		}
		first := extent{at: e.at, size: min(e.stored-turn, e.size), from: e.from + turn, how: plain}
		rest := extent{at: e.at + first.size, size: e.size - first.size, from: e.from, how: plain}
		first.stored, rest.stored = first.size, rest.size
		if es = append(es, first); rest.size > 0 {
			es = append(es, rest)
		}
		return es, nil
	}
	e.how = method(x.algs[h.kind>>1])
	if !r.sb.algorithm(e.how) {
		return nil, format.Errorf(x.at, "cluster compressed with algorithm %d, which the superblock does not name", e.how)
	}
	return append(es, e), nil
}

func (sb *superblock) algorithm(m method) bool {
	if !sb.has(featConfigs) {
		return m == lz4Cluster
	}
	return m <= zstdCluster && sb.Algorithms>>m&1 != 0
}

// index is an index while it is read.
type index struct {
	mapping
	bigAny bool
	heads  []head
	unit   int64 // the next one, of a compact index
	end    int64 // of the record with the last unit
}

// blocks takes the number of blocks that the entry after a head gives.
func (x *index) blocks(unit int64, v int64) error {
	k := len(x.heads) - 1
	if k < 0 || x.heads[k].unit != unit-1 || !x.big(x.heads[k].kind) {
		return format.Errorf(x.at, "unit %d has a number of blocks and belongs to no large cluster", unit)
	}
	x.heads[k].blocks = v
	return nil
}

// full reads an index with an entry of eight bytes for each unit.
func (x *index) full(in format.Input, units int64) error {
	raw, err := in.Bytes(x.at, units*fullEntry)
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	for unit := range units {
		e := raw[unit*fullEntry:]
		advise := le.Uint16(e)
		h := head{unit: unit, kind: uint8(advise & typeMask), part: advise&partial != 0, offset: int64(le.Uint16(e[2:])), block: le.Uint32(e[4:]), blocks: 1}
		if h.kind != typeNone {
			if h.offset >= 1<<x.bits {
				return format.Errorf(x.at+unit*fullEntry, "cluster begins at %d of a unit of %d bytes", h.offset, 1<<x.bits)
			}
			x.heads = append(x.heads, h)
			continue
		}
		if back := int64(le.Uint16(e[4:])); x.bigAny && back&blockCount != 0 {
			if err := x.blocks(unit, back&^blockCount); err != nil {
				return err
			}
		}
	}
	x.end = x.at + units*fullEntry
	return nil
}
