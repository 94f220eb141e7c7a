package signature

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/format"
)

// authority is a folder in which openssl makes certificates and messages.
type authority struct {
	t   *testing.T
	dir string
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed")
	}
	a := authority{t, t.TempDir()}
	a.write("content", content)
	a.certificate("ca", "rsa:2048", "", "basicConstraints=critical,CA:TRUE")
	return a
}

func (a authority) write(name string, data []byte) {
	a.t.Helper()
	if err := os.WriteFile(filepath.Join(a.dir, name), data, 0o600); err != nil {
		a.t.Fatal(err)
	}
}

func (a authority) read(name string) []byte {
	a.t.Helper()
	data, err := os.ReadFile(filepath.Join(a.dir, name))
	if err != nil {
		a.t.Fatal(err)
	}
	return data
}

func (a authority) openssl(args ...string) {
	a.t.Helper()
	c := exec.Command("openssl", args...)
	c.Dir = a.dir
	if out, err := c.CombinedOutput(); err != nil {
		a.t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
}

// certificate makes name.key and name.crt, signed by another or by itself.
func (a authority) certificate(name, kind, by string, more ...string) {
	a.t.Helper()
	args := []string{"req", "-x509", "-newkey", kind, "-nodes", "-keyout", name + ".key", "-out", name + ".crt", "-subj", "/CN=" + name, "-days", "3650", "-sha256"}
	if kind == "ec" {
		args = append(args, "-pkeyopt", "ec_paramgen_curve:P-256")
	}
	if by != "" {
		args = append(args, "-CA", by+".crt", "-CAkey", by+".key")
	}
	for _, ext := range more {
		args = append(args, "-addext", ext)
	}
	a.openssl(args...)
}

func (a authority) key(name string) Key {
	a.t.Helper()
	return must(ParseKeys(name, a.read(name+".crt")))[0]
}

// sign makes a message of the signers.
func (a authority) sign(signers []string, options ...string) []byte {
	a.t.Helper()
	args := []string{"cms", "-sign", "-binary", "-in", "content", "-outform", "DER", "-out", "message"}
	for _, s := range signers {
		args = append(args, "-signer", s+".crt", "-inkey", s+".key")
	}
	a.openssl(append(args, options...)...)
	return a.read("message")
}

func detachedFrom(value []byte) firmware.Signature {
	return firmware.Signature{Algorithm: format.CMS, Value: value, Digest: hashed(crypto.SHA256), Digests: map[crypto.Hash][]byte{
		crypto.SHA1: hashed(crypto.SHA1), crypto.SHA224: hashed(crypto.SHA224), crypto.SHA256: hashed(crypto.SHA256), crypto.SHA384: hashed(crypto.SHA384), crypto.SHA512: hashed(crypto.SHA512),
	}}
}

func attachedIn(value []byte) firmware.Signature {
	return firmware.Signature{Algorithm: format.CMS, Value: value, Message: content}
}

func TestCMS(t *testing.T) {
	a := newAuthority(t)
	a.certificate("rsa", "rsa:2048", "ca", "keyUsage=digitalSignature")
	a.certificate("ec", "ec", "ca", "extendedKeyUsage=codeSigning")
	a.certificate("mail", "ec", "ca", "extendedKeyUsage=emailProtection")
	a.certificate("server", "ec", "ca", "extendedKeyUsage=serverAuth")
	a.certificate("crypting", "rsa:2048", "ca", "keyUsage=keyEncipherment")
	a.certificate("weak", "rsa:1024", "ca")
	a.certificate("odd", "rsa:2047", "ca")
	a.certificate("other", "rsa:2048", "", "basicConstraints=critical,CA:TRUE")
	a.certificate("between", "rsa:2048", "ca", "basicConstraints=critical,CA:TRUE")
	a.certificate("leaf", "ec", "between")
	now := time.Now()
	ca, other := []Key{a.key("ca")}, []Key{a.key("other")}
	bare := a.key("rsa")
	bare.Certificate = nil
	good := a.sign([]string{"rsa"})
	whole := a.sign([]string{"rsa"}, "-nodetach")
	changed := bytes.Clone(whole)
	changed[bytes.Index(whole, content)] ^= 1
	value := bytes.Clone(good)
	value[len(value)-5] ^= 1
	tampered := detachedFrom(good)
	tampered.Digests, tampered.Digest = nil, hashed(crypto.SHA256)
	tampered.Digest[0] ^= 1
	both := a.sign([]string{"rsa", "ec"})
	for _, c := range []struct {
		name   string
		s      firmware.Signature
		keys   []Key
		asOf   time.Time
		want   Verdict
		reason string
	}{
		{"detached", detachedFrom(good), ca, now, Valid, ""},
		{"attached", attachedIn(whole), ca, now, Valid, ""},
		{"without attributes", detachedFrom(a.sign([]string{"rsa"}, "-noattr")), ca, now, Valid, ""},
		{"attached without attributes", attachedIn(a.sign([]string{"ec"}, "-nodetach", "-noattr")), ca, now, Valid, ""},
		{"key identifier", detachedFrom(a.sign([]string{"rsa"}, "-keyid")), ca, now, Valid, ""},
		{"RSA-PSS", detachedFrom(a.sign([]string{"rsa"}, "-keyopt", "rsa_padding_mode:pss")), ca, now, Valid, ""},
		{"lengths left open, attached", attachedIn(a.sign([]string{"rsa"}, "-stream", "-nodetach")), ca, now, Valid, ""},
		{"made in the course of the day", detachedFrom(good), ca, now.UTC().Truncate(24 * time.Hour), Valid, ""},
		{"an odd length of the key", detachedFrom(a.sign([]string{"odd"})), ca, now, Unknown, "2047 bits is no usual key"},
		{"SHA-224", detachedFrom(a.sign([]string{"rsa"}, "-md", "sha224")), ca, now, Valid, ""},
		{"SHA-512", detachedFrom(a.sign([]string{"rsa"}, "-md", "sha512")), ca, now, Valid, ""},
		{"ECDSA and code signing", detachedFrom(a.sign([]string{"ec"})), ca, now, Valid, ""},
		{"mail", detachedFrom(a.sign([]string{"mail"})), ca, now, Valid, ""},
		{"the certificate itself is declared", detachedFrom(good), []Key{a.key("rsa")}, now, Valid, ""},
		{"no certificate in the message, declared", detachedFrom(a.sign([]string{"rsa"}, "-nocerts")), []Key{a.key("rsa")}, now, Valid, ""},
		{"no certificate in the message, bare key", detachedFrom(a.sign([]string{"rsa"}, "-nocerts")), []Key{bare}, now, Valid, ""},
		{"no certificate anywhere", detachedFrom(a.sign([]string{"rsa"}, "-nocerts")), ca, now, Undeclared, "neither"},
		{"bare key", detachedFrom(good), []Key{bare}, now, Valid, ""},
		{"one between", detachedFrom(a.sign([]string{"leaf"}, "-certfile", "between.crt")), ca, now, Valid, ""},
		{"one missing between", detachedFrom(a.sign([]string{"leaf"})), ca, now, Undeclared, "leads to no declared"},
		{"two signers", detachedFrom(both), ca, now, Valid, ""},
		{"two signers, one declared", detachedFrom(both), []Key{a.key("rsa")}, now, Undeclared, ""},
		{"another authority", detachedFrom(good), other, now, Undeclared, "leads to no declared"},
		{"nothing declared", detachedFrom(good), nil, now, Undeclared, noKey},
		{"tampered", tampered, ca, now, Invalid, "digest differs"},
		{"tampered, nothing declared", tampered, nil, now, Invalid, "digest differs"},
		{"attached content changed", firmware.Signature{Algorithm: format.CMS, Value: changed}, ca, now, Invalid, "digest differs"},
		{"attached content is not the container's", firmware.Signature{Algorithm: format.CMS, Value: whole, Message: content[1:]}, ca, now, Invalid, "another content"},
		{"value changed", detachedFrom(value), ca, now, Invalid, "does not verify"},
		{"truncated", detachedFrom(good[:len(good)-7]), ca, now, Invalid, "DER"},
		{"something behind it", detachedFrom(append(bytes.Clone(good), 0)), ca, now, Invalid, "DER"},
		{"expired", detachedFrom(good), ca, now.AddDate(20, 0, 0), Invalid, "expired"},
		{"not yet valid", detachedFrom(good), ca, now.AddDate(-1, 0, 0), Invalid, "valid from"},
		{"for a server", detachedFrom(a.sign([]string{"server"})), ca, now, Invalid, "another purpose"},
		{"for encryption", detachedFrom(a.sign([]string{"crypting"})), ca, now, Invalid, "not for signatures"},
		{"content not known", firmware.Signature{Algorithm: format.CMS, Value: good}, ca, now, Unknown, "not known"},
	} {
		o := Verify(c.s, c.keys, c.asOf)
		if o.Verdict != c.want || !strings.Contains(o.Reason, c.reason) || (o.Reason == "") != (c.want == Valid) {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, o.Verdict, o.Reason, c.want, c.reason)
		}
	}
	if o := Verify(detachedFrom(both), []Key{a.key("rsa")}, now); len(o.Signers) != 2 {
		t.Errorf("two signers: %+v", o.Signers)
	}
	if got := fmt.Sprint(Weaknesses(detachedFrom(a.sign([]string{"weak"}, "-md", "sha1")))); got != "[RSA with 1024 bits and the exponent 65537 SHA-1]" {
		t.Errorf("weak: %s", got)
	}
	a.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "sha1.key", "-out", "sha1.crt", "-subj", "/CN=sha1", "-days", "3650", "-sha1", "-CA", "ca.crt", "-CAkey", "ca.key")
	if got := fmt.Sprint(Weaknesses(detachedFrom(a.sign([]string{"sha1"})))); got != "[a certificate that is signed with SHA-1]" {
		t.Errorf("issued with SHA-1: %s", got)
	}
	if got := Weaknesses(detachedFrom(good)); got != nil {
		t.Errorf("good: %v", got)
	}
	if n := len(Digests(detachedFrom(both))); n != 2 {
		t.Errorf("%d keys of two signers", n)
	}
}

