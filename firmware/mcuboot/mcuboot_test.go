package mcuboot_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/mcuboot"
)

func open(t testing.TB, b []byte) *format.Opened {
	t.Helper()
	o, err := mcuboot.Format.Open(t.Context(), format.InMemory(b), nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// verify verifies a signature as its algorithm says.
func verify(s format.Signature, key crypto.PublicKey) bool {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(k, s.Digest, s.Value)
	case *rsa.PublicKey:
		return rsa.VerifyPSS(k, crypto.SHA256, s.Digest, s.Value, nil) == nil
	case ed25519.PublicKey:
		return ed25519.Verify(k, s.Message, s.Value)
	}
	return false
}

// TestKinds reads each kind of signature. It verifies, and no more when any byte
// that it covers is another.
func TestKinds(t *testing.T) {
	for name, c := range map[string]struct {
		key       crypto.Signer
		algorithm string
	}{
		"P-256": {p256(), format.ECDSASHA256}, "P-384": {p384(), format.ECDSASHA384},
		"RSA-2048": {rsa2048(), format.RSAPSSSHA256}, "RSA-3072": {rsa3072(), format.RSAPSSSHA256},
		"Ed25519": {edKey(), format.Ed25519},
	} {
		t.Run(name, func(t *testing.T) {
			img := image(options{protected: []field{counter}}, c.key)
			o := open(t, img)
			if len(o.Signatures) != 1 || o.Length != int64(len(img)) || o.Damage != nil || len(o.Hashes) != 1 || !o.Hashes[0].OK {
				t.Fatalf("%+v", o)
			}
			s := o.Signatures[0]
			if s.Algorithm != c.algorithm || s.Problem != "" || !verify(s, c.key.Public()) {
				t.Errorf("%s: %q, it does not verify", s.Algorithm, s.Problem)
			}
			if len(s.KeyDigest) == 0 || !bytes.Contains(img, s.KeyDigest) {
				t.Errorf("key %x", s.KeyDigest)
			}
			end := int64(0x200 + 5000 + 12)
			if want := []format.Span{{Length: end}}; !slices.Equal(s.Covers, want) {
				t.Errorf("covers %v, want %v", s.Covers, want)
			}
			if want := []format.Span{{Offset: end, Length: s.Offset - end}}; !slices.Equal(s.Leaves, want) {
				t.Errorf("leaves %v, want %v", s.Leaves, want)
			}
			for _, at := range []int64{4, 20, 0x1ff, 0x200, 0x200 + 4999, end - 1, end - 12 + 8} {
				bad := bytes.Clone(img)
				bad[at] ^= 1
				o := open(t, bad)
				if o.Hashes[0].OK || verify(o.Signatures[0], c.key.Public()) {
					t.Errorf("changed at 0x%x, and still right", at)
				}
			}
			bad := bytes.Clone(img)
			bad[s.Offset+s.Length/2] ^= 1
			if o := open(t, bad); !o.Hashes[0].OK || verify(o.Signatures[0], c.key.Public()) {
				t.Error("the signature changed, and is still right")
			}
		})
	}
}

func TestAttributes(t *testing.T) {
	dependency := field{0x40, []byte{1, 0, 0, 0, 2, 3, 4, 0, 5, 0, 0, 0}}
	o := open(t, image(options{flags: 0x30, protected: []field{counter, dependency, {0x60, []byte{0xa1, 1, 2}}}}, p256()))
	for key, want := range map[string]string{
		"version": "1.2.3+4", "security-counter": "9", "dependencies": "image 1 >= 2.3.4+5", "boot-record": "a10102",
		"flags": "non-bootable ram-load", "load": "0x08020000", "header-size": "512", "image-size": "5000",
	} {
		if got := o.Attributes[key]; got != want {
			t.Errorf("%s %q, want %q", key, got, want)
		}
	}
	if p := o.Parts[0]; p.Offset != 0x200 || p.Length != 5000 || p.Role != format.Code {
		t.Errorf("%+v", p)
	}
}

// TestPure signs the image itself instead of its hash.
func TestPure(t *testing.T) {
	over := signed(options{})
	img := append(over, area(0x6907, 0, field{0x10, sha(over)}, field{0x25, nil}, field{0x24, must(edKey().Sign(nil, over, crypto.Hash(0)))})...)
	s := open(t, img).Signatures[0]
	if s.Problem != "" || !verify(s, edKey().Public()) || !bytes.Equal(s.Message, over) {
		t.Errorf("%q", s.Problem)
	}
	if m, err := s.Signed(); err != nil || !bytes.Equal(m, over) {
		t.Error(err)
	}
}

// TestPublicKey brings whole keys along.
func TestPublicKey(t *testing.T) {
	over := signed(options{})
	for _, c := range []struct {
		key   crypto.Signer
		bytes []byte
	}{{p256(), spki(p256())}, {rsa2048(), x509.MarshalPKCS1PublicKey(rsa2048().Public().(*rsa.PublicKey))}} {
		fields := sign(over, c.key)
		fields[1] = field{0x02, c.bytes}
		s := open(t, append(bytes.Clone(over), area(0x6907, 0, fields...)...)).Signatures[0]
		if s.Problem != "" || !bytes.Equal(s.PublicKey, spki(c.key)) {
			t.Errorf("%q, key %x", s.Problem, s.PublicKey)
		}
		fields[1] = field{0x02, []byte("no key")}
		s = open(t, append(bytes.Clone(over), area(0x6907, 0, fields...)...)).Signatures[0]
		if !strings.Contains(s.Problem, "public key cannot be read") {
			t.Errorf("%q", s.Problem)
		}
	}
}

// TestSeveral has two signatures, of which one is no good: both are told.
func TestSeveral(t *testing.T) {
	over := signed(options{})
	good, bad := sign(over, p256()), sign(append(bytes.Clone(over), 1), rsa2048())
	o := open(t, append(over, area(0x6907, 0, good[0], good[1], good[2], bad[1], bad[2])...))
	if len(o.Signatures) != 2 || o.Damage != nil {
		t.Fatalf("%+v", o)
	}
	a, b := o.Signatures[0], o.Signatures[1]
	if !verify(a, p256().Public()) || verify(b, rsa2048().Public()) || a.Name == b.Name || bytes.Equal(a.KeyDigest, b.KeyDigest) {
		t.Errorf("%+v\n%+v", a, b)
	}
}

// TestBad has images that lie.
func TestBad(t *testing.T) {
	over := signed(options{protected: []field{counter}})
	plain := signed(options{})
	fields := sign(plain, p256())
	with := func(over []byte, fields ...field) []byte {
		return append(bytes.Clone(over), area(0x6907, 0, fields...)...)
	}
	put32 := func(b []byte, at int, v uint32) []byte {
		b = bytes.Clone(b)
		binary.LittleEndian.PutUint32(b[at:], v)
		return b
	}
	der := fields[2].value
	for name, c := range map[string]struct {
		image   []byte
		problem string // of the signature
		damage  string
	}{
		"image size":           {put32(with(plain, fields...), 12, 1<<20), "an image of 1048576, but the input ends", "ends at"},
		"image a byte short":   {put32(with(plain, fields...), 12, 4999), "fields should begin here", "should begin"},
		"cut in the program":   {plain[:3000], "the input ends", "ends at"},
		"cut in the fields":    {with(plain, fields...)[:len(plain)+20], "the input ends", "fields of"},
		"no fields":            {plain, "the input ends", "should begin"},
		"field past the end":   {append(bytes.Clone(plain), area(0x6907, -20, fields...)...), "", "goes past the end"},
		"half a field":         {append(bytes.Clone(plain), area(0x6907, -int(len(der))-2, fields...)...), "", "in the middle of one"},
		"protected size":       {put32(with(over, sign(over, p256())...), 8, 0x200|8<<16), "12 bytes of protected fields, the header says 8", "header says 8"},
		"no protected":         {put32(with(plain, fields...), 8, 0x200|12<<16), "should begin here with 0x6908", "0x6908"},
		"hash twice":           {with(plain, fields[0], fields[0], fields[1], fields[2]), "field SHA256 is there twice", "twice"},
		"two kinds of hash":    {with(plain, fields[0], field{0x11, sha384(plain)}, fields[1], fields[2]), "nobody can tell", ""},
		"counter twice":        {with(signed(options{protected: []field{counter, counter}}), fields...), "field SEC_CNT is there twice", "twice"},
		"counter unprotected":  {with(plain, fields[0], fields[1], fields[2], counter), "", "not protected"},
		"counter of two bytes": {with(signed(options{protected: []field{{0x50, []byte{1, 2}}}}), fields...), "field SEC_CNT of 2 bytes", "2 bytes"},
		"no hash":              {with(plain, fields[1], fields[2]), "no hash says", ""},
		"not DER":              {with(plain, fields[0], field{0x22, make([]byte, 70)}), "not in DER", ""},
		"DER cut":              {with(plain, fields[0], field{0x22, der[:40]}), "its field 40", ""},
		"DER and more":         {with(plain, fields[0], field{0x22, append(bytes.Clone(der), 1)}), "bytes follow", ""},
		"RSA of 100 bytes":     {with(plain, fields[0], field{0x20, make([]byte, 100)}), "RSA2048_PSS of 100 bytes", ""},
		"Ed25519 of 63 bytes":  {with(plain, fields[0], field{0x24, make([]byte, 63)}), "ED25519 of 63 bytes", ""},
		"encrypted":            {image(options{flags: 0x4}, p256()), "before it was encrypted", ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, c.image)
			problem := ""
			for _, s := range o.Signatures {
				problem += s.Problem
			}
			if c.problem == "" && problem != "" && c.damage == "" || !strings.Contains(problem, c.problem) {
				t.Errorf("problem %q, want %q", problem, c.problem)
			}
			damage := fmt.Sprint(o.Damage)
			if !strings.Contains(damage, c.damage) || c.damage == "" && o.Damage != nil {
				t.Errorf("damage %s, want %q", damage, c.damage)
			}
			for _, d := range o.Damage {
				if d.Offset < 0 || d.Offset > int64(len(c.image)) {
					t.Errorf("damage at 0x%x", d.Offset)
				}
			}
		})
	}
	if o := open(t, image(options{flags: 0x4}, p256())); o.Hashes[0].OK || o.Hashes[0].Problem == "" || o.Parts[0].Hint != "encrypted" {
		t.Errorf("encrypted: %+v", o)
	}
}

