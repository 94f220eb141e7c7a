package signature

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/blake2b"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/format"
)

var today = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// content is what the tests sign.
var content = bytes.Repeat([]byte("firmware"), 100)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func hashed(h crypto.Hash) []byte {
	w := h.New()
	w.Write(content)
	return w.Sum(nil)
}

// made is a signature of each algorithm with a key of its own.
type made struct {
	s   firmware.Signature
	key Key
}

func make1(algorithm string, key crypto.Signer, signed []byte, opts crypto.SignerOpts) made {
	value := must(key.Sign(rand.Reader, signed, opts))
	s := firmware.Signature{Kind: "test", Algorithm: algorithm, Value: value}
	if opts.HashFunc() == 0 {
		s.Message = signed
	} else {
		s.Digest = signed
	}
	return made{s, Key{Name: algorithm, Public: key.Public()}}
}

func everyAlgorithm() []made {
	r := must(rsa.GenerateKey(rand.Reader, 2048))
	p256 := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	p384 := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	_, e, _ := ed25519.GenerateKey(rand.Reader)
	salted := func(h crypto.Hash) crypto.SignerOpts { return &rsa.PSSOptions{SaltLength: h.Size(), Hash: h} }
	sum := blake2b.Sum512(content)
	return []made{
		make1(format.RSASHA1, r, hashed(crypto.SHA1), crypto.SHA1),
		make1(format.RSASHA256, r, hashed(crypto.SHA256), crypto.SHA256),
		make1(format.RSASHA384, r, hashed(crypto.SHA384), crypto.SHA384),
		make1(format.RSASHA512, r, hashed(crypto.SHA512), crypto.SHA512),
		make1(format.RSAPSSSHA256, r, hashed(crypto.SHA256), salted(crypto.SHA256)),
		make1(format.RSAPSSSHA384, r, hashed(crypto.SHA384), salted(crypto.SHA384)),
		make1(format.RSAPSSSHA512, r, hashed(crypto.SHA512), salted(crypto.SHA512)),
		make1(format.RSAAnySHA256, r, hashed(crypto.SHA256), salted(crypto.SHA256)),
		make1(format.RSAAnySHA256, r, hashed(crypto.SHA256), crypto.SHA256),
		make1(format.ECDSASHA256, p256, hashed(crypto.SHA256), crypto.SHA256),
		make1(format.ECDSASHA384, p384, hashed(crypto.SHA384), crypto.SHA384),
		make1(format.Ed25519, e, content, crypto.Hash(0)),
		make1(format.Ed25519ph, e, sum[:], crypto.Hash(0)),
	}
}

func TestEveryAlgorithm(t *testing.T) {
	for _, m := range everyAlgorithm() {
		expect := func(what string, s firmware.Signature, keys []Key, want Verdict) {
			t.Helper()
			if o := Verify(s, keys, today); o.Verdict != want || (o.Reason == "") != (want == Valid) {
				t.Errorf("%s, %s: %s (%s), want %s", m.s.Algorithm, what, o.Verdict, o.Reason, want)
			}
		}
		keys := []Key{m.key}
		expect("good", m.s, keys, Valid)
		expect("no key", m.s, nil, Unknown)
		tampered := m.s
		if tampered.Digest = bytes.Clone(m.s.Digest); tampered.Digest != nil {
			tampered.Digest[3] ^= 1
		} else {
			tampered.Message = append(bytes.Clone(m.s.Message), 'x')
		}
		expect("tampered", tampered, keys, Invalid)
		cut := m.s
		cut.Value = cut.Value[:len(cut.Value)-1]
		expect("truncated", cut, keys, Invalid)
		stripped := m.s
		stripped.Value = nil
		expect("stripped", stripped, keys, Invalid)
		brings := m.s
		brings.PublicKey = must(x509.MarshalPKIXPublicKey(m.key.Public))
		expect("brings its key, none declared", brings, nil, Undeclared)
		expect("brings its key, declared", brings, keys, Valid)
		brings.Value = brings.Value[:len(brings.Value)-1]
		expect("broken under its own key", brings, nil, Invalid)
		problem := m.s
		problem.Problem = "the length lies"
		expect("problem", problem, keys, Invalid)
		problem.Problem = "the message is encrypted"
		expect("encrypted", problem, keys, Unknown)
		unknown := m.s
		unknown.Digest, unknown.Message = nil, nil
		expect("bytes not known", unknown, keys, Unknown)
		dated := m.key
		dated.Until = today.AddDate(0, 0, -1)
		expect("key out of use", m.s, []Key{dated}, Invalid)
	}
}

