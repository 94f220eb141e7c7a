package router

import "fmt"

// asusSize is the length of what ASUS writes over the last bytes of a TRX: four
// numbers of a version, the product in 12 bytes, and more that differs from
// device to device.
const asusSize = 64

// asusTail looks for it, says what it says, and gives its length, or 0.
func (m *image) asusTail() int64 {
	b := m.in.Peek(m.Length-asusSize, asusSize)
	if !m.whole() || len(b) < asusSize || b[0] == 0 || b[0] > 9 || !asusProduct(b[4:16]) {
		return 0
	}
	m.say("asus-version", fmt.Sprintf("%d.%d.%d.%d", b[0], b[1], b[2], b[3]))
	m.say("asus-product", str(b[4:16]))
	m.header(m.Length-asusSize, asusSize)
	return asusSize
}

// asusProduct reports whether a field is a name such as RT-N66U.
func asusProduct(b []byte) bool {
	if !field(b) || len(str(b)) < 4 {
		return false
	}
	for _, c := range str(b) {
		if (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '+' {
			return false
		}
	}
	return true
}
