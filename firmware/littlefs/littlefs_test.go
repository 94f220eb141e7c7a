package littlefs_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/littlefs"
)

var le = binary.LittleEndian

// image unpacks an image that littlefs 2.8 wrote, with a few hundred files made,
// changed, moved and deleted at random; the one called move lost its power in the
// middle of a move. What littlefs itself then read in it stands beside it.
func image(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".img.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func open(t testing.TB, img []byte) (lines []string, o *format.Opened) {
	t.Helper()
	if littlefs.Format.Probe(format.InMemory(img)) == format.No {
		return []string{"refused"}, nil
	}
	o, err := littlefs.Format.Open(context.Background(), format.InMemory(img), format.NewBudget(1<<16, 1<<30, 64<<20, 4096))
	if err != nil {
		return []string{"refused: " + err.Error()}, nil
	}
	for i, e := range o.Tree.Entries() {
		switch {
		case e.Err != nil:
			lines = append(lines, e.Name+": "+e.Err.Error())
		case e.Mode.IsDir():
			lines = append(lines, e.Name+" dir")
		default:
			lines = append(lines, e.Name+" "+describe(t, o.Tree, i, img))
		}
	}
	slices.Sort(lines)
	for _, d := range o.Damage {
		lines = append(lines, fmt.Sprintf("damage at 0x%x: %s", d.Offset, d.Reason))
	}
	return lines, o
}

func describe(t testing.TB, tree format.Tree, i int, img []byte) string {
	t.Helper()
	e := tree.Entries()[i]
	b, err := tree.Read(i)
	if err != nil || int64(len(b)) != e.Size {
		t.Errorf("%s: %d of %d bytes, %v", e.Name, len(b), e.Size, err)
	}
	if e.Offset >= 0 && !bytes.HasPrefix(img[e.Offset:], b) {
		t.Errorf("%s is not at 0x%x", e.Name, e.Offset)
	}
	h := fnv.New64a()
	_, _ = h.Write(b)
	line := fmt.Sprintf("file %d %016x", len(b), h.Sum64())
	for n := range 256 {
		if v, ok := e.Xattrs[fmt.Sprintf("user.littlefs.0x%02x", n)]; ok {
			line += fmt.Sprintf(" %d=%x", n, v)
		}
	}
	return line
}

func TestImages(t *testing.T) {
	for name, attrs := range map[string]string{
		"plain":        "map[block-count:96 block-size:512 version:2.0]",
		"small-blocks": "map[block-count:300 block-size:128 version:2.1]",
		"move":         "map[block-count:160 block-size:256 unfinished:move version:2.1]",
	} {
		img := image(t, name)
		lines, o := open(t, append(slices.Clone(img), "what follows"...))
		list, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		want := strings.Split(strings.TrimSpace(string(list)), "\n")
		slices.Sort(want)
		reference.Compare(t, lines, want)
		if o.Length != int64(len(img)) || fmt.Sprint(o.Attributes) != attrs {
			t.Errorf("%s: %d of %d bytes, %v", name, o.Length, len(img), o.Attributes)
		}
	}
}

// TestFirstBlock reads a file system of which the first block is damaged.
func TestFirstBlock(t *testing.T) {
	img := image(t, "plain")
	want, _ := open(t, img)
	for _, n := range []int{0, 1} {
		b := slices.Clone(img)
		b[n*512+0x1d] ^= 1 // of the size of blocks
		if got, _ := open(t, b); len(got) == 0 || strings.HasPrefix(got[0], "refused") {
			t.Errorf("block %d: %q", n, got)
		}
	}
	b := slices.Clone(img)
	older := 0
	if int32(le.Uint32(b)-le.Uint32(b[512:])) > 0 {
		older = 512
	}
	clear(b[older+16 : older+512])
	got, _ := open(t, b)
	reference.Compare(t, got, want)
}

// commit writes a commit of tags, each with a type, a number and data.
type entry struct {
	kind uint16
	id   int
	data string
}

func commit(blockSize int, rev uint32, entries ...entry) []byte {
	b := le.AppendUint32(nil, rev)
	last := uint32(0xffffffff)
	put := func(t uint32) {
		b = binary.BigEndian.AppendUint32(b, t^last)
		last = t
	}
	for _, e := range entries {
		put(uint32(e.kind)<<20 | uint32(e.id)<<10 | uint32(len(e.data)))
		b = append(b, e.data...)
	}
	put(0x500<<20 | 0x3ff<<10 | 4)
	b = le.AppendUint32(b, ^crc32.Update(0, crc32.IEEETable, b))
	return append(b, bytes.Repeat([]byte{0xff}, blockSize-len(b))...)
}

func words(n ...uint32) string {
	var b []byte
	for _, w := range n {
		b = le.AppendUint32(b, w)
	}
	return string(b)
}

