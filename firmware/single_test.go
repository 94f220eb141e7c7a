package firmware_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// rootWith is a root file system with one more file.
func rootWith(name string, content []byte) []byte {
	return firmwaretest.Squashfs(
		firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"), firmwaretest.Dir("bin", 0o755), firmwaretest.Dir("dev", 0o755),
		firmwaretest.Binary(name, 0o644, content))
}

// opaqueBytes is bytes that look encrypted.
func opaqueBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// What one file of a root file system is when it is unpacked is seen as that file.
func TestSingle(t *testing.T) {
	config := []byte(strings.Repeat("<setting name=\"a\">some value</setting>\n", 400) + key)
	packed := map[string][]byte{"gz": firmwaretest.Gzip("other.xml", config)}
	var z bytes.Buffer
	zl := zlib.NewWriter(&z)
	_, _ = zl.Write(config)
	_ = zl.Close()
	packed["zz"] = z.Bytes()
	zs, _ := zstd.NewWriter(nil)
	packed["zst"] = zs.EncodeAll(config, nil)
	for ending, tool := range map[string][]string{
		"bz2": {"bzip2", "-c"}, "xz": {"xz", "-c"}, "lzma": {"xz", "--format=lzma", "-c"}, "lz4": {"lz4", "-c"}, "lzo": {"lzop", "-c"},
	} {
		cmd := exec.Command(tool[0], tool[1:]...) //nolint:gosec // one of the list above
		cmd.Stdin = bytes.NewReader(config)
		if b, err := cmd.Output(); err == nil {
			packed[ending] = b
		}
	}
	for _, ending := range []string{"br", "brotli"} {
		packed[ending] = brotlied(config)
	}
	for ending, b := range packed {
		img := reference.Open(t, rootWith("etc/default.xml."+ending, b))
		if !offered(img) || len(img.Skipped) > 0 {
			t.Errorf("%s: offered %v, skipped %v", ending, offered(img), img.Skipped)
		}
		i := slices.IndexFunc(img.Files, func(f *firmware.File) bool { return strings.HasSuffix(f.Path, "!etc/default.xml") })
		if i < 0 || img.Files[i].Size != int64(len(config)) || img.Files[i].Kind != firmware.Regular {
			t.Errorf("%s: no file of its name", ending)
		}
	}
	img := reference.Open(t, rootWith("etc/blob.gz", firmwaretest.Gzip("", opaqueBytes(64<<10))))
	if !skipped(img, "not recognised") {
		t.Error("what is encrypted in a stream counts as seen")
	}
	img = reference.Open(t, rootWith("lib/a.ko.gz", firmwaretest.Gzip("", slices.Concat([]byte("\x7fELF\x01\x01\x01"), bytes.Repeat([]byte("some code \x00\x01\x02"), 900)))))
	if len(img.Skipped) > 0 {
		t.Error(img.Skipped)
	}
}

// brotlied is a stream of Brotli.
func brotlied(content []byte) []byte {
	var b bytes.Buffer
	w := brotli.NewWriter(&b)
	_, _ = w.Write(content)
	_ = w.Close()
	return b.Bytes()
}

// A file with the name of a page that Brotli packed is one if all of it is one stream.
func TestBrotli(t *testing.T) {
	page := opaqueBytes(40_000)
	for i := range page {
		page[i] = "abcdefghijklmnopqrstuvwxyz0123456789<>\"= \n"[int(page[i])%42]
	}
	packed := brotlied(page)
	for name, content := range map[string][]byte{
		"cut": packed[:len(packed)-1], "longer": append(slices.Clone(packed), opaqueBytes(100)...), "chance": opaqueBytes(40_000),
		"an archive": brotlied(firmwaretest.Tar(firmwaretest.Binary("k", 0o600, append(page, key...)))), "chance in it": brotlied(opaqueBytes(40_000)),
	} {
		if img := reference.Open(t, rootWith("www/app.js.br", content)); !skipped(img, "not recognised") {
			t.Errorf("%s: nothing is told", name)
		}
	}
	if img := reference.Open(t, rootWith("www/app.js.br", packed)); len(img.Skipped) > 0 {
		t.Error(img.Skipped)
	}
	if img := reference.Open(t, rootWith("www/app.js", packed)); !skipped(img, "not recognised") {
		t.Error("what has no name of Brotli counts as seen")
	}
}

// What lies behind a program, a script or a header of a maker in a root file system is
// opened.
func TestBehind(t *testing.T) {
	program, err := os.ReadFile("/bin/true")
	if err != nil {
		t.Skip(err)
	}
	inner := firmwaretest.Squashfs(firmwaretest.Text("etc/ssl/server.key", 0o600, key))
	tgz := firmwaretest.Gzip("", firmwaretest.Tar(firmwaretest.Text("etc/ssl/server.key", 0o600, key)))
	for name, content := range map[string][]byte{
		"AppImage":      slices.Concat(program, inner),
		"ELF and tgz":   slices.Concat(program, tgz),
		"ELF and zip":   slices.Concat(program, firmwaretest.Zip(firmwaretest.Text("server.key", 0o600, key))),
		"makeself":      slices.Concat([]byte("#!/bin/sh\ntail -n +4 $0 | tar xz\nexit 0\n"), tgz),
		"vendor header": slices.Concat([]byte("ACME\x00\x01"), make([]byte, 58), inner),
	} {
		img := reference.Open(t, rootWith("opt/x", content))
		if !slices.ContainsFunc(img.Files, func(f *firmware.File) bool { return strings.HasSuffix(f.Name, "server.key") }) {
			t.Errorf("%s: %s", name, types(img))
		}
		if len(img.Skipped) > 0 {
			t.Errorf("%s: %v", name, img.Skipped)
		}
	}
	if img := reference.Open(t, rootWith("bin/true", program)); types(img) != "squashfs" || len(img.Skipped) > 0 {
		t.Error(types(img), img.Skipped)
	}
}

// A package of a distribution in a root file system is opened, a static library is not.
func TestPackageInRoot(t *testing.T) {
	archive := func(first string) []byte {
		var b bytes.Buffer
		b.WriteString("!<arch>\n")
		for _, m := range []struct {
			name    string
			content []byte
		}{{first, []byte("2.0\n")}, {"data.tar", firmwaretest.Tar(firmwaretest.Text("etc/k.pem", 0o600, key))}} {
			fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8s%-10d`\n", m.name, 0, 0, 0, "100644", len(m.content))
			b.Write(m.content)
			if len(m.content)%2 == 1 {
				b.WriteByte('\n')
			}
		}
		return b.Bytes()
	}
	for first, want := range map[string]bool{"debian-binary": true, "main.o/": false} {
		img := reference.Open(t, rootWith("opt/x.a", archive(first)))
		got := slices.ContainsFunc(img.Files, func(f *firmware.File) bool { return strings.HasSuffix(f.Path, "etc/k.pem") })
		if got != want {
			t.Errorf("%s: opened %v, want %v", first, got, want)
		}
	}
}
