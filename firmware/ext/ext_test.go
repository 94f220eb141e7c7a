package ext

import (
	"bytes"
	"compress/gzip"
	"context"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// The images were made by testdata/make.sh: "ext2" has block pointers and small
// inodes, "ext4" checksums, extents and contents in inodes, "meta" extents
// without checksums. In each are etc/passwd with a second name, etc/long (a long
// symlink), lines (one run), holes (blocks with holes between them), console (a
// device) and the directory many, full of names of etc/passwd.
//
//go:embed testdata/*.gz
var testdata embed.FS

func seed(t testing.TB, name string) []byte {
	t.Helper()
	f, err := testdata.Open("testdata/" + name + ".gz")
	if err != nil {
		t.Fatal(err)
	}
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

func seeds(t testing.TB) [][]byte {
	return [][]byte{seed(t, "ext2"), seed(t, "ext4"), seed(t, "meta")}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, Format, seeds(t)...) }

func FuzzExt(f *testing.F) { formattest.Fuzz(f, Format, seeds(f)...) }

// image is an image to be changed.
type image struct {
	testing.TB
	data []byte
}

func (m *image) budget() *format.Budget { return format.NewBudget(1<<16, 1<<30, 64<<20, 1000) }

func (m *image) open() (*format.Opened, error) {
	return open(context.Background(), format.InMemory(m.data), m.budget())
}

// inode gives the bytes of the inode of a path.
func (m *image) inode(path string) []byte {
	m.Helper()
	sb, err := readSuperblock(format.InMemory(m.data))
	if err != nil {
		m.Fatal(err)
	}
	r := newReader(context.Background(), format.InMemory(m.data), sb, m.budget())
	if path == "" {
		n, err := r.inode(rootInode)
		if err != nil {
			m.Fatal(err)
		}
		return m.data[n.at:]
	}
	if err := r.walk(); err != nil {
		m.Fatal(err)
	}
	for i, e := range r.entries {
		if e.Name == path {
			return m.data[r.nodes[i].at:]
		}
	}
	m.Fatalf("no %s", path)
	return nil
}

// block gives a block whose number stands in an inode.
func (m *image) block(path string, at int) []byte {
	return m.data[int(le.Uint32(m.inode(path)[blockAt+at:]))<<10:]
}

// name gives the record of a name in a directory's first block.
func (m *image) name(dir string, at int, name string) []byte {
	b := m.block(dir, at)
	i := bytes.Index(b, []byte(name))
	if i < 0 {
		m.Fatalf("no %s in %q", name, dir)
	}
	return b[i-recordHead:]
}

func (m *image) super(at int, v uint32) { le.PutUint32(m.data[superblockAt+at:], v) }

var le = binary.LittleEndian

const (
	flagsAt   = 0x20
	firstLeaf = extentSize + 8 // in the block pointers: the block of the first extent
	firstNode = extentSize + 4 // the same of an index
)

// TestBad breaks images in one way each. Want stands in the error of opening, in
// the error of the file, or in the damage; the other files are still there.
func TestBad(t *testing.T) {
	for _, c := range []struct {
		name, seed string
		change     func(m *image)
		path       string // whose error is wanted; else it is damage
		want       string
	}{
		{"size of a giant", "ext2", func(m *image) { le.PutUint32(m.inode("lines")[0x6c:], 256) }, "lines", "limit reached"},
		{"no size of 64 bits", "ext2", func(m *image) { le.PutUint32(m.inode("lines")[0x6c:], 1<<31) }, "lines", "limit reached"},
		{"pointer outside", "ext2", func(m *image) { le.PutUint32(m.inode("lines")[blockAt:], 1<<20) }, "lines", "1 blocks from block 1048576 on, the file system has 96"},
		{"pointers in a cycle", "ext2", func(m *image) {
			double := m.inode("holes")[blockAt+13*4:]
			le.PutUint32(m.data[le.Uint32(double)<<10:], le.Uint32(double))
		}, "holes", "maps blocks twice"},
		{"no directory entry", "ext2", func(m *image) { le.PutUint16(m.name("", 0, "lines")[4:], 0) }, "", "an entry of 0 bytes"},
		{"entry over the end", "ext2", func(m *image) { le.PutUint16(m.name("", 0, "lines")[4:], 4000) }, "", "an entry of 4000 bytes"},
		{"name over its entry", "ext2", func(m *image) { m.name("", 0, "lines")[6] = 200 }, "", "its name of 200"},
		{"name with a slash", "ext2", func(m *image) { copy(m.name("", 0, "lines")[8:], "a/b/c") }, "", `directory "/": "a/b/c" is no name`},
		{"name with a zero", "ext2", func(m *image) { copy(m.name("", 0, "lines")[8:], "a\x00") }, "", "is no name"},
		{"inode outside", "ext2", func(m *image) { le.PutUint32(m.name("", 0, "lines"), 5000) }, "", `"/lines": at 0x400: inode 5000 of 32`},
		{"free inode", "ext2", func(m *image) { le.PutUint32(m.name("", 0, "lines"), 30) }, "", "inode 30 is free"},
		{"directory in itself", "ext2", func(m *image) { le.PutUint32(m.name("many", 4, "a-name"), 2) }, "", "is in the tree twice"},
		{"deleted", "ext2", func(m *image) { le.PutUint16(m.inode("lines")[0x1a:], 0) }, "lines", "deleted"},
		{"unknown type", "ext2", func(m *image) { le.PutUint16(m.inode("lines"), 0o150644) }, "lines", "unknown type"},
		{"long symlink", "ext2", func(m *image) { le.PutUint32(m.inode("etc/link")[4:], 1<<20) }, "etc/link", "symlink of 1048576 bytes"},
		{"encrypted file", "ext2", func(m *image) { le.PutUint32(m.inode("lines")[flagsAt:], flagEncrypted) }, "lines", "encrypted"},
		{"encrypted directory", "ext2", func(m *image) { le.PutUint32(m.inode("etc")[flagsAt:], flagEncrypted) }, "etc", "encrypted"},
		{"giant directory", "ext2", func(m *image) { le.PutUint32(m.inode("etc")[4:], 1<<31) }, "", "limit reached"},
		{"directory with holes", "ext2", func(m *image) { le.PutUint32(m.inode("etc")[4:], 4096) }, "", "3 of its blocks are not there"},
		{"no attributes", "ext2", func(m *image) { m.data[le.Uint32(m.inode("etc/passwd")[0x68:])<<10] = 1 }, "", "no block of extended attributes"},
		{"attributes outside", "ext2", func(m *image) { le.PutUint32(m.inode("etc/passwd")[0x68:], 400) }, "", "attributes in block 400 of 96"},
		{"attribute's value outside", "ext2", func(m *image) { le.PutUint16(m.data[le.Uint32(m.inode("etc/passwd")[0x68:])<<10+34:], 1000) }, "", "ends outside"},
		{"inode table outside", "ext2", func(m *image) { le.PutUint32(m.data[2048+8:], 5000) }, "open", "inode table at block 5000 of 96"},
		{"root is no directory", "ext2", func(m *image) { le.PutUint16(m.inode(""), 0o100644) }, "open", "the root is no directory"},
		{"unknown feature", "ext2", func(m *image) { m.super(0x60, 0x1002) }, "open", "unknown features 0x1000"},
		{"journal alone", "ext2", func(m *image) { m.super(0x60, 0xa) }, "open", "a journal without its file system"},
		{"lost journal", "ext2", func(m *image) { m.super(0x5c, hasJournal); m.super(0x60, 6); m.super(0xe0, 8) }, "", "the journal was noticed, not replayed"},
		{"cut short", "ext2", func(m *image) { m.data = m.data[:len(m.data)-100] }, "", "the file system has 100 bytes more than are here"},
		{"cut in a file", "ext2", func(m *image) { m.data = m.data[:le.Uint32(m.inode("lines")[blockAt:])<<10+100] }, "lines", "the input ends at"},

		{"deep extents", "meta", func(m *image) { le.PutUint16(m.inode("holes")[blockAt+6:], 9) }, "holes", "extents 9 levels deep"},
		{"extents in a cycle", "meta", func(m *image) { copy(m.block("holes", firstNode), m.inode("holes")[blockAt:][:60]) }, "holes", "extents of another level"},
		{"too many extents", "meta", func(m *image) { le.PutUint16(m.block("holes", firstNode)[2:], 85) }, "holes", "85 extents, room for 84"},
		{"no extents", "meta", func(m *image) { m.block("holes", firstNode)[0] = 0 }, "holes", "no node of an extent tree"},
		{"extents that overlap", "meta", func(m *image) { le.PutUint16(m.block("holes", firstNode)[extentSize+4:], 7) }, "holes", "extents out of order"},
		{"indices that overlap", "meta", func(m *image) {
			root, child := m.inode("holes")[blockAt:], m.block("holes", firstNode)
			le.PutUint16(root[2:], 2)
			copy(root[2*extentSize:3*extentSize], root[extentSize:])
			le.PutUint32(root[2*extentSize:], 5)
			le.PutUint32(root[2*extentSize+4:], 90)
			copy(m.data[90<<10:91<<10], child)
			le.PutUint16(m.data[90<<10+2:], 1)
			le.PutUint32(m.data[90<<10+extentSize:], 5)
			le.PutUint16(child[2:], 3)
			le.PutUint16(child[3*extentSize+4:], 20)
		}, "holes", "extents out of order"},
		{"empty extent", "meta", func(m *image) { le.PutUint16(m.block("holes", firstNode)[extentSize+4:], 0) }, "holes", "an extent without blocks"},
		{"extent outside", "meta", func(m *image) { le.PutUint32(m.inode("lines")[blockAt+firstLeaf:], 94) }, "lines", "from block 94 on"},
		{"index outside", "meta", func(m *image) { le.PutUint32(m.inode("holes")[blockAt+firstNode:], 400) }, "holes", "block 400 of 96"},
		{"descriptor", "meta", func(m *image) { m.data[2048+12] ^= 1 }, "", "the checksum of a group descriptor differs"},

		{"superblock's checksum", "ext4", func(m *image) { m.super(8, 5) }, "", "the superblock's checksum differs"},
		{"descriptor's checksum", "ext4", func(m *image) { m.data[2048+12] ^= 1 }, "", "the checksum of a group descriptor differs"},
		{"inode's checksum", "ext4", func(m *image) { m.inode("lines")[2] ^= 1 }, "lines", "the checksum of inode"},
		{"inode's checksum, second half", "ext4", func(m *image) { m.inode("lines")[0xf0] ^= 1 }, "lines", "the checksum of inode"},
		{"directory's checksum", "ext4", func(m *image) { m.name("", firstLeaf, "lines")[9] ^= 1 }, "", `directory "/": the checksum of a block differs`},
		{"index's checksum", "ext4", func(m *image) { m.block("many", firstLeaf)[0x24] ^= 1 }, "", `directory "/many/": the checksum of a block differs`},
		{"extents' checksum", "ext4", func(m *image) { m.block("holes", firstNode)[200] ^= 1 }, "holes", "the checksum of a block of extents differs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &image{t, seed(t, c.seed)}
			c.change(m)
			o, err := m.open()
			if c.path == "open" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("opened with %v, want %q", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			errs := readAll(t, o.Tree)
			if len(errs) < 7 {
				t.Errorf("only %d files are left", len(errs))
			}
			var all []string
			for path, err := range errs {
				if err != nil && path != c.path {
					t.Errorf("%s: %v", path, err)
				}
			}
			if c.path != "" {
				if err := errs[c.path]; err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%s: %v, want %q", c.path, err, c.want)
				}
				return
			}
			for _, d := range o.Damage {
				all = append(all, d.Reason)
			}
			if !strings.Contains(strings.Join(all, "\n"), c.want) {
				t.Errorf("damage %q, want %q", all, c.want)
			}
		})
	}
}