// build puts blocks of 256 bytes at their places, and the root into the first.
func build(root []entry, blocks map[int][]byte) []byte {
	img := bytes.Repeat([]byte{0xff}, 16*256)
	copy(img, commit(256, 1, slices.Concat([]entry{
		{0x0ff, 0, "littlefs"}, {0x201, 0, words(0x20000, 256, 16, 255, 1<<31-1, 1022)},
	}, root)...))
	for n, b := range blocks {
		copy(img[n*256:], b)
	}
	return img
}

// list makes the blocks of a file of three, 4, 5 and 6.
func list(back ...uint32) map[int][]byte {
	return map[int][]byte{
		4: bytes.Repeat([]byte("a"), 256),
		5: append([]byte(words(back[0])), bytes.Repeat([]byte("b"), 252)...),
		6: append([]byte(words(back[1], back[2])), bytes.Repeat([]byte("c"), 248)...),
	}
}

func TestHostile(t *testing.T) {
	ctz := func(head, size uint32) []entry { return []entry{{0x001, 1, "f"}, {0x202, 1, words(head, size)}} }
	dir := func(a, b uint32) []entry { return []entry{{0x002, 1, "d"}, {0x200, 1, words(a, b)}} }
	inline := []entry{{0x001, 1, "in"}, {0x201, 1, "hello"}}
	good := list(4, 5, 4)
	state := []entry{{0x7ff, 0x3ff, words(0x4ff<<20|1<<10, 0, 1)}}
	for _, c := range []struct {
		name string
		img  []byte
		want string
	}{
		{"inline", build(inline, nil), "in file 5 a430d84680aabd0b"},
		{"list", build(ctz(6, 700), good), "f file 700"},
		{"list that points elsewhere", build(ctz(6, 700), list(4, 5, 7)), "f: at 0x604: block 2 of the file points back to 0x7, where 0x4 is"},
		{"list that returns", build(ctz(6, 700), list(6, 5, 6)), "f: at 0x600: block 0 of the file: block 0x6 belongs to something else already"},
		{"list outside", build(ctz(6, 700), list(99, 5, 99)), "block 0x63 of 16"},
		{"list that holds the root", build(ctz(0, 100), nil), "block 0x0 belongs to something else already"},
		{"huge file", build(ctz(6, 1<<31-1), good), "file of 2147483647 bytes in a file system of 4096"},
		{"two files with one block", build(append(ctz(4, 100), entry{0x001, 2, "g"}, entry{0x202, 2, words(4, 50)}), good), "g: at 0x400: block 0 of the file: block 0x4 belongs"},
		{"kept beside a broken file", build(append(ctz(99, 100), entry{0x001, 2, "g"}, entry{0x201, 2, "x"}), nil), "g file 1"},
		{"directory", build(dir(2, 3), map[int][]byte{3: commit(256, 7, inline[0], inline[1])}), "d/in file 5"},
		{"later block of a pair", build(dir(2, 3), map[int][]byte{2: commit(256, 0xffffffff, inline...), 3: commit(256, 0, entry{0x001, 1, "new"})}), "d/new file 0"},
		{"directory without a commit", build(dir(2, 3), nil), "damage at 0x200: directory /d/: pair {0x2, 0x3}: at 0x200: no right commit"},
		{"directory in itself", build(dir(2, 3), map[int][]byte{2: commit(256, 1, dir(2, 3)...)}), "damage at 0x200: directory /d/d/ is in the tree twice"},
		{"root in the root", build(dir(1, 0), nil), "directory /d/ is in the tree twice"},
		{"pair of one block", build(dir(2, 2), nil), "pair {0x2, 0x2} of one block"},
		{"directory outside", build(dir(2, 99), map[int][]byte{2: commit(256, 1)}), "block 0x63 of 16"},
		{"tail that returns", build([]entry{{0x601, 0x3ff, words(0, 1)}}, nil), "the list of all directories breaks: pair {0x0, 0x1}: block 0x0 belongs"},
		{"tail that goes on", build([]entry{{0x601, 0x3ff, words(2, 3)}}, map[int][]byte{2: commit(256, 1, inline...)}), "in file 5"},
		{"soft tail is no part", build([]entry{{0x600, 0x3ff, words(2, 3)}}, map[int][]byte{2: commit(256, 1, inline...)}), ""},
		{"block of a pair replaced", build(append(dir(2, 4), entry{0x600, 0x3ff, words(2, 3)}), map[int][]byte{2: commit(256, 1), 3: commit(256, 2), 4: commit(256, 3, inline...)}), "d/in file 5"},
		{"created and deleted", build(slices.Concat(inline, []entry{{0x401, 1, ""}, {0x001, 1, "first"}, {0x4ff, 2, ""}}), nil), "first file 0"},
		{"in the middle of a move", build(slices.Concat(inline, state), nil), ""},
		{"number too high", build([]entry{{0x001, 500, "f"}}, nil), "at 0x2c: something of file 500, where there is room for 64"},
		{"kind", build([]entry{{0x007, 1, "f"}}, nil), "f: at 0x0: file of kind 0x07 and structure 0xff"},
		{"newline", build([]entry{{0x001, 1, "a\nb"}}, nil), "a\nb file 0"},
		{"truncated", build(ctz(6, 700), good)[:0x580], "damage at 0x580: file system of 4096 bytes, but 1408 are here"},
		{"truncated before its file", build(ctz(6, 700), good)[:0x580], "f: at 0x600: block 2 of the file: block 0x6 of 16"},
		{"changed", func() []byte { b := build(inline, nil); b[0x38] ^= 1; return b }(), "refused"},
		{"blocks of one byte", func() []byte { b := build(nil, nil); copy(b[20:], words(0x20000, 1)); return b }(), "refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines, _ := open(t, c.img)
			got := strings.Join(lines, "|")
			if !strings.Contains(got, c.want) || c.want == "" && got != "" {
				t.Errorf("got %q, want %q", lines, c.want)
			}
		})
	}
}

