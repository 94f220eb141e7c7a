package firmware_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

const key = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkg2Wf0PSMGTDWk0HTrTWZGqm7ZCWkkD4J7IK2x\n"

// offered reports whether an image has a file, of whatever kind, that holds the key.
func offered(img *firmware.Image) bool {
	for _, f := range img.Files {
		if b, err := f.ReadFile(); err == nil && bytes.Contains(b, []byte(key)) {
			return true
		}
	}
	return false
}

// A key where a packer may put anything, or in a file without a name, is in a file that
// is offered; in the content of a folder it is told.
func TestHidden(t *testing.T) {
	le := binary.LittleEndian
	plain := firmwaretest.Tar(firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"))
	frame := le.AppendUint32(le.AppendUint32(nil, 0x184d2a53), uint32(len(key)))
	extra := le.AppendUint16(le.AppendUint16(nil, 0x9999), uint16(len(key)))
	var packed bytes.Buffer
	z, _ := zstd.NewWriter(&packed)
	_, _ = z.Write(plain)
	_ = z.Close()
	gz := func(extra string) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Extra = []byte(extra)
		_, _ = w.Write(plain)
		_ = w.Close()
		return b.Bytes()
	}
	zipped := func(comment string, h zip.FileHeader, content string) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		_ = w.SetComment(comment)
		first, _ := w.Create("etc/passwd")
		_, _ = first.Write([]byte("root:x:0:0::/:/bin/sh\n"))
		f, _ := w.CreateRaw(&h)
		_, _ = f.Write([]byte(content))
		_ = w.Close()
		return b.Bytes()
	}
	noted := func(value string) []byte { // in a record of a tar header
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		_ = w.WriteHeader(&tar.Header{Name: "a", Typeflag: tar.TypeReg, PAXRecords: map[string]string{"ACME.note": value}})
		_ = w.Close()
		return b.Bytes()
	}
	attribute := func(value string) []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		_ = w.WriteHeader(&tar.Header{Name: "a", Typeflag: tar.TypeReg, Format: tar.FormatPAX, PAXRecords: map[string]string{"SCHILY.xattr.user.note": value}})
		_ = w.Close()
		return b.Bytes()
	}
	for _, c := range reference.Open(t, attribute("a short value")).Containers {
		if strings.Contains(c.Path, "!attributes") {
			t.Errorf("a short value is offered: %s", c.Path)
		}
	}
	nameless := firmwaretest.Cpio(firmwaretest.Text("a", 0o644, "a"), firmwaretest.Text("b", 0o644, key))
	nameless[bytes.Index(nameless, []byte("b\x00"))] = '.'
	boot := make([]byte, 1<<20)
	copy(boot, key)
	copy(boot[446:], "\x00\x00\x00\x00\x83\x00\x00\x00\x01\x00\x00\x00\x00\x04\x00\x00")
	copy(boot[510:], "\x55\xaa")
	page := make([]byte, 3<<11) // the header's page, a kernel's
	copy(page, "ANDROID!\x00\x08")
	page[37] = 8
	copy(page[2000:], key[:48])
	copy(page[1700:], key)
	sparse := le.AppendUint16(le.AppendUint32([]byte("\x3a\xff\x26\xed\x01\x00\x00\x00\x1c\x00"), 0)[:10], uint16(12+len(key)))
	for _, v := range []uint32{4096, 1, 1, 0, 0xcac1, 1, uint32(12 + len(key) + 4096)} {
		sparse = le.AppendUint32(sparse, v)
	}
	sparse = slices.Concat(sparse, []byte(key), bytes.Repeat([]byte("content "), 512))
	var small bytes.Buffer
	zs := gzip.NewWriter(&small)
	_, _ = zs.Write([]byte(key))
	_ = zs.Close()
	behind := func(packed []byte) []byte { // in the middle of an image
		return slices.Concat(firmwaretest.Cpio(firmwaretest.Text("a", 0o644, "a")), packed, []byte("and more"))
	}
	var packedKey bytes.Buffer
	zw := zlib.NewWriter(&packedKey)
	_, _ = zw.Write([]byte(key))
	_ = zw.Close()
	summed, _ := zstd.NewWriter(nil, zstd.WithEncoderCRC(true))
	sized, _ := zstd.NewWriter(nil, zstd.WithEncoderCRC(false), zstd.WithSingleSegment(true))
	n, sum := uint64(len(key)), crc32.ChecksumIEEE([]byte(key))
	for name, c := range map[string]struct {
		image []byte
		told  string // where the key is not offered
	}{
		"zstd, a frame to skip":    {slices.Concat(packed.Bytes(), frame, []byte(key)), ""},
		"gzip, an extra field":     {gz(string(extra) + key), ""},
		"gzip, of a second member": {slices.Concat(gz(""), gz(string(extra)+key)), ""},
		"zip, the comment":         {zipped(key, zip.FileHeader{Name: "a"}, ""), ""},
		"zip, of a member":         {zipped("", zip.FileHeader{Name: "a", Comment: key}, ""), ""},
		"zip, a packed comment":    {zipped(string(firmwaretest.Gzip("", []byte(key))), zip.FileHeader{Name: "a"}, ""), ""},
		"gzip, packed":             {gz(string(extra) + string(firmwaretest.Gzip("", []byte(key)))), ""},
		"tar, packed":              {noted(string(firmwaretest.Gzip("", []byte(key)))), ""},
		"zip, an extra field":      {zipped("", zip.FileHeader{Name: "a", Extra: append(extra, key...)}, ""), ""},
		"zip, no name":             {zipped("", zip.FileHeader{Name: ".", CRC32: sum, CompressedSize64: n, UncompressedSize64: n}, key), ""},
		"zip, a folder":            {zipped("", zip.FileHeader{Name: "a/", CRC32: sum, CompressedSize64: n, UncompressedSize64: n}, key), "has a content"},
		"tar, an attribute":        {attribute(key), ""},
		"cpio, no name":            {nameless, ""},
		"MBR, the code":            {boot, ""},
		"Android, a boot page":     {page, ""},
		"Android, a chunk":         {sparse, ""},
		"a small zlib":             {behind(packedKey.Bytes()), ""},
		"a small zstd":             {behind(summed.EncodeAll([]byte(key), nil)), ""},
		"a small zstd with a size": {behind(sized.EncodeAll([]byte(key), nil)), ""},
		"a small stream":           {slices.Concat(firmwaretest.Cpio(firmwaretest.Text("a", 0o644, "a")), small.Bytes()), ""},
	} {
		img := reference.Open(t, c.image)
		told := slices.ContainsFunc(img.Skipped, func(s firmware.Skipped) bool { return c.told != "" && strings.Contains(s.Reason, c.told) })
		if offered(img) == (c.told != "") || told != (c.told != "") {
			t.Errorf("%s: offered %v, told %v: %+v", name, offered(img), told, img.Skipped)
		}
	}
}

