package suit_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/assay-iot/assay/firmware/cbor"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/suit"
)

// raw is CBOR that is there already, pairs a map in the order as written.
type (
	raw   []byte
	pairs []any
)

// enc writes CBOR.
func enc(v any) []byte {
	switch v := v.(type) {
	case raw:
		return v
	case nil:
		return []byte{0xf6}
	case bool:
		return []byte{map[bool]byte{false: 0xf4, true: 0xf5}[v]}
	case int:
		if v < 0 {
			return cbor.Head(cbor.Negative, uint64(-1-v))
		}
		return cbor.Head(cbor.Uint, uint64(v))
	case string:
		return append(cbor.Head(cbor.Text, uint64(len(v))), v...)
	case []byte:
		return append(cbor.Head(cbor.Bytes, uint64(len(v))), v...)
	case pairs:
		b := cbor.Head(cbor.Map, uint64(len(v)/2))
		for _, one := range v {
			b = append(b, enc(one)...)
		}
		return b
	case []any:
		b := cbor.Head(cbor.Array, uint64(len(v)))
		for _, one := range v {
			b = append(b, enc(one)...)
		}
		return b
	}
	panic(fmt.Sprintf("%T", v))
}

func tag(n uint64, v any) raw { return append(cbor.Head(cbor.Tag, n), enc(v)...) }

func digest(b []byte) []byte {
	sum := sha256.Sum256(b)
	return enc([]any{-16, sum[:]})
}

var program = firmwaretest.Kernel("", 3000)

// manifest is about one component, whose program comes in the envelope.
func manifest(install any, payload []byte) []byte {
	shared := enc([]any{20, pairs{3, digest(payload), 14, len(payload)}, 1, 15})
	return enc(pairs{
		1, 1, 2, 7,
		3, enc(pairs{2, []any{[]any{[]byte("flash"), []byte{0}}}, 4, shared}),
		20, install,
	})
}

// install fetches the program out of the envelope.
func install() []byte { return enc([]any{20, pairs{21, "#app"}, 21, 2, 3, 15}) }

// signers makes a COSE message over a digest.
type signer func(digest []byte) []byte

func sigStructure(context string, payload []byte, protected ...[]byte) []byte {
	list := []any{context}
	for _, p := range protected {
		list = append(list, p)
	}
	return enc(append(list, []byte{}, payload))
}

// sign1 makes a COSE_Sign1 with a key that signs messages.
func sign1(algorithm int, sign func(message []byte) []byte) signer {
	return func(d []byte) []byte {
		protected := enc(pairs{1, algorithm})
		return enc(tag(18, []any{protected, pairs{4, []byte("key-1")}, nil, sign(sigStructure("Signature1", d, protected))}))
	}
}

// envelope puts it all together.
func envelope(m []byte, more pairs, signers ...signer) []byte {
	d := digest(enc(m))
	list := []any{d}
	for _, s := range signers {
		list = append(list, s(d))
	}
	return tag(107, append(pairs{2, enc(list), 3, m}, more...))
}

var (
	p256   = sync.OnceValue(func() *ecdsa.PrivateKey { k, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader); return k })
	p384   = sync.OnceValue(func() *ecdsa.PrivateKey { k, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader); return k })
	rsaKey = sync.OnceValue(func() *rsa.PrivateKey { k, _ := rsa.GenerateKey(rand.Reader, 2048); return k })
	edKey  = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
)

func es256(m []byte) []byte {
	sum := sha256.Sum256(m)
	return ec(p256(), sum[:])
}

func es384(m []byte) []byte {
	sum := sha512.Sum384(m)
	return ec(p384(), sum[:])
}

func ec(k *ecdsa.PrivateKey, sum []byte) []byte {
	r, s, _ := ecdsa.Sign(rand.Reader, k, sum)
	n := (k.Curve.Params().BitSize + 7) / 8
	return append(r.FillBytes(make([]byte, n)), s.FillBytes(make([]byte, n))...)
}

func edDSA(m []byte) []byte { return ed25519.Sign(edKey, m) }

func ps256(m []byte) []byte {
	sum := sha256.Sum256(m)
	s, _ := rsa.SignPSS(rand.Reader, rsaKey(), crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: 32})
	return s
}

func zeros([]byte) []byte { return make([]byte, 64) }

