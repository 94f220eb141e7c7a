package jffs2_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/jffs2"
)

// sample has a bit of everything.
func sample(order binary.AppendByteOrder) []byte {
	l := newLog(order)
	text := bytes.Repeat([]byte("some text, and more of it. "), 40)
	l.name(1, 2, 4, "etc")
	l.inode(data{ino: 2, mode: 0o40755})
	l.name(2, 3, 8, "passwd")
	l.inode(data{ino: 3, isize: 2160, dsize: 1080, compression: 6, stored: packZlib(text)})
	l.inode(data{ino: 3, isize: 2160, offset: 1080, dsize: 1080, compression: 8, stored: packLZMA(text)})
	l.inode(data{ino: 3, isize: 2160, offset: 500, dsize: 8, compression: 2, stored: []byte("a\x00b\x00a\x05")})
	l.inode(data{ino: 3, isize: 5000, offset: 2160, dsize: 2840, compression: 1})
	l.name(1, 3, 8, "link")
	l.name(1, 4, 10, "sh")
	l.inode(data{ino: 4, mode: 0o120777, isize: 7, dsize: 7, stored: []byte("busybox")})
	l.name(1, 5, 2, "tty")
	l.inode(data{ino: 5, mode: 0o20600, dsize: 2, stored: order.AppendUint16(nil, 4<<8|7)})
	l.name(1, 6, 6, "far")
	l.inode(data{ino: 6, mode: 0o60600, dsize: 4, stored: l.words(0x11170&0xff | 300<<8 | 0x11170&^0xff<<12)})
	l.xattr(1, 1, 2, "capability", "cap")
	l.xref(3, 1, 2)
	l.node(0x2004, make([]byte, 20))
	l.erase(4096)
	l.node(0x2003, nil)
	l.file(7, "gone", "deleted")
	l.name(1, 0, 8, "gone")
	l.erase(4096)
	return l.Bytes()
}

func seeds() [][]byte { return [][]byte{sample(binary.LittleEndian), sample(binary.BigEndian)} }

func TestMutated(t *testing.T) { formattest.Mutate(t, jffs2.Format, seeds()...) }

func FuzzJFFS2(f *testing.F) { formattest.Fuzz(f, jffs2.Format, seeds()...) }

// FuzzRepaired changes nodes and puts their checksums right.
func FuzzRepaired(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var order binary.AppendByteOrder = binary.LittleEndian
		if len(b) > 0 && b[0] == 0x19 {
			order = binary.BigEndian
		}
		formattest.Try(t, jffs2.Format, repair(order, b))
	})
}

// TestRepaired does the same at every byte once.
func TestRepaired(t *testing.T) {
	whole := sample(binary.BigEndian)
	for i := range whole {
		if whole[i] == 0xff && i%8 != 0 {
			continue
		}
		for _, flip := range []byte{1, 0x80, 0xff} {
			bad := bytes.Clone(whole)
			bad[i] ^= flip
			formattest.Try(t, jffs2.Format, repair(binary.BigEndian, bad))
		}
	}
}

func FuzzEndMarker(f *testing.F) {
	formattest.Fuzz(f, jffs2.EndMarker, []byte("\xde\xad\xc0\xde"), []byte("\xde\xad\xc0\xde"+strings.Repeat("\xff", 40)+"\xde\xad\xc0\xde"))
}

