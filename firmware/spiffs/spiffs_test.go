package spiffs_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/spiffs"
)

var le = binary.LittleEndian

// system is a file system while it is written, page by page.
type system struct {
	page, block, count int
	table              int  // of the numbers in a page with a name
	constant           bool // magic numbers without what is left
	b                  []byte
	next               int // free page
	id                 uint16
}

func newSystem(page, block, count, table int) *system {
	return &system{page: page, block: block, count: count, table: table, b: bytes.Repeat([]byte{0xff}, block*count)}
}

func (s *system) lookup() int { return max(1, s.block/s.page*2/s.page) }

// put writes a page, and its file into the first pages of its block.
func (s *system) put(id, span uint16, flags byte, content []byte) int {
	perBlock := s.block / s.page
	for s.next%perBlock < s.lookup() {
		s.next++
	}
	n := s.next
	s.next++
	at := n * s.page
	le.PutUint16(s.b[at:], id)
	le.PutUint16(s.b[at+2:], span)
	s.b[at+4] = flags
	copy(s.b[at+5:], content)
	le.PutUint16(s.b[n/perBlock*s.block+2*(n%perBlock-s.lookup()):], id)
	return n
}

// file writes a file: pages with the content, then those with the index.
func (s *system) file(name string, content []byte) (head int, pages []int) {
	s.id++
	room := s.page - 5
	for n := 0; n*room < len(content); n++ {
		pages = append(pages, s.put(s.id, uint16(n), 0xfc, content[n*room:min(len(content), (n+1)*room)]))
	}
	h := bytes.Repeat([]byte{0xff}, s.table)
	le.PutUint32(h[8:], uint32(len(content)))
	h[12] = 1
	copy(h[13:], append([]byte(name), make([]byte, 32-len(name))...))
	left := pages
	for span := uint16(0); span == 0 || len(left) > 0; span++ {
		for len(left) > 0 && len(h)+2 <= s.page {
			h = le.AppendUint16(h, uint16(left[0]))
			left = left[1:]
		}
		n := s.put(s.id|0x8000, span, 0xf8, h[5:])
		if span == 0 {
			head = n
		}
		h = bytes.Repeat([]byte{0xff}, 8)
	}
	return head, pages
}

func (s *system) image() []byte {
	for n := range s.count {
		m := uint16(0x0529) ^ uint16(s.page)
		if !s.constant {
			m ^= uint16(s.count - n)
		}
		le.PutUint16(s.b[n*s.block+s.lookup()*s.page-4:], m)
	}
	return s.b
}

func content(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 >> (i % 5))
	}
	return b
}

func (s *system) sample() *system {
	s.file("/index.html", []byte("<html>"))
	s.file("/empty", nil)
	s.file("/exact", content(s.page-5))
	s.file("/two", content(s.page-4))
	s.file("/big/file", content(150*s.page))
	return s
}

func open(t testing.TB, img []byte) (lines []string, o *format.Opened) {
	t.Helper()
	if spiffs.Format.Probe(format.InMemory(img)) == format.No {
		return []string{"refused"}, nil
	}
	o, err := spiffs.Format.Open(context.Background(), format.InMemory(img), format.NewBudget(1<<16, 1<<30, 64<<20, 4096))
	if err != nil {
		return []string{"refused: " + err.Error()}, nil
	}
	for i, e := range o.Tree.Entries() {
		if e.Err != nil {
			lines = append(lines, e.Name+": "+e.Err.Error())
			continue
		}
		b, err := o.Tree.Read(i)
		if err != nil || int64(len(b)) != e.Size || e.Offset >= 0 && !bytes.HasPrefix(img[e.Offset:], b) {
			t.Errorf("%s: %d of %d bytes at 0x%x, %v", e.Name, len(b), e.Size, e.Offset, err)
		}
		lines = append(lines, line(e.Name, b))
	}
	for _, d := range o.Damage {
		lines = append(lines, fmt.Sprintf("damage at 0x%x: %s", d.Offset, d.Reason))
	}
	return lines, o
}

func line(name string, b []byte) string {
	h := fnv.New32a()
	_, _ = h.Write(b)
	return fmt.Sprintf("%s %d %08x", name, len(b), h.Sum32())
}

func TestGeometries(t *testing.T) {
	for _, page := range []int{128, 256, 512, 1024} {
		for _, block := range []int{4096, 8192, 65536} {
			for _, table := range []int{49, 45, 46, 50, 64} {
				for _, constant := range []bool{false, true} {
					if block/page-max(1, block/page*2/page) > max(1, block/page*2/page)*page/2-2 {
						continue // no room for the magic number
					}
					s := newSystem(page, block, 4+200*page/block, table).sample()
					s.constant = constant
					img := s.image()
					lines, o := open(t, append(slices.Clone(img), content(100000)...))
					want := []string{
						line("/index.html", []byte("<html>")), line("/empty", nil), line("/exact", content(page-5)),
						line("/two", content(page-4)), line("/big/file", content(150*page)),
					}
					if !slices.Equal(lines, want) {
						t.Fatalf("pages of %d, blocks of %d, numbers at %d: got %q, want %q", page, block, table, lines, want)
					}
					if o.Length != int64(len(img)) || o.Attributes["page-size"] != fmt.Sprint(page) || o.Attributes["block-size"] != fmt.Sprint(block) {
						t.Errorf("pages of %d, blocks of %d: %d of %d bytes, %v", page, block, o.Length, len(img), o.Attributes)
					}
				}
			}
		}
	}
}

