package ubootenv_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/ubootenv"
)

const variables = "arch=arm\nbootargs=console=ttyS0,115200 init=/bin/sh\nbootcmd=run a; run b\nbootdelay=3\nethaddr=00:11:22:33:44:55\n"

// packed is the form that the variables have in memory: "\v" stands for a line
// break inside a value.
func packed(text string) []byte {
	return append([]byte(strings.NewReplacer("\n", "\x00", "\v", "\n").Replace(text)), 0)
}

// env builds an environment; a negative flag means none.
func env(size, flag int, pad byte, text string) []byte {
	header := []byte{0, 0, 0, 0}
	if flag >= 0 {
		header = append(header, byte(flag))
	}
	b := append(header, packed(text)...)
	b = append(b, bytes.Repeat([]byte{pad}, size-len(b))...)
	binary.LittleEndian.PutUint32(b, crc32.ChecksumIEEE(b[len(header):]))
	return b
}

func TestContent(t *testing.T) {
	o, err := ubootenv.Format.Open(t.Context(), format.InMemory(append(env(4096, 1, 0xff, variables+"script=a\vb\n"), "behind"...)), format.NewBudget(9, 9, 9, 9))
	if err != nil {
		t.Fatal(err)
	}
	got, err := o.Tree.Read(0)
	if string(got) != variables+"script=a\\\nb\n" || err != nil || o.Length != 4096 || o.Attributes["flag"] != "0x01" || o.Attributes["variables"] != "6" {
		t.Errorf("%q, %v; length %d, %v", got, err, o.Length, o.Attributes)
	}
}

// TestRefused has what looks like an environment and is none.
func TestRefused(t *testing.T) {
	whole := env(4096, -1, 0, variables)
	flipped := bytes.Clone(whole)
	flipped[20] ^= 1
	for name, b := range map[string][]byte{
		"a changed byte":    flipped,
		"cut":               whole[:2000],
		"the built-in one":  slices.Concat([]byte{1, 2, 3, 4}, packed(variables), make([]byte, 5000)),
		"no equals sign":    env(4096, -1, 0, "bootcmd\nbootdelay=3\n"),
		"a control byte":    env(4096, -1, 0, "bootcmd=\x01\n"),
		"nothing":           env(4096, -1, 0, ""),
		"another padding":   env(4096, -1, 'x', variables),
		"five bytes":        {1, 2, 3, 4, 0},
		"a bare assignment": []byte("bootcmd=1"),
	} {
		if ubootenv.Format.Probe(format.InMemory(b)) != format.No {
			t.Errorf("%s is taken for an environment", name)
		}
	}
}

// TestStart looks for environments behind whatever may stand before them. Many
// are tried, so that some checksums look like text.
func TestStart(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 3000 {
		flag := i%3 - 1
		text := fmt.Sprintf("a=%d\n", r.Uint64()) + variables
		before := [][]byte{nil, firmwaretest.Kernel("", 1000+i%7), bytes.Repeat([]byte{0xff}, 512), make([]byte, 99), bytes.Repeat([]byte("some=te\x00"), 512), bytes.Repeat([]byte("text\n"), 4096)}[i%6]
		e := env(4096, flag, byte(0xff*(i%2)), text)
		image := slices.Concat(before, e)
		at := int64(len(before) + bytes.Index(e, []byte("bootargs=")))
		if got := ubootenv.Format.Start(format.InMemory(image), at); got != int64(len(before)) {
			t.Fatalf("%d: begins at 0x%x, found at 0x%x; checksum % x", i, len(before), got, e[:5])
		}
		if got := ubootenv.Format.Start(format.InMemory(image), at+int64(bytes.Index(image[at:], []byte("bootdelay=")))); got >= 0 {
			t.Fatal("looked for twice")
		}
	}
}

// TestSlow has texts that make the search go back and forth.
func TestSlow(t *testing.T) {
	for _, piece := range []string{"\x00bootcmd=", "\x01\x00bootcmd=", "x=bootcmd=\x00", strings.Repeat("x", 70000) + "\x00bootcmd=1", "\x00\x00bootcmd=1\x00\x00"} {
		image := bytes.Repeat([]byte(piece), (1<<20)/len(piece))
		begin := time.Now()
		reference.Open(t, image)
		if d := time.Since(begin); d > 20*time.Second {
			t.Errorf("%.20q took %v", piece, d)
		}
	}
}

// TestMkenvimage has mkenvimage build environments and puts each into an image.
func TestMkenvimage(t *testing.T) {
	tool := reference.Need(t, "mkenvimage")
	for _, size := range []int{4096, 8192, 0x3000, 65536, 0x1f000, 256 << 10} {
		for _, options := range []string{"", "-r", "-b", "-r -b", "-p 0", "-r -p 0"} {
			t.Run(fmt.Sprintf("%#x %s", size, options), func(t *testing.T) {
				dir := t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "env.txt"), []byte(variables), 0o600); err != nil {
					t.Fatal(err)
				}
				reference.Run(t, dir, tool, append(strings.Fields(options), "-s", fmt.Sprint(size), "-o", "env.bin", "env.txt")...)
				e, err := os.ReadFile(filepath.Join(dir, "env.bin"))
				if err != nil {
					t.Fatal(err)
				}
				loader := slices.Concat(firmwaretest.Kernel("", 9000), packed(variables), firmwaretest.Kernel("", 3000)) // with variables of its own
				img := reference.Open(t, slices.Concat(loader, e, e, firmwaretest.Kernel("", 5000)))
				var found []string
				for _, k := range img.Containers {
					if k.Type == "uboot-env" {
						found = append(found, fmt.Sprintf("%d+%d", k.Offset, k.Length))
					}
				}
				if want := []string{fmt.Sprintf("%d+%d", len(loader), size), fmt.Sprintf("%d+%d", len(loader)+size, size)}; !slices.Equal(found, want) {
					t.Errorf("environments at %q, want %q", found, want)
				}
				if b, err := reference.Find(t, img, "uboot-env!env").ReadFile(); string(b) != variables || err != nil {
					t.Errorf("variables %q, %v", b, err)
				}
			})
		}
	}
}

func seeds() [][]byte {
	return [][]byte{env(512, -1, 0, variables), env(512, 1, 0xff, "bootcmd=a\vb\n")}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, ubootenv.Format, seeds()...) }

func FuzzEnvironment(f *testing.F) { formattest.Fuzz(f, ubootenv.Format, seeds()...) }

func FuzzStart(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s, uint16(bytes.Index(s, []byte("boot"))))
	}
	f.Fuzz(func(t *testing.T, b []byte, at uint16) {
		if int(at) >= len(b) {
			return
		}
		if s := ubootenv.Format.Start(format.InMemory(b), int64(at)); s > int64(at) || s >= 0 && ubootenv.Format.Probe(format.InMemory(b[s:])) == format.No {
			t.Errorf("start 0x%x of a variable at 0x%x", s, at)
		}
	})
}

func BenchmarkScan(b *testing.B) {
	image := bytes.Repeat(slices.Concat(firmwaretest.Kernel("", 60<<10), packed(variables)), 64)
	b.SetBytes(int64(len(image)))
	for b.Loop() {
		for at := 0; ; {
			i := bytes.Index(image[at:], []byte("bootargs="))
			if i < 0 {
				break
			}
			at += i + 1
			ubootenv.Format.Start(format.InMemory(image), int64(at-1))
		}
	}
}
