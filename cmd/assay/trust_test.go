package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/assay-iot/assay/labels/labeltest/authority"
	"github.com/assay-iot/assay/labels/verify"
)

// TestTrust runs the program with a whole Sigstore in memory: who may issue what,
// keys elsewhere, workflows, timestamps, signed assessments.
func TestTrust(t *testing.T) {
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
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "flip": flip},
	})
}
