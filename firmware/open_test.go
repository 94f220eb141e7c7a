package firmware_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
)

var rootFiles = []firmwaretest.File{
	{Name: "etc/shadow", Mode: 0o600, GID: 42, Data: []byte("root::0:0:99999:7:::\n")},
	firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0:root:/root:/bin/sh\n"),
	firmwaretest.Binary("bin/busybox", fs.ModeSetuid|0o755, firmwaretest.Kernel("busybox", 50_000)),
	firmwaretest.Symlink("bin/sh", "busybox"),
	firmwaretest.Symlink("tmp", "/var/tmp"),
	firmwaretest.Dir("var/tmp", fs.ModeSticky|0o777),
	firmwaretest.Device("dev/console", 0o600, 5, 1),
	{Name: "etc/shadow-", HardLink: "etc/shadow"},
	firmwaretest.Text("usr/share/man/ls.1.gz", 0o644, string(firmwaretest.Gzip("ls.1", []byte(strings.Repeat("page ", 1000))))),
}

func types(img *firmware.Image) string {
	var names []string
	for _, c := range img.Containers {
		if !strings.HasSuffix(c.Path, "!usr/share/man/ls.1.gz!gzip") { // which is in every root
			names = append(names, c.Type)
		}
	}
	return strings.Join(names, " ")
}

func skipped(img *firmware.Image, part string) bool {
	return slices.ContainsFunc(img.Skipped, func(s firmware.Skipped) bool {
		return strings.Contains(s.Path+": "+s.Reason, part)
	})
}

func TestRouterImage(t *testing.T) {
	kernel := firmwaretest.Gzip("", firmwaretest.Kernel("5.10.99", 300_000))
	header := firmwaretest.UImage("MIPS Linux-5.10.99", kernel, firmwaretest.UImageHeader{OS: 5, Arch: 5, Type: 2, Compression: 1})
	root := firmwaretest.Squashfs(rootFiles...)
	image := slices.Concat([]byte("VENDOR-HEADER-20-BYT"), header, bytes.Repeat([]byte{0xff}, 70_001), root, make([]byte, 5000))
	img := reference.Open(t, image)
	if got, want := types(img), "uimage gzip squashfs"; got != want {
		t.Errorf("containers %q, want %q", got, want)
	}
	if img.Opaque || len(img.Skipped) > 0 {
		t.Errorf("opaque %v, skipped %v", img.Opaque, img.Skipped)
	}
	for _, r := range img.Ranges {
		if r.Class == firmware.Unexplained && r.Length > 20 {
			t.Errorf("unexplained: %+v", r)
		}
	}
	shadow := reference.Find(t, img, "image.bin!squashfs!etc/shadow")
	if shadow.Mode != 0o600 || shadow.GID != 42 || !shadow.Container.Modes {
		t.Errorf("shadow: mode %o group %d modes %v", shadow.Mode, shadow.GID, shadow.Container.Modes)
	}
	if got := reference.Find(t, img, "bin/busybox").Mode; got != fs.ModeSetuid|0o755 {
		t.Errorf("busybox: mode %v", got)
	}
	if again := reference.Find(t, img, "etc/shadow-"); again.HardLink != shadow || again.Digest != shadow.Digest {
		t.Errorf("hard link: %+v", again)
	}
	if b, err := shadow.ReadFile(); err != nil || string(b) != "root::0:0:99999:7:::\n" {
		t.Errorf("read again: %q, %v", b, err)
	}
	if f, ok := shadow.Container.Lookup("/bin/sh"); !ok || f.Name != "bin/busybox" {
		t.Errorf("lookup through a link: %v", f)
	}
	if f, ok := shadow.Container.Lookup("tmp"); !ok || f.Name != "var/tmp" || f.Mode != fs.ModeSticky|0o777 {
		t.Errorf("lookup through an absolute link: %v", f)
	}
	if k := reference.Find(t, img, "uimage!gzip!kernel"); k.Kind != firmware.Raw || k.Size != 300_000 || k.Container.Attributes["linux-version"] != "5.10.99" {
		t.Errorf("kernel: %+v", k)
	}
}