// A certificate that a declared list revokes signs nothing from that day on.
func TestCMSRevoked(t *testing.T) {
	a := newAuthority(t)
	a.certificate("ec", "ec", "ca")
	ca, signer := a.key("ca"), a.key("ec")
	caKey := must(x509.ParsePKCS8PrivateKey(must(pemOf(a.read("ca.key")))))
	day := time.Now().AddDate(0, 0, 1)
	crl := must(x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(1), ThisUpdate: time.Now(), NextUpdate: time.Now().AddDate(1, 0, 0),
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: signer.Certificate.SerialNumber, RevocationTime: day}},
	}, withCRLSign(ca.Certificate), caKey.(crypto.Signer)))
	keys := must(ParseKeys("ca", append(a.read("ca.crt"), pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: crl})...)))
	s := detachedFrom(a.sign([]string{"ec"}))
	if o := Verify(s, keys, time.Now()); o.Verdict != Valid {
		t.Errorf("before: %s (%s)", o.Verdict, o.Reason)
	}
	if o := Verify(s, keys, day.AddDate(0, 0, 1)); o.Verdict != Invalid || !strings.Contains(o.Reason, "revoked") {
		t.Errorf("after: %s (%s)", o.Verdict, o.Reason)
	}
}

func pemOf(data []byte) ([]byte, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("no PEM")
	}
	return block.Bytes, nil
}

// withCRLSign is the certificate as it must be for Go to sign a list with it.
func withCRLSign(c *x509.Certificate) *x509.Certificate {
	one := *c
	one.KeyUsage |= x509.KeyUsageCRLSign
	return &one
}

// Every byte of a message that is signed matters.
func TestCMSEveryByte(t *testing.T) {
	a := newAuthority(t)
	a.certificate("ec", "ec", "ca")
	keys := []Key{a.key("ca")}
	value := a.sign([]string{"ec"}, "-nodetach")
	valid := 0
	for i := range value {
		bad := bytes.Clone(value)
		bad[i] ^= 0x20
		if o := Verify(attachedIn(bad), keys, time.Now()); o.Verdict == Valid {
			valid++
			t.Logf("byte %d of %d changes nothing", i, len(value))
		}
	}
	if valid > 20 { // versions, the list of hashes, and what else nobody signs
		t.Errorf("%d bytes change nothing", valid)
	}
}
