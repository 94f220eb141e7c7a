package jffs2_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// pack packs a folder with mkfs.jffs2.
func pack(t testing.TB, dir string, options ...string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "img")
	reference.Run(t, dir, reference.Need(t, "mkfs.jffs2"), append([]string{"-r", dir, "-o", out}, options...)...)
	return read(t, out)
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// open opens an image that has nothing wrong with it.
func open(t testing.TB, data []byte) *firmware.Image {
	t.Helper()
	img := reference.Open(t, data)
	for _, s := range img.Skipped {
		if !strings.HasPrefix(s.Reason, "not recognised") { // that is about what is in a file
			t.Errorf("skipped: %v", s)
		}
	}
	if c := img.Containers[0]; c.Type != "jffs2" || c.Offset != 0 {
		t.Fatalf("%s at 0x%x", c.Type, c.Offset)
	}
	return img
}

// TestReference packs a tree in many ways and compares what we see with the tree.
func TestReference(t *testing.T) {
	mk := reference.Need(t, "mkfs.jffs2")
	tree := reference.Tree(t)
	want := reference.OnDisk(t, tree)
	for _, options := range []string{
		"-l", "-b", "-l -n", "-b -n -p", "-l -p -e 0x4000", "-b -e 128KiB", "-l -e 0x3000", "-l -e 4MiB -p",
		"-m none", "-m size", "-x zlib", "-x zlib -x rtime", "-x rtime", "-X lzo -x zlib -x rtime", "-m size -X lzo -b",
		"-s 16384", "-s 1024 -n", "-c 16", "-c 20 -b", "-p0x400000", "-f -P -U",
	} {
		t.Run(options, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "img")
			reference.Run(t, tree, mk, append([]string{"-r", tree, "-o", out}, strings.Fields(options)...)...)
			img := open(t, read(t, out))
			if options != "-f -P -U" {
				reference.Compare(t, reference.InImage(img, "jffs2"), want)
			}
			if a, b := reference.Find(t, img, "etc/shadow"), reference.Find(t, img, "etc/shadow-"); b.HardLink != a {
				t.Error("the hard link is lost")
			}
		})
	}
}

// TestSummaries has sumtool add summaries.
func TestSummaries(t *testing.T) {
	mk, sumtool := reference.Need(t, "mkfs.jffs2"), reference.Need(t, "sumtool")
	tree := reference.Tree(t)
	want := reference.OnDisk(t, tree)
	for _, options := range []string{"-l -e 64KiB", "-b -e 64KiB", "-l -n -e 16KiB", "-b -p -e 128KiB"} {
		t.Run(options, func(t *testing.T) {
			work := t.TempDir()
			fields := strings.Fields(options)
			reference.Run(t, work, mk, append([]string{"-r", tree, "-o", "img"}, fields...)...)
			reference.Run(t, work, sumtool, append([]string{"-i", "img", "-o", "sum"}, fields...)...)
			img := open(t, read(t, filepath.Join(work, "sum")))
			reference.Compare(t, reference.InImage(img, "jffs2"), want)
			if got, want := img.Containers[0].Attributes["erase-block"], strings.TrimSuffix(fields[len(fields)-1], "KiB"); got != fmt.Sprint(kib(want)) {
				t.Errorf("erase block of %s, want %s KiB", got, want)
			}
		})
	}
}

func kib(s string) int {
	n := 0
	_, _ = fmt.Sscan(s, &n)
	return n << 10
}

// TestConverted turns a little-endian image into a big-endian one with jffs2dump.
func TestConverted(t *testing.T) {
	tool := reference.Need(t, "jffs2dump")
	tree := reference.Tree(t)
	work := t.TempDir()
	if err := os.WriteFile(filepath.Join(work, "img"), pack(t, tree, "-l"), 0o600); err != nil {
		t.Fatal(err)
	}
	reference.Run(t, work, tool, "-l", "-r", "-e", "other", "img")
	img := open(t, read(t, filepath.Join(work, "other")))
	if got := img.Containers[0].Attributes["byte-order"]; got != "big" {
		t.Errorf("byte order %s", got)
	}
	reference.Compare(t, reference.InImage(img, "jffs2"), reference.OnDisk(t, tree))
}