// A key of which one part lies in one run, and the other in the next, is in one file
// that is offered.
func TestSeam(t *testing.T) {
	reference.Need(t, "mkfs.ext4")
	dir := t.TempDir()
	reference.Run(t, dir, "mkfs.ext4", "-q", "-b", "1024", "-I", "256", "-O", "^has_journal,^flex_bg,^64bit", "img", "16M")
	image, err := os.ReadFile(filepath.Join(dir, "img"))
	if err != nil {
		t.Fatal(err)
	}
	long := bytes.Repeat([]byte("text of a log\n"), (65<<20)/14)
	mid := 64<<20 - len(key)/2
	copy(long[mid:], key)
	table := int(binary.LittleEndian.Uint32(image[2048+32+8:])) * 1024 // of the second group
	inodes := table + int(binary.LittleEndian.Uint32(image[1024+40:]))*256
	for name, c := range map[string]struct {
		image []byte
		at    int
	}{
		"behind free inodes":            {image, inodes - len(key)/2},
		"behind free inodes, cut early": {image, inodes - 3},
		"in a long run":                 {long, mid},
	} {
		b := bytes.Clone(c.image)
		copy(b[c.at:], key)
		img := reference.Open(t, b)
		if !offered(img) {
			t.Errorf("%s: not offered", name)
		}
		seams := 0
		for _, f := range img.Files {
			if strings.Contains(f.Path, "!seam-") {
				seams++
			}
		}
		if seams != 1 {
			t.Errorf("%s: %d seams", name, seams)
		}
	}
}