func TestSample(t *testing.T) {
	for _, s := range seeds() {
		img := open(t, s)
		if c := img.Containers[0]; c.Length != 8192 || c.Attributes["compression"] != "lzma rtime zlib" || c.Attributes["unlinked"] != "1" {
			t.Errorf("%+v", c)
		}
		var got []string
		for _, f := range img.Files {
			got = append(got, fmt.Sprintf("%s %v %o %d:%d %d %d,%d %q %d", f.Name, f.Kind, f.Mode, f.UID, f.GID, f.Size, f.Rdev>>32, uint32(f.Rdev), f.Link, f.ModTime.Unix()))
		}
		reference.Compare(t, got, []string{
			`etc directory 755 1:2 0 0,0 "" 6`, `etc/passwd file 644 1:2 5000 0,0 "" 6`, `link file 644 1:2 5000 0,0 "" 6`,
			`sh symlink 777 1:2 7 0,0 "busybox" 6`, `tty char-device 600 1:2 0 4,7 "" 6`, `far block-device 600 1:2 0 300,70000 "" 6`,
			`lost+found/inode-7 file 644 1:2 7 0,0 "" 6`, fmt.Sprintf(`lost+found/inode-3@0x%x file 644 1:2 1080 0,0 "" 6`, bytes.Index(s, []byte("passwd"))+8),
		})
		f := reference.Find(t, img, "etc/passwd")
		text := bytes.Repeat([]byte("some text, and more of it. "), 80)
		copy(text[500:], "abababab")
		want := append(text, make([]byte, 2840)...)
		if b, err := f.ReadFile(); err != nil || !bytes.Equal(b, want) {
			t.Errorf("%v, %q", err, b[490:520])
		}
		if string(f.Xattrs["security.capability"]) != "cap" {
			t.Errorf("attributes %q", f.Xattrs)
		}
		if reference.Find(t, img, "link").HardLink != f {
			t.Error("the hard link is lost")
		}
	}
}

// content reads a file of an image.
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
		all = append(all, f.Name)
	}
	return strings.Join(all, " ")
}

// TestVersions has names and contents replaced: the newest counts, wherever it is.
func TestVersions(t *testing.T) {
	l := newLog(binary.LittleEndian)
	l.inode(data{ino: 2, version: 9, isize: 3, dsize: 3, stored: []byte("new")})
	l.inode(data{ino: 2, version: 1, isize: 5, dsize: 5, stored: []byte("older")})
	l.version = 9
	l.file(3, "moved", "m")
	l.file(4, "again", "first")
	l.name(1, 0, 8, "moved")
	l.name(1, 3, 8, "here")
	l.name(1, 2, 8, "file")
	l.name(1, 0, 8, "again")
	l.file(5, "again", "second")
	l.xattr(1, 1, 1, "a", "old")
	l.xattr(1, 2, 1, "a", "new")
	l.xattr(2, 1, 1, "b", "b")
	l.xattr(3, 1, 5, "c", "c")
	l.xattr(3, 0xffffffff, 0, "", "")
	l.xref(2, 1, 2)
	l.xref(2, 2, 4)
	l.xref(2, 2, 5) // taken away
	l.xref(2, 3, 6)
	img := open(t, l.Bytes())
	if got := names(img); got != "again file here lost+found/inode-2@0x54 lost+found/inode-4" {
		t.Errorf("files %s", got)
	}
	if content(t, img, "!file") != "new" || content(t, img, "!again") != "second" || content(t, img, "!here") != "m" || content(t, img, "inode-2@0x54") != "older" {
		t.Error("an older version counts")
	}
	if x := reference.Find(t, img, "!file").Xattrs; len(x) != 1 || string(x["user.a"]) != "new" {
		t.Errorf("attributes %q", x)
	}
}

// TestWrites writes, cuts and extends a file at random, has its nodes lie on the
// flash in any order, and compares with the same done to bytes.
func TestWrites(t *testing.T) {
	for seed := range uint64(40) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		l := newLog(binary.BigEndian)
		l.name(1, 2, 8, "file")
		var want []byte
		var nodes []data
		add := func(d data) {
			d.ino, d.version, d.isize = 2, uint32(len(nodes)+1), uint32(len(want))
			nodes = append(nodes, d)
		}
		extend := func(size int) {
			if n := size - len(want); n > 0 {
				at := len(want)
				want = append(want, make([]byte, n)...)
				add(data{offset: uint32(at), dsize: uint32(n), compression: 1})
			}
		}
		for range 60 {
			at := rnd.IntN(20000)
			switch rnd.IntN(6) {
			case 0: // cut or extend
				if at < len(want) {
					want = want[:at]
					add(data{offset: uint32(at)})
				}
				extend(at)
			default:
				b := []byte(strings.Repeat(string(rune('a'+rnd.IntN(26))), 1+rnd.IntN(4096)))
				extend(at)
				want = append(want[:at], append(slices.Clone(b), want[min(len(want), at+len(b)):]...)...)
				d := data{offset: uint32(at), dsize: uint32(len(b)), stored: b}
				if rnd.IntN(2) == 0 {
					d.compression, d.stored = 6, packZlib(b)
				}
				add(d)
			}
		}
		rnd.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
		for _, d := range nodes {
			l.inode(d)
		}
		if got := content(t, open(t, l.Bytes()), "!file"); got != string(want) {
			t.Fatalf("seed %d: %d bytes, want %d, or others", seed, len(got), len(want))
		}
	}
}

