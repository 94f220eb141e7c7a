package signature

import (
	"crypto"
	"crypto/dsa" //lint:ignore SA1019 old keys are of this kind; nothing is signed
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/openpgp"
)

// pgpSignature is the packet that a signature of OpenPGP is.
func pgpSignature(s firmware.Signature) (*openpgp.Signature, error) {
	packets, err := openpgp.Packets(s.Value)
	if err != nil || len(packets) != 1 || packets[0].Kind != openpgp.SignaturePacket {
		return nil, errors.New("it is no signature packet of OpenPGP")
	}
	return openpgp.ParseSignature(packets[0].Body)
}

// verifyOpenPGP judges a signature of OpenPGP (RFC 9580, 5.2) with the declared
// keys. Its Digest is that of the covered bytes and of what it says of itself.
func verifyOpenPGP(s firmware.Signature, keys []Key, asOf time.Time) Outcome {
	p, err := pgpSignature(s)
	switch {
	case errors.Is(err, openpgp.ErrVersion):
		return Outcome{Signer: s.KeyName, Reason: err.Error()}
	case err != nil:
		return Outcome{Verdict: Invalid, Reason: err.Error(), Signer: s.KeyName}
	}
	hash, name := p.Hash()
	o := Outcome{Algorithm: s.Algorithm + " " + openpgp.AlgorithmName(p.Algorithm) + "-" + name, Signer: p.Issuer}
	switch {
	case hash == 0:
		o.Reason = "the hash " + name + " is not verified with"
	case len(s.Digest) != hash.Size():
		o.Reason = "the bytes that it is over are not known"
	case p.Type != openpgp.OverBytes && p.Type != openpgp.OverText:
		o.Verdict, o.Reason = Invalid, fmt.Sprintf("it is a signature of the type 0x%02x, which is over no data", p.Type)
	case p.Unknown:
		o.Verdict, o.Reason = Invalid, "it demands that something is understood that is not"
	case !p.Begins(s.Digest):
		o.Verdict, o.Reason = Invalid, "the content is not what was signed: its digest differs"
	default:
		return pgpWithDeclared(o, p, s.Digest, keys, asOf)
	}
	return o
}

// pgpWithDeclared tries the declared keys that the signature can be of: those that
// it names, and those of which no number is known.
func pgpWithDeclared(o Outcome, p *openpgp.Signature, digest []byte, keys []Key, asOf time.Time) Outcome {
	for _, k := range keys {
		named := k.pgp != nil && k.pgp.Names(p.Issuer)
		if k.pgp != nil && p.Issuer != "" && !named {
			continue
		}
		tried := o
		tried.Verdict, tried.Key, tried.Signer, tried.Public = Invalid, k.Digest(), k.called(), k.Public
		holds, reason := pgpHolds(k.Public, p, digest)
		switch {
		case holds:
			if tried.Reason = pgpUnusable(k, p, asOf); tried.Reason == "" {
				tried.Verdict = Valid
			}
			return tried
		case named && reason != "":
			tried.Reason = reason
			return tried
		case named && k.Public == nil:
			tried.Verdict, tried.Reason = Unknown, "OpenPGP keys of the kind "+openpgp.AlgorithmName(k.pgp.Algorithm)+" on their curve are not verified with"
			return tried
		case named:
			tried.Reason = "it does not verify with the declared key that it names"
			return tried
		}
	}
	o.Verdict, o.Reason = Undeclared, noKey
	if len(keys) > 0 {
		o.Reason = "signed by a key that is not declared"
	}
	return o
}

// pgpHolds reports whether a signature verifies with a key, or why the key is
// worth nothing.
func pgpHolds(key crypto.PublicKey, p *openpgp.Signature, digest []byte) (bool, string) {
	if key == nil {
		return false, ""
	}
	if reason := refused(key); reason != "" {
		return false, reason
	}
	hash, _ := p.Hash()
	number := func(i int) *big.Int { return new(big.Int).SetBytes(p.Numbers[i]) }
	switch k := key.(type) {
	case *rsa.PublicKey:
		value, ok := padded(p, 0, 1, k.Size())
		return ok && rsa.VerifyPKCS1v15(k, hash, digest, value) == nil, ""
	case *dsa.PublicKey:
		cut := digest[:min(len(digest), (k.Q.BitLen()+7)/8)]
		return p.Algorithm == openpgp.DSA && len(p.Numbers) == 2 && dsa.Verify(k, cut, number(0), number(1)), ""
	case *ecdsa.PublicKey:
		return p.Algorithm == openpgp.ECDSA && len(p.Numbers) == 2 && ecdsa.Verify(k, digest, number(0), number(1)), ""
	case ed25519.PublicKey:
		if p.Algorithm == openpgp.Ed25519 {
			return len(p.Numbers) == 1 && ed(k, 0, digest, p.Numbers[0]), ""
		}
		r, ok := padded(p, 0, 2, 32)
		s, also := padded(p, 1, 2, 32)
		return p.Algorithm == openpgp.EdDSA && ok && also && ed(k, 0, digest, append(r, s...)), ""
	}
	return false, ""
}

// padded gives one of a signature's numbers, of which there are count, in so many
// bytes: the packet leaves out zeros in front.
func padded(p *openpgp.Signature, i, count, size int) ([]byte, bool) {
	if len(p.Numbers) != count || len(p.Numbers[i]) > size {
		return nil, false
	}
	return new(big.Int).SetBytes(p.Numbers[i]).FillBytes(make([]byte, size)), true
}

// pgpUnusable says why a signature that holds is worth nothing on a day.
func pgpUnusable(k Key, p *openpgp.Signature, asOf time.Time) string {
	switch end := p.Created.Add(p.Lifetime); {
	case p.Created.IsZero():
		return "it does not say when it was made"
	case p.Created.After(asOf.AddDate(0, 0, 1)):
		return "it is dated " + p.Created.Format(time.DateOnly)
	case p.Lifetime > 0 && !end.After(asOf):
		return "the signature expired on " + end.Format(time.DateOnly)
	case k.pgp != nil:
		if reason := k.pgp.unusable(p.Created, asOf); reason != "" {
			return reason
		}
	}
	return k.unusable(asOf)
}
