package erofs_test

import (
	"encoding/binary"
	"hash/crc32"
	"strings"
)

// node is an inode of an image that is made by hand: each has a block of its own,
// so that the number of the n-th is n*nidStep.
type node struct {
	mode   uint16
	layout uint16
	size   int64  // of the data, if 0
	data   []byte // behind the inode
	start  uint32 // or the form of chunks, or the device
	form   uint16 // further bits of the form
}

const (
	blockSize = 4096
	nidStep   = blockSize / 32
	inlined   = 2
	dirMode   = 0o040755
	fileMode  = 0o100644
	linkMode  = 0o120777
)

// build makes an image of inodes; the first is the root.
func build(nodes ...node) []byte {
	img := make([]byte, blockSize*(1+len(nodes)))
	le := binary.LittleEndian
	sb := img[1024:]
	le.PutUint32(sb, 0xe0f5e1e2)
	le.PutUint32(sb[8:], 1)
	sb[12] = 12
	le.PutUint16(sb[14:], nidStep)
	le.PutUint32(sb[36:], uint32(len(img)/blockSize))
	for i, n := range nodes {
		b := img[blockSize*(i+1):]
		le.PutUint16(b, 1|n.layout<<1|n.form)
		le.PutUint16(b[4:], n.mode)
		size := n.size
		if size == 0 {
			size = int64(len(n.data))
		}
		le.PutUint64(b[8:], uint64(size))
		le.PutUint32(b[16:], n.start)
		copy(b[64:], n.data)
	}
	return seal(img)
}

// seal puts the checksum of the first block right.
func seal(img []byte) []byte {
	le := binary.LittleEndian
	le.PutUint32(img[1028:], 0)
	le.PutUint32(img[1028:], ^crc32.Checksum(img[1024:blockSize], crc32.MakeTable(crc32.Castagnoli)))
	return img
}

// names makes a block of a directory out of "name=index" pairs.
func names(pairs ...string) []byte {
	b := make([]byte, 12*len(pairs))
	for i, p := range pairs {
		name, index, _ := strings.Cut(p, "=")
		binary.LittleEndian.PutUint64(b[12*i:], uint64(index[0]-'0'+1)*nidStep)
		binary.LittleEndian.PutUint16(b[12*i+8:], uint16(len(b)))
		b = append(b, name...)
	}
	return b
}

func dir(pairs ...string) node { return node{mode: dirMode, layout: inlined, data: names(pairs...)} }

func file(content string) node {
	return node{mode: fileMode, layout: inlined, data: []byte(content)}
}
