package squashfs_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/squashfs"
	"github.com/ulikunitz/xz/lzma"
)

func seeds() [][]byte {
	files := []firmwaretest.File{
		firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"),
		firmwaretest.Symlink("bin/sh", "busybox"),
		firmwaretest.Device("dev/far", 0o600, 300, 70000),
		firmwaretest.Binary("bin/busybox", 0o755, firmwaretest.Kernel("1", 20000)),
		{Name: "link", HardLink: "etc/passwd"},
	}
	all := [][]byte{
		firmwaretest.SquashfsWith(firmwaretest.SquashfsOptions{BlockSize: 4096}, files...),
		firmwaretest.SquashfsWith(firmwaretest.SquashfsOptions{Uncompressed: true}, files...),
	}
	for name, o := range olds() {
		if name == "1 big" || name == "2 little" || name == "3 big, long" || name == "3 sqlz" {
			all = append(all, withBlock(o).build(small()...))
		}
	}
	return all
}

func TestMutated(t *testing.T) { formattest.Mutate(t, squashfs.Format, seeds()...) }

func FuzzSquashfs(f *testing.F) { formattest.Fuzz(f, squashfs.Format, seeds()...) }

var little, big = binary.LittleEndian, binary.BigEndian

// olds are file systems of versions 1 to 3 by name: as their own tools wrote
// them, and as vendors did.
func olds() map[string]old {
	usual, other := lzma.Properties{LC: 3, PB: 2}, lzma.Properties{LC: 1, LP: 2, PB: 2}
	return map[string]old{
		"1 little":         {major: 1, order: little, magic: "hsqs", pack: packZlib},
		"1 big":            {major: 1, order: big, magic: "sqsh", pack: packZlib},
		"1 stored":         {major: 1, order: little, magic: "hsqs"},
		"1 marked, lzma":   {major: 1, order: little, magic: "shsq", pack: packLZMA(13, usual, true), marked: true},
		"2 little":         {major: 2, order: little, magic: "hsqs", pack: packZlib},
		"2 big":            {major: 2, order: big, magic: "sqsh", pack: packZlib},
		"2 little, long":   {major: 2, order: little, magic: "hsqs", pack: packZlib, long: true},
		"2 big, long":      {major: 2, order: big, magic: "sqsh", pack: packZlib, long: true},
		"3 little":         {major: 3, order: little, magic: "hsqs", pack: packZlib},
		"3 big":            {major: 3, order: big, magic: "sqsh", pack: packZlib},
		"3 little, long":   {major: 3, order: little, magic: "hsqs", pack: packZlib, long: true},
		"3 big, long":      {major: 3, order: big, magic: "sqsh", pack: packZlib, long: true},
		"3 whole, marked":  {major: 3, order: little, magic: "hsqs", pack: packZlib, whole: true, marked: true},
		"3 stored":         {major: 3, order: big, magic: "sqsh"},
		"3 shsq":           {major: 3, order: little, magic: "shsq", pack: packLZMA(13, usual, false)},
		"3 qshs":           {major: 3, order: big, magic: "qshs", pack: packLZMA(13, usual, true)},
		"3 sqlz":           {major: 3, order: big, magic: "sqlz", pack: packLZMA(5, other, true)},
		"3 zlqs":           {major: 3, order: little, magic: "zlqs", pack: packLZMA(5, other, false)},
		"2 hsqt":           {major: 2, order: little, magic: "hsqt", pack: packLZMA(0, usual, true)},
		"2 tqsh":           {major: 2, order: big, magic: "tqsh", pack: packLZMA(0, usual, false)},
		"3 headerless":     {major: 3, order: little, magic: "hsqs", pack: packLZMA(0, other, false)},
		"3 odd properties": {major: 3, order: little, magic: "shsq", pack: packLZMA(0, lzma.Properties{LC: 0, LP: 2, PB: 0}, true)},
		"3 zlib and lzma":  {major: 3, order: little, magic: "shsq", pack: packLZMA(13, usual, true), packMeta: packZlib},
	}
}

