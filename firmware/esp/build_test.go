package esp_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"hash/crc32"
	"math/big"
	"slices"
	"sync"
	"testing"
)

var le = binary.LittleEndian

// load is a segment to build.
type load struct {
	addr uint32
	data []byte
}

// program makes bytes that look like code.
func program(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*i>>3) & 0x3f
	}
	return b
}

// segments appends segments and the checksum, and gives where the sum is.
func segments(b []byte, loads []load) []byte {
	sum := byte(0xef)
	for _, l := range loads {
		b = le.AppendUint32(b, l.addr)
		b = le.AppendUint32(b, uint32(len(l.data)))
		b = append(b, l.data...)
		for _, c := range l.data {
			sum ^= c
		}
	}
	for len(b)%16 != 15 {
		b = append(b, 0)
	}
	return append(b, sum)
}

// image32 makes an image for the ESP32 family, with its digest.
func image32(chip uint16, entry uint32, loads ...load) []byte {
	b := []byte{0xe9, byte(len(loads)), 2, 0x20}
	b = le.AppendUint32(b, entry)
	b = append(b, 0xee, 0, 0, 0, byte(chip), byte(chip>>8), 0, 100, 0, 0xff, 0xff, 0, 0, 0, 0, 1)
	b = segments(b, loads)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// app is an application for the ESP32.
func app() []byte {
	return image32(0, 0x40081234, load{0x3f400020, append(appDescription(), program(700)...)}, load{0, make([]byte, 100)},
		load{0x3ffb0000, program(512)}, load{0x40080400, program(8000)}, load{0x400d0018, program(5000)})
}

func appDescription() []byte {
	b := make([]byte, 256)
	le.PutUint32(b, 0xabcd5432)
	le.PutUint32(b[4:], 7)
	for at, s := range map[int]string{16: "1.2.3", 48: "lamp", 80: "12:34:56", 96: "Jan  2 2024", 112: "v5.1.2"} {
		copy(b[at:], s)
	}
	return b
}

// boot is a second boot loader for the ESP32-C3.
func boot() []byte {
	d := make([]byte, 80)
	d[0], d[3] = 80, 2
	le.PutUint32(d[4:], 1)
	copy(d[8:], "v5.4")
	copy(d[40:], "Jan  2 2024 12:34:56")
	return image32(5, 0x403cc71a, load{0x3fcd5820, append(d, program(300)...)}, load{0x403cc710, program(2500)})
}

func image8266() []byte {
	b := []byte{0xe9, 2, 2, 0x40}
	b = le.AppendUint32(b, 0x40100004)
	return segments(b, []load{{0x40100000, program(3000)}, {0x3ffe8000, program(100)}})
}

// image8266v2 has its checksum over the later segments only, and a CRC.
func image8266v2() []byte {
	irom := program(4096)
	b := []byte{0xea, 4, 2, 0x40}
	b = le.AppendUint32(b, 0x40100004)
	b = le.AppendUint32(b, 0)
	b = le.AppendUint32(b, uint32(len(irom)))
	b = append(b, irom...)
	b = append(b, 0xe9, 2, 2, 0x40)
	b = le.AppendUint32(b, 0x40100004)
	b = segments(b, []load{{0x40100000, program(3000)}, {0x3ffe8000, program(100)}})
	crc := crc32.ChecksumIEEE(b)
	if crc>>31 == 1 {
		crc = ^crc
	} else {
		crc++
	}
	return le.AppendUint32(b, crc)
}

func fill(b []byte, to int) []byte {
	return append(b, bytes.Repeat([]byte{0xff}, to-len(b))...)
}

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		panic(err)
	}
	return k
})

var keys = sync.OnceValue(func() map[string]*ecdsa.PrivateKey {
	all := map[string]*ecdsa.PrivateKey{}
	for name, c := range map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384()} {
		k, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			panic(err)
		}
		all[name] = k
	}
	return all
})

func little(n *big.Int, size int) []byte {
	b := n.FillBytes(make([]byte, size))
	slices.Reverse(b)
	return b
}

// seal gives a block its checksum.
func seal(b []byte) []byte {
	b = append(b, make([]byte, 1196-len(b))...)
	b = le.AppendUint32(b, crc32.ChecksumIEEE(b))
	return append(b, make([]byte, 16)...)
}

