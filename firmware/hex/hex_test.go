package hex_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/hex"
)

// record is a record of Intel HEX.
func record(off uint16, kind byte, data ...byte) string {
	raw := append([]byte{byte(len(data)), byte(off >> 8), byte(off), kind}, data...)
	sum := byte(0)
	for _, c := range raw {
		sum -= c
	}
	return fmt.Sprintf(":%X%02X\n", raw, sum)
}

// srecord is a record of Motorola.
func srecord(kind byte, address uint64, data ...byte) string {
	width := map[byte]int{'0': 2, '1': 2, '2': 3, '3': 4, '5': 2, '6': 3, '7': 4, '8': 3, '9': 2}[kind]
	var wide [8]byte
	binary.BigEndian.PutUint64(wide[:], address)
	raw := slices.Concat([]byte{byte(width + len(data) + 1)}, wide[8-width:], data)
	sum := byte(0xff)
	for _, c := range raw {
		sum -= c
	}
	return fmt.Sprintf("S%c%X%02X\n", kind, raw, sum)
}

// block is a block of UF2.
func block(flags, address, number, count, family uint32, data string) string {
	b := make([]byte, 512)
	copy(b, "UF2\n\x57\x51\x5d\x9e")
	for i, v := range []uint32{flags, address, uint32(len(data)), number, count, family} {
		binary.LittleEndian.PutUint32(b[8+4*i:], v)
	}
	copy(b[32:], data)
	binary.LittleEndian.PutUint32(b[508:], 0x0ab16f30)
	return string(b)
}

const end = ":00000001FF\n"

var (
	intelFile = record(0, 4, 0x08, 0x00) + record(0x10, 0, 1, 2, 3) + record(0x13, 0, 4) + record(0, 5, 8, 0, 0, 0x11) + end
	srecFile  = srecord('0', 0, []byte("hello")...) + srecord('3', 0x08000000, 1, 2, 3) + srecord('3', 0x08000003, 4) + srecord('5', 2) + srecord('7', 0x08000011)
	uf2File   = block(0x2000, 0x10000000, 0, 2, 0xe48bff56, "abcd") + block(0x2000, 0x10000004, 1, 2, 0xe48bff56, "efgh")
)

func budget() *format.Budget { return format.NewBudget(1000, 64<<20, 16<<20, 256) }

// describe says in one line what a file holds.
func describe(t *testing.T, f *format.Format, file string) string {
	t.Helper()
	in := format.InMemory([]byte(file))
	if f.Probe(in) == format.No {
		return "none"
	}
	o, err := f.Open(t.Context(), in, budget())
	if err != nil {
		return "error: " + err.Error()
	}
	s := []string{fmt.Sprint(o.Length)}
	for _, p := range o.Parts {
		b, err := p.Bytes.Bytes(0, p.Bytes.Size)
		if err != nil {
			t.Fatal(err)
		}
		s = append(s, fmt.Sprintf("%s=%x", p.Name, b))
	}
	for _, d := range o.Damage {
		s = append(s, fmt.Sprintf("[%d+%d %s]", d.Offset, d.Length, d.Reason))
	}
	return strings.Join(s, " ")
}