func small() []firmwaretest.File {
	return []firmwaretest.File{
		firmwaretest.Dir("etc", 0o755),
		{Name: "etc/shadow", Mode: 0o600, GID: 42, Data: []byte("root::0:0:99999:7:::\n")},
		{Name: "etc/shadow-", HardLink: "etc/shadow"},
		firmwaretest.Symlink("sh", "etc/shadow"),
		firmwaretest.Binary("busybox", fs.ModeSetuid|0o755, firmwaretest.Kernel("1", 150_000)),
	}
}

// many are files that ask much: sizes around those of blocks, holes, devices,
// more names than a header holds.
func many() []firmwaretest.File {
	files := append(small(), firmwaretest.Dir("dev", 0o755), firmwaretest.Dir("size", fs.ModeSticky|0o777), firmwaretest.Dir("many", 0o750), firmwaretest.Dir("many/empty", 0o700),
		firmwaretest.Device("dev/console", 0o600, 5, 1),
		firmwaretest.File{Name: "dev/mtdblock3", Mode: fs.ModeDevice | 0o660, Rdev: 31<<32 | 3},
		firmwaretest.File{Name: "dev/log", Mode: fs.ModeSocket | 0o666},
		firmwaretest.File{Name: "dev/pipe", Mode: fs.ModeNamedPipe | 0o640, UID: 1000, GID: 1000},
		firmwaretest.Binary("zeros", 0o644, make([]byte, 200_000)),
		firmwaretest.Binary("hole", 0o644, append(make([]byte, 131072), "end"...)),
	)
	for _, n := range []int{0, 1, 32767, 32768, 32769, 65536, 200_000} {
		files = append(files, firmwaretest.Binary(fmt.Sprintf("size/%06d", n), 0o644, firmwaretest.Kernel("", max(n, 100))[:n]))
	}
	files = append(files, firmwaretest.Dir("owners", 0o755), firmwaretest.File{Name: "owners/pipe", Mode: fs.ModeNamedPipe | 0o600, UID: 2019, GID: 2019})
	for id := range uint32(20) {
		files = append(files, firmwaretest.File{Name: fmt.Sprintf("owners/%02d", id), Mode: 0o600, UID: 2000 + id, GID: 2000 + id})
	}
	for i := range 400 {
		files = append(files, firmwaretest.Text(fmt.Sprintf("many/a name that is not short %03d", i), 0o644, strings.Repeat("line\n", i)))
	}
	return files
}

// TestOld reads what the builder wrote, with every way of packing.
func TestOld(t *testing.T) {
	want := describe(many())
	for name, o := range olds() {
		t.Run(name, func(t *testing.T) {
			o = withBlock(o)
			data := o.build(many()...)
			img := reference.Open(t, data)
			if len(img.Skipped) > 0 {
				t.Errorf("skipped: %v", img.Skipped)
			}
			if v := img.Containers[0].Attributes; v["version"] != fmt.Sprintf("%d.%d", o.major, max(o.major, 2)-2) || v["byte-order"] != o.order.String() {
				t.Errorf("attributes %v", v)
			}
			reference.Compare(t, reference.InImage(img, "squashfs"), want)
			if f := reference.Find(t, img, "etc/shadow-"); f.HardLink != reference.Find(t, img, "etc/shadow") {
				t.Error("the hard link is lost")
			}
			for name, rdev := range map[string]uint64{"dev/console": 5<<32 | 1, "dev/mtdblock3": 31<<32 | 3} {
				if f := reference.Find(t, img, name); f.Rdev != rdev {
					t.Errorf("%s is %d,%d", name, f.Rdev>>32, uint32(f.Rdev))
				}
			}
			if f := reference.Find(t, img, "busybox"); f.ModTime.Unix() != 1000000001 {
				t.Errorf("changed %v", f.ModTime)
			}
		})
	}
}