func open(t testing.TB, b []byte) *format.Opened {
	t.Helper()
	in := format.InMemory(b)
	if suit.Format.Probe(in) == format.No {
		t.Fatal("not recognised")
	}
	o, err := suit.Format.Open(t.Context(), in, nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func verify(s format.Signature, key any) bool {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(k, s.Digest, s.Value)
	case ed25519.PublicKey:
		return ed25519.Verify(k, s.Message, s.Value)
	case *rsa.PublicKey:
		return rsa.VerifyPSS(k, crypto.SHA256, s.Digest, s.Value, nil) == nil
	}
	return false
}

// The first example of draft-ietf-suit-manifest, appendix B, and its key.
const (
	exampleKey = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhJaBGq4LqqvSYVcYnuzaJr6qi/Ebbz/m4rVlnIXbwK07HypLbAmBMcCjbazR14vTgdzfsJwFLbM5kdtzOLSolg=="
	example    = "d86ba2025873825824822f58206658ea560262696dd1f13b782239a064da7c6c5cbaf52fded428a6fc83c7e5af" +
		"584ad28443a10126a0f65840408d0816f9b510749bf6a51b066951e08a4438f849eb092a1ac768eed9de696c1b1dd35d82ef149e6a73a61976ad2cfe78444b8064293350a122f332cb49f0da" +
		"035871a50101020003585fa202818141000458568614a40150fa6b4a53d5ad5fdfbe9de663e4d41ffe02501492af1425695e48bf429b2d51f2ab45" +
		"035824822f582000112233445566778899aabbccddeeff0123456789abcdeffedcba98765432100e1987d0010f020f074382030f0943821702"
)

func TestExample(t *testing.T) {
	b, _ := hex.DecodeString(example)
	o := open(t, b)
	der, _ := base64.StdEncoding.DecodeString(exampleKey)
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		t.Fatal(err)
	}
	if o.Length != int64(len(b)) || o.Damage != nil || len(o.Hashes) != 1 || !o.Hashes[0].OK || o.Attributes["sequence-number"] != "0" || o.Attributes["components"] != "00" {
		t.Errorf("%+v", o)
	}
	if s := o.Signatures[0]; s.Problem != "" || s.Algorithm != format.ECDSASHA256 || !verify(s, key) || s.Leaves != nil {
		t.Errorf("%+v", s)
	}
}

func TestKinds(t *testing.T) {
	m := manifest(install(), program)
	more := pairs{"#app", program}
	for name, c := range map[string]struct {
		id        int
		sign      func([]byte) []byte
		algorithm string
		key       any
	}{
		"ES256": {-7, es256, format.ECDSASHA256, &p256().PublicKey}, "ESP256": {-9, es256, format.ECDSASHA256, &p256().PublicKey},
		"ES384": {-35, es384, format.ECDSASHA384, &p384().PublicKey}, "EdDSA": {-8, edDSA, format.Ed25519, edKey.Public()},
		"PS256": {-37, ps256, format.RSAPSSSHA256, &rsaKey().PublicKey},
	} {
		t.Run(name, func(t *testing.T) {
			b := envelope(m, more, sign1(c.id, c.sign))
			o := open(t, append(bytes.Clone(b), "more"...))
			if o.Length != int64(len(b)) || o.Damage != nil || len(o.Hashes) != 2 || !o.Hashes[0].OK || !o.Hashes[1].OK || len(o.Parts) != 1 {
				t.Fatalf("%+v", o)
			}
			if p := o.Parts[0]; !bytes.Equal(b[p.Offset:p.Offset+p.Length], program) || o.Attributes[p.Name] != "#app" {
				t.Errorf("%+v", p)
			}
			if o.Attributes["components"] != "flash/00" || o.Attributes["sequence-number"] != "7" {
				t.Errorf("%v", o.Attributes)
			}
			s := o.Signatures[0]
			if s.Problem != "" || s.Algorithm != c.algorithm || !verify(s, c.key) || s.KeyName != "key-1" || s.Leaves != nil {
				t.Errorf("%+v", s)
			}
			if p := o.Parts[0]; len(s.Through) != 1 || s.Through[0].Offset+s.Through[0].Length != p.Offset+p.Length {
				t.Errorf("covers %v through the manifest, the payload is at %d", s.Through, p.Offset)
			}
			at := int64(bytes.Index(b, m))
			if !slices.Equal(s.Covers[1:], []format.Span{{Offset: at - 2, Length: int64(len(m) + 2)}}) {
				t.Errorf("covers %v, the manifest is at %d", s.Covers, at)
			}
			if d := s.Covers[0]; !bytes.Equal(b[d.Offset:d.Offset+d.Length], digest(enc(m))) {
				t.Errorf("covers %v", s.Covers)
			}
			for i := range m {
				bad := bytes.Clone(b)
				bad[int(at)+i] ^= 1
				for _, s := range open(t, bad).Signatures {
					if s.Problem == "" && verify(s, c.key) {
						t.Fatalf("byte %d of the manifest changed, and the signature is right", i)
					}
				}
			}
		})
	}
}