// TestLZMATool reads what xz packs raw, with the properties that OpenWrt uses.
func TestLZMATool(t *testing.T) {
	text := firmwaretest.Kernel("", 4096)
	cmd := exec.Command(reference.Need(t, "xz"), "--format=raw", "--lzma1=dict=8KiB,lc=0,lp=0,pb=0", "-c")
	cmd.Stdin = bytes.NewReader(text)
	packed, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	l := newLog(binary.LittleEndian)
	l.name(1, 2, 8, "file")
	l.inode(data{ino: 2, isize: 4096, dsize: 4096, compression: 8, stored: packed})
	if content(t, open(t, l.Bytes()), "!file") != string(text) {
		t.Error("differs")
	}
}

// TestDamage changes one thing and sees where it is reported, and what stays.
func TestDamage(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(l *log) (at int) // writes something bad after /good
		reason string
		files  string
	}{
		"data": {func(l *log) int {
			l.file(3, "f", "older")
			at := l.write(3, 0, []byte("newer"), 5)
			l.Bytes()[at+68] ^= 1
			return at
		}, "inode 3: checksum of bytes 0 to 5 differs", "f good"},
		"only data": {func(l *log) int {
			l.name(1, 3, 8, "f")
			l.write(3, 0, []byte("first"), 10)
			at := l.write(3, 5, []byte("next."), 10)
			l.Bytes()[at+69] ^= 1
			return at
		}, "the node of bytes 5 to 10 is damaged", "f good"},
		"missing data": {func(l *log) int {
			l.name(1, 3, 8, "f")
			return l.write(3, 5, []byte("next."), 10)
		}, "no node has bytes 0 to 5", "f good"},
		"inode": {func(l *log) int {
			l.file(3, "f", "older")
			at := l.write(3, 0, []byte("newer"), 5)
			l.Bytes()[at+20] ^= 1
			return at
		}, "inode: checksum differs", "f good"},
		"name": {func(l *log) int {
			at := l.name(1, 3, 8, "f")
			l.Bytes()[at+40] ^= 1
			return at
		}, "checksum of the name", "good"},
		"no inode":    {func(l *log) int { return l.name(1, 9, 8, "f") }, "inode 9 is missing", "f good"},
		"slash":       {func(l *log) int { return l.name(1, 2, 8, "a/b") }, `the name "a/b" is none`, "good"},
		"dots":        {func(l *log) int { return l.name(1, 2, 8, "..") }, `the name ".." is none`, "good"},
		"empty name":  {func(l *log) int { return l.name(1, 2, 8, "") }, `the name "" is none`, "good"},
		"zero byte":   {func(l *log) int { return l.name(1, 2, 8, "a\x00") }, "is none", "good"},
		"compression": {bad(data{compression: 5, dsize: 10, isize: 10, stored: []byte("12345")}), "dynrubin: this compression is not read", "f good"},
		"unknown":     {bad(data{compression: 77, dsize: 10, isize: 10, stored: []byte("12345")}), "unknown compression", "f good"},
		"zlib":        {bad(data{compression: 6, dsize: 10, isize: 10, stored: []byte("x\x9c345")}), "zlib: ", "f good"},
		"zlib short":  {bad(data{compression: 6, dsize: 10, isize: 10, stored: packZlib([]byte("123456789"))}), "zlib: unexpected EOF", "f good"},
		"zlib long":   {bad(data{compression: 6, dsize: 4, isize: 4, stored: packZlib([]byte("12345"))}), "zlib: unpacks to more", "f good"},
		"zlib hides":  {bad(data{compression: 6, dsize: 9, isize: 9, stored: append(packZlib([]byte("123456789")), secret...)}), "zlib: more bytes stand behind", "f good"},
		"rtime hides": {bad(data{compression: 2, dsize: 8, isize: 8, stored: []byte("a\x00b\x00a\x05" + secret)}), "rtime: more bytes stand behind", "f good"},
		"lzma hides":  {bad(data{compression: 8, dsize: 5, isize: 5, stored: append(packLZMA([]byte("12345")), secret...)}), "lzma: more bytes stand behind", "f good"},
		"rtime short": {bad(data{compression: 2, dsize: 4, isize: 4, stored: []byte("a\x00")}), "rtime: unpacks to fewer", "f good"},
		"rtime long":  {bad(data{compression: 2, dsize: 4, isize: 4, stored: []byte("a\x04")}), "rtime: unpacks to more", "f good"},
		"lzo":         {bad(data{compression: 7, dsize: 4, isize: 4, stored: []byte("abcdef")}), "lzo: ", "f good"},
		"lzma":        {bad(data{compression: 8, dsize: 4000, isize: 4000, stored: packLZMA([]byte("12345"))}), "lzma: ", "f good"},
		"plain":       {bad(data{dsize: 6, isize: 6, stored: []byte("12345")}), "none: unpacks to fewer", "f good"},
		"bomb":        {bad(data{compression: 6, dsize: 1 << 30, isize: 10, stored: packZlib(nil)}), "limit reached", "f good"},
		"giant":       {bad(data{isize: 0xffffffff, dsize: 0xffffffff, compression: 2}), "limit reached", "f good"},
		"symlink": {func(l *log) int {
			l.name(1, 3, 10, "f")
			return l.inode(data{ino: 3, mode: 0o120777, dsize: 5000, stored: make([]byte, 5000)})
		}, "symlink of 5000 bytes", "f good"},
		"device": {func(l *log) int {
			l.name(1, 3, 2, "f")
			return l.inode(data{ino: 3, mode: 0o20777, dsize: 3, stored: make([]byte, 3)})
		}, "device number of 3 bytes", "f good"},
		"cycle": {func(l *log) int {
			l.name(1, 3, 4, "f")
			l.inode(data{ino: 3, mode: 0o40755})
			return l.name(3, 3, 4, "g")
		}, `the folder "f/g" is in the tree twice`, "f good"},
		"root": {func(l *log) int {
			return l.name(1, 1, 4, "g")
		}, `the folder "g" is in the tree twice`, "good"},
		"lost cycle": {func(l *log) int {
			l.name(4, 3, 4, "a")
			l.inode(data{ino: 3, mode: 0o40755})
			at := l.name(3, 4, 4, "b")
			l.inode(data{ino: 4, mode: 0o40755})
			return at
		}, `the folder of "b" has no name`, "good lost+found/inode-3/b"},
		"lost folder": {func(l *log) int {
			return l.name(8, 2, 8, "a")
		}, `the folder of "a" has no name: inode 8`, "good lost+found/inode-8/a"},
		"unknown node": {func(l *log) int { return l.node(0xe077, []byte("x")) }, "node of the unknown kind 0xe077", "good"},
		"header": {func(l *log) int {
			at := l.name(1, 3, 8, "f")
			l.Bytes()[at+5] ^= 1
			l.file(4, "next", "n")
			return at
		}, "no node", "good lost+found/inode-3 next"},
		"overwritten": {func(l *log) int {
			at := l.write(9, 0, make([]byte, 2000), 2000)
			for i := range 1000 {
				l.Bytes()[at+i] = byte(i*7) | 1
			}
			l.file(4, "next", "n")
			return at
		}, "no node", "good next"},
		"cut": {func(l *log) int {
			at := l.write(3, 0, make([]byte, 2000), 2000)
			l.Truncate(at + 500)
			return at
		}, "node of 2068 bytes, the input ends", "good"},
		"xattr":        {func(l *log) int { at := l.Len(); l.xattr(1, 1, 9, "a", "b"); return at }, "unknown prefix", "good"},
		"xattr data":   {func(l *log) int { at := l.Len(); l.xattr(1, 1, 1, "a", "b"); l.Bytes()[at+32] ^= 1; return at }, "attribute: checksum of the data", "good"},
		"xattr header": {func(l *log) int { at := l.Len(); l.xattr(1, 1, 1, "a", "b"); l.Bytes()[at+20] ^= 1; return at }, "attribute: checksum differs", "good"},
		"xref":         {func(l *log) int { at := l.Len(); l.xref(1, 1, 1); l.Bytes()[at+12] ^= 1; return at }, "reference to an attribute", "good"},
		"kinds":        {func(l *log) int { return l.name(1, 9, 15, "f") }, "inode 9 is missing", "f good"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLog(binary.LittleEndian)
			l.file(2, "good", "good")
			at := c.spoil(l)
			if name == "header" {
				l.write(3, 0, []byte("x"), 1)
			}
			img := reference.Open(t, l.Bytes())
			if content(t, img, "!good") != "good" {
				t.Error("the rest is lost")
			}
			if got := names(img); !strings.HasPrefix(got, c.files) {
				t.Errorf("files %q", got)
			}
			where := fmt.Sprintf("0x%x", at)
			if !slices.ContainsFunc(img.Skipped, func(s firmware.Skipped) bool {
				return strings.Contains(s.Reason, c.reason) && (s.Offset == int64(at) || strings.Contains(s.Reason, where) || strings.Contains(s.Reason, "limit"))
			}) {
				t.Errorf("not at %s: %v", where, img.Skipped)
			}
			if img.Containers[0].Length != int64(l.Len()) {
				t.Errorf("%d of %d bytes", img.Containers[0].Length, l.Len())
			}
		})
	}
}