// readAll reads every file and gives its error, by path.
func readAll(t *testing.T, tree format.Tree) map[string]error {
	t.Helper()
	errs := map[string]error{}
	for i, e := range tree.Entries() {
		errs[e.Name] = e.Err
		if e.Err == nil && e.Mode.IsRegular() {
			var b []byte
			b, errs[e.Name] = tree.Read(i)
			if errs[e.Name] == nil && int64(len(b)) != e.Size {
				t.Errorf("%s: %d bytes of %d", e.Name, len(b), e.Size)
			}
		}
	}
	return errs
}

func TestProbe(t *testing.T) {
	whole := seed(t, "ext4")
	for name, c := range map[string]struct {
		data []byte
		want format.Likeness
	}{
		"whole":        {whole, format.Sure},
		"half a block": {whole[:1500], format.No},
		"empty":        {nil, format.No},
		"random":       {bytes.Repeat([]byte{0x53, 0xef, 1, 0, 1, 0, 7, 9}, 512), format.No},
		"backup":       {whole[7<<10:], format.No},
	} {
		if got := probe(format.InMemory(c.data)); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	m := &image{t, seed(t, "ext2")}
	m.super(0, 33)
	if got := probe(format.InMemory(m.data)); got != format.Likely {
		t.Errorf("a wrong number of inodes: %v", got)
	}
}

// A file can be read long after the image was opened, and at the same time as
// others.
func TestReadLater(t *testing.T) {
	for _, data := range seeds(t) {
		ctx, cancel := context.WithCancel(context.Background())
		m := &image{t, data}
		o, err := open(ctx, format.InMemory(data), m.budget())
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for path, err := range readAll(t, o.Tree) {
					if err != nil {
						t.Errorf("%s: %v", path, err)
					}
				}
			})
		}
		wg.Wait()
	}
}

