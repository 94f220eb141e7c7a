package ota_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/ota"
)

var le = binary.LittleEndian

// element is an element of a Zigbee OTA file.
type element struct {
	tag  uint16
	data []byte
	lie  int // about its length
}

// zigbee builds a file; optional are the fields behind the header.
func zigbee(fields uint16, optional []byte, elements ...element) []byte {
	var body []byte
	for _, e := range elements {
		body = le.AppendUint16(body, e.tag)
		body = append(le.AppendUint32(body, uint32(len(e.data)+e.lie)), e.data...)
	}
	b := le.AppendUint32(nil, 0x0beef11e)
	for _, v := range []uint16{0x0100, uint16(56 + len(optional)), fields, 0x1141, 0x020a} {
		b = le.AppendUint16(b, v)
	}
	b = le.AppendUint32(b, 0x00173001)
	b = le.AppendUint16(b, 2)
	b = append(b, fmt.Sprintf("%-32s", "a lamp\x00")...)
	b = le.AppendUint32(b, uint32(56+len(optional)+len(body)))
	return slices.Concat(b, optional, body)
}

var (
	program = firmwaretest.Kernel("", 5000)
	signer  = []byte{1, 2, 3, 4, 5, 6, 7, 8}
)

func image() element { return element{data: program} }

func signature(n int) element {
	return element{tag: 1, data: append(bytes.Clone(signer), bytes.Repeat([]byte{0x5a}, n)...)}
}

func open(t testing.TB, f *format.Format, b []byte) *format.Opened {
	t.Helper()
	in := format.InMemory(b)
	if f.Probe(in) == format.No {
		t.Fatal("not recognised")
	}
	o, err := f.Open(t.Context(), in, nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestZigbee(t *testing.T) {
	optional := append([]byte{2}, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0, 0x20, 0)
	b := zigbee(7, optional, image(), element{tag: 0xf000, data: []byte("of the maker")}, element{tag: 2, data: make([]byte, 48)}, element{tag: 3, data: make([]byte, 16)}, signature(42))
	o := open(t, ota.Zigbee, append(b, "more"...))
	for k, want := range map[string]string{
		"name": "a lamp", "manufacturer": "0x1141", "image-type": "0x020a", "file-version": "0x00173001", "stack": "0x0002", "forced": "",
		"security-credential": "2", "device": "0x0807060504030201", "min-hardware": "0x0010", "max-hardware": "0x0020", "certificate": strings.Repeat("0", 96),
	} {
		if o.Attributes[k] != want {
			t.Errorf("%s %q, want %q", k, o.Attributes[k], want)
		}
	}
	if o.Length != int64(len(b)) || o.Damage != nil || len(o.Parts) != 2 || len(o.Signatures) != 1 || len(o.Hashes) != 1 || o.Hashes[0].OK || o.Hashes[0].Problem == "" {
		t.Fatalf("%+v", o)
	}
	if p := o.Parts[0]; p.Name != "image" || !bytes.Equal(b[p.Offset:p.Offset+p.Length], program) {
		t.Errorf("%+v", p)
	}
	s := o.Signatures[0]
	if s.Problem != "" || s.Algorithm != "ECDSA-sect163k1-AES-MMO" || s.KeyName != "0102030405060708" || len(s.Value) != 42 || s.Leaves != nil ||
		!slices.Equal(s.Covers, []format.Span{{Length: int64(len(b) - 42)}}) || s.Offset != int64(len(b)-42) {
		t.Errorf("%+v", s)
	}
}

func TestZigbeeForced(t *testing.T) {
	b := zigbee(0, nil, image())
	le.PutUint32(b[14:], 0xffffffff)
	if o := open(t, ota.Zigbee, b); o.Attributes["forced"] != "true" || len(o.Parts) != 1 || o.Parts[0].Name != "" {
		t.Errorf("%+v", o)
	}
}

// TestZigbeeBad has files that lie.
func TestZigbeeBad(t *testing.T) {
	long := zigbee(0, nil, image())
	le.PutUint32(long[52:], uint32(len(long)+1000))
	for name, c := range map[string]struct {
		file            []byte
		problem, damage string
	}{
		"total size":           {long, "", "the input ends at"},
		"cut":                  {zigbee(0, nil, image(), signature(42))[:3000], "", "the input ends"},
		"element too long":     {zigbee(0, nil, element{data: program, lie: 99}), "", "element image of 5099 bytes"},
		"element too short":    {zigbee(0, nil, element{data: append(bytes.Clone(program), 1, 2, 3), lie: -3}), "", "in the header of an element"},
		"two images":           {zigbee(0, nil, image(), image()), "", "a second element with an image"},
		"signature too long":   {zigbee(0, nil, image(), element{tag: 1, data: signer, lie: 42}), "element signature of 50 bytes", "element signature of 50 bytes"},
		"signature of 41":      {zigbee(0, nil, image(), signature(41)), "signature of 49 bytes, not 50", ""},
		"not the last":         {zigbee(0, nil, signature(42), image()), "what follows is not signed", ""},
		"two, one not last":    {zigbee(0, nil, image(), signature(42), signature(42)), "what follows is not signed", ""},
		"signed, then nothing": {zigbee(0, nil, image(), signature(42), element{tag: 9, data: []byte("x"), lie: 5}), "not the last element", "ends at"},
		"many elements":        {zigbee(0, nil, slices.Repeat([]element{{tag: 9}}, 2000)...), "", "more than 1024 elements"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, ota.Zigbee, c.file)
			problem := ""
			for _, s := range o.Signatures {
				problem += s.Problem
			}
			if !strings.Contains(problem, c.problem) || c.problem == "" && problem != "" {
				t.Errorf("problem %q, want %q", problem, c.problem)
			}
			if damage := fmt.Sprint(o.Damage); !strings.Contains(damage, c.damage) || c.damage == "" && o.Damage != nil {
				t.Errorf("damage %s, want %q", damage, c.damage)
			}
		})
	}
	for name, b := range map[string][]byte{"version": append([]byte("\x1e\xf1\xee\x0b\x00\x02"), long[6:]...), "header cut": long[:50], "fields": zigbee(7, nil, image())} {
		if ota.Zigbee.Probe(format.InMemory(b)) != format.No {
			t.Errorf("%s: taken for a file", name)
		}
	}
}

