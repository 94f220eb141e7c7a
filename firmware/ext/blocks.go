package ext

import (
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// run is a run of blocks of a file. What lies between two runs is zeros.
type run struct{ logical, physical, count int64 }

// mapper finds the runs of a file, in order. Nothing is looked up from limit on,
// so that the work is bounded by the size of the file.
type mapper struct {
	*reader
	n     *inode
	next  int64 // the first block that was not looked up
	limit int64
	runs  []run
	seen  map[uint64]bool // blocks that map others
	rooms []format.Span   // in these, behind what is read
}

// runs maps the first blocks of a file. What was found before an error holds.
func (r *reader) runs(n *inode, blocks int64) ([]run, error) {
	m := &mapper{reader: r, n: n, limit: blocks}
	err := m.all()
	return m.runs, err
}

func (m *mapper) all() error {
	if m.n.Flags&flagExtents == 0 {
		return m.pointers()
	}
	depth := int(binary.LittleEndian.Uint16(m.n.Block[6:]))
	if depth > maxExtentDepth {
		return format.Errorf(m.n.at, "extents %d levels deep", depth)
	}
	return m.extents(m.n.Block[:], m.n.at, depth, 0, maxBlocks)
}

// maxRuns is how many runs a file may have: that of one in memory are fewer.
const maxRuns = 1 << 20

// add notes that the next blocks are there.
func (m *mapper) add(at, physical, count int64) error {
	count = min(count, m.limit-m.next)
	if physical == 0 || uint64(physical) >= m.sb.blocks || uint64(count) > m.sb.blocks-uint64(physical) {
		return format.Errorf(at, "%d blocks from block %d on, the file system has %d", count, physical, m.sb.blocks)
	}
	if i := len(m.runs) - 1; i >= 0 && m.runs[i].logical+m.runs[i].count == m.next && m.runs[i].physical+m.runs[i].count == physical {
		m.runs[i].count += count
	} else if len(m.runs) == maxRuns {
		return format.Errorf(at, "a file in more than %d runs of blocks: %w", maxRuns, format.ErrLimit)
	} else {
		m.runs = append(m.runs, run{m.next, physical, count})
	}
	m.next += count
	return nil
}

// block reads one block that maps others.
func (m *mapper) block(at int64, number uint64) ([]byte, int64, error) {
	if number == 0 || number >= m.sb.blocks {
		return nil, 0, format.Errorf(at, "block %d of %d", number, m.sb.blocks)
	}
	if m.seen[number] {
		return nil, 0, format.Errorf(at, "block %d maps blocks twice", number)
	}
	if m.seen == nil {
		m.seen = map[uint64]bool{}
	}
	m.seen[number] = true
	place := int64(number) * m.sb.blockSize
	b, err := m.in.Bytes(place, m.sb.blockSize)
	return b, place, err
}

// Extent trees (ifork.rst).
const (
	extentMagic    = 0xf30a
	extentSize     = 12 // of the header and of each record
	maxExtentDepth = 5
	maxBlocks      = 1 << 32 // of a file
	maxExtentLen   = 1 << 15 // of an initialised extent; longer ones are not initialised
)

// extents reads a node of an extent tree that maps the blocks from lo up to hi.
// The keys of a node must rise within these bounds, so that no tree has more
// nodes than the file has blocks.
func (m *mapper) extents(node []byte, at int64, depth int, lo, hi int64) error {
	entries, room := int(binary.LittleEndian.Uint16(node[2:])), int(binary.LittleEndian.Uint16(node[4:]))
	switch {
	case binary.LittleEndian.Uint16(node) != extentMagic:
		return format.Errorf(at, "no node of an extent tree")
	case entries > room || (room+1)*extentSize > len(node):
		return format.Errorf(at, "%d extents, room for %d in %d bytes", entries, room, len(node))
	case int(binary.LittleEndian.Uint16(node[6:])) != depth:
		return format.Errorf(at, "extents of another level than %d", depth)
	}
	for i := 1; i <= entries; i++ {
		e := node[i*extentSize:][:extentSize]
		place := at + int64(i)*extentSize
		key := int64(binary.LittleEndian.Uint32(e))
		if key < lo || key >= hi || key < m.next {
			return format.Errorf(place, "extents out of order: block %d", key)
		}
		if key >= m.limit {
			return nil
		}
		if depth == 0 {
			if err := m.extent(e, place, key); err != nil {
				return err
			}
			lo = m.next
			continue
		}
		end := hi
		if i < entries {
			end = int64(binary.LittleEndian.Uint32(node[(i+1)*extentSize:]))
		}
		if err := m.child(e, place, depth-1, key, end); err != nil {
			return err
		}
		lo = key + 1
	}
	return nil
}

// extent takes one extent.
func (m *mapper) extent(e []byte, at, key int64) error {
	count := int64(binary.LittleEndian.Uint16(e[4:]))
	m.next = key
	switch {
	case count == 0:
		return format.Errorf(at, "an extent without blocks")
	case count > maxExtentLen:
		m.next += count - maxExtentLen // reserved, and never written
		return nil
	}
	return m.add(at, int64(high48(binary.LittleEndian.Uint16(e[6:]), binary.LittleEndian.Uint32(e[8:]))), count)
}

// child reads the node that an index points to, and its checksum.
func (m *mapper) child(e []byte, at int64, depth int, lo, hi int64) error {
	node, place, err := m.block(at, high48(binary.LittleEndian.Uint16(e[8:]), binary.LittleEndian.Uint32(e[4:])))
	if err != nil {
		return err
	}
	if m.sb.checksums() {
		tail := (int(binary.LittleEndian.Uint16(node[4:])) + 1) * extentSize
		if tail+4 > len(node) || crc32c(m.n.seed, node[:tail]) != binary.LittleEndian.Uint32(node[tail:]) {
			return format.Errorf(place, "the checksum of a block of extents differs")
		}
	}
	const sum = 4
	used := (int64(binary.LittleEndian.Uint16(node[2:])) + 1) * extentSize
	end := (int64(binary.LittleEndian.Uint16(node[4:])) + 1) * extentSize
	if size := int64(len(node)); used <= end && end+sum <= size {
		m.rooms = append(m.rooms, format.Span{Offset: place + used, Length: end - used}, format.Span{Offset: place + end + sum, Length: size - end - sum})
	}
	return m.extents(node, place, depth, lo, hi)
}

func high48(high uint16, low uint32) uint64 { return uint64(high)<<32 | uint64(low) }

// directBlocks is how many pointers of an inode point to data; the three that
// follow point to blocks of pointers, of blocks of pointers, and so on.
const directBlocks = 12

// pointers reads the block pointers of ext2 and ext3.
func (m *mapper) pointers() error {
	at := m.n.at + blockAt
	for i := range len(m.n.Block) / 4 {
		if err := m.pointer(m.n.Block[i*4:], at+int64(i)*4, max(0, i-directBlocks+1)); err != nil {
			return err
		}
	}
	return nil
}

// pointer follows one pointer through so many levels to data.
func (m *mapper) pointer(p []byte, at int64, level int) error {
	number := binary.LittleEndian.Uint32(p)
	switch {
	case m.next >= m.limit:
		return nil
	case number == 0:
		span := int64(1)
		for range level {
			span *= m.sb.blockSize / 4
		}
		m.next += span
		return nil
	case level == 0:
		return m.add(at, int64(number), 1)
	}
	block, place, err := m.block(at, uint64(number))
	if err != nil {
		return err
	}
	i := 0
	for ; i < len(block) && m.next < m.limit; i += 4 {
		if err := m.pointer(block[i:], place+int64(i), level-1); err != nil {
			return err
		}
	}
	if i < len(block) {
		m.rooms = append(m.rooms, format.Span{Offset: place + int64(i), Length: int64(len(block) - i)})
	}
	return nil
}
