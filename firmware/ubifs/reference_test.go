package ubifs_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/ubifs"
)

// pack makes a file system of a tree with mkfs.ubifs.
func pack(t testing.TB, tree, options string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "img")
	args := append(strings.Fields(options), "-r", tree, "-o", out)
	reference.Run(t, t.TempDir(), reference.Need(t, "mkfs.ubifs"), args...)
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const nand = "-m 2048 -e 126976 -c 300 "

// TestReference packs a tree with mkfs.ubifs and compares what we see with it.
func TestReference(t *testing.T) {
	reference.Need(t, "mkfs.ubifs")
	tree := reference.Tree(t)
	for _, options := range []string{
		nand + "-x none", nand + "-x lzo", nand + "-x zlib", nand + "-x zstd", nand + "-x favor_lzo", nand + "-x favor_lzo -X 1",
		"-m 1 -e 65408 -c 200", "-m 512 -e 15872 -c 1000", "-m 4096 -e 258048 -c 200 -x zlib", "-m 8 -e 1040384 -c 50 -x none",
		nand + "-f 3", nand + "-f 64 -k test", nand + "-F -l 5 -p 3 -j 4MiB",
	} {
		t.Run(options, func(t *testing.T) {
			img := reference.Open(t, pack(t, tree, options))
			for _, s := range img.Skipped {
				if !strings.Contains(s.Reason, "not recognised: encrypted") {
					t.Errorf("skipped: %+v", s)
				}
			}
			for _, c := range img.Containers {
				if strings.HasSuffix(c.Path, "!unread") {
					t.Errorf("%d bytes of what mkfs.ubifs writes are idle", c.Length)
				}
			}
			reference.Compare(t, reference.InImage(img, "ubifs"), reference.OnDisk(t, tree))
			if a, b := reference.Find(t, img, "etc/shadow"), reference.Find(t, img, "etc/shadow-"); b.HardLink != a && a.HardLink != b {
				t.Error("the hard link is lost")
			}
			if c := img.Containers[0]; c.Offset != 0 || c.Length != img.Size {
				t.Errorf("0x%x bytes at 0x%x of an image of 0x%x", c.Length, c.Offset, img.Size)
			}
		})
	}
}

// A file system in the middle of an image ends where it ends.
func TestInTheMiddle(t *testing.T) {
	data := pack(t, reference.Tree(t), nand)
	img := reference.Open(t, slices.Concat(make([]byte, 5000), data, firmwaretest.Kernel("", 70_000)))
	if c := img.Containers[len(img.Containers)-1]; c.Type != "ubifs" || c.Offset != 5000 || c.Length != int64(len(data)) {
		t.Errorf("%+v", c)
	}
}

