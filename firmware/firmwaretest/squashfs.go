package firmwaretest

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"path"
	"slices"
	"time"
)

// SquashfsOptions say how a squashfs file system is written. The zero value
// means gzip, blocks of 128 KiB, and the Unix epoch as the time of creation.
type SquashfsOptions struct {
	Uncompressed bool // store everything as it is
	BlockSize    int  // a power of two from 4 KiB to 1 MiB
	Time         time.Time
	NoFragments  bool // give the end of each file a block of its own
	Root         File // mode and owner of the root directory; 0755 root if Mode is zero
}

// Squashfs packs files into a squashfs 4 file system, compressed with gzip, as
// mksquashfs does. It panics when the files make no tree.
func Squashfs(files ...File) []byte { return SquashfsWith(SquashfsOptions{}, files...) }

// SquashfsWith is Squashfs with options.
func SquashfsWith(o SquashfsOptions, files ...File) []byte {
	var b bytes.Buffer
	err := WriteSquashfs(&b, o, files...)
	return must(b.Bytes(), err)
}

// WriteSquashfs writes a squashfs 4 file system, padded to 4 KiB as flash and
// loop devices want it.
func WriteSquashfs(w io.Writer, o SquashfsOptions, files ...File) error {
	s, err := newSquash(o, files)
	if err != nil {
		return err
	}
	if err := s.write(); err != nil {
		return err
	}
	_, err = w.Write(s.out)
	return err
}

const (
	squashMagic = 0x73717368
	metaSize    = 8 << 10
	noTable     = ^uint64(0)
	noFragment  = ^uint32(0)
	stored      = 1 << 24 // in the size word of a data block
)

// squash is a file system that is being written.
type squash struct {
	opts      SquashfsOptions
	blockSize int
	nodes     []*squashNode // the root, then its tree in order
	last      uint32        // number of the last inode
	out       []byte
	inodes    squashMeta
	dirs      squashMeta
	ids       []uint32
	fragments []squashFragment
	fragment  []byte // the block that is being filled
}

type squashNode struct {
	File
	number   uint32
	parent   *squashNode
	children []*squashNode // by name
	same     *squashNode   // of a hard link: the node it is
	links    uint32
	ref      uint64 // block<<16 | offset, once written
	written  bool

	start  uint64
	blocks []uint32
	frag   uint32
	offset uint32
}

type squashFragment struct {
	Start  uint64
	Size   uint32
	Unused uint32
}

func newSquash(o SquashfsOptions, files []File) (*squash, error) {
	s := &squash{opts: o, blockSize: cmp.Or(o.BlockSize, 128<<10)}
	if s.blockSize < 4<<10 || s.blockSize > 1<<20 || bits.OnesCount(uint(s.blockSize)) != 1 {
		return nil, fmt.Errorf("firmwaretest: squashfs block size %d", s.blockSize)
	}
	s.inodes.plain, s.dirs.plain = o.Uncompressed, o.Uncompressed
	all, err := complete(files)
	if err != nil {
		return nil, err
	}
	root := &squashNode{File: o.Root, number: 1, links: 1}
	if root.Mode == 0 {
		root.Mode = 0o755
	}
	root.Mode |= fs.ModeDir
	s.last = root.number
	byName := map[string]*squashNode{".": root}
	s.nodes = []*squashNode{root}
	for _, f := range all {
		if f.HardLink == "" {
			s.last++
		}
		n := &squashNode{File: f, number: s.last, parent: byName[path.Dir(f.Name)], links: 1, frag: noFragment}
		byName[f.Name] = n
		s.nodes = append(s.nodes, n)
		n.parent.children = append(n.parent.children, n)
	}
	for _, n := range s.nodes {
		slices.SortFunc(n.children, func(a, b *squashNode) int { return cmp.Compare(path.Base(a.Name), path.Base(b.Name)) })
		if n.HardLink != "" {
			n.same = byName[n.HardLink]
			n.same.links++
			n.number = n.same.number
		}
		if n.Mode.IsDir() {
			n.links++
			if n.parent != nil {
				n.parent.links++
			}
		}
	}
	return s, nil
}

