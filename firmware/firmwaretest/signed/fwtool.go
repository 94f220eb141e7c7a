package signed

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

var fwtoolKinds = []Kind{
	{Name: "fwtool usign", Reader: "fwtool", Key: Ed25519, Build: func(m *Maker) []byte {
		return fwtool(m, func(image []byte) []byte { return m.usign(image) })
	}},
	{Name: "fwtool ucert", Reader: "fwtool", Key: Ed25519, Build: func(m *Maker) []byte {
		return fwtool(m, func(image []byte) []byte { return m.ucert(image) })
	}},
}

// fwtool appends a description and a signature to an image.
func fwtool(m *Maker, sign func([]byte) []byte) []byte {
	image := fwtoolBlock(append(root(), make([]byte, 8)...), 1, []byte(`{"metadata_version":"1.1","supported_devices":["vendor,board"]}`), 8)
	if m == nil {
		return image
	}
	return fwtoolBlock(image, 0, sign(image), 0)
}

func fwtoolBlock(image []byte, kind byte, data []byte, head int) []byte {
	image = append(slices.Clone(image), data...)
	sum := ^crc32.ChecksumIEEE(image)
	image = binary.BigEndian.AppendUint32(append(image, "FWx0"...), sum)
	return binary.BigEndian.AppendUint32(append(image, kind, 0, 0, 0), uint32(len(data)+16+head))
}

// usignText is a text of usign: a kind, eight bytes that number the key, a key or
// a signature.
func (m *Maker) usignText(comment string, b []byte) []byte {
	raw := slices.Concat([]byte("Ed"), sha256(m.spki())[:8], b)
	return []byte("untrusted comment: " + comment + "\n" + base64.StdEncoding.EncodeToString(raw) + "\n")
}

func (m *Maker) usign(message []byte) []byte { return m.usignText("signed", m.sign(message, 0)) }

// ucert is a chain of one certificate, by the maker of its own key, and the
// signature of that over the image.
func (m *Maker) ucert(image []byte) []byte {
	public := m.usignText("key", m.Key.Public().(ed25519.PublicKey))
	payload := attribute(3, "ucert", slices.Concat(
		attribute(5, "certtype", []byte{0, 0, 0, 1}), attribute(4, "validfrom", make([]byte, 8)), attribute(4, "expiresat", make([]byte, 8)),
		attribute(3, "pubkey", append(public, 0)),
	))
	certificate := attribute(0, "", slices.Concat(attribute(0, "", m.usign(payload)), attribute(1, "", payload)))
	return append(certificate, attribute(0, "", attribute(0, "", m.usign(image)))...)
}

// attribute is one of libubox, with a name if there is one.
func attribute(id uint32, name string, content []byte) []byte {
	if name != "" {
		head := append(binary.BigEndian.AppendUint16(nil, uint16(len(name))), name+"\x00"...)
		content = append(append(head, make([]byte, -len(head)&3)...), content...)
		id |= 1 << 7
	}
	b := append(binary.BigEndian.AppendUint32(nil, id<<24|uint32(4+len(content))), content...)
	return append(b, make([]byte, -len(b)&3)...)
}
