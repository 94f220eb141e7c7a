package ordinary_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/ordinary"
)

// chance are bytes that nobody can read.
func chance(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{9}).Read(b)
	return b
}

// le and be are numbers of 4 bytes and bytes, one behind another.
func le(parts ...any) []byte { return joined(binary.LittleEndian, parts) }
func be(parts ...any) []byte { return joined(binary.BigEndian, parts) }

func joined(order binary.AppendByteOrder, parts []any) (b []byte) {
	for _, p := range parts {
		switch p := p.(type) {
		case int:
			b = order.AppendUint32(b, uint32(p)) //nolint:gosec // of a test
		case uint16:
			b = order.AppendUint16(b, p)
		case byte:
			b = append(b, p)
		case string:
			b = append(b, p...)
		case []byte:
			b = append(b, p...)
		}
	}
	return b
}

// bitcode has the blocks that name the writer and hold the module.
func bitcode(noise []byte) []byte {
	return le("BC\xc0\xde", 0x1435, 1, 0, 0x0c21, len(noise)/4, noise)
}

// type1 are the two parts of a font of Type 1, the second one packed.
func type1(noise []byte) (clear, packed []byte) {
	clear = []byte("%!PS-AdobeFont-1.0: X 1.0\n/FontName /X def\ncurrentfile eexec\n")
	key := uint16(55665)
	for _, p := range slices.Concat([]byte("\x00\x00\x00\x00dup /Private 14 dict dup begin\n/lenIV -1 def\n"), noise, []byte("\nend\nmark currentfile closefile")) {
		c := p ^ byte(key>>8)
		packed, key = append(packed, c), (uint16(c)+key)*52845+22719
	}
	return clear, packed
}

// segments is a font of Type 1 as PFB.
func segments(noise []byte) []byte {
	const trailer = "00000000\ncleartomark\n"
	clear, packed := type1(noise)
	return le("\x80\x01", len(clear), clear, "\x80\x02", len(packed), packed, "\x80\x01", len(trailer), trailer, "\x80\x03")
}

// Bytes that nobody can read are no font, whatever stands in front of them.
func TestNoType1(t *testing.T) {
	noise := chance(5000)
	clear, _ := type1(noise)
	for name, b := range map[string][]byte{
		"packed part of chance":           slices.Concat(clear, noise),
		"segment of chance":               le("\x80\x01", len(clear), clear, "\x80\x02", len(noise), noise, "\x80\x03"),
		"no readable part":                le("\x80\x02", len(noise), noise, "\x80\x03"),
		"a length past the end":           le("\x80\x01", 0x7fffffff, clear),
		"a readable part and no more":     le("\x80\x01", len(clear), clear),
		"PostScript that is not a font":   slices.Concat([]byte("%!PS-Adobe-3.0\ncurrentfile eexec\n"), noise),
		"a font that nothing comes after": clear,
	} {
		if end := ordinary.End(b); end != 0 {
			t.Errorf("%s: ends at %d of %d", name, end, len(b))
		}
	}
}

