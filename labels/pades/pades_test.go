package pades_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/pades"
	"github.com/assay-iot/assay/labels/pdf"
	"github.com/assay-iot/assay/labels/picture"
)

var (
	signed = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	until  = time.Date(2029, 10, 1, 12, 0, 0, 0, time.UTC)
)

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func p256(t testing.TB) crypto.Signer {
	return must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
}

// unsigned is a label's PDF.
func unsigned(t testing.TB) []byte {
	t.Helper()
	return must[[]byte](t)(pdf.Render(labeltest.Statement(t), []byte("{}"), nil, picture.Default))
}

func sign(t testing.TB, file []byte, key crypto.Signer, o pades.Options) []byte {
	t.Helper()
	cert := must[*x509.Certificate](t)(pades.Certificate(key, "Prüfstelle Süd", signed, until))
	o.Name, o.Reason, o.Time = "Prüfstelle Süd", "issues this label", signed
	return must[[]byte](t)(pades.Sign(file, key, []*x509.Certificate{cert}, o))
}

func TestSignAndSplit(t *testing.T) {
	file := unsigned(t)
	for name, key := range map[string]crypto.Signer{
		"P-256": p256(t),
		"P-384": must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)),
		"P-521": must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P521(), rand.Reader)),
		"RSA":   must[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 2048)),
	} {
		t.Run(name, func(t *testing.T) {
			out := sign(t, file, key, pades.Options{})
			base, s, err := pades.Split(out)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(base, file) || s.Name != "Prüfstelle Süd" || s.Reason != "issues this label" || !s.Time.Equal(signed) {
				t.Errorf("read back %+v", s)
			}
			if !s.Chain[0].PublicKey.(interface{ Equal(crypto.PublicKey) bool }).Equal(key.Public()) {
				t.Error("the certificate is of another key")
			}
			if !bytes.Equal(out, sign(t, file, key, pades.Options{})) {
				t.Error("signed again, the bytes differ")
			}
		})
	}
}

func TestNotSigned(t *testing.T) {
	file := unsigned(t)
	if base, s, err := pades.Split(file); err != nil || s != nil || !bytes.Equal(base, file) {
		t.Errorf("an unsigned label: %v, %v", s, err)
	}
	if _, _, err := pades.Split([]byte("%PDF-1.7\nnot a label")); err == nil || errors.Is(err, pades.ErrChanged) {
		t.Errorf("another PDF: %v", err)
	}
}

