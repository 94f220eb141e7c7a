package cose_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"strings"
	"testing"

	stock "github.com/veraison/go-cose"

	"github.com/assay-iot/assay/labels/cose"
)

func newECDSA(t testing.TB, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func signers(t testing.TB) map[string]crypto.Signer {
	return map[string]crypto.Signer{
		"P-256": newECDSA(t, elliptic.P256()), "P-384": newECDSA(t, elliptic.P384()),
		"Ed25519": ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)),
	}
}

func mustSign(t testing.TB, key crypto.Signer, typ string, payload []byte) []byte {
	t.Helper()
	data, err := cose.Sign(key, typ, payload)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSign(t *testing.T) {
	for name, key := range signers(t) {
		data := mustSign(t, key, "application/x", []byte("hello"))
		m, err := cose.Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := m.Verify(key.Public()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		id, _ := cose.KeyID(key.Public())
		if string(m.Payload) != "hello" || m.Header.Type != "application/x" || !bytes.Equal(m.Header.KeyID, id) {
			t.Errorf("%s: %+v", name, m)
		}
		for other, k := range signers(t) {
			if other != "Ed25519" || name != "Ed25519" {
				if err := m.Verify(k.Public()); !errors.Is(err, cose.ErrSignature) {
					t.Errorf("%s verified with another key on %s: %v", name, other, err)
				}
			}
		}
	}
}

// A stock library that others wrote accepts the messages.
func TestStockVerifier(t *testing.T) {
	for name, key := range signers(t) {
		alg := map[string]stock.Algorithm{"P-256": stock.AlgorithmES256, "P-384": stock.AlgorithmES384, "Ed25519": stock.AlgorithmEdDSA}[name]
		v, err := stock.NewVerifier(alg, key.Public())
		if err != nil {
			t.Fatal(err)
		}
		var m stock.Sign1Message
		if err := m.UnmarshalCBOR(mustSign(t, key, "", []byte("hello"))); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := m.Verify(nil, v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Any one bit changed, anywhere: it never verifies.
func TestEveryBit(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	data := mustSign(t, key, "", []byte("hello"))
	for i := range 8 * len(data) {
		changed := bytes.Clone(data)
		changed[i/8] ^= 1 << (i % 8)
		if m, err := cose.Parse(changed); err == nil && m.Verify(key.Public()) == nil {
			t.Fatalf("bit %d of byte %d changes nothing", i%8, i/8)
		}
	}
	for n := range data {
		if _, err := cose.Parse(data[:n]); !errors.Is(err, cose.ErrForm) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
}

func TestKeys(t *testing.T) {
	m, err := cose.Parse(mustSign(t, signers(t)["Ed25519"], "", nil))
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, pub := range map[string]crypto.PublicKey{
		"Ed25519 of 31 bytes": ed25519.PublicKey(make([]byte, 31)), "Ed25519 of 57 bytes, as Ed448 has": ed25519.PublicKey(make([]byte, 57)),
		"no bytes": ed25519.PublicKey(nil), "P-224": newECDSA(t, elliptic.P224()).Public(), "P-521": newECDSA(t, elliptic.P521()).Public(),
		"RSA": rsaKey.Public(), "nil": nil, "an ECDSA key without curve": &ecdsa.PublicKey{}, "no ECDSA key": (*ecdsa.PublicKey)(nil), "an ECDSA key without a point": &ecdsa.PublicKey{Curve: elliptic.P256()},
		"a point off the curve": offCurve(t),
	} {
		if err := m.Verify(pub); err == nil || errors.Is(err, cose.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func offCurve(t *testing.T) crypto.PublicKey {
	k := *newECDSA(t, elliptic.P256()).Public().(*ecdsa.PublicKey)
	k.X, k.Y = k.Y, k.X //lint:ignore SA1019 a wrong point is what this test is about
	return &k
}

// The forms that are not the one form. Each is a message that a lenient reader
// would take.
func TestForm(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	good := mustSign(t, key, "", []byte("hi"))
	replace := func(old, with string) []byte {
		if !bytes.Contains(good, []byte(old)) {
			t.Fatalf("no %x in the message", old)
		}
		return bytes.Replace(good, []byte(old), []byte(with), 1)
	}
	header := string(good[2:12]) // 49 a2 01 26 04 44 and four bytes
	id := header[6:]
	for name, data := range map[string][]byte{
		"empty": nil, "no tag": good[1:], "another tag": append([]byte{0xD1}, good[1:]...), "tag in two bytes": append([]byte{0xD8, 18}, good[1:]...),
		"five members":                   append(append([]byte{0xD2, 0x85}, good[2:]...), 0),
		"bytes behind the end":           append(bytes.Clone(good), 0),
		"an unprotected header":          replace(header+"\xa0", header+"\xa1\x04\x41\x01"),
		"alg in the unprotected header":  replace(header+"\xa0", "\x40\xa1\x01\x26"),
		"alg twice":                      replace(header, "\x4b\xa3\x01\x26\x01\x26\x04\x44"+id),
		"no alg":                         replace(header, "\x47\xa1\x04\x44"+id),
		"alg as text":                    replace(header, "\x4e\xa2\x01\x65ES256\x04\x44"+id),
		"an unknown alg":                 replace(header, "\x49\xa2\x01\x25\x04\x44"+id),
		"HMAC as alg":                    replace(header, "\x49\xa2\x01\x05\x04\x44"+id),
		"alg longer than need be":        replace(header, "\x4a\xa2\x01\x38\x06\x04\x44"+id),
		"alg as a fraction":              replace(header, "\x4b\xa2\x01\xf9\xc7\x00\x04\x44"+id),
		"keys out of order":              replace(header, "\x49\xa2\x04\x44"+id+"\x01\x26"),
		"an unknown label":               replace(header, "\x4b\xa3\x01\x26\x04\x44"+id+"\x05\x00"),
		"a critical label":               replace(header, "\x4d\xa3\x01\x26\x02\x81\x04\x04\x44"+id),
		"a header of indefinite length":  replace(header, "\x4a\xbf\x01\x26\x04\x44"+id+"\xff"),
		"a payload of indefinite length": replace("\x42hi", "\x5f\x42hi\xff"),
		"a payload length in two bytes":  replace("\x42hi", "\x58\x02hi"),
		"a payload length in nine bytes": replace("\x42hi", "\x5b\x00\x00\x00\x00\x00\x00\x00\x02hi"),
		"a huge length":                  replace("\x42hi", "\x5b\x7f\xff\xff\xff\xff\xff\xff\xffhi"),
		"the hugest length":              replace("\x42hi", "\x5b\xff\xff\xff\xff\xff\xff\xff\xffhi"),
		"a text as payload":              replace("\x42hi", "\x62hi"),
		"no payload":                     replace("\x42hi", "\xf6"),
		"depth":                          append([]byte{0xD2}, bytes.Repeat([]byte{0x81}, 100000)...),
		"too much":                       append([]byte{0xD2}, make([]byte, cose.MaxMessage+1)...),
	} {
		if _, err := cose.Parse(data); !errors.Is(err, cose.ErrForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSignatureLength(t *testing.T) {
	key := signers(t)["P-256"]
	m, err := cose.Parse(mustSign(t, key, "", []byte("hi")))
	if err != nil {
		t.Fatal(err)
	}
	good := m.Signature
	for _, sig := range [][]byte{nil, good[:63], append(bytes.Clone(good), 0), make([]byte, 64), bytes.Repeat([]byte{0xFF}, 64)} {
		m.Signature = sig
		if err := m.Verify(key.Public()); !errors.Is(err, cose.ErrSignature) {
			t.Errorf("a signature of %d bytes: %v", len(sig), err)
		}
	}
}

// brokenKey is a module that answers with something that is no signature.
type brokenKey struct {
	crypto.Signer
	answer []byte
}

func (k brokenKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return k.answer, nil }

func TestBrokenSigner(t *testing.T) {
	for _, answer := range []string{"", "x", "0\x06\x02\x01\x01\x02\x01\x01", "0\x06\x02\x01\xff\x02\x01\x01", "0\x27\x02\x22" + strings.Repeat("1", 34) + "\x02\x01\x01"} {
		if _, err := cose.Sign(brokenKey{newECDSA(t, elliptic.P256()), []byte(answer)}, "", nil); err == nil {
			t.Errorf("%x was accepted", answer)
		}
	}
}

func FuzzParse(f *testing.F) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	good := mustSign(f, key, "application/x", []byte("hello"))
	f.Add(good)
	f.Add(good[:20])
	f.Add([]byte("\xd2\x84\x43\xa1\x01\x26\xa0\x40\x40"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := cose.Parse(data)
		if err != nil {
			if !errors.Is(err, cose.ErrForm) {
				t.Fatal(err)
			}
			return
		}
		if m.Verify(key.Public()) == nil && !bytes.Equal(data, good) {
			t.Fatal("verifies, but was never signed")
		}
	})
}
