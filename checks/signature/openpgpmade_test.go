package signature

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"math/big"
	"time"

	"github.com/assay-iot/assay/firmware/openpgp"
)

// pgpMaker writes packets of OpenPGP with a key of its own.
type pgpMaker struct {
	key     crypto.Signer
	created time.Time
	version byte
}

// born is when the keys of the tests were made.
var born = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

func pgpMade(key crypto.Signer) *pgpMaker { return &pgpMaker{key: key, created: born, version: 4} }

func mpi(b []byte) []byte {
	n := new(big.Int).SetBytes(b)
	return append(binary.BigEndian.AppendUint16(nil, uint16(n.BitLen())), n.Bytes()...)
}

func (m *pgpMaker) algorithm() byte {
	switch m.key.(type) {
	case *rsa.PrivateKey:
		return openpgp.RSA
	case *ecdsa.PrivateKey:
		return openpgp.ECDSA
	}
	if m.version == 6 {
		return openpgp.Ed25519
	}
	return openpgp.EdDSA
}

// body is that of the key's packet.
func (m *pgpMaker) body() []byte {
	var material []byte
	switch k := m.key.Public().(type) {
	case *rsa.PublicKey:
		material = append(mpi(k.N.Bytes()), mpi(big.NewInt(int64(k.E)).Bytes())...)
	case *ecdsa.PublicKey:
		point := must(k.Bytes())
		material = append([]byte("\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"), mpi(point)...)
	case ed25519.PublicKey:
		material = append([]byte("\x09\x2b\x06\x01\x04\x01\xda\x47\x0f\x01"), mpi(append([]byte{0x40}, k...))...)
		if m.version == 6 {
			material = k
		}
	}
	b := binary.BigEndian.AppendUint32([]byte{m.version}, uint32(m.created.Unix()))
	b = append(b, m.algorithm())
	if m.version == 6 {
		b = binary.BigEndian.AppendUint32(b, uint32(len(material)))
	}
	return append(b, material...)
}

func (m *pgpMaker) parsed() *openpgp.Key { return must(openpgp.ParseKey(m.body())) }

func packet(kind byte, body []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0xc0 | kind, 255}, uint32(len(body))), body...)
}

func sub(kind byte, value ...byte) []byte {
	return append([]byte{byte(len(value) + 1), kind}, value...)
}

func seconds(kind byte, d time.Duration) []byte {
	return sub(kind, binary.BigEndian.AppendUint32(nil, uint32(d/time.Second))...)
}

func dated(at time.Time) []byte {
	return sub(2, binary.BigEndian.AppendUint32(nil, uint32(at.Unix()))...)
}

// sign makes the body of a signature over bytes; the subpackets come first, then
// the issuer.
func (m *pgpMaker) sign(kind byte, hashID byte, over []byte, hashed ...[]byte) []byte {
	var unhashed []byte // gpg looks for the number of the key here
	if m.version == 4 {
		unhashed = sub(16, must(hexBytes(m.parsed().ID))...)
	}
	fingerprint := must(hexBytes(m.parsed().Fingerprint))
	subs := append(bytes.Join(hashed, nil), sub(33, append([]byte{m.version}, fingerprint...)...)...)
	b := []byte{m.version, kind, m.algorithm(), hashID}
	var salt []byte
	if m.version == 6 {
		b = binary.BigEndian.AppendUint32(b, uint32(len(subs)))
		salt = bytes.Repeat([]byte{7}, 16)
	} else {
		b = binary.BigEndian.AppendUint16(b, uint16(len(subs)))
	}
	b = append(b, subs...)
	h := map[byte]crypto.Hash{2: crypto.SHA1, 8: crypto.SHA256, 9: crypto.SHA384, 10: crypto.SHA512, 12: crypto.SHA3_256}[hashID]
	w := h.New()
	w.Write(salt)
	w.Write(over)
	w.Write(b)
	w.Write(binary.BigEndian.AppendUint32([]byte{m.version, 0xff}, uint32(len(b))))
	digest := w.Sum(nil)
	if m.version == 6 {
		b = binary.BigEndian.AppendUint32(b, uint32(len(unhashed)))
	} else {
		b = binary.BigEndian.AppendUint16(b, uint16(len(unhashed)))
	}
	b = append(append(b, unhashed...), digest[:2]...)
	if m.version == 6 {
		b = append(append(b, byte(len(salt))), salt...)
	}
	return append(b, m.numbers(digest, h)...)
}

// numbers sign a digest.
func (m *pgpMaker) numbers(digest []byte, h crypto.Hash) []byte {
	switch k := m.key.(type) {
	case *rsa.PrivateKey:
		return mpi(must(k.Sign(rand.Reader, digest, h)))
	case *ecdsa.PrivateKey:
		var v struct{ R, S *big.Int }
		must(asn1.Unmarshal(must(k.Sign(rand.Reader, digest, h)), &v))
		return append(mpi(v.R.Bytes()), mpi(v.S.Bytes())...)
	}
	raw := must(m.key.Sign(nil, digest, crypto.Hash(0)))
	if m.version == 6 {
		return raw
	}
	return append(mpi(raw[:32]), mpi(raw[32:])...)
}

// third makes a signature of version 3.
func (m *pgpMaker) third(over []byte, at time.Time) []byte {
	signed := binary.BigEndian.AppendUint32([]byte{0}, uint32(at.Unix()))
	w := crypto.SHA256.New()
	w.Write(over)
	w.Write(signed)
	digest := w.Sum(nil)
	b := append([]byte{3, 5}, signed...)
	b = append(b, must(hexBytes(m.parsed().ID))...)
	b = append(b, m.algorithm(), 8)
	return append(append(b, digest[:2]...), m.numbers(digest, crypto.SHA256)...)
}

// certificate is the key with a user id and the signature on itself.
func (m *pgpMaker) certificate(hashed ...[]byte) []byte {
	id := []byte("release <release@example.org>")
	over := append(m.parsed().Hashed(), binary.BigEndian.AppendUint32([]byte{0xb4}, uint32(len(id)))...)
	self := m.sign(0x13, 8, append(over, id...), append([][]byte{dated(m.created)}, hashed...)...)
	return bytes.Join([][]byte{packet(6, m.body()), packet(13, id), packet(2, self)}, nil)
}

// bind is a subkey with the signature that binds it; one that signs agrees.
func (m *pgpMaker) bind(s *pgpMaker, agrees bool, hashed ...[]byte) []byte {
	over := append(m.parsed().Hashed(), s.parsed().Hashed()...)
	subs := append([][]byte{dated(s.created)}, hashed...)
	if agrees {
		back := s.sign(0x19, 8, over, dated(s.created))
		n := len(back) + 1
		subs = append(subs, append([]byte{255, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n), 32}, back...))
	}
	return append(packet(14, s.body()), packet(2, m.sign(0x18, 8, over, subs...))...)
}

func rsaKey(bits int) *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, bits)) }
func p256Key() *ecdsa.PrivateKey      { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) }
func ed25519Key() ed25519.PrivateKey  { _, k, _ := ed25519.GenerateKey(rand.Reader); return k }
func armour(kind string, b []byte) []byte {
	return []byte("-----BEGIN PGP " + kind + "-----\n\n" + base64.StdEncoding.EncodeToString(b) + "\n=AAAA\n-----END PGP " + kind + "-----\n")
}
