package romfs_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/romfs"
)

// node is a header and what follows it; its place is given.
type node struct {
	next, info, size uint32
	name, content    string
}

const (
	hard = iota
	dir
	file
	link
	block
)

// build makes a file system of nodes, one every 64 bytes from 0x20 on.
func build(nodes ...node) []byte {
	b := make([]byte, 32+64*len(nodes))
	be := binary.BigEndian
	copy(b, "-rom1fs-")
	copy(b[16:], "by hand")
	be.PutUint32(b[8:], uint32(len(b)))
	for i, n := range nodes {
		h := b[32+64*i:]
		be.PutUint32(h, n.next)
		be.PutUint32(h[4:], n.info)
		be.PutUint32(h[8:], max(n.size, uint32(len(n.content))))
		end := 16 + (len(n.name)/16+1)*16
		copy(h[16:], n.name)
		fix(h[12:], h[:end])
		copy(h[end:], n.content)
	}
	fix(b[12:], b[:min(len(b), 512)])
	return b
}

// fix puts a checksum right.
func fix(place, b []byte) {
	total := uint32(0)
	for ; len(b) >= 4; b = b[4:] {
		total += binary.BigEndian.Uint32(b)
	}
	binary.BigEndian.PutUint32(place, binary.BigEndian.Uint32(place)-total)
}

func open(t testing.TB, img []byte) (lines []string, o *format.Opened) {
	t.Helper()
	o, err := romfs.Format.Open(context.Background(), format.InMemory(img), format.NewBudget(1<<16, 1<<30, 64<<20, 4096))
	if err != nil {
		return []string{"refused: " + err.Error()}, nil
	}
	for i, e := range o.Tree.Entries() {
		line := fmt.Sprintf("%s %v %s", e.Name, e.Mode, e.Link)
		if e.Err != nil {
			line += e.Err.Error()
		} else if e.Mode.IsRegular() {
			b, err := o.Tree.Read(i)
			line += fmt.Sprintf("%q %v inode %d", b, err, e.Inode)
		}
		lines = append(lines, line)
	}
	for _, d := range o.Damage {
		lines = append(lines, fmt.Sprintf("damage at 0x%x: %s", d.Offset, d.Reason))
	}
	return lines, o
}

func TestHostile(t *testing.T) {
	good := build(node{0x60 | file, 0, 0, "a", "hello"}, node{hard, 0x20, 0, "b", ""})
	flip := func(at int) []byte {
		b := slices.Clone(good)
		b[at] ^= 1
		return b
	}
	both := flip(0x65) // a header's sum is wrong and that of the start is right
	clear(both[12:16])
	fix(both[12:], both)
	for _, c := range []struct {
		name string
		img  []byte
		want string
	}{
		{"plain", good, `a -rw-r--r-- "hello" <nil> inode 0`},
		{"hard link", good, `b -rw-r--r-- "hello" <nil> inode 0`},
		{"hard link before its file", build(node{0x60, 0x60, 0, "b", ""}, node{file, 0, 0, "a", "hello"}), `b -rw-r--r-- "hello" <nil> inode 1`},
		{"wrong sum", flip(0x65), "refused: at 0xc: checksum differs"},
		{"wrong sum of a header", both, "damage at 0x20: directory : at 0x60: checksum differs"},
		{"kept before a wrong header", both, `a -rw-r--r-- "hello"`},
		{"chain that returns", build(node{0x60 | file, 0, 0, "a", "x"}, node{0x20 | file, 0, 0, "b", "y"}), "header is in the tree twice"},
		{"directory in itself", build(node{dir, 0x20, 0, "d", ""}), "damage at 0x20: directory d/: at 0x20: header is in the tree twice"},
		{"hard link to itself", build(node{hard, 0x20, 0, "a", ""}), "hard link to 0x20, where no file is"},
		{"hard link to a directory", build(node{0x60 | dir, 0, 0, "d", ""}, node{hard, 0x20, 0, "a", ""}), "hard link to 0x20, where no file is"},
		{"hard link to nowhere", build(node{hard, 0x4000, 0, "a", ""}), "hard link to 0x4000, where no file is"},
		{"huge file", build(node{0x60 | file, 0, 1 << 31, "a", ""}, node{file, 0, 0, "b", "y"}), "a -rw-r--r-- at 0x40: content of 2147483648 bytes"},
		{"kept beside a huge file", build(node{0x60 | file, 0, 1 << 31, "a", ""}, node{file, 0, 0, "b", "y"}), `b -rw-r--r-- "y"`},
		{"long link", build(node{link, 0, 5000, "l", ""}), "symlink of 5000 bytes"},
		{"header outside", build(node{0x4000 | file, 0, 0, "a", "x"}), "directory : at 0x4000"},
		{"device", build(node{block, 300<<16 | 7, 0, "dev", ""}), "dev Drw-------"},
		{"truncated", good[:100], "refused"},
		{"newline", build(node{file, 0, 0, "a\nb", "x"}), "a\nb -rw-r--r-- \"x\""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if lines, _ := open(t, c.img); !strings.Contains(strings.Join(lines, "\x00"), c.want) {
				t.Errorf("got %q, want %q", lines, c.want)
			}
		})
	}
}

