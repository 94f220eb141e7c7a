package dfu_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/dfu"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

var le = binary.LittleEndian

// suffixed puts a suffix behind a file.
func suffixed(b []byte, version uint16) []byte {
	b = bytes.Clone(b)
	for _, v := range []uint16{0x0123, 0xdf11, 0x0483, version} {
		b = le.AppendUint16(b, v)
	}
	b = append(b, "UFD\x10"...)
	return le.AppendUint32(b, ^crc32.ChecksumIEEE(b))
}

// element is a run of memory, target several of them.
type (
	element struct {
		at   uint32
		data string
	}
	target []element
)

func dfuse(targets ...target) []byte {
	var body []byte
	for i, t := range targets {
		var elements []byte
		for _, e := range t {
			elements = le.AppendUint32(elements, e.at)
			elements = append(le.AppendUint32(elements, uint32(len(e.data))), e.data...)
		}
		h := append([]byte("Target"), byte(i), 1, 0, 0, 0)
		h = append(h, fmt.Sprintf("flash %d", i)...)
		h = append(h, make([]byte, 266-len(h))...)
		h = le.AppendUint32(h, uint32(len(elements)))
		h = le.AppendUint32(h, uint32(len(t)))
		body = slices.Concat(body, h, elements)
	}
	h := append([]byte("DfuSe"), 1)
	h = le.AppendUint32(h, uint32(len(body)+11))
	return append(append(h, byte(len(targets))), body...)
}