// write lays everything out: superblock, data, fragments, inodes, directories,
// fragment table, owners.
func (s *squash) write() error {
	s.out = make([]byte, 96)
	for _, n := range s.nodes {
		if n.Mode.IsRegular() && n.same == nil {
			s.data(n)
		}
	}
	s.flushFragment()
	s.tree(s.nodes[0])
	inodeTable := s.append(s.inodes.finish())
	dirTable := s.append(s.dirs.finish())
	fragTable := noTable
	if len(s.fragments) > 0 {
		fragTable = s.table(s.fragments)
	}
	idTable := s.table(s.ids)
	sb := struct {
		Magic, Inodes, Time, BlockSize, Fragments       uint32
		Compression, BlockLog, Flags, IDs, Major, Minor uint16
		Root, Bytes, IDTable, XattrTable, InodeTable    uint64
		DirTable, FragTable, ExportTable                uint64
	}{
		squashMagic, s.last, unixTime(s.opts.Time), uint32(s.blockSize), uint32(len(s.fragments)),
		1, uint16(bits.Len(uint(s.blockSize)) - 1), s.flags(), uint16(len(s.ids)), 4, 0,
		s.nodes[0].ref, uint64(len(s.out)), idTable, noTable, inodeTable,
		dirTable, fragTable, noTable,
	}
	if _, err := binary.Encode(s.out, binary.LittleEndian, sb); err != nil {
		return err
	}
	if n := len(s.out) % 4096; n > 0 {
		s.out = append(s.out, make([]byte, 4096-n)...)
	}
	return nil
}

func (s *squash) flags() uint16 {
	const noInodes, noData, noFragmentPacking, noFragments, noXattrs, noIDs = 1, 2, 8, 16, 0x200, 0x800
	f := uint16(noXattrs)
	if s.opts.Uncompressed {
		f |= noInodes | noData | noFragmentPacking | noIDs
	}
	if s.opts.NoFragments {
		f |= noFragments
	}
	return f
}

func (s *squash) append(b []byte) uint64 {
	at := uint64(len(s.out))
	s.out = append(s.out, b...)
	return at
}

// data writes the blocks of a file; its end goes into a fragment.
func (s *squash) data(n *squashNode) {
	n.start = uint64(len(s.out))
	rest := n.Data
	for len(rest) >= s.blockSize || (s.opts.NoFragments && len(rest) > 0) {
		take := min(len(rest), s.blockSize)
		n.blocks = append(n.blocks, s.block(rest[:take]))
		rest = rest[take:]
	}
	if len(rest) == 0 {
		return
	}
	if len(s.fragment)+len(rest) > s.blockSize {
		s.flushFragment()
	}
	n.frag, n.offset = uint32(len(s.fragments)), uint32(len(s.fragment))
	s.fragment = append(s.fragment, rest...)
}

// block writes a data block and gives its size word.
func (s *squash) block(b []byte) uint32 {
	if z := deflate(b); !s.opts.Uncompressed && len(z) < len(b) {
		s.append(z)
		return uint32(len(z))
	}
	s.append(b)
	return uint32(len(b)) | stored
}

func (s *squash) flushFragment() {
	if len(s.fragment) == 0 {
		return
	}
	at := uint64(len(s.out))
	s.fragments = append(s.fragments, squashFragment{Start: at, Size: s.block(s.fragment)})
	s.fragment = s.fragment[:0]
}

// tree writes the inodes below and of a directory, and its list of names, which
// needs to know where the inodes are.
func (s *squash) tree(dir *squashNode) {
	for _, n := range dir.children {
		switch {
		case n.Mode.IsDir():
			s.tree(n)
		case n.same == nil:
			s.inode(n)
		}
	}
	for _, n := range dir.children {
		if n.same != nil {
			s.inode(n.same) // if it is in a directory that comes later
		}
	}
	s.directory(dir)
}

// inode writes an inode that is no directory, once.
func (s *squash) inode(n *squashNode) {
	if n.written {
		return
	}
	n.written = true
	const file, symlink, block, char, fifo, socket, long = 2, 3, 4, 5, 6, 7, 7
	dev := uint32(n.Rdev>>32)<<8 | uint32(n.Rdev)&0xff | (uint32(n.Rdev)&^0xff)<<12
	switch m := n.Mode; {
	case m.IsRegular() && n.links == 1:
		s.head(n, file, uint32(n.start), n.frag, n.offset, uint32(len(n.Data)), n.blocks)
	case m.IsRegular():
		s.head(n, file+long, n.start, uint64(len(n.Data)), uint64(0), n.links, n.frag, n.offset, ^uint32(0), n.blocks)
	case m&fs.ModeSymlink != 0:
		s.head(n, symlink, n.links, uint32(len(n.Link)), []byte(n.Link))
	case m&fs.ModeCharDevice != 0:
		s.head(n, char, n.links, dev)
	case m&fs.ModeDevice != 0:
		s.head(n, block, n.links, dev)
	case m&fs.ModeNamedPipe != 0:
		s.head(n, fifo, n.links)
	default:
		s.head(n, socket, n.links)
	}
}