func TestNested(t *testing.T) {
	root := firmwaretest.Squashfs(rootFiles...)
	for name, c := range map[string]struct {
		image  []byte
		types  string
		shadow string
	}{
		"ramdisk":     {firmwaretest.UImage("initrd", firmwaretest.Gzip("", firmwaretest.Cpio(rootFiles...)), firmwaretest.UImageHeader{Type: 3}), "uimage gzip cpio", "image.bin!uimage!gzip!cpio!etc/shadow"},
		"zip":         {firmwaretest.Zip(firmwaretest.Binary("fw/image.img", 0o644, slices.Concat(make([]byte, 70_000), root))), "zip squashfs", "image.bin!zip!fw/image.img!squashfs!etc/shadow"},
		"sysupgrade":  {firmwaretest.Tar(firmwaretest.Text("sysupgrade-x/CONTROL", 0o644, "BOARD=x\n"), firmwaretest.Binary("sysupgrade-x/root", 0o644, root)), "tar squashfs", "image.bin!tar!sysupgrade-x/root!squashfs!etc/shadow"},
		"tar.gz":      {firmwaretest.Gzip("x.tar", firmwaretest.Tar(rootFiles...)), "gzip tar", "image.bin!gzip!tar!etc/shadow"},
		"initrd":      {firmwaretest.Squashfs(append(slices.Clone(rootFiles[1:7]), firmwaretest.Binary("boot/initrd", 0o644, firmwaretest.Gzip("", firmwaretest.Cpio(rootFiles...))))...), "squashfs gzip cpio", "image.bin!squashfs!boot/initrd!gzip!cpio!etc/shadow"},
		"two cpios":   {slices.Concat(firmwaretest.Cpio(firmwaretest.Text("early", 0o644, "x")), firmwaretest.Cpio(rootFiles...)), "cpio", "image.bin!cpio!etc/shadow"},
		"two of one":  {slices.Concat(firmwaretest.Squashfs(firmwaretest.Text("a", 0o644, "x")), root), "squashfs squashfs", "image.bin!squashfs@0x1000!etc/shadow"},
		"plain cpio":  {firmwaretest.Cpio(rootFiles...), "cpio", "image.bin!cpio!etc/shadow"},
		"plain tar":   {firmwaretest.Tar(rootFiles...), "tar", "image.bin!tar!etc/shadow"},
		"uncompressd": {firmwaretest.SquashfsWith(firmwaretest.SquashfsOptions{Uncompressed: true}, rootFiles...), "squashfs", "image.bin!squashfs!etc/shadow"},
	} {
		t.Run(name, func(t *testing.T) {
			img := reference.Open(t, c.image)
			if got := strings.TrimPrefix(types(img), "raw "); got != c.types {
				t.Errorf("containers %q, want %q", got, c.types)
			}
			f := reference.Find(t, img, c.shadow)
			if f.Path != c.shadow || f.Mode != 0o600 || f.GID != 42 {
				t.Errorf("%s: mode %o group %d", f.Path, f.Mode, f.GID)
			}
			if f.Offset >= 0 && f.Container.Parent == nil {
				if got := c.image[f.Offset:]; !bytes.HasPrefix(got, []byte("root::0")) {
					t.Errorf("at offset 0x%x is %.10q", f.Offset, got)
				}
			}
			if len(img.Skipped) > 0 {
				t.Errorf("skipped: %v", img.Skipped)
			}
		})
	}
}

// TestNoNoise wants nothing opened that only looks like a container.
func TestNoNoise(t *testing.T) {
	files := append(slices.Clone(rootFiles),
		firmwaretest.Text("usr/share/magic", 0o644, "hsqs 070701 \x1f\x8b\x08 ustar PK\x03\x04 \xfd7zXZ\x00"),
	)
	if got := types(reference.Open(t, firmwaretest.Squashfs(files...))); got != "squashfs" {
		t.Errorf("containers %q", got)
	}
}

func TestOpaque(t *testing.T) {
	secret := make([]byte, 100_000)
	for i, sum := 0, sha256.Sum256(nil); i < len(secret); i += 32 {
		copy(secret[i:], sum[:])
		sum = sha256.Sum256(sum[:])
	}
	for name, c := range map[string]struct {
		data   []byte
		opaque bool
		reason string
	}{
		"encrypted": {secret, true, "encrypted"},
		"code":      {firmwaretest.Kernel("", 100_000), true, "code or data of an unknown kind"},
		"text":      {[]byte(strings.Repeat("a line of text\n", 1000)), false, "text"},
		"one byte":  {[]byte{7}, true, "one repeated byte"},
		"packed":    {firmwaretest.Gzip("", secret), true, "encrypted"},
	} {
		img := reference.Open(t, c.data)
		if img.Opaque != c.opaque || !skipped(img, c.reason) {
			t.Errorf("%s: opaque %v, skipped %v", name, img.Opaque, img.Skipped)
		}
	}
}