func TestOtherKeys(t *testing.T) {
	m := make1(format.ECDSASHA256, must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)), hashed(crypto.SHA256), crypto.SHA256)
	other := Key{Name: "other", Public: must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)).Public()}
	rsaKey := Key{Name: "rsa", Public: must(rsa.GenerateKey(rand.Reader, 2048)).Public()}
	sum := sha256.Sum256(must(x509.MarshalPKIXPublicKey(m.key.Public)))
	names := m.s
	names.KeyDigest = sum[:]
	wrong := names
	wrong.Digest = hashed(crypto.SHA256)
	wrong.Digest[0] ^= 1
	for _, c := range []struct {
		name string
		s    firmware.Signature
		keys []Key
		want Verdict
	}{
		{"another key of its kind", m.s, []Key{other}, Invalid},
		{"a key of another kind", m.s, []Key{rsaKey}, Undeclared},
		{"the right one among others", m.s, []Key{other, rsaKey, m.key}, Valid},
		{"names its key, another is declared", names, []Key{other}, Undeclared},
		{"names the declared key and is broken", wrong, []Key{other, m.key}, Invalid},
	} {
		if o := Verify(c.s, c.keys, today); o.Verdict != c.want {
			t.Errorf("%s: %s (%s)", c.name, o.Verdict, o.Reason)
		}
	}
}

// With the exponent 1 the padded digest is its own signature: anybody can make it.
func TestRSAWithExponentOne(t *testing.T) {
	n := must(rsa.GenerateKey(rand.Reader, 2048)).N
	prefix := must(base64.StdEncoding.DecodeString("MDEwDQYJYIZIAWUDBAIBBQAEIA=="))
	digest := hashed(crypto.SHA256)
	forged := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, 256-3-len(prefix)-len(digest))...)
	forged = append(append(append(forged, 0), prefix...), digest...)
	s := firmware.Signature{Algorithm: format.RSASHA256, Digest: digest, Value: forged}
	for name, k := range map[string]*rsa.PublicKey{
		"exponent 1":    {N: n, E: 1},
		"even exponent": {N: n, E: 4},
		"even modulus":  {N: new(big.Int).Lsh(n, 8), E: 65537},
		"tiny":          {N: new(big.Int).Rsh(n, 1600), E: 65537},
		"odd length":    {N: new(big.Int).SetBit(new(big.Int).Rsh(n, 3), 0, 1), E: 65537},
	} {
		if o := Verify(s, []Key{{Public: k}}, today); o.Verdict == Valid {
			t.Errorf("%s: valid", name)
		}
		if refused(k) == "" {
			t.Errorf("%s: not refused", name)
		}
		s := s
		if der, err := x509.MarshalPKIXPublicKey(k); err == nil {
			s.PublicKey = der
			if o := Verify(s, nil, today); o.Verdict != Invalid && o.Verdict != Unknown || o.Reason == "" {
				t.Errorf("%s brought along: %s (%s)", name, o.Verdict, o.Reason)
			}
		}
	}
}

func TestParseKeys(t *testing.T) {
	public, _, _ := ed25519.GenerateKey(rand.Reader)
	der := must(x509.MarshalPKIXPublicKey(public))
	line := base64.StdEncoding.EncodeToString(append([]byte("Ed12345678"), public...))
	two := append(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})...)
	for name, c := range map[string]struct {
		data []byte
		want int
	}{
		"PEM": {two, 2}, "DER": {der, 1}, "minisign": {[]byte("untrusted comment: key\n" + line + "\n"), 1},
		"empty": {nil, 0}, "text": {[]byte("hello"), 0}, "cut": {two[:60], 0},
	} {
		keys, err := ParseKeys("file", c.data)
		if len(keys) != c.want || (err != nil) != (c.want == 0) {
			t.Errorf("%s: %d keys, %v", name, len(keys), err)
		}
		for _, k := range keys {
			if k.Digest() != keyDigest(public) || k.Name != "file" {
				t.Errorf("%s: %+v", name, k)
			}
		}
	}
	if _, err := ParseKeys("f", []byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")); err == nil || !strings.Contains(err.Error(), "private") {
		t.Errorf("a private key: %v", err)
	}
}

func TestCOSE(t *testing.T) {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	protected := []byte{0xa1, 0x01, 0x26}
	sum := sha256.Sum256(sigStructure(protected, content))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	value := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	message := func(protected []byte, payload []byte) []byte {
		b := append([]byte{0xd2, 0x84}, append(cborHead(2, len(protected)), protected...)...)
		b = append(b, 0xa1, 0x04, 0x41, 'k')
		if payload == nil {
			b = append(b, 0xf6)
		} else {
			b = append(append(b, cborHead(2, len(payload))...), payload...)
		}
		return append(append(b, cborHead(2, len(value))...), value...)
	}
	keys := []Key{{Name: "k", Public: key.Public()}}
	for name, c := range map[string]struct {
		value, message []byte
		want           Verdict
	}{
		"attached":          {message(protected, content), nil, Valid},
		"detached":          {message(protected, nil), content, Valid},
		"another payload":   {message(protected, content), content[1:], Invalid},
		"no payload":        {message(protected, nil), nil, Invalid},
		"tampered":          {message(protected, content[1:]), nil, Invalid},
		"two algorithms":    {message([]byte{0xa2, 0x01, 0x26, 0x01, 0x26}, content), nil, Unknown},
		"unknown algorithm": {message([]byte{0xa1, 0x01, 0x00}, content), nil, Unknown},
		"trailing":          {append(message(protected, content), 0), nil, Invalid},
		"truncated":         {message(protected, content)[:200], nil, Invalid},
		"one byte":          {[]byte{0xd2}, nil, Invalid},
	} {
		s := firmware.Signature{Algorithm: format.COSE, Value: c.value, Message: c.message}
		if o := Verify(s, keys, today); o.Verdict != c.want {
			t.Errorf("%s: %s (%s)", name, o.Verdict, o.Reason)
		}
	}
}

