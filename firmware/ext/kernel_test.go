package ext_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// mount has the kernel mount an image, or skips the test.
func mount(t *testing.T, img, options string) string {
	t.Helper()
	tool, dir := reference.Need(t, "mount"), t.TempDir()
	if out, err := exec.Command(tool, "-t", "ext4", "-o", "loop,"+options, img, dir).CombinedOutput(); err != nil {
		t.Skipf("cannot mount here: %v %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", dir).Run() })
	return dir
}

// fill has the kernel write what mke2fs does not: files in pieces, blocks that
// are reserved and not written, large directories with a hash tree, and
// attributes that need an inode.
func fill(t *testing.T, dir string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for d, n := range map[string]int{"few": 3, "many": 900} {
		must(os.Mkdir(filepath.Join(dir, d), 0o2750))
		for i := range n {
			name := filepath.Join(dir, d, fmt.Sprintf("%s-%d", strings.Repeat("n", 1+i%60), i))
			must(os.WriteFile(name, bytes.Repeat([]byte{byte(i)}, i%130), 0o640))
		}
		for i := 0; i < n; i += 3 {
			must(os.Remove(filepath.Join(dir, d, fmt.Sprintf("%s-%d", strings.Repeat("n", 1+i%60), i))))
		}
	}
	f, err := os.Create(filepath.Join(dir, "pieces"))
	must(err)
	for i := range int64(800) {
		_, err := f.WriteAt([]byte(fmt.Sprint("piece ", i)), i*8192)
		must(err)
	}
	reserve(t, f, 3<<20, 4<<20)
	must(f.Close())
	if f, err = os.Create(filepath.Join(dir, "reserved")); err == nil {
		reserve(t, f, 0, 100_000)
		_, err = f.WriteAt([]byte("in the middle"), 50_000)
		must(err)
		must(f.Close())
	}
	must(syscall.Mknod(filepath.Join(dir, "far"), syscall.S_IFCHR|0o600, 0x11112c70))
	must(syscall.Mknod(filepath.Join(dir, "near"), syscall.S_IFBLK|0o600, 8<<8|1))
	must(os.Symlink(strings.Repeat("l", 300), filepath.Join(dir, "link")))
	must(os.Chown(filepath.Join(dir, "reserved"), 100_000, 200_000))
	for name, n := range map[string]int{"pieces": 10, "reserved": 700, "few": 3000} {
		p := filepath.Join(dir, name)
		if err := syscall.Setxattr(p, "user.note", bytes.Repeat([]byte(name[:1]), n), 0); err != nil {
			t.Logf("%d bytes of an attribute: %v", n, err)
		}
	}
}

// reserve has the kernel reserve blocks without writing them, where the file
// system can.
func reserve(t *testing.T, f *os.File, off, n int64) {
	t.Helper()
	if err := syscall.Fallocate(int(f.Fd()), 0, off, n); err != nil && !errors.Is(err, syscall.EOPNOTSUPP) {
		t.Fatal(err)
	}
}