// samples are a file of each kind.
func samples(tb testing.TB) map[string][]byte {
	tb.Helper()
	picture := image.NewPaletted(image.Rect(0, 0, 300, 200), color.Palette{color.Black, color.White, color.RGBA{R: 200, A: 255}})
	for i := range picture.Pix {
		picture.Pix[i] = byte(i*i/7) % 3
	}
	var pngs, jpegs, gifs bytes.Buffer
	for _, err := range []error{
		png.Encode(&pngs, picture), jpeg.Encode(&jpegs, picture, nil),
		gif.EncodeAll(&gifs, &gif.GIF{Image: []*image.Paletted{picture, picture}, Delay: []int{1, 1}}),
	} {
		if err != nil {
			tb.Fatal(err)
		}
	}
	noise := chance(5000)
	clear1, packed1 := type1(noise)
	mp3 := bytes.Repeat(append([]byte{0xff, 0xfb, 0x90, 0x64}, noise[:413]...), 12) // 128 kbit/s at 44.1 kHz
	aac := bytes.Repeat(append([]byte{0xff, 0xf1, 0x50, 0x80, 0x20, 0x1f, 0xfc}, noise[:249]...), 12)
	page := append(append([]byte("OggS\x00"), make([]byte, 21)...), 2, 255, 45)
	table := be("glyf", 0, 28, len(noise))
	exec := le("MZ", make([]byte, 0x3a), 0x40, "PE\x00\x00", uint16(0x8664), uint16(1), 0, 0, 0, uint16(0), uint16(0), ".text\x00\x00\x00", 0, 0, len(noise), 128, make([]byte, 16), noise)
	flac := append(be("fLaC", 0x80000022, uint16(4096), uint16(4096), uint16(0), 16, make([]byte, 24)), 0xff, 0xf8, 0xc9, 0x18, 0, 0xc2)
	database := append([]byte("SQLite format 3\x00\x10\x00\x01\x01\x00\x40\x20\x20"), be(7, 2, make([]byte, 60), 7, 0)...)
	return map[string][]byte{
		"png": pngs.Bytes(), "jpeg": jpegs.Bytes(), "gif": gifs.Bytes(),
		"ico":           le("\x00\x00\x01\x00", uint16(1), make([]byte, 8), pngs.Len(), 22, pngs.Bytes()),
		"icns":          be("icns", 16+len(noise), "ic07", 8+len(noise), noise),
		"wave":          le("RIFF", 36+len(noise), "WAVEfmt ", 16, make([]byte, 16), "data", len(noise), noise),
		"ogg":           bytes.Repeat(append(page, noise[:300]...), 20),
		"mp3":           append(append([]byte("ID3\x04\x00\x00\x00\x00\x01\x00"), make([]byte, 128)...), append(mp3, "TAG"+strings.Repeat("a", 125)...)...),
		"mpeg":          mp3,
		"adts":          aac,
		"flac":          append(flac, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
		"ttf":           be("\x00\x01\x00\x00", uint16(1), make([]byte, 6), table, noise),
		"ttc":           be("ttcf", 0x10000, 1, 16, "\x00\x01\x00\x00", uint16(1), make([]byte, 6), be("glyf", 0, 44, len(noise)), noise),
		"woff2":         be("wOF2\x00\x01\x00\x00", 44+len(noise), uint16(9), uint16(0), make([]byte, 28), noise),
		"type 1":        slices.Concat(clear1, packed1),
		"pfb":           segments(noise),
		"pdf":           []byte("%PDF-1.5\n1 0 obj\n" + string(noise) + "\nstartxref\n17\n%%EOF\n"),
		"sqlite":        append(database, make([]byte, 2<<12-len(database))...),
		"ar":            []byte("!<arch>\na.o/            0           0     0     644     5001      `\n" + string(noise) + "a\n"),
		"class":         be("\xca\xfe\xba\xbe", uint16(0), uint16(65), uint16(3), "\x01", uint16(5), "hello", "\x07", uint16(1), make([]byte, 12), uint16(1), uint16(1), len(noise), noise),
		"wasm":          append([]byte("\x00asm\x01\x00\x00\x00\x00\x88\x27"), noise...),
		"mo":            le(0x950412de-1<<32, 0, 1, 28, 36, 0, 44, 5, 44, len(noise), 50, "hello\x00", noise, "\x00"),
		"mo, be":        be(0x950412de-1<<32, 0, 1, 28, 36, 0, 44, 5, 44, len(noise), 50, "hello\x00", noise, "\x00"),
		"beam":          be("FOR1", 28+len(noise), "BEAM", "AtU8", 5, "hello\x00\x00\x00", "LitT", len(noise), noise),
		"webm":          be("\x1a\x45\xdf\xa3\x84", 0, "\x18\x53\x80\x67\x08", 27+len(noise), "\x15\x49\xa9\x66\x84", 0, "\x1f\x43\xb6\x75\x08", 9+len(noise), "\xe7\x81\x00\xa3\x08", len(noise), noise),
		"mkv, recorded": be("\x1a\x45\xdf\xa3\x84", 0, "\x18\x53\x80\x67\xff", "\x15\x49\xa9\x66\x84", 0, "\x1f\x43\xb6\x75\x01\xff\xff\xff\xff\xff\xff\xff", "\xe7\x81\x00\xa3\x08", len(noise), noise),
		"gsm":           bytes.Repeat(append([]byte{0xd7}, noise[:32]...), 70),
		"pak 4":         le(4, 1, byte(1), uint16(7), 21, uint16(0), 21+len(noise), noise),
		"pak 5":         le(5, byte(1), byte(0), uint16(0), uint16(1), uint16(1), uint16(7), 28, uint16(0), 28+len(noise), uint16(8), uint16(0), noise),
		"swf":           le("FWS\x08", 8+len(noise), noise),
		"mp4":           be(16, "ftypisom", 0, 8+len(noise), "mdat", noise),
		"pe":            exec,
		"elf":           le("\x7fELF\x01\x01\x01", make([]byte, 9), uint16(2), uint16(40), 1, 0, 52, 0, 0, uint16(52), uint16(32), uint16(1), uint16(40), uint16(0), uint16(0), 1, 84, 0, 0, len(noise), make([]byte, 12), noise),
		"bitcode":       bitcode(noise),
		"wrapped":       le("\xde\xc0\x17\x0b", 0, 20, len(bitcode(noise)), 7, bitcode(noise)),
	}
}

// A file ends with its last byte, whatever follows. Its first bytes alone make none.
func TestEnd(t *testing.T) {
	all := samples(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		b := all[name]
		tail := append([]byte{1}, chance(20000)...)
		want, least := len(b), len(b)
		if name == "flac" { // the last frame does not say how long it is
			least, want = least-10, want+6
		}
		if got := ordinary.End(b); got < least || got > want {
			t.Errorf("%s: ends at %d, want %d", name, got, want)
		}
		if got := ordinary.End(append(slices.Clone(b), tail...)); got < least || got > want {
			t.Errorf("%s: ends at %d with something behind, want %d", name, got, want)
		}
		if got := ordinary.End(append(slices.Clone(b), b...)); !slices.Contains([]string{"pdf", "flac", "wasm"}, name) && got != 2*want {
			t.Errorf("%s: two end at %d, want %d", name, got, 2*want)
		}
		if got := ordinary.End(append(slices.Clone(b[:4]), chance(20000)...)); got > 0 {
			t.Errorf("%s: four bytes make a file that ends at %d", name, got)
		}
		for n := range min(len(b), 600) {
			ordinary.End(b[:n]) // must not panic
		}
	}
	for _, none := range []string{"", "\x7fELF", "glyf" + string(chance(100)), "text", "MZ", "BC\xc0\xde\x35\x14\x00\x00\xff\xff\xff\x7f", "BC\xc0\xde" + strings.Repeat("\x00", 64)} {
		if end := ordinary.End([]byte(none)); end != 0 {
			t.Errorf("%q ends at %d", none, end)
		}
	}
}

// Files that came with Go end where they end.
func TestRealFiles(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip("go is not installed: ", err)
	}
	src := filepath.Join(strings.TrimSpace(string(root)), "src")
	seen := 0
	for _, pattern := range []string{
		"image/testdata/*.png", "image/testdata/*.jpeg", "image/testdata/*.gif", "image/png/testdata/pngsuite/*.png",
		"debug/elf/testdata/gcc*", "debug/elf/testdata/go-*", "internal/xcoff/testdata/bigar-empty",
	} {
		files, err := filepath.Glob(filepath.Join(src, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			end := ordinary.End(b)
			if !bytes.HasPrefix(b, []byte("\x7fELF")) && !bytes.HasPrefix(b, []byte("\x89PNG")) && !bytes.HasPrefix(b, []byte("\xff\xd8")) && !bytes.HasPrefix(b, []byte("GIF")) {
				continue
			}
			if seen++; end != len(b) {
				t.Errorf("%s ends at %d of %d", file, end, len(b))
			}
		}
	}
	if seen == 0 {
		t.Skip("Go's own files are not here")
	}
}

// FuzzOrdinary wants an end within the bytes, whatever they are.
func FuzzOrdinary(f *testing.F) {
	for _, b := range samples(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if end := ordinary.End(b); end < 0 || end > len(b) {
			t.Errorf("ends at %d of %d", end, len(b))
		}
		at := 0
		for _, r := range ordinary.Data(b, 16) {
			if r[0] < at || r[1]-r[0] < 16 || r[1] > len(b) {
				t.Errorf("data at %v of %d", r, len(b))
			}
			at = r[1]
		}
	})
}
