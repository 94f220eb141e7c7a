package sign_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/sigstore/sigstore/pkg/signature"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/demo"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/sign"
)

func newECDSA(t testing.TB, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A stock verifier, sigstore-go, accepts our bundle with nothing but the key.
func TestStockVerifier(t *testing.T) {
	for name, key := range map[string]crypto.Signer{
		"P-256": newECDSA(t, elliptic.P256()), "P-384": newECDSA(t, elliptic.P384()), "Ed25519": labeltest.Key(),
	} {
		t.Run(name, func(t *testing.T) {
			s := labeltest.Statement(t)
			data := labeltest.Bundle(t, key, s)
			if err := stockVerify(data, key.Public(), s); err != nil {
				t.Error(err)
			}
			if err := stockVerify(data, newECDSA(t, elliptic.P256()).Public(), s); err == nil {
				t.Error("verified with another key")
			}
		})
	}
}

func stockVerify(data []byte, pub crypto.PublicKey, s *labels.Statement) error {
	b := new(bundle.Bundle)
	if err := json.Unmarshal(data, b); err != nil {
		return err
	}
	hash, err := labels.KeyHash(pub)
	if err != nil {
		return err
	}
	verifier, err := signature.LoadVerifier(pub, hash)
	if err != nil {
		return err
	}
	trusted := root.NewTrustedPublicKeyMaterial(func(string) (root.TimeConstrainedVerifier, error) {
		return root.NewExpiringKey(verifier, time.Time{}, time.Time{}), nil
	})
	v, err := verify.NewVerifier(trusted, verify.WithNoObserverTimestamps())
	if err != nil {
		return err
	}
	image := s.Predicate.Firmware[0].Digest.Hex()
	digest := make([]byte, sha256.Size)
	for i := range digest {
		digest[i] = hexByte(image[2*i])<<4 | hexByte(image[2*i+1])
	}
	_, err = v.Verify(b, verify.NewPolicy(verify.WithArtifactDigest("sha256", digest), verify.WithKey()))
	return err
}

func hexByte(c byte) byte { return byte(strings.IndexByte("0123456789abcdef", c)) }

// The hint is the one that Sigstore's own tools write: base64 of the SHA-256 of
// the key.
func TestSameStatementSameBundle(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	a := labeltest.Bundle(t, key, labeltest.Statement(t))
	b := labeltest.Bundle(t, key, labeltest.Statement(t))
	if !bytes.Equal(a, b) {
		t.Error("the same statement and key gave two bundles")
	}
}

func TestKeys(t *testing.T) {
	private, public, err := sign.GenerateKeys([]byte("correct horse"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(private)
	if block == nil || block.Type != "ENCRYPTED SIGSTORE PRIVATE KEY" {
		t.Fatalf("the key file is %.60s", private)
	}
	key, err := sign.LoadKey(private, []byte("correct horse"))
	if err != nil {
		t.Fatal(err)
	}
	if k, ok := key.(*ecdsa.PrivateKey); !ok || k.Curve != elliptic.P256() {
		t.Errorf("the key is a %T", key)
	}
	if again, err := sign.PublicKey(key); err != nil || !bytes.Equal(again, public) {
		t.Errorf("the public half differs: %v", err)
	}
	for _, wrong := range []string{"", "Correct horse"} {
		if _, err := sign.LoadKey(private, []byte(wrong)); !errors.Is(err, sign.ErrPassphrase) {
			t.Errorf("passphrase %q: %v", wrong, err)
		}
	}
	if _, _, err := sign.GenerateKeys(nil); err == nil {
		t.Error("a key without passphrase")
	}
}

func TestKeyFiles(t *testing.T) {
	pass := []byte("p")
	for _, curve := range []elliptic.Curve{elliptic.P384()} {
		file, err := sign.EncryptKey(newECDSA(t, curve), pass)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sign.LoadKey(file, pass); err != nil {
			t.Error(err)
		}
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []crypto.Signer{newECDSA(t, elliptic.P224()), newECDSA(t, elliptic.P521()), rsaKey} {
		if _, err := sign.EncryptKey(k, pass); err == nil {
			t.Errorf("a %T is accepted", k)
		}
	}
	clear, err := cryptoutils.MarshalPrivateKeyToPEM(newECDSA(t, elliptic.P256()))
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"in the clear": clear, "public": demo.PublicKey, "empty": nil, "no PEM": []byte("key"), "two keys": bytes.Repeat(demo.PrivateKey, 2),
		"huge": bytes.Repeat([]byte("x"), 1<<20), "cut off": demo.PrivateKey[:300],
	} {
		if _, err := sign.LoadKey(file, []byte(demo.Passphrase)); err == nil || errors.Is(err, sign.ErrPassphrase) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDemoKey(t *testing.T) {
	key, err := sign.LoadKey(demo.PrivateKey, []byte(demo.Passphrase))
	if err != nil {
		t.Fatal(err)
	}
	if id, _ := labels.KeyID(key.Public()); id != demo.KeyID {
		t.Errorf("the demo key's id is %s", id)
	}
	if public, _ := sign.PublicKey(key); !bytes.Equal(public, demo.PublicKey) {
		t.Error("the public half is another")
	}
	s := labeltest.Statement(t)
	if _, err := sign.Statement(key, s); err == nil {
		t.Error("the demo key signed a label that does not say DEMO")
	}
	s.Predicate.Demo = true
	if _, err := sign.Statement(key, s); err != nil {
		t.Error(err)
	}
	if _, err := sign.Statement(labeltest.Key(), s); err == nil {
		t.Error("another key signed a demo")
	}
}

// brokenKey is a module that answers with something that is no signature.
type brokenKey struct{ ed25519.PrivateKey }

func (brokenKey) Sign(_ io.Reader, _ []byte, _ crypto.SignerOpts) ([]byte, error) {
	return make([]byte, ed25519.SignatureSize), nil
}

func TestBrokenSigner(t *testing.T) {
	key := brokenKey{labeltest.Key().(ed25519.PrivateKey)}
	if _, err := sign.Statement(key, labeltest.Statement(t)); err == nil || !strings.Contains(err.Error(), "does not verify") {
		t.Error(err)
	}
}

func TestNothingFalseIsSigned(t *testing.T) {
	s := labeltest.Statement(t)
	s.Predicate.ValidUntil = "2099-01-01"
	if _, err := sign.Statement(labeltest.Key(), s); err == nil {
		t.Error("signed a label that is valid beyond the support end")
	}
}

func BenchmarkSign(b *testing.B) {
	s, key := labeltest.Statement(b), newECDSA(b, elliptic.P256())
	for b.Loop() {
		if _, err := sign.Statement(key, s); err != nil {
			b.Fatal(err)
		}
	}
}