// seen describes a folder with times, attributes and devices.
func seen(t *testing.T, dir string) []string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, p)
		s := info.Sys().(*syscall.Stat_t)
		line := fmt.Sprintf("%q %v %o %d:%d %d", name, info.Mode().Type(), s.Mode&0o7777, s.Uid, s.Gid, info.ModTime().UnixNano())
		if info.Mode()&fs.ModeDevice != 0 {
			line += fmt.Sprintf(" %d,%d", s.Rdev>>8&0xfff, s.Rdev&0xff|s.Rdev>>12&0xfff00)
		}
		if info.Mode().IsRegular() {
			b, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			line += fmt.Sprintf(" %x", sha256.Sum256(b))
		}
		value := make([]byte, 1<<16)
		if n, err := syscall.Getxattr(p, "user.note", value); err == nil {
			line += fmt.Sprintf(" user.note=%s", value[:n])
		}
		lines = append(lines, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func ours(img *firmware.Image) []string {
	types := map[firmware.Kind]fs.FileMode{
		firmware.Directory: fs.ModeDir, firmware.Symlink: fs.ModeSymlink, firmware.CharDevice: fs.ModeDevice | fs.ModeCharDevice,
		firmware.BlockDevice: fs.ModeDevice,
	}
	var lines []string
	for _, f := range img.Files {
		if f.Container != img.Containers[0] {
			continue
		}
		mode := uint32(f.Mode.Perm())
		for bit, set := range map[fs.FileMode]uint32{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
			if f.Mode&bit != 0 {
				mode |= set
			}
		}
		line := fmt.Sprintf("%q %v %o %d:%d %d", f.Name, types[f.Kind], mode, f.UID, f.GID, f.ModTime.UnixNano())
		switch f.Kind {
		case firmware.CharDevice, firmware.BlockDevice:
			line += fmt.Sprintf(" %d,%d", f.Rdev>>32, uint32(f.Rdev))
		case firmware.Regular:
			line += fmt.Sprintf(" %x", f.Digest)
		}
		for _, name := range slices.Sorted(maps.Keys(f.Xattrs)) {
			line += fmt.Sprintf(" %s=%s", name, f.Xattrs[name])
		}
		lines = append(lines, line)
	}
	return lines
}

// TestKernel compares with what the kernel wrote and reads.
func TestKernel(t *testing.T) {
	for _, options := range []string{
		"-t ext2 -b 1024", "-t ext3 -b 1024", "-t ext4 -b 1024", "-t ext4 -b 1024 -O inline_data,ea_inode,metadata_csum_seed",
		"-t ext4 -b 4096 -O bigalloc,ea_inode -C 16384", "-t ext4 -b 2048 -O ^metadata_csum,uninit_bg,large_dir",
	} {
		t.Run(options, func(t *testing.T) {
			img := pack(t, "", "32M", append(strings.Fields(options), "-N", "2000")...)
			dir := mount(t, img, "rw")
			fill(t, dir)
			want := seen(t, dir)
			reference.Run(t, ".", "umount", dir)
			opened := open(t, img)
			for _, s := range opened.Skipped {
				if !strings.HasPrefix(s.Reason, "not recognised: ") { // a content that is like no other
					t.Errorf("skipped: %+v", s)
				}
			}
			reference.Compare(t, ours(opened), want)
		})
	}
}

// TestRecovery reads an image that was copied while the kernel wrote to it.
func TestRecovery(t *testing.T) {
	img := pack(t, "", "16M", "-t", "ext4")
	dir := mount(t, img, "rw")
	if err := os.WriteFile(filepath.Join(dir, "early"), []byte("early"), 0o600); err != nil {
		t.Fatal(err)
	}
	reference.Run(t, ".", "sync", "-f", dir)
	data, err := os.ReadFile(img)
	if err != nil {
		t.Fatal(err)
	}
	opened := reference.Open(t, data)
	k := opened.Containers[0]
	if k.Attributes["journal"] != "needs recovery, not replayed" || len(opened.Skipped) != 1 || !strings.Contains(opened.Skipped[0].Reason, "not replayed") {
		t.Errorf("%v %+v", k.Attributes, opened.Skipped)
	}
}

// TestEncrypted reads what the kernel encrypted with a key for tests.
func TestEncrypted(t *testing.T) {
	img := pack(t, "", "16M", "-t", "ext4", "-O", "encrypt")
	dir := mount(t, img, "test_dummy_encryption")
	for _, name := range []string{"clear", "secret"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "secret", "key"), []byte("key"), 0o600); err != nil {
		t.Fatal(err)
	}
	reference.Run(t, ".", "umount", dir)
	opened := open(t, img)
	if len(opened.Skipped) == 0 {
		t.Error("nothing is encrypted")
	}
	for _, s := range opened.Skipped {
		if !strings.Contains(s.Reason, "encrypted") {
			t.Errorf("skipped: %+v", s)
		}
	}
}

// TestCorpus reads the file systems that lie plainly in images beside the
// project, and has the kernel read them.
func TestCorpus(t *testing.T) {
	images, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "corpus", "*.img"))
	found := 0
	for _, name := range images {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		opened := reference.Open(t, data)
		for _, k := range opened.Containers {
			at := int64(0)
			for p := k; p != nil; p = p.Parent {
				at += p.Offset
			}
			if k.Type != "ext" || at > int64(len(data)) || !bytes.HasPrefix(data[at+0x438:], []byte{0x53, 0xef}) {
				continue
			}
			found++
			t.Run(filepath.Base(name), func(t *testing.T) {
				img := filepath.Join(t.TempDir(), "img")
				if err := os.WriteFile(img, data[at:][:k.Length], 0o600); err != nil {
					t.Fatal(err)
				}
				reference.Compare(t, reference.InImage(opened, "ext"), reference.OnDisk(t, mount(t, img, "ro,noload")))
			})
		}
	}
	if found == 0 {
		t.Skip("no such images beside the project")
	}
}
