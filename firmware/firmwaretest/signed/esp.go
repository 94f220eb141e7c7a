package signed

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"hash/crc32"
	"math/big"
	"slices"
)

var espKinds = []Kind{
	{Name: "esp secure boot v1", Reader: "esp", Key: P256, Build: espV1},
	{Name: "esp secure boot v2 RSA", Reader: "esp", Key: RSA3072, Build: espV2},
	{Name: "esp secure boot v2 P-256", Reader: "esp", Key: P256, Build: espV2},
	{Name: "esp secure boot v2 P-384", Reader: "esp", Key: P384, Build: espV2},
}

// ESPImage is an image for the ESP32 of two segments at their addresses, with its
// digest.
func ESPImage(first, second uint32) []byte {
	code := make([]byte, 8000)
	for i := range code {
		code[i] = byte(i*i>>3) & 0x3f
	}
	b := []byte{0xe9, 2, 2, 0x20}
	b = le.AppendUint32(b, 0x40081234)
	b = append(b, 0xee, 0, 0, 0, 0, 0, 0, 100, 0, 0xff, 0xff, 0, 0, 0, 0, 1)
	sum := byte(0xef)
	for _, segment := range []struct {
		addr uint32
		size int
	}{{first, 512}, {second, len(code)}} {
		b = le.AppendUint32(le.AppendUint32(b, segment.addr), uint32(segment.size))
		b = append(b, code[:segment.size]...)
		for _, c := range code[:segment.size] {
			sum ^= c
		}
	}
	for len(b)%16 != 15 {
		b = append(b, 0)
	}
	b = append(b, sum)
	return append(b, sha256(b)...)
}

// Where the segments of a good image are.
const espData, espCode = 0x3ffb0000, 0x40080400

func espV1(m *Maker) []byte {
	image := ESPImage(espData, espCode)
	if m == nil {
		return image
	}
	return m.ESPSigned(image)
}

// ESPSigned is an image with a signature of secure boot v1.
func (m *Maker) ESPSigned(image []byte) []byte {
	return slices.Concat(image, make([]byte, 4), m.joined(image, crypto.SHA256))
}

// espV2 pads an image to a sector, and adds one with a block of the maker.
func espV2(m *Maker) []byte {
	if m == nil {
		return ones(ESPImage(espData, espCode), 4096)
	}
	return ESPBlocks(m.ESPBlock)
}

// ESPBlocks is an image with a sector of signature blocks of secure boot v2, each
// made over what stands in front of the sector.
func ESPBlocks(blocks ...func(covered []byte) []byte) []byte {
	image := ones(ESPImage(espData, espCode), 4096)
	var sector []byte
	for _, b := range blocks {
		sector = append(sector, b(image)...)
	}
	return append(image, ones(sector, 4096)...)
}

// ones fills up to a multiple of n.
func ones(b []byte, n int) []byte {
	return append(b, bytes.Repeat([]byte{0xff}, -len(b)&(n-1))...)
}

// ESPBlock is a signature block over what stands in front of its sector.
func (m *Maker) ESPBlock(covered []byte) []byte {
	var b []byte
	switch k := m.Key.Public().(type) {
	case *rsa.PublicKey:
		b = m.espRSA(k, covered)
	case *ecdsa.PublicKey:
		b = m.espECDSA(k, covered)
	}
	return ESPSealed(append(b, make([]byte, espSummed-len(b))...))
}

// espSummed is how many bytes of a block its checksum is over.
const espSummed = 1196

// ESPSealed gives a block its checksum anew.
func ESPSealed(b []byte) []byte {
	b = le.AppendUint32(slices.Clone(b[:espSummed]), crc32.ChecksumIEEE(b[:espSummed]))
	return append(b, make([]byte, 16)...)
}

func (m *Maker) espRSA(k *rsa.PublicKey, covered []byte) []byte {
	r := new(big.Int).Exp(big.NewInt(2), big.NewInt(6144), k.N)
	word := new(big.Int).Lsh(big.NewInt(1), 32)
	inverse := new(big.Int).ModInverse(k.N, word)
	b := append([]byte{0xe7, 2, 0, 0}, sha256(covered)...)
	b = le.AppendUint32(append(b, little(k.N, 384)...), uint32(k.E))
	b = le.AppendUint32(append(b, little(r, 384)...), uint32(new(big.Int).Sub(word, inverse).Uint64()))
	return append(b, reversed(m.pss(covered, crypto.SHA256))...)
}

func (m *Maker) espECDSA(k *ecdsa.PublicKey, covered []byte) []byte {
	h, kind, curve, size, field := crypto.SHA256, byte(0), byte(2), 32, 64
	if k.Curve.Params().BitSize == 384 {
		h, kind, curve, size, field = crypto.SHA384, 1, 3, 48, 96
	}
	point := must(k.Bytes())[1:]
	x, y := point[:size], point[size:]
	r, s := m.numbers(covered, h)
	pad := make([]byte, field-2*size)
	b := append([]byte{0xe7, 3, kind, 0}, digest(h, covered)...)
	return slices.Concat(b, []byte{curve}, reversed(x), reversed(y), pad, little(r, size), little(s, size), pad)
}

func little(n *big.Int, size int) []byte { return reversed(n.FillBytes(make([]byte, size))) }