// head writes the header of an inode and what follows it.
func (s *squash) head(n *squashNode, kind uint16, rest ...any) {
	n.ref = s.inodes.here()
	b := le(kind, uint16(unixMode(n.Mode)&0o7777), s.id(n.UID), s.id(n.GID), unixTime(n.ModTime), n.number)
	s.inodes.write(append(b, le(rest...)...))
}

func (s *squash) id(v uint32) uint16 {
	i := slices.Index(s.ids, v)
	if i < 0 {
		i = len(s.ids)
		s.ids = append(s.ids, v)
	}
	return uint16(i)
}

// directory writes the names of a directory, then its inode. A header serves up
// to 256 names whose inodes are in one metadata block.
func (s *squash) directory(dir *squashNode) {
	ref := s.dirs.here()
	size := 3 // as if "." and ".." were there
	for rest := dir.children; len(rest) > 0; {
		first := rest[0].node()
		n := 0
		for n < len(rest) && n < 256 && rest[n].node().ref>>16 == first.ref>>16 && fits16(int64(rest[n].number)-int64(first.number)) {
			n++
		}
		b := le(uint32(n-1), uint32(first.ref>>16), first.number)
		for _, c := range rest[:n] {
			name := path.Base(c.Name)
			b = append(b, le(uint16(c.node().ref), int16(int64(c.number)-int64(first.number)), kindOf(c.Mode), uint16(len(name)-1), []byte(name))...)
		}
		s.dirs.write(b)
		size += len(b)
		rest = rest[n:]
	}
	parent := s.last + 1
	if dir.parent != nil {
		parent = dir.parent.number
	}
	if size < 1<<16 {
		s.head(dir, 1, uint32(ref>>16), dir.links, uint16(size), uint16(ref), parent)
	} else {
		s.head(dir, 8, dir.links, uint32(size), uint32(ref>>16), parent, uint16(0), uint16(ref), ^uint32(0))
	}
}

func (n *squashNode) node() *squashNode {
	if n.same != nil {
		return n.same
	}
	return n
}

func fits16(d int64) bool { return d == int64(int16(d)) }

// kindOf is the basic inode type.
func kindOf(m fs.FileMode) uint16 {
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

// table writes records in metadata blocks, then the index of those blocks, and
// gives the place of the index.
func (s *squash) table(records any) uint64 {
	base := uint64(len(s.out))
	m := squashMeta{plain: s.opts.Uncompressed}
	m.write(le(records))
	s.append(m.finish())
	var index []byte
	for _, at := range m.starts {
		index = append(index, le(base+at)...)
	}
	return s.append(index)
}

// squashMeta is a run of metadata blocks of 8 KiB.
type squashMeta struct {
	plain  bool
	out    []byte
	buf    []byte
	starts []uint64
}

// here is the reference of what is written next.
func (m *squashMeta) here() uint64 { return uint64(len(m.out))<<16 | uint64(len(m.buf)) }

func (m *squashMeta) write(b []byte) {
	for len(b) > 0 {
		n := min(len(b), metaSize-len(m.buf))
		m.buf, b = append(m.buf, b[:n]...), b[n:]
		if len(m.buf) == metaSize {
			m.flush()
		}
	}
}

func (m *squashMeta) flush() {
	m.starts = append(m.starts, uint64(len(m.out)))
	if z := deflate(m.buf); !m.plain && len(z) < len(m.buf) {
		m.out = append(append(m.out, le(uint16(len(z)))...), z...)
	} else {
		m.out = append(append(m.out, le(uint16(len(m.buf))|0x8000)...), m.buf...)
	}
	m.buf = m.buf[:0]
}

func (m *squashMeta) finish() []byte {
	if len(m.buf) > 0 {
		m.flush()
	}
	return m.out
}

// le writes values one after another, little endian.
func le(values ...any) []byte {
	var b []byte
	for _, v := range values {
		b, _ = binary.Append(b, binary.LittleEndian, v)
	}
	return b
}

func deflate(b []byte) []byte {
	var out bytes.Buffer
	w, _ := zlib.NewWriterLevel(&out, zlib.BestCompression)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}
