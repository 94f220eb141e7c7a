package yaffs_test

import (
	"bytes"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/yaffs"
)

func unexplained(img *firmware.Image) (n int) {
	for _, g := range img.Ranges {
		if g.Class == firmware.Unexplained {
			n += int(g.Length)
		}
	}
	return n
}

// A new image, however it lies on flash, has nothing that nobody refers to. One of its
// files is chance bytes, which nobody can read.
func TestAllIsUsed(t *testing.T) {
	all := kinds()
	for name, f := range firsts() {
		all["first "+name] = f
	}
	for name, f := range all {
		const closed = 20001 // etc/long
		if n := unexplained(reference.Open(t, sample(f))); n != closed {
			t.Errorf("%s: %d bytes are unexplained, want %d", name, n, closed)
		}
	}
}

// A key in the spare bytes of YAFFS1, where marks and parities stand, is offered.
func TestSpare(t *testing.T) {
	const secret = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkg2Wf0PSMGTDWk0HTrTWZGqm7ZCWkkD4J7IK2x\n"
	for name, f := range firsts() {
		f.root()
		f.file(257, "file", bytes.Repeat([]byte("content\n"), 1000))
		if idle := opened(t, f).Unread; len(idle) > 0 {
			t.Errorf("%s: of a whole image: %v", name, idle)
		}
		rest := secret
		for at := 512; len(rest) >= 6; at += 528 {
			copy(f.Bytes()[at+8:], rest[:3])
			copy(f.Bytes()[at+13:], rest[3:6])
			rest = rest[6:]
		}
		if !formattest.Offered(t, yaffs.First, f.Bytes(), secret[:len(secret)-len(rest)]) {
			t.Errorf("%s: not offered", name)
		}
	}
	known := [3]byte{0xaa, 0xaa, 0xab} // of the first bit alone: all lines are even, and all columns
	b := make([]byte, 256)
	b[0] = 1
	f := firsts()["little"]
	if got := f.halfParity(b); [3]byte(got) != known {
		t.Errorf("the parity of a bit is %x, want %x", got, known)
	}
}

func opened(t *testing.T, f *flash) *format.Opened {
	t.Helper()
	o, err := yaffs.First.Open(t.Context(), format.InMemory(f.Bytes()), format.NewBudget(1000, 1<<20, 1<<20, 100))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// What was overwritten or deleted, what fills a page, and what stands behind a name
// are not opened.
func TestUnused(t *testing.T) {
	const secret = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkg2Wf0PSMGTDWk0HTrTWZGqm7ZCWkkD4J7IK2x\n"
	hide := func(at int) func(f *flash) {
		return func(f *flash) { copy(f.Bytes()[at:], secret) }
	}
	for name, change := range map[string]func(f *flash){
		"behind a name":    hide(2112*2 + 10 + 40),
		"behind a header":  hide(2112*2 + 1024),
		"behind a content": hide(2112*3 + 100),
		"an old version": func(f *flash) {
			f.data(257, 1, []byte(secret))
			f.content(257, []byte("new"))
			f.header(object{id: 257, kind: file, parent: 1, name: "file", mode: 0o644, size: 3})
		},
		"deleted": func(f *flash) {
			f.file(300, "gone", []byte(secret))
			f.header(object{id: 300, kind: file, parent: 4, name: "deleted", size: 0})
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := plain()
			f.root()
			f.header(object{id: 256, kind: folder, parent: 1, name: "etc", mode: 0o755})
			f.file(257, "file", []byte("content"))
			if n := unexplained(reference.Open(t, bytes.Clone(f.Bytes()))); n > 0 {
				t.Fatalf("%d bytes are unexplained before", n)
			}
			change(f)
			img := reference.Open(t, f.Bytes())
			found := false
			for _, r := range img.Files {
				b, err := r.ReadFile()
				found = found || err == nil && r.Kind == firmware.Raw && bytes.Contains(b, []byte(secret))
			}
			if n := unexplained(img); !found || n < len(secret) {
				t.Errorf("%d bytes are unexplained, offered: %v; %v", n, found, img.Ranges)
			}
		})
	}
}

// What the driver notes for itself is explained, and offered to who searches.
func TestRecords(t *testing.T) {
	const secret = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkg2Wf0PSMGTDWk0HTrTWZGqm7ZCWkkD4J7IK2x\n"
	noise := make([]byte, 2048)
	for i, x := 0, uint32(7); i < len(noise); i++ {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	for name, c := range map[string]struct {
		pages       [][]byte
		unexplained int
	}{
		"checkpoint":         {[][]byte{[]byte("\x10\x00\x00\x00\x53\xff\x41\x59\x07\x00\x00\x00"), []byte("tables " + secret)}, 0},
		"noise in one":       {[][]byte{[]byte("\x10\x00\x00\x00\x53\xff\x41\x59\x07\x00\x00\x00"), noise}, 2048},
		"not begun like one": {[][]byte{[]byte("tables " + secret)}, len(secret)},
	} {
		f := plain()
		f.root()
		f.file(257, "file", []byte("content"))
		for i, page := range c.pages {
			f.chunk(page, []uint32{0x21, 1, uint32(i) + 1, uint32(len(page))})
		}
		f.file(258, "other", []byte("content"))
		f.sequence++
		copy(f.Bytes()[f.Len()-30:], secret[:30])
		copy(f.Bytes()[f.Len()-2112-30:], secret[30:60])
		img := reference.Open(t, f.Bytes())
		all := ""
		for _, r := range img.Files {
			if b, err := r.ReadFile(); err == nil && r.Kind == firmware.Raw {
				all += string(b)
			}
		}
		if bytes.Contains(c.pages[len(c.pages)-1], []byte(secret)) && !bytes.Contains([]byte(all), []byte(secret)) || !bytes.Contains([]byte(all), []byte(secret[:30])) {
			t.Errorf("%s: not offered: %q", name, all)
		}
		if n := unexplained(img); n < c.unexplained || c.unexplained == 0 && n > 0 {
			t.Errorf("%s: %d bytes are unexplained: %v", name, n, img.Ranges)
		}
	}
}