func open(t testing.TB, f *format.Format, b []byte) *format.Opened {
	t.Helper()
	in := format.InMemory(b)
	if f.Probe(in) != format.Sure {
		t.Fatal("not recognised")
	}
	o, err := f.Open(t.Context(), in, format.NewBudget(1000, 64<<20, 16<<20, 256))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestSuffix(t *testing.T) {
	program := firmwaretest.Kernel("", 5000)
	for _, version := range []uint16{0x0100, 0x011a} {
		o := open(t, dfu.Suffix, suffixed(program, version))
		if !o.Hashes[0].OK || o.Damage != nil || o.Length != 5016 || o.Parts[0].Offset != 0 || o.Parts[0].Length != 5000 {
			t.Errorf("%+v", o)
		}
		if a := o.Attributes; a["vendor"] != "0x0483" || a["product"] != "0xdf11" || a["device"] != "0x0123" {
			t.Errorf("%v", a)
		}
	}
	bad := suffixed(program, 0x0100)
	bad[100] ^= 1
	if o := open(t, dfu.Suffix, bad); o.Hashes[0].OK || len(o.Damage) != 1 || !strings.Contains(o.Damage[0].Reason, "checksum differs") || len(o.Parts) != 1 {
		t.Errorf("%+v", o)
	}
	prefix := append([]byte("\xda\xff\x0a\x00"), bytes.Repeat([]byte{0xff}, 12)...)
	for name, b := range map[string][]byte{"suffix first": slices.Concat(prefix, suffixed(program, 0x0100)), "prefix first": suffixed(slices.Concat(prefix, program), 0x0100)} {
		if o := open(t, dfu.Suffix, b); !o.Hashes[0].OK || o.Damage != nil || o.Attributes["prefix"] != "lpc" || o.Parts[0].Offset != 16 || o.Parts[0].Length != 5000 {
			t.Errorf("%s: %+v", name, o)
		}
	}
	if o := open(t, dfu.Suffix, slices.Concat([]byte("\xda\xff\x0a\x00"), make([]byte, 12), suffixed(program, 0x0100))); o.Hashes[0].OK {
		t.Error("what stands before the file is no prefix, and the checksum holds")
	}
	for name, b := range map[string][]byte{
		"no file": suffixed(nil, 0x0100), "version": suffixed(program, 0x0200), "more": append(suffixed(program, 0x0100), 0),
		"cut": suffixed(program, 0x0100)[:5015], "short": []byte("UFD"),
	} {
		if dfu.Suffix.Probe(format.InMemory(b)) != format.No {
			t.Errorf("%s: taken for a suffix", name)
		}
	}
}

func TestDfuSe(t *testing.T) {
	e := func(at uint32, data string) element { return element{at, data} }
	whole := dfuse(target{e(0x08000000, "boot"), e(0x08004000, "program")})
	put := func(b []byte, at int, v uint32) []byte {
		b = bytes.Clone(b)
		le.PutUint32(b[at:], v)
		return b
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"one target":     {whole, "312 0x08000000=boot 0x08004000=program"},
		"what follows":   {append(bytes.Clone(whole), "more"...), "312 0x08000000=boot 0x08004000=program"},
		"two targets":    {dfuse(target{e(0, "a")}, target{e(0, "b")}), "577 target-0-0x00000000=a target-1-0x00000000=b"},
		"empty element":  {dfuse(target{e(0, ""), e(1, "a")}), "302 0x00000001=a"},
		"overlap":        {dfuse(target{e(0, "abcd"), e(2, "x")}), "306 0x00000000=abcd 0x00000002=x [305+0 0x00000002 is written twice]"},
		"same address":   {dfuse(target{e(0, "a"), e(0, "b")}), "303 0x00000000=a 0x00000000@0x12e=b [302+0 0x00000000 is written twice]"},
		"size lies":      {put(whole, 6, 999), "312 0x08000000=boot 0x08004000=program [312+0 the targets end here, the prefix says at 0x3e7]"},
		"target lies":    {put(whole, 11+266, 7), "312 0x08000000=boot 0x08004000=program [11+274 target 0 has elements of 27 bytes, it says 7]"},
		"element lies":   {put(whole, 11+274+12+4, 1000), "297 0x08000000=boot [297+15 at 0x129: element of 1000 bytes, the input ends at 0x138]"},
		"many elements":  {put(whole, 11+270, 1<<31), "error: at 0xb: 2147483648 elements, at most 1024 are read"},
		"cut":            {whole[:300], "297 0x08000000=boot [297+3 at 0x129: an element should begin here, the input ends at 0x12c]"},
		"missing target": {append(whole[:10:10], append([]byte{2}, whole[11:]...)...), "312 target-0-0x08000000=boot target-0-0x08004000=program [312+0 at 0x138: target 1 should begin here]"},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := dfu.SE.Open(t.Context(), format.InMemory(c.file), nil)
			got := fmt.Sprint("error: ", err)
			if err == nil {
				s := []string{fmt.Sprint(o.Length)}
				for _, p := range o.Parts {
					s = append(s, fmt.Sprintf("%s=%s", p.Name, c.file[p.Offset:p.Offset+p.Length]))
				}
				for _, d := range o.Damage {
					s = append(s, fmt.Sprintf("[%d+%d %s]", d.Offset, d.Length, d.Reason))
				}
				got = strings.Join(s, " ")
			}
			if got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
	if o := open(t, dfu.SE, whole); o.Attributes["target-0"] != "flash 0" {
		t.Errorf("%v", o.Attributes)
	}
}

// TestInImage opens a DfuSe file with a suffix, and a suffix around a container.
func TestInImage(t *testing.T) {
	inner := firmwaretest.Squashfs(firmwaretest.Text("etc/passwd", 0o644, "root"))
	img := reference.Open(t, suffixed(dfuse(target{{0x08000000, string(inner)}}), 0x011a))
	reference.Find(t, img, "image.bin!dfu!dfuse!0x08000000!squashfs!etc/passwd")
	if len(img.Skipped) > 0 {
		t.Error(img.Skipped)
	}
	img = reference.Open(t, suffixed(inner, 0x0100))
	reference.Find(t, img, "image.bin!dfu!squashfs!etc/passwd")
}

func TestMutated(t *testing.T) {
	formattest.Mutate(t, dfu.Suffix, suffixed([]byte("program"), 0x0100))
	formattest.Mutate(t, dfu.SE, dfuse(target{{0, "a"}, {9, "b"}}, target{{0, "c"}}))
}

func FuzzSuffix(f *testing.F) { formattest.Fuzz(f, dfu.Suffix, suffixed([]byte("program"), 0x0100)) }

func FuzzDfuSe(f *testing.F) {
	formattest.Fuzz(f, dfu.SE, dfuse(target{{0, "a"}, {9, "b"}}, target{{0, "c"}}))
}

func BenchmarkSuffix(b *testing.B) {
	file := suffixed(firmwaretest.Kernel("", 1<<20), 0x0100)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		open(b, dfu.Suffix, file)
	}
}
