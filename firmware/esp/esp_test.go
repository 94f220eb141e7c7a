package esp_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/esp"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

func open(t testing.TB, f *format.Format, data []byte) *format.Opened {
	t.Helper()
	if f.Probe(format.InMemory(data)) == format.No {
		t.Fatal("not recognised")
	}
	o, err := f.Open(context.Background(), format.InMemory(data), format.NewBudget(1<<16, 1<<30, 64<<20, 4096))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func names(o *format.Opened) (all []string) {
	for _, p := range o.Parts {
		all = append(all, fmt.Sprintf("%s@%x+%x", p.Name, p.Offset, p.Length))
	}
	return all
}

func damage(o *format.Opened) string {
	var s strings.Builder
	for _, d := range o.Damage {
		fmt.Fprintf(&s, "0x%x: %s\n", d.Offset, d.Reason)
	}
	return s.String()
}

func TestImages(t *testing.T) {
	for _, c := range []struct {
		name  string
		img   []byte
		parts string
		attrs string
	}{
		{
			"application", app(), "[drom-0x3f400020@20+3bc padding-1@3e4+64 dram-0x3ffb0000@450+200 iram-0x40080400@658+1f40 irom-0x400d0018@25a0+1388]",
			"chip=ESP32 kind=application app-version=1.2.3 project=lamp idf-version=v5.1.2 secure-version=7 min-chip-revision=1.0 flash-mode=dio",
		},
		{"boot loader", boot(), "[dram-0x3fcd5820@20+17c iram-0x403cc710@1a4+9c4]", "chip=ESP32-C3 kind=bootloader idf-version=v5.4 secure-version=2"},
		{"ESP8266", image8266(), "[iram-0x40100000@10+bb8 dram-0x3ffe8000@bd0+64]", "chip=ESP8266 version=1 segment-01=dram-0x3ffe8000 load 0x3ffe8000 offset 0xbd0 size 0x64"},
		{"ESP8266 version 2", image8266v2(), "[irom@10+1000 iram-0x40100000@1020+bb8 dram-0x3ffe8000@1be0+64]", "chip=ESP8266 version=2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := open(t, esp.Image, append(slices.Clone(c.img), "what follows"...))
			if got := fmt.Sprint(names(o)); got != c.parts {
				t.Errorf("parts %s", got)
			}
			if o.Length != int64(len(c.img)) || len(o.Damage) > 0 {
				t.Errorf("%d bytes of %d, %s", o.Length, len(c.img), damage(o))
			}
			rest := c.attrs
			for k, v := range o.Attributes {
				rest = strings.ReplaceAll(rest, k+"="+v, "")
			}
			if strings.Contains(rest, "=") {
				t.Errorf("attributes %v lack %s", o.Attributes, rest)
			}
			for _, h := range o.Hashes {
				if !h.OK {
					t.Errorf("hash %+v", h)
				}
			}
		})
	}
}

func flip(b []byte, at int) []byte {
	b = slices.Clone(b)
	b[at] ^= 0x10
	return b
}

func put32(b []byte, at int, v uint32) []byte {
	b = slices.Clone(b)
	le.PutUint32(b[at:], v)
	return b
}

