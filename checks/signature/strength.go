package signature

import (
	"bytes"
	"crypto"
	"crypto/dsa" //lint:ignore SA1019 old keys are of this kind; nothing is signed
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/openpgp"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// Weaknesses are what a signature is made with that no longer keeps forgers away:
// MD5, SHA-1, RSA below 2048 bits, small curves. The keys are those that the
// container brings along, and more that are known to be of the signer.
func Weaknesses(s firmware.Signature, more ...crypto.PublicKey) []string {
	var found []string
	add := func(w string) {
		if w != "" && !slices.Contains(found, w) {
			found = append(found, w)
		}
	}
	for _, name := range algorithms(s) {
		add(weakHash(name))
		add(weakCurve(name))
	}
	for _, c := range issued(s) {
		if h := weakHash(c.SignatureAlgorithm.String()); h != "" {
			add("a certificate that is signed with " + h)
		}
	}
	keys := append(keysOf(s), more...)
	for _, k := range keys {
		add(weakKey(k))
	}
	if bits := bitsOfRSA(s); len(keys) == 0 && s.Problem == "" && bits > 0 && bits < strongRSA {
		add(fmt.Sprintf("RSA with %d bits", bits))
	}
	slices.Sort(found)
	return found
}

// WeakBare are the weaknesses of a bare signature that verified with none of the
// keys: those of the RSA keys that make signatures of its size, where each has one.
func WeakBare(s firmware.Signature, keys []Key) []string {
	var found []string
	for _, k := range keys {
		public, ok := k.Public.(*rsa.PublicKey)
		if s.Algorithm != format.Bare || !ok || public.Size() != len(s.Value) {
			continue
		}
		weak := weakKey(public)
		if weak == "" {
			return nil
		}
		found = append(found, weak)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// WeakHash reports whether collisions of a hash can be made, by its name.
func WeakHash(algorithm string) bool { return weakHash(algorithm) != "" }

// weakCurve finds the curve in the name of an algorithm, and says what it is if it
// is too small.
func weakCurve(algorithm string) string {
	m := curveName.Get().FindStringSubmatch(algorithm)
	if m == nil {
		return ""
	}
	if bits, err := strconv.Atoi(m[1]); err != nil || bits >= strongCurve {
		return ""
	}
	return "an elliptic curve of " + m[1] + " bits"
}

var curveName = lazyregexp.New(`(?i)(?:sec[pt]|prime|brainpoolp|ecdsa|p-?)([0-9]{3})`)

// bitsOfRSA is the size of the key of an RSA signature, by the size of that; zero
// if it is none.
func bitsOfRSA(s firmware.Signature) int {
	if strings.HasPrefix(s.Algorithm, "RSA-") {
		return len(s.Value) * 8
	}
	if s.Algorithm != format.OpenPGP {
		return 0
	}
	p, err := pgpSignature(s)
	if err != nil || openpgp.AlgorithmName(p.Algorithm) != "RSA" || len(p.Numbers) != 1 {
		return 0
	}
	return (len(p.Numbers[0]) + zerosInFront) / 16 * 16 * 8
}

// zerosInFront is how many bytes a number may be shorter than its key, with all
// but no chance.
const zerosInFront = 8

const (
	strongRSA   = 2048
	strongCurve = 256
)

func weakHash(algorithm string) string {
	name := strings.ReplaceAll(strings.ToUpper(algorithm), "-", "")
	switch {
	case strings.Contains(name, "MD5"):
		return "MD5"
	case strings.Contains(name, "SHA1") && !strings.Contains(name, "SHA12") && !strings.Contains(name, "SHA13"):
		return "SHA-1"
	}
	return ""
}

func weakKey(k crypto.PublicKey) string {
	switch k := k.(type) {
	case *rsa.PublicKey:
		if k.E < 3 || k.N.BitLen() < strongRSA {
			return fmt.Sprintf("RSA with %d bits and the exponent %d", k.N.BitLen(), k.E)
		}
	case *dsa.PublicKey:
		if n := k.P.BitLen(); n < strongRSA {
			return fmt.Sprintf("DSA with %d bits", n)
		}
	case *ecdsa.PublicKey:
		if n := k.Curve.Params().BitSize; n < strongCurve {
			return fmt.Sprintf("an elliptic curve of %d bits", n)
		}
	}
	return ""
}

// algorithms are the names of what a signature is made with.
func algorithms(s firmware.Signature) []string {
	switch s.Algorithm {
	case format.CMS:
	case format.OpenPGP:
		p, err := pgpSignature(s)
		if err != nil {
			return nil
		}
		_, hash := p.Hash()
		return []string{openpgp.AlgorithmName(p.Algorithm) + "-" + hash}
	default:
		return []string{s.Algorithm}
	}
	d, err := parseCMS(s.Value)
	if err != nil {
		return nil
	}
	var names []string
	for i := range d.SignerInfo {
		_, name, _, _ := d.SignerInfo[i].algorithm()
		names = append(names, name, hashName(d.SignerInfo[i].Hash.Algorithm))
		if d.SignerInfo[i].Algorithm.Algorithm.Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 4}) {
			names = append(names, "MD5")
		}
	}
	return names
}

// keysOf are the public keys that a signature brings along and that sign it: its
// own, and those of the signers' certificates.
func keysOf(s firmware.Signature) []crypto.PublicKey {
	var keys []crypto.PublicKey
	if k, err := x509.ParsePKIXPublicKey(s.PublicKey); err == nil {
		keys = append(keys, k)
	}
	if s.Algorithm != format.CMS {
		return keys
	}
	d, err := parseCMS(s.Value)
	if err != nil {
		return keys
	}
	for _, c := range d.certificates(s.Certificates) {
		if slices.ContainsFunc(d.SignerInfo, func(i signerInfo) bool { return i.is(c) }) {
			keys = append(keys, c.PublicKey)
		}
	}
	return keys
}

// issued are the certificates of a signature's signers, and those above them that
// it brings along, which another signed: whoever can forge one signs as he likes.
func issued(s firmware.Signature) (chain []*x509.Certificate) {
	if s.Algorithm != format.CMS {
		return nil
	}
	d, err := parseCMS(s.Value)
	if err != nil {
		return nil
	}
	all := d.certificates(s.Certificates)
	for _, c := range all {
		if slices.ContainsFunc(d.SignerInfo, func(i signerInfo) bool { return i.is(c) }) {
			chain = append(chain, c)
		}
	}
	for i := 0; i < len(chain); i++ {
		for _, c := range all {
			if bytes.Equal(c.RawSubject, chain[i].RawIssuer) && !slices.ContainsFunc(chain, c.Equal) {
				chain = append(chain, c)
			}
		}
	}
	return slices.DeleteFunc(chain, func(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, c.RawIssuer) })
}

// Digests are the digests of the public keys that have to do with a signature:
// those it brings along or names, and those of the certificates with it.
func Digests(s firmware.Signature) []assay.Digest {
	var all []assay.Digest
	add := func(d assay.Digest) {
		if d != "" && !slices.Contains(all, d) {
			all = append(all, d)
		}
	}
	add(brought(s))
	if len(s.KeyDigest) == 32 {
		add(assay.SHA256([32]byte(s.KeyDigest)))
	}
	var d *signedData
	if s.Algorithm == format.CMS {
		d, _ = parseCMS(s.Value)
	}
	if d == nil {
		d = &signedData{}
	}
	for _, c := range d.certificates(s.Certificates) {
		add(digestOf(c.RawSubjectPublicKeyInfo))
	}
	return all
}
