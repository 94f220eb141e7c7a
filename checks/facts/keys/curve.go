package keys

import (
	"crypto/elliptic"
	"encoding/asn1"
	"math/big"
)

// writtenOutCurve rewrites an EC private key whose curve is given by its numbers
// instead of its name: the key without its parameters, and the name of the curve.
func writtenOutCurve(der []byte) ([]byte, asn1.ObjectIdentifier, bool) {
	var k struct {
		Version int
		Key     []byte
		Curve   asn1.RawValue
		Public  asn1.RawValue `asn1:"optional"`
	}
	if !unmarshal(der, &k) || k.Curve.Class != asn1.ClassContextSpecific || k.Curve.Tag != 0 {
		return nil, nil, false
	}
	oid, ok := curveOf(k.Curve.Bytes)
	if !ok {
		return nil, nil, false
	}
	named := struct {
		Version int
		Key     []byte
		Public  asn1.RawValue `asn1:"optional"`
	}{k.Version, k.Key, k.Public}
	bare, err := asn1.Marshal(named)
	return bare, oid, err == nil
}

// curveOf names the curve whose parameters are written out (SEC 1, C.2): by the prime
// of its field. Of others than those of NIST, only that they are no NIST curve is known.
func curveOf(der []byte) (asn1.ObjectIdentifier, bool) {
	var p struct {
		Version int
		Field   struct {
			Kind  asn1.ObjectIdentifier
			Prime *big.Int
		}
		Curve    asn1.RawValue
		Base     []byte
		Order    *big.Int
		Cofactor *big.Int `asn1:"optional"`
	}
	if !unmarshal(der, &p) || p.Field.Prime == nil || p.Field.Prime.BitLen() > 1024 {
		return nil, false
	}
	for name, curve := range map[string]elliptic.Curve{"P-224": elliptic.P224(), "P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()} {
		if curve.Params().P.Cmp(p.Field.Prime) == 0 && curve.Params().N.Cmp(p.Order) == 0 {
			return curveNamed(name), true
		}
	}
	return asn1.ObjectIdentifier{1, 3}, true // a curve without a name
}

func curveNamed(name string) asn1.ObjectIdentifier {
	for _, c := range curves {
		if c.name == name {
			return c.oid
		}
	}
	return nil
}
