package keys

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"testing"
)

func must(der []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return der
}

// An EC key whose curve is written out is the same key as with the curve's name.
func TestKeyOnWrittenOutCurve(t *testing.T) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	named := must(x509.MarshalECPrivateKey(k))
	params := k.Params()
	type field struct {
		Kind  asn1.ObjectIdentifier
		Prime *big.Int
	}
	type curve struct{ A, B []byte }
	base, err := k.PublicKey.ECDH()
	if err != nil {
		t.Fatal(err)
	}
	write := func(prime *big.Int) []byte {
		explicit := must(asn1.Marshal(struct {
			Version int
			Field   field
			Curve   curve
			Base    []byte
			Order   *big.Int
		}{1, field{asn1.ObjectIdentifier{1, 2, 840, 10045, 1, 1}, prime}, curve{params.P.Bytes(), params.B.Bytes()}, base.Bytes(), params.N}))
		private := must(k.Bytes())
		return must(asn1.Marshal(struct {
			Version int
			Key     []byte
			Curve   asn1.RawValue
			Public  asn1.BitString `asn1:"explicit,tag:1"`
		}{1, private, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: explicit}, asn1.BitString{Bytes: base.Bytes(), BitLength: 8 * len(base.Bytes())}}))
	}
	want, _ := parseSEC1(named)
	got, ok := parseSEC1(write(params.P))
	if !ok || got.Public != want.Public || got.Bits != 256 {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if other, ok := parseSEC1(write(new(big.Int).Sub(params.P, big.NewInt(2)))); !ok || other.Bits != 0 {
		t.Errorf("another curve is read as %+v", other)
	}
	if _, ok := curveOf([]byte{0x30, 0x03, 0x02, 0x01, 0x01}); ok {
		t.Error("a number alone is read as a curve")
	}
}
