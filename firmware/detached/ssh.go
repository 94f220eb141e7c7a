package detached

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"math/big"

	"github.com/assay-iot/assay/firmware/format"
)

// Signatures of OpenSSH are blocks of PEM, as PROTOCOL.sshsig in its sources has
// them: the key, a name for what it is used for, and a signature over these and
// the hash of the content.
const (
	sshType    = "SSH SIGNATURE"
	sshMagic   = "SSHSIG"
	sshVersion = 1
)

var errSSH = errors.New("the signature of OpenSSH is not whole")

var sshHashes = map[string]crypto.Hash{"sha256": crypto.SHA256, "sha512": crypto.SHA512}

// sshAlgorithms are those that are known, by the name in a signature.
var sshAlgorithms = map[string]string{
	"ssh-ed25519": format.Ed25519, "rsa-sha2-256": format.RSASHA256, "rsa-sha2-512": format.RSASHA512,
	"ecdsa-sha2-nistp256": format.ECDSASHA256, "ecdsa-sha2-nistp384": format.ECDSASHA384, "ecdsa-sha2-nistp521": format.ECDSASHA512,
}

var sshCurves = map[string]elliptic.Curve{"nistp256": elliptic.P256(), "nistp384": elliptic.P384(), "nistp521": elliptic.P521()}

// wire takes strings of the SSH protocol (RFC 4251, 5) from bytes.
type wire struct {
	b   []byte
	bad bool
}

func (w *wire) text() []byte {
	if len(w.b) < 4 || int64(binary.BigEndian.Uint32(w.b)) > int64(len(w.b)-4) {
		w.bad = true
		return nil
	}
	n := int(binary.BigEndian.Uint32(w.b))
	s := w.b[4 : 4+n]
	w.b = w.b[4+n:]
	return s
}

func (w *wire) number() *big.Int { return new(big.Int).SetBytes(w.text()) }

func sshText(s []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(s))), s...)
}

// sshSignature is a signature of OpenSSH, and what it signs in front of the hash of
// the content.
type sshSignature struct {
	format.Signature
	hash   crypto.Hash
	prefix []byte
}

// seal sets what is signed, when the content's hash is known.
func (s *sshSignature) seal(sum []byte) {
	s.Message, s.Signed = append(s.prefix, sshText(sum)...), nil
	s.Digest, s.Digests = nil, nil
}

// parseSSH reads the first block of a text.
func parseSSH(b []byte) (*sshSignature, error) {
	block, _ := pem.Decode(b)
	if block == nil || block.Type != sshType || len(block.Bytes) < len(sshMagic)+4 || string(block.Bytes[:len(sshMagic)]) != sshMagic {
		return nil, errSSH
	}
	w := &wire{b: block.Bytes[len(sshMagic):]}
	if binary.BigEndian.Uint32(w.b) != sshVersion {
		return nil, errors.New("a signature of OpenSSH of an unknown version")
	}
	w.b = w.b[4:]
	key, namespace, reserved, hash := w.text(), w.text(), w.text(), w.text()
	value := &wire{b: w.text()}
	algorithm, number := string(value.text()), value.text()
	if w.bad || value.bad || len(w.b) > 0 {
		return nil, errSSH
	}
	s := &sshSignature{hash: sshHashes[string(hash)]}
	s.Kind, s.Name, s.Algorithm, s.Length = "openssh", "for "+string(namespace), algorithm, int64(len(b))
	s.Value = number
	if known := sshAlgorithms[algorithm]; known != "" {
		s.Algorithm = known
	}
	if s.hash == 0 {
		return nil, errors.New("a signature of OpenSSH with the hash " + string(hash))
	}
	if pair := (&wire{b: number}); len(algorithm) > 5 && algorithm[:5] == "ecdsa" {
		s.Value, _ = asn1.Marshal(struct{ R, S *big.Int }{pair.number(), pair.number()})
	}
	s.PublicKey = sshKey(key)
	for _, part := range [][]byte{namespace, reserved, hash} {
		s.prefix = append(s.prefix, sshText(part)...)
	}
	s.prefix = append([]byte(sshMagic), s.prefix...)
	return s, nil
}

// sshKey gives a public key as SubjectPublicKeyInfo; nil for one of another kind.
func sshKey(b []byte) []byte {
	w := &wire{b: b}
	var key crypto.PublicKey
	switch kind := string(w.text()); kind {
	case "ssh-ed25519":
		if raw := w.text(); len(raw) == ed25519.PublicKeySize {
			key = ed25519.PublicKey(raw)
		}
	case "ssh-rsa":
		e, n := w.number(), w.number()
		if e.IsInt64() && e.Int64() < 1<<31 {
			key = &rsa.PublicKey{N: n, E: int(e.Int64())}
		}
	default:
		curve := sshCurves[string(w.text())]
		if point := w.text(); curve != nil {
			if k, err := ecdsa.ParseUncompressedPublicKey(curve, point); err == nil {
				key = k
			}
		}
	}
	if w.bad || key == nil {
		return nil
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil
	}
	return der
}
