package ubi_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/ubi"
)

// The images of these tests have eraseblocks of 2 KiB: two headers at 0 and 64,
// and data from 128 on.
const (
	peb, vidAt, dataAt = 2048, 64, 128
	leb                = peb - dataAt
	layout             = 0x7fffefff
)

var be = binary.BigEndian

func seal(b []byte) []byte {
	be.PutUint32(b[60:], ^crc32.ChecksumIEEE(b[:60]))
	return b
}

// vid is a volume identifier header.
type vid struct {
	kind, copied         byte
	volume, leb          uint32
	size, used, pad, sum uint32
	sequence             uint64
}

func block(v *vid, data []byte) []byte {
	b := bytes.Repeat([]byte{0xff}, peb)
	ec := make([]byte, 64)
	copy(ec, "UBI#\x01")
	be.PutUint32(ec[16:], vidAt)
	be.PutUint32(ec[20:], dataAt)
	be.PutUint32(ec[24:], 0x1234)
	copy(b, seal(ec))
	if v != nil {
		h := make([]byte, 64)
		copy(h, "UBI!\x01")
		h[5], h[6] = v.kind, v.copied
		for at, n := range map[int]uint32{8: v.volume, 12: v.leb, 20: v.size, 24: v.used, 28: v.pad, 32: v.sum} {
			be.PutUint32(h[at:], n)
		}
		be.PutUint64(h[40:], v.sequence)
		copy(b[vidAt:], seal(h))
		copy(b[dataAt:], data)
	}
	return b
}

// table makes a volume table; the names stand for volumes 0, 1, ...
func table(reserved uint32, names ...string) []byte {
	b := make([]byte, leb/172*172)
	for i := range len(b) / 172 {
		r := b[i*172:][:172]
		if i < len(names) {
			be.PutUint32(r, reserved)
			be.PutUint32(r[4:], 1)
			r[12] = 1
			be.PutUint16(r[14:], uint16(len(names[i])))
			copy(r[16:], names[i])
		}
		be.PutUint32(r[168:], ^crc32.ChecksumIEEE(r[:168]))
	}
	return b
}

func tables(reserved uint32, names ...string) []byte {
	t := table(reserved, names...)
	return slices.Concat(block(&vid{kind: 1, volume: layout}, t), block(&vid{kind: 1, volume: layout, leb: 1}, t))
}

func fill(c string) []byte { return bytes.Repeat([]byte(c), leb)[:leb] }

func dynamic(volume, n uint32, sequence uint64, c string) []byte {
	return block(&vid{kind: 1, volume: volume, leb: n, sequence: sequence}, fill(c))
}

func static(n, used uint32, data string) []byte {
	return block(&vid{kind: 2, volume: 1, leb: n, used: used, size: uint32(len(data)), sum: ^crc32.ChecksumIEEE([]byte(data))}, []byte(data))
}

// device is a flash with two volumes, the blocks in disorder.
func device() []byte {
	return slices.Concat(tables(5, "data", "kernel"),
		dynamic(0, 2, 7, "c"), static(1, 2, "end"), block(nil, nil), dynamic(0, 0, 3, "old"), dynamic(0, 0, 5, "a"), static(0, 2, string(fill("k"))))
}

func open(t testing.TB, b []byte) (*format.Opened, map[string]string) {
	t.Helper()
	o, err := ubi.Format.Open(context.Background(), format.InMemory(b), format.NewBudget(1000, 1<<30, 1<<30, 256))
	if err != nil {
		t.Fatal(err)
	}
	return o, volumes(t, o)
}

func volumes(t testing.TB, o *format.Opened) map[string]string {
	t.Helper()
	got := map[string]string{}
	for _, p := range o.Parts {
		content, err := io.ReadAll(io.NewSectionReader(p.Bytes, 0, p.Bytes.Size))
		if err != nil || int64(len(content)) != p.Bytes.Size {
			t.Fatalf("%s: %d of %d bytes: %v", p.Name, len(content), p.Bytes.Size, err)
		}
		got[p.Name] = string(content)
	}
	return got
}

// expect opens an image with these volumes, and damage that says this.
func expect(t *testing.T, b []byte, want map[string]string, damage ...string) *format.Opened {
	t.Helper()
	o, got := open(t, b)
	for name := range got {
		if got[name] != want[name] {
			t.Errorf("volume %q: %d bytes, %.8q..., want %d, %.8q...", name, len(got[name]), got[name], len(want[name]), want[name])
		}
	}
	for name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("volume %q is missing", name)
		}
	}
	for i, d := range o.Damage {
		if i >= len(damage) || !strings.Contains(d.Reason, damage[i]) {
			t.Errorf("damage at 0x%x: %s", d.Offset, d.Reason)
		}
	}
	if len(o.Damage) < len(damage) {
		t.Errorf("damage is %v, want %q", o.Damage, damage)
	}
	return o
}

