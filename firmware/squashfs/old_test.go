package squashfs_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/ulikunitz/xz/lzma"

	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// old writes a file system of version 1 to 3, as the structures of squashfs-tools
// have it.
type old struct {
	major    uint16
	order    binary.AppendByteOrder
	magic    string // as it stands in the file
	block    int
	pack     func([]byte) []byte // nil stores blocks as they are
	packMeta func([]byte) []byte // pack if nil
	marked   bool                // a mark follows the size of a metadata block
	whole    bool                // no fragments
	long     bool                // long inodes where there is a choice

	out       []byte
	inodes    oldMeta
	dirs      oldMeta
	owners    []uint32
	fragments []oldFragment
	fragment  []byte
	number    uint32
}

type oldNode struct {
	firmwaretest.File
	children []*oldNode
	links    uint32
	number   uint32
	ref      uint64
	done     bool
	start    uint64
	blocks   []uint32
	fragment uint32
	offset   uint32
}

type oldFragment struct {
	start uint64
	size  uint32
}

// oldMeta is a run of metadata blocks.
type oldMeta struct {
	o   *old
	out []byte
	buf []byte
	at  []int // of the blocks
}

func (m *oldMeta) here() uint64 { return uint64(len(m.out))<<16 | uint64(len(m.buf)) }

func (m *oldMeta) write(b []byte) {
	for _, c := range b {
		if m.buf = append(m.buf, c); len(m.buf) == 8192 {
			m.flush()
		}
	}
}

func (m *oldMeta) flush() {
	if len(m.buf) == 0 {
		return
	}
	m.at = append(m.at, len(m.out))
	size, data := uint16(len(m.buf))|0x8000, m.buf
	pack := m.o.pack
	if m.o.packMeta != nil {
		pack = m.o.packMeta
	}
	if pack != nil {
		if z := pack(m.buf); len(z) < len(m.buf) {
			size, data = uint16(len(z)), z
		}
	}
	m.out = m.o.order.AppendUint16(m.out, size)
	if m.o.marked {
		m.out = append(m.out, 0xff)
	}
	m.out = append(m.out, data...)
	m.buf = nil
}

// bitFields packs values: pairs of a number of bits and a value.
func (o *old) bitFields(pairs ...uint64) []byte {
	var bits []byte // one each, in the order of the file
	for i := 0; i < len(pairs); i += 2 {
		n, v := int(pairs[i]), pairs[i+1]
		for k := range n {
			shift := k
			if o.order.String() == "BigEndian" {
				shift = n - 1 - k
			}
			bits = append(bits, byte(v>>shift&1))
		}
	}
	b := make([]byte, len(bits)/8)
	for i, bit := range bits {
		if o.order.String() == "BigEndian" {
			b[i/8] |= bit << (7 - i%8)
		} else {
			b[i/8] |= bit << (i % 8)
		}
	}
	return b
}

// build packs files; directories must stand before what is in them.
func (o old) build(files ...firmwaretest.File) []byte {
	o.inodes.o, o.dirs.o = &o, &o
	o.out = make([]byte, map[uint16]int{1: 51, 2: 63, 3: 119}[o.major])
	root := &oldNode{File: firmwaretest.File{Name: ".", Mode: fs.ModeDir | 0o755}, links: 1}
	byName := map[string]*oldNode{".": root}
	for _, f := range files {
		dir := byName[path.Dir(f.Name)]
		n := &oldNode{File: f, links: 1}
		if f.HardLink != "" {
			n = byName[f.HardLink]
			n.links++
		}
		byName[f.Name] = n
		dir.children = append(dir.children, n)
		if f.HardLink != "" {
			dir.children[len(dir.children)-1] = &oldNode{File: f, children: []*oldNode{n}}
		}
		if n.Mode.IsRegular() && f.HardLink == "" {
			o.data(n)
		}
	}
	o.flushFragment()
	o.tree(root)
	o.inodes.flush()
	o.dirs.flush()
	inodeTable := len(o.out)
	o.out = append(o.out, o.inodes.out...)
	dirTable := len(o.out)
	o.out = append(o.out, o.dirs.out...)
	fragTable := o.fragmentTable()
	owners := len(o.out)
	for _, id := range o.owners {
		o.out = o.order.AppendUint32(o.out, id)
	}
	for _, id := range []uint32{0, 42} { // the groups
		o.out = o.order.AppendUint32(o.out, id)
	}
	o.superblock(root, owners, inodeTable, dirTable, fragTable)
	for len(o.out)%4096 != 0 {
		o.out = append(o.out, 0)
	}
	return o.out
}

