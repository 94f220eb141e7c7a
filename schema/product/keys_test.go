package product

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"
)

// TestPublicKey reads each form of a public key, and names its kind.
func TestPublicKey(t *testing.T) {
	ed, edPrivate, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<31, 0)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, ed, edPrivate)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(&ec.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	usign := "untrusted comment: public key 1\n" + base64.StdEncoding.EncodeToString(append([]byte("Ed12345678"), ed...)) + "\n"
	for want, texts := range map[string][]string{
		"ed25519":    {usign, base64.StdEncoding.EncodeToString(ed) + "\n", pemOf("CERTIFICATE", cert), publicKey},
		"ecdsa-p384": {pemOf("PUBLIC KEY", spki)},
		"rsa-2048":   {pemOf("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey))},
	} {
		for _, text := range texts {
			key, err := Key{Public: text}.PublicKey()
			if got := algorithmOf(key); err != nil || got != want {
				t.Errorf("%s: %v, %s\n%s", want, err, got, text)
			}
		}
	}
}

// TestOpaqueKeys: of a key of OpenPGP or OpenSSH only the outside is looked at.
func TestOpaqueKeys(t *testing.T) {
	packets := []byte("\xc6\x02\x04\xff") // no UTF-8
	for name, text := range map[string]string{
		"OpenPGP in armour": pgpBegin + "\nVersion: 1\n\nxgIE/w==\n=abcd\n" + pgpEnd, "OpenPGP": string(packets),
		"OpenSSH": "ssh-ed25519 " + base64.StdEncoding.EncodeToString(append([]byte("\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"), make([]byte, 32)...)) + " release",
	} {
		dir := folder(t, map[string]string{"product.hcl": lamp + `key "release" {
  public    = file("release.pub")
  algorithm = "ed25519"
}`, "release.pub": text})
		p, diags := Load(dir, Options{})
		if diags.HasErrors() {
			t.Errorf("%s: %v", name, diags)
		} else if got, _ := unarmour(p.Keys[0].Public); name != "OpenSSH" && string(got) != string(packets) {
			t.Errorf("%s: %q", name, p.Keys[0].Public)
		}
	}
	dir := folder(t, map[string]string{"product.hcl": lamp + `key "release" { public = file("release.key") }`, "release.key": "\xc5\x02\x04\xff"})
	if _, diags := Load(dir, Options{}); !strings.Contains(diags.Error(), "private key") {
		t.Errorf("a secret key in packets: %v", diags)
	}
}

// TestNoPublicKey: nothing else is taken for a key, and none of it is shown.
func TestNoPublicKey(t *testing.T) {
	secret := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("secret", 20)))
	for _, text := range []string{
		"", "key", secret, "untrusted comment: minisign encrypted secret key\n" + secret, pemOf("CERTIFICATE", []byte("junk")),
		pgpBegin + "\n\nwgIE/w==\n" + pgpEnd, pgpBegin, "ssh-ed25519 AAAA", "a " + secret,
		pemOf("PUBLIC KEY", nil), pemOf("CERTIFICATE REQUEST", []byte("junk")), "-----BEGIN PUBLIC KEY-----\n",
	} {
		dir := folder(t, map[string]string{"product.hcl": lamp + `key "release" { public = file("release.pub") }`, "release.pub": text})
		_, diags := Load(dir, Options{})
		d := only(t, diags, map[bool]string{true: "public: the text is empty", false: "public: the text does not hold a public key"}[text == ""])
		if strings.Contains(d.Error(), secret[:16]) {
			t.Errorf("the text is shown: %s", d.Error())
		}
	}
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
