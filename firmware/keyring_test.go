package firmware

import (
	"crypto/sha256"
	"slices"
	"testing"
)

// packet writes a packet in the new form, or in the old one.
func packet(tag byte, body []byte, old bool) []byte {
	n := len(body)
	switch {
	case old:
		return slices.Concat([]byte{0x80 | tag<<2 | 1, byte(n >> 8), byte(n)}, body)
	case n < 192:
		return slices.Concat([]byte{0xc0 | tag, byte(n)}, body)
	case n < 8384:
		return slices.Concat([]byte{0xc0 | tag, byte((n-192)>>8) + 192, byte(n - 192)}, body)
	}
	return slices.Concat([]byte{0xc0 | tag, 255, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, body)
}

// numbers are n bytes that look encrypted, after a version.
func numbers(version byte, n int) []byte {
	b := []byte{version}
	for sum := sha256.Sum256(b); len(b) < n; sum = sha256.Sum256(sum[:]) {
		b = append(b, sum[:]...)
	}
	return b[:n]
}

func TestKeyring(t *testing.T) {
	key := func(old bool) []byte {
		return slices.Concat(packet(packetPublicKey, numbers(4, 525), old), packet(packetUserID, []byte("Archive <a@b.example>"), old),
			packet(packetSignature, numbers(4, 568), old), packet(packetSubkey, numbers(4, 525), old), packet(packetSignature, numbers(4, 100), old))
	}
	var ring []byte
	for i := range 20 {
		ring = append(ring, key(i%2 == 0)...)
	}
	for name, c := range map[string]struct {
		content []byte
		want    bool
	}{
		"a ring":              {ring, true},
		"a long signature":    {slices.Concat(key(false), packet(packetSignature, numbers(4, 9000), false)), true},
		"cut off":             {ring[:len(ring)-1], false},
		"something behind it": {append(slices.Clone(ring), 0), false},
		"a private key":       {slices.Concat(packet(5, numbers(4, 525), true), packet(packetUserID, []byte("a"), true)), false},
		"no name":             {packet(packetPublicKey, numbers(4, 525), true), false},
		"encrypted data":      {slices.Concat(key(true), packet(18, numbers(1, 5000), false)), false},
		"hidden in a name":    {slices.Concat(key(true), packet(packetUserID, numbers(1, 5000), false)), false},
		"hidden in a picture": {slices.Concat(key(true), packet(packetAttribute, numbers(1, 70000), false)), false},
		"noise":               {numbers(0x99, 20000), false},
		"nothing":             {nil, false},
	} {
		if got := isKeyring(c.content); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !isKnown(ring) {
		t.Error("a ring is not known")
	}
}

func FuzzKeyring(f *testing.F) {
	f.Add(packet(packetPublicKey, numbers(4, 20), true))
	f.Add([]byte{0xc6, 255, 255, 255, 255, 255})
	f.Fuzz(func(_ *testing.T, b []byte) { isKeyring(b) })
}
