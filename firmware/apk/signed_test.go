package apk_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/apk"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// stream packs files, without the end of an archive unless it is the last.
func stream(last bool, files ...string) []byte {
	var b, z bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		_ = w.WriteHeader(&tar.Header{Name: files[i], Mode: 0o644, Size: int64(len(files[i+1])), Typeflag: tar.TypeReg})
		_, _ = w.Write([]byte(files[i+1]))
	}
	if last {
		_ = w.Close()
	} else {
		_ = w.Flush()
	}
	g := gzip.NewWriter(&z)
	_, _ = g.Write(b.Bytes())
	_ = g.Close()
	return z.Bytes()
}

// version2 is a package that a key signed, with a kind of signature.
func version2(t testing.TB, key *rsa.PrivateKey, kind string) []byte {
	t.Helper()
	data := stream(true, "etc/motd", "hello\n")
	control := stream(false, ".PKGINFO", fmt.Sprintf("pkgname = sample\npkgver = 1.0-r0\narch = armv7\ndatahash = %x\n", sha256.Sum256(data)))
	hash, sum := crypto.SHA1, sha1.New()
	if kind == "RSA256" {
		hash, sum = crypto.SHA256, sha256.New()
	}
	sum.Write(control)
	value, err := rsa.SignPKCS1v15(rand.Reader, key, hash, sum.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(stream(false, ".SIGN."+kind+".dev@example.org.rsa.pub", string(value)), control, data)
}

func rsaKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestVersion2(t *testing.T) {
	key := rsaKey(t)
	for kind, hash := range map[string]crypto.Hash{"RSA": crypto.SHA1, "RSA256": crypto.SHA256} {
		data := version2(t, key, kind)
		s := formattest.Signed(t, apk.Signed, data)[0]
		if err := rsa.VerifyPKCS1v15(&key.PublicKey, hash, s.Digest, s.Value); err != nil || s.KeyName != "dev@example.org.rsa.pub" {
			t.Errorf("%s: %v, key %q", kind, err, s.KeyName)
		}
		if len(s.Leaves) > 0 || len(s.Through) != 1 {
			t.Errorf("through %v, leaves %v", s.Through, s.Leaves)
		}
		img := reference.Open(t, data)
		reference.Find(t, img, "apk!gzip!tar!etc/motd")
		if img.Containers[0].Attributes["name"] != "sample" || len(img.Skipped) > 0 {
			t.Errorf("%v, skipped %v", img.Containers[0].Attributes, img.Skipped)
		}
	}
	o, err := apk.Signed.Open(t.Context(), format.InMemory(version2(t, key, "DSA")), format.NewBudget(10, 1<<20, 1<<20, 10))
	if err != nil || !strings.Contains(o.Signatures[0].Problem, "unknown kind") {
		t.Errorf("%v, %v", o, err)
	}
	if apk.Signed.Probe(format.InMemory(stream(true, "a", "b"))) != format.No {
		t.Error("any archive is taken for a signed one")
	}
	index := slices.Concat(stream(false, ".SIGN.RSA.k.rsa.pub", "value"), stream(true, "APKINDEX", "P:a\n"))
	if o, err := apk.Signed.Open(t.Context(), format.InMemory(index), format.NewBudget(10, 1<<20, 1<<20, 10)); err != nil || o.Length != int64(len(index)) || len(o.Hashes) > 0 {
		t.Errorf("an index: %v, %v", o, err)
	}
}

func TestVersion2Mutated(t *testing.T) {
	formattest.Mutate(t, apk.Signed, version2(t, rsaKey(t), "RSA256"))
}

func FuzzSigned(f *testing.F) { formattest.Fuzz(f, apk.Signed, version2(f, rsaKey(f), "RSA")) }

// TestVersion3 signs a package as apk-tools 3 does.
func TestVersion3(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plain := sample()
	o := opened(t, plain)
	if len(o.Signatures) != 1 || o.Signatures[0].Problem == "" {
		t.Errorf("a block of zeros: %+v", o.Signatures)
	}
	at := bytes.Index(plain, block(1, make([]byte, 70)))
	length := int(uint32(plain[8])|uint32(plain[9])<<8) - 4
	sum := sha512.Sum512(plain[12 : 12+length])
	head := append([]byte{0, 4}, bytes.Repeat([]byte{5}, 16)...)
	digest := sha512.Sum512(slices.Concat([]byte("pckg"), head, sum[:]))
	value, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	data := slices.Concat(plain[:at], block(1, append(head, value...)), plain[at+80:])
	s := formattest.Signed(t, apk.Format, data)[0]
	if s.Algorithm != format.ECDSASHA512 || !ecdsa.VerifyASN1(&key.PublicKey, s.Digest, s.Value) || s.KeyName != strings.Repeat("05", 16) {
		t.Errorf("%s, key %s does not verify", s.Algorithm, s.KeyName)
	}
}

func opened(t *testing.T, data []byte) *format.Opened {
	t.Helper()
	o, err := apk.Format.Open(t.Context(), format.InMemory(data), format.NewBudget(1000, 1<<20, 1<<20, 10))
	if err != nil {
		t.Fatal(err)
	}
	return o
}