func (o *old) superblock(root *oldNode, owners, inodeTable, dirTable, fragTable int) {
	flags := uint64(0)
	if o.marked {
		flags |= 4
	}
	log := uint64(0)
	for 1<<log < o.block {
		log++
	}
	is3 := uint64(0)
	if o.major == 3 {
		is3 = 1
	}
	in2 := func(v int) uint64 { return uint64(v) * (1 - is3) } // version 3 has its own field
	head := o.bitFields(32, 0, 32, uint64(o.number), 32, in2(len(o.out)), 32, in2(owners), 32, in2(owners+4*len(o.owners)), 32, in2(inodeTable), 32, in2(dirTable),
		16, uint64(o.major), 16, is3, 16, uint64(o.block)&0xffff, 16, log, 8, flags, 8, uint64(len(o.owners)), 8, 2, 32, 1000000000,
		64, root.ref)
	if o.major > 1 {
		head = append(head, o.bitFields(32, uint64(o.block), 32, uint64(len(o.fragments)), 32, in2(fragTable))...)
	}
	if o.major == 3 {
		head = append(head, o.bitFields(64, uint64(len(o.out)), 64, uint64(owners), 64, uint64(owners+4*len(o.owners)), 64, uint64(inodeTable), 64, uint64(dirTable), 64, uint64(fragTable), 64, 1<<64-1)...)
	}
	copy(o.out, head)
	copy(o.out, o.magic)
}

func (o *old) stored(b []byte) uint32 {
	if o.pack != nil {
		if z := o.pack(b); len(z) < len(b) {
			o.out = append(o.out, z...)
			return uint32(len(z))
		}
	}
	o.out = append(o.out, b...)
	return uint32(len(b)) | 1<<24
}

func (o *old) data(n *oldNode) {
	n.start, n.fragment = uint64(len(o.out)), 1<<32-1
	rest := n.Data
	for len(rest) >= o.block || ((o.whole || o.major == 1) && len(rest) > 0) {
		piece := rest[:min(len(rest), o.block)]
		rest = rest[len(piece):]
		if o.major > 1 && len(bytes.Trim(piece, "\x00")) == 0 {
			n.blocks = append(n.blocks, 0) // a hole
			continue
		}
		n.blocks = append(n.blocks, o.stored(piece))
	}
	if len(rest) == 0 {
		return
	}
	if len(o.fragment)+len(rest) > o.block {
		o.flushFragment()
	}
	n.fragment, n.offset = uint32(len(o.fragments)), uint32(len(o.fragment))
	o.fragment = append(o.fragment, rest...)
}

func (o *old) flushFragment() {
	if len(o.fragment) > 0 {
		at := uint64(len(o.out))
		o.fragments = append(o.fragments, oldFragment{at, o.stored(o.fragment)})
		o.fragment = nil
	}
}

func (o *old) fragmentTable() int {
	m := oldMeta{o: o}
	for _, f := range o.fragments {
		if o.major == 2 {
			m.write(o.bitFields(32, f.start, 32, uint64(f.size)))
		} else {
			m.write(o.bitFields(64, f.start, 32, uint64(f.size), 32, 0))
		}
	}
	m.flush()
	base := len(o.out)
	o.out = append(o.out, m.out...)
	at := len(o.out)
	for _, b := range m.at {
		if o.major == 2 {
			o.out = o.order.AppendUint32(o.out, uint32(base+b))
		} else {
			o.out = o.order.AppendUint64(o.out, uint64(base+b))
		}
	}
	return at
}

func (o *old) tree(dir *oldNode) {
	slices.SortFunc(dir.children, func(a, b *oldNode) int { return strings.Compare(path.Base(a.Name), path.Base(b.Name)) })
	for _, c := range dir.children {
		switch n := c.node(); {
		case n.Mode.IsDir():
			o.tree(n)
		case !n.done:
			o.inode(n)
		}
	}
	o.directory(dir)
}

func (n *oldNode) node() *oldNode {
	if n.HardLink != "" {
		return n.children[0]
	}
	return n
}

// head writes the part that all inodes have.
func (o *old) head(n *oldNode, kind uint64, rest ...uint64) {
	o.number++
	n.done, n.number, n.ref = true, o.number, o.inodes.here()
	owner := slices.Index(o.owners, n.UID)
	if owner < 0 {
		owner, o.owners = len(o.owners), append(o.owners, n.UID)
	}
	group := uint64(255)
	switch {
	case n.GID == 42:
		group = 1
	case n.GID != n.UID:
		group = 0
	}
	mode := uint64(n.Mode.Perm())
	for bit, flag := range map[fs.FileMode]uint64{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
		if n.Mode&bit != 0 {
			mode |= flag
		}
	}
	fields := []uint64{4, kind, 12, mode, 8, uint64(owner), 8, group}
	if o.major == 1 {
		bank := uint64(owner / 16)
		switch fields = []uint64{4, kind + 5*bank, 12, mode, 4, uint64(owner % 16), 4, group & 15}; kind {
		case 6, 7:
			fields[1] = 0
			fields = append(fields, 4, kind, 4, bank)
		}
	}
	if o.major == 3 {
		fields = append(fields, 32, 1000000001, 32, uint64(n.number))
	}
	o.inodes.write(o.bitFields(append(fields, rest...)...))
}