func TestEmpty(t *testing.T) {
	_, err := firmware.Open(t.Context(), firmware.Bytes("x.bin", nil), firmware.Options{})
	if !errors.Is(err, firmware.ErrEmpty) || !strings.Contains(err.Error(), "x.bin") {
		t.Errorf("empty file: %v", err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := firmware.Open(ctx, firmware.Bytes("x.bin", firmwaretest.Squashfs(rootFiles...)), firmware.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestDeadline(t *testing.T) {
	img := reference.Open(t, firmwaretest.Squashfs(rootFiles...), firmware.Options{Limits: firmware.Limits{Time: 1}})
	if !skipped(img, "deadline exceeded") {
		t.Errorf("skipped %v", img.Skipped)
	}
}

// TestBadNames keeps what cannot be a path out of the tree, and says so.
func TestBadNames(t *testing.T) {
	for _, name := range []string{"../../etc/passwd", "a/../../b", "..", strings.Repeat("x/", 3000)} {
		img := reference.Open(t, rename(t, name))
		if len(img.Skipped) == 0 {
			t.Errorf("%.20q: nothing is skipped", name)
		}
		for _, f := range img.Files {
			if f.Kind == firmware.Regular && f.Name != "good" {
				t.Errorf("%.20q became %q", name, f.Path)
			}
		}
	}
	for given, want := range map[string]string{"/etc/passwd": "etc/passwd", "./a": "a", "new\nline": "new\nline", "\xff\xfe": "\xff\xfe", "a//b/./c": "a/b/c"} {
		img := reference.Open(t, rename(t, given))
		if !slices.ContainsFunc(img.Files, func(f *firmware.File) bool { return f.Name == want }) {
			t.Errorf("%q is not in the tree as %q: %v", given, want, img.Skipped)
		}
	}
}

// rename makes a cpio archive with a file of that name.
func rename(t *testing.T, name string) []byte {
	t.Helper()
	entry := func(name, content string, mode int) string {
		s := fmt.Sprintf("070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\x00", 1, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name)+1, 0, name)
		s += strings.Repeat("\x00", -len(s)&3) + content
		return s + strings.Repeat("\x00", -len(s)&3)
	}
	return []byte(entry("good", "x", 0o100644) + entry(name, "bad", 0o100644) + entry("TRAILER!!!", "", 0))
}

// TestDuplicates wants the last of two entries with one name.
func TestDuplicates(t *testing.T) {
	img := reference.Open(t, rename(t, "good"))
	if b, err := reference.Find(t, img, "!good").ReadFile(); err != nil || string(b) != "bad" {
		t.Errorf("content %q, %v", b, err)
	}
}

func TestLinkLoops(t *testing.T) {
	img := reference.Open(t, firmwaretest.Squashfs(
		firmwaretest.Symlink("a", "b"), firmwaretest.Symlink("b", "a"), firmwaretest.Symlink("self", "self"),
		firmwaretest.Symlink("up", "../../../../etc/x"), firmwaretest.Text("etc/x", 0o644, "x"), firmwaretest.Symlink("deep", "deep/deep"),
	))
	c := img.Files[0].Container
	for _, name := range []string{"a", "self", "deep", "a/b/c"} {
		if f, ok := c.Lookup(name); ok {
			t.Errorf("%s leads to %s", name, f.Path)
		}
	}
	if f, ok := c.Lookup("up"); !ok || f.Name != "etc/x" {
		t.Errorf("a link out of the root leads to %v", f)
	}
}

func TestNestedTooDeep(t *testing.T) {
	data := []byte("the core")
	for range 100 {
		data = firmwaretest.Tar(firmwaretest.Binary("inner.tar", 0o644, data))
	}
	img := reference.Open(t, data)
	if n := len(img.Containers); n > firmware.DefaultLimits.Depth+2 {
		t.Errorf("%d containers were opened", n)
	}
	if !skipped(img, "nested more than 16 deep") {
		t.Errorf("skipped: %v", img.Skipped)
	}
	data = []byte("the core")
	for range 100 {
		data = firmwaretest.Gzip("", data)
	}
	if img := reference.Open(t, data); !skipped(img, "nested more than 16 deep") {
		t.Errorf("skipped: %v", img.Skipped)
	}
}

func TestBombs(t *testing.T) {
	zeros := make([]byte, 64<<20)
	small := firmware.Limits{FileBytes: 8 << 20, TotalBytes: 100 << 20, Files: 50}
	bomb := firmwaretest.Zip(firmwaretest.Binary("zeros", 0o644, zeros), firmwaretest.Text("good", 0o644, "fine"))
	img := reference.Open(t, bomb, firmware.Options{Limits: small})
	if f := reference.Find(t, img, "!zeros"); !f.Long || f.Err != nil || f.Digest != sha256.Sum256(zeros) {
		t.Errorf("file over the limit: %+v", f)
	} else if _, err := f.ReadFile(); !errors.Is(err, format.ErrLimit) {
		t.Errorf("file over the limit was read: %v", err)
	}
	if f := reference.Find(t, img, "!good"); f.Err != nil {
		t.Errorf("the other file: %v", f.Err)
	}
	img = reference.Open(t, bomb, firmware.Options{Limits: firmware.Limits{Ratio: 100}})
	if f := reference.Find(t, img, "!zeros"); !errors.Is(f.Err, format.ErrLimit) {
		t.Errorf("ratio over the limit: %v", f.Err)
	}
	img = reference.Open(t, firmwaretest.Gzip("", zeros), firmware.Options{Limits: small})
	if !skipped(img, "limit reached") {
		t.Errorf("gzip bomb: %v", img.Skipped)
	}
	var many []firmwaretest.File
	for i := range 100 {
		many = append(many, firmwaretest.Text(fmt.Sprint("f", i), 0o644, "x"))
	}
	for name, data := range map[string][]byte{"squashfs": firmwaretest.Squashfs(many...), "cpio": firmwaretest.Cpio(many...), "tar": firmwaretest.Tar(many...), "zip": firmwaretest.Zip(many...)} {
		img := reference.Open(t, data, firmware.Options{Limits: small})
		if len(img.Files) > 50 || !skipped(img, "limit reached") {
			t.Errorf("%s with 100 files: %d opened, skipped %v", name, len(img.Files), img.Skipped)
		}
	}
	var blocks []firmwaretest.File
	for i := range 20 {
		blocks = append(blocks, firmwaretest.Binary(fmt.Sprint("f", i), 0o644, zeros[:8<<20]))
	}
	img = reference.Open(t, firmwaretest.Squashfs(blocks...), firmware.Options{Limits: firmware.Limits{TotalBytes: 100 << 20}})
	if !skipped(img, "unpacked bytes: limit reached for the whole image") || reference.Find(t, img, "!f0").Err != nil {
		t.Errorf("total: skipped %v", img.Skipped)
	}
}

// TestNestedBomb has archives in archives in archives: a few hundred bytes that
// stand for millions of containers.
func TestNestedBomb(t *testing.T) {
	for name, pack := range map[string]func(...firmwaretest.File) []byte{"zip": firmwaretest.Zip, "tar": firmwaretest.Tar} {
		t.Run(name, func(t *testing.T) {
			data := pack(firmwaretest.Text("core", 0o644, "the core"))
			for range 5 {
				var files []firmwaretest.File
				for i := range 20 {
					files = append(files, firmwaretest.Binary(fmt.Sprintf("%d.%s", i, name), 0o644, data))
				}
				if data = pack(files...); name == "tar" {
					data = firmwaretest.Gzip("", data)
				}
			}
			img := reference.Open(t, data)
			if n := len(img.Containers); n > format.MaxTries {
				t.Errorf("%d containers were opened", n)
			}
			if !skipped(img, "limit reached for the whole image") {
				t.Errorf("%d containers, skipped: %.500s", len(img.Containers), fmt.Sprint(img.Skipped))
			}
		})
	}
}

// TestHugeDirectory opens directories of very many files. What does more than
// look at each name once takes minutes for that.
func TestHugeDirectory(t *testing.T) {
	var files []firmwaretest.File
	for i := range 30_000 {
		files = append(files, firmwaretest.Text(fmt.Sprintf("many/file-%06d", i), 0o644, ""))
	}
	for name, pack := range map[string]func(...firmwaretest.File) []byte{
		"squashfs": firmwaretest.Squashfs, "cpio": firmwaretest.Cpio, "tar": firmwaretest.Tar, "zip": firmwaretest.Zip,
	} {
		t.Run(name, func(t *testing.T) {
			data, start := pack(files...), time.Now()
			img := reference.Open(t, data)
			if len(img.Files) < len(files) || len(img.Skipped) > 0 {
				t.Errorf("%d files, skipped %.500s", len(img.Files), fmt.Sprint(img.Skipped))
			}
			if d := time.Since(start); d > 30*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

// TestSpecialFiles opens a folder with what never ends or never answers when it
// is read.
func TestSpecialFiles(t *testing.T) {
	dir := t.TempDir()
	mkfifo, err := exec.LookPath("mkfifo")
	if err != nil {
		t.Skip("mkfifo is not installed")
	}
	if out, err := exec.Command(mkfifo, filepath.Join(dir, "pipe")).CombinedOutput(); err != nil {
		t.Skip("this file system has no pipes: ", string(out))
	}
	if exec.Command("mknod", filepath.Join(dir, "zero"), "c", "1", "5").Run() != nil {
		t.Log("no device: not root")
	}
	for link, target := range map[string]string{"to-pipe": "pipe", "to-zero": "/dev/zero"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	src, closer, err := firmware.SourceFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	visited := 0
	img, err := firmware.Open(t.Context(), src, firmware.Options{Visit: func(*firmware.File, []byte) { visited++ }})
	if err != nil || visited != 1 {
		t.Fatalf("%d files are read, %v", visited, err)
	}
	for _, f := range img.Files {
		if content, err := f.ReadFile(); f.Kind != firmware.Regular && err == nil {
			t.Errorf("%s was read: %d bytes", f.Path, len(content))
		}
	}
	if _, _, err := firmware.SourceFile(filepath.Join(dir, "pipe")); !errors.Is(err, firmware.ErrNoFile) {
		t.Errorf("a pipe as an image: %v", err)
	}
}

// TestVisitPanics has a caller whose own code fails, in one of the walks or in the
// pass over what is left: that is no damage of the image.
func TestVisitPanics(t *testing.T) {
	etc := firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n")
	for name, data := range map[string][]byte{
		"tar": firmwaretest.Tar(etc), "squashfs": firmwaretest.Squashfs(etc), "raw": []byte("nothing that is known"),
	} {
		for _, workers := range []int{1, 4} {
			got := func() (p any) {
				defer func() { p = recover() }()
				img, err := firmware.Open(t.Context(), firmware.Bytes(name, data), firmware.Options{
					Workers: workers, Visit: func(*firmware.File, []byte) { panic("mine") },
				})
				return fmt.Sprint(img != nil, err)
			}()
			if got != "mine" {
				t.Errorf("%s with %d workers: %v", name, workers, got)
			}
		}
	}
}

// TestHugeClaims changes the sizes in a superblock and in an inode.
func TestHugeClaims(t *testing.T) {
	good := firmwaretest.SquashfsWith(firmwaretest.SquashfsOptions{Uncompressed: true}, rootFiles...)
	for name, at := range map[string]int{"bytes": 40, "owner table": 48, "inode table": 64, "directory table": 72, "root": 32} {
		bad := slices.Clone(good)
		binary.LittleEndian.PutUint64(bad[at:], 1<<40)
		img := reference.Open(t, bad)
		if len(img.Skipped) == 0 || !strings.Contains(img.Skipped[0].Path, "image.bin") {
			t.Errorf("%s of 2^40: skipped %v", name, img.Skipped)
		}
	}
	bad := slices.Clone(good)
	binary.LittleEndian.PutUint32(bad[16:], 1<<31) // fragments
	if img := reference.Open(t, bad); !skipped(img, "fragment") {
		t.Errorf("2^31 fragments: skipped %v", img.Skipped)
	}
	// The first inode is that of bin/busybox: a file of 50,000 bytes, size at byte 28.
	table := binary.LittleEndian.Uint64(bad[64:])
	bad = slices.Clone(good)
	binary.LittleEndian.PutUint32(bad[int(table)+2+28:], 1<<31)
	img := reference.Open(t, bad)
	if f := reference.Find(t, img, "bin/busybox"); f.Err == nil {
		t.Error("a file of 2 GiB in an image of 60 KiB was read")
	}
	if f := reference.Find(t, img, "etc/passwd"); f.Err != nil {
		t.Errorf("the rest of the tree: %v", f.Err)
	}
}

// TestDamagedFile wants one damaged file to leave the others alone.
func TestDamagedFile(t *testing.T) {
	data := firmwaretest.SquashfsWith(firmwaretest.SquashfsOptions{BlockSize: 4096, NoFragments: true},
		firmwaretest.Binary("a", 0o644, firmwaretest.Kernel("a", 40_000)), firmwaretest.Binary("b", 0o644, firmwaretest.Kernel("b", 40_000)))
	data[200] ^= 0xff
	img := reference.Open(t, data)
	a, b := reference.Find(t, img, "!a"), reference.Find(t, img, "!b")
	if a.Err == nil || b.Err != nil {
		t.Errorf("a: %v, b: %v", a.Err, b.Err)
	}
	if !skipped(img, "image.bin!squashfs!a: at 0x") {
		t.Errorf("skipped %v", img.Skipped)
	}
}

// TestCycle makes a directory contain its parent.
func TestCycle(t *testing.T) {
	data := firmwaretest.SquashfsWith(firmwaretest.SquashfsOptions{Uncompressed: true}, firmwaretest.Dir("a/b/c", 0o755))
	dirs := int(binary.LittleEndian.Uint64(data[72:])) + 2
	root := binary.LittleEndian.Uint64(data[32:])
	// Each directory has a header of 12 bytes and an entry that begins with the
	// offset of an inode: let them all be the root's.
	for at := dirs; at+12 < len(data) && data[at] == 0 && at < dirs+3*21; at += 21 {
		binary.LittleEndian.PutUint16(data[at+12:], uint16(root))
	}
	img := reference.Open(t, data)
	if !skipped(img, "in the tree twice") {
		t.Errorf("%d files, skipped %v", len(img.Files), img.Skipped)
	}
}

func TestDeterministic(t *testing.T) {
	junk := slices.Concat(bytes.Repeat([]byte("junk"), 3000), firmwaretest.Squashfs(rootFiles...), firmwaretest.Zip(firmwaretest.Binary("in.tar", 0o644, firmwaretest.Tar(rootFiles...))))
	junk[len(junk)/2] ^= 1
	initramfs := firmwaretest.Gzip("", firmwaretest.Cpio(rootFiles...))
	kernel := firmwaretest.UImage("Linux", slices.Concat(firmwaretest.Kernel("5.10", 100_000), initramfs), firmwaretest.UImageHeader{OS: 5, Type: 2})
	router := slices.Concat(kernel, bytes.Repeat([]byte{0xff}, 5000), firmwaretest.Squashfs(rootFiles...), noise(9000), kernel, firmwaretest.Zip(rootFiles...))
	for _, image := range [][]byte{junk, router} {
		want := ""
		for _, workers := range []int{1, 0, 2, 3, 4} {
			img := reference.Open(t, image, firmware.Options{Workers: workers})
			got := fmt.Sprint(types(img), img.Ranges, img.Skipped)
			for _, c := range img.Containers {
				got += "\n" + c.Path
			}
			for _, f := range img.Files {
				got += fmt.Sprintf("\n%s %v %x %v", f.Path, f.Mode, f.Digest, f.Err)
			}
			if want == "" {
				want = got
			}
			if got != want {
				t.Fatalf("with %d workers:\n%s\nbefore:\n%s", workers, got, want)
			}
		}
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	for _, f := range rootFiles {
		name := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		switch {
		case f.Link != "":
			_ = os.Symlink(f.Link, name)
		case f.Mode.IsRegular():
			_ = os.WriteFile(name, f.Data, 0o600)
		}
	}
	_ = os.Symlink("/etc/hostname", filepath.Join(dir, "etc/hostname"))
	src, closer, err := firmware.SourceFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	img, err := firmware.Open(t.Context(), src, firmware.Options{})
	if err != nil {
		t.Fatal(err)
	}
	reference.Check(t, img)
	if c := img.Containers[0]; c.Type != "folder" || c.Modes || len(img.Skipped) > 0 {
		t.Errorf("container %+v, skipped %v", c, img.Skipped)
	}
	if f := reference.Find(t, img, "etc/hostname"); f.Kind != firmware.Symlink || f.Link != "/etc/hostname" {
		t.Errorf("a link out of the folder: %+v", f)
	}
	again, err := firmware.Open(t.Context(), src, firmware.Options{})
	if err != nil || again.Digest != img.Digest || img.Digest == [32]byte{} {
		t.Errorf("digest %x, then %x: %v", img.Digest, again.Digest, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "etc/passwd"), []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if again, err = firmware.Open(t.Context(), src, firmware.Options{}); err != nil || again.Digest == img.Digest {
		t.Errorf("a changed file left the digest: %v", err)
	}
}

// Without the digest of the image all else is the same, the digests of files too.
func TestNoDigest(t *testing.T) {
	for name, image := range map[string][]byte{"squashfs": firmwaretest.Squashfs(firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0:root:/root:/bin/sh\n")), "code": bytes.Repeat([]byte("\x01\x02\x03\x04\x05key"), 4096)} {
		want, err := firmware.Open(t.Context(), firmware.Bytes(name, image), firmware.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := firmware.Open(t.Context(), firmware.Bytes(name, image), firmware.Options{NoDigest: true})
		if err != nil || got.Digest != [32]byte{} || want.Digest != sha256.Sum256(image) {
			t.Fatalf("%s: digest %x, and %x: %v", name, got.Digest, want.Digest, err)
		}
		if len(got.Files) == 0 || len(got.Files) != len(want.Files) || !slices.Equal(got.Ranges, want.Ranges) {
			t.Fatalf("%s: %d files, want %d; %v, want %v", name, len(got.Files), len(want.Files), got.Ranges, want.Ranges)
		}
		for i, f := range got.Files {
			if f.Path != want.Files[i].Path || f.Digest != want.Files[i].Digest {
				t.Errorf("%s: %s has the digest %x, want %x", name, f.Path, f.Digest, want.Files[i].Digest)
			}
		}
	}
}

// vanishing is a folder that goes away when its first file is opened.
type vanishing struct {
	files fstest.MapFS
	gone  *bool
}

func (v vanishing) Open(name string) (fs.File, error) {
	if *v.gone {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if f, ok := v.files[name]; ok && f.Mode.IsRegular() {
		*v.gone = true
	}
	return v.files.Open(name)
}

func TestVanishingFolder(t *testing.T) {
	gone := false
	src := firmware.Source{Name: "dir", Folder: vanishing{fstest.MapFS{"a": {Data: []byte("a")}, "b": {Data: []byte("b")}, "c/d": {Data: []byte("d")}}, &gone}}
	img, err := firmware.Open(t.Context(), src, firmware.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	reference.Check(t, img)
	if len(img.Skipped) != 2 || !skipped(img, "dir!b: ") {
		t.Errorf("skipped %v", img.Skipped)
	}
	gone = true
	if _, err := firmware.Open(t.Context(), src, firmware.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func samples() map[string][]byte {
	small := []firmwaretest.File{
		firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"), firmwaretest.Symlink("bin/sh", "busybox"),
		firmwaretest.Binary("bin/busybox", 0o755, firmwaretest.Kernel("1", 3000)),
	}
	return map[string][]byte{
		"squashfs": firmwaretest.Squashfs(small...), "cpio": firmwaretest.Cpio(small...), "tar": firmwaretest.Tar(small...), "zip": firmwaretest.Zip(small...),
		"gzip":   firmwaretest.Gzip("x", firmwaretest.Cpio(small...)),
		"uimage": firmwaretest.UImage("Linux", firmwaretest.Gzip("", firmwaretest.Kernel("5.1", 9000)), firmwaretest.UImageHeader{Type: 2, Compression: 1}),
		"nested": firmwaretest.Zip(firmwaretest.Binary("a.tar", 0o644, firmwaretest.Tar(firmwaretest.Binary("root.img", 0o644, firmwaretest.Squashfs(small...))))),
	}
}

// TestMutated opens every kind of image cut short and with flipped bits: no
// panic, and all that holds for every image.
func TestMutated(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(samples())) {
		data := samples()[name]
		for i := 1; i < len(data); i += max(1, len(data)/60) {
			reference.Open(t, data[:i])
			bad := slices.Clone(data)
			bad[i] ^= 1 << (i % 8)
			reference.Open(t, bad)
		}
	}
}

// FuzzOpen wants -fuzzminimizetime 10x: several goroutines cover the code a
// little differently each time, which makes Go minimise for ever.
func FuzzOpen(f *testing.F) {
	for _, data := range samples() {
		f.Add(data)
	}
	limits := firmware.Limits{Files: 2000, TotalBytes: 64 << 20, FileBytes: 16 << 20, Depth: 6}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 0 {
			reference.Open(t, data, firmware.Options{Limits: limits, Workers: 2})
		}
	})
}
