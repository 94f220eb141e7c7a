package signature

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/detached"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
)

// maker makes a detached signature of the file "image" with a tool: keys, and then
// the signature.
type maker struct {
	keys      func(run func(args ...string)) (key, other string)
	sign      string // the command; its output is the file "sig"
	algorithm string
}

func opensslMaker(algorithm, key, sign string) maker {
	return maker{algorithm: algorithm, sign: sign, keys: func(run func(args ...string)) (string, string) {
		for _, name := range []string{"key", "other"} {
			run("sh", "-c", "openssl genpkey "+key+" -out "+name+".pem && openssl pkey -in "+name+".pem -pubout -out "+name+".pub")
		}
		return "key.pub", "other.pub"
	}}
}

func sshMaker(algorithm, kind, more string) maker {
	return maker{algorithm: algorithm, sign: "ssh-keygen -q -Y sign -n file -f key " + more + " <image >sig", keys: func(run func(args ...string)) (string, string) {
		for _, name := range []string{"key", "other"} {
			run("sh", "-c", "ssh-keygen -q -N '' -C '' -f "+name+" "+kind)
		}
		return "key.pub", "other.pub"
	}}
}

var detachedMakers = map[string]maker{
	"openssl RSA":            opensslMaker(format.RSASHA256, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "openssl dgst -sha256 -sign key.pem -out sig image"),
	"openssl RSA SHA-224":    opensslMaker(format.RSASHA224, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "openssl dgst -sha224 -sign key.pem -out sig image"),
	"openssl RSA SHA-512":    opensslMaker(format.RSASHA512, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "openssl dgst -sha512 -sign key.pem -out sig image"),
	"openssl RSA-PSS":        opensslMaker(format.RSAPSSSHA256, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sign key.pem -out sig image"),
	"openssl RSA in base64":  opensslMaker(format.RSASHA256, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "openssl dgst -sha256 -sign key.pem image | base64 >sig"),
	"openssl ECDSA":          opensslMaker(format.ECDSASHA256, "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "openssl dgst -sha256 -sign key.pem -out sig image"),
	"openssl ECDSA SHA-384":  opensslMaker(format.ECDSASHA384, "-algorithm EC -pkeyopt ec_paramgen_curve:P-384", "openssl dgst -sha384 -sign key.pem -out sig image"),
	"openssl Ed25519":        opensslMaker(format.Ed25519, "-algorithm ED25519", "openssl pkeyutl -sign -inkey key.pem -rawin -in image -out sig"),
	"openssl CMS":            cmsMaker("DER"),
	"openssl CMS in PEM":     cmsMaker("PEM"),
	"openssl CMS in BER":     cmsMaker("DER -stream"),
	"OpenSSH Ed25519":        sshMaker(format.Ed25519, "-t ed25519", ""),
	"OpenSSH RSA":            sshMaker(format.RSASHA512, "-t rsa -b 2048", ""),
	"OpenSSH RSA of SHA-256": sshMaker(format.RSASHA512, "-t rsa -b 2048", "-O hashalg=sha256"),
	"OpenSSH ECDSA":          sshMaker(format.ECDSASHA384, "-t ecdsa -b 384", ""),
	"signify": {algorithm: format.Ed25519, sign: "signify-openbsd -S -s key.sec -m image -x sig", keys: func(run func(args ...string)) (string, string) {
		for _, name := range []string{"key", "other"} {
			run("signify-openbsd", "-G", "-n", "-p", name+".pub", "-s", name+".sec")
		}
		return "key.pub", "other.pub"
	}},
	"minisign": minisignMaker(format.Ed25519ph, "-H"), "minisign, as it was": minisignMaker(format.Ed25519, "-l"),
}

func cmsMaker(form string) maker {
	return maker{algorithm: format.RSASHA256, sign: "openssl cms -sign -binary -in image -signer key.crt -inkey key.pem -outform " + form + " -out sig", keys: func(run func(args ...string)) (string, string) {
		for _, name := range []string{"key", "other"} {
			run("sh", "-c", "openssl req -batch -new -x509 -newkey rsa:2048 -nodes -subj /CN="+name+" -days 3650 -keyout "+name+".pem -out "+name+".crt 2>/dev/null")
		}
		return "key.crt", "other.crt"
	}}
}

func minisignMaker(algorithm, flag string) maker {
	return maker{algorithm: algorithm, sign: "minisign -S " + flag + " -s key.sec -m image -x sig -t 'version 7'", keys: func(run func(args ...string)) (string, string) {
		for _, name := range []string{"key", "other"} {
			run("minisign", "-G", "-W", "-p", name+".pub", "-s", name+".sec")
		}
		return "key.pub", "other.pub"
	}}
}

// TestDetached takes every kind of detached signature through the same cases.
func TestDetached(t *testing.T) {
	for name, m := range detachedMakers {
		t.Run(name, func(t *testing.T) {
			tool := strings.Fields(m.sign)[0]
			reference.Need(t, tool)
			dir, day := t.TempDir(), time.Now().AddDate(0, 0, 1) // certificates are made today
			run := func(args ...string) {
				cmd := exec.Command(args[0], args[1:]...)
				cmd.Dir = dir
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%q: %v\n%s", args, err, out)
				}
			}
			read := func(name string) []byte { return must(os.ReadFile(filepath.Join(dir, name))) }
			if err := os.WriteFile(filepath.Join(dir, "image"), content, 0o600); err != nil {
				t.Fatal(err)
			}
			keyFile, otherFile := m.keys(run)
			run("sh", "-c", m.sign)
			key, other := must(ParseKeys("key", read(keyFile))), must(ParseKeys("other", read(otherFile)))
			judged := func(sig, signed []byte, keys []Key) Outcome {
				found, err := detached.Parse(context.Background(), sig, format.InMemory(signed))
				if err != nil {
					return Outcome{Verdict: Invalid, Reason: err.Error()}
				}
				return allOf(found, keys, day)
			}
			sig := read("sig")
			if o := judged(sig, content, key); o.Verdict != Valid || o.Algorithm != m.algorithm && !strings.Contains(o.Algorithm, "CMS") {
				t.Errorf("good: %s (%s), %s", o.Verdict, o.Reason, o.Algorithm)
			}
			if o := judged(sig, append([]byte("x"), content...), key); o.Verdict != Invalid {
				t.Errorf("tampered: %s (%s)", o.Verdict, o.Reason)
			}
			if o := judged(sig, content, other); o.Verdict != Invalid && o.Verdict != Undeclared {
				t.Errorf("wrong key: %s (%s)", o.Verdict, o.Reason)
			}
			if o := judged(sig, content, nil); o.Verdict == Valid || o.Verdict == Invalid {
				t.Errorf("no key: %s (%s)", o.Verdict, o.Reason)
			}
			if o := judged(sig[:len(sig)/2], content, key); o.Verdict == Valid {
				t.Error("truncated: valid")
			}
			changed := bytes.Clone(sig)
			changed[len(changed)/2] ^= 1
			if o := judged(changed, content, key); o.Verdict == Valid {
				t.Error("a changed bit: valid")
			}
			out := append([]Key{}, key...)
			for i := range out {
				out[i].Until = day.AddDate(0, 0, -1)
			}
			if o := judged(sig, content, out); o.Verdict != Invalid || !strings.Contains(o.Reason, "declared for use until") {
				t.Errorf("key out of use: %s (%s)", o.Verdict, o.Reason)
			}
		})
	}
}

// allOf is the worst outcome of several signatures.
func allOf(found []firmware.Signature, keys []Key, day time.Time) Outcome {
	var all []Outcome
	for _, s := range found {
		all = append(all, Verify(s, keys, day))
	}
	return worst(all)
}

// TestPair has a signature of ECDSA as two numbers, as hardware makes it.
func TestPair(t *testing.T) {
	k := p256Key()
	var v struct{ R, S *big.Int }
	must(asn1.Unmarshal(must(k.Sign(rand.Reader, hashed(crypto.SHA256), crypto.SHA256)), &v))
	raw := append(v.R.FillBytes(make([]byte, 32)), v.S.FillBytes(make([]byte, 32))...)
	found := must(detached.Parse(t.Context(), raw, format.InMemory(content)))
	if o := Verify(found[0], []Key{{Public: k.Public()}}, today); o.Verdict != Valid || o.Algorithm != format.ECDSASHA256 {
		t.Errorf("%s (%s)", o.Verdict, o.Reason)
	}
}

// TestNotVerified has signatures of declared keys that are not verified with: it is
// said why, and they are never valid.
func TestNotVerified(t *testing.T) {
	openssl := reference.Need(t, "openssl")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "image"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, bits, hash string
		image            []byte
		want             Verdict
		reason           string
	}{
		{"MD5", "2048", "-md5", content, Unknown, "the hash MD5 is not verified with"},
		{"RIPEMD-160", "2048", "-ripemd160", content, Unknown, "the hash RIPEMD-160 is not verified with"},
		{"other bytes", "2048", "-sha256", content[1:], Invalid, "of a declared key, but over something else"},
		{"an odd length", "2047", "-sha256", content, Unknown, "2047 bits is no usual key"},
		{"another odd length", "3071", "-sha256", content, Unknown, "bits is no usual key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			reference.Run(t, dir, openssl, "genrsa", "-out", "key.pem", c.bits)
			reference.Run(t, dir, openssl, "rsa", "-in", "key.pem", "-pubout", "-out", "key.pub")
			reference.Run(t, dir, openssl, "dgst", c.hash, "-sign", "key.pem", "-out", "sig", "image")
			found := must(detached.Parse(t.Context(), must(os.ReadFile(filepath.Join(dir, "sig"))), format.InMemory(c.image)))
			keys := must(ParseKeys("maker", must(os.ReadFile(filepath.Join(dir, "key.pub")))))
			if o := Verify(found[0], keys, today); o.Verdict != c.want || !strings.Contains(o.Reason, c.reason) {
				t.Errorf("%s (%s), want %s (%s)", o.Verdict, o.Reason, c.want, c.reason)
			}
		})
	}
}

// TestExponentOne has what verifies with the exponent 1: it is named as that.
func TestExponentOne(t *testing.T) {
	k := &rsaKey(2048).PublicKey
	one := &rsa.PublicKey{N: k.N, E: 1}
	value := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, k.Size()-2)...)
	found := must(detached.Parse(t.Context(), value, format.InMemory(content)))
	if o := Verify(found[0], []Key{{Public: one}}, today); o.Verdict != Invalid || !strings.Contains(o.Reason, "the exponent 1 protects nothing") {
		t.Errorf("%s (%s)", o.Verdict, o.Reason)
	}
}
