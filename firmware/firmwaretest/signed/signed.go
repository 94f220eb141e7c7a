// Package signed builds containers that carry a signature, one of each kind that
// package firmware reads, with keys that the test gives.
//
// The containers are small and written from the descriptions of their formats.
// Those of tools that tests need not have installed are here; the tests of the
// readers hold the readers against the tools themselves.
package signed

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"slices"
	"sync"
	"time"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/format"
)

// Kind is a kind of container with a kind of signature.
type Kind struct {
	Name   string // "mcuboot Ed25519"
	Reader string // the folder of its reader below firmware: "mcuboot"
	Key    Key    // of the kind that signs it
	// Certified kinds name their key by its certificate.
	Certified bool
	// Build makes the container, signed by the maker; without a signature if that
	// is nil.
	Build func(*Maker) []byte
	// Change changes a byte of a run that a signature covers. Nil where the run's
	// offset counts from the container: then the byte is there.
	Change func(image []byte, s format.Span, at int64) []byte
	// Unjudged says why nobody here can verify it; empty for most.
	Unjudged string
	// Unsealed says why a good one is not passed all the same; empty for most.
	Unsealed string
}

// Key is a kind of key.
type Key string

// The kinds.
const (
	RSA2048 Key = "RSA-2048"
	RSA3072 Key = "RSA-3072"
	P256    Key = "P-256"
	P384    Key = "P-384"
	Ed25519 Key = "Ed25519"
)

// Kinds are all kinds.
func Kinds() []Kind {
	return slices.Concat(
		raucKinds, swupdateKinds, menderKinds, fitKinds, avbKinds, mcubootKinds, espKinds, nordicKinds, fwtoolKinds, apkKinds, suitKinds, zigbeeKinds,
	)
}

// Maker signs.
type Maker struct {
	Key         crypto.Signer
	Certificate []byte // in DER, of its key, by itself
}

// Maker makes one: the same number gives the same key within a run. Its
// certificate is valid for a year from the day.
func (k Key) Maker(number int, from time.Time) *Maker {
	m := &Maker{Key: key(k, number)}
	subject := pkix.Name{CommonName: "maker"}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(int64(number) + 1), Subject: subject, Issuer: subject, NotBefore: from, NotAfter: from.AddDate(1, 0, 0),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	m.Certificate = must(x509.CreateCertificate(rand.Reader, c, c, m.Key.Public(), m.Key))
	return m
}

// Public is what a maker publishes, in PEM: the certificate, or the key alone.
func (m *Maker) Public(certificate bool) []byte {
	if certificate {
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: m.Certificate})
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: m.spki()})
}

func (m *Maker) spki() []byte { return must(x509.MarshalPKIXPublicKey(m.Key.Public())) }

var (
	made   = map[Key][]crypto.Signer{}
	making sync.Mutex
)

func key(k Key, number int) crypto.Signer {
	making.Lock()
	defer making.Unlock()
	for len(made[k]) <= number {
		made[k] = append(made[k], newKey(k))
	}
	return made[k][number]
}

func newKey(k Key) crypto.Signer {
	switch k {
	case RSA2048:
		return must(rsa.GenerateKey(rand.Reader, 2048))
	case RSA3072:
		return must(rsa.GenerateKey(rand.Reader, 3072))
	case P256:
		return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	case P384:
		return must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	return must(private, err)
}

// sign signs a message with PKCS #1 v1.5, or as the kind of key does.
func (m *Maker) sign(message []byte, h crypto.Hash) []byte {
	if _, is := m.Key.(ed25519.PrivateKey); is {
		return must(m.Key.Sign(rand.Reader, message, crypto.Hash(0)))
	}
	return must(m.Key.Sign(rand.Reader, digest(h, message), h))
}

// pss signs a message with RSASSA-PSS.
func (m *Maker) pss(message []byte, h crypto.Hash) []byte {
	return must(m.Key.Sign(rand.Reader, digest(h, message), &rsa.PSSOptions{SaltLength: h.Size(), Hash: h}))
}

// numbers signs with ECDSA and gives the two numbers.
func (m *Maker) numbers(message []byte, h crypto.Hash) (r, s *big.Int) {
	r, s, err := ecdsa.Sign(rand.Reader, m.Key.(*ecdsa.PrivateKey), digest(h, message))
	must(r, err)
	return r, s
}

// joined are the two numbers behind one another.
func (m *Maker) joined(message []byte, h crypto.Hash) []byte {
	r, s := m.numbers(message, h)
	return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
}

func digest(h crypto.Hash, b []byte) []byte {
	w := h.New()
	_, _ = w.Write(b)
	return w.Sum(nil)
}

func sha256(b []byte) []byte { return digest(crypto.SHA256, b) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func reversed(b []byte) []byte {
	b = slices.Clone(b)
	slices.Reverse(b)
	return b
}

// root is a small file system, of whole blocks.
func root() []byte {
	b := firmwaretest.Squashfs(firmwaretest.Text("etc/hostname", 0o644, "device\n"), firmwaretest.Text("bin/sh", 0o755, string(program())))
	return append(b, make([]byte, -len(b)&4095)...)
}

// program is flat code.
func program() []byte { return firmwaretest.Kernel("", 6000) }
