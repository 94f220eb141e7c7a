package firmware_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// program64 is a program of 64 bits with 4 KiB of code, and constants behind it: with
// sections, or with segments only.
func program64(sections bool, constants []byte) []byte {
	const header, code = 64, 4096
	le := binary.LittleEndian
	body := slices.Concat(make([]byte, header+2*56), bytes.Repeat([]byte("\x55\x48\x89\xe5"), code/4))
	from := len(body)
	body = append(body, constants...)
	names := len(body)
	body = append(body, "\x00.text\x00.rodata\x00.shstrtab\x00"...)
	copy(body, "\x7fELF\x02\x01\x01")
	le.PutUint16(body[16:], 2)
	le.PutUint16(body[18:], 183)
	le.PutUint64(body[32:], header)
	le.PutUint16(body[54:], 56)
	le.PutUint16(body[56:], 2)
	le.PutUint16(body[58:], 64)
	for i, s := range [][3]int{{5, 0, from}, {4, from, names - from}} {
		at := header + i*56
		le.PutUint32(body[at:], 1)
		le.PutUint32(body[at+4:], uint32(s[0]))
		le.PutUint64(body[at+8:], uint64(s[1]))
		le.PutUint64(body[at+32:], uint64(s[2]))
	}
	if !sections {
		return body[:names]
	}
	le.PutUint64(body[40:], uint64(len(body)))
	le.PutUint16(body[60:], 4)
	le.PutUint16(body[62:], 3)
	for _, s := range [][5]int{{}, {1, 1, 6, header + 2*56, code}, {7, 1, 2, from, len(constants)}, {15, 3, 0, names, len(body) - names}} {
		var one [64]byte
		le.PutUint32(one[:], uint32(s[0]))
		le.PutUint32(one[4:], uint32(s[1]))
		le.PutUint64(one[8:], uint64(s[2]))
		le.PutUint64(one[24:], uint64(s[3]))
		le.PutUint64(one[32:], uint64(s[4]))
		body = append(body, one[:]...)
	}
	return body
}

// packages are containers as makers link them into a program, each with a private key.
func packages() map[string][]byte {
	k := firmwaretest.Text("etc/server.key", 0o600, key)
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write([]byte(key + strings.Repeat("and more of the page\n", 100)))
	_ = w.Close()
	return map[string][]byte{
		"squashfs": firmwaretest.Squashfs(k),
		"cpio":     firmwaretest.Cpio(k),
		"tar":      firmwaretest.Tar(k),
		"tgz":      firmwaretest.Gzip("", firmwaretest.Tar(k)),
		"zip":      firmwaretest.Zip(k),
		"gz":       firmwaretest.Gzip("", []byte(key+strings.Repeat("and more of the page\n", 100))),
		"zlib":     z.Bytes(),
	}
}

// showsKey reports whether the private key was shown as a file, or in one.
func showsKey(t *testing.T, image []byte) bool {
	t.Helper()
	img := reference.Open(t, image)
	for _, s := range img.Skipped {
		t.Error(s)
	}
	return slices.ContainsFunc(img.Files, func(f *firmware.File) bool {
		if f.Kind != firmware.Regular && f.Kind != firmware.Raw {
			return false
		}
		content, err := f.ReadFile()
		return err == nil && bytes.HasPrefix(content, []byte(key))
	})
}

// What is linked into a program is opened, in a root file system and in an archive.
func TestCarriedByProgram(t *testing.T) {
	text := []byte(strings.Repeat("usage: agent [-v]\x00", 300))
	for name, inner := range packages() {
		for _, sections := range []bool{true, false} {
			prog := program64(sections, slices.Concat(text, inner, text))
			if !showsKey(t, rootWith("usr/sbin/agent", prog)) {
				t.Errorf("%s in a root, sections %v: not opened", name, sections)
			}
			if !showsKey(t, firmwaretest.Tar(firmwaretest.Binary("agent", 0o755, prog))) {
				t.Errorf("%s in a tar, sections %v: not opened", name, sections)
			}
		}
	}
}

// What a program compares magics with is no container, and what it has packed that
// nobody looks for is quiet.
func TestCarriedNothing(t *testing.T) {
	binary := bytes.Repeat([]byte("\x0a\x07descrip\x12\x00\x01\x02\x03"), 400)
	for name, constants := range map[string][]byte{
		"magics":      []byte("hsqs\x00sqsh\x00PK\x03\x04\x00PK\x05\x06\x00\x1f\x8b\x08\x00070701\x00ustar\x00\xfd7zXZ\x00\x28\xb5\x2f\xfd\x00BZh9\x007z\xbc\xaf\x27\x1c\x00UBI#\x00\x27\x05\x19\x56" + strings.Repeat("\x00\x01text", 200)),
		"empty zip":   slices.Concat([]byte("PK\x05\x06"), make([]byte, 400)),
		"cut gzip":    slices.Concat(firmwaretest.Gzip("", binary)[:30], make([]byte, 400)),
		"descriptors": slices.Concat(make([]byte, 100), firmwaretest.Gzip("", binary), make([]byte, 100)),
	} {
		img := reference.Open(t, rootWith("usr/bin/tool", program64(true, constants)))
		if len(img.Skipped) > 0 {
			t.Errorf("%s: %v", name, img.Skipped)
		}
		if want := "squashfs"; name != "descriptors" && types(img) != want {
			t.Errorf("%s: %s, want %s", name, types(img), want)
		}
		for _, r := range img.Ranges {
			if r.Class == firmware.Unexplained {
				t.Errorf("%s: %+v", name, r)
			}
		}
	}
}

// What lies deep in a file of a root file system that nobody knows is opened; the file's
// own bytes are judged as those of any file.
func TestCarriedByUnknown(t *testing.T) {
	boot := bytes.Repeat([]byte("\x02\x00\xa0\xe3\x01\x10\x8f\xe2boot"), 20_000)
	for name, inner := range packages() {
		if !showsKey(t, rootWith("opt/recovery.bin", slices.Concat(boot, inner, boot))) {
			t.Errorf("%s: not opened", name)
		}
	}
	img := reference.Open(t, rootWith("opt/recovery.bin", slices.Concat(boot, packages()["squashfs"], opaqueBytes(64<<10))))
	if !skipped(img, "not recognised: encrypted") {
		t.Error("what is encrypted behind it counts as seen")
	}
	if img := reference.Open(t, rootWith("opt/recovery.bin", boot)); types(img) != "squashfs" || len(img.Skipped) > 0 {
		t.Error(types(img), img.Skipped)
	}
}
