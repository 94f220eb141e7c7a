package detached

import (
	"bytes"
	"context"
	"crypto"
	"encoding/pem"
	"errors"
	"strings"

	_ "golang.org/x/crypto/blake2b" // minisign hashes with it

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/openpgp"
)

// MaxSignature is the largest file that Parse takes for a signature.
const MaxSignature = 1 << 20

// ErrUnknown says that a file is no signature of a known kind.
var ErrUnknown = errors.New("no detached signature of a known kind")

var errNoOpenPGP = errors.New("no signature of OpenPGP")

// Parse reads a file that is a detached signature over an input: CMS in DER or
// PEM, OpenPGP, signify, usign, minisign, OpenSSH, or a bare number.
func Parse(ctx context.Context, signature []byte, in format.Input) ([]format.Signature, error) {
	if len(signature) > MaxSignature {
		return nil, ErrUnknown
	}
	over := []format.Span{{Length: in.Size}}
	if bytes.HasPrefix(bytes.TrimLeft(signature, " \r\n"), []byte("-----BEGIN "+sshType)) {
		s, err := parseSSH(signature)
		if err != nil {
			return nil, err
		}
		if err := s.Cover(ctx, in, over, s.hash); err != nil {
			return nil, err
		}
		s.seal(s.Digest)
		return []format.Signature{s.Signature}, nil
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
		repeats(s, in)
		if s.Algorithm == format.Ed25519ph {
			hashes = []crypto.Hash{crypto.BLAKE2b_512}
		}
		if err := Cover(ctx, s, in, over, hashes...); err != nil {
			return nil, err
		}
		if s.Algorithm == format.Ed25519ph {
			s.Message, s.Digest, s.Signed = s.Digest, nil, nil
		}
	}
	return found, nil
}

// recognise reads a signature without what it is over, and the hashes that it
// needs of that.
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
	case openpgp.IsClear(b) || bytes.HasPrefix(b, []byte("-----BEGIN PGP ")):
		return nil, nil, errNoOpenPGP
	}
	message := b
	if p, _ := pem.Decode(b); p != nil && (p.Type == "PKCS7" || p.Type == "CMS") {
		message = p.Bytes
	}
	if IsCMS(message) {
		s := format.Signature{Kind: "cms", Algorithm: format.CMS, Value: message, Length: int64(len(b))}
		hashes := Hashes(&s)
		return []format.Signature{s}, hashes, nil
	}
	if value, ok := bare(b); ok {
		return []format.Signature{bareSignature(value, len(b))}, bareHashes, nil
	}
	return nil, nil, ErrUnknown
}
