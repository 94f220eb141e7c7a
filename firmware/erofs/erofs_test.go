package erofs_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/erofs"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// open opens an image and reads it: a line for each entry, each error and each damage.
func open(t testing.TB, img []byte) (lines []string, o *format.Opened) {
	t.Helper()
	b := format.NewBudget(1<<16, 1<<30, 64<<20, 4096)
	o, err := erofs.Format.Open(context.Background(), format.InMemory(img), b)
	if err != nil {
		return []string{"refused: " + err.Error()}, nil
	}
	contents := map[int]string{}
	for _, batch := range o.Tree.Batches() {
		batch.Run(func(n int, f func(int)) {
			for i := range n {
				f(i)
			}
		}, func(i int, b []byte, err error) {
			contents[i] = fmt.Sprintf("%.20q", b)
			if err != nil {
				contents[i] = err.Error()
			}
		})
	}
	for _, e := range o.Tree.Entries() {
		switch {
		case e.Err != nil:
			lines = append(lines, fmt.Sprintf("%s: %v", e.Name, e.Err))
		case e.Mode.IsRegular():
			lines = append(lines, e.Name+" "+contents[e.Inode])
		default:
			lines = append(lines, e.Name+" "+e.Mode.String()+" "+e.Link)
		}
	}
	for _, d := range o.Damage {
		lines = append(lines, fmt.Sprintf("damage at 0x%x: %s", d.Offset, d.Reason))
	}
	return lines, o
}

func TestHostile(t *testing.T) {
	compact := func(mode uint32) []byte { // an index of one head, and a header
		b := binary.LittleEndian.AppendUint64(nil, uint64(mode)<<32)
		return binary.LittleEndian.AppendUint64(b, 0)
	}
	feature := func(img []byte, bit uint32) []byte {
		binary.LittleEndian.PutUint32(img[1024+80:], bit)
		return seal(img)
	}
	whole := build(dir("a=1"), file("x"))
	for _, c := range []struct {
		name string
		img  []byte
		want string // in one of the lines
	}{
		{"plain", build(dir(".=0", "..=0", "a=1"), file("hello")), `a "hello"`},
		{"newline", build(dir("a\nb=1"), file("x")), "a\nb \"x\""},
		{"leads out", build(dir("../a=1"), file("x")), `damage at 0x1000: directory : name "../a"`},
		{"cycle", build(dir("d=1"), dir("up=0", "a=2"), file("x")), "damage at 0x2000: directory d/up is in the tree twice"},
		{"kept beside a cycle", build(dir("d=1"), dir("up=0", "a=2"), file("x")), `d/a "x"`},
		{"two names of a directory", build(dir("d=1", "e=1"), dir("a=2"), file("x")), "directory e is in the tree twice"},
		{"inode outside", build(dir("a=8"), file("x")), "damage at 0x1000: a: "},
		{"huge plain file", build(dir("a=1", "b=2"), node{mode: fileMode, size: 1 << 25, start: 2}, file("x")), "a at 0x2000: content of 33554432 bytes lies outside"},
		{"kept beside a huge file", build(dir("a=1", "b=2"), node{mode: fileMode, size: 1 << 62}, file("x")), `b "x"`},
		{"negative size", build(dir("a=1"), node{mode: fileMode, size: -1}), "damage at 0x1000: a: at 0x2008: inode 256 of 18446744073709551615 bytes"},
		{"end crosses a block", build(dir("a=1"), node{mode: fileMode, layout: inlined, size: 4090}), "4090 bytes behind inode 256 cross the end of the block"},
		{"chunks outside", build(dir("a=1"), node{mode: fileMode, layout: 4, size: 1 << 24}), "a at 0x"},
		{"table outside", build(dir("a=1"), node{mode: fileMode, layout: 4, size: 1 << 25}), "table of 8192 chunks does not fit"},
		{"chunks of unknown form", build(dir("a=1"), node{mode: fileMode, layout: 4, size: 5, start: 0x40}), "chunks of unknown form 0x40"},
		{"other device", build(dir("a=1"), node{mode: fileMode, layout: 4, size: 5, start: 0x20, data: []byte{0, 0, 1, 0, 1, 0, 0, 0}}), "a at 0x2040: content on device 1, which is not in the image"},
		{"hole", build(dir("a=1"), node{mode: fileMode, layout: 4, size: 5, data: []byte{255, 255, 255, 255}}), `a "\x00\x00\x00\x00\x00"`},
		{"layout", build(dir("a=1"), node{mode: fileMode, layout: 6}), "damage at 0x1000: a: at 0x2000: inode 256 of unknown form 0xd"},
		{"kind", build(dir("a=1"), node{mode: 0o150644}), "inode 256 of unknown kind 0150644"},
		{"long link", build(dir("l=1"), node{mode: linkMode, size: 5000}), "l: at 0x2000: 5000 bytes, at most 4096"},
		{"names before records", build(node{mode: dirMode, layout: inlined, data: make([]byte, 24)}), "refused: at 0x1000: names begin at 0"},
		{"empty root", build(node{mode: dirMode, layout: inlined}), ""},
		{"root is a file", build(file("x")), "refused: at 0x1000: the root is no directory"},
		{"no packed inode", build(dir("a=1"), node{mode: fileMode, layout: 3, size: 9, data: compact(1 << 31)}), "a at 0x2000: inode 256 has its end in a packed inode, and there is none"},
		{"extents in an index", feature(build(dir("a=1"), node{mode: fileMode, layout: 1, size: 9, data: compact(1)}), 2), "index that lists extents: not read"},
		{"index outside", build(dir("a=1"), node{mode: fileMode, layout: 1, size: 1 << 25}), "index of 8192 units does not fit"},
		{"no first cluster", build(dir("a=1"), node{mode: fileMode, layout: 1, size: 9, data: slices.Concat(make([]byte, 16), []byte{2, 0, 0, 0, 0, 0, 0, 0})}), "index without a cluster for the first byte"},
		{"unnamed algorithm", build(dir("a=1"), node{mode: fileMode, layout: 3, size: 9, data: slices.Concat([]byte{0, 0, 0, 0, 0, 0, 1, 0}, []byte{0, 16, 0, 0, 0, 0, 0, 0})}), "algorithm 1, which the superblock does not name"},
		{"wide addresses", feature(build(dir("a=1"), file("x")), 0x80), "refused: at 0x450: 48-bit addresses: not read"},
		{"unknown features", feature(build(dir("a=1"), file("x")), 0x400), "refused: at 0x450: features 0x400: not read"},
		{"truncated", whole[:len(whole)-2000], "damage at 0x2830: file system of 12288 bytes, but 10288 are here"},
		{"checksum", slices.Concat(whole[:2000], []byte{1}, whole[2001:]), "damage at 0x400: checksum differs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines, _ := open(t, c.img)
			if !strings.Contains(strings.Join(lines, "\x00"), c.want) {
				t.Errorf("got %q, want %q", lines, c.want)
			}
		})
	}
}

