package nvs_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/nvs"
)

var le = binary.LittleEndian

// crc is esp_rom_crc32_le with a first value of all ones.
func crc(b []byte) uint32 { return crc32.Update(0xffffffff, crc32.IEEETable, b) }

// storage is a partition that is written as the library writes it.
type storage struct {
	b    []byte
	next int // free entry of the last page
}

func (s *storage) page(sequence uint32, version byte) {
	p := bytes.Repeat([]byte{0xff}, 4096)
	le.PutUint32(p, 0xfffffffe)
	le.PutUint32(p[4:], sequence)
	p[8] = version
	le.PutUint32(p[28:], crc(p[4:28]))
	s.b, s.next = append(s.b, p...), 0
}

func (s *storage) last() []byte { return s.b[len(s.b)-4096:] }

// state sets the two bits of an entry.
func (s *storage) state(n int, state byte) {
	b := &s.last()[32+n/4]
	*b = *b&^(3<<(2*(n%4))) | state<<(2*(n%4))
}

// put writes an entry, and a longer value behind it.
func (s *storage) put(ns, kind, chunk byte, key string, data, long []byte) (n int) {
	n = s.next
	span := 1 + (len(long)+31)/32
	e := bytes.Repeat([]byte{0xff}, 32)
	e[0], e[1], e[2], e[3] = ns, kind, byte(span), chunk
	copy(e[8:24], append([]byte(key), make([]byte, 16)...))
	copy(e[24:], data)
	if long != nil {
		le.PutUint16(e[24:], uint16(len(long)))
		le.PutUint32(e[28:], crc(long))
	}
	le.PutUint32(e[4:], crc(append(bytes.Clone(e[:4]), e[8:]...)))
	at := 64 + 32*n
	copy(s.last()[at:], e)
	copy(s.last()[at+32:], long)
	for i := range span {
		s.state(n+i, 2)
	}
	s.next += span
	return n
}

func (s *storage) erase(n, span int) {
	for i := range span {
		s.state(n+i, 0)
	}
}

func word(n uint64, size int) []byte { return le.AppendUint64(nil, n)[:size] }

// sample has a value of each type, in two pages that are not in order.
func sample() *storage {
	s := &storage{}
	s.page(9, 0xfe)
	s.put(0, 1, 0xff, "nvs.net80211", []byte{1}, nil)
	s.put(0, 1, 0xff, "app", []byte{2}, nil)
	s.put(1, 0x21, 0xff, "sta.ssid", nil, []byte("home\x00"))
	old := s.put(1, 0x21, 0xff, "sta.pswd", nil, []byte("old password, forty bytes or so, erased\x00"))
	s.erase(old, 3)
	s.put(1, 0x21, 0xff, "sta.pswd", nil, []byte("new password\x00"))
	for i, k := range []byte{0x01, 0x02, 0x04, 0x08, 0x11, 0x12, 0x14, 0x18} {
		s.put(2, k, 0xff, fmt.Sprintf("n%d", i), word(0xf0f1f2f3f4f5f6f7, int(k&15)), nil)
	}
	s.put(2, 0x41, 0xff, "old-blob", nil, []byte("version 1\x00"))
	s.put(2, 0x42, 0, "blob", nil, bytes.Repeat([]byte("b"), 1000))
	s.b = append(s.b, bytes.Repeat([]byte{0xff}, 4096)...)
	s.page(8, 0xfe)
	s.put(2, 0x42, 1, "blob", nil, []byte("the end"))
	s.put(2, 0x48, 0xff, "blob", append(word(1007, 4), 2, 0, 0xff, 0xff), nil)
	s.put(7, 1, 0xff, "stray", []byte{5}, nil)
	return s
}

func open(t testing.TB, img []byte) (lines []string, o *format.Opened) {
	t.Helper()
	o, err := nvs.Format.Open(context.Background(), format.InMemory(img), format.NewBudget(1<<16, 1<<30, 64<<20, 4096))
	if err != nil {
		return []string{"refused: " + err.Error()}, nil
	}
	for i, e := range o.Tree.Entries() {
		line := fmt.Sprintf("%s %s ", e.Name, e.Xattrs["user.nvs.type"])
		b, err := o.Tree.Read(i)
		switch {
		case e.Err != nil:
			line += e.Err.Error()
		case err != nil || int64(len(b)) != e.Size:
			t.Errorf("%s: %d of %d bytes, %v", e.Name, len(b), e.Size, err)
		case len(b) > 100:
			line += fmt.Sprintf("%d bytes, %q at the end", len(b), b[len(b)-8:])
		default:
			line += string(b)
		}
		if e.Offset >= 0 && e.Err == nil && !bytes.HasPrefix(img[e.Offset:], b) {
			t.Errorf("%s is not at 0x%x", e.Name, e.Offset)
		}
		lines = append(lines, line)
	}
	for _, d := range o.Damage {
		lines = append(lines, fmt.Sprintf("damage at 0x%x: %s", d.Offset, d.Reason))
	}
	return lines, o
}