func small() *system { return newSystem(256, 4096, 12, 49) }

func TestHostile(t *testing.T) {
	build := func(f func(s *system)) []byte {
		s := small()
		f(s)
		return s.image()
	}
	for _, c := range []struct {
		name, want string
		img        []byte
	}{
		{"deleted page", "a: at 0x100: page 0 of the file is not there", build(func(s *system) {
			_, pages := s.file("a", []byte("x"))
			s.b[pages[0]*256+4] &^= 0x80
		})},
		{"deleted file", "b 1", build(func(s *system) {
			head, _ := s.file("a", []byte("x"))
			s.b[head*256+4] &^= 0x80
			s.file("b", []byte("y"))
		})},
		{"page of another file", "a: at 0x300: page 0 of the file is not there: the page is part 0 of file 0x0002", build(func(s *system) {
			head, _ := s.file("a", []byte("x"))
			_, pages := s.file("b", []byte("y"))
			le.PutUint16(s.b[head*256+49:], uint16(pages[0]))
			s.file("c", []byte("z"))
			s.file("d", []byte("z"))
		})},
		{"pages in another order", "page 0 of the file is not there: the page is part 1 of file", build(func(s *system) {
			s.file("z", []byte("z"))
			s.file("y", []byte("z"))
			head, pages := s.file("a", content(400))
			le.PutUint16(s.b[head*256+49:], uint16(pages[1]))
			le.PutUint16(s.b[head*256+51:], uint16(pages[0]))
		})},
		{"huge file", "a: at 0x200: file of 2147483647 bytes in a file system of 49152", build(func(s *system) {
			head, _ := s.file("a", []byte("x"))
			le.PutUint32(s.b[head*256+8:], 1<<31-1)
		})},
		{"longer than its pages", "page 1 of the file is not there", build(func(s *system) {
			head, _ := s.file("a", []byte("x"))
			le.PutUint32(s.b[head*256+8:], 2000)
		})},
		{"index is missing", "a: at 0x", build(func(s *system) {
			s.file("a", content(30000))
			for n := range s.next {
				if le.Uint16(s.b[n*256:]) == 0x8001 && le.Uint16(s.b[n*256+2:]) == 1 {
					s.b[n*256+4] = 0
				}
			}
		})},
		{"page where the block has another", "damage at 0x100: page of file 0x0063 where the block has 0x0001", build(func(s *system) {
			_, pages := s.file("a", []byte("x"))
			le.PutUint16(s.b[pages[0]*256:], 99)
		})},
		{"two files with one number", "damage at 0x400: index 0 of file 0x0001 is there twice, at 0x200 too", build(func(s *system) {
			s.file("a", []byte("x"))
			s.id = 0
			s.file("b", []byte("y"))
		})},
		{"not written yet", "a 0", build(func(s *system) {
			head, _ := s.file("a", nil)
			le.PutUint32(s.b[head*256+8:], 0xffffffff)
		})},
		{"truncated", "damage at 0x5000: file system of 49152 bytes, but 20480 are here", small().sample2().image()[:0x5000]},
		{"newline", "a\nb 1", build(func(s *system) { s.file("a\nb", []byte("x")) })},
		{"wrong magic number", "refused", func() []byte { b := small().image(); b[4096+252] ^= 1; return b }()},
		{"erased", "refused", bytes.Repeat([]byte{0xff}, 65536)},
		{"zeros", "refused", make([]byte, 65536)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if lines, _ := open(t, c.img); !strings.Contains(strings.Join(lines, "|"), c.want) {
				t.Errorf("got %q, want %q", lines, c.want)
			}
		})
	}
}

func (s *system) sample2() *system {
	s.file("a", content(15000))
	s.file("b", content(9000))
	return s
}

func TestOpened(t *testing.T) {
	img := reference.Open(t, small().sample2().image())
	if reference.Find(t, img, "!spiffs!a").Size != 15000 {
		t.Error("another size")
	}
}

func seeds() [][]byte { return [][]byte{small().sample2().image()} }

func TestMutated(t *testing.T) { formattest.Mutate(t, spiffs.Format, seeds()...) }

func FuzzSPIFFS(f *testing.F) { formattest.Fuzz(f, spiffs.Format, seeds()...) }

func BenchmarkSPIFFS(b *testing.B) {
	s := newSystem(256, 4096, 256, 49)
	for n := range 20 {
		s.file(fmt.Sprint("file", n), content(40000))
	}
	img := s.image()
	b.SetBytes(int64(len(img)))
	for b.Loop() {
		o, err := spiffs.Format.Open(context.Background(), format.InMemory(img), format.NewBudget(1<<16, 1<<30, 1<<20, 256))
		if err != nil {
			b.Fatal(err)
		}
		for i := range o.Tree.Entries() {
			if _, err := o.Tree.Read(i); err != nil {
				b.Fatal(err)
			}
		}
	}
}