var (
	hole      = strings.Repeat("\xff", leb)
	wholeData = string(fill("a")) + hole + string(fill("c"))
	whole     = map[string]string{"data": wholeData, "kernel": string(fill("k")) + "end"}
)

func TestAttach(t *testing.T) {
	o := expect(t, device(), whole)
	if o.Length != int64(len(device())) || o.Attributes["eraseblock-size"] != "2048" || o.Attributes["image-sequence"] != "0x00001234" {
		t.Errorf("%d bytes, %v", o.Length, o.Attributes)
	}
	// What follows is another image, or none.
	other := device()
	for at := 0; at < len(other); at += peb {
		other[at+27]++
		seal(other[at : at+64])
	}
	for _, after := range [][]byte{other, fill("x"), bytes.Repeat([]byte{0xff}, 40*peb)} {
		if o := expect(t, slices.Concat(device(), after), whole); o.Length != int64(len(device())) {
			t.Errorf("%d bytes, want %d", o.Length, len(device()))
		}
	}
}

// A copy counts if its data are whole, else the original.
func TestCopies(t *testing.T) {
	data := fill("b")
	copied := vid{kind: 1, copied: 1, sequence: 9, size: leb, sum: ^crc32.ChecksumIEEE(data)}
	w := map[string]string{"data": string(data) + hole + string(fill("c")), "kernel": whole["kernel"]}
	expect(t, slices.Concat(device(), block(&copied, data)), w)
	expect(t, slices.Concat(device()[:2*peb], block(&copied, data), device()[2*peb:]), w)
	expect(t, slices.Concat(device(), block(&copied, fill("half"))), whole)
	expect(t, slices.Concat(device()[:2*peb], block(&copied, fill("half")), device()[2*peb:]), whole)
	expect(t, slices.Concat(device(), dynamic(0, 2, 7, "z")), whole, "same sequence number")
}

// edit changes one byte of a block.
func edit(number, at int) []byte {
	b := device()
	b[number*peb+at] ^= 1
	return b
}

func TestDamaged(t *testing.T) {
	without := func(part string) map[string]string {
		w := map[string]string{"data": whole["data"], "kernel": whole["kernel"]}
		w["data"] = strings.ReplaceAll(w["data"], strings.Repeat(part, leb), hole)
		w["kernel"] = strings.ReplaceAll(w["kernel"], strings.Repeat(part, leb), hole)
		return w
	}
	expect(t, edit(6, 20), whole, "bad erase counter header, used all the same")
	expect(t, edit(2, vidAt+50), map[string]string{"data": string(fill("a")), "kernel": whole["kernel"]}, "bad volume identifier header")
	both := edit(2, 20)
	both[2*peb+vidAt+9] ^= 1
	expect(t, both, map[string]string{"data": string(fill("a")), "kernel": whole["kernel"]}, "without valid headers")
	expect(t, edit(3, dataAt), map[string]string{"data": wholeData, "kernel": string(fill("k")) + "dnd"}, "the checksum of eraseblock 1 differs")
	expect(t, device()[:7*peb], map[string]string{"data": wholeData, "kernel": hole + "end"}, "1 of its 2 eraseblocks are missing")
	expect(t, edit(0, dataAt+3), whole, "copy 0 of the volume table")
	tables := edit(0, dataAt+3)
	tables[peb+dataAt+172] ^= 1
	expect(t, tables, whole, "copy 0", "copy 1")
	expect(t, device()[2*peb:], map[string]string{"volume-0": wholeData, "volume-1": whole["kernel"]}, "no volume table")
	o := expect(t, device()[:8*peb-100], map[string]string{"data": wholeData, "kernel": without("k")["kernel"][:0] + string(fill("k"))[:leb-100] + hole[:100] + "end"}, "ends inside", "checksum of eraseblock 0 differs")
	if o.Length != 8*peb-100 {
		t.Errorf("%d bytes", o.Length)
	}
}

// One eraseblock does not tell how long it is.
func TestOneBlock(t *testing.T) {
	_, err := ubi.Format.Open(context.Background(), format.InMemory(device()[:peb]), nil)
	if err == nil || !strings.Contains(err.Error(), "size of the eraseblocks") {
		t.Error(err)
	}
}