// dirV1 writes a directory of version 1.
func dirV1(rev uint32, tail [2]uint32, more bool, entries ...string) []byte {
	all := strings.Join(entries, "")
	size := uint32(16 + len(all) + 4)
	if more {
		size |= 1 << 31
	}
	b := append([]byte(words(rev, size, tail[0], tail[1])), all...)
	return le.AppendUint32(b, ^crc32.Update(0, crc32.IEEETable, b))
}

func entryV1(kind byte, name string, n ...uint32) string {
	return string([]byte{kind, byte(4 * len(n)), 0, byte(len(name))}) + words(n...) + name
}

// TestV1 reads what version 1 would have written: the root in its own pair, which
// goes on in another.
func TestV1(t *testing.T) {
	img := bytes.Repeat([]byte{0xff}, 16*256)
	none := [2]uint32{0xffffffff, 0xffffffff}
	super := dirV1(2, [2]uint32{2, 3}, false, entryV1(0x2e, "littlefs", 2, 3, 256, 16, 0x10007))
	for n, b := range map[int][]byte{
		0: super, 1: super,
		2: dirV1(3, [2]uint32{8, 9}, true, entryV1(0x11, "f", 6, 700), entryV1(0x22, "d", 10, 11)),
		8: dirV1(1, [2]uint32{10, 11}, false, entryV1(0x11, "empty", 0, 0)), 11: dirV1(1, none, false, entryV1(0x11, "in", 12, 3)),
		12: []byte("abc"),
	} {
		copy(img[n*256:], b)
	}
	for n, b := range list(4, 5, 4) {
		copy(img[n*256:], b)
	}
	lines, o := open(t, img)
	want := "[d dir d/in file 3 e71fa2190541574b empty file 0 cbf29ce484222325 f file 700"
	if got := fmt.Sprint(lines); !strings.HasPrefix(got, want) || o.Attributes["version"] != "1.7" || len(o.Damage) > 0 {
		t.Errorf("%v %v", lines, o.Attributes)
	}
	for at, want := range map[int]string{
		0x20c: "no right", 0x218: "checksum of the directory differs", 0x204: "directory of",
	} {
		b := slices.Clone(img)
		b[at] ^= 0x40
		if lines, _ := open(t, b); !strings.Contains(fmt.Sprint(lines), want) && !strings.Contains(fmt.Sprint(lines), "checksum") {
			t.Errorf("0x%x changed: %q", at, lines)
		}
	}
	formattest.Mutate(t, littlefs.Format, img)
}

func TestOpened(t *testing.T) {
	img := reference.Open(t, image(t, "plain"))
	if len(img.Files) == 0 || img.Opaque {
		t.Error("nothing found")
	}
}

func seeds(t testing.TB) [][]byte {
	return [][]byte{
		build([]entry{{0x001, 1, "f"}, {0x202, 1, words(6, 700)}, {0x002, 2, "d"}, {0x200, 2, words(2, 3)}, {0x301, 1, "attr"}, {0x600, 0x3ff, words(2, 3)}}, map[int][]byte{
			2: commit(256, 1, entry{0x001, 0, "in"}, entry{0x201, 0, "x"}), 4: list(4, 5, 4)[4], 5: list(4, 5, 4)[5], 6: list(4, 5, 4)[6],
		}),
		image(t, "move")[:20*256],
	}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, littlefs.Format, seeds(t)[0], image(t, "move")) }

func FuzzLittlefs(f *testing.F) { formattest.Fuzz(f, littlefs.Format, seeds(f)...) }

func BenchmarkLittlefs(b *testing.B) {
	img := image(b, "plain")
	b.SetBytes(int64(len(img)))
	for b.Loop() {
		o, err := littlefs.Format.Open(context.Background(), format.InMemory(img), format.NewBudget(1<<16, 1<<30, 1<<20, 256))
		if err != nil {
			b.Fatal(err)
		}
		for i, e := range o.Tree.Entries() {
			if e.Mode.IsRegular() {
				if _, err := o.Tree.Read(i); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}