func TestProbe(t *testing.T) {
	img := build(dir("a=1"), file("x"))
	for _, c := range []struct {
		name string
		img  []byte
		want format.Likeness
	}{
		{"whole", img, format.Sure},
		{"wrong checksum", slices.Concat(img[:2000], []byte{1}, img[2001:]), format.Likely},
		{"cut", img[:1100], format.No},
		{"chance", slices.Concat(img[:1028], bytes.Repeat([]byte{0xa5}, 4000)), format.No},
	} {
		if got := erofs.Format.Probe(format.InMemory(c.img)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// images are those of testdata.
func images(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/*.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no images: %v", err)
	}
	all := map[string][]byte{}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if all[strings.TrimSuffix(filepath.Base(name), ".gz")], err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func seeds(t testing.TB) [][]byte {
	all := [][]byte{build(dir("a=1", "l=2", "d=3"), file("hello"), node{mode: linkMode, layout: inlined, data: []byte("a")}, dir("b=1"))}
	for _, img := range images(t) {
		all = append(all, img)
	}
	slices.SortFunc(all, func(a, b []byte) int { return len(a) - len(b) })
	return all
}

func TestMutated(t *testing.T) { formattest.Mutate(t, erofs.Format, seeds(t)...) }

func FuzzErofs(f *testing.F) { formattest.Fuzz(f, erofs.Format, seeds(f)...) }

// TestCancelled stops where the context ends.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := erofs.Format.Open(ctx, format.InMemory(build(dir("a=1"), file("x"))), format.NewBudget(10, 1<<20, 1<<20, 1))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
