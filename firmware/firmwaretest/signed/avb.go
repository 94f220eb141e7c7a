package signed

import (
	"context"
	"crypto"
	"crypto/rsa"
	"encoding/binary"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/verity"
)

var avbKinds = []Kind{
	{Name: "avb vbmeta", Reader: "android", Key: RSA2048, Build: func(m *Maker) []byte {
		return vbmeta(m, append(avbDescriptor(0, be(uint64(1), uint64(1), "p\x00v\x00")), avbHash("boot", "", root())...))
	}},
	{Name: "avb partition", Reader: "android", Key: RSA2048, Build: avbPartition},
}

// be is a run of numbers (of 4 or 8 bytes, big endian), texts, and so many
// zeros.
func be(all ...any) []byte {
	var b []byte
	for _, v := range all {
		switch v := v.(type) {
		case uint32:
			b = binary.BigEndian.AppendUint32(b, v)
		case uint64:
			b = binary.BigEndian.AppendUint64(b, v)
		case int:
			b = append(b, make([]byte, v)...)
		case string:
			b = append(b, v...)
		}
	}
	return b
}

func avbDescriptor(tag uint64, body []byte) []byte {
	body = append(body, make([]byte, -len(body)&7)...)
	return append(be(tag, uint64(len(body))), body...)
}

const avbSHA256 = "sha256\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// avbHash is the descriptor of a partition with that content.
func avbHash(name, salt string, content []byte) []byte {
	sum := sha256(append([]byte(salt), content...))
	return avbDescriptor(2, be(uint64(len(content)), avbSHA256, uint32(len(name)), uint32(len(salt)), uint32(len(sum)), uint32(0), 60, name, salt, string(sum)))
}

// vbmeta is a block of libavb with descriptors, by RSA and SHA-256.
func vbmeta(m *Maker, descriptors []byte) []byte { return vbmetaFlags(m, descriptors, 0) }

func vbmetaFlags(m *Maker, descriptors []byte, flags uint32) []byte {
	var public []byte
	algorithm, size, rollback := uint32(0), uint64(0), uint64(3)
	if m != nil {
		k := m.Key.Public().(*rsa.PublicKey)
		algorithm, size = 1, uint64(k.Size())
		public = slices.Concat(be(uint32(8*k.Size()), uint32(0)), k.N.FillBytes(make([]byte, k.Size())), make([]byte, k.Size()))
	}
	aux := slices.Concat(descriptors, public)
	aux = append(aux, make([]byte, -len(aux)&63)...)
	n, hash := uint64(len(descriptors)), uint64(0)
	if m != nil {
		hash = 32
	}
	auth := (hash + size + 63) &^ 63
	release := "avbtool 1.2.0"
	h := be("AVB0", uint32(1), uint32(0), auth, uint64(len(aux)), algorithm, uint64(0), hash, hash, size,
		n, uint64(len(public)), uint64(0), uint64(0), uint64(0), n, rollback, flags, uint32(0), release, 48-len(release), 80)
	var block []byte
	if m != nil {
		over := slices.Concat(h, aux)
		block = append(sha256(over), m.sign(over, crypto.SHA256)...)
	}
	return slices.Concat(h, block, make([]byte, int(auth)-len(block)), aux)
}

// avbPartition is a file system with its hash, its hash tree, the block about
// them, and the footer.
func avbPartition(m *Maker) []byte {
	content := root()
	content = append(content, make([]byte, -len(content)&8191)...)
	n := uint64(len(content))
	salt := "salt"
	tree := verity.Tree{Hash: crypto.SHA256, Salt: []byte(salt), DataBlock: 4096, HashBlock: 4096}
	top, levels, err := tree.Root(context.Background(), format.InMemory(content))
	must(top, err)
	block := vbmeta(m, slices.Concat(
		avbHash("boot", salt, content),
		avbDescriptor(1, be(uint32(1), n, n, uint64(len(levels)), uint32(4096), uint32(4096), uint32(0), uint64(0), uint64(0),
			avbSHA256, uint32(6), uint32(4), uint32(32), uint32(0), 60, "system", salt, string(top))),
	))
	footer := be("AVBf", uint32(1), uint32(0), n, uint64(len(content)+len(levels)), uint64(len(block)), 28)
	return slices.Concat(content, levels, block, make([]byte, 4096-64), footer)
}