func TestIntel(t *testing.T) {
	r := record
	for name, c := range map[string]struct{ file, want string }{
		"linear":         {intelFile, "80 0x08000010=01020304"},
		"lower case":     {strings.ToLower(r(0xabc, 0, 0xab)) + end, "26 0x00000abc=ab"},
		"CR LF":          {strings.ReplaceAll(r(0, 0, 1)+end, "\n", "\r\n"), "28 0x00000000=01"},
		"no last line":   {r(0, 0, 1) + strings.TrimSpace(end), "25 0x00000000=01"},
		"segment":        {r(0, 2, 0x10, 0x00) + r(0x10, 0, 1) + end, "42 0x00010010=01"},
		"segment wraps":  {r(0, 2, 0x10, 0x00) + r(0xffff, 0, 1, 2) + end, "44 0x00010000=02 0x0001ffff=01"},
		"linear goes on": {r(0, 4, 0, 1) + r(0xffff, 0, 1, 2) + end, "44 0x0001ffff=0102"},
		"4 GiB gap":      {r(0, 0, 1) + r(0, 4, 0xff, 0xff) + r(0xfff0, 0, 2) + end, "56 0x00000000=01 0xfffffff0=02 [30+0 a gap of 4294967279 bytes: nothing from 0x00000001 up to 0xfffffff0]"},
		"option bytes":   {r(0, 0, 1) + r(0, 4, 0x90, 0x50) + r(0, 0, 2) + end, "56 0x00000000=01 0x90500000=02"},
		"behind the end": {r(0, 4, 0xff, 0xff) + r(0xffff, 0, 1, 2) + r(0, 0, 3) + end, "58 0xffff0000=03 [16+16 line 2: behind the end of the memory]"},
		"what follows":   {r(0, 0, 1) + end + "\n\nmore\n", "28 0x00000000=01"},
		"checksum":       {r(0, 0, 1) + ":0100010002FF\n" + r(2, 0, 3) + end, "54 0x00000000=01ff03 [14+14 line 2: checksum differs: ff, not fc]"},
		"not hex":        {r(0, 0, 1) + ":01000100zzFF\n" + end, "40 0x00000000=01 [14+14 line 2: not hexadecimal]"},
		"length lies":    {r(0, 0, 1) + ":0200010002FC\n" + end, "40 0x00000000=01 [14+14 line 2: its length is not as it says]"},
		"comment":        {r(0, 0, 1) + "; comment\n" + end, "36 0x00000000=01 [14+10 line 2: not a record]"},
		"unknown type":   {r(0, 0, 1) + r(0, 9, 1) + end, "40 0x00000000=01 [14+14 line 2: record of unknown type 9]"},
		"short base":     {r(0, 0, 1) + r(0, 4, 1) + end, "40 0x00000000=01 [14+14 line 2: record of type 4 with 1 bytes]"},
		"overlap":        {r(0, 0, 1, 2, 3) + r(1, 0, 9) + end, "44 0x00000000=010903 [18+14 0x00000001 is written twice: from line 1 on, and again from line 2 on; the later counts]"},
		"no end":         {r(0, 0, 1) + r(1, 0, 2), "28 0x00000000=0102 [28+0 the file ends without an end record, after line 2]"},
		"binary follows": {r(0, 0, 1) + "\x00\x01\x02", "14 0x00000000=01 [14+0 the file ends without an end record, after line 2]"},
		"universal": {
			r(0, 4, 0, 0) + r(0, 10, 0x99, 0x00, 0xc0, 0xde) + r(0, 0, 1) + r(0, 12, 0xff) + r(0, 11) +
				r(0, 4, 0, 0) + r(0, 10, 0x99, 0x03, 0xc0, 0xde) + r(0, 13, 2) + r(0, 14, 3) + r(0, 11) + end,
			"164 other-0x00000000=03 board-9900-0x00000000=01 board-9903-0x00000000=02",
		},
		"only an end": {end, "12"},
		"text":        {":no hex\n", "none"},
		"one colon":   {":", "none"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := describe(t, hex.Intel, c.file); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestSRecord(t *testing.T) {
	r := srecord
	for name, c := range map[string]struct{ file, want string }{
		"32 bits":        {srecFile, "85 0x08000000=01020304"},
		"16 bits":        {r('1', 0x10, 1) + r('9', 0), "24 0x00000010=01"},
		"24 bits":        {r('2', 0x123456, 1) + r('8', 0), "28 0x00123456=01"},
		"checksum":       {r('1', 0, 1) + "S104000102FF\n" + r('9', 0), "37 0x00000000=01 [13+13 line 2: checksum differs: ff, not f8]"},
		"count":          {r('1', 0, 1) + r('5', 7) + r('9', 0), "35 0x00000000=01 [13+11 line 2: 7 records, 1 were read]"},
		"unknown type":   {r('1', 0, 1) + "S4040001FA\n" + r('9', 0), "35 0x00000000=01 [13+11 line 2: record of an unknown type]"},
		"length lies":    {r('1', 0, 1) + "S1050000FA\n" + r('9', 0), "35 0x00000000=01 [13+11 line 2: its length is not as it says]"},
		"overlap":        {r('1', 0, 1, 2) + r('1', 1, 3) + r('9', 0), "39 0x00000000=0103 [15+13 0x00000001 is written twice: from line 1 on, and again from line 2 on; the later counts]"},
		"behind the end": {r('3', 0xffffffff, 1, 2) + r('7', 0), "34 [0+19 line 1: behind the end of the memory]"},
		"no end":         {r('1', 0, 1) + r('1', 1, 2), "26 0x00000000=0102 [26+0 the file ends without an end record and a count, after line 2]"},
		"count at end":   {r('1', 0, 1) + r('5', 1), "24 0x00000000=01"},
		"text":           {"So it goes\n", "none"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := describe(t, hex.SRecord, c.file); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
	o, err := hex.SRecord.Open(t.Context(), format.InMemory([]byte(srecFile)), budget())
	if err != nil || o.Attributes["header"] != "hello" || o.Attributes["entry"] != "0x08000011" || o.Attributes["records"] != "5" {
		t.Errorf("%v, %v", o, err)
	}
}

func TestUF2(t *testing.T) {
	b := block
	for name, c := range map[string]struct{ file, want string }{
		"one family":     {uf2File, "1024 0x10000000=6162636465666768"},
		"what follows":   {uf2File + "more", "1024 0x10000000=6162636465666768"},
		"two families":   {b(0x2000, 0, 0, 1, 1, "a") + b(0x2000, 0, 0, 1, 2, "b"), "1024 family-00000001-0x00000000=61 family-00000002-0x00000000=62"},
		"out of order":   {b(0, 4, 1, 2, 0, "efgh") + b(0, 0, 0, 2, 0, "abcd"), "1024 0x00000000=6162636465666768"},
		"not for flash":  {b(0, 0, 0, 2, 0, "a") + b(1, 0, 1, 2, 0, "b"), "1024 0x00000000=61 other-0x00000000=62"},
		"missing":        {b(0, 0, 0, 3, 0, "a"), "512 0x00000000=61 [512+0 2 of 3 blocks of family 0x00000000 are missing]"},
		"twice":          {b(0, 0, 0, 2, 0, "a") + b(0, 1, 0, 2, 0, "b"), "1024 0x00000000=6162 [512+0 block 1: number 0 is there twice] [1024+0 1 of 2 blocks of family 0x00000000 are missing]"},
		"number":         {b(0, 0, 9, 1, 0, "a"), "512 0x00000000=61 [0+0 block 0: number 9 of 1]"},
		"overlap":        {b(0, 0, 0, 2, 0, "ab") + b(0, 1, 1, 2, 0, "c"), "1024 0x00000000=6163 [512+512 0x00000001 is written twice: from block 0 on, and again from block 1 on; the later counts]"},
		"behind the end": {b(0, 0xffffffff, 0, 1, 0, "ab"), "512 [0+512 block 0: behind the end of the memory]"},
		"no end":         {strings.Replace(b(0, 0, 0, 1, 0, "a"), "\x30\x6f\xb1\x0a", "\x30\x6f\xb1\x0b", 1), "none"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := describe(t, hex.UF2, c.file); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
	long := []byte(uf2File)
	long[16], long[17] = 0xff, 0xff
	if got := describe(t, hex.UF2, string(long)); !strings.Contains(got, "[0+512 block 0: 65535 bytes of data]") {
		t.Error(got)
	}
}

// A million wrong lines are no million messages, and all of them are lost.
func TestManyWrong(t *testing.T) {
	file := record(0, 0, 1) + strings.Repeat(":0100010002FF\n", 1000) + end
	o, err := hex.Intel.Open(t.Context(), format.InMemory([]byte(file)), budget())
	if err != nil || len(o.Damage) != 65 {
		t.Fatalf("%d messages, %v", len(o.Damage), err)
	}
	last := o.Damage[64]
	if last.Reason != "936 more records are wrong" || last.Offset+last.Length != int64(len(file)-len(end)) {
		t.Errorf("%+v", last)
	}
}

func TestMutated(t *testing.T) {
	formattest.Mutate(t, hex.Intel, []byte(intelFile))
	formattest.Mutate(t, hex.SRecord, []byte(srecFile))
	formattest.Mutate(t, hex.UF2, []byte(uf2File))
}

func FuzzIntel(f *testing.F)   { formattest.Fuzz(f, hex.Intel, []byte(intelFile)) }
func FuzzSRecord(f *testing.F) { formattest.Fuzz(f, hex.SRecord, []byte(srecFile)) }
func FuzzUF2(f *testing.F)     { formattest.Fuzz(f, hex.UF2, []byte(uf2File)) }

func BenchmarkIntel(b *testing.B) {
	var s strings.Builder
	for i := range 1 << 16 {
		if i%4096 == 0 {
			s.WriteString(record(0, 4, 0, byte(i/4096)))
		}
		s.WriteString(record(uint16(i*16), 0, make([]byte, 16)...))
	}
	s.WriteString(end)
	in := format.InMemory([]byte(s.String()))
	b.SetBytes(in.Size)
	for b.Loop() {
		if _, err := hex.Intel.Open(b.Context(), in, format.NewBudget(1000, 1<<40, 16<<20, 256)); err != nil {
			b.Fatal(err)
		}
	}
}