// rsaBlock signs what stands in front of the sector.
func rsaBlock(t testing.TB, covered []byte) []byte {
	k := rsaKey()
	sum := sha256.Sum256(covered)
	sig, err := rsa.SignPSS(rand.Reader, k, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	r := new(big.Int).Exp(big.NewInt(2), big.NewInt(6144), k.N)
	word := new(big.Int).Lsh(big.NewInt(1), 32)
	m := new(big.Int).ModInverse(k.N, word)
	b := append([]byte{0xe7, 2, 0, 0}, sum[:]...)
	b = append(b, little(k.N, 384)...)
	b = le.AppendUint32(b, uint32(k.E))
	b = append(b, little(r, 384)...)
	b = le.AppendUint32(b, uint32(new(big.Int).Sub(word, m).Uint64()))
	return seal(append(b, little(new(big.Int).SetBytes(sig), 384)...))
}

// ecBlock puts a key and a signature of a curve into a block.
func ecBlock(curve byte, size int, digest []byte, x, y, r, s *big.Int) []byte {
	hash, field := byte(0), 64
	if size > 32 {
		hash, field = 1, 96
	}
	b := append([]byte{0xe7, 3, hash, 0}, digest...)
	b = append(b, curve)
	pad := make([]byte, field-2*size)
	b = slices.Concat(b, little(x, size), little(y, size), pad, little(r, size), little(s, size), pad)
	return seal(b)
}

func ecdsaBlock(t testing.TB, name string, covered []byte) []byte {
	k := keys()[name]
	sum256, sum384 := sha256.Sum256(covered), sha512.Sum384(covered)
	curve, size, digest := byte(2), 32, sum256[:]
	if name == "P-384" {
		curve, size, digest = 3, 48, sum384[:]
	}
	r, s, err := ecdsa.Sign(rand.Reader, k, digest)
	if err != nil {
		t.Fatal(err)
	}
	return ecBlock(curve, size, digest, k.X, k.Y, r, s)
}

// signedV2 pads an image and adds a sector with blocks.
func signedV2(img []byte, blocks ...func([]byte) []byte) []byte {
	img = fill(slices.Clone(img), (len(img)+4095)&^4095)
	var all []byte
	for _, b := range blocks {
		all = append(all, b(img)...)
	}
	return append(img, fill(all, 4096)...)
}

func signedV1(t testing.TB, img []byte) []byte {
	k := keys()["P-256"]
	sum := sha256.Sum256(img)
	r, s, err := ecdsa.Sign(rand.Reader, k, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(img, make([]byte, 4), r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32)))
}

// part is a partition to build.
type part struct {
	kind, sub    byte
	offset, size uint32
	label        string
}

func partitionTable(parts ...part) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, 0xaa, 0x50, p.kind, p.sub)
		b = le.AppendUint32(b, p.offset)
		b = le.AppendUint32(b, p.size)
		b = append(b, append([]byte(p.label), make([]byte, 16-len(p.label))...)...)
		b = le.AppendUint32(b, 0)
	}
	sum := md5.Sum(b)
	b = append(b, 0xeb, 0xeb)
	b = append(b, bytes.Repeat([]byte{0xff}, 14)...)
	return fill(append(b, sum[:]...), 0xc00)
}

// flash puts contents at their places.
func flash(size int, at map[int][]byte) []byte {
	b := fill(nil, size)
	for off, content := range at {
		copy(b[off:], content)
	}
	return b
}

var layout = []part{
	{1, 2, 0x9000, 0x4000, "nvs"},
	{1, 0, 0xd000, 0x2000, "otadata"},
	{0, 0x10, 0x10000, 0x8000, "ota_0"},
	{0, 0x11, 0x18000, 0x8000, "ota_1"},
	{1, 0x82, 0x22000, 0x1000, "storage"},
}

// crc is that of ESP-IDF.
func crc(b []byte) uint32 { return crc32.Update(0xffffffff, crc32.IEEETable, b) }

func otadata(seq, state uint32) []byte {
	b := fill(le.AppendUint32(nil, seq), 32)
	le.PutUint32(b[24:], state)
	le.PutUint32(b[28:], crc(b[:4]))
	return b
}

func wholeFlash() []byte {
	return flash(0x24000, map[int][]byte{0x1000: app(), 0xd000: otadata(3, 2), 0xe000: otadata(4, 0xffffffff), 0x8000: partitionTable(layout...), 0x10000: app(), 0x18000: image8266()})
}
