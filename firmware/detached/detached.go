package detached

import (
	"context"
	"crypto"
	"encoding/pem"
	"errors"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// MaxSignature is the largest file that Parse takes for a signature.
const MaxSignature = 1 << 20

// ErrUnknown says that a file is no signature of a known kind.
var ErrUnknown = errors.New("no detached signature of a known kind")

var errNoOpenPGP = errors.New("no signature of OpenPGP")

// Parse reads a file that is a detached signature over an input: CMS in DER or
// PEM, OpenPGP, signify, usign or minisign. For Ed25519ph it sets no Message,
// since the input's BLAKE2b-512 is not computed here.
func Parse(ctx context.Context, signature []byte, in format.Input) ([]format.Signature, error) {
	if len(signature) > MaxSignature {
		return nil, ErrUnknown
	}
	found, hashes, err := recognise(signature)
	if err != nil {
		return nil, err
	}
	for i := range found {
		s := &found[i]
		if s.Message != nil {
			continue // the trusted comment of minisign
		}
		over := []format.Span{{Length: in.Size}}
		if err := Cover(ctx, s, in, over, hashes...); err != nil {
			return nil, err
		}
		if s.Algorithm == format.Ed25519ph {
			s.Message = nil
		}
	}
	return found, nil
}

// recognise reads a signature without what it is over.
func recognise(b []byte) ([]format.Signature, []crypto.Hash, error) {
	switch {
	case IsSignify(b):
		kind := "signify"
		if strings.Contains(string(b), "\n"+trusted) {
			kind = "minisign"
		}
		found, err := Signify(kind, b)
		return found, nil, err
	case IsOpenPGP(b):
		return OpenPGP("openpgp", b), nil, nil
	}
	if p, _ := pem.Decode(b); p != nil && (p.Type == "PKCS7" || p.Type == "CMS") {
		b = p.Bytes
	}
	if !IsCMS(b) {
		return nil, nil, ErrUnknown
	}
	s := format.Signature{Kind: "cms", Algorithm: format.CMS, Value: b, Length: int64(len(b))}
	hashes := Hashes(&s)
	return []format.Signature{s}, hashes, nil
}