func TestWeaknesses(t *testing.T) {
	der := func(bits int) []byte {
		n := new(big.Int).SetBit(new(big.Int).SetBit(new(big.Int), bits-1, 1), 0, 1)
		return must(x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: n, E: 65537}))
	}
	for name, c := range map[string]struct {
		s    firmware.Signature
		want string
	}{
		"sha1":      {firmware.Signature{Algorithm: format.RSASHA1, Value: make([]byte, 256)}, "SHA-1"},
		"md5":       {firmware.Signature{Algorithm: "md5,rsa2048"}, "MD5"},
		"strong":    {firmware.Signature{Algorithm: format.RSASHA256, Value: make([]byte, 256), PublicKey: der(2048)}, ""},
		"short":     {firmware.Signature{Algorithm: format.RSASHA256, PublicKey: der(1024)}, "RSA with 1024 bits and the exponent 65537"},
		"by value":  {firmware.Signature{Algorithm: format.RSASHA256, Value: make([]byte, 128)}, "RSA with 1024 bits"},
		"sect163k1": {firmware.Signature{Algorithm: "ECDSA-sect163k1-AES-MMO", Value: make([]byte, 42)}, "an elliptic curve of 163 bits"},
		"p-256":     {firmware.Signature{Algorithm: format.ECDSASHA256, Value: make([]byte, 70)}, ""},
		"ed25519":   {firmware.Signature{Algorithm: format.Ed25519, Value: make([]byte, 64)}, ""},
	} {
		if got := strings.Join(Weaknesses(c.s), ", "); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestWeakBare has a signature of 128 bytes and keys that may have made it.
func TestWeakBare(t *testing.T) {
	key := func(bits int) Key {
		return Key{Public: &rsa.PublicKey{N: new(big.Int).SetBit(new(big.Int).SetBit(new(big.Int), bits-1, 1), 0, 1), E: 65537}}
	}
	for name, c := range map[string]struct {
		bytes int
		keys  []Key
		want  string
	}{
		"none":        {128, nil, ""},
		"short":       {128, []Key{key(1024)}, "RSA with 1024 bits and the exponent 65537"},
		"odd":         {128, []Key{key(1023)}, "RSA with 1023 bits and the exponent 65537"},
		"nearly 2048": {256, []Key{key(2047)}, "RSA with 2047 bits and the exponent 65537"},
		"other size":  {256, []Key{key(1024)}, ""},
		"one is good": {256, []Key{key(2047), key(2048)}, ""},
	} {
		s := firmware.Signature{Algorithm: format.Bare, Value: make([]byte, c.bytes)}
		if got := strings.Join(WeakBare(s, c.keys), ", "); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte{0xd2, 0x84, 0x43, 0xa1, 1, 0x26, 0xa0, 0x41, 1, 0x41, 1})
	f.Add([]byte{0x30, 0x0b, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2})
	f.Add([]byte{0x88, 6, 4, 0, 1, 8, 0, 0})
	public, _, _ := ed25519.GenerateKey(rand.Reader)
	keys := []Key{{Public: public}}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, a := range []string{format.CMS, format.COSE, format.OpenPGP} {
			s := firmware.Signature{Algorithm: a, Value: b, Message: content}
			if o := Verify(s, keys, today); o.Verdict == Valid {
				t.Errorf("%s: valid", a)
			}
			Weaknesses(s)
			Digests(s)
		}
	})
}

// A container that leaves two algorithms open gets the name of the one that it was.
func TestAlgorithmThatHeld(t *testing.T) {
	key := must(rsa.GenerateKey(rand.Reader, 2048))
	pss := &rsa.PSSOptions{SaltLength: 32, Hash: crypto.SHA256}
	for want, opts := range map[string]crypto.SignerOpts{format.RSAPSSSHA256: pss, format.RSASHA256: crypto.SHA256} {
		m := make1(format.RSAAnySHA256, key, hashed(crypto.SHA256), opts)
		if o := Verify(m.s, []Key{m.key}, today); o.Verdict != Valid || o.Algorithm != want {
			t.Errorf("%v by %s, want %s", o.Verdict, o.Algorithm, want)
		}
	}
	bare := firmware.Signature{Algorithm: format.Bare, Value: []byte{1}, Message: content}
	if o := Verify(bare, []Key{{Name: "k", Public: key.Public()}}, today); o.Verdict != Invalid || !strings.Contains(o.Algorithm, "does not name") || !strings.Contains(o.Reason, "look the same") {
		t.Errorf("%+v", o)
	}
}