// TestPaddedDER is a signature that an old imgtool filled up to 72 bytes.
func TestPaddedDER(t *testing.T) {
	over := signed(options{})
	fields := sign(over, p256())
	fields[2].value = append(fields[2].value, 0, 0)
	if s := open(t, append(bytes.Clone(over), area(0x6907, 0, fields...)...)).Signatures[0]; s.Problem != "" || !verify(s, p256().Public()) {
		t.Errorf("%q", s.Problem)
	}
}

// old is an image with the header before version 1.0, signed or with a signature
// of zeros.
func old(key crypto.Signer) []byte {
	payload := firmwaretest.Kernel("", 2000)
	le := binary.LittleEndian
	h := le.AppendUint32(nil, 0x96f3b83c)
	size := 4 + 32 + 4 + 256
	h = le.AppendUint16(h, uint16(size))
	h = append(h, 0, 0)
	h = le.AppendUint16(h, 0x100)
	h = append(h, 0, 0)
	h = le.AppendUint32(h, uint32(len(payload)))
	h = le.AppendUint32(h, 0x42) // SHA-256, RSA-2048 with PSS
	h = append(h, 0, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	over := append(append(h, make([]byte, 0x100-len(h))...), payload...)
	sig := make([]byte, 256)
	if key != nil {
		sig = must(key.Sign(rand.Reader, sha(over), &rsa.PSSOptions{SaltLength: 32, Hash: crypto.SHA256}))
	}
	return slices.Concat(over, field{1, sha(over)}.bytes(), field{2, sig}.bytes())
}

func TestOld(t *testing.T) {
	img := old(rsa2048())
	o := open(t, append(img, 1, 2, 3))
	if o.Length != int64(len(img)) || o.Attributes["version"] != "0.9.1" || len(o.Hashes) != 1 || !o.Hashes[0].OK {
		t.Fatalf("%+v", o)
	}
	if s := o.Signatures[0]; s.Problem != "" || s.Algorithm != format.RSAPSSSHA256 || !verify(s, rsa2048().Public()) {
		t.Errorf("%+v", s)
	}
}

// TestSlots finds images in a flash that begins with something else.
func TestSlots(t *testing.T) {
	a, b := image(options{}, p256()), image(options{protected: []field{counter}}, edKey())
	flash := bytes.Repeat([]byte{0xff}, 64<<10)
	copy(flash[0x1003:], "the magic alone: \x3d\xb8\xf3\x96 and nothing behind it")
	copy(flash[0x4000:], a)
	copy(flash[0xa000:], b)
	img := reference.Open(t, flash)
	var got []int64
	for _, c := range img.Containers {
		if c.Type == "mcuboot" {
			got = append(got, c.Offset)
		}
	}
	if want := []int64{0x4000, 0xa000}; !slices.Equal(got, want) {
		t.Errorf("images at %x, want %x", got, want)
	}
}

func TestCorpus(t *testing.T) {
	for name, want := range map[string]bool{"syn-tag-mcuboot-p256.bin": true, "syn-tag-mcuboot-p256-changed.bin": false} {
		img, err := os.ReadFile("../../../shared/corpus/" + name)
		if err != nil {
			t.Skip("no corpus beside the project")
		}
		o := open(t, img)
		if o.Hashes[0].OK != want || o.Attributes["security-counter"] != "9" || o.Attributes["version"] != "2.0.5+77" || o.Length != int64(len(img)) {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

// seeds are the same each time.
func seeds() [][]byte {
	over := signed(options{protected: []field{counter}})
	rsa := append(over, area(0x6907, 0, field{0x10, sha(over)}, field{0x01, sha(nil)}, field{0x20, make([]byte, 256)}, field{0x22, []byte{0x30, 6, 2, 1, 1, 2, 1, 1}})...)
	return [][]byte{rsa, image(options{header: 32}, edKey()), old(nil)}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, mcuboot.Format, seeds()...) }

func FuzzMCUboot(f *testing.F) { formattest.Fuzz(f, mcuboot.Format, seeds()...) }

func BenchmarkOpen(b *testing.B) {
	img := image(options{payload: firmwaretest.Kernel("", 1<<20)}, p256())
	b.SetBytes(int64(len(img)))
	for b.Loop() {
		open(b, img)
	}
}
