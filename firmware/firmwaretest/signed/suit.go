package signed

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"

	"github.com/assay-iot/assay/firmware/cbor"
)

var suitKinds = []Kind{
	{Name: "suit ES256", Reader: "suit", Key: P256, Build: suit},
	{Name: "suit EdDSA", Reader: "suit", Key: Ed25519, Build: suit},
	{Name: "suit PS256", Reader: "suit", Key: RSA2048, Build: suit},
}

// pairs is a map of CBOR in the order as written.
type pairs []any

// encode writes CBOR.
func encode(v any) []byte {
	var head []byte
	var items []any
	switch v := v.(type) {
	case nil:
		return []byte{0xf6}
	case int:
		if v < 0 {
			return cbor.Head(cbor.Negative, uint64(-1-v))
		}
		return cbor.Head(cbor.Uint, uint64(v))
	case string:
		return append(cbor.Head(cbor.Text, uint64(len(v))), v...)
	case []byte:
		return append(cbor.Head(cbor.Bytes, uint64(len(v))), v...)
	case pairs:
		head, items = cbor.Head(cbor.Map, uint64(len(v)/2)), v
	case []any:
		head, items = cbor.Head(cbor.Array, uint64(len(v))), v
	default:
		panic(fmt.Sprintf("%T", v))
	}
	for _, one := range items {
		head = append(head, encode(one)...)
	}
	return head
}

func suitDigest(b []byte) []byte { return encode([]any{-16, sha256(b)}) }

// suit is an envelope with a manifest about one program, which it brings along.
func suit(m *Maker) []byte { return suitOf(m, len(program()), "#app") }

// suitOf is one whose manifest gives a size and a name.
func suitOf(m *Maker, size int, name string) []byte {
	payload := program()
	shared := encode([]any{20, pairs{3, suitDigest(payload), 14, size}, 1, 15})
	install := encode([]any{20, pairs{21, name}, 21, 2, 3, 15})
	manifest := encode(pairs{1, 1, 2, 7, 3, encode(pairs{2, []any{[]any{[]byte("flash"), []byte{0}}}, 4, shared}), 20, install})
	sum := suitDigest(encode(manifest))
	blocks := []any{sum}
	if m != nil {
		blocks = append(blocks, m.cose(sum))
	}
	return append(cbor.Head(cbor.Tag, 107), encode(pairs{2, encode(blocks), 3, manifest, "#app", payload})...)
}

// cose is a COSE_Sign1 (RFC 9052) over a payload that it does not hold.
func (m *Maker) cose(payload []byte) []byte {
	algorithm, sign := -7, func(b []byte) []byte { return m.joined(b, crypto.SHA256) }
	switch m.Key.(type) {
	case ed25519.PrivateKey:
		algorithm, sign = -8, func(b []byte) []byte { return m.sign(b, 0) }
	case *rsa.PrivateKey:
		algorithm, sign = -37, func(b []byte) []byte { return m.pss(b, crypto.SHA256) }
	}
	protected := encode(pairs{1, algorithm})
	value := sign(encode([]any{"Signature1", protected, []byte{}, payload}))
	return append(cbor.Head(cbor.Tag, 18), encode([]any{protected, pairs{4, []byte("key-1")}, nil, value})...)
}
