package updates

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
)

// segment is a stream of an index of apk: a piece of a tar archive, without its end.
func segment(t *testing.T, name string, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestAPKIndex has an index of apk in a root file system, judged with the keys in
// etc/apk/keys.
func TestAPKIndex(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	index := segment(t, "APKINDEX", []byte(strings.Repeat("P:cam\nV:1.0\n\n", 100)))
	sum := sha1.Sum(index)
	value, err := rsa.SignPKCS1v15(nil, key, crypto.SHA1, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	signed := append(segment(t, ".SIGN.RSA.cam.rsa.pub", value), index...)
	other := bytes.Clone(value)
	other[5] ^= 1
	for want, content := range map[string][]byte{
		"is by a key that the device trusts": signed, "is invalid": append(segment(t, ".SIGN.RSA.cam.rsa.pub", other), index...),
	} {
		fs := fstest.MapFS{
			"etc/apk/keys/cam.rsa.pub": {Data: public}, "etc/apk/repositories": {Data: []byte("https://repo.example/main\n")},
			"sbin/apk": {Data: []byte("apk")}, "usr/lib/x": {Data: []byte("x")}, "var/cache/apk/APKINDEX.1234.tar.gz": {Data: content},
		}
		o, err := facts.Observe(t.Context(), firmware.Source{Name: "root", Folder: fs}, firmware.Options{}, DeviceVerifies.Needs...)
		if err != nil {
			t.Fatal(err)
		}
		r := checks.Assess(t.Context(), checks.Subject{Images: []checks.Part{{Observation: o}}}, []*checks.Check{DeviceVerifies})
		if len(r) != 1 || len(r[0].Findings) != 1 || !strings.Contains(r[0].Findings[0].Message, want) || r[0].Verdict != assay.Pass {
			t.Errorf("want %q: %+v", want, r)
		}
	}
}