// TestSigners has one message of two signers, and a MAC that is no signature.
func TestSigners(t *testing.T) {
	many := func(d []byte) []byte {
		body, a, b := enc(pairs{}), enc(pairs{1, -7}), enc(pairs{1, -8})
		return enc(tag(98, []any{body, pairs{}, nil, []any{
			[]any{a, pairs{}, es256(sigStructure("Signature", d, body, a))},
			[]any{b, pairs{4, []byte{1, 0xff}}, edDSA(sigStructure("Signature", d, body, b))},
		}}))
	}
	mac := func([]byte) []byte { return enc(tag(17, []any{enc(pairs{1, 5}), pairs{}, nil, make([]byte, 32)})) }
	o := open(t, envelope(manifest(install(), program), pairs{"#app", program}, many, mac))
	if len(o.Signatures) != 2 || o.Attributes["mac"] != "true" {
		t.Fatalf("%+v", o)
	}
	a, b := o.Signatures[0], o.Signatures[1]
	if a.Problem+b.Problem != "" || !verify(a, &p256().PublicKey) || !verify(b, edKey.Public()) || b.KeyName != "01ff" || a.Name == b.Name {
		t.Errorf("%+v\n%+v", a, b)
	}
}

// TestSevered has the installation beside the manifest.
func TestSevered(t *testing.T) {
	text := enc(pairs{1, "a text"})
	m := manifest(raw(digest(enc(install()))), program)
	b := envelope(m, pairs{20, install(), 23, text, "#app", program}, sign1(-7, es256))
	o := open(t, b)
	if len(o.Hashes) != 3 || !o.Hashes[0].OK || !o.Hashes[1].OK || !o.Hashes[2].OK || o.Damage != nil {
		t.Fatalf("%+v", o.Hashes)
	}
	at := int64(bytes.Index(b, text))
	if want := []format.Span{{Offset: at - 1, Length: int64(len(text) + 1)}}; !slices.Equal(o.Signatures[0].Leaves, want) {
		t.Errorf("leaves %v, want %v", o.Signatures[0].Leaves, want)
	}
	b = envelope(m, pairs{20, enc([]any{3, 15}), "#app", program}, sign1(-7, es256))
	if o := open(t, b); o.Hashes[0].OK || len(o.Signatures[0].Leaves) != 2 {
		t.Errorf("%+v", o)
	}
}