// TestOldReference has unsquashfs read the same file systems, where it can: it
// knows nothing of vendors.
func TestOldReference(t *testing.T) {
	un := reference.Need(t, "unsquashfs")
	var files []firmwaretest.File
	for _, f := range many() {
		if f.Mode&(fs.ModeDevice|fs.ModeSocket|fs.ModeNamedPipe) == 0 { // to make them asks for rights
			files = append(files, f)
		}
	}
	for name, o := range olds() {
		if o.magic != "hsqs" && o.magic != "sqsh" || name == "3 headerless" || o.marked {
			continue
		}
		t.Run(name, func(t *testing.T) {
			o = withBlock(o)
			work := t.TempDir()
			data := o.build(files...)
			img := reference.Open(t, data)
			if err := os.WriteFile(filepath.Join(work, "img"), data, 0o600); err != nil {
				t.Fatal(err)
			}
			reference.Run(t, work, un, "-q", "-n", "-d", filepath.Join(work, "out"), filepath.Join(work, "img"))
			reference.Compare(t, reference.InImage(img, "squashfs"), reference.OnDisk(t, filepath.Join(work, "out")))
		})
	}
}

// describe has the lines that reference.InImage makes for a tree of these files.
func describe(files []firmwaretest.File) []string {
	img := &firmware.Image{}
	c := &firmware.Container{Type: "squashfs"}
	byName := map[string]*firmware.File{}
	for _, f := range files {
		kind := firmware.Regular
		switch m := f.Mode; {
		case m.IsDir():
			kind = firmware.Directory
		case m&fs.ModeSymlink != 0:
			kind = firmware.Symlink
		case m&fs.ModeCharDevice != 0:
			kind = firmware.CharDevice
		case m&fs.ModeDevice != 0:
			kind = firmware.BlockDevice
		case m&fs.ModeNamedPipe != 0:
			kind = firmware.FIFO
		case m&fs.ModeSocket != 0:
			kind = firmware.Socket
		}
		n := &firmware.File{Name: f.Name, Kind: kind, Container: c, Mode: f.Mode & (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky), UID: f.UID, GID: f.GID, Link: f.Link}
		if f.HardLink != "" {
			*n = *byName[f.HardLink]
			n.Name = f.Name
		} else if kind == firmware.Regular {
			n.Digest = digest(f.Data)
		}
		byName[f.Name] = n
		img.Files = append(img.Files, n)
	}
	return reference.InImage(img, "squashfs")
}

// TestUnknown names what is not read.
func TestUnknown(t *testing.T) {
	data := withBlock(olds()["3 little"]).build(small()...)
	for version, want := range map[uint16]bool{0: false, 2: true, 3: true, 4: false, 5: false} {
		bad := append([]byte(nil), data...)
		little.PutUint16(bad[28:], version)
		if got := squashfs.Format.Probe(format.InMemory(bad)) != format.No; got != want {
			t.Errorf("version %d is taken for a file system: %v", version, got)
		}
	}
}

