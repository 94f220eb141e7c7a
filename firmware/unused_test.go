package firmware_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

const secret = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkg2Wf0PSMGTDWk0HTrTWZGqm7ZCWkkD4J7IK2xNDLSoAoGCCqGSM49\n-----END EC PRIVATE KEY-----\n"

// madeFileSystems are images that tools make from one folder.
var madeFileSystems = []struct{ name, tool, args string }{
	{"ext2", "mke2fs", "-q -t ext2 -d tree out 8M"},
	{"ext3 of 1 KiB blocks", "mke2fs", "-q -t ext3 -b 1024 -d tree out 16M"},
	{"ext4", "mke2fs", "-q -t ext4 -d tree out 16M"},
	{"ext4 of many features", "mke2fs", "-q -t ext4 -O inline_data,quota,project,sparse_super2,mmp -d tree out 16M"},
	{"ext4 with meta groups", "mke2fs", "-q -t ext4 -b 1024 -g 1024 -O meta_bg,^resize_inode -d tree out 16M"},
	{"ext4 with clusters", "mke2fs", "-q -t ext4 -O bigalloc -d tree out 16M"},
	{"rock ridge", "genisoimage", "-quiet -R -o out tree"},
	{"joliet", "genisoimage", "-quiet -J -o out tree"},
	{"both", "genisoimage", "-quiet -R -J -o out tree"},
	{"zip", "zip", "-qr out tree"},
	{"squashfs", "mksquashfs", "tree out -quiet -no-progress -xattrs"},
	{"squashfs with xz", "mksquashfs", "tree out -quiet -no-progress -comp xz -Xdict-size 8K"},
	{"romfs", "genromfs", "-d tree -f out"},
	{"cramfs", "mkfs.cramfs", "tree out"},
	{"jffs2", "mkfs.jffs2", "-r tree -o out -e 64KiB -p1MiB"},
	{"erofs", "mkfs.erofs", "-d0 out tree"},
	{"erofs in chunks", "mkfs.erofs", "-d0 --chunksize=4096 out tree"},
	{"erofs with lz4", "mkfs.erofs", "-d0 -zlz4hc -C16384 out tree"},
	{"ubifs", "mkfs.ubifs", "-r tree -o out -m 2048 -e 126976 -c 100"},
	{"ubifs in ubi", "sh", "ubi.sh"},
}

// makeUBI puts a file system into a volume, and two free eraseblocks behind it.
const makeUBI = `set -e
mkfs.ubifs -r tree -o ubifs -m 2048 -e 126976 -c 100
printf '[rootfs]\nmode=ubi\nimage=ubifs\nvol_id=0\nvol_type=dynamic\nvol_name=rootfs\nvol_size=8MiB\n' > ini
ubinize -o out -m 2048 -p 128KiB ini
dd if=out of=free bs=64 count=1
for i in 1 2; do cat free; head -c 131008 /dev/zero | tr '\0' '\377'; done >> out
`

