package signature

import (
	"crypto"
	"crypto/ecdsa"
	"encoding/asn1"
	"math/big"
	"time"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/format"
)

// anyAlgorithms are what a signature may be that does not say it, in the order in
// which they are tried.
var anyAlgorithms = []string{
	format.RSASHA256, format.RSASHA512, format.RSASHA384, format.RSAPSSSHA256, format.RSAPSSSHA512, format.RSAPSSSHA384, format.RSASHA1,
	format.ECDSASHA256, format.ECDSASHA384, format.ECDSASHA512, format.Ed25519,
}

// verifyAny judges a signature that is a number of which only a key can tell what
// it is.
func verifyAny(s firmware.Signature, keys []Key, asOf time.Time) Outcome {
	tried := 0
	for _, k := range keys {
		if refused(k.Public) != "" {
			continue
		}
		for _, name := range anyAlgorithms {
			c := schemes[name]
			if !c.fits(k.Public) {
				continue
			}
			tried++
			one := s
			one.Digest = nil // it is under one of the hashes
			signed, err := c.signedBytes(one)
			if err != nil {
				return Outcome{Reason: err.Error()}
			}
			if c.holds(k.Public, signed, s.Value) || c.holds(k.Public, signed, pair(k.Public, s.Value)) {
				o := heldBy(k, asOf)
				o.Algorithm = name
				return o
			}
		}
	}
	return unverified(s, len(keys), tried, false)
}

// pair writes the two numbers of a signature on a curve, one behind the other, as
// the one in DER that it stands for.
func pair(key crypto.PublicKey, value []byte) []byte {
	k, ok := key.(*ecdsa.PublicKey)
	if !ok || len(value) != 2*((k.Curve.Params().BitSize+7)/8) {
		return nil
	}
	half := len(value) / 2
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(value[:half]), new(big.Int).SetBytes(value[half:])})
	if err != nil {
		return nil
	}
	return der
}