// telink is a program with the header of the Zigbee SDK.
func telink() []byte {
	b := bytes.Clone(program[:4996])
	copy(b, "\x58\x80\x01\x30\x17\x00\x5d\x02KNLT")
	copy(b[0x12:], "\x41\x11\x0a\x02\x00\x00")
	le.PutUint32(b[0x18:], 5000)
	return le.AppendUint32(b, ^crc32.ChecksumIEEE(b))
}

func TestTelink(t *testing.T) {
	b := telink()
	o := open(t, ota.Telink, append(bytes.Clone(b), 1, 2, 3))
	if o.Length != 5000 || !o.Hashes[0].OK || o.Damage != nil || o.Parts[0].Role != format.Flat || o.Attributes["manufacturer"] != "0x1141" || o.Attributes["file-version"] != "0x00173001" || o.Attributes["core"] != "tc32" {
		t.Errorf("%+v", o)
	}
	bad := bytes.Clone(b)
	bad[1000] ^= 1
	if o := open(t, ota.Telink, bad); o.Hashes[0].OK || len(o.Damage) != 1 || o.Parts[0].Role != format.Code {
		t.Errorf("%+v", o)
	}
	bad[6] = 0 // nothing but the mark speaks for it
	if _, err := ota.Telink.Open(t.Context(), format.InMemory(bad), nil); err == nil {
		t.Error("a wrong checksum and no header")
	}
	newer := bytes.Clone(b[:4996])
	clear(newer[8:12])
	copy(newer[0x20:], "KNLT")
	newer = le.AppendUint32(newer, ^crc32.ChecksumIEEE(newer))
	if o := open(t, ota.Telink, newer); o.Attributes["core"] != "riscv" || !o.Hashes[0].OK {
		t.Errorf("%+v", o)
	}
}