// The size is found also where blocks are bad, and where an image is in an image.
func TestSize(t *testing.T) {
	for bad := 1; bad < 8; bad++ {
		b := device()
		copy(b[bad*peb:], fill("x")[:dataAt])
		if o, _ := open(t, b); o.Attributes["eraseblock-size"] != "2048" {
			t.Errorf("block %d is bad: %v", bad, o.Attributes)
		}
	}
	inner := slices.Concat(block(nil, nil)[:700], block(nil, nil)[:700], block(nil, nil)[:500])
	b := slices.Concat(tables(5, "data"), block(&vid{kind: 1}, inner), block(&vid{kind: 1, leb: 1}, inner))
	if o, _ := open(t, b); o.Attributes["eraseblock-size"] != "2048" {
		t.Errorf("an image in an image: %v", o.Attributes)
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"rootfs": "rootfs", "a b": "a b", "": "volume-0", "..": "volume-0", "a/b": "volume-0", "x!y": "volume-0", "new\nline": "volume-0", "\xff": "volume-0",
	} {
		o, _ := open(t, slices.Concat(tables(1, name), dynamic(0, 0, 1, "a")))
		if o.Parts[0].Name != want {
			t.Errorf("%q is called %q", name, o.Parts[0].Name)
		}
	}
	o, _ := open(t, slices.Concat(tables(1, "a", "a"), dynamic(0, 0, 1, "a"), dynamic(1, 0, 1, "b")))
	if o.Parts[0].Name != "a" || o.Parts[1].Name != "volume-1" {
		t.Errorf("%+v", o.Parts)
	}
}

// Claims of much more than there is.
func TestSparse(t *testing.T) {
	expect(t, slices.Concat(tables(1<<31, "data"), dynamic(0, 1<<30, 1, "a")), map[string]string{}, "too sparse", "no volume has a content")
	expect(t, slices.Concat(tables(2, "data"), dynamic(0, 0, 1, "a"), dynamic(0, 1<<30, 1, "a")), map[string]string{"data": string(fill("a")) + hole}, "is left out")
	used := block(&vid{kind: 2, volume: 0, used: 1 << 31}, nil)
	expect(t, slices.Concat(tables(1<<31, "data"), used), map[string]string{}, "too sparse", "no volume has a content")
	pad := block(&vid{kind: 1, pad: leb - 1}, nil)
	expect(t, slices.Concat(tables(2, "data"), pad), map[string]string{}, "bad volume identifier header", "no volume has a content")
	update := tables(2, "data")
	for _, at := range []int{dataAt, peb + dataAt} {
		update[at+13] = 1
		be.PutUint32(update[at+168:], ^crc32.ChecksumIEEE(update[at:at+168]))
	}
	expect(t, slices.Concat(update, dynamic(0, 0, 1, "a")), map[string]string{"data": string(fill("a"))}, "begun and not finished")
}

// An image that is cut in front of all eraseblocks of a static volume has lost it.
func TestLostVolume(t *testing.T) {
	b := slices.Concat(tables(5, "data", "rom"), dynamic(0, 0, 1, "a"))
	expect(t, b, map[string]string{"data": string(fill("a"))})
	for _, at := range []int{dataAt, peb + dataAt} {
		r := b[at+172:][:172]
		r[12] = 2 // static
		be.PutUint32(r[168:], ^crc32.ChecksumIEEE(r[:168]))
	}
	expect(t, b, map[string]string{"data": string(fill("a"))}, "volume rom is static and has no eraseblock")
}

// Every cut gives what is left, and says what is not.
func TestCut(t *testing.T) {
	for cut := len(device()) - 1; cut > peb+64; cut -= 100 {
		o, got := open(t, device()[:cut])
		for name, content := range got {
			if content != whole[name] && len(o.Damage) == 0 && name == "kernel" {
				t.Errorf("cut at %d: %s has %d other bytes", cut, name, len(content))
			}
		}
	}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, ubi.Format, device()) }

func FuzzUbi(f *testing.F) {
	for _, s := range [][]byte{device(), tables(1, "a")} {
		f.Add(s, false)
		f.Add(s[:len(s)/2], true)
	}
	f.Fuzz(func(t *testing.T, b []byte, sealed bool) {
		b = bytes.Clone(b)
		for at := 0; sealed && at+64 <= len(b); at += 64 {
			if string(b[at:at+3]) == "UBI" {
				seal(b[at : at+64])
			}
		}
		formattest.Try(t, ubi.Format, b)
		in := format.InMemory(b)
		if ubi.Format.Probe(in) == format.No {
			return
		}
		if o, err := ubi.Format.Open(context.Background(), in, nil); err == nil {
			buf := make([]byte, 1<<20)
			for _, p := range o.Parts {
				for _, at := range []int64{0, p.Bytes.Size / 2, p.Bytes.Size - 100} {
					if _, err := p.Bytes.ReadAt(buf, at); err != nil && err != io.EOF {
						t.Errorf("%s at %d: %v", p.Name, at, err)
					}
				}
			}
		}
	})
}
