package zipfile_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/zipfile"
)

func seeds() [][]byte {
	return [][]byte{firmwaretest.Zip(
		firmwaretest.Text("manifest.json", 0o644, `{"version": "1.2"}`),
		firmwaretest.Symlink("latest", "manifest.json"),
		firmwaretest.Binary("image.bin", 0o644, firmwaretest.Kernel("1", 5000)),
	)}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, zipfile.Format, seeds()...) }

func FuzzZip(f *testing.F) {
	formattest.Fuzz(f, zipfile.Format, append(seeds(), packed(f, 93, byZstd), packed(f, 95, byXZ))...)
}

// TestTwoNames changes the header in front of an entry, which the directory of
// the archive contradicts then: that is told.
func TestTwoNames(t *testing.T) {
	whole := seeds()[0]
	if img := reference.Open(t, whole); len(img.Containers[0].Damage) > 0 {
		t.Fatalf("a whole archive is damaged: %v", img.Containers[0].Damage)
	}
	method := bytes.Clone(whole)
	method[8] ^= 1
	for want, image := range map[string][]byte{
		`the header of "manifest.json" calls it "manifest.jsoN"`: bytes.Replace(whole, []byte("manifest.json"), []byte("manifest.jsoN"), 1),
		"compression method": method,
	} {
		img := reference.Open(t, image)
		told := ""
		for _, s := range img.Skipped {
			told += s.Reason + "\n"
		}
		if !strings.Contains(told, want) {
			t.Errorf("not told: %s; but %q", want, told)
		}
	}
}

// TestCountsFront reads an archive behind a program whose bytes its offsets count, as
// those that unpack themselves do; and one whose offsets count more than is there.
func TestCountsFront(t *testing.T) {
	program := bytes.Repeat([]byte("#!/bin/sh\n"), 400)
	for name, c := range map[string]struct {
		count, moved int
		whole        bool
	}{"all": {len(program), 0, true}, "none": {0, 0, true}, "moved": {0, 7, false}, "all, moved": {len(program), -7, false}} {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		w.SetOffset(int64(c.count))
		for _, file := range []string{"etc/a", "etc/b"} {
			f, err := w.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = f.Write([]byte("content of " + file))
		}
		link := &zip.FileHeader{Name: "etc/l"}
		link.SetMode(0o777 | fs.ModeSymlink)
		f, err := w.CreateHeader(link)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write([]byte("a"))
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		archive := b.Bytes()
		directory := archive[len(archive)-6:]
		binary.LittleEndian.PutUint32(directory, binary.LittleEndian.Uint32(directory)+uint32(c.moved))
		img := reference.Open(t, slices.Concat(program, archive))
		var links, damaged int
		for _, file := range img.Files {
			if file.Kind == firmware.Symlink && file.Link == "a" {
				links++
			}
		}
		for _, c := range img.Containers {
			damaged += len(c.Damage)
		}
		if whole := links == 1 && damaged == 0; whole != c.whole {
			t.Errorf("%s counted: %d links, damage in %d places", name, links, damaged)
		}
	}
}

// TestOverlap points two members at one content.
func TestOverlap(t *testing.T) {
	archive := stored(t, "a", "content", "b", "another")
	second := bytes.LastIndex(archive, []byte("PK\x01\x02"))
	copy(archive[second+42:], []byte{0, 0, 0, 0}) // the place of its header
	img := reference.Open(t, archive)
	told := slices.ContainsFunc(img.Skipped, func(s firmware.Skipped) bool { return strings.Contains(s.Reason, `shares bytes with "a"`) })
	if !told {
		t.Errorf("%+v", img.Skipped)
	}
}

// stored is an archive whose headers have all that is to be said of their members.
func stored(t *testing.T, namesAndContents ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for pair := range slices.Chunk(namesAndContents, 2) {
		n := uint64(len(pair[1]))
		f, err := w.CreateRaw(&zip.FileHeader{Name: pair[0], CRC32: crc32.ChecksumIEEE([]byte(pair[1])), CompressedSize64: n, UncompressedSize64: n})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write([]byte(pair[1]))
	}
	_ = w.Close()
	return b.Bytes()
}