// field writes a field of Matter's TLV, tagged with one byte.
func field(tag byte, v any) []byte {
	switch v := v.(type) {
	case uint16:
		return le.AppendUint16([]byte{0x25, tag}, v)
	case uint32:
		return le.AppendUint32([]byte{0x26, tag}, v)
	case uint64:
		return le.AppendUint64([]byte{0x27, tag}, v)
	case uint8:
		return []byte{0x24, tag, v}
	case string:
		return append([]byte{0x2c, tag, byte(len(v))}, v...)
	case []byte:
		return append([]byte{0x30, tag, byte(len(v))}, v...)
	}
	panic(v)
}

// wrap puts a header of fields in front of a payload.
func wrap(payload []byte, fields ...[]byte) []byte {
	head := append(append([]byte{0x15}, slices.Concat(fields...)...), 0x18)
	b := le.AppendUint32(nil, 0x1beef11e)
	b = le.AppendUint64(b, uint64(16+len(head)+len(payload)))
	b = le.AppendUint32(b, uint32(len(head)))
	return slices.Concat(b, head, payload)
}

// matter is a file with a digest of a kind.
func matter(kind uint8, digest []byte) []byte {
	return wrap(program, field(0, uint16(0xfff1)), field(1, uint16(0x8000)), field(2, uint32(10)), field(3, "1.0"), field(4, uint64(len(program))),
		field(5, uint32(2)), field(6, uint32(9)), field(7, "https://example.org"), field(8, kind), field(9, digest))
}

func TestMatter(t *testing.T) {
	s256, s384, s512 := sha256.Sum256(program), sha512.Sum384(program), sha512.Sum512(program)
	s3 := sha3.Sum256(program)
	for kind, digest := range map[uint8][]byte{1: s256[:], 2: s256[:16], 3: s256[:15], 4: s256[:12], 5: s256[:8], 6: s256[:4], 7: s384[:], 8: s512[:], 10: s3[:]} {
		b := matter(kind, digest)
		o := open(t, ota.Matter, append(bytes.Clone(b), "more"...))
		if o.Length != int64(len(b)) || o.Damage != nil || !o.Hashes[0].OK || len(o.Signatures) != 0 {
			t.Errorf("%d: %+v", kind, o)
		}
		b[len(b)-1] ^= 1
		if o := open(t, ota.Matter, b); o.Hashes[0].OK {
			t.Errorf("%d: the payload changed", kind)
		}
		other := bytes.Clone(digest)
		other[len(other)-1] ^= 1
		if o := open(t, ota.Matter, matter(kind, other)); o.Hashes[0].OK {
			t.Errorf("%d: the digest changed", kind)
		}
	}
	o := open(t, ota.Matter, matter(1, s256[:]))
	for k, want := range map[string]string{
		"vendor": "0xfff1", "product": "0x8000", "software-version": "10", "version": "1.0", "min-version": "2", "max-version": "9", "release-notes": "https://example.org",
	} {
		if o.Attributes[k] != want {
			t.Errorf("%s %q, want %q", k, o.Attributes[k], want)
		}
	}
}

