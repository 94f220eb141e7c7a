package cramfs_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/cramfs"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

const (
	version2 = 1 << 0
	pointers = 1 << 11
	plain    = 1 << 31
	direct   = 1 << 30
	fileMode = 0o100644
	dirMode  = 0o040755
	linkMode = 0o120777
)

// image is an image that is made by hand. Only one directory, the root, is laid
// out; nodes may point anywhere.
type image struct {
	order binary.ByteOrder
	flags uint32
	nodes []node
	data  []byte // behind the directory
}

type node struct {
	name         string
	mode         uint32
	size, offset uint32 // of the content
}

func (g *image) inode(n node) []byte {
	name := (len(n.name) + 3) / 4
	w := []uint32{n.mode | 7<<16, n.size | 9<<24, uint32(name) | n.offset/4<<6}
	if g.order == binary.ByteOrder(binary.BigEndian) {
		w = []uint32{n.mode<<16 | 7, n.size<<8 | 9, uint32(name)<<26 | n.offset/4}
	}
	var b []byte
	for _, v := range w {
		b = g.order.(binary.AppendByteOrder).AppendUint32(b, v)
	}
	return append(append(b, n.name...), make([]byte, name*4-len(n.name))...)
}

// start is where the data begin.
func (g *image) start() uint32 {
	at := 76
	for _, n := range g.nodes {
		at += len(g.inode(n))
	}
	return uint32(at)
}

func (g *image) build() []byte {
	var dir []byte
	for _, n := range g.nodes {
		dir = append(dir, g.inode(n)...)
	}
	b := make([]byte, 64)
	g.order.PutUint32(b, 0x28cd3d45)
	g.order.PutUint32(b[8:], g.flags)
	copy(b[16:], "Compressed ROMFS")
	copy(b[48:], "by hand")
	b = append(b, g.inode(node{mode: dirMode, size: uint32(len(dir)), offset: 76})...)
	b = slices.Concat(b, dir, g.data)
	if g.flags&version2 != 0 {
		g.order.PutUint32(b[4:], uint32(len(b)))
		g.order.PutUint32(b[32:], crc32.ChecksumIEEE(b))
	}
	return b
}