// TestCut cuts an archive: the members that are whole are read, and that it is cut is
// told.
func TestCut(t *testing.T) {
	streamed := &bytes.Buffer{}
	w := zip.NewWriter(streamed)
	for _, name := range []string{"a", "b/", "b/c", "d"} {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if name != "b/" {
			_, _ = f.Write([]byte(strings.Repeat(name, 1000)))
		}
	}
	_ = w.Close()
	stored := stored(t, "a", strings.Repeat("a", 1000), "b/c", "c", "d", "d")
	for name, whole := range map[string][]byte{"streamed": streamed.Bytes(), "stored": stored} {
		last := bytes.LastIndex(whole[:bytes.Index(whole, []byte("PK\x01\x02"))], []byte("PK\x03\x04"))
		for behind, rest := range map[string][]byte{"nothing": nil, "squashfs": firmwaretest.Squashfs(firmwaretest.Text("etc/hidden", 0o644, "x"))} {
			img := reference.Open(t, slices.Concat(whole[:last+32], rest))
			if a := reference.Find(t, img, "!zip!a"); a.Size != 1000 || a.Err != nil {
				t.Errorf("%s: %d bytes, %v", name, a.Size, a.Err)
			}
			reference.Find(t, img, "!zip!b/c")
			if rest != nil {
				reference.Find(t, img, "etc/hidden")
			}
			told := ""
			for _, s := range img.Skipped {
				told += s.Reason + "\n"
			}
			if !strings.Contains(told, "ends before its directory") {
				t.Errorf("%s before %s: not told: %q", name, behind, told)
			}
		}
	}
}

// TestHeaders changes what the header in front of an entry says: that is told.
func TestHeaders(t *testing.T) {
	whole := stored(t, "file", strings.Repeat("text ", 100))
	for at, want := range map[int]string{6: "has the flags", 14: "another checksum", 18: "other sizes", 22: "other sizes"} {
		image := bytes.Clone(whole)
		image[at] ^= 1
		told := ""
		for _, s := range reference.Open(t, image).Skipped {
			told += s.Reason + "\n"
		}
		if !strings.Contains(told, want) {
			t.Errorf("byte %d: not told: %s; but %q", at, want, told)
		}
	}
}

// TestEmpty reads an archive of nothing, which is an end record and perhaps a comment.
func TestEmpty(t *testing.T) {
	for _, comment := range []string{"", "nothing to update"} {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		_ = w.SetComment(comment)
		_ = w.Close()
		img := reference.Open(t, b.Bytes())
		if len(img.Containers) != 1 || img.Containers[0].Type != "zip" || img.Containers[0].Length != int64(b.Len()) || len(img.Containers[0].Damage) > 0 {
			t.Errorf("comment %q: %+v, %+v", comment, img.Containers, img.Skipped)
		}
		img = reference.Open(t, firmwaretest.Tar(firmwaretest.Binary("empty.zip", 0o644, b.Bytes())))
		if len(img.Containers) != 2 || len(img.Skipped) > 0 {
			t.Errorf("in an archive, comment %q: %+v, %+v", comment, img.Containers, img.Skipped)
		}
	}
	torn := append([]byte("PK\x05\x06"), make([]byte, 30)...)
	torn[10] = 1 // an entry, and no directory
	if img := reference.Open(t, torn); len(img.Containers) > 0 && img.Containers[0].Type == "zip" {
		t.Errorf("opened: %+v", img.Containers)
	}
}

// TestSigningPairs has a block of Android's signatures with pairs beside those of the
// schemes, and with bytes that are no pair.
func TestSigningPairs(t *testing.T) {
	le := binary.LittleEndian
	pair := func(id uint32, value string) []byte {
		b := le.AppendUint32(le.AppendUint64(nil, uint64(4+len(value))), id)
		return append(b, value...)
	}
	for name, c := range map[string]struct {
		pairs []byte
		left  []string
	}{
		"signatures": {slices.Concat(pair(0x7109871a, "signature two"), pair(0xf05368c0, "signature three")), nil},
		"another":    {slices.Concat(pair(0x7109871a, "signature"), pair(0x71777777, "{\"channel\": \"shop\"}"), pair(0x42726577, "\x00\x00")), []string{"{\"channel\": \"shop\"}", "\x00\x00"}},
		"no pair":    {slices.Concat(pair(0x7109871a, "signature"), []byte("no pair is here")), []string{"no pair is here"}},
	} {
		whole := seeds()[0]
		at := bytes.Index(whole, []byte("PK\x01\x02"))
		size := uint64(len(c.pairs) + 8 + 16)
		block := slices.Concat(le.AppendUint64(nil, size), c.pairs, le.AppendUint64(nil, size), []byte("APK Sig Block 42"))
		data := slices.Concat(whole[:at], block, whole[at:])
		le.PutUint32(data[len(data)-6:], uint32(at+len(block)))
		o, err := zipfile.Format.Open(t.Context(), format.InMemory(data), format.NewBudget(100, 1<<20, 1<<20, 0))
		if err != nil {
			t.Fatal(err)
		}
		var left []string
		for _, s := range o.Unread {
			if s.Length > 0 {
				left = append(left, string(data[s.Offset:s.Offset+s.Length]))
			}
		}
		if !slices.Equal(left, c.left) || len(o.Unused) > 0 {
			t.Errorf("%s: left %q, unused %v", name, left, o.Unused)
		}
	}
}
