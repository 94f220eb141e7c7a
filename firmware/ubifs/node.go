package ubifs

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"github.com/assay-iot/assay/firmware/format"
)

// The kinds of nodes.
const (
	inodeNode = iota
	dataNode
	entryNode // of a directory
	xattrNode
	truncationNode
	paddingNode
	superblockNode
	masterNode
	referenceNode
	indexNode
	commitNode
	orphanNode
	authNode
)

// Nodes begin with a common header at a multiple of eight bytes.
const (
	magic          = "\x31\x18\x10\x06"
	headerSize     = 24
	alignment      = 8
	superblockSize = 4096

	inodeSize      = 160 // before the data that an inode may hold itself
	dataSize       = 48
	sizeAt         = 40 // in a data node: what it unpacks to
	compressionAt  = 44
	entrySize      = 56
	truncationSize = 56
	indexSize      = 28
	maxName        = 255
	maxHash        = 64        // of authenticated file systems
	maxPadding     = 256 << 10 // the greatest unit of writing

	erased  = 0xff
	padding = 0xce // fills gaps that no padding node fits into
)

// lengths are the least and the greatest length of each kind.
var lengths = [...]struct{ least, most int }{
	inodeNode:      {inodeSize, inodeSize + blockSize},
	dataNode:       {dataSize, dataSize + blockSize},
	entryNode:      {entrySize + 1, entrySize + maxName + 1},
	xattrNode:      {entrySize + 1, entrySize + maxName + 1},
	truncationNode: {truncationSize, truncationSize},
	paddingNode:    {28, 28},
	superblockNode: {superblockSize, superblockSize},
	masterNode:     {512, 512},
	referenceNode:  {64, 64},
	indexNode:      {indexSize, 64 << 10},
	commitNode:     {32, 32},
	orphanNode:     {32, 4096},
	authNode:       {headerSize, headerSize + maxHash},
}

// node is a node whose checksum holds, and its place.
type node struct {
	at  int64
	raw []byte
}

func (n node) kind() int        { return int(n.raw[20]) }
func (n node) group() int       { return int(n.raw[21]) }
func (n node) sequence() uint64 { return binary.LittleEndian.Uint64(n.raw[8:]) }
func (n node) clone() node      { return node{n.at, bytes.Clone(n.raw)} }

// key tells what a node is for. The nodes of an inode stand together in the
// index: itself, its data, its directory entries, its attributes.
type key struct {
	inode uint32
	rest  uint32 // kind, and below it a block's number or a name's hash
}

const (
	keySize   = 8
	kindShift = 29
	lowMask   = 1<<kindShift - 1
)

var lastKey = key{^uint32(0), ^uint32(0)}

func readKey(b []byte) key {
	return key{binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])}
}

func (n node) key() key     { return readKey(n.raw[headerSize:]) }
func (k key) kind() int     { return int(k.rest >> kindShift) }
func (k key) block() uint32 { return k.rest & lowMask }