func TestTypes(t *testing.T) {
	lines, o := open(t, append(sample().b, "what follows"...))
	want := []string{
		`app/blob blob 1007 bytes, "bthe end" at the end`,
		"namespace-7/stray u8 5", "nvs.net80211/sta.ssid string home",
		"nvs.net80211/sta.pswd@erased-0xc0 string old password, forty bytes or so, erased", "nvs.net80211/sta.pswd string new password",
		"app/n0 u8 247", "app/n1 u16 63223", "app/n2 u32 4109760247", "app/n3 u64 17361925168090707703",
		"app/n4 i8 -9", "app/n5 i16 -2313", "app/n6 i32 -185207049", "app/n7 i64 -1084818905618843913", "app/old-blob blob version 1\x00",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got  %q\nwant %q", lines, want)
	}
	if o.Length != 3*4096 || o.Attributes["version"] != "2" || o.Attributes["pages"] != "2" {
		t.Errorf("%d bytes, %v", o.Length, o.Attributes)
	}
	img := reference.Open(t, sample().b)
	reference.Find(t, img, "!nvs!nvs.net80211/sta.pswd")
}

func TestHostile(t *testing.T) {
	flip := func(at int) []byte {
		b := sample().b
		b[at] ^= 1
		return b
	}
	entry := func(n int) int { return 64 + 32*n }
	cipher := sample()
	x := uint32(1)
	for i := 64; i < 4096-512; i++ {
		x = x*1664525 + 1013904223
		cipher.b[i], cipher.b[8192+i] = byte(x>>24), byte(x>>16)
	}
	missing := &storage{}
	missing.page(0, 0xff)
	missing.put(1, 0x48, 0xff, "blob", append(word(1<<31, 4), 200, 0, 0xff, 0xff), nil)
	missing.put(1, 0x42, 3, "other", nil, []byte("orphan"))
	short := &storage{}
	short.page(0, 0xfe)
	short.put(1, 0x42, 0, "blob", nil, []byte("chunk"))
	short.put(1, 0x48, 0xff, "blob", append(word(99, 4), 1, 0, 0xff, 0xff), nil)
	span := &storage{}
	span.page(0, 0xfe)
	span.next = 120
	span.put(1, 0x21, 0xff, "long", nil, make([]byte, 100))
	at := entry(120)
	span.b[at+2] = 50
	le.PutUint32(span.b[at+4:], crc(append(bytes.Clone(span.b[at:at+4]), span.b[at+8:at+32]...)))
	kind := &storage{}
	kind.page(0, 0xfe)
	kind.put(1, 0x77, 0xff, "what", nil, nil)
	twice := &storage{}
	twice.page(0, 0xfe)
	twice.put(1, 1, 0xff, "k", []byte{1}, nil)
	twice.put(1, 1, 0xff, "k", []byte{2}, nil)
	path := &storage{}
	path.page(0, 0xfe)
	path.put(1, 1, 0xff, "../../etc\nx", []byte{1}, nil)
	for _, c := range []struct {
		name, want string
		img        []byte
	}{
		{"entry", "damage at 0x80: the checksum of the entry differs", flip(entry(2) + 9)},
		{"value", "nvs.net80211/sta.ssid string the checksum of the value differs", flip(entry(3))},
		{"chunk of a blob", "app/blob blob at 0x2a0: chunk 0: the checksum of the value differs", flip(entry(24 + 5))},
		{"header of the only page", "refused", flip(5)[:4096]},
		{"header of a page in the middle", "nvs.net80211/sta.ssid string home", func() []byte { b := sample().b; b[8192+5] ^= 1; return b }()},
		{"encrypted", "damage at 0x40: encrypted (NVS encryption)", cipher.b},
		{"chunks that are missing", "namespace-1/blob blob at 0x40: chunk 0 of 200 is missing", missing.b},
		{"chunk of no blob", "namespace-1/other@chunk-3 blob-data orphan", missing.b},
		{"blob shorter than its index says", "5 bytes in chunks, the index says 99", short.b},
		{"value over the end of the page", "in 50 entries, 6 are left", span.b},
		{"unknown type", `key "what" has a value of the unknown type 0x77`, kind.b},
		{"two with one name", "namespace-1/k u8 1|namespace-1/k u8 2", twice.b},
		{"truncated", "damage at 0x2100: the last page is cut off", sample().b[:8192+0x100]},
		{"state", "damage at 0xfc0: entry in no valid state", func() []byte { b := sample().b; b[32+31] &^= 2; return b }()},
		{"nothing", "refused", bytes.Repeat([]byte{0xff}, 8192)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if lines, _ := open(t, c.img); !strings.Contains(strings.Join(lines, "|"), c.want) {
				t.Errorf("got %q, want %q", lines, c.want)
			}
		})
	}
	img := reference.Open(t, path.b)
	if len(img.Skipped) != 1 {
		t.Errorf("a name that is a path: %v", img.Skipped)
	}
}

func seeds() [][]byte { return [][]byte{sample().b} }

func TestMutated(t *testing.T) { formattest.Mutate(t, nvs.Format, seeds()...) }

func FuzzNVS(f *testing.F) { formattest.Fuzz(f, nvs.Format, seeds()...) }

func BenchmarkNVS(b *testing.B) {
	s := &storage{}
	for i := range 64 {
		s.page(uint32(i), 0xfe)
		for n := range 60 {
			s.put(1, 0x21, 0xff, fmt.Sprint("key", n), nil, []byte("a value"))
		}
	}
	b.SetBytes(int64(len(s.b)))
	for b.Loop() {
		if _, err := nvs.Format.Open(context.Background(), format.InMemory(s.b), format.NewBudget(1<<16, 1<<30, 1<<20, 256)); err != nil {
			b.Fatal(err)
		}
	}
}
