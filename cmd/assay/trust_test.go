package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/assay-iot/assay/labels/labeltest/authority"
	"github.com/assay-iot/assay/labels/verify"
)

// TestTrust runs the program with a whole Sigstore in memory: who may issue what,
// keys elsewhere, workflows, timestamps, signed assessments.
func TestTrust(t *testing.T) {
	if raceDetector && testing.Short() {
		t.Skip("with -short and the race detector: its commands do one thing at a time, see scripts")
	}
	root, err := examples()
	if err != nil {
		t.Fatalf("build the examples: %v", err)
	}
	subject := "https://github.com/assay-iot/assay/.github/workflows/label.yml@refs/tags/v1.2.0"
	a := authority.New(t, today, verify.Identity{
		Subject: subject, Signer: subject, Issuer: "https://token.actions.githubusercontent.com", Repository: "https://github.com/acme/hearth",
		RepositoryID: "123456789", OwnerID: "987654", Trigger: "release",
	})
	trustedRoot := a.TrustedRoot(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/trust",
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", root)
			e.Setenv("NO_COLOR", "1")
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("AUTHORITY", a.Services().Fulcio)
			for name, value := range a.Env() {
				e.Setenv(name, value)
			}
			if err := os.WriteFile(filepath.Join(e.WorkDir, "trusted_root.json"), trustedRoot, 0o644); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "tsa.pem"), a.StampCertificates(), 0o644)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "flip": flip, "certify": certify},
	})
}

// certify PUBLIC-KEY FILE [NAME] writes a certificate of the key, in the name of the issuer
// of trust.hcl or another one, and that of the root that makes it.
func certify(ts *testscript.TestScript, _ bool, args []string) {
	block, _ := pem.Decode([]byte(ts.ReadFile(args[0])))
	pub, err := x509.ParsePKIXPublicKey(block.Bytes)
	ts.Check(err)
	ca, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	of := func(name string, use x509.KeyUsage) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: name}, KeyUsage: use, IsCA: use == x509.KeyUsageCertSign,
			BasicConstraintsValid: true, NotBefore: today.AddDate(-1, 0, 0), NotAfter: time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC),
		}
	}
	name := "Example Body"
	if len(args) > 2 {
		name = args[2]
	}
	root, leaf := of("A root of tests", x509.KeyUsageCertSign), of(name, x509.KeyUsageDigitalSignature)
	var chain []byte
	for _, c := range []*x509.Certificate{leaf, root} {
		key := pub
		if c == root {
			key = ca.Public()
		}
		der, err := x509.CreateCertificate(rand.Reader, c, root, key, ca)
		ts.Check(err)
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), chain, 0o644))
}
