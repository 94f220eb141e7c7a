package signed

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/binary"
	"slices"
)

var mcubootKinds = []Kind{
	{Name: "mcuboot P-256", Reader: "mcuboot", Key: P256, Build: mcuboot},
	{Name: "mcuboot P-384", Reader: "mcuboot", Key: P384, Build: mcuboot},
	{Name: "mcuboot RSA-2048", Reader: "mcuboot", Key: RSA2048, Build: mcuboot},
	{Name: "mcuboot RSA-3072", Reader: "mcuboot", Key: RSA3072, Build: mcuboot},
	{Name: "mcuboot Ed25519", Reader: "mcuboot", Key: Ed25519, Build: mcuboot},
	{Name: "mcuboot Ed25519 over the image", Reader: "mcuboot", Key: Ed25519, Build: mcubootPure},
}

var le = binary.LittleEndian

// TLV is a field behind an image of MCUboot.
type TLV struct {
	Type  uint16
	Value []byte
}

// area writes fields behind their head.
func area(magic uint16, fields ...TLV) []byte {
	var body []byte
	for _, f := range fields {
		body = le.AppendUint16(body, f.Type)
		body = append(le.AppendUint16(body, uint16(len(f.Value))), f.Value...)
	}
	return append(le.AppendUint16(le.AppendUint16(nil, magic), uint16(len(body)+4)), body...)
}

// MCUboot is an image with the fields that sign makes over its covered bytes.
func MCUboot(sign func(covered []byte) []TLV) []byte {
	protected := area(0x6908, TLV{0x50, []byte{9, 0, 0, 0}})
	h := le.AppendUint32(nil, 0x96f3b83d)
	h = le.AppendUint32(h, 0)
	h = le.AppendUint16(h, 0x200)
	h = le.AppendUint16(h, uint16(len(protected)))
	h = le.AppendUint32(h, uint32(len(program())))
	h = append(le.AppendUint32(h, 0), 1, 2, 3, 0, 4, 0, 0, 0, 0, 0, 0, 0)
	covered := slices.Concat(h, make([]byte, 0x200-len(h)), program(), protected)
	return append(covered, area(0x6907, sign(covered)...)...)
}

func mcuboot(m *Maker) []byte { return MCUboot(m.TLVs) }

// TLVs are hash, hash of the key, and signature over covered bytes; without a
// maker, the hash.
func (m *Maker) TLVs(covered []byte) []TLV {
	hash := TLV{0x10, sha256(covered)}
	if m == nil {
		return []TLV{hash}
	}
	sign := TLV{0x22, nil}
	public, h := m.spki(), crypto.SHA256
	switch bits := m.Key.Public().(type) {
	case *rsa.PublicKey:
		public = x509.MarshalPKCS1PublicKey(bits)
		sign = TLV{0x20, m.pss(covered, h)}
		if bits.Size() == 384 {
			sign.Type = 0x23
		}
	default:
		if len(m.spki()) > 100 { // P-384
			h, hash = crypto.SHA384, TLV{0x11, digest(crypto.SHA384, covered)}
		}
		sign.Value = m.sign(covered, h)
		if len(m.spki()) < 50 {
			sign = TLV{0x24, m.sign(hash.Value, 0)}
		}
	}
	return []TLV{hash, {0x01, digest(h, public)}, sign}
}

// mcubootPure has a signature over the image itself instead of its hash.
func mcubootPure(m *Maker) []byte {
	return MCUboot(func(covered []byte) []TLV {
		if m == nil {
			return m.TLVs(covered)
		}
		return []TLV{{0x10, sha256(covered)}, {0x01, sha256(m.spki())}, {0x25, nil}, {0x24, m.sign(covered, 0)}}
	})
}