// bad writes a file with one node.
func bad(d data) func(l *log) int {
	return func(l *log) int {
		l.name(1, 3, 8, "f")
		d.ino = 3
		return l.inode(d)
	}
}

func TestNewline(t *testing.T) {
	l := newLog(binary.LittleEndian)
	l.file(2, "a\nb", "x")
	if got := names(open(t, l.Bytes())); got != "a\nb" {
		t.Errorf("files %q", got)
	}
}

// TestObsolete has nodes whose bit was cleared in place.
func TestObsolete(t *testing.T) {
	l := newLog(binary.LittleEndian)
	l.file(2, "file", "valid")
	at := l.write(2, 0, []byte("stale"), 5)
	l.Bytes()[at+3] &^= 0x20
	at = l.name(1, 0, 8, "file")
	l.Bytes()[at+3] &^= 0x20
	if img := open(t, l.Bytes()); content(t, img, "!file") != "valid" || img.Containers[0].Length != int64(l.Len()) {
		t.Error("an obsolete node counts")
	}
}

// TestEnd puts things behind a file system and sees that they are not swallowed.
func TestEnd(t *testing.T) {
	squash := firmwaretest.Squashfs(firmwaretest.Text("a", 0o644, "text"))
	noise := firmwaretest.Kernel("", 100_000)
	base := newLog(binary.LittleEndian)
	base.file(2, "file", strings.Repeat("x", 3000))
	base.erase(4096)
	base.node(0x2003, nil)
	base.file(3, "more", strings.Repeat("y", 2000))
	ends := base.Len()
	base.erase(4096)
	whole := base.Bytes()
	mark := "\xde\xad\xc0\xde"
	erased := strings.Repeat("\xff", 1<<16)
	for name, c := range map[string]struct {
		data   []byte
		length int
	}{
		"nothing":            {whole, len(whole)},
		"not filled":         {whole[:ends], ends},
		"partly filled":      {whole[:ends+5], ends + 5},
		"erased":             {slices.Concat(whole, []byte(erased)), len(whole)},
		"squashfs":           {slices.Concat(whole, squash), len(whole)},
		"noise":              {slices.Concat(whole, noise), len(whole)},
		"noise at once":      {slices.Concat(whole[:ends], noise), ends},
		"noise in the block": {slices.Concat(whole[:ends+64], noise), ends},
		"erased, noise":      {slices.Concat(whole, []byte(erased), noise), len(whole)},
		"erased, squashfs":   {slices.Concat(whole, []byte(erased), squash), len(whole)},
		"zeros":              {slices.Concat(whole, make([]byte, 70000)), len(whole)},
		"marker":             {slices.Concat(whole, []byte(mark)), len(whole) + 4},
		"marker, erased":     {slices.Concat(whole, []byte(mark+erased)), len(whole) + 4},
		"other byte order":   {slices.Concat(whole, sample(binary.BigEndian)), len(whole)},
		"squashfs, jffs2":    {slices.Concat(whole, squash, make([]byte, -len(squash)&4095), whole), len(whole)},
	} {
		t.Run(name, func(t *testing.T) {
			img := reference.Open(t, c.data)
			found := slices.DeleteFunc(slices.Clone(img.Containers), func(k *firmware.Container) bool { return k.Type == "raw" })
			if got := found[0]; got.Type != "jffs2" || got.Length != int64(c.length) {
				t.Errorf("%s of %d bytes, want %d", got.Type, got.Length, c.length)
			}
			if strings.Contains(name, "squashfs") && found[1].Type != "squashfs" {
				t.Errorf("then %s", found[1].Type)
			}
		})
	}
}

