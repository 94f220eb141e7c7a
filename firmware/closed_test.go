package firmware_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"os"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
)

// rooted is a root file system with one more file.
func rooted(f firmwaretest.File) []byte {
	return firmwaretest.Squashfs(firmwaretest.Dir("bin", 0o755), firmwaretest.Text("etc/passwd", 0o644, "root:x:0:0::/:/bin/sh\n"), f)
}

// picture is a picture of chance, which does not pack.
func picture(t *testing.T) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 200, 200))
	copy(img.Pix, chance(len(img.Pix)))
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// program is this test, or what of it is a program.
func program(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile("/bin/cat")
	if err != nil || !bytes.HasPrefix(b, []byte("\x7fELF")) {
		t.Skip("no program of ELF to read")
	}
	return b
}

func cat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// A file that begins as an ordinary one does is that one up to its end; what follows,
// or is none, nobody can tell.
func TestClosedFiles(t *testing.T) {
	const n = 300 << 10
	text := []byte(strings.Repeat("a setting = of the device\n", 3000))
	broken := firmwaretest.Squashfs(firmwaretest.Text("a", 0o644, "text\n"))[:96] // all but its tables
	for name, content := range map[string][]byte{
		"ELF":             cat([]byte("\x7fELF"), chance(n)),
		"PNG":             cat([]byte("\x89PNG"), chance(n)),
		"RIFF":            cat([]byte("RIFF"), chance(n)),
		"OggS":            cat([]byte("OggS"), chance(n)),
		"ID3":             cat([]byte("ID3"), chance(n)),
		"wOF2":            cat([]byte("wOF2"), chance(n)),
		"behind ELF":      cat(program(t), chance(n)),
		"behind PNG":      cat(picture(t), chance(n)),
		"behind font":     cat([]byte(font(chance(50000))), chance(n)),
		"behind text":     cat(text, chance(n)),
		"behind little":   cat(text[:8<<10], chance(n)),
		"within text":     cat(text, chance(n), text),
		"behind script":   cat([]byte("#!/bin/sh\nexit\n"), text, chance(n)),
		"behind a magic":  cat(program(t), []byte("hsqs"), chance(n)),
		"behind a header": cat(picture(t), broken, chance(n)),
	} {
		for kind, image := range map[string][]byte{
			"root":    rooted(firmwaretest.Binary("opt/x", 0o644, content)),
			"archive": firmwaretest.Tar(firmwaretest.Binary("x", 0o644, content), firmwaretest.Text("y", 0o644, "text\n")),
		} {
			t.Run(name+" in "+kind, func(t *testing.T) {
				img := reference.Open(t, image)
				if got := unexplained(img); got < n-8<<10 || got > n+16<<10 && kind == "root" {
					t.Errorf("%d of %d bytes are unexplained: %v", got, n, img.Ranges)
				}
				if len(img.Skipped) == 0 {
					t.Error("nothing is said")
				}
			})
		}
	}
	for size := 4 << 10; size < 20<<10; size += 1000 {
		img := reference.Open(t, rooted(firmwaretest.Binary("opt/x", 0o644, chance(size))))
		if len(img.Skipped) != 1 {
			t.Errorf("%d bytes of chance: %v", size, img.Skipped)
		}
	}
}

// What an ordinary file holds is no matter, nor what little or readable follows it.
func TestOpenFiles(t *testing.T) {
	tail := []byte("\n~Module signature appended~\n")
	inner := firmwaretest.Squashfs(firmwaretest.Text("etc/inner", 0o644, strings.Repeat("something\n", 1000)))
	icon := []byte("\x00\x00\x01\x00\x01\x00\x20\x20\x00\x00\x01\x00\x20\x00")
	icon = binary.LittleEndian.AppendUint32(icon, uint32(len(picture(t)))) //nolint:gosec // of a test
	icon = binary.LittleEndian.AppendUint32(icon, 22)
	small := make([]byte, 6000)
	for i := range small {
		small[i] = byte(i*i>>5) & 0xf7 // many different bytes, with little order
	}
	for name, content := range map[string][]byte{
		"picture":                picture(t),
		"two pictures":           cat(picture(t), picture(t)),
		"icon":                   cat(icon, picture(t)),
		"font":                   []byte(font(chance(40000))),
		"signed module":          cat(program(t), chance(700), tail),
		"picture and text":       cat(picture(t), []byte(strings.Repeat("words\n", 5000))),
		"picture and zeros":      cat(picture(t), make([]byte, 100000)),
		"program and files":      cat(program(t), inner),
		"picture and files":      cat(picture(t), inner),
		"text, UTF-8":            []byte(strings.Repeat("Grüße an alle, добрый день, 你好\n", 8000)),
		"text, Base64":           []byte(strings.Repeat("TWFuIGlzIGRpc3Rpbmd1aXNoZWQsIG5vdCBvbmx5IGJ5IGhpcyByZWFzb24s\n", 3000)),
		"a table":                small,
		"bytes below 4 KiB":      chance(4000),
		"script with an archive": cat([]byte("#!/bin/sh\nexit\n"), firmwaretest.Gzip("x", firmwaretest.Tar(firmwaretest.Text("y", 0o644, strings.Repeat("z\n", 50000))))),
	} {
		t.Run(name, func(t *testing.T) {
			img := reference.Open(t, rooted(firmwaretest.Binary("opt/x", 0o644, content)))
			if n := unexplained(img); n > 0 || len(img.Skipped) > 0 {
				t.Errorf("%d bytes are unexplained: %v", n, img.Skipped)
			}
			if inside := strings.Contains(name, "files"); inside {
				found := false
				for _, f := range img.Files {
					found = found || f.Name == "etc/inner" && f.Kind == firmware.Regular
				}
				if !found {
					t.Error("what follows was not opened")
				}
			}
		})
	}
}