func TestHostileImages(t *testing.T) {
	good := app()
	over := image32(0, 0x40080404, load{0x40080400, program(64)}, load{0x40080420, program(64)})
	for _, c := range []struct {
		name string
		img  []byte
		want string // of damage; "refused"
	}{
		{"changed program", flip(good, 0x700), "checksum differs"},
		{"changed header", flip(good, 3), "the SHA-256 of the image differs"},
		{"changed digest", flip(good, len(good)-1), "the SHA-256 of the image differs"},
		{"digest cut off", good[:len(good)-5], "the digest is cut off"},
		{"checksum cut off", good[:len(good)-35], "the checksum is cut off"},
		{"segments overlap", over, "segment iram-0x40080420 overlaps segment iram-0x40080400"},
		{"length that lies", put32(good, 0x3e0, 0x7fffffff), "0x3dc: at 0x3dc: segment 1 of 2147483647 bytes, but only"},
		{"truncated", good[:0x1000], "0x650: at 0x650: segment 3 of 8000 bytes, but only 2472 follow"},
		{"truncated, not in the memory", put32(good, 4, 0x10)[:0x1000], "refused"},
		{"truncated behind the start", good[:0x2700], "0x2598: at 0x2598: segment 4 of 5000 bytes, but only"},
		{"address where nothing is", put32(good, 0x2598, 0x70000000), "segment 4 of 5000 bytes for 0x70000000, where the ESP32 has no memory"},
		{"starts nowhere", flip(flip(put32(good, 4, 0x40000000), 0x700), 0x700), "SHA-256"},
		{"starts nowhere and is changed", flip(put32(good, 4, 0x40000000), 0x700), "refused"},
		{"another chip", put32(good, 12, 9), "refused"},
		{"unknown chip", put32(good, 12, 99), "refused"},
		{"no segments", put32(good, 0, 0x200200e9), "refused"},
		{"zeros", make([]byte, 100), "refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := format.InMemory(c.img)
			var o *format.Opened
			var err error
			l := esp.Image.Probe(in)
			if l != format.No {
				o, err = esp.Image.Open(context.Background(), in, nil)
			}
			got := "refused"
			if l != format.No && err == nil {
				got = damage(o)
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// verify checks a signature with the key that it brings along.
func verify(t *testing.T, s format.Signature) bool {
	t.Helper()
	key, err := x509.ParsePKIXPublicKey(s.PublicKey)
	if err != nil {
		t.Fatalf("%s %s: %v", s.Kind, s.Name, err)
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPSS(key, crypto.SHA256, s.Digest, s.Value, &rsa.PSSOptions{SaltLength: 32}) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, s.Digest, s.Value)
	}
	return false
}

func blockOf(t testing.TB, name string) func([]byte) []byte {
	return func(covered []byte) []byte {
		if name == "RSA" {
			return rsaBlock(t, covered)
		}
		return ecdsaBlock(t, name, covered)
	}
}

func length(spans []format.Span) (n int64) {
	for _, s := range spans {
		n += s.Length
	}
	return n
}

func TestSecureBootV2(t *testing.T) {
	img := app()
	signed := signedV2(img, blockOf(t, "RSA"), blockOf(t, "P-256"), blockOf(t, "P-384"))
	o := open(t, esp.Image, append(slices.Clone(signed), "more"...))
	if o.Length != int64(len(signed)) || len(o.Signatures) != 3 || len(o.Damage) > 0 {
		t.Fatalf("%d bytes, %d signatures, %s", o.Length, len(o.Signatures), damage(o))
	}
	at := int64(len(signed) - 4096)
	for i, s := range o.Signatures {
		if s.Kind != "esp-secure-boot-v2" || s.Problem != "" || !verify(t, s) || s.Offset != at+int64(i)*1216 || s.Length != 1216 {
			t.Errorf("signature %d: %+v", i, s)
		}
		if want := []format.Span{{Length: at}}; !slices.Equal(s.Covers, want) || length(s.Covers)+length(s.Leaves)+s.Length != o.Length {
			t.Errorf("signature %d covers %v and leaves %v", i, s.Covers, s.Leaves)
		}
	}
	for _, h := range o.Hashes {
		if !h.OK {
			t.Errorf("%+v", h)
		}
	}
	inner := open(t, esp.SecureBootV2, signed[at:])
	if inner.Length != 4096 || !strings.HasPrefix(inner.Attributes["block-2"], "ECDSA-SHA384 P-384, key ") {
		t.Errorf("%+v", inner)
	}
}

// TestTampered changes what is covered, and each part of a block.
func TestTampered(t *testing.T) {
	signed := signedV2(app(), blockOf(t, "P-256"), blockOf(t, "RSA"))
	at := len(signed) - 4096
	reseal := func(b []byte, block, at int) []byte {
		b = slices.Clone(b)
		start := len(b) - 4096 + 1216*block
		b[start+at] ^= 1
		copy(b[start:], seal(b[start:start+1196:start+1196]))
		return b
	}
	for _, c := range []struct {
		name     string
		img      []byte
		problems [2]string
		valid    [2]bool
		damage   string
	}{
		{"good", signed, [2]string{}, [2]bool{true, true}, ""},
		{"padding", flip(signed, at-1), [2]string{}, [2]bool{}, ""}, // no padding any more: what is behind is no signature
		{"header", flip(signed, 3), [2]string{"digest in the signature block", "digest in the signature block"}, [2]bool{}, "SHA-256"},
		{"program", flip(signed, 0x700), [2]string{"digest in the signature block", "digest in the signature block"}, [2]bool{}, "checksum differs"},
		{"first block", flip(signed, at+60), [2]string{"checksum of the signature block differs", ""}, [2]bool{false, true}, ""},
		{"second block", flip(signed, at+1216+900), [2]string{"", "checksum of the signature block differs"}, [2]bool{true, false}, ""},
		{"signature of the first", reseal(signed, 0, 110), [2]string{}, [2]bool{false, true}, ""},
		{"key of the first", reseal(signed, 0, 50), [2]string{"not on its curve", ""}, [2]bool{false, true}, ""},
		{"curve of the first", reseal(signed, 0, 36), [2]string{"curve 3 with hash 0", ""}, [2]bool{false, true}, ""},
		{"digest of the second", reseal(signed, 1, 4), [2]string{"", "digest in the signature block"}, [2]bool{true, true}, ""},
		{"precalculated numbers of the second", reseal(signed, 1, 500), [2]string{"", "precalculated"}, [2]bool{true, true}, ""},
		{"even modulus of the second", reseal(signed, 1, 36), [2]string{"", "RSA key in the signature block is none"}, [2]bool{true, false}, ""},
		{"rubbish in the third", flip(signed, at+2432), [2]string{}, [2]bool{true, true}, "signature block 2 has no magic number"},
		{"cut in the first block", signed[:at+900], [2]string{"cut off"}, [2]bool{}, ""},
		{"cut in the second block", signed[:at+2000], [2]string{"", "cut off"}, [2]bool{true, false}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := open(t, esp.Image, c.img)
			if c.name == "padding" {
				if len(o.Signatures) != 0 {
					t.Errorf("%d signatures", len(o.Signatures))
				}
				return
			}
			if want := 2 - strings.Count(c.name, "in the first"); len(o.Signatures) != want {
				t.Fatalf("%d signatures", len(o.Signatures))
			}
			for i, s := range o.Signatures {
				if !strings.Contains(s.Problem, c.problems[i]) || (s.Problem == "") != (c.problems[i] == "") {
					t.Errorf("signature %d: problem %q", i, s.Problem)
				}
				if s.PublicKey != nil && s.Digest != nil && verify(t, s) != c.valid[i] && !strings.Contains(s.Problem, "checksum") {
					t.Errorf("signature %d: valid %v", i, !c.valid[i])
				}
			}
			if !strings.Contains(damage(o), c.damage) || (damage(o) == "") != (c.damage == "") {
				t.Errorf("damage %q", damage(o))
			}
		})
	}
}

func TestSecureBootV1(t *testing.T) {
	img := app()
	signed := signedV1(t, img)
	k := keys()["P-256"]
	for _, c := range []struct {
		name  string
		data  []byte
		valid bool
	}{{"good", signed, true}, {"erased behind", fill(slices.Clone(signed), len(signed)+4096), true}, {"tampered", flip(signed, 0x700), false}} {
		o := open(t, esp.Image, c.data)
		if len(o.Signatures) != 1 || o.Length != int64(len(signed)) {
			t.Fatalf("%s: %d signatures, %d bytes", c.name, len(o.Signatures), o.Length)
		}
		s := o.Signatures[0]
		if ecdsa.VerifyASN1(&k.PublicKey, s.Digest, s.Value) != c.valid || s.Covers[0].Length != int64(len(img)) || s.Kind != "esp-secure-boot-v1" {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
	o := open(t, esp.SecureBootV1, signed[len(img):])
	if o.Length != 68 {
		t.Errorf("%d bytes", o.Length)
	}
	for _, bad := range [][]byte{append(slices.Clone(signed), "something else"...), signed[:len(signed)-1], append(slices.Clone(img), make([]byte, 68)...)} {
		if o := open(t, esp.Image, bad); len(o.Signatures) > 0 {
			t.Errorf("signature in what is none: %+v", o.Signatures)
		}
	}
}

// TestP192 compares with openssl, since Go has no such curve.
func TestP192(t *testing.T) {
	openssl := reference.Need(t, "openssl")
	dir := t.TempDir()
	img := fill(app(), 0x4000)
	if err := os.WriteFile(filepath.Join(dir, "img"), img, 0o600); err != nil {
		t.Fatal(err)
	}
	reference.Run(t, dir, openssl, "ecparam", "-name", "prime192v1", "-genkey", "-noout", "-out", "key")
	reference.Run(t, dir, openssl, "ec", "-in", "key", "-pubout", "-outform", "DER", "-out", "pub")
	reference.Run(t, dir, openssl, "dgst", "-sha256", "-sign", "key", "-out", "sig", "img")
	reference.Run(t, dir, openssl, "dgst", "-sha256", "-binary", "-out", "sum", "img")
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	pub, sig := read("pub"), read("sig")
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(sig, &rs); err != nil {
		t.Fatal(err)
	}
	point := pub[len(pub)-48:]
	block := ecBlock(1, 24, read("sum"), new(big.Int).SetBytes(point[:24]), new(big.Int).SetBytes(point[24:]), rs.R, rs.S)
	o := open(t, esp.Image, append(img, fill(block, 4096)...))
	if len(o.Signatures) != 1 || !bytes.Equal(o.Signatures[0].PublicKey, pub) || !bytes.Equal(o.Signatures[0].Value, sig) || o.Signatures[0].Problem != "" {
		t.Errorf("%+v", o.Signatures)
	}
}

func TestFlash(t *testing.T) {
	img := wholeFlash()
	o := open(t, esp.Flash, img)
	want := "[gap-0x00000000@0+1000 bootloader@1000+7000 partition-table@8000+1000 nvs@9000+4000 gap-0x0000f000@f000+1000 " +
		"ota_0@10000+8000 ota_1@18000+8000 gap-0x00020000@20000+2000 storage@22000+1000]"
	if got := fmt.Sprint(names(o)); got != want || len(o.Damage) > 0 || o.Length != 0x23000 {
		t.Errorf("parts %s, %s, 0x%x bytes", got, damage(o), o.Length)
	}
	if got := o.Attributes["partition-02"]; got != "ota_0 app ota_0 offset 0x10000 size 0x8000" {
		t.Errorf("partition-02 is %q", got)
	}
	if o.Attributes["started"] != "ota_1" {
		t.Errorf("started: %q", o.Attributes["started"])
	}
	opened := reference.Open(t, img)
	types := map[string]int{}
	for _, c := range opened.Containers {
		types[c.Type]++
	}
	if types["esp-flash"] != 1 || types["esp-partition-table"] != 1 || types["esp-image"] != 3 || opened.Opaque {
		t.Errorf("containers %v", types)
	}
	for _, r := range opened.Ranges {
		if r.Class == "unexplained" {
			t.Errorf("unexplained: %+v", r)
		}
	}
	reference.Find(t, opened, "!esp-flash!ota_0!esp-image!drom-0x3f400020!code-0x00000020")
}

// TestData reads the small partitions, and leaves the others to other readers.
func TestData(t *testing.T) {
	keys := program(64)
	keys = le.AppendUint32(keys, crc(keys))
	phy := slices.Concat([]byte("PHYINIT\x00"), program(128), []byte("PHYINIT\x00"))
	layout := []part{{1, 1, 0x9000, 0x1000, "phy"}, {1, 4, 0xa000, 0x1000, "keys"}, {1, 0, 0xc000, 0x2000, "otadata"}, {0, 0x10, 0x10000, 0x8000, "app"}}
	img := flash(0x18000, map[int][]byte{0x8000: partitionTable(layout...), 0x9000: phy, 0xa000: keys, 0xc000: otadata(1, 0xffffffff), 0xd000: otadata(2, 4)})
	o := open(t, esp.Flash, img)
	if got := fmt.Sprint(names(o)); got != "[gap-0x00000000@0+3000 bootloader@3000+5000 partition-table@8000+1000 gap-0x0000b000@b000+1000 gap-0x0000e000@e000+2000 app@10000+8000]" {
		t.Error(got)
	}
	if o.Attributes["nvs-keys"] != "in clear in keys" || o.Attributes["started"] != "ota_0" {
		t.Errorf("%v", o.Attributes)
	}
	for _, at := range []int{0x9000, 0xa000, 0xd800} { // something else than it should be
		if o := open(t, esp.Flash, flip(img, at)); len(o.Parts) != 7 {
			t.Errorf("0x%x changed: %v", at, names(o))
		}
	}
}

// TestFileSystem reads a file system in a partition.
func TestFileSystem(t *testing.T) {
	f, err := os.Open(filepath.Join("..", "littlefs", "testdata", "plain.img.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	files, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	img := reference.Open(t, flash(0x20000, map[int][]byte{0x8000: partitionTable(part{1, 0x83, 0x10000, 0x10000, "files"}), 0x10000: files}))
	reference.Find(t, img, "!esp-flash!files!littlefs!a/b/f0")
}

func TestFlashVariants(t *testing.T) {
	img := wholeFlash()
	cipher := make([]byte, 0x8000)
	for i, x := 0, uint32(1); i < len(cipher); i++ {
		x = x*1664525 + 1013904223
		cipher[i] = byte(x >> 24)
	}
	overlapping := slices.Clone(layout)
	overlapping[3].offset -= 0x1000
	lying := slices.Clone(layout)
	lying[4].size = 0xfffff000
	for _, c := range []struct {
		name, parts, damage string
		img                 []byte
	}{
		{"start cut off", "bootloader@0+7000", "", img[0x1000:]},
		{"end cut off", "ota_1@18000+100", "", img[:0x18100]},
		{"table elsewhere", "partition-table@a000+1000", "", flash(0x20000, map[int][]byte{0: boot(), 0xa000: partitionTable(layout[2:4]...)})},
		{"boot loader at 0", "bootloader@0+8000", "", flash(0x20000, map[int][]byte{0: boot(), 0x8000: partitionTable(layout...)})},
		{"encrypted program", "ota_0@10000", `ota_1: encrypted (flash encryption)`, flash(0x24000, map[int][]byte{0x8000: partitionTable(layout...), 0x10000: app(), 0x18000: cipher})},
		{"partitions that overlap", "ota_0@10000", `0x8060: partition "ota_1" at 0x17000 overlaps`, flash(0x24000, map[int][]byte{0x8000: partitionTable(overlapping...)})},
		{"two with one name", "nvs-0x0000d000@d000+2000", "", flash(0x24000, map[int][]byte{0x8000: partitionTable(layout[0], part{1, 2, 0xd000, 0x2000, "nvs"})})},
		{"a name that is a path", ".._.._x@9000+4000", "", flash(0x24000, map[int][]byte{0x8000: partitionTable(part{1, 2, 0x9000, 0x4000, "../../x"}, layout[2])})},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := open(t, esp.Flash, c.img)
			if !strings.Contains(fmt.Sprint(names(o)), c.parts) || !strings.Contains(damage(o), c.damage) || (c.damage == "") != (damage(o) == "") {
				t.Errorf("parts %v, damage %s", names(o), damage(o))
			}
			opened := reference.Open(t, c.img)
			for _, r := range opened.Ranges { // what is encrypted is whole
				if strings.Contains(r.What, "encrypted") && (r.Class != firmware.Unexplained || strings.Contains(r.What, "damaged")) {
					t.Errorf("%+v", r)
				}
			}
		})
	}
	if esp.Flash.Probe(format.InMemory(flip(flash(0x24000, map[int][]byte{0x8000: partitionTable(lying...)}), 0x8000))) != format.No {
		t.Error("a table without a magic number is taken for one")
	}
}

func TestTable(t *testing.T) {
	table := partitionTable(layout...)
	o := open(t, esp.Table, fill(slices.Clone(table), 0x1000))
	if o.Length != 0xc00 || len(o.Damage) > 0 || o.Attributes["digest"] != "md5" {
		t.Errorf("%+v", o)
	}
	o = open(t, esp.Table, signedV1(t, table))
	if o.Length != 0xc00+68 || len(o.Signatures) != 1 || o.Signatures[0].Covers[0].Length != 0xc00 {
		t.Errorf("%+v", o)
	}
	if o := open(t, esp.Table, flip(table, 0x20)); !strings.Contains(damage(o), "no magic number") {
		t.Errorf("damage %q", damage(o))
	}
	if o := open(t, esp.Table, flip(table, 0x0e)); !strings.Contains(damage(o), "MD5 of the partition table differs") {
		t.Errorf("damage %q", damage(o))
	}
}

func TestEncrypted(t *testing.T) {
	b := make([]byte, 0x4000)
	x := uint32(7)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	if esp.Encrypted.Probe(format.InMemory(b)) != format.No {
		t.Error("random bytes are taken for encrypted ones")
	}
	for _, at := range []int{0x200, 0x1000, 0x2020} {
		copy(b[at+16:at+32], b[at:at+16])
	}
	o := open(t, esp.Encrypted, b)
	if damage(o) != "0x0: encrypted (flash encryption)\n" || o.Damage[0].Length != int64(len(b)) {
		t.Errorf("%+v", o)
	}
	if img := reference.Open(t, b); !img.Opaque {
		t.Error("not opaque")
	}
	copy(b[0x310:0x320], b[0x320:0x330]) // as no cipher in this mode has it
	if esp.Encrypted.Probe(format.InMemory(b)) != format.No {
		t.Error("repeated bytes are taken for encrypted ones")
	}
}

// TestCorpus reads a real boot loader, signed with a key that its block brings.
func TestCorpus(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "corpus", "esptool-bootloader_signed_v2_rsa.bin"))
	if err != nil {
		t.Skip("no corpus beside the project")
	}
	o := open(t, esp.Image, data)
	if len(o.Signatures) != 1 || o.Signatures[0].Problem != "" || !verify(t, o.Signatures[0]) || len(o.Damage) > 0 {
		t.Errorf("%+v %s", o.Signatures, damage(o))
	}
	for _, at := range []int{0, 0x21, 0x7fff} {
		if o := open(t, esp.Image, flip(data, at)[:len(data):len(data)]); at != 0x7fff && (len(o.Signatures) != 1 || verify(t, o.Signatures[0])) {
			t.Errorf("valid although byte 0x%x was changed", at)
		}
	}
}

func seeds(t testing.TB) map[*format.Format][][]byte {
	img := app()
	return map[*format.Format][][]byte{
		esp.Image: {
			image32(0, 0x40080404, load{0x40080400, program(64)}, load{0x3ffb0000, program(32)}), image8266()[:], image8266v2(),
			signedV1(t, boot()), signedV2(img, blockOf(t, "P-256"), blockOf(t, "RSA")),
		},
		esp.Flash:        {wholeFlash()},
		esp.Table:        {partitionTable(layout...), signedV1(t, partitionTable(layout...))},
		esp.SecureBootV2: {rsaBlock(t, img), fill(append(ecdsaBlock(t, "P-256", img), ecdsaBlock(t, "P-384", img)...), 4096)},
		esp.SecureBootV1: {signedV1(t, nil)},
	}
}

func TestMutated(t *testing.T) {
	for f, s := range seeds(t) {
		formattest.Mutate(t, f, s...)
	}
}

func FuzzImage(f *testing.F) { formattest.Fuzz(f, esp.Image, seeds(f)[esp.Image]...) }
func FuzzFlash(f *testing.F) { formattest.Fuzz(f, esp.Flash, seeds(f)[esp.Flash]...) }
func FuzzTable(f *testing.F) { formattest.Fuzz(f, esp.Table, seeds(f)[esp.Table]...) }
func FuzzSecureBootV2(f *testing.F) {
	formattest.Fuzz(f, esp.SecureBootV2, seeds(f)[esp.SecureBootV2]...)
}

func BenchmarkImage(b *testing.B) {
	img := image32(9, 0x40378004, load{0x3c000020, program(2 << 20)}, load{0x40378000, program(64 << 10)}, load{0x42000020, program(1 << 20)})
	b.SetBytes(int64(len(img)))
	for b.Loop() {
		if _, err := esp.Image.Open(context.Background(), format.InMemory(img), nil); err != nil {
			b.Fatal(err)
		}
	}
}