func pressed(b []byte) []byte {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

// words are block pointers.
func (g *image) words(all ...uint32) (b []byte) {
	for _, v := range all {
		b = g.order.(binary.AppendByteOrder).AppendUint32(b, v)
	}
	return b
}

// one is an image with one file of one block.
func one(order binary.ByteOrder, flags uint32, content string) []byte {
	g := &image{order: order, flags: flags, nodes: []node{{"a", fileMode, uint32(len(content)), 0}}}
	at := g.start()
	g.nodes[0].offset = at
	z := pressed([]byte(content))
	g.data = slices.Concat(g.words(at+4+uint32(len(z))), z)
	return g.build()
}

// open opens an image and reads it: a line for each entry, error and damage.
func open(t testing.TB, img []byte) (lines []string, o *format.Opened) {
	t.Helper()
	o, err := cramfs.Format.Open(context.Background(), format.InMemory(img), format.NewBudget(1<<16, 1<<30, 64<<20, 4096))
	if err != nil {
		return []string{"refused: " + err.Error()}, nil
	}
	for i, e := range o.Tree.Entries() {
		line := fmt.Sprintf("%s %v %d:%d %s", e.Name, e.Mode, e.UID, e.GID, e.Link)
		if e.Mode.IsRegular() && e.Err == nil {
			b, err := o.Tree.Read(i)
			line += fmt.Sprintf(" %d %.12q %v @%d", len(b), b, err, e.Offset)
		}
		if e.Err != nil {
			line += " " + e.Err.Error()
		}
		lines = append(lines, line)
	}
	for _, d := range o.Damage {
		lines = append(lines, fmt.Sprintf("damage at 0x%x: %s", d.Offset, d.Reason))
	}
	return lines, o
}

// TestByHand reads what the packer of Debian does not make, and what nobody should.
func TestByHand(t *testing.T) {
	le := binary.LittleEndian
	text := firmwaretest.Kernel("", 9000)
	extended := func(order binary.ByteOrder) []byte { // plain, direct and plain, direct and compressed
		g := &image{order: order, flags: version2 | pointers, nodes: []node{{"mixed", fileMode, 9000, 0}, {"run", fileMode, 9000, 0}}}
		at := g.start()
		z := pressed(text[8192:])
		length := make([]byte, 2)
		order.PutUint16(length, uint16(len(z)))
		first := at + 12
		g.nodes[0].offset = at
		g.data = slices.Concat(g.words(plain|(first+4096), plain|direct|(first+4096)/4, direct|(first+8192)/4), text[:8192], length, z)
		for len(g.data)%4 != 0 {
			g.data = append(g.data, 0)
		}
		g.nodes[1].offset = at + uint32(len(g.data))
		run := g.nodes[1].offset + 12
		g.data = append(g.data, g.words(plain|direct|run/4, plain|direct|(run+4096)/4, plain|direct|(run+8192)/4)...)
		g.data = append(g.data, text...)
		return g.build()
	}
	links := func(n ...node) []byte { return (&image{order: le, nodes: n}).build() }
	flipped := one(le, version2, "hello hello hello")
	flipped[len(flipped)-3] ^= 1
	for _, c := range []struct {
		name string
		img  []byte
		want string // in one of the lines
	}{
		{"version 1", one(le, 0, "hello"), `a -rw-r--r-- 7:9  5 "hello" <nil>`},
		{"version 1, big endian", one(binary.BigEndian, 0, "hello"), `a -rw-r--r-- 7:9  5 "hello" <nil>`},
		{"extended pointers", extended(le), "mixed -rw-r--r-- 7:9  9000"},
		{"extended pointers, big endian", extended(binary.BigEndian), "mixed -rw-r--r-- 7:9  9000"},
		{"bit flipped", flipped, "damage at 0x0: checksum differs"},
		{"bit flipped in a block", flipped, "block of "},
		{"truncated", one(le, version2, "hello")[:100], "damage at 0x64: file system of "},
		{"cycle", links(node{"d", dirMode, 16, 76}), "damage at 0x4c: directory d is in the tree twice"},
		{"directory outside", links(node{"d", dirMode, 16, 4000}), "directory d/: at 0xfa0"},
		{"table outside", links(node{"f", fileMode, 1 << 23, 76}), "f -rw-r--r-- 7:9  0 \"\" at 0x4c: 8192 bytes wanted"},
		{"block outside", links(node{"f", fileMode, 5, 76}), "block 0 has "},
		{"leads out", links(node{"../x", fileMode, 0, 0}), `damage at 0x4c: directory : name "../x"`},
		{"newline", links(node{"a\nb", fileMode, 0, 0}), "a\nb -rw-r--r-- 7:9  0"},
		{"no name", links(node{"", fileMode, 0, 0}), `name ""`},
		{"unknown kind", links(node{"k", 0o170000, 0, 0}), "unknown kind 0170000"},
		{"long link", links(node{"l", linkMode, 5000, 76}), "symlink of 5000 bytes"},
		{"unknown features", (&image{order: le, flags: 1 << 14}).build(), "refused: at 0x8: unknown features 0x4000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if lines, _ := open(t, c.img); !strings.Contains(strings.Join(lines, "\x00"), c.want) {
				t.Errorf("got %q, want %q", lines, c.want)
			}
		})
	}
	for _, order := range []binary.ByteOrder{le, binary.BigEndian} {
		img := extended(order)
		_, o := open(t, img)
		for i, e := range o.Tree.Entries() {
			if b, err := o.Tree.Read(i); err != nil || !bytes.Equal(b, text) {
				t.Errorf("%s: %d bytes, %v", e.Name, len(b), err)
			}
		}
		if at := o.Tree.Entries()[1].Offset; at < 0 || !bytes.Equal(img[at:at+9000], text) {
			t.Errorf("run at 0x%x", at)
		}
	}
}

// TestLength: an image of the first version does not say how long it is.
func TestLength(t *testing.T) {
	img := one(binary.LittleEndian, 0, "hello")
	_, o := open(t, append(slices.Clone(img), "\x01something else"...))
	if o.Length != int64(len(img)+3)&^3 {
		t.Errorf("length %d, the image has %d", o.Length, len(img))
	}
}

func seeds() [][]byte {
	text := string(firmwaretest.Kernel("", 3000))
	return [][]byte{one(binary.LittleEndian, version2, text), one(binary.BigEndian, 0, text)}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, cramfs.Format, seeds()...) }

func FuzzCramfs(f *testing.F) { formattest.Fuzz(f, cramfs.Format, seeds()...) }