// TestOwners compares owners, modes and devices with the table they are made of.
func TestOwners(t *testing.T) {
	table := filepath.Join(t.TempDir(), "table")
	if err := os.WriteFile(table, []byte("/dev d 755 0 0 - - - - -\n/dev/console c 600 0 5 5 1 - - -\n/dev/sda b 660 0 6 8 0 - - -\n/dev/far c 600 1000 70000 300 70000 - - -\n/pipe p 644 7 8 - - - - -\n/dev/mtd c 640 0 0 90 0 0 2 3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tree := t.TempDir()
	var got []string
	for _, f := range reference.Open(t, pack(t, tree, nand+"-D "+table)).Files {
		got = append(got, fmt.Sprintf("%s %v %o %d:%d %d,%d", f.Name, f.Kind, f.Mode, f.UID, f.GID, f.Rdev>>32, uint32(f.Rdev)))
	}
	want := []string{
		"dev directory 755 0:0 0,0", "dev/console char-device 600 0:5 5,1", "dev/far char-device 600 1000:70000 300,70000",
		"dev/mtd0 char-device 640 0:0 90,0", "dev/mtd1 char-device 640 0:0 90,2", "dev/mtd2 char-device 640 0:0 90,4",
		"dev/sda block-device 660 0:6 8,0", "pipe fifo 644 7:8 0,0",
	}
	reference.Compare(t, got, want)
}

// TestXattrs compares attributes, where the disk can hold them, and times.
func TestXattrs(t *testing.T) {
	tree := t.TempDir()
	p := filepath.Join(tree, "a")
	if err := os.WriteFile(p, []byte("a"), 0o644); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"user.note": strings.Repeat("x", 300), "user.empty": "", "security.capability": "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"}
	for name, value := range want {
		if err := syscall.Setxattr(p, name, []byte(value), 0); err != nil {
			t.Logf("%s: no such attribute here: %v", name, err)
			delete(want, name)
		}
	}
	if len(want) == 0 {
		t.Skip("no attributes here")
	}
	info, err := os.Stat(p)
	if err != nil {
		t.Fatal(err)
	}
	f := reference.Find(t, reference.Open(t, pack(t, tree, nand)), "!a")
	if f.ModTime.Unix() != info.ModTime().Unix() {
		t.Errorf("of %v, want %v", f.ModTime, info.ModTime())
	}
	if f.Xattrs == nil {
		t.Skip("this mkfs.ubifs copies no attributes")
	}
	for name, value := range want {
		if got, ok := f.Xattrs[name]; !ok || string(got) != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	if len(f.Xattrs) != len(want) {
		t.Errorf("%d attributes, want %d", len(f.Xattrs), len(want))
	}
}

// TestLabels has mkfs.ubifs write SELinux labels.
func TestLabels(t *testing.T) {
	dir, tree := t.TempDir(), t.TempDir()
	contexts := filepath.Join(dir, "file_contexts")
	if err := os.WriteFile(contexts, []byte("/.*  u:object_r:rootfs:s0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tree, "a"), []byte("a"), 0o644); err != nil {
		t.Fatal(err)
	}
	f := reference.Find(t, reference.Open(t, pack(t, tree, nand+"--selinux="+contexts)), "!a")
	if got := strings.TrimRight(string(f.Xattrs["security.selinux"]), "\x00"); got != "u:object_r:rootfs:s0" {
		t.Errorf("attributes: %q", f.Xattrs)
	}
}

// TestSigned reads a file system whose index holds hashes.
func TestSigned(t *testing.T) {
	dir, tree := t.TempDir(), reference.Tree(t)
	reference.Run(t, dir, reference.Need(t, "openssl"), strings.Fields("req -x509 -newkey rsa:2048 -nodes -subj /CN=test -keyout key.pem -out cert.pem")...)
	for _, hash := range []string{"sha256", "sha512"} {
		data := pack(t, tree, fmt.Sprintf("%s--hash-algo=%s --auth-key=%s/key.pem --auth-cert=%[3]s/cert.pem", nand, hash, dir))
		img := reference.Open(t, data)
		reference.Compare(t, reference.InImage(img, "ubifs"), reference.OnDisk(t, tree))
		if img.Containers[0].Attributes["authentication"] == "" {
			t.Errorf("%v", img.Containers[0].Attributes)
		}
	}
}

// TestFscrypt encrypts a tree: every file is there and none is read.
func TestFscrypt(t *testing.T) {
	dir, tree := t.TempDir(), t.TempDir()
	_ = os.WriteFile(filepath.Join(dir, "key"), firmwaretest.Kernel("", 64), 0o600)
	_ = os.Mkdir(filepath.Join(tree, "d"), 0o755)
	_ = os.WriteFile(filepath.Join(tree, "d", "secret"), []byte("secret"), 0o644)
	_ = os.Symlink("d", filepath.Join(tree, "link"))
	img := reference.Open(t, pack(t, tree, nand+"-C AES-256-XTS -b 0123456789abcdef -K "+filepath.Join(dir, "key")))
	if len(img.Files) != 3 || img.Containers[0].Attributes["encryption"] != "fscrypt" {
		t.Errorf("%d files, %v", len(img.Files), img.Containers[0].Attributes)
	}
	for _, f := range img.Files {
		if f.Err == nil || !strings.Contains(f.Err.Error(), "encrypted") || strings.Contains(f.Path, "secret") {
			t.Errorf("%s: %v", f.Path, f.Err)
		}
	}
}

// TestCutReference cuts a clean file system at every eraseblock: all that is
// then read is right.
func TestCutReference(t *testing.T) {
	const eraseblock = 65408
	data := pack(t, reference.Tree(t), "-m 1 -e 65408 -c 200 -x lzo")
	whole, err := read(t, data)
	if err != nil || len(whole.damage) > 0 {
		t.Fatal(err, whole.damage)
	}
	for cut := len(data) - eraseblock; cut >= 0; cut -= eraseblock {
		checkCut(t, whole, data[:cut], cut, nil)
	}
}

func BenchmarkRead(b *testing.B) {
	tree := b.TempDir()
	for i := range 64 {
		content := firmwaretest.Kernel("", 250_000+i)
		if err := os.WriteFile(filepath.Join(tree, fmt.Sprint(i)), content, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for _, c := range []string{"none", "lzo", "zlib", "zstd"} {
		b.Run(c, func(b *testing.B) {
			in := format.InMemory(pack(b, tree, nand+"-x "+c))
			for b.Loop() {
				n := int64(0)
				o, err := ubifs.Format.Open(context.Background(), in, format.NewBudget(1<<20, 1<<40, 16<<20, 256))
				if err != nil {
					b.Fatal(err)
				}
				for _, batch := range o.Tree.Batches() {
					batch.Run(alone, func(_ int, content []byte, err error) {
						if n += int64(len(content)); err != nil {
							b.Fatal(err)
						}
					})
				}
				b.SetBytes(n)
			}
		})
	}
}
