package signed

import (
	"bytes"
	"fmt"
	"slices"
)

const zigbeeHash = "its curve and its hash (AES-MMO) are verified by nobody here"

var zigbeeKinds = []Kind{
	{Name: "zigbee-ota sect163k1", Reader: "ota", Key: P256, Unjudged: zigbeeHash, Build: func(m *Maker) []byte { return zigbee(m, 1, 42) }},
	{Name: "zigbee-ota sect283k1", Reader: "ota", Key: P256, Unjudged: zigbeeHash, Build: func(m *Maker) []byte { return zigbee(m, 5, 72) }},
}

// zigbee is an update file. Its signature is none: no key could verify it.
func zigbee(m *Maker, tag uint16, size int) []byte {
	element := func(tag uint16, data []byte) []byte {
		return append(le.AppendUint32(le.AppendUint16(nil, tag), uint32(len(data))), data...)
	}
	body := element(0, program())
	if m != nil {
		body = append(body, element(tag, append([]byte{1, 2, 3, 4, 5, 6, 7, 8}, bytes.Repeat([]byte{0x5a}, size)...))...)
	}
	h := le.AppendUint32(nil, 0x0beef11e)
	for _, v := range []uint16{0x0100, 56, 0, 0x1141, 0x020a} {
		h = le.AppendUint16(h, v)
	}
	h = le.AppendUint16(le.AppendUint32(h, 0x00173001), 2)
	h = append(h, fmt.Sprintf("%-32s", "a lamp\x00")...)
	return slices.Concat(le.AppendUint32(h, uint32(56+len(body))), body)
}