// A journal in use holds the head of its file system and a folder: none of them is
// taken for another file system, or for a broken one.
func TestJournal(t *testing.T) {
	reference.Need(t, "mkfs.ext4")
	reference.Need(t, "debugfs")
	dir := t.TempDir()
	reference.Run(t, dir, "mkfs.ext4", "-q", "-b", "4096", "img", "64M")
	reference.Run(t, dir, "sh", "-c", `dd if=img of=head bs=4096 count=1 2>/dev/null && (echo jo; echo jw -b 0,1 head; echo jc) | debugfs -w img >/dev/null 2>&1`)
	image, err := os.ReadFile(filepath.Join(dir, "img"))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(image, image[1024+0x68:1024+0x78]); n < 3 { // in the head of the journal too
		t.Fatalf("the identifier of the file system is there %d times", n)
	}
	img := reference.Open(t, image)
	for _, s := range img.Skipped {
		if !strings.Contains(s.Reason, "the journal was noticed") {
			t.Errorf("told: %+v", s)
		}
	}
	for _, k := range img.Containers {
		if k.Type != "ext" && k.Type != "raw" || strings.Count(k.Path, "!ext") > 1 {
			t.Errorf("opened: %s", k.Path)
		}
	}
}

// A key in bytes that belong to a file system and say nothing to its reader is in a
// file that is offered; noise there is not opened.
func TestUnread(t *testing.T) {
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(filepath.Join(dir, "tree"), 0o755))
	must(os.WriteFile(filepath.Join(dir, "tree", "file"), []byte("content\n"), 0o644))
	blocks := func(b []byte, n int) int { return int(binary.LittleEndian.Uint32(b[n:])) }
	for name, c := range map[string]struct {
		tool  []string
		place func(b []byte) int
		noise int // bytes of noise that fit there
	}{
		"ext, descriptors": {[]string{"mkfs.ext4", "-q", "-b", "4096", "-d", "tree", "img", "8M"}, func([]byte) int { return 4096 + 1000 }, 0},
		"ext, an inode":    {[]string{"mkfs.ext4", "-q", "-b", "4096", "-d", "tree", "img", "8M"}, func(b []byte) int { return blocks(b, 4096+8)*4096 + 100*256 }, 64 << 10},
		"ext, the journal": {[]string{"mkfs.ext4", "-q", "-b", "4096", "-d", "tree", "img", "16M"}, func(b []byte) int {
			return (bytes.Index(b[4096:], []byte("\xc0\x3b\x39\x98\x00\x00\x00\x04"))/4096 + 3) * 4096
		}, 64 << 10},
		"ext, a directory": {[]string{"mkfs.ext4", "-q", "-b", "4096", "-d", "tree", "img", "8M"}, func(b []byte) int {
			return bytes.Index(b, []byte("\x0a\x02lost+found")) + 100 // the entry of the root goes on to the end of its block
		}, 0},
		"FAT, the boot sector": {[]string{"mkfs.vfat", "-C", "img", "1440"}, func([]byte) int { return 100 }, 0},
		"ISO, a descriptor":    {[]string{"genisoimage", "-quiet", "-R", "-o", "img", "tree"}, func([]byte) int { return 0x8000 + 900 }, 0},
		"ISO, a directory": {[]string{"genisoimage", "-quiet", "-R", "-o", "img", "tree"}, func(b []byte) int {
			return blocks(b, 0x8000+158)*2048 + 1900
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			reference.Need(t, c.tool[0])
			_ = os.Remove(filepath.Join(dir, "img"))
			reference.Run(t, dir, c.tool[0], c.tool[1:]...)
			image, err := os.ReadFile(filepath.Join(dir, "img"))
			must(err)
			for _, f := range reference.Open(t, image).Files {
				if strings.Contains(f.Path, "ext!unread") {
					t.Errorf("offered before: %s of %d bytes", f.Path, f.Size)
				}
			}
			at := c.place(image)
			copy(image[at:], key)
			if !offered(reference.Open(t, image)) {
				t.Errorf("not offered")
			}
			clear(image[at : at+len(key)])
			copy(image[at:], firmwaretest.Gzip("", []byte(key)))
			if !offered(reference.Open(t, image)) {
				t.Errorf("packed: not offered")
			}
			if c.noise == 0 {
				return
			}
			copy(image[at:], noise(c.noise))
			n := int64(0)
			for _, r := range reference.Open(t, image).Ranges {
				if r.Class == firmware.Unexplained && r.Offset >= int64(at)-16<<10 {
					n += r.Length
				}
			}
			if n < int64(c.noise)/2 {
				t.Errorf("%d bytes of %d are unexplained", n, c.noise)
			}
		})
	}
}
