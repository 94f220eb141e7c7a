package detached

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// bareHashes are what a bare signature may be over: it does not say.
var bareHashes = []crypto.Hash{crypto.SHA256, crypto.SHA384, crypto.SHA512, crypto.SHA224, crypto.SHA1}

// bareSizes are the sizes of RSA signatures in use, and those of two numbers on a
// curve, or of Ed25519.
var bareSizes = []int{64, 96, 128, 132, 192, 256, 384, 512, 768, 1024}

// bare reads a signature that is a number and nothing else, as it is, in base64 or
// in PEM: of RSA, of ECDSA in DER or as two numbers, of Ed25519.
func bare(b []byte) (value []byte, ok bool) {
	if p, _ := pem.Decode(b); p != nil && p.Type == "SIGNATURE" {
		b = p.Bytes
	}
	if text, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(b))); err == nil && isBare(text) {
		return text, true
	}
	return b, isBare(b)
}

func isBare(b []byte) bool {
	return isPair(b) || slices.Contains(bareSizes, len(b)) && slices.ContainsFunc(b, func(c byte) bool { return c >= 0x80 })
}

// isPair reports whether bytes are a signature of ECDSA in DER.
func isPair(b []byte) bool {
	var v struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(b, &v)
	return err == nil && len(rest) == 0 && v.R.Sign() > 0 && v.S.Sign() > 0
}

func bareSignature(value []byte, length int) format.Signature {
	return format.Signature{Kind: "bare", Algorithm: format.Bare, Value: value, Length: int64(length)}
}