// An image that is not in memory has the same contents.
func TestNotInMemory(t *testing.T) {
	for _, data := range seeds(t) {
		m := &image{t, data}
		inside, err := m.open()
		if err != nil {
			t.Fatal(err)
		}
		outside, err := open(t.Context(), format.Input{ReaderAt: bytes.NewReader(data), Size: int64(len(data))}, m.budget())
		if err != nil {
			t.Fatal(err)
		}
		got := contents(outside.Tree)
		for name, want := range contents(inside.Tree) {
			if got[name] != want {
				t.Errorf("%s: %.80q, want %.80q", name, got[name], want)
			}
		}
	}
}

// contents reads all files in the order of the disk.
func contents(tree format.Tree) map[string]string {
	all := map[string]string{}
	for _, b := range tree.Batches() {
		b.Run(nil, func(i int, content []byte, err error) {
			all[tree.Entries()[i].Name] = fmt.Sprintf("%s %v", content, err)
		})
	}
	return all
}

// What a buffer held before does not show in the holes of a file.
func TestBuffers(t *testing.T) {
	for _, data := range seeds(t) {
		m := &image{t, data}
		o, err := m.open()
		if err != nil {
			t.Fatal(err)
		}
		r := o.Tree.(*reader)
		for i, e := range r.entries {
			if e.Name != "holes" {
				continue
			}
			want, err := r.Read(i)
			if err != nil {
				t.Fatal(err)
			}
			got, err := r.read(i, func(n int) []byte { return bytes.Repeat([]byte{0xaa}, n) })
			if err != nil || !bytes.Equal(got, want) || !bytes.HasPrefix(got[300<<10:], []byte("300\n")) || got[30<<10] != 0 {
				t.Errorf("another content in a used buffer: %v", err)
			}
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m := &image{t, seed(t, "ext4")}
	if _, err := open(ctx, format.InMemory(m.data), m.budget()); !errors.Is(err, context.Canceled) {
		t.Errorf("opened with %v", err)
	}
}