// TestTwice has the same file system twice, as in a device with two slots.
func TestTwice(t *testing.T) {
	one := sample(binary.LittleEndian)
	c := open(t, slices.Concat(one, one)).Containers[0]
	if c.Length != int64(2*len(one)) || c.Attributes["copies"] != "7" {
		t.Errorf("%+v", c)
	}
}

func TestEndMarkers(t *testing.T) {
	squash := firmwaretest.Squashfs(firmwaretest.Text("a", 0o644, "text"))
	mark := "\xde\xad\xc0\xde"
	image := slices.Concat(squash, []byte(mark+strings.Repeat("\xff", 9000)+mark+strings.Repeat("\xff", 70)))
	img := reference.Open(t, image)
	if c := img.Containers[len(img.Containers)-1]; c.Type != "jffs2-end" || c.Offset != int64(len(squash)) || c.Length != 9008 {
		t.Errorf("%+v", c)
	}
	if img = reference.Open(t, []byte(mark+"code follows, and so this is none")); !img.Opaque {
		t.Error("a word in a program is a marker")
	}
}

// TestAlone does not take the cleanmarker in a program for a file system.
func TestAlone(t *testing.T) {
	l := newLog(binary.LittleEndian)
	if img := reference.Open(t, slices.Concat(l.Bytes(), firmwaretest.Kernel("", 5000))); len(img.Containers) > 0 && img.Containers[0].Type == "jffs2" {
		t.Error("it is one")
	}
	l.erase(65536)
	if c := reference.Open(t, l.Bytes()).Containers[0]; c.Type != "jffs2" {
		t.Error("an empty file system is none")
	}
}