func TestMatterBad(t *testing.T) {
	sum := sha256.Sum256(program)
	size, digest := field(4, uint64(len(program))), slices.Concat(field(8, uint8(1)), field(9, sum[:]))
	cut := wrap(program, size, digest)
	for name, c := range map[string]struct {
		file                 []byte
		err, problem, damage string
	}{
		"field twice":      {wrap(program, size, size, digest), "a field is there twice", "", ""},
		"text too long":    {wrap(program, size, digest, []byte{0x2c, 3, 200}), "longer than the fields", "", ""},
		"number cut":       {wrap(program, size, digest, []byte{0x27, 3, 2}), "the fields end in a number", "", ""},
		"nested":           {wrap(program, size, digest, []byte{0x35, 3, 0x18}), "does not belong here", "", ""},
		"signed number":    {wrap(program, size, digest, []byte{0x20, 3, 1}), "does not belong here", "", ""},
		"no tag":           {wrap(program, size, digest, []byte{0x04, 3}), "a field without a tag", "", ""},
		"early end":        {wrap(program, size, digest, []byte{0x18}), "bytes follow", "", ""},
		"payload size":     {wrap(program, field(4, uint64(1)), digest), "", "", "the fields say 1 bytes"},
		"cut":              {cut[:3000], "", "", "the input ends"},
		"no digest":        {wrap(program, size), "", "has no digest", ""},
		"unknown digest":   {wrap(program, size, field(8, uint8(99)), field(9, sum[:])), "", "unknown type", ""},
		"short digest":     {wrap(program, size, field(8, uint8(1)), field(9, sum[:31])), "", "a digest of 31 bytes", ""},
		"nothing but head": {wrap(nil, field(4, uint64(0)), digest), "no payload", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := ota.Matter.Open(t.Context(), format.InMemory(c.file), nil)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("%v, want %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if p := o.Hashes[0].Problem; !strings.Contains(p, c.problem) || c.problem != "" && o.Hashes[0].OK {
				t.Errorf("problem %q, want %q", p, c.problem)
			}
			if damage := fmt.Sprint(o.Damage); !strings.Contains(damage, c.damage) || c.damage == "" && o.Damage != nil {
				t.Errorf("damage %s, want %q", damage, c.damage)
			}
		})
	}
}

// TestInImage opens them inside one another.
func TestInImage(t *testing.T) {
	img := reference.Open(t, zigbee(0, nil, element{data: telink()}))
	if f := reference.Find(t, img, "image.bin!zigbee-ota!telink!code-0x00000024"); f.Size != 4960 || len(img.Skipped) > 0 {
		t.Errorf("%+v, %v", f, img.Skipped)
	}
	sum := sha256.Sum256(firmwaretest.Squashfs(firmwaretest.Text("a", 0o644, "b")))
	fs := firmwaretest.Squashfs(firmwaretest.Text("a", 0o644, "b"))
	img = reference.Open(t, wrap(fs, field(4, uint64(len(fs))), field(8, uint8(1)), field(9, sum[:])))
	reference.Find(t, img, "image.bin!matter-ota!squashfs!a")
}

func TestCorpus(t *testing.T) {
	b, err := os.ReadFile("../../../shared/corpus/ZigbeeTLc-Z03MMC.zigbee")
	if err != nil {
		t.Skip("no corpus beside the project")
	}
	o := open(t, ota.Zigbee, b)
	if o.Attributes["name"] != "Xiaomi:LYWSD03MMC-z" || o.Length != int64(len(b)) || len(o.Signatures) != 0 || o.Damage != nil {
		t.Errorf("%+v", o)
	}
	p := o.Parts[0]
	if o := open(t, ota.Telink, b[p.Offset:]); !o.Hashes[0].OK || o.Length != p.Length || o.Attributes["file-version"] != "0x00173001" {
		t.Errorf("%+v", o)
	}
}

func TestMutated(t *testing.T) {
	formattest.Mutate(t, ota.Zigbee, zigbee(7, make([]byte, 13), image(), signature(42)))
	formattest.Mutate(t, ota.Telink, telink())
	sum := sha256.Sum256(program)
	formattest.Mutate(t, ota.Matter, matter(1, sum[:]))
}

func FuzzZigbee(f *testing.F) {
	formattest.Fuzz(f, ota.Zigbee, zigbee(7, make([]byte, 13), element{data: []byte("x")}, signature(42)))
}
func FuzzTelink(f *testing.F) { formattest.Fuzz(f, ota.Telink, telink()) }
func FuzzMatter(f *testing.F) { formattest.Fuzz(f, ota.Matter, matter(1, make([]byte, 32))) }

func BenchmarkMatter(b *testing.B) {
	big := firmwaretest.Kernel("", 1<<20)
	sum := sha256.Sum256(big)
	file := wrap(big, field(4, uint64(len(big))), field(8, uint8(1)), field(9, sum[:]))
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		open(b, ota.Matter, file)
	}
}
