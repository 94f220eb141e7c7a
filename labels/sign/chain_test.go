package sign_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/labeltest/authority"
	"github.com/assay-iot/assay/labels/pades"
	"github.com/assay-iot/assay/labels/pdf"
	"github.com/assay-iot/assay/labels/picture"
	"github.com/assay-iot/assay/labels/sign"
	"github.com/assay-iot/assay/labels/sigstore"
	"github.com/assay-iot/assay/labels/verify"
)

func p256(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// certify makes a certificate of a key: by parent, or by itself.
func certify(t testing.TB, name string, pub crypto.PublicKey, parent *x509.Certificate, by crypto.Signer, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, BasicConstraintsValid: true,
		NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if parent == nil {
		c.IsCA, c.KeyUsage, parent = true, x509.KeyUsageCertSign, c
	}
	if change != nil {
		change(c)
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, pub, by)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return c
}

func pemOf(chain ...*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, c := range chain {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	return b.Bytes()
}

func TestChain(t *testing.T) {
	key, ca, other := p256(t), p256(t), p256(t)
	root := certify(t, "Root", ca.Public(), nil, ca, nil)
	leaf := certify(t, "Issuer", key.Public(), root, ca, nil)
	old := certify(t, "Old", key.Public(), root, ca, func(c *x509.Certificate) { c.NotAfter = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC) })
	only := certify(t, "Only keys", key.Public(), root, ca, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement })
	stranger := certify(t, "Root", other.Public(), nil, other, nil)
	_, edKey, _ := ed25519.GenerateKey(rand.Reader)
	many := make([]*x509.Certificate, pades.MaxChain+1)
	for i := range many {
		many[i] = leaf
	}
	// A label is issued on a day, and a certificate is made at an hour of it.
	today := certify(t, "Today", key.Public(), root, ca, func(c *x509.Certificate) { c.NotBefore = time.Date(2026, 10, 1, 16, 30, 0, 0, time.UTC) })
	tomorrow := certify(t, "Tomorrow", key.Public(), root, ca, func(c *x509.Certificate) { c.NotBefore = time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC) })
	if _, err := sign.Chain(pemOf(today, root), key.Public(), "2026-10-01"); err != nil {
		t.Errorf("made this afternoon: %v", err)
	}
	if chain, err := sign.Chain(pemOf(leaf, root), key.Public(), "2026-10-01"); err != nil || len(chain) != 2 {
		t.Fatalf("%v, %d certificates", err, len(chain))
	}
	if _, err := sign.Chain(append(pemOf(leaf), '\n'), key.Public(), "2026-10-01"); err != nil {
		t.Errorf("the root may be left out: %v", err)
	}
	for name, c := range map[string]struct {
		file []byte
		key  crypto.PublicKey
		want string
	}{
		"empty":           {nil, key.Public(), "there is none"},
		"not PEM":         {[]byte("hello"), key.Public(), "no CERTIFICATE in PEM"},
		"a key":           {pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte{1}}), key.Public(), "no CERTIFICATE"},
		"rubbish":         {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1}}), key.Public(), "certificate 1"},
		"more behind it":  {append(pemOf(leaf), "more"...), key.Public(), "behind 1 of them"},
		"too large":       {bytes.Repeat([]byte(" "), 65<<10), key.Public(), "more than 65536"},
		"too many":        {pemOf(many...), key.Public(), "more than 8"},
		"another key":     {pemOf(leaf, root), other.Public(), "of another key"},
		"the root first":  {pemOf(root, leaf), key.Public(), "of another key"},
		"another root":    {pemOf(leaf, stranger), key.Public(), "not certified by the next one"},
		"over":            {pemOf(old, root), key.Public(), "valid from 2026-01-01 to 2026-06-01, and the label is issued on 2026-10-01"},
		"of tomorrow":     {pemOf(tomorrow, root), key.Public(), "valid from 2026-10-02"},
		"its own":         {pemOf(certify(t, "Issuer", key.Public(), nil, key, nil)), key.Public(), "certifies itself"},
		"not for signing": {pemOf(only, root), key.Public(), "not for signatures"},
		"Ed25519":         {pemOf(certify(t, "Ed", edKey.Public(), root, ca, nil), root), edKey.Public(), "no PDF is signed with a key of this kind"},
	} {
		if _, err := sign.Chain(c.file, c.key, "2026-10-01"); !errors.Is(err, sign.ErrChain) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// A PDF with a chain and a timestamp, as our verifier and openssl see it.
func TestPDFWithTimestamp(t *testing.T) {
	now := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	a := authority.New(t, now, verify.Identity{})
	key, ca := p256(t), p256(t)
	root := certify(t, "Root", ca.Public(), nil, ca, nil)
	s := labeltest.Statement(t)
	chain := []*x509.Certificate{certify(t, s.Predicate.Issuer.Name, key.Public(), root, ca, nil), root}
	bundle := labeltest.Bundle(t, key, s)
	file, err := pdf.Render(s, bundle, nil, picture.Default)
	if err != nil {
		t.Fatal(err)
	}
	other := []*x509.Certificate{certify(t, "Somebody else", key.Public(), root, ca, nil), root}
	if _, err := sign.PDF(key, s, file, sign.Seal{Chain: other}); !errors.Is(err, sign.ErrChain) || !strings.Contains(err.Error(), "another name than the label") {
		t.Errorf("a certificate of another name: %v", err)
	}
	signed, err := sign.PDF(key, s, file, sign.Seal{Chain: chain, Timestamp: func(message []byte) ([]byte, error) {
		der, _, err := sign.Stamper{URL: a.TSA()}.Stamp(context.Background(), message, now)
		if err != nil {
			return nil, err
		}
		return sign.Token(der)
	}})
	if err != nil {
		t.Fatal(err)
	}
	stampers := []sigstore.Stamper{{Name: "tests", Certificates: a.StampCertificates(), NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0)}}
	known, err := sigstore.NewRoot(nil, stampers)
	if err != nil {
		t.Fatal(err)
	}
	k, err := verify.NewKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	verified := func(file []byte, w verify.Witness) *verify.Report {
		t.Helper()
		r, err := verify.PDF(file, []verify.Key{k}, verify.Options{AsOf: "2026-10-02", Render: pdf.Again, Witness: w})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := verified(signed, sigstore.Witness{Root: known})
	if r.Status != verify.Valid || r.Seal == nil || r.Seal.Level != "B-T" || r.Seal.Stamped != "2026-10-01T12:00:00Z" || r.Seal.StampDoubted != "" ||
		r.Seal.Certified != "CN=Root" || r.Seal.Certificates != 2 {
		t.Errorf("%s: %+v", r.Summary, r.Seal)
	}
	if r := verified(signed, sigstore.Witness{Root: sigstore.NoRoot()}); r.Status != verify.Valid || r.Seal.Stamped != "" || !strings.Contains(r.Seal.StampDoubted, "no authority that the trust policy names") {
		t.Errorf("an authority that nobody trusts: %s: %+v", r.Summary, r.Seal)
	}
	if r := verified(signed, nil); r.Seal.Stamped != "" || r.Seal.StampDoubted == "" {
		t.Errorf("no witness: %+v", r.Seal)
	}
	openssl(t, signed, a)
}

// openssl verifies the token over the signature's bytes.
func openssl(t *testing.T, signed []byte, a *authority.Authority) {
	program, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	_, s, err := pades.Split(signed)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, data := range map[string][]byte{"token.der": s.Timestamp, "signature": s.Value, "tsa.pem": a.StampCertificates(), "other": []byte("other")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for data, want := range map[string]string{"signature": "Verification: OK", "other": "Verification: FAILED"} {
		cmd := exec.Command(program, "ts", "-verify", "-token_in", "-in", "token.der", "-data", data, "-CAfile", "tsa.pem", "-attime", "1790856000")
		cmd.Dir = dir
		if out, _ := cmd.CombinedOutput(); !strings.Contains(string(out), want) {
			t.Errorf("openssl ts over %s says:\n%s", data, out)
		}
	}
}