// TestFromFile reads an image that is not in memory.
func TestFromFile(t *testing.T) {
	tree := reference.Tree(t)
	name := filepath.Join(t.TempDir(), "img")
	if err := os.WriteFile(name, pack(t, tree, "-l"), 0o600); err != nil {
		t.Fatal(err)
	}
	src, closer, err := firmware.SourceFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	img, err := firmware.Open(t.Context(), src, firmware.Options{})
	if err != nil {
		t.Fatal(err)
	}
	reference.Compare(t, reference.InImage(img, "jffs2"), reference.OnDisk(t, tree))
}

// BenchmarkOpen reads all files of an image from memory, without and with a codec.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 64 {
		content := make([]byte, 1<<18)
		for k := range content {
			content[k] = byte(rnd.IntN(40)) + ' '
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), content, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for name, options := range map[string][]string{
		"none": {"-m", "none"}, "zlib": {"-x", "rtime"}, "rtime": {"-x", "zlib"}, "lzo": {"-X", "lzo", "-x", "zlib", "-x", "rtime"},
	} {
		b.Run(name, func(b *testing.B) {
			img := pack(b, dir, options...)
			b.SetBytes(64 << 18)
			for b.Loop() {
				if !formattest.Try(b, jffs2.Format, img) {
					b.Fatal("damaged")
				}
			}
		})
	}
}