func TestRefuses(t *testing.T) {
	file, key, other := unsigned(t), p256(t), p256(t)
	cert := must[*x509.Certificate](t)(pades.Certificate(key, "A", signed, until))
	chain := []*x509.Certificate{cert}
	for name, err := range map[string]error{
		"no certificate":              second(pades.Sign(file, key, nil, pades.Options{})),
		"certificate of another key":  second(pades.Sign(file, other, chain, pades.Options{})),
		"signed already":              second(pades.Sign(sign(t, file, key, pades.Options{}), key, chain, pades.Options{})),
		"name is too long":            second(pades.Sign(file, key, chain, pades.Options{Name: strings.Repeat("n", 2000)})),
		"not a PDF":                   second(pades.Sign([]byte("%PDF-1.7\n"), key, chain, pades.Options{})),
		"timestamp authority is away": second(pades.Sign(file, key, chain, pades.Options{Timestamp: func([]byte) ([]byte, error) { return nil, errors.New("away") }})),
		"token too large":             second(pades.Sign(file, key, chain, pades.Options{Timestamp: func([]byte) ([]byte, error) { return bytes.Repeat([]byte{5, 0}, 10_000), nil }})),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	_, edKey, _ := ed25519.GenerateKey(rand.Reader)
	if _, err := pades.Certificate(edKey, "A", signed, until); err == nil || pades.CanSign(edKey.Public()) {
		t.Error("an Ed25519 key: no error")
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err == nil && pades.CanSign(small.Public()) {
		t.Error("RSA of 1024 bits: no error")
	}
}

func second[T any](_ T, err error) error { return err }

// TestEveryByte flips bits of each byte of the update, of every hundredth before
// it and of every twentieth of what fills up the signature's place.
func TestEveryByte(t *testing.T) {
	file := unsigned(t)
	out := sign(t, file, p256(t), pades.Options{})
	for i := 0; i < len(out); i++ {
		if i < len(file) && i%100 != 0 || out[i] == '0' && out[i-1] == '0' && i%20 != 0 {
			continue
		}
		bad := bytes.Clone(out)
		bad[i] ^= []byte{0x01, 0x20}[i%2]
		if _, s, err := pades.Split(bad); err == nil && s != nil {
			t.Fatalf("byte %d: still signed", i)
		}
	}
}

func TestCutAndAppended(t *testing.T) {
	file := unsigned(t)
	out := sign(t, file, p256(t), pades.Options{})
	for name, bad := range map[string][]byte{
		"one byte more":     append(bytes.Clone(out), '\n'),
		"a second update":   append(bytes.Clone(out), out[len(file):]...),
		"cut in the middle": out[:len(out)-5000],
		"last byte cut":     out[:len(out)-1],
		"of another label":  append(bytes.Clone(file), sign(t, append(bytes.Clone(file[:0]), other(t)...), p256(t), pades.Options{})[len(other(t)):]...),
	} {
		if _, _, err := pades.Split(bad); !errors.Is(err, pades.ErrChanged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func other(t testing.TB) []byte {
	s := labeltest.Statement(t)
	s.Predicate.Product.Name += " 2"
	return must[[]byte](t)(pdf.Render(s, []byte("{}"), nil, picture.Default))
}

// TestReaders asks two programs that others wrote.
func TestReaders(t *testing.T) {
	file := unsigned(t)
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := sign(t, file, p256(t), pades.Options{})
	flipped := bytes.Clone(good)
	flipped[1000] ^= 1
	for _, c := range []struct{ tool, args, name, want string }{
		{"pdfsig", "", "good", "Signature is Valid"},
		{"pdfsig", "", "good", "Total document signed"},
		{"pdfsig", "", "good", "ETSI.CAdES.detached"},
		{"pdfsig", "", "good", "Prüfstelle Süd"},
		{"pdfsig", "", "flipped", "Digest Mismatch"},
		{"qpdf", "--check", "good", "No syntax or stream encoding errors"},
	} {
		t.Run(c.tool+" "+c.name+" "+c.want, func(t *testing.T) {
			if _, err := exec.LookPath(c.tool); err != nil {
				t.Skip(c.tool + " is not installed")
			}
			path := write("good.pdf", good)
			if c.name == "flipped" {
				path = write("flipped.pdf", flipped)
			}
			args := append(strings.Fields(c.args), path)
			if out, _ := exec.Command(c.tool, args...).CombinedOutput(); !strings.Contains(string(out), c.want) {
				t.Errorf("%s says:\n%s", c.tool, out)
			}
		})
	}
}

func FuzzSplit(f *testing.F) {
	file := unsigned(f) // every worker makes the same seeds
	key := must[*ecdsa.PrivateKey](f)(ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{7}, 32)))
	out := sign(f, file, key, pades.Options{})
	f.Add([]byte("%PDF-1.7\n"))
	f.Add(file)
	f.Add(out)
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, s, err := pades.Split(data); err == nil && s != nil && !bytes.Equal(data, out) {
			t.Error("a changed file is called signed")
		}
	})
}

func BenchmarkSign(b *testing.B) {
	file, key := unsigned(b), p256(b)
	cert := must[*x509.Certificate](b)(pades.Certificate(key, "A", signed, until))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pades.Sign(file, key, []*x509.Certificate{cert}, pades.Options{Time: signed}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSplit(b *testing.B) {
	out := sign(b, unsigned(b), p256(b), pades.Options{})
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := pades.Split(out); err != nil {
			b.Fatal(err)
		}
	}
}
