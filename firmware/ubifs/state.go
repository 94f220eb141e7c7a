package ubifs

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"slices"
)

// state is what the nodes say. They may be entered in any order: of two that say
// something of the same thing the one with the higher sequence number counts.
type state struct {
	inodes map[uint32]*inode
	names  map[nameKey]name
	lost   []span // of keys that the index should have and has not
}

func newState() state {
	return state{inodes: map[uint32]*inode{}, names: map[nameKey]name{}}
}

// inode is an inode and what belongs to it.
type inode struct {
	number   uint32
	first    uint32 // the block in which the content begins, of an older one
	found    bool   // there is an inode node
	at       int64
	sequence uint64
	inodeHead
	data   []byte // that the inode itself holds: a symlink's target, a device's number, an attribute's value
	err    error  // why the node that the index has is none
	blocks []block
	cuts   []cut
}

// inodeHead is an inode node, without the common header.
type inodeHead struct {
	Key                       [16]byte
	Created, Bytes            uint64
	Accessed, Changed         uint64
	Modified                  int64
	AccessedNano, ChangedNano uint32
	ModifiedNano, Links       uint32
	UID, GID, Mode, Flags     uint32
	DataLength                uint32
	Xattrs, XattrBytes, _     uint32
	XattrNames                uint32
	Compression               uint16
	_                         [26]byte
}

// Inode flags.
const (
	flagXattr = 0x20 // the inode is the value of an attribute
	flagCrypt = 0x40
)

// alive reports whether the newest state has the inode.
func (n *inode) alive() bool { return n.found && n.Links > 0 }

// block is where a block of a file's data is.
type block struct {
	number   uint32
	len      uint32 // of the node
	size     uint32 // of the data; known of nodes in the journal
	at       int64
	sequence uint64 // 0 for what the index has: older than all of the journal
}

// cut is a truncation: what is older, from a block on, is gone.
type cut struct {
	sequence uint64
	from     uint32
}

// nameKey is a name in a directory, or the name of an attribute of an inode.
type nameKey struct {
	parent uint32
	xattr  bool
	name   string
}

// name is what a name stands for; inode 0 is a name that was removed.
type name struct {
	inode    uint32
	kind     uint8 // of the inode
	at       int64
	sequence uint64
}

func (s *state) inode(number uint32) *inode {
	n := s.inodes[number]
	if n == nil {
		n = &inode{number: number}
		s.inodes[number] = n
	}
	return n
}

// enter takes a node into the state. It says no if the node contradicts itself.
func (s *state) enter(n node) bool {
	switch n.kind() {
	case inodeNode:
		return s.enterInode(n)
	case dataNode:
		s.enterBlock(n, min(binary.LittleEndian.Uint32(n.raw[sizeAt:]), blockSize))
	case entryNode, xattrNode:
		return s.enterName(n)
	case truncationNode:
		return s.enterCut(n)
	}
	return true
}

// enterBlock enters a block; its size is 0 if that of the file does not depend
// on it.
func (s *state) enterBlock(n node, size uint32) {
	i, k := s.inode(n.key().inode), n.key()
	i.blocks = append(i.blocks, block{k.block(), uint32(len(n.raw)), size, n.at, n.sequence()})
}

func (s *state) enterInode(n node) bool {
	i := s.inode(n.key().inode)
	if n.sequence() < i.sequence {
		return true
	}
	var h inodeHead
	n.decode(&h)
	if int(h.DataLength) != len(n.raw)-inodeSize || h.Bytes > math.MaxInt64 {
		return false
	}
	i.found, i.inodeHead, i.at, i.sequence = true, h, n.at, n.sequence()
	i.data = bytes.Clone(n.raw[inodeSize:])
	return true
}

func (s *state) enterName(n node) bool {
	var h struct {
		Key        [16]byte
		Inode      uint64
		_, Kind    uint8
		NameLength uint16
		Cookie     uint32
	}
	n.decode(&h)
	text := n.raw[entrySize:]
	if int(h.NameLength) != len(text)-1 || text[len(text)-1] != 0 || h.Inode > math.MaxUint32 {
		return false
	}
	k := nameKey{n.key().inode, n.kind() == xattrNode, string(text[:len(text)-1])}
	if old, ok := s.names[k]; !ok || n.sequence() >= old.sequence {
		s.names[k] = name{uint32(h.Inode), h.Kind, n.at, n.sequence()}
	}
	return true
}

func (s *state) enterCut(n node) bool {
	var h struct {
		Inode    uint32
		_        [12]byte
		Old, New uint64
	}
	n.decode(&h)
	from := (h.New + blockSize - 1) / blockSize
	if h.Old <= h.New || from > lowMask {
		return false
	}
	i := s.inode(h.Inode)
	i.cuts = append(i.cuts, cut{n.sequence(), uint32(from)})
	return true
}

// settle leaves the newest of each block, in order, without those that were cut.
func (n *inode) settle() {
	slices.SortFunc(n.cuts, func(a, b cut) int { return cmp.Compare(b.sequence, a.sequence) })
	for i := 1; i < len(n.cuts); i++ {
		n.cuts[i].from = min(n.cuts[i].from, n.cuts[i-1].from) // of this cut and all that are newer
	}
	if len(n.cuts) > 0 {
		n.blocks = slices.DeleteFunc(n.blocks, n.isCut)
	}
	slices.SortFunc(n.blocks, func(a, b block) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(b.sequence, a.sequence), cmp.Compare(b.size, a.size), cmp.Compare(a.at, b.at))
	})
	n.blocks = slices.CompactFunc(n.blocks, func(a, b block) bool { return a.number == b.number })
	n.cuts = nil
}

// isCut reports whether a newer cut took a block away.
func (n *inode) isCut(b block) bool {
	newer, _ := slices.BinarySearchFunc(n.cuts, b.sequence, func(c cut, s uint64) int {
		if c.sequence > s {
			return -1
		}
		return 1
	})
	return newer > 0 && n.cuts[newer-1].from <= b.number
}

// reach is where the data end that the journal holds. After a power failure they
// may lie behind the size that the inode had when it was last written.
func (n *inode) reach() uint64 {
	end := uint64(0)
	for _, b := range n.blocks {
		if b.size > 0 {
			end = max(end, uint64(b.number)*blockSize+uint64(b.size))
		}
	}
	return end
}