// TestDevices makes nodes from a device table, as build systems do.
func TestDevices(t *testing.T) {
	dir, work := t.TempDir(), t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "dev"), 0o755); err != nil {
		t.Fatal(err)
	}
	table := "/dev d 755 1 2 - - - - -\n/dev/console c 600 0 5 5 1 0 0 -\n/dev/sda b 660 0 6 8 0 0 0 -\n" +
		"/dev/far c 600 1000 60000 250 199 0 0 -\n/dev/tty c 666 0 0 4 0 0 1 3\n/pipe p 644 0 0 - - - - -\n"
	if err := os.WriteFile(filepath.Join(work, "table"), []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, order := range []string{"-l", "-b"} {
		var got []string
		for _, f := range open(t, pack(t, dir, order, "-D", filepath.Join(work, "table"))).Files {
			got = append(got, fmt.Sprintf("%s %v %o %d:%d %d,%d", f.Name, f.Kind, f.Mode, f.UID, f.GID, f.Rdev>>32, uint32(f.Rdev)))
		}
		reference.Compare(t, got, []string{
			"dev directory 755 1:2 0,0", "dev/console char-device 600 0:5 5,1", "dev/sda block-device 660 0:6 8,0",
			"dev/far char-device 600 1000:60000 250,199", "dev/tty0 char-device 666 0:0 4,0", "dev/tty1 char-device 666 0:0 4,1",
			"dev/tty2 char-device 666 0:0 4,2", "pipe fifo 644 0:0 0,0",
		})
	}
}

// TestXattrs compares attributes, where the disk can hold them.
func TestXattrs(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"a", "b", "c"} {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Setxattr(p, "user.note", bytes.Repeat([]byte("x"), 10+i/2*200), 0); err != nil {
			t.Skipf("no attributes here: %v", err)
		}
		if err := syscall.Setxattr(p, "trusted.sign", []byte{byte(i), 0, 1}, 0); err != nil {
			t.Skipf("no trusted attributes here: %v", err)
		}
	}
	for _, order := range []string{"-l", "-b"} {
		img := open(t, pack(t, dir, order, "--with-xattr"))
		for name, n := range map[string]int{"!a": 10, "!b": 10, "!c": 210} {
			x := reference.Find(t, img, name).Xattrs
			if len(x["user.note"]) != n || len(x["trusted.sign"]) != 3 || x["trusted.sign"][0] != name[1]-'a' {
				t.Errorf("%s: %d bytes of user.note, want %d; %v", name, len(x["user.note"]), n, x["trusted.sign"])
			}
		}
	}
}

// TestSecond finds two file systems one behind the other, each with its own files,
// when erased space is between them and when there is none.
func TestSecond(t *testing.T) {
	tree := reference.Tree(t)
	other := t.TempDir()
	for i := range 40 {
		if err := os.WriteFile(filepath.Join(other, fmt.Sprintf("file%d", i)), bytes.Repeat([]byte{byte(i)}, 5000*i), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := [][]string{reference.OnDisk(t, tree), reference.OnDisk(t, other)}
	for _, options := range [][]string{{"-l", "-p"}, {"-b", "-p"}, {"-l", "-p", "-n", "-e", "16KiB"}} {
		for _, erased := range []int{0, 1 << 16, 1 << 20} {
			t.Run(fmt.Sprint(options, erased), func(t *testing.T) {
				first, second := pack(t, tree, options...), pack(t, other, options...)
				data := append(append(first, bytes.Repeat([]byte{0xff}, erased)...), second...)
				img := open(t, data)
				if len(img.Containers) != 2 || img.Containers[1].Offset != int64(len(first)+erased) {
					t.Fatalf("containers: %+v", img.Containers)
				}
				reference.Compare(t, reference.InImage(img, "jffs2"), want[0])
				img.Files = img.Files[len(want[0]):]
				reference.Compare(t, reference.InImage(img, "jffs2"), want[1])
			})
		}
	}
}

// TestCorpus opens the JFFS2 images of the corpus.
func TestCorpus(t *testing.T) {
	for name, file := range map[string]string{
		"syn-sensor-armhf.jffs2": "jffs2!etc/passwd", "openwrt-r7210-wnr854t-factory.img": "jffs2!uImage",
	} {
		data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "corpus", name))
		if err != nil {
			t.Skip("no corpus beside the project")
		}
		img := reference.Open(t, data)
		if f := reference.Find(t, img, file); f.Err != nil || f.Size == 0 {
			t.Errorf("%s: %d bytes, %v", f.Path, f.Size, f.Err)
		}
	}
}
