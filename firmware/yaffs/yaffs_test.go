package yaffs_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/yaffs"
)

var (
	little = binary.LittleEndian
	big    = binary.BigEndian
)

// kinds are the ways in which chunks lie on flash.
func kinds() map[string]*flash {
	all := map[string]*flash{}
	for _, order := range []binary.AppendByteOrder{little, big} {
		for _, k := range []flash{
			{page: 2048, spare: 64, parity: true},
			{page: 2048, spare: 64},
			{page: 2048, spare: 64, tagsAt: 2, parity: true, extra: true},
			{page: 2048, spare: 64, tagsAt: 30, extra: true},
			{page: 512, spare: 16},
			{page: 4096, spare: 128, tagsAt: 2, parity: true},
			{page: 8192, spare: 256},
			{page: 2048 - 16, spare: 16, inband: true},
			{page: 4096 - 16, spare: 16, inband: true, extra: true},
		} {
			k.order, k.sequence = order, 0x1000
			all[fmt.Sprintf("%v %d+%d at %d, parity %v, extra %v", order, k.page, k.spare, k.tagsAt, k.parity, k.extra)] = &k
		}
	}
	return all
}

func plain() *flash {
	return &flash{order: little, page: 2048, spare: 64, parity: true, sequence: 0x1000}
}

// long is more than a page, of a length that divides into none.
var long = firmwaretest.Kernel("", 30_000)[:20_001]

// sample writes a bit of everything.
func sample(f *flash) []byte {
	f.root()
	f.header(object{id: 257, kind: folder, parent: 1, name: "etc", mode: 0o1777})
	f.header(object{id: 258, kind: file, parent: 257, name: "long", mode: 0o4755, size: uint64(len(long))})
	f.content(258, long)
	f.file(259, "empty", nil)
	f.header(object{id: 260, kind: symlink, parent: 257, name: "link", mode: 0o777, alias: "../long"})
	f.header(object{id: 261, kind: hardLink, parent: 1, name: "hard", equivalent: 258})
	f.header(object{id: 262, kind: special, parent: 1, name: "tty", mode: 0o20600, device: 4<<8 | 7})
	f.header(object{id: 263, kind: special, parent: 1, name: "sda", mode: 0o60600, device: 8<<8 | 1})
	f.header(object{id: 264, kind: special, parent: 1, name: "pipe", mode: 0o10600})
	f.file(265, "small", []byte("small"))
	return f.Bytes()
}

func seeds() [][]byte {
	inband := &flash{order: big, page: 1024 - 16, spare: 16, inband: true, sequence: 0x1000}
	bare := &flash{order: little, page: 512, spare: 16, sequence: 0x1000, extra: true}
	return [][]byte{sample(plain()), sample(inband), sample(bare)}
}

func firsts() map[string]*flash {
	return map[string]*flash{
		"little": {order: little, page: 512, spare: 16, first: true}, "big": {order: big, page: 512, spare: 16, first: true},
	}
}

func firstSeeds() (seeds [][]byte) {
	for _, f := range firsts() {
		seeds = append(seeds, sample(f))
	}
	return seeds
}

func TestMutated(t *testing.T) {
	formattest.Mutate(t, yaffs.Format, seeds()...)
	formattest.Mutate(t, yaffs.First, firstSeeds()...)
}

func FuzzYAFFS1(f *testing.F) { formattest.Fuzz(f, yaffs.First, firstSeeds()...) }

func FuzzYAFFS2(f *testing.F) { formattest.Fuzz(f, yaffs.Format, seeds()...) }

// FuzzStart looks for a beginning from everywhere.
func FuzzStart(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s, uint16(2112))
	}
	f.Fuzz(func(t *testing.T, b []byte, at uint16) {
		if off := yaffs.Dump.Start(format.InMemory(b), int64(at)); off >= int64(len(b)) || off > int64(at) {
			t.Errorf("begins at %d of %d", off, len(b))
		}
	})
}

// open opens an image that has nothing wrong with it.
func open(t *testing.T, data []byte) *firmware.Image {
	t.Helper()
	img := reference.Open(t, data)
	for _, s := range img.Skipped {
		if !strings.HasPrefix(s.Reason, "not recognised") { // that is about what is in a file
			t.Errorf("skipped: %v", s)
		}
	}
	if len(img.Containers) == 0 || !strings.HasPrefix(img.Containers[0].Type, "yaffs") {
		t.Fatalf("containers %v", img.Containers)
	}
	return img
}

func content(t *testing.T, img *firmware.Image, name string) string {
	t.Helper()
	b, err := reference.Find(t, img, name).ReadFile()
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return string(b)
}

