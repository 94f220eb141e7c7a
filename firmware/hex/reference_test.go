package hex_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/hex"
)

// piece is a run of memory.
type piece struct {
	at   int
	data []byte
}

// write lets srec_cat write pieces.
func write(t *testing.T, pieces []piece, options ...string) []byte {
	t.Helper()
	tool := reference.Need(t, "srec_cat")
	dir := t.TempDir()
	var args []string
	for i, p := range pieces {
		name := fmt.Sprintf("piece%d", i)
		if err := os.WriteFile(filepath.Join(dir, name), p.data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name, "-binary", "-offset", fmt.Sprintf("0x%x", p.at))
	}
	reference.Run(t, dir, tool, append(append(args, "-o", "out"), options...)...)
	out, err := os.ReadFile(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestAgainstSrecCat reads what srec_cat of SRecord wrote.
func TestAgainstSrecCat(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	noise := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		return b
	}
	low := []piece{{0x40, noise(5000)}, {0x5000, noise(1)}, {0x9000, noise(0x6fff)}}
	middle := append(low, piece{0x10100, noise(70_000)}, piece{0xe0000, noise(999)})
	high := append(middle, piece{0x08000000, noise(200_000)}, piece{0xfffff000, noise(0x1000)})
	for name, c := range map[string]struct {
		f       *format.Format
		pieces  []piece
		options []string
	}{
		"intel 16":       {hex.Intel, low, []string{"-intel", "-address-length=2"}},
		"intel 20":       {hex.Intel, middle, []string{"-intel", "-address-length=3"}},
		"intel 32":       {hex.Intel, high, []string{"-intel"}},
		"intel long":     {hex.Intel, high, []string{"-intel", "-obs=255"}},
		"intel one byte": {hex.Intel, low, []string{"-intel", "-obs=1"}},
		"intel CR LF":    {hex.Intel, high, []string{"-intel", "-line-termination=crlf"}},
		"srec 16":        {hex.SRecord, low, []string{"-motorola", "-address-length=2"}},
		"srec 24":        {hex.SRecord, middle, []string{"-motorola", "-address-length=3"}},
		"srec 32":        {hex.SRecord, high, []string{"-motorola", "-address-length=4"}},
		"srec header":    {hex.SRecord, high, []string{"-motorola", "-header=assay"}},
		"srec long":      {hex.SRecord, high, []string{"-motorola", "-obs=250"}},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, c.pieces, c.options...)
			in := format.InMemory(file)
			if c.f.Probe(in) != format.Sure {
				t.Fatalf("not recognised: %.100s", file)
			}
			o, err := c.f.Open(t.Context(), in, budget())
			wide := func(d format.Damage) bool { return strings.HasPrefix(d.Reason, "a gap of ") } // some cases reach to the end of 4 GiB
			if err != nil || len(slices.DeleteFunc(slices.Clone(o.Damage), wide)) > 0 || o.Length != in.Size {
				t.Fatalf("%v, %v, %d of %d bytes", err, o.Damage, o.Length, in.Size)
			}
			var got []piece
			for _, p := range o.Parts {
				at := 0
				_, _ = fmt.Sscanf(p.Name, "0x%x", &at)
				b, err := p.Bytes.Bytes(0, p.Bytes.Size)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, piece{at, b})
			}
			if s := differ(got, joined(c.pieces)); s != "" {
				t.Error(s)
			}
			if name == "srec header" && o.Attributes["header"] != "assay" {
				t.Error(o.Attributes)
			}
		})
	}
}

// joined fills the small gaps between pieces with 0xff.
func joined(pieces []piece) (out []piece) {
	for _, p := range pieces {
		if n := len(out); n > 0 {
			last := &out[n-1]
			if gap := p.at - last.at - len(last.data); gap <= 4096 {
				last.data = append(append(bytes.Clone(last.data), bytes.Repeat([]byte{0xff}, gap)...), p.data...)
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

func differ(got, want []piece) string {
	var lines []string
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			lines = append(lines, fmt.Sprintf("0x%x is missing", want[i].at))
		case i >= len(want):
			lines = append(lines, fmt.Sprintf("0x%x is too much", got[i].at))
		case got[i].at != want[i].at || !bytes.Equal(got[i].data, want[i].data):
			lines = append(lines, fmt.Sprintf("0x%x with %d bytes, want 0x%x with %d, or they differ", got[i].at, len(got[i].data), want[i].at, len(want[i].data)))
		}
	}
	return strings.Join(lines, "\n")
}

// TestInImage opens a program of a Cortex-M in a HEX file of srec_cat.
func TestInImage(t *testing.T) {
	program := make([]byte, 64<<10)
	random := rand.New(rand.NewPCG(5, 6))
	for i := range program {
		program[i] = byte(random.Uint32() & 0x3f) // no more than six bits
	}
	vector := []uint32{0x20004000, 0x08000401, 0x08000403, 0x08000405, 0, 0, 0, 0, 0, 0, 0, 0x08000407, 0, 0, 0x08000409, 0x0800040b}
	for i, v := range vector {
		for k := range 4 {
			program[4*i+k] = byte(v >> (8 * k))
		}
	}
	img := reference.Open(t, write(t, []piece{{0x08000000, program}}, "-intel"))
	for _, want := range []string{"image.bin!intel-hex", "image.bin!intel-hex!0x08000000!cortex-m"} {
		found := false
		for _, c := range img.Containers {
			found = found || c.Path == want
		}
		if !found {
			t.Errorf("no %s in %v", want, img.Containers)
		}
	}
	code := reference.Find(t, img, "!cortex-m!code-0x00000040")
	if b, err := code.ReadFile(); err != nil || !bytes.Equal(b, program[64:]) {
		t.Errorf("%v: the program differs", err)
	}
	if len(img.Skipped) > 0 || img.Opaque {
		t.Errorf("skipped %v", img.Skipped)
	}
}

// TestCorpus opens the HEX file of a real board.
func TestCorpus(t *testing.T) {
	file, err := os.ReadFile("../../../shared/corpus/microbit-micropython.hex")
	if err != nil {
		t.Skip("no corpus beside the project")
	}
	img := reference.Open(t, file)
	if len(img.Skipped) > 0 {
		t.Error(img.Skipped)
	}
	if f := img.Files[0]; !strings.Contains(f.Path, "!intel-hex!0x00000000!cortex-m!code-0x") || f.Container.Attributes["initial-sp"] != "0x20004000" || f.Container.Length != 243852 {
		t.Errorf("%s in %+v", f.Path, f.Container)
	}
}