func madeFileSystem(t *testing.T, tool, args string) []byte {
	t.Helper()
	name := reference.Need(t, tool)
	dir := t.TempDir()
	for file, content := range map[string]string{
		"etc/passwd": "root:x:0:0::/:/bin/sh\n", "short": "short\n", "lib/long": strings.Repeat("a line of text\n", 9000),
	} {
		file = filepath.Join(dir, "tree", file)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(strings.Repeat("far/", 30), filepath.Join(dir, "tree", "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ubi.sh"), []byte(makeUBI), 0o644); err != nil {
		t.Fatal(err)
	}
	if tool == "sh" {
		reference.Need(t, "mkfs.ubifs")
		reference.Need(t, "ubinize")
	}
	out := "out"
	if tool == "zip" {
		out = "out.zip"
	}
	reference.Run(t, dir, name, strings.Fields(args)...)
	data, err := os.ReadFile(filepath.Join(dir, out))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// shows reports whether a raw file has just that content.
func shows(img *firmware.Image, content string) bool {
	return slices.ContainsFunc(img.Files, func(f *firmware.File) bool {
		return f.Kind == firmware.Raw && f.Digest == sha256.Sum256([]byte(content))
	})
}

// What nothing in a file system refers to is not opened: a key in it is a part of
// its own, and much of anything is told.
func TestUnusedBytesAreNotOpened(t *testing.T) {
	for _, m := range madeFileSystems {
		t.Run(m.name, func(t *testing.T) {
			data := madeFileSystem(t, m.tool, m.args)
			whole := reference.Open(t, data)
			if n := unexplained(whole); n > 0 || len(whole.Skipped) > 0 {
				t.Fatalf("%d bytes of a new file system are unexplained: %v %v", n, whole.Ranges, whole.Skipped)
			}
			for _, r := range whole.Ranges {
				if r.Class != firmware.Padding || r.Length < 200<<10 {
					continue
				}
				at := (r.Offset + r.Length/2) &^ 4095
				hidden := slices.Clone(data)
				copy(hidden[at:], secret)
				if img := reference.Open(t, hidden); !shows(img, secret) || unexplained(img) != int64(len(secret)) {
					t.Errorf("a key at 0x%x: %v", at, img.Ranges)
				}
				copy(hidden[at:], chance(64<<10))
				if n := unexplained(reference.Open(t, hidden)); n < 64<<10-256 {
					t.Errorf("64 KiB at 0x%x: %d bytes are unexplained", at, n)
				}
			}
		})
	}
}

// Behind the end of a file, in its last block, may be as much as a key.
func TestSlackIsNotOpened(t *testing.T) {
	for _, m := range madeFileSystems[:1] {
		data := madeFileSystem(t, m.tool, m.args)
		f := reference.Find(t, reference.Open(t, data), "!short")
		copy(data[f.Offset+f.Size+16:], secret)
		if img := reference.Open(t, data); !shows(img, secret) || unexplained(img) != int64(len(secret)) {
			t.Errorf("%s: %v", m.name, img.Ranges)
		}
	}
}

// A run to which nothing refers is looked into as other bytes are.
// A file system without padding may have a gap between a block and the next thing:
// here it claims more bytes than its tables have.
func TestGapBehindTables(t *testing.T) {
	data := firmwaretest.Squashfs(firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"))
	size := binary.LittleEndian.Uint64(data[40:])
	binary.LittleEndian.PutUint64(data[40:], size+uint64(len(secret)))
	if img := reference.Open(t, append(data[:size:size], secret...)); !shows(img, secret) || unexplained(img) != int64(len(secret)) {
		t.Errorf("%v", img.Ranges)
	}
	data = madeFileSystem(t, "genromfs", "-d tree -f out")
	data = append(data, make([]byte, 1<<10)...)
	at := copy(data[len(data)-1<<10:], secret)
	size32 := uint32(len(data) - 1<<10 + at)
	binary.BigEndian.PutUint32(data[8:], size32)
	binary.BigEndian.PutUint32(data[12:], 0)
	sum := uint32(0)
	for i := 0; i < 512; i += 4 {
		sum += binary.BigEndian.Uint32(data[i:])
	}
	binary.BigEndian.PutUint32(data[12:], -sum)
	if img := reference.Open(t, data[:size32]); !shows(img, secret) || unexplained(img) != int64(len(secret)) {
		t.Errorf("romfs: %v", img.Ranges)
	}
}

func TestContainerInUnusedBytes(t *testing.T) {
	data := madeFileSystem(t, "mke2fs", madeFileSystems[0].args)
	inner := firmwaretest.Squashfs(firmwaretest.Text("etc/hidden", 0o644, secret))
	copy(data[6<<20:], inner)
	img := reference.Open(t, data)
	reference.Find(t, img, "!ext!unused!squashfs!etc/hidden")
}

// A file may be called as the part is in which unused bytes are.
func TestUnusedNames(t *testing.T) {
	data := zipWithGap(firmwaretest.Zip(firmwaretest.Text("unused", 0o644, "a"), firmwaretest.Text("unused@!range-0x000000aa", 0o644, "b")), []byte(secret))
	if img := reference.Open(t, data); !shows(img, secret) {
		t.Errorf("%v", img.Ranges)
	}
}

// zipWithGap puts bytes between the members and the directory of an archive.
func zipWithGap(data, gap []byte) []byte {
	end := len(data) - 22
	at := binary.LittleEndian.Uint32(data[end+16:])
	out := slices.Concat(data[:at], gap, data[at:])
	binary.LittleEndian.PutUint32(out[end+len(gap)+16:], at+uint32(len(gap)))
	return out
}

func TestGapInZip(t *testing.T) {
	plain := firmwaretest.Zip(firmwaretest.Text("etc/passwd", 0o644, strings.Repeat("root:x:0:0::/:/bin/sh\n", 100)), firmwaretest.Text("b", 0o644, ""))
	if n := unexplained(reference.Open(t, plain)); n > 0 {
		t.Fatalf("%d bytes of a whole archive are unexplained", n)
	}
	if n := unexplained(reference.Open(t, zipWithGap(plain, chance(20000)))); n != 20000 {
		t.Errorf("%d of 20000 bytes between the members and the directory are unexplained", n)
	}
	size := binary.LittleEndian.AppendUint64(nil, 24+4000)
	signed := slices.Concat(size, chance(4000), size, []byte("APK Sig Block 42"))
	if n := unexplained(reference.Open(t, zipWithGap(plain, signed))); n > 0 {
		t.Errorf("%d bytes of a block of signatures are unexplained", n)
	}
}

// Bytes behind a container are too few to matter, unless they are a key.
func TestShortLeftoverIsOffered(t *testing.T) {
	data := firmwaretest.Squashfs(firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"))
	data = append(data, bytes.Repeat([]byte{0}, -len(data)&4095)...)
	if img := reference.Open(t, append(data, secret...)); !shows(img, secret) {
		t.Errorf("%v", img.Ranges)
	}
}

// A key in a free eraseblock, in what fills the last block of a member, in the
// content of an archive's trailer, and in bytes of a file that were overwritten.
func TestKeysInOldPlaces(t *testing.T) {
	free := madeFileSystem(t, "sh", "ubi.sh")
	copy(free[len(free)-100<<10:], secret)
	replaced := madeFileSystem(t, "sh", "ubi.sh") // an eraseblock that another one replaced
	volumeBlock := slices.Clone(replaced[4*(128<<10) : 5*(128<<10)])
	copy(volumeBlock[8192:], secret)
	replaced = append(replaced, volumeBlock...)
	archive := firmwaretest.Tar(firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"))
	copy(archive[bytes.Index(archive, []byte("root:x"))+64:], secret)
	for name, data := range map[string][]byte{
		"free eraseblock": free, "last block of a member": archive,
		"trailer": trailerWith(firmwaretest.Cpio(firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n")), secret),
	} {
		t.Run(name, func(t *testing.T) {
			if img := reference.Open(t, data); !shows(img, secret) || unexplained(img) < int64(len(secret)) {
				t.Errorf("%v", img.Ranges)
			}
		})
	}
	if n := unexplained(reference.Open(t, replaced)); n < int64(len(secret)) {
		t.Errorf("%d bytes of a replaced eraseblock are unexplained", n)
	}
}

// trailerWith gives the trailer of an archive a content.
func trailerWith(data []byte, content string) []byte {
	at := bytes.LastIndex(data, []byte("070701"))
	trailer := slices.Clone(data[at : at+124])
	copy(trailer[54:], []byte(fmt.Sprintf("%08x", len(content))))
	return slices.Concat(data[:at], trailer, []byte(content), make([]byte, -len(content)&3))
}