func names(img *firmware.Image) string {
	var all []string
	for _, f := range img.Files {
		if f.Kind != firmware.Raw {
			all = append(all, f.Name)
		}
	}
	return strings.Join(all, " ")
}

func TestGeometries(t *testing.T) {
	all := kinds()
	for name, f := range firsts() {
		all["YAFFS1 "+name] = f
	}
	for name, f := range all {
		t.Run(name, func(t *testing.T) {
			img := open(t, sample(f))
			if c := img.Containers[0]; c.Length != int64(f.Len()) || !strings.HasPrefix(fmt.Sprint(f.order), strings.ToUpper(c.Attributes["byte-order"][:1])) {
				t.Errorf("%+v of %d bytes", c, f.Len())
			}
			var got []string
			for _, f := range img.Files {
				got = append(got, fmt.Sprintf("%s %v %o %d:%d %d %d,%d %q %d", f.Name, f.Kind, f.Mode, f.UID, f.GID, f.Size, f.Rdev>>32, uint32(f.Rdev), f.Link, f.ModTime.Unix()))
			}
			reference.Compare(t, got, []string{
				`etc directory 4000777 1000:100 0 0,0 "" 6`, `etc/long file 40000755 1000:100 20001 0,0 "" 6`,
				`empty file 644 1000:100 0 0,0 "" 6`, `etc/link symlink 777 1000:100 0 0,0 "../long" 6`,
				`hard file 40000755 1000:100 20001 0,0 "" 6`, `tty char-device 600 1000:100 0 4,7 "" 6`,
				`sda block-device 600 1000:100 0 8,1 "" 6`, `pipe fifo 600 1000:100 0 0,0 "" 6`, `small file 644 1000:100 5 0,0 "" 6`,
			})
			if content(t, img, "etc/long") != string(long) || content(t, img, "small") != "small" {
				t.Error("a content differs")
			}
			if reference.Find(t, img, "hard").HardLink == nil && reference.Find(t, img, "etc/long").HardLink == nil {
				t.Error("the hard link is lost")
			}
		})
	}
}

// TestNewest has objects changed in later blocks, which lie before older ones.
func TestNewest(t *testing.T) {
	for name, f := range kinds() {
		t.Run(name, func(t *testing.T) {
			page := f.page
			f.sequence = 0x1003
			f.header(object{id: 257, kind: file, parent: 1, name: "renamed", mode: 0o600, size: uint64(page + 3)})
			f.data(257, 2, []byte("new"))
			f.header(object{id: 259, kind: file, parent: 4, name: "deleted", mode: 0o600})
			f.header(object{id: 260, kind: file, parent: 3, name: "unlinked", mode: 0o600})
			f.erase(5)
			f.sequence = 0x1002
			f.header(object{id: 258, kind: file, parent: 1, name: "cut", mode: 0o600, size: 10, shrink: 1})
			f.data(258, 1, []byte("shortened."))
			f.header(object{id: 258, kind: file, parent: 1, name: "cut", mode: 0o600, size: uint64(3 * page)})
			f.sequence = 0x1001
			f.header(object{id: 261, kind: file, parent: 1, name: "grown", mode: 0o600, size: 2})
			f.data(261, 1, []byte("not in its header yet"))
			f.chunk([]byte("checkpoint"), []uint32{0x21, 1, 2, 3})
			f.data(0x10, 1, []byte("summary"))
			f.sequence = 0x1000
			f.file(257, "old", []byte(strings.Repeat("o", 2*page)))
			f.file(258, "cut", []byte(strings.Repeat("x", 3*page)))
			f.file(259, "gone", []byte("gone"))
			f.file(260, "gone too", []byte("gone"))
			img := open(t, f.Bytes())
			if got := names(img); got != "cut grown renamed" {
				t.Errorf("files %s", got)
			}
			if got := content(t, img, "renamed"); got != strings.Repeat("o", page)+"new" {
				t.Errorf("renamed has %d bytes, or others", len(got))
			}
			if got := content(t, img, "!cut"); got != "shortened."+strings.Repeat("\x00", 3*page-10) {
				t.Errorf("cut has %d bytes, or others", len(got))
			}
			if got := content(t, img, "!grown"); got != "not in its header yet" {
				t.Errorf("grown has %q", got)
			}
			if c := img.Containers[0]; c.Attributes["deleted"] != "2" || c.Offset != 0 || c.Length != int64(f.Len()) {
				t.Errorf("%+v", c)
			}
		})
	}
}

