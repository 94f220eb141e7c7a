package ubifs_test

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// image builds a small UBIFS, node by node: what was committed goes into the
// index, what comes later into the journal.
type image struct {
	b        []byte
	sequence uint64
	head     int // where the next node of the main area goes
	leaves   []leaf
	buds     [][3]int // eraseblock, offset, head of the journal
	dirty    bool
	commits  uint64
	start    []byte // the node of the last commit's start
}

type leaf struct {
	key    [8]byte
	at, ln int
}

const (
	leb     = 15 << 10
	lebs    = 13
	logLEBs = 2
	mainLEB = 7
)

var (
	le    = binary.LittleEndian
	magic = []byte{0x31, 0x18, 0x10, 0x06}
)

func newImage() *image {
	return &image{b: bytes.Repeat([]byte{0xff}, leb*lebs), sequence: 100, head: mainLEB * leb}
}

// body puts numbers of 1, 2, 4 or 8 bytes and runs of bytes after each other.
func body(parts ...any) []byte {
	var out []byte
	for _, p := range parts {
		out, _ = binary.Append(out, le, p)
	}
	return out
}

func (m *image) node(kind, group byte, body []byte) []byte {
	m.sequence++
	n := append(make([]byte, 24), body...)
	copy(n, magic)
	le.PutUint64(n[8:], m.sequence)
	le.PutUint32(n[16:], uint32(len(n)))
	n[20], n[21] = kind, group
	sum(n)
	return n
}

func sum(n []byte) { le.PutUint32(n[4:], ^crc32.ChecksumIEEE(n[8:])) }

// put writes a node into the main area and says where.
func (m *image) put(n []byte) int {
	if m.head%leb+len(n) > leb {
		m.head += leb - m.head%leb
	}
	at := m.head
	copy(m.b[at:], n)
	m.head = (at + len(n) + 7) &^ 7
	return at
}

func key(inode, kind, low uint32) []byte {
	return body(inode, kind<<29|low, make([]byte, 8))
}

// inode makes the node of an inode: of a symlink, device or attribute with its
// data.
func (m *image) inode(number, mode, links, flags uint32, size uint64, data string) []byte {
	return m.node(0, 0, body(key(number, 0, 0), m.sequence, size, uint64(0), uint64(0), uint64(1000000000), uint32(0), uint32(0), uint32(5),
		links, uint32(1), uint32(2), mode, flags, uint32(len(data)), uint32(0), uint32(0), uint32(0), uint32(0), uint16(0), make([]byte, 26), []byte(data)))
}

func (m *image) entry(parent, inode uint32, kind byte, name string) []byte {
	return m.named(2, parent, inode, kind, name)
}

func (m *image) xattr(parent, inode uint32, name string) []byte {
	return m.named(3, parent, inode, 0, name)
}

func (m *image) named(node byte, parent, inode uint32, kind byte, name string) []byte {
	hash := crc32.ChecksumIEEE([]byte(name)) & 0x1fffffff
	return m.node(node, 0, body(key(parent, uint32(node), hash), uint64(inode), byte(0), kind, uint16(len(name)), uint32(0), []byte(name), byte(0)))
}

func (m *image) data(inode, block uint32, content []byte) []byte {
	return m.node(1, 0, body(key(inode, 1, block), uint32(len(content)), uint16(0), uint16(0), content))
}

func (m *image) truncation(inode uint32, from, to uint64) []byte {
	return m.node(4, 0, body(inode, make([]byte, 12), from, to))
}

// commit writes nodes that the index is to have.
func (m *image) commit(nodes ...[]byte) {
	for _, n := range nodes {
		m.leaves = append(m.leaves, leaf{[8]byte(n[24:32]), m.put(n), len(n)})
	}
}

// file writes a file with its name.
func (m *image) file(parent, number uint32, name, content string) {
	m.commit(m.entry(parent, number, 0, name), m.inode(number, 0o100644, 1, 0, uint64(len(content)), ""))
	for i := 0; i*4096 < len(content); i++ {
		m.commit(m.data(number, uint32(i), []byte(content[i*4096:min(len(content), i*4096+4096)])))
	}
}