// links is the field that version 2 does not have.
func (o *old) links(n *oldNode, rest ...uint64) []uint64 {
	if o.major == 3 {
		return append([]uint64{32, uint64(n.links)}, rest...)
	}
	return rest
}

func (o *old) inode(n *oldNode) {
	dev := n.Rdev>>32<<8 | n.Rdev&0xff
	switch m := n.Mode; {
	case m.IsRegular():
		o.file(n)
	case m&fs.ModeSymlink != 0:
		o.head(n, 3, o.links(n, 16, uint64(len(n.Link)))...)
		o.inodes.write([]byte(n.Link))
	case m&fs.ModeCharDevice != 0:
		o.head(n, 5, o.links(n, 16, dev)...)
	case m&fs.ModeDevice != 0:
		o.head(n, 4, o.links(n, 16, dev)...)
	case m&fs.ModeNamedPipe != 0:
		o.head(n, 6, o.links(n)...)
	default:
		o.head(n, 7, o.links(n)...)
	}
}

func (o *old) file(n *oldNode) {
	size := uint64(len(n.Data))
	switch {
	case o.major == 1:
		o.head(n, 2, 32, 1000000001, 32, n.start, 32, size)
	case o.major == 2:
		o.head(n, 2, 32, 1000000001, 32, n.start, 32, uint64(n.fragment), 32, uint64(n.offset), 32, size)
	case o.long || n.links > 1:
		o.head(n, 9, 32, uint64(n.links), 64, n.start, 32, uint64(n.fragment), 32, uint64(n.offset), 64, size)
	default:
		o.head(n, 2, 64, n.start, 32, uint64(n.fragment), 32, uint64(n.offset), 32, size)
	}
	for _, b := range n.blocks {
		if o.major == 1 {
			o.inodes.write(o.order.AppendUint16(nil, uint16(b)|uint16(b>>24<<15)))
			continue
		}
		o.inodes.write(o.order.AppendUint32(nil, b))
	}
}

func (o *old) directory(dir *oldNode) {
	ref := o.dirs.here()
	var list []byte
	for rest := dir.children; len(rest) > 0; {
		first := rest[0].node()
		n := 0
		for n < len(rest) && n < 256 && rest[n].node().ref>>16 == first.ref>>16 {
			n++
		}
		if o.major < 3 {
			list = append(list, o.bitFields(8, uint64(n-1), 24, first.ref>>16)...)
		} else {
			list = append(list, o.bitFields(8, uint64(n-1), 32, first.ref>>16, 32, uint64(first.number))...)
		}
		for _, c := range rest[:n] {
			name := path.Base(c.Name)
			list = append(list, o.bitFields(13, c.node().ref&0xffff, 3, min(7, kindOf(c.node().Mode)), 8, uint64(len(name)-1))...)
			if o.major == 3 {
				list = append(list, o.bitFields(16, uint64(c.node().number-first.number)&0xffff)...)
			}
			list = append(list, name...)
		}
		rest = rest[n:]
	}
	o.dirs.write(list)
	size := uint64(len(list))
	dir.links = 2
	if o.major == 3 {
		size += 3
	}
	bits, kind := uint64(19), uint64(1)
	if o.long || size >= 1<<19 && o.major > 1 {
		bits, kind = 27, 8
	}
	fields := []uint64{bits, size, 13, ref & 0xffff}
	if o.major < 3 {
		fields = append(fields, 32, 1000000001, 24, ref>>16)
	} else {
		fields = append(append([]uint64{32, uint64(dir.links)}, fields...), 32, ref>>16)
	}
	if kind == 8 {
		fields = append(fields, 16, 0)
	}
	if o.major == 3 {
		fields = append(fields, 32, 0) // the parent, which nobody reads
	}
	o.head(dir, kind, fields...)
}

func kindOf(m fs.FileMode) uint64 {
	switch {
	case m.IsDir():
		return 1
	case m.IsRegular():
		return 2
	case m&fs.ModeSymlink != 0:
		return 3
	case m&fs.ModeCharDevice != 0:
		return 5
	case m&fs.ModeDevice != 0:
		return 4
	case m&fs.ModeNamedPipe != 0:
		return 6
	}
	return 7
}

func packZlib(b []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

// packLZMA packs with properties and keeps so many bytes of the header. A stream
// says how long it is, or has a mark at its end.
func packLZMA(header int, p lzma.Properties, mark bool) func([]byte) []byte {
	return func(b []byte) []byte {
		var out bytes.Buffer
		w, err := lzma.WriterConfig{Properties: &p, DictCap: 1 << 16, SizeInHeader: !mark, Size: int64(len(b)), EOSMarker: mark}.NewWriter(&out)
		if err != nil {
			panic(err)
		}
		_, _ = w.Write(b)
		_ = w.Close()
		return slices.Concat(out.Bytes()[:header], out.Bytes()[13:])
	}
}