// TestBegins has the first chunks hold parts of a file, as on a device.
func TestBegins(t *testing.T) {
	f := plain()
	f.sequence = 0x1234
	f.content(300, long)
	f.erase(3)
	f.sequence = 0x1233
	f.header(object{id: 300, kind: file, parent: 1, name: "long", mode: 0o600, size: uint64(len(long))})
	noise := firmwaretest.Kernel("", 50_000)
	img := reference.Open(t, slices.Concat(noise, f.Bytes()))
	if content(t, img, "long") != string(long) {
		t.Error("differs")
	}
	if c := img.Containers[len(img.Containers)-1]; c.Offset != int64(len(noise)) || c.Length != int64(f.Len()) {
		t.Errorf("%+v", c)
	}
}

func TestXattrs(t *testing.T) {
	for _, f := range []*flash{plain(), {order: big, page: 2048, spare: 64, sequence: 0x1000}} {
		f.root()
		attr := func(name, value string) []byte {
			return append(f.order.AppendUint32(nil, uint32(4+len(name)+1+len(value))), name+"\x00"+value...)
		}
		f.header(object{id: 257, kind: file, parent: 1, name: "f", mode: 0o600, xattrs: append(attr("security.capability", "\x01\x00"), attr("user.a", "")...)})
		x := reference.Find(t, open(t, f.Bytes()), "!f").Xattrs
		if len(x) != 2 || string(x["security.capability"]) != "\x01\x00" {
			t.Errorf("%q", x)
		}
	}
}

// TestEnd puts things behind a file system and sees that they are not swallowed.
func TestEnd(t *testing.T) {
	whole := sample(plain())
	other := plain()
	other.root()
	other.file(258, "other", []byte("other"))
	squash := firmwaretest.Squashfs(firmwaretest.Text("a", 0o644, "text"))
	erased := bytes.Repeat([]byte{0xff}, 64*2112)
	for name, data := range map[string][]byte{
		"nothing":          whole,
		"erased":           slices.Concat(whole, erased),
		"squashfs":         slices.Concat(whole, squash),
		"noise":            slices.Concat(whole, firmwaretest.Kernel("", 1<<20)),
		"erased, squashfs": slices.Concat(whole, erased, squash),
		"erased, another":  slices.Concat(whole, erased, other.Bytes()),
	} {
		t.Run(name, func(t *testing.T) {
			img := reference.Open(t, data)
			found := slices.DeleteFunc(slices.Clone(img.Containers), func(k *firmware.Container) bool { return k.Type == "raw" })
			if len(found) == 0 {
				t.Fatalf("nothing found: %v", img.Skipped)
			}
			if c := found[0]; c.Type != "yaffs2" || c.Length != int64(len(whole)) {
				t.Errorf("%s of %d bytes, want %d", c.Type, c.Length, len(whole))
			}
			if strings.Contains(name, "squashfs") && found[1].Type != "squashfs" {
				t.Errorf("then %s", found[1].Type)
			}
			if strings.Contains(name, "another") && (len(found) != 2 || content(t, img, "!other") != "other") {
				t.Errorf("then %+v", found)
			}
		})
	}
}