// TestBad has envelopes that lie.
func TestBad(t *testing.T) {
	m := manifest(install(), program)
	app := pairs{"#app", program}
	one := sign1(-7, es256)
	d := digest(enc(m))
	auth := func(v any) []byte { return tag(107, pairs{2, enc(v), 3, m, "#app", program}) }
	for name, c := range map[string]struct {
		file            []byte
		problem, damage string
	}{
		"another manifest":  {tag(107, pairs{2, enc([]any{d, one(d)}), 3, manifest(install(), program[1:])}), "not the manifest's", ""},
		"unknown digest":    {auth([]any{enc([]any{-18, []byte("x")}), one(d)}), "cannot be compared", ""},
		"no digest":         {auth([]any{enc([]any{1}), one(d)}), "does not begin with a digest", "does not begin"},
		"no list":           {auth(pairs{1, 2}), "no list", "no list"},
		"auth not CBOR":     {tag(107, pairs{2, []byte{0xff}, 3, m}), "open length", "open length"},
		"manifest not CBOR": {envelope([]byte{0xa2, 1, 1, 1, 1}, app, one), "twice", "twice"},
		"no sequence":       {envelope(enc(pairs{1, 1}), app, one), "no sequence number", "no sequence number"},
		"payload twice":     {tag(107, pairs{2, enc([]any{d, one(d)}), 3, m, "#app", program, "#app", program}), `"#app" is there twice`, "twice"},
		"two manifests":     {tag(107, pairs{2, enc([]any{d, one(d)}), 3, m, 3, m}), "member 3 is there twice", "twice"},
		"own payload":       {auth([]any{d, enc(tag(18, []any{enc(pairs{1, -7}), pairs{}, []byte("other"), make([]byte, 64)}))}), "not the digest", ""},
		"not COSE":          {auth([]any{d, []byte{0}}), "not a COSE message", ""},
		"COSE broken":       {auth([]any{d, []byte{0x82}}), "ends in an item", ""},
		"COSE no bytes":     {auth([]any{d, 5}), "cannot be read", ""},
		"short signature":   {envelope(m, app, sign1(-7, func([]byte) []byte { return make([]byte, 63) })), "63 bytes, not 64", ""},
		"unknown algorithm": {envelope(m, app, sign1(-65000, zeros)), "not known", ""},
		"no algorithm":      {auth([]any{d, enc(tag(18, []any{enc(pairs{}), pairs{1, -7}, nil, make([]byte, 64)}))}), "not protected", ""},
		"protected broken":  {auth([]any{d, enc(tag(18, []any{[]byte{0xff}, pairs{}, nil, make([]byte, 64)}))}), "protected headers", ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, c.file)
			problem := ""
			for _, s := range o.Signatures {
				problem += s.Problem
			}
			if !strings.Contains(problem, c.problem) {
				t.Errorf("problem %q, want %q", problem, c.problem)
			}
			if damage := fmt.Sprint(o.Damage); !strings.Contains(damage, c.damage) || c.damage == "" && o.Damage != nil {
				t.Errorf("damage %s, want %q", damage, c.damage)
			}
		})
	}
	whole := envelope(m, app, one)
	for name, b := range map[string][]byte{
		"cut": whole[:len(whole)-1], "no manifest": tag(107, pairs{2, enc([]any{d}), 4, m}), "member is a number": tag(107, pairs{2, enc([]any{d}), 3, 5}),
		"huge member": append(bytes.Clone(tag(107, pairs{2, enc([]any{d}), 3, m})[:3]), 2, 0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
	} {
		if o, err := suit.Format.Open(t.Context(), format.InMemory(b), nil); err == nil {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

// TestPayloads compares payloads with what commands say of them.
func TestPayloads(t *testing.T) {
	more := pairs{"#app", program}
	for name, c := range map[string]struct {
		install []byte
		payload []byte
		ok      bool
		problem string
	}{
		"right":           {install(), program, true, ""},
		"another":         {install(), program[1:], false, ""},
		"by name of none": {enc([]any{20, pairs{21, "#other"}}), program, false, "give 0 digests"},
		"by index":        {enc([]any{12, 0, 20, pairs{21, "#app"}}), program, true, ""},
		"of another":      {enc([]any{12, 1, 20, pairs{21, "#app"}}), program, false, "give 0 digests"},
		"of all":          {enc([]any{12, true, 20, pairs{21, "#app"}}), program, true, ""},
		"in a list":       {enc([]any{12, []any{0}, 20, pairs{21, "#app"}}), program, true, ""},
		"in try-each":     {enc([]any{15, []any{enc([]any{20, pairs{21, "#app"}}), enc([]any{})}}), program, true, ""},
		"in a run":        {enc([]any{32, enc([]any{20, pairs{21, "#app"}})}), program, true, ""},
		"two digests":     {enc([]any{20, pairs{21, "#app", 3, digest(nil)}}), program, false, "give 2 digests"},
	} {
		o := open(t, envelope(manifest(c.install, c.payload), more, sign1(-7, es256)))
		h := o.Hashes[0]
		if h.Name != "#app" || h.OK != c.ok || !strings.Contains(h.Problem, c.problem) {
			t.Errorf("%s: %+v", name, h)
		}
		if left := len(o.Signatures[0].Leaves); (left == 0) != c.ok {
			t.Errorf("%s: leaves %v", name, o.Signatures[0].Leaves)
		}
	}
}

func TestInImage(t *testing.T) {
	fs := firmwaretest.Squashfs(firmwaretest.Text("a", 0o644, "b"))
	b := envelope(manifest(install(), fs), pairs{"#app", fs}, sign1(-7, es256))
	flash := bytes.Repeat([]byte{0xff}, 32<<10)
	copy(flash[0x1234:], b)
	img := reference.Open(t, flash)
	reference.Find(t, img, "image.bin!suit!payload-2!squashfs!a")
}

// seeds are the same each time.
func seeds() [][]byte {
	first, _ := hex.DecodeString(example)
	severed := envelope(manifest(raw(digest(enc(install()))), program), pairs{20, install(), "#app", program}, sign1(-8, edDSA))
	return [][]byte{first, envelope(manifest(install(), program), pairs{"#app", program}, sign1(-7, zeros)), severed}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, suit.Format, seeds()...) }

func FuzzSUIT(f *testing.F) { formattest.Fuzz(f, suit.Format, seeds()...) }

func BenchmarkOpen(b *testing.B) {
	big := firmwaretest.Kernel("", 1<<20)
	file := envelope(manifest(install(), big), pairs{"#app", big}, sign1(-7, zeros))
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		open(b, file)
	}
}
