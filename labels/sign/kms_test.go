package sign_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/sigstore/sigstore/pkg/signature/kms/cliplugin/common"
	"github.com/sigstore/sigstore/pkg/signature/kms/cliplugin/handler"

	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/sign"
	"github.com/assay-iot/assay/labels/verify"
)

// The test binary is a plug-in too, if it is called like one.
func TestMain(m *testing.M) {
	if strings.HasPrefix(filepath.Base(os.Args[0]), "sigstore-kms-") {
		if err := plugin(); err != nil {
			_ = handler.WriteErrorResponse(os.Stdout, err)
		}
		return
	}
	os.Exit(m.Run())
}

// plugin signs with the key in the file that the address names.
func plugin() error {
	asked, err := handler.GetPluginArgs(os.Args)
	if err != nil {
		return err
	}
	switch asked.InitOptions.KeyResourceID {
	case "silent":
		return nil
	case "noise":
		fmt.Print("noise")
		return nil
	case "empty":
		fmt.Print("{}")
		return nil
	case "null":
		fmt.Print("null")
		return nil
	case "keyless":
		fmt.Print(`{"publicKey":{}}`)
		return nil
	case "talking":
		for { // its reader closes the pipe; that is no reason for this one to end
			_, _ = os.Stdout.WriteString(strings.Repeat("x", 4096))
			time.Sleep(time.Microsecond)
		}
	case "waiting":
		child := exec.Command("sleep", "60") // holds the output open
		child.Stdout = os.Stdout
		return errors.Join(child.Start(), child.Wait())
	}
	data, err := os.ReadFile(asked.InitOptions.KeyResourceID)
	if err != nil {
		return err
	}
	block, _ := pem.Decode(data)
	if block.Type == "PUBLIC KEY" {
		return json.NewEncoder(os.Stdout).Encode(common.PluginResp{PublicKey: &common.PublicKeyResp{PublicKeyPEM: data}})
	}
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		return err
	}
	sv, err := signature.LoadECDSASignerVerifier(key, asked.InitOptions.HashFunc)
	if err != nil {
		return err
	}
	_, err = handler.Dispatch(os.Stdout, os.Stdin, asked, fileKey{sv})
	return err
}

// fileKey is the rest of what the protocol can ask.
type fileKey struct{ signature.SignerVerifier }

func (fileKey) CreateKey(context.Context, string) (crypto.PublicKey, error) {
	return nil, errors.New("no")
}

func (fileKey) CryptoSigner(context.Context, func(error)) (crypto.Signer, crypto.SignerOpts, error) {
	return nil, nil, errors.New("no")
}
func (fileKey) SupportedAlgorithms() []string { return nil }
func (fileKey) DefaultAlgorithm() string      { return "" }

// installed puts this binary on the PATH as a plug-in.
func installed(t *testing.T, name string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(self, filepath.Join(dir, "sigstore-kms-"+name)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// signsWith makes and verifies a label with the key at an address.
func signsWith(t *testing.T, address string) error {
	t.Helper()
	key, err := sign.OpenKey(t.Context(), address)
	if err != nil {
		return err
	}
	data, err := sign.Statement(key, labeltest.Statement(t))
	if err != nil {
		return err
	}
	trusted, err := verify.NewKey(key.Public())
	if err != nil {
		return err
	}
	r, err := verify.Bundle(data, []verify.Key{trusted}, verify.Options{AsOf: "2026-11-01"})
	if err == nil && r.Status != verify.Valid {
		err = errors.New(r.Summary)
	}
	return err
}

func TestPlugin(t *testing.T) {
	installed(t, "test")
	for curve, want := range map[elliptic.Curve]string{elliptic.P256(): "", elliptic.P384(): "", elliptic.P521(): "P-256 or P-384"} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalECPrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := signsWith(t, "test://"+file); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", curve.Params().Name, err, want)
		}
	}
	for address, want := range map[string]string{
		"test:///none": "no such file", "test://silent": "is not JSON", "test://noise": "is not JSON", "other://key": "sigstore-kms-other on the PATH",
		"test://empty": `has no "publicKey"`, "test://null": `has no "publicKey"`, "test://keyless": "its public key",
		"test://talking": "more than 64 KiB",
	} {
		if err := signsWith(t, address); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
	if _, err := sign.OpenKey(t.Context(), "other://key"); !errors.Is(err, sign.ErrNoProvider) {
		t.Errorf("no program: %v", err)
	}
}

// A plug-in that answers no question, or not in time, is told in a sentence; it
// holds nobody.
func TestPluginThatDoesNotEnd(t *testing.T) {
	installed(t, "test")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	began := time.Now()
	_, err := sign.OpenKey(ctx, "test://waiting")
	if err == nil || !strings.Contains(err.Error(), "no answer in time") {
		t.Errorf("%v", err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
}

// A plug-in that gives a key, but signs with nothing, as one of another version of
// the protocol may.
func TestPluginThatDoesNotSign(t *testing.T) {
	installed(t, "test")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pub")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := signsWith(t, "test://"+file); err == nil || !strings.Contains(err.Error(), `has no "signMessage"`) {
		t.Errorf("%v", err)
	}
}

// A label signed by a PKCS#11 token: SoftHSM, through the plug-in that is a module
// of its own.
func TestPKCS11(t *testing.T) {
	for _, tool := range []string{"softhsm2-util", "gcc", "go"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is not installed")
		}
	}
	libraries, _ := filepath.Glob("/usr/lib*/*/softhsm/libsofthsm2.so")
	more, _ := filepath.Glob("/usr/lib*/softhsm/libsofthsm2.so")
	if libraries = append(libraries, more...); len(libraries) == 0 {
		t.Skip("libsofthsm2.so is not installed")
	}
	dir := t.TempDir()
	do := func(name string, args ...string) {
		t.Helper()
		c := exec.Command(name, args...)
		c.Env = append(os.Environ(), "CGO_ENABLED=1", "GOFLAGS=")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	write := func(name string, data []byte) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	t.Setenv("SOFTHSM2_CONF", write("softhsm2.conf", []byte("directories.tokendir = "+dir+"\nobjectstore.backend = file\nlog.level = ERROR\n")))
	do("softhsm2-util", "--init-token", "--free", "--label", "assay", "--so-pin", "12345678", "--pin", "4321")
	for label, curve := range map[string]elliptic.Curve{"issuer": elliptic.P256(), "second": elliptic.P384()} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		file := write(label+".pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
		do("softhsm2-util", "--import", file, "--token", "assay", "--label", label, "--id", fmt.Sprintf("%02x", len(label)+int(label[0])), "--pin", "4321")
	}
	do("go", "build", "-C", "plugins/pkcs11", "-o", filepath.Join(dir, "sigstore-kms-pkcs11"), ".")
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("PKCS11_MODULE", libraries[0])
	t.Setenv("PKCS11_PIN_FILE", write("pin", []byte("4321\n")))
	for _, label := range []string{"issuer", "second"} {
		if err := signsWith(t, "pkcs11://assay/"+label); err != nil {
			t.Errorf("%s: %v", label, err)
		}
	}
	for address, want := range map[string]string{
		"pkcs11://assay/none": "0 ECDSA keys", "pkcs11://other/issuer": `0 tokens are called "other"`, "pkcs11://assay": "is no key",
	} {
		if err := signsWith(t, address); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
	t.Setenv("PKCS11_PIN_FILE", write("wrong", []byte("0000\n")))
	if err := signsWith(t, "pkcs11://assay/issuer"); err == nil || !strings.Contains(err.Error(), "PIN") {
		t.Errorf("wrong PIN: %v", err)
	}
}