// journal begins an eraseblock of the journal and writes nodes into it.
func (m *image) journal(head int, nodes ...[]byte) {
	m.head = (m.head + leb - 1) / leb * leb
	m.buds = append(m.buds, [3]int{m.head / leb, 0, head})
	for _, n := range nodes {
		m.put(n)
	}
}

// group makes one group of nodes.
func group(nodes ...[]byte) [][]byte {
	for i, n := range nodes {
		n[21] = 1
		if i == len(nodes)-1 {
			n[21] = 2
		}
		sum(n)
	}
	return nodes
}

const fanout = 4

// index writes index nodes over the leaves and gives the place of the root.
func (m *image) index() leaf {
	level := slices.Clone(m.leaves)
	slices.SortStableFunc(level, func(a, b leaf) int {
		return cmp.Or(cmp.Compare(le.Uint32(a.key[:]), le.Uint32(b.key[:])), cmp.Compare(le.Uint32(a.key[4:]), le.Uint32(b.key[4:])))
	})
	for height := uint16(0); ; height++ {
		var up []leaf
		for c := range slices.Chunk(level, fanout) {
			b := body(uint16(len(c)), height)
			for _, l := range c {
				b = append(b, body(uint32(l.at/leb), uint32(l.at%leb), uint32(l.ln), l.key[:])...)
			}
			n := m.node(9, 0, b)
			up = append(up, leaf{c[0].key, m.put(n), len(n)})
		}
		if level = up; len(up) == 1 {
			m.start = m.node(10, 0, body(m.commits))
			return up[0]
		}
	}
}

// done writes the index before the journal, and the superblock, the masters and
// the log.
func (m *image) done(root leaf) []byte {
	copy(m.b, m.node(6, 0, slices.Concat(body(
		uint16(0), byte(0), byte(0), uint32(0), uint32(8), uint32(leb), uint32(lebs), uint32(lebs), uint64(1<<20),
		uint32(logLEBs), uint32(1), uint32(1), uint32(3), uint32(fanout), uint32(0), uint32(4), uint16(0), uint16(0)),
		make([]byte, 4096-88))))
	flags := uint32(2)
	if m.dirty {
		flags |= 1
	}
	for i := range 2 {
		copy(m.b[(1+i)*leb:], m.node(7, 0, slices.Concat(body(
			uint64(1000), m.commits, flags, uint32(3), uint32(root.at/leb), uint32(root.at%leb), uint32(root.ln)), make([]byte, 512-60))))
	}
	log := slices.Clone(m.start)
	for _, b := range m.buds {
		log = append(log, m.node(8, 0, body(uint32(b[0]), uint32(b[1]), uint32(b[2]), make([]byte, 28)))...)
	}
	copy(m.b[3*leb:], log)
	return m.b
}

// resum makes the checksums of all nodes fit again.
func resum(b []byte) {
	for at := 0; at+24 <= len(b); at += 8 {
		if n := int(le.Uint32(b[at+16:])); bytes.Equal(b[at:at+4], magic) && n >= 24 && n <= len(b)-at {
			sum(b[at : at+n])
		}
	}
}

// tree commits a directory with some files in it.
func (m *image) tree() {
	m.commit(m.inode(1, 0o040755, 3, 0, 0, ""), m.entry(1, 64, 1, "dir"), m.inode(64, 0o041777, 2, 0, 0, ""))
	m.file(1, 65, "a", "old a")
	m.file(1, 66, "b", "b")
	m.file(64, 67, "long", string(long))
	m.file(64, 68, "odd\nname", "odd")
	m.commit(m.entry(1, 69, 2, "link"), m.inode(69, 0o120777, 1, 0, 5, "dir/a"))
	m.commit(m.entry(1, 70, 4, "tty"), m.inode(70, 0o020600, 1, 0, 0, "\x01\x05\x00\x00"))
	m.commit(m.entry(64, 65, 0, "again"))
	m.commit(m.xattr(66, 71, "user.x"), m.inode(71, 0o100777, 1, 0x20, 1, "1"))
}

// long is three blocks and a little.
var long = func() []byte {
	b := make([]byte, 3*4096+100)
	for i := range b {
		b[i] = byte(i * i >> 7)
	}
	return b
}()
