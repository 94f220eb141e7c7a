package sigstore_test

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels/sigstore"
	"github.com/assay-iot/assay/labels/verify"
)

// The suite's defaults, as its README gives them.
const (
	vectors          = "../../../shared/vectors/sigstore-conformance"
	suiteIdentity    = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"
	suiteIssuer      = "https://token.actions.githubusercontent.com"
	suiteVerifyCases = 70
)

// Sigstore's conformance suite: a folder whose name ends in _fail must be
// rejected, every other accepted, and the file and its digest alike.
func TestConformance(t *testing.T) {
	dirs, err := filepath.Glob(vectors + "/bundle-verify/*/bundle.sigstore.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) == 0 {
		t.Skip("the conformance suite is not there: " + vectors)
	}
	if len(dirs) != suiteVerifyCases {
		t.Errorf("%d cases, want %d", len(dirs), suiteVerifyCases)
	}
	for _, file := range dirs {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			artifact := read(t, dir+"/artifact", vectors+"/a.txt")
			for name, a := range map[string]sigstore.Artifact{
				"file": {Content: artifact}, "digest": {Digest: assay.SHA256(sha256.Sum256(artifact))},
			} {
				err := conform(t, dir, a)
				if bad := strings.HasSuffix(dir, "_fail"); bad != (err != nil) {
					t.Errorf("%s: must be rejected %v, got %v", name, bad, err)
				}
			}
		})
	}
}

// read gives the first of the files that is there.
func read(t *testing.T, names ...string) []byte {
	t.Helper()
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err == nil {
			return data
		}
		if !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	return nil
}

// conform is what the suite's client does: it verifies with a key if there is
// one, else by identity and issuer.
func conform(t *testing.T, dir string, a sigstore.Artifact) error {
	root, err := sigstore.ParseRoot(read(t, dir+"/trusted_root.json", vectors+"/trusted-root-public-good.json"))
	if err != nil {
		return err
	}
	b, err := sigstore.Parse(read(t, dir+"/bundle.sigstore.json"))
	if err != nil {
		return err
	}
	if pem := read(t, dir+"/key.pub"); pem != nil {
		key, err := verify.ParseKey(pem)
		if err != nil {
			return err
		}
		_, err = root.Key(b, []verify.Key{key}, a, sigstore.Demand{Logs: 1})
		return err
	}
	signer, err := root.Certificate(b, a, sigstore.Demand{Times: 1, Logs: 1, CT: 1})
	if err != nil {
		return err
	}
	subject, issuer := suiteIdentity, suiteIssuer
	if s := read(t, dir+"/identity"); s != nil {
		subject = strings.TrimSpace(string(s))
	}
	if s := read(t, dir+"/issuer"); s != nil {
		issuer = strings.TrimSpace(string(s))
	}
	if !signer.Identity.Is(subject, issuer) {
		return errors.New("another identity: " + signer.Identity.Subject)
	}
	return nil
}
