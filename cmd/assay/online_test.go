package main

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/assay-iot/assay"
)

const releasedLamp = `schema_version = 1

manufacturer "acme" {
  name = "Acme"
}

product "lamp" {
  name       = "Lamp"
  models     = ["L1"]
  repository = "github.com/acme/lamp"

  target "platform-statement" {}

  firmware "main" {
    version = "1.0"
  }

  release {
    tag    = "v1.0"
    asset  = "lamp-*.tar"
    sha256 = "%x"
  }
}
`

// lampImage is a root file system in a tar archive; its root has an empty
// password, so that a result shows that the image was examined.
func lampImage(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range []struct{ name, text string }{{"etc/passwd", "root::0:0:root:/root:/bin/sh\n"}, {"bin/sh", "#!\n"}, {"usr/x", "x\n"}} {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o755, Size: int64(len(f.text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// gitHub answers for one repository with one released image.
func gitHub(t *testing.T, image []byte) (address string, asked *atomic.Int32) {
	t.Helper()
	asked = new(atomic.Int32)
	answers := map[string]string{
		"/repos/acme/lamp":                                 `{"name": "lamp", "private": false}`,
		"/repos/acme/lamp/contents/":                       `[{"name": "SECURITY.md", "type": "file", "size": 90}]`,
		"/repos/acme/lamp/private-vulnerability-reporting": `{"enabled": true}`,
		"/repos/acme/lamp/security-advisories":             `[]`,
		"/repos/acme/lamp/releases/tags/v1.0":              `{"id": 1}`,
		"/repos/acme/lamp/releases/1/assets":               fmt.Sprintf(`[{"id": 2, "name": "lamp-1.0.tar", "size": %d}]`, len(image)),
		"/repos/acme/lamp/releases/assets/2":               string(image),
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if text, ok := answers[r.URL.Path]; ok {
			fmt.Fprint(w, text)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

// checkLamp runs "assay check" and gives its exit code, the assessment if it
// wrote one, and what it said.
func checkLamp(t *testing.T, dir, address string, flags ...string) (int, assay.Assessment, string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.json")
	var said bytes.Buffer
	code := run(context.Background(), env{
		args: append([]string{"check", dir, "--format", "json=" + out}, flags...),
		in:   strings.NewReader(""), out: &said, err: &said, now: today,
		getenv: func(key string) string {
			return map[string]string{"GITHUB_API_URL": address, "GITHUB_TOKEN": "token-for-tests"}[key]
		},
	})
	var a assay.Assessment
	if data, err := os.ReadFile(out); err == nil {
		if err := json.Unmarshal(data, &a); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(said.String(), "token-for-tests") {
		t.Error("the token is printed")
	}
	return code, a, said.String()
}

func verdictOf(a assay.Assessment, id assay.CheckID) (assay.Verdict, string) {
	for _, r := range a.Results {
		if r.Check == id {
			return r.Verdict, r.Reason
		}
	}
	return assay.Inconclusive, "there is no result of " + string(id)
}

func TestOnline(t *testing.T) {
	image := lampImage(t)
	address, asked := gitHub(t, image)
	dir := t.TempDir()
	putFile(t, filepath.Join(dir, "product.hcl"), fmt.Sprintf(releasedLamp, sha256.Sum256(image)))

	_, a, said := checkLamp(t, dir, address)
	if v, reason := verdictOf(a, "disclosure/repository"); v != assay.Inconclusive || !strings.Contains(reason, "--online") {
		t.Errorf("offline, disclosure/repository says %s: %s\n%s", v, reason, said)
	}
	if v, _ := verdictOf(a, "credentials/empty-password"); v != assay.Inconclusive || asked.Load() != 0 {
		t.Errorf("offline, an image that is not there gets %s, and the server was asked %d times", v, asked.Load())
	}

	code, a, said := checkLamp(t, dir, address, "--online")
	if v, reason := verdictOf(a, "disclosure/repository"); v != assay.Pass {
		t.Errorf("online, disclosure/repository says %s: %s\n%s", v, reason, said)
	}
	if v, reason := verdictOf(a, "credentials/empty-password"); v != assay.Fail || code != exitNo {
		t.Errorf("online, the fetched image gets %s: %s; exit code %d\n%s", v, reason, code, said)
	}
	if len(a.Images) != 1 || a.Images[0].Digest != assay.SHA256(sha256.Sum256(image)) {
		t.Errorf("the image that was examined is %+v", a.Images)
	}
}

// A release whose bytes are not those that were declared is never examined.
func TestOnlineWrongDigest(t *testing.T) {
	address, _ := gitHub(t, lampImage(t))
	dir := t.TempDir()
	putFile(t, filepath.Join(dir, "product.hcl"), fmt.Sprintf(releasedLamp, sha256.Sum256([]byte("another"))))
	code, a, said := checkLamp(t, dir, address, "--online")
	if code != exitFailed || len(a.Results) > 0 || !strings.Contains(said, "the digest differs") || !strings.Contains(said, "product.hcl:") {
		t.Errorf("exit code %d, %d results, says %s", code, len(a.Results), said)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "release")); len(left) > 0 {
		t.Errorf("%s was left behind", left[0].Name())
	}
}
