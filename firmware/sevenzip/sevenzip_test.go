package sevenzip_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
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
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/sevenzip"
)

// files are some of several kinds, with modes.
func files() map[string]struct {
	mode    fs.FileMode
	content []byte
} {
	type file = struct {
		mode    fs.FileMode
		content []byte
	}
	noise := make([]byte, 70_000)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(noise)
	return map[string]file{
		"etc/shadow":     {0o600, []byte("root::0:0:99999:7:::\n")},
		"etc/empty":      {0o644, nil},
		"bin/su":         {fs.ModeSetuid | 0o755, firmwaretest.Kernel("5.10.1", 300_000)},
		"bin/größe":      {0o755, bytes.Repeat([]byte{0xe8, 1, 2, 0, 0, 0x90, 0, 0xeb, 7, 1, 0, 0xeb}, 20_000)},
		"www/index.html": {0o644, []byte(strings.Repeat("<p>a line of a page</p>\n", 4000))},
		"www/noise":      {0o666, noise},
		"lib/zeros":      {0o644, make([]byte, 3<<20)},
		"lib/one":        {0o644, []byte{1}},
	}
}

// packed writes the files into a folder and packs that with 7z.
func packed(t testing.TB, args ...string) []byte {
	t.Helper()
	tool := reference.Need(t, "7z")
	dir := t.TempDir()
	for name, f := range files() {
		path := filepath.Join(dir, "tree", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, f.mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("su", filepath.Join(dir, "tree", "bin", "login")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool, slices.Concat([]string{"a", "-bd", "-snl"}, args, []string{filepath.Join(dir, "a.7z"), "."})...)
	cmd.Dir = filepath.Join(dir, "tree")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	archive, err := os.ReadFile(filepath.Join(dir, "a.7z"))
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

// TestReference holds what 7-Zip packs against what went in.
func TestReference(t *testing.T) {
	for _, args := range []string{
		"", "-ms=off", "-m0=LZMA", "-m0=LZMA -ms=off -mhc=off", "-m0=LZMA2:d=16m -ms=64k", "-mx=9 -m0=lzma:lc=0:lp=2:pb=0",
		"-m0=BZip2", "-m0=Deflate", "-m0=Deflate64", "-m0=Deflate64 -mx=9 -ms=off", "-m0=Copy", "-m0=Copy -mhc=off",
		"-m0=BCJ -m1=LZMA", "-m0=ARM -m1=LZMA2", "-m0=ARM64 -m1=LZMA2", "-m0=ARMT -m1=LZMA", "-m0=PPC -m1=LZMA", "-m0=SPARC -m1=LZMA2", "-m0=IA64 -m1=LZMA",
		"-m0=Delta:4 -m1=LZMA", "-m0=Delta:3 -m1=BCJ -m2=LZMA2", "-m0=BCJ -m1=Deflate",
	} {
		t.Run(args, func(t *testing.T) {
			img := reference.Open(t, packed(t, strings.Fields(args)...))
			whole(t, img)
			for _, s := range img.Skipped {
				if !strings.Contains(s.Path, "noise") { // which nobody can tell what it is
					t.Errorf("skipped: %+v", s)
				}
			}
		})
	}
}

// whole compares all files.
func whole(t *testing.T, img *firmware.Image) {
	t.Helper()
	for name, want := range files() {
		f := reference.Find(t, img, "!7z!"+name)
		if f.Err != nil || f.Digest != sha256.Sum256(want.content) || f.Mode != want.mode || !f.Container.Modes || f.ModTime.IsZero() {
			t.Errorf("%s: mode %v of %v, %d bytes, modes %v, time %v, %v", name, f.Mode, want.mode, f.Size, f.Container.Modes, f.ModTime, f.Err)
		}
		if again, err := f.ReadFile(); err != nil || !bytes.Equal(again, want.content) {
			t.Errorf("%s read again: %d bytes, %v", name, len(again), err)
		}
	}
	if f := reference.Find(t, img, "!bin/login"); f.Kind != firmware.Symlink || f.Link != "su" {
		t.Errorf("link: %+v", f)
	}
	if f := reference.Find(t, img, "!etc"); f.Kind != firmware.Directory {
		t.Errorf("folder: %+v", f)
	}
}

// TestRefused names what is not unpacked, and no byte of it counts as read.
func TestRefused(t *testing.T) {
	for args, want := range map[string]string{
		"-psecret":          "encrypted with a password",
		"-psecret -mhe=on":  "encrypted with a password (AES), with the names",
		"-m0=PPMd":          "PPMd",
		"-m0=BCJ2 -m1=LZMA": "BCJ2",
		"-m0=PPMd -psecret": "encrypted",
		"-m0=Copy -psecret": "encrypted",
		"-m0=BCJ2 -m1=LZMA:23 -m2=LZMA:19 -m3=LZMA:19 -mb0:1 -mb0s1:2 -mb0s2:3": "BCJ2",
	} {
		img := reference.Open(t, packed(t, strings.Fields(args)...))
		told := slices.ContainsFunc(img.Skipped, func(s firmware.Skipped) bool { return strings.Contains(s.Reason, want) })
		unread := int64(0)
		for _, r := range img.Ranges {
			if r.Class == firmware.Unexplained {
				unread += r.Length
			}
		}
		if img.Containers[0].Type != "7z" || !told || unread < img.Size*9/10 {
			t.Errorf("%s: %d of %d bytes not explained, skipped %v", args, unread, img.Size, img.Skipped)
		}
	}
}

// An archive is found in the middle of something, with its true length.
func TestInside(t *testing.T) {
	archive := packed(t)
	img := reference.Open(t, slices.Concat(make([]byte, 5000), []byte("a header of a maker"), archive, []byte("what follows, which is no part of it")))
	whole(t, img)
	if k := img.Containers[0]; k.Offset != 5019 || k.Length != int64(len(archive)) {
		t.Errorf("%d bytes at %d", k.Length, k.Offset)
	}
	img = reference.Open(t, firmwaretest.Squashfs(
		firmwaretest.Dir("etc", 0o755), firmwaretest.Dir("bin", 0o755), firmwaretest.Binary("opt/data.7z", 0o644, archive)))
	if f := reference.Find(t, img, "!7z!bin/su"); f.Digest != sha256.Sum256(files()["bin/su"].content) {
		t.Errorf("in a root file system: %+v", f)
	}
}

// sealed puts the checksums right after a change of the header.
func sealed(b []byte) []byte {
	le := binary.LittleEndian
	at, size := startSize+le.Uint64(b[12:]), le.Uint64(b[20:])
	if end := at + size; end >= at && at >= startSize && end <= uint64(len(b)) {
		le.PutUint32(b[28:], crc32.ChecksumIEEE(b[at:at+size]))
	}
	le.PutUint32(b[8:], crc32.ChecksumIEEE(b[12:32]))
	return b
}

const startSize = 32

// TestBroken tells of each kind of damage.
func TestBroken(t *testing.T) {
	whole := packed(t, "-m0=LZMA", "-mhc=off")
	change := func(at int, c byte) []byte {
		b := bytes.Clone(whole)
		if at < 0 {
			at += len(b)
		}
		b[at] ^= c
		return b
	}
	for name, c := range map[string]struct {
		image []byte
		want  string
	}{
		"a byte of a content":  {change(5000, 1), "not read"},
		"a byte of the header": {change(-40, 1), "another checksum"},
		"cut":                  {whole[:len(whole)-100], "it is cut"},
		"a false header":       {sealed(change(-int(binary.LittleEndian.Uint64(whole[20:])), 0x40)), "a header of kind"},
	} {
		img := reference.Open(t, c.image)
		told := ""
		for _, s := range img.Skipped {
			told += s.Path + ": " + s.Reason + "\n"
		}
		for _, r := range img.Ranges {
			told += r.What + "\n"
		}
		if !strings.Contains(told, c.want) {
			t.Errorf("%s: %s", name, told)
		}
	}
}

// TestHidden wants bytes found that stand between the packed runs and the header.
func TestHidden(t *testing.T) {
	const secret = "-----BEGIN RSA PRIVATE KEY-----"
	plain := packed(t, "-m0=LZMA", "-mhc=off")
	at := startSize + binary.LittleEndian.Uint64(plain[12:])
	b := slices.Concat(plain[:at], []byte(strings.Repeat(secret, 40)), plain[at:])
	binary.LittleEndian.PutUint64(b[12:], at-startSize+uint64(40*len(secret)))
	b = sealed(b)
	img := reference.Open(t, b)
	whole(t, img)
	if !formattest.Offered(t, sevenzip.Format, b, secret) {
		t.Error("bytes between the parts of the archive are not given to those who search")
	}
}

func seeds(t testing.TB) (all [][]byte) {
	if !reference.Has("7z") {
		return [][]byte{sealed([]byte("7z\xbc\xaf\x27\x1c\x00\x04" + strings.Repeat("\x00", 24)))}
	}
	for _, args := range [][]string{{}, {"-mhc=off"}, {"-m0=BCJ", "-m1=LZMA", "-mhc=off"}, {"-m0=BZip2"}, {"-m0=Copy", "-mhc=off"}, {"-ms=off", "-m0=Deflate"}, {"-m0=Deflate64"}} {
		all = append(all, small(t, args...))
	}
	return all
}

// small is an archive of little files.
func small(t testing.TB, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.Repeat(fmt.Sprintln("a line of", name), 50)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "empty"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("7z", slices.Concat([]string{"a", "-bd", "-snl"}, args, []string{"a.7z", "a", "b", "empty", "link"})...) //nolint:gosec // a test's own
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	archive, err := os.ReadFile(filepath.Join(dir, "a.7z"))
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

func TestMutated(t *testing.T) { formattest.Mutate(t, sevenzip.Format, seeds(t)...) }

// TestMutatedHeader changes each byte of a plain header, and puts the checksums right.
func TestMutatedHeader(t *testing.T) {
	reference.Need(t, "7z")
	archive := small(t, "-mhc=off", "-m0=BCJ", "-m1=LZMA")
	from := startSize + int(binary.LittleEndian.Uint64(archive[12:]))
	for at := from; at < len(archive); at++ {
		for _, c := range []byte{1, 0x10, 0x80, 0xff} {
			b := bytes.Clone(archive)
			b[at] ^= c
			formattest.Try(t, sevenzip.Format, sealed(b))
		}
	}
}

// FuzzSevenZip puts the checksums right, which no chance would.
func FuzzSevenZip(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= startSize {
			formattest.Try(t, sevenzip.Format, sealed(bytes.Clone(b)))
		}
	})
}

// TestLimits refuses what would take more than there is.
func TestLimits(t *testing.T) {
	archive := packed(t)
	o, err := sevenzip.Format.Open(t.Context(), format.InMemory(archive), format.NewBudget(1000, 1<<30, 1<<20, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range o.Tree.Entries() {
		if e.Mode.IsRegular() && e.Size > 0 && e.Err == nil {
			t.Errorf("%s of a folder of more than 1 MiB is read", e.Name)
		}
	}
	if _, err := sevenzip.Format.Open(t.Context(), format.InMemory(archive), format.NewBudget(3, 1<<30, 1<<30, 0)); err == nil {
		t.Error("more files than there may be")
	}
}

// TestLinkBudget unpacks nothing for the target of a link that there is no room for.
func TestLinkBudget(t *testing.T) {
	archive := packed(t) // one folder of over 3 MiB, with a link in it
	o, err := sevenzip.Format.Open(t.Context(), format.InMemory(archive), format.NewBudget(1000, 1<<20, 1<<30, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range o.Tree.Entries() {
		if e.Name == "bin/login" && !errors.Is(e.Err, format.ErrSpent) {
			t.Errorf("%+v", e)
		}
	}
}

// TestItems refuses a header that says it lists more than is read, before it makes room.
func TestItems(t *testing.T) {
	header := append([]byte{1, 5, 0xf0, 0, 0, 0x20, 0}, make([]byte, 4<<20)...) // 2 Mi files
	b := append([]byte("7z\xbc\xaf\x27\x1c\x00\x04"), make([]byte, 24)...)
	binary.LittleEndian.PutUint64(b[20:], uint64(len(header)))
	b = sealed(append(b, header...))
	_, err := sevenzip.Format.Open(t.Context(), format.InMemory(b), format.NewBudget(1<<30, 1<<30, 1<<30, 0))
	if !errors.Is(err, format.ErrLimit) {
		t.Error(err)
	}
}

// TestFar has a header at a place that no number of the reader holds.
func TestFar(t *testing.T) {
	b := append([]byte("7z\xbc\xaf\x27\x1c\x00\x04"), make([]byte, 100)...)
	for _, far := range []uint64{1<<64 - 1, 1<<63 - 1, 1<<62 - 1} {
		binary.LittleEndian.PutUint64(b[12:], far)
		binary.LittleEndian.PutUint64(b[20:], far)
		if formattest.Try(t, sevenzip.Format, sealed(b)) {
			t.Errorf("0x%x: opened", far)
		}
	}
}