// TestLost has a key in a file without a name, in a folder without one, in the end of a
// fragment block, in a block that no file refers to, in the tables, and between them.
func TestLost(t *testing.T) {
	mk := reference.Need(t, "mksquashfs")
	const key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIO3x0000000000\n"
	dir := t.TempDir()
	for name, content := range map[string]string{"a": "content\n", "secret": "x" + key, "zfolder/inner": "x" + key + "inner"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, "tree", name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "tree", name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	reference.Run(t, dir, mk, "tree", "img", "-quiet", "-noappend", "-no-progress", "-noI", "-no-xattrs", "-all-root")
	plain, err := os.ReadFile(filepath.Join(dir, "img"))
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	inodes := int(le.Uint64(plain[64:])) + 2
	root := inodes + int(le.Uint64(plain[32:])&0xffff)
	folders := int(le.Uint64(plain[72:])) + 2
	rootList := folders + int(le.Uint16(plain[root+26:]))
	// shorten leaves out the last names of the root.
	shorten := func(b []byte, n, size int) {
		le.PutUint32(b[rootList:], uint32(3-n-1))
		le.PutUint16(b[root+24:], le.Uint16(b[root+24:])-uint16(size))
	}
	file := func(b []byte, size uint32) []byte { // the inode of a file of that size
		for at := inodes; at < root; at++ {
			if le.Uint16(b[at:]) == 2 && le.Uint32(b[at+28:]) == size {
				return b[at:]
			}
		}
		t.Fatalf("no file of %d bytes", size)
		return nil
	}
	img := reference.Open(t, plain)
	if len(img.Skipped) > 0 || len(img.Containers) != 1 || img.Containers[0].Attributes["unlinked"] != "" {
		t.Fatalf("a whole file system: %v, %d containers, %v", img.Skipped, len(img.Containers), img.Containers[0].Attributes)
	}
	for name, c := range map[string]struct {
		change   func(b []byte)
		unlinked string
	}{
		"a folder": {func(b []byte) { shorten(b, 1, 8+7) }, "1"},
		"a file":   {func(b []byte) { shorten(b, 2, 8+7+8+6) }, "2"},
		"end of a file": {func(b []byte) {
			le.PutUint32(file(b, uint32(len(key)+1))[28:], 1)
			le.PutUint32(file(b, uint32(len(key)+6))[28:], 1)
		}, ""},
		"an idle fragment": {func(b []byte) {
			for _, size := range []int{8, len(key) + 1, len(key) + 6} {
				f := file(b, uint32(size))
				le.PutUint32(f[20:], ^uint32(0))
				le.PutUint32(f[28:], 0)
			}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := slices.Clone(plain)
			c.change(b)
			if !formattest.Offered(t, squashfs.Format, b, key) {
				t.Error("not offered")
			}
			img := reference.Open(t, b)
			if got := img.Containers[0].Attributes["unlinked"]; got != c.unlinked {
				t.Errorf("%q inodes without a name, want %q", got, c.unlinked)
			}
			if !slices.ContainsFunc(img.Files, func(f *firmware.File) bool {
				content, err := f.ReadFile()
				return err == nil && strings.Contains(string(content), key)
			}) {
				t.Errorf("in no file of the image: %v", img.Skipped)
			}
		})
	}
	uncompressed := firmwaretest.SquashfsWith(firmwaretest.SquashfsOptions{Uncompressed: true}, firmwaretest.Text("a", 0o644, "a"))
	table := int(le.Uint64(uncompressed[48:])) - 2 - 4 // of owners: a block of one number, then its index
	moved := slices.Concat(uncompressed[:table], []byte(key), uncompressed[table:])
	for _, at := range []int{40, 48} {
		le.PutUint64(moved[at:], le.Uint64(moved[at:])+uint64(len(key)))
	}
	index := moved[le.Uint64(moved[48:]):]
	le.PutUint64(index, le.Uint64(index)+uint64(len(key)))
	if !formattest.Offered(t, squashfs.Format, moved, key) {
		t.Error("between the tables: not offered")
	}
}

func digest(b []byte) [32]byte { return sha256.Sum256(b) }

func withBlock(o old) old {
	o.block = 32 << 10
	return o
}

// A table whose place is no place is told with one that is not negative.
func TestPlaceOutside(t *testing.T) {
	for field, want := range map[int]string{80: "fragment table: ", 56: "extended attributes: "} {
		data := seeds()[0]
		binary.LittleEndian.PutUint64(data[field:], 0xfffffff7ffffffff)
		opened, err := squashfs.Format.Open(t.Context(), format.InMemory(data), format.NewBudget(100, 1<<20, 1<<20, 1000))
		if err != nil {
			t.Fatal(err)
		}
		var found bool
		for _, d := range opened.Damage {
			found = found || strings.HasPrefix(d.Reason, want)
			if d.Offset < 0 || d.Offset > int64(len(data)) || strings.Contains(d.Reason, "0x-") {
				t.Errorf("at %d: %s", d.Offset, d.Reason)
			}
		}
		if !found {
			t.Errorf("%v, want one that begins with %q", opened.Damage, want)
		}
	}
}

// A pointer that leads nowhere is told at a place that there is.
func TestNowhere(t *testing.T) {
	image := firmwaretest.Squashfs(firmwaretest.Text("a", 0o644, "x"))
	owners := binary.LittleEndian.Uint64(image[48:])
	copy(image[owners:], bytes.Repeat([]byte{0xff}, 8)) // where their block is
	for _, s := range reference.Open(t, image).Skipped {
		if strings.Contains(s.Reason, "0x7fff") {
			t.Error(s.Reason)
		}
	}
}
