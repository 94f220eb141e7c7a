package zipfile_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// text is content that packs well, longer than a block of any packer.
var text = strings.Repeat("every member unpacks to what went in\n", 40000)

// packed is an archive with a member that a packer made of text.
func packed(t testing.TB, method uint16, packer func(io.Writer) (io.WriteCloser, error)) []byte {
	t.Helper()
	b := &bytes.Buffer{}
	w := zip.NewWriter(b)
	w.RegisterCompressor(method, packer)
	f, err := w.CreateHeader(&zip.FileHeader{Name: "file", Method: method})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func byZstd(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }

func byXZ(w io.Writer) (io.WriteCloser, error) { return &atClose{to: w}, nil }

// atClose packs with xz when all is there: its writer begins with a header, before
// the archive has written that of the member.
type atClose struct {
	bytes.Buffer
	to io.Writer
}

func (a *atClose) Close() error {
	w, err := xz.NewWriter(a.to)
	if err != nil {
		return err
	}
	if _, err := a.WriteTo(w); err != nil {
		return err
	}
	return w.Close()
}

func TestMethods(t *testing.T) {
	for name, image := range map[string][]byte{"zstd": packed(t, 93, byZstd), "xz": packed(t, 95, byXZ)} {
		holdsText(t, name, image)
		broken := bytes.Clone(image)
		at := bytes.LastIndex(broken, []byte("PK\x01\x02")) + 16 // the checksum in the directory
		broken[at] ^= 1
		img := reference.Open(t, broken)
		for _, f := range img.Files {
			if strings.HasSuffix(f.Path, "!zip!file") && f.Err == nil {
				t.Errorf("%s: a wrong checksum is not told", name)
			}
		}
		if len(img.Skipped) == 0 {
			t.Errorf("%s: nothing is said of a wrong checksum", name)
		}
	}
}

// TestMethods7z holds the methods of 7-Zip against it; one that is not read is named.
func TestMethods7z(t *testing.T) {
	for method, read := range map[string]bool{"BZip2": true, "LZMA": true, "Deflate64": true, "PPMd": false} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "file"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		reference.Run(t, dir, "7z", "a", "-tzip", "-mm="+method, "a.zip", "file")
		image, err := os.ReadFile(filepath.Join(dir, "a.zip"))
		if err != nil {
			t.Fatal(err)
		}
		if read {
			holdsText(t, method, image)
			continue
		}
		if f := reference.Find(t, reference.Open(t, image), "!zip!file"); f.Err == nil || !strings.Contains(f.Err.Error(), "is not read") {
			t.Errorf("%s: %v", method, f.Err)
		}
	}
}

func holdsText(t *testing.T, name string, image []byte) {
	t.Helper()
	f := reference.Find(t, reference.Open(t, image), "!zip!file")
	if f.Err != nil || f.Digest != sha256.Sum256([]byte(text)) {
		t.Errorf("%s: %d bytes, %v", name, f.Size, f.Err)
	}
}
