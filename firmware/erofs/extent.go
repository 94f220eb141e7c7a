package erofs

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// method says how an extent is stored.
type method uint8

const (
	lz4Cluster method = iota // the first four are the algorithms of the format
	lzmaCluster
	deflateCluster
	zstdCluster
	hole
	plain
	fragment // in the packed inode
)

// extent is a run of a file that is stored in one way.
type extent struct {
	at, size     int64 // in the file
	from, stored int64 // in the image; of a fragment, in the packed inode
	how          method
	part         bool // the cluster unpacks to more than the size
}

const (
	chunkBits    = 0x1f
	chunkIndexes = 0x20
	noBlock      = ^uint32(0) // of a hole
	maxChunkBits = 40
)

// extents lists how the content of an inode is stored, without gaps.
func (r *reader) extents(n *inode) (es []extent, err error) {
	if n.size == 0 {
		return nil, nil
	}
	switch n.layout {
	case flatPlain:
		es = []extent{{size: n.size, from: r.blockPlace(n.start), stored: n.size, how: plain}}
	case flatInline:
		es, err = r.inline(n)
	case chunks:
		es, err = r.chunks(n)
	default:
		es, err = r.clusters(n)
	}
	if err != nil {
		return nil, err
	}
	for _, e := range es {
		if err := r.inside(&e); err != nil {
			return nil, err
		}
	}
	return es, nil
}

func (r *reader) blockPlace(block uint32) int64 { return int64(block) << r.sb.BlockBits }

// inside says whether an extent lies in the file system.
func (r *reader) inside(e *extent) error {
	switch {
	case e.how == hole || e.how == fragment:
	case e.from < 0 || e.stored < 0 || e.from > r.in.Size || e.stored > r.in.Size-e.from:
		if r.sb.has(featDevices) && r.sb.Devices > 0 && e.from >= r.sb.length() {
			return format.Errorf(e.from, "content on another device, which is not in the image")
		}
		return format.Errorf(e.from, "content of %d bytes lies outside the file system of %d", e.stored, r.in.Size)
	}
	return nil
}

// inline is a content whose last block stands behind the inode, in one block with it.
func (r *reader) inline(n *inode) ([]extent, error) {
	block := int64(1) << r.sb.BlockBits
	head := (n.size - 1) &^ (block - 1)
	tail := n.size - head
	if n.end&(block-1)+tail > block {
		return nil, format.Errorf(n.end, "%d bytes behind inode %d cross the end of the block", tail, n.nid)
	}
	es := []extent{{at: head, size: tail, from: n.end, stored: tail, how: plain}}
	if head > 0 {
		es = append([]extent{{size: head, from: r.blockPlace(n.start), stored: head, how: plain}}, es...)
	}
	return es, nil
}

func (r *reader) chunkBits(n *inode) uint8 {
	return min(r.sb.BlockBits+uint8(n.start&chunkBits), 62)
}

// table says where the table of a file in chunks is, and how many entries of how
// many bytes it has.
func (r *reader) table(n *inode) (at, count, unit int64) {
	unit = 4
	if n.start&chunkIndexes != 0 {
		unit = 8
	}
	return (n.end + unit - 1) &^ (unit - 1), (n.size-1)>>r.chunkBits(n) + 1, unit
}

// chunks reads the table of a file in chunks: blocks, or blocks and devices.
// Chunks that follow each other on the disk become one extent.
func (r *reader) chunks(n *inode) ([]extent, error) {
	if n.start&0xffff&^(chunkBits|chunkIndexes) != 0 || r.chunkBits(n) > maxChunkBits {
		return nil, format.Errorf(n.at+16, "chunks of unknown form 0x%x", n.start)
	}
	at, count, unit := r.table(n)
	chunk := int64(1) << r.chunkBits(n)
	if count > r.in.Size/unit {
		return nil, format.Errorf(n.end, "table of %d chunks does not fit", count)
	}
	table, err := r.in.Bytes(at, count*unit)
	if err != nil {
		return nil, err
	}
	var es []extent
	for i := range count {
		e := extent{at: i * chunk, size: min(chunk, n.size-i*chunk)}
		if err := r.chunk(&e, table[i*unit:(i+1)*unit], at+i*unit); err != nil {
			return nil, err
		}
		es = join(es, e)
	}
	return es, nil
}

func (r *reader) chunk(e *extent, raw []byte, at int64) error {
	le := binary.LittleEndian
	block := le.Uint32(raw[len(raw)-4:])
	if block == noBlock {
		e.how = hole
		return nil
	}
	if len(raw) == 8 {
		if device := int(le.Uint16(raw[2:])) & r.deviceMask(); device != 0 {
			return format.Errorf(at, "content on device %d, which is not in the image", device)
		}
	}
	e.how, e.from, e.stored = plain, r.blockPlace(block), e.size
	return nil
}

// deviceMask covers the bits of a device's number that count.
func (r *reader) deviceMask() int {
	if !r.sb.has(featDevices) {
		return 0xffff
	}
	mask := 1
	for mask < int(r.sb.Devices)+1 {
		mask <<= 1
	}
	return mask - 1
}

// join adds an extent, to the last one where it goes on.
func join(es []extent, e extent) []extent {
	if k := len(es) - 1; k >= 0 && es[k].how == e.how && (e.how == hole || (e.how == plain && es[k].from+es[k].stored == e.from)) {
		es[k].size, es[k].stored = es[k].size+e.size, es[k].stored+e.stored
		return es
	}
	return append(es, e)
}