// TestTruncated cuts a file system behind what its first sum covers.
func TestTruncated(t *testing.T) {
	var nodes []node
	for i := range uint32(20) {
		nodes = append(nodes, node{(0x60+64*i)&^15 | file, 0, 0, fmt.Sprint("f", i), "content"})
	}
	nodes[19].next = file
	img := build(nodes...)
	lines, o := open(t, img[:700])
	if o == nil || o.Length != 700 || len(o.Tree.Entries()) != 10 {
		t.Errorf("%q", lines)
	}
	if !strings.Contains(strings.Join(lines, "\x00"), "damage at 0x2bc: file system of 1312 bytes") {
		t.Errorf("%q", lines)
	}
}

// TestLength takes the zeros that fill the last kilobyte, and nothing else.
func TestLength(t *testing.T) {
	img := build(node{file, 0, 0, "a", "hello"})
	for behind, want := range map[string]int{
		strings.Repeat("\x00", 5000): 1024, "\x00\x00more": len(img), "": len(img), strings.Repeat("\x00", 5): len(img) + 5,
	} {
		if _, o := open(t, append(slices.Clone(img), behind...)); o.Length != int64(want) {
			t.Errorf("length %d, want %d", o.Length, want)
		}
	}
}

const key = "-----BEGIN PRIVATE KEY-----\nMC4CAQ"

// A key in a file or a link that has the name of its folder, or of the one above, in
// the name of the volume, or in a target that is too long for one, is offered.
func TestOffered(t *testing.T) {
	for name, img := range map[string][]byte{
		"a file":           build(node{0x60 | dir, 0x20, 0, ".", ""}, node{file, 0, 0, ".", key[:32]}),
		"the folder above": build(node{0x60 | file, 0, 0, "..", key[:32]}, node{file, 0, 0, "a", "a"}),
		"a link":           build(node{0x60 | link, 0, 0, ".", key[:32]}, node{file, 0, 0, "a", "a"}),
		"the volume":       named(key[:32]),
	} {
		if !formattest.Offered(t, romfs.Format, img, key[:32]) {
			t.Errorf("%s: not offered", name)
		}
	}
	if lines, _ := open(t, build(node{0x60 | dir, 0x20, 0, ".", ""}, node{hard, 0x20, 0, "..", ""})); len(lines) > 0 {
		t.Errorf("the names of folders: %q", lines)
	}
}

// named is a file system with a long name, whose only file is empty.
func named(volume string) []byte {
	b := build(node{file, 0, 0, "a", ""}, node{})
	b = slices.Concat(b[:16], []byte(volume), make([]byte, 16), b[32:])
	binary.BigEndian.PutUint32(b[8:], uint32(len(b)))
	clear(b[12:16])
	fix(b[12:], b)
	return b
}

func seeds() [][]byte {
	return [][]byte{build(
		node{0x60 | file, 0, 0, "a", "hello"}, node{0xa0 | dir | 8, 0xe0, 0, "d", ""}, node{hard, 0x20, 0, "b", ""},
		node{0x120 | link, 0, 0, "l", "../a"}, node{block, 8 << 16, 0, "dev", ""},
	)}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, romfs.Format, seeds()...) }

func FuzzRomfs(f *testing.F) { formattest.Fuzz(f, romfs.Format, seeds()...) }