func (k key) compare(o key) int {
	a, b := uint64(k.inode)<<32|uint64(k.rest), uint64(o.inode)<<32|uint64(o.rest)
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// parse reads the node that begins where b does.
func parse(b []byte, at int64) (node, error) {
	if len(b) < headerSize || string(b[:4]) != magic {
		return node{}, format.Errorf(at, "no node")
	}
	n := binary.LittleEndian.Uint32(b[16:])
	kind := int(b[20])
	switch {
	case kind >= len(lengths):
		return node{}, format.Errorf(at, "node of unknown kind %d", kind)
	case n < uint32(lengths[kind].least) || n > uint32(lengths[kind].most):
		return node{}, format.Errorf(at, "node of kind %d with %d bytes", kind, n)
	case n > uint32(len(b)):
		return node{}, format.Errorf(at, "node of %d bytes, %d are here", n, len(b))
	case binary.LittleEndian.Uint32(b[4:]) != ^crc32.ChecksumIEEE(b[8:n]): // without the final inversion
		return node{}, format.Errorf(at, "the checksum of a node differs")
	}
	return node{at, b[:n]}, nil
}

// bytes reads n bytes into buf, or gives those of the input if it is in memory.
func (r *reader) bytes(at, n int64, buf []byte) ([]byte, error) {
	if _, ok := r.in.ReaderAt.(format.Memory); ok {
		return r.in.Bytes(at, n)
	}
	return buf[:n], r.in.Full(buf[:n], at)
}

// branch is a reference to a node, and the key that it must have.
type branch struct {
	at  int64
	len uint32
	key key
}

// follow reads the node that a branch refers to, of the kind that is wanted.
func (r *reader) follow(b branch, kind int, buf []byte) (node, error) {
	if int(b.len) < lengths[kind].least || int(b.len) > lengths[kind].most || b.at%alignment != 0 {
		return node{}, format.Errorf(b.at, "reference to a node of kind %d with %d bytes", kind, b.len)
	}
	raw, err := r.bytes(b.at, int64(b.len), buf)
	if err != nil {
		return node{}, err
	}
	n, err := parse(raw, b.at)
	switch {
	case err != nil:
		return n, err
	case n.kind() != kind || len(n.raw) != int(b.len):
		return n, format.Errorf(b.at, "node of kind %d and %d bytes where one of kind %d and %d bytes is expected", n.kind(), len(n.raw), kind, b.len)
	case kind <= xattrNode && n.key() != b.key:
		return n, format.Errorf(b.at, "the node is of another key than the index says")
	}
	return n, nil
}

// scan gives every valid node of a part of the input to see, which must not keep
// it, and to gap, if that is not nil, each place where there is something that is
// neither a node nor empty.
func (r *reader) scan(from, to int64, see func(node), gap func(at int64)) error {
	const window, overlap = 1 << 20, inodeSize + blockSize
	to = min(to, r.in.Size)
	buf := make([]byte, min(window+overlap, max(to-from, 0)))
	for from < to {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		b, err := r.bytes(from, min(int64(len(buf)), to-from), buf)
		if err != nil {
			return err
		}
		end := window
		if int64(len(b)) == to-from {
			end = len(b)
		}
		from += r.scanBytes(b, end, from, see, gap)
	}
	return nil
}

// scanBytes looks through b, which lies at a place of the input, for nodes that
// begin before end. It says how far it came.
func (r *reader) scanBytes(b []byte, end int, base int64, see func(node), gap func(at int64)) int64 {
	off := 0
	for off < end {
		next := nextNode(b, off, end)
		if gap != nil {
			if g := firstFilled(b[off:next]); g >= 0 {
				gap(base + int64(off+g))
			}
		}
		if off = next; off >= end {
			break
		}
		n, err := parse(b[off:], base+int64(off))
		if err != nil {
			if gap != nil {
				gap(base + int64(off))
			}
			off += alignment
			continue
		}
		off += n.extent()
		r.seen = max(r.seen, min(base+int64(off), r.in.Size))
		see(n)
	}
	return int64(off)
}

// extent is how far the next node is: padding says itself how long it is.
func (n node) extent() int {
	size := len(n.raw)
	if n.kind() == paddingNode {
		size += int(min(binary.LittleEndian.Uint32(n.raw[headerSize:]), maxPadding))
	}
	return (size + alignment - 1) &^ (alignment - 1)
}

// nextNode finds where a node may begin, from off on, or gives end.
func nextNode(b []byte, off, end int) int {
	for off < end {
		i := bytes.Index(b[off:], []byte(magic))
		if i < 0 || off+i >= end {
			break
		}
		if off += i; off%alignment == 0 {
			return off
		}
		off++
	}
	return end
}

// firstFilled finds the first byte that is neither erased nor padding.
func firstFilled(b []byte) int {
	for i, c := range b {
		if c != erased && c != padding {
			return i
		}
	}
	return -1
}