// TestDamage changes one thing and sees where it is reported, and what stays.
func TestDamage(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(f *flash) (at int) // writes something bad after /good
		reason string
		files  string
	}{
		"bad block": {func(f *flash) int {
			at := f.Len()
			f.Write(firmwaretest.Kernel("", 8*2112)[:8*2112])
			f.file(300, "f", []byte("f"))
			return at
		}, "no chunks of the file system", "f good"},
		"missing part": {func(f *flash) int {
			at := f.header(object{id: 300, kind: file, parent: 1, name: "f", mode: 0o600, size: 5000})
			f.data(300, 1, make([]byte, 2048))
			return at
		}, "2 of 3 parts of the file are missing", "f good"},
		"cut": {func(f *flash) int {
			f.file(300, "f", []byte("f"))
			f.Truncate(f.Len() - 1000)
			return f.Len() - 1112
		}, "the input ends after 1112 bytes", "f good"},
		"no header": {func(f *flash) int {
			return f.data(300, 1, []byte("x"))
		}, "object 300 has no header", "good lost+found/object-300"},
		"no folder": {func(f *flash) int {
			return f.header(object{id: 300, kind: file, parent: 400, name: "f"})
		}, `object 300, "f": its folder 400 is missing`, "good lost+found/f"},
		"file as folder": {func(f *flash) int {
			return f.header(object{id: 300, kind: file, parent: 257, name: "f"})
		}, `object 300, "f": its folder 257 is missing`, "good lost+found/f"},
		"cycle": {func(f *flash) int {
			at := f.header(object{id: 300, kind: folder, parent: 301, name: "a"})
			f.header(object{id: 301, kind: folder, parent: 300, name: "b"})
			return at
		}, `the folder 300, "a", is in no folder`, "good lost+found/object-300/b lost+found/object-300/b/a"},
		"self": {func(f *flash) int {
			return f.header(object{id: 300, kind: folder, parent: 300, name: "a"})
		}, `the folder 300, "a", is in no folder`, "good lost+found/object-300/a"},
		"dots": {func(f *flash) int {
			return f.header(object{id: 300, kind: file, parent: 1, name: ".."})
		}, `the name ".." is none`, "good object-300"},
		"slash": {func(f *flash) int {
			return f.header(object{id: 300, kind: file, parent: 1, name: "a/b"})
		}, `the name "a/b" is none`, "good object-300"},
		"no name": {func(f *flash) int {
			return f.header(object{id: 300, kind: file, parent: 1})
		}, `the name "" is none`, "good object-300"},
		"hard link": {func(f *flash) int {
			return f.header(object{id: 300, kind: hardLink, parent: 1, name: "f", equivalent: 300})
		}, "hard link to object 300, which is none", "f good"},
		"huge": {func(f *flash) int {
			return f.header(object{id: 300, kind: file, parent: 1, name: "f", size: 1 << 40})
		}, "file of 1099511627776 bytes", "f good"},
		"negative": {func(f *flash) int {
			return f.header(object{id: 300, kind: file, parent: 1, name: "f", size: 1 << 63})
		}, "file of 9223372036854775808 bytes", "f good"},
	} {
		t.Run(name, func(t *testing.T) {
			f := plain()
			f.root()
			f.file(257, "good", []byte("good"))
			at := c.spoil(f)
			img := reference.Open(t, f.Bytes())
			if content(t, img, "good") != "good" {
				t.Error("the rest is lost")
			}
			if got := names(img); got != c.files {
				t.Errorf("files %q", got)
			}
			where := fmt.Sprintf("0x%x", at)
			if !slices.ContainsFunc(img.Skipped, func(s firmware.Skipped) bool {
				return strings.Contains(s.Reason, c.reason) && (s.Offset == int64(at) || strings.Contains(s.Reason, where))
			}) {
				t.Errorf("not at %s: %v", where, img.Skipped)
			}
		})
	}
}

// TestCorrected flips each bit of the tags of one chunk, and of their parity.
func TestCorrected(t *testing.T) {
	f := plain()
	f.root()
	f.file(257, "file", long)
	f.sequence++
	at := f.data(257, 1, bytes.Repeat([]byte("n"), 2048))
	f.file(258, "last", []byte("x"))
	want := strings.Repeat("n", 2048) + string(long[2048:])
	for i := range 28 * 8 {
		bad := bytes.Clone(f.Bytes())
		bad[at+2048+i/8] ^= 1 << (i % 8)
		if got := content(t, open(t, bad), "!file"); got != want {
			t.Fatalf("bit %d is not corrected", i)
		}
	}
}

// TestHole reads a file whose parts were never written.
func TestHole(t *testing.T) {
	f := plain()
	f.root()
	f.header(object{id: 257, kind: file, parent: 1, name: "hole", size: 6000})
	f.data(257, 2, []byte("x"))
	f.file(258, "last", []byte("x"))
	want := make([]byte, 6000)
	want[2048] = 'x'
	if got := content(t, open(t, f.Bytes()), "hole"); got != string(want) {
		t.Error("differs")
	}
}

func TestNewline(t *testing.T) {
	f := plain()
	f.root()
	f.file(257, "a\nb", nil)
	if got := names(open(t, f.Bytes())); got != "a\nb" {
		t.Errorf("files %q", got)
	}
}

// TestChance does not see a file system in noise, zeros or headers without tags.
func TestChance(t *testing.T) {
	rnd := rand.NewChaCha8([32]byte{1})
	noise := make([]byte, 1<<20)
	_, _ = rnd.Read(noise)
	header := sample(plain())[:2048]
	for name, data := range map[string][]byte{
		"noise": noise, "zeros": make([]byte, 1<<20), "headers": bytes.Repeat(header, 40), "half": bytes.Repeat(header[:1024], 40),
		"magic": bytes.Repeat([]byte("\x01\x00\x00\x00\x01\x00\x00\x00\xff\xff\x00\x00"), 10_000),
	} {
		if img := reference.Open(t, data); !img.Opaque {
			t.Errorf("%s is a file system", name)
		}
	}
}

// BenchmarkOpen reads all files of an image from memory.
func BenchmarkOpen(b *testing.B) {
	f := plain()
	f.root()
	content := firmwaretest.Kernel("", 1<<18)[:1<<18]
	for i := range uint32(64) {
		f.file(257+i, fmt.Sprint(i), content)
	}
	b.SetBytes(64 << 18)
	for b.Loop() {
		if !formattest.Try(b, yaffs.Format, f.Bytes()) {
			b.Fatal("damaged")
		}
	}
}
