package vectors

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/c2sp/wycheproof"

	"github.com/assay-iot/assay/labels/cose"
	"github.com/assay-iot/assay/labels/verify"
)

// vector is one test of Project Wycheproof, with its key.
type vector struct {
	ID        int
	Comment   string
	Key       crypto.PublicKey
	Message   []byte
	Signature []byte
	Valid     bool
}

// wycheproofFile reads all tests of a file.
func wycheproofFile(t testing.TB, name string, key func(*testing.T, []byte) crypto.PublicKey) []vector {
	t.Helper()
	data, err := fs.ReadFile(wycheproof.TestVectors, name)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		NumberOfTests int
		TestGroups    []struct {
			PublicKey struct{ Uncompressed, PK string }
			Tests     []struct {
				TcID                      int
				Comment, Msg, Sig, Result string
			}
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	var list []vector
	for _, g := range file.TestGroups {
		pub := key(t.(*testing.T), unhex(t, g.PublicKey.Uncompressed+g.PublicKey.PK))
		for _, v := range g.Tests {
			if v.Result != "valid" && v.Result != "invalid" {
				t.Fatalf("%s: test %d is %q", name, v.TcID, v.Result)
			}
			list = append(list, vector{v.TcID, v.Comment, pub, unhex(t, v.Msg), unhex(t, v.Sig), v.Result == "valid"})
		}
	}
	if len(list) != file.NumberOfTests || len(list) == 0 {
		t.Fatalf("%s: %d tests, the file says %d", name, len(list), file.NumberOfTests)
	}
	return list
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func onCurve(curve elliptic.Curve) func(*testing.T, []byte) crypto.PublicKey {
	return func(t *testing.T, point []byte) crypto.PublicKey {
		pub, err := ecdsa.ParseUncompressedPublicKey(curve, point)
		if err != nil {
			t.Fatal(err)
		}
		return pub
	}
}

func edwards(_ *testing.T, pub []byte) crypto.PublicKey { return ed25519.PublicKey(pub) }

// judgeAll holds the verdicts of a verifier against those of the vectors.
func judgeAll(t *testing.T, list []vector, verifies func(vector) bool) {
	t.Helper()
	valid := 0
	for _, v := range list {
		got := verifies(v)
		if got != v.Valid {
			t.Errorf("test %d (%s): verifies %v, want %v", v.ID, v.Comment, got, v.Valid)
		}
		if got {
			valid++
		}
	}
	if valid == 0 || valid == len(list) {
		t.Errorf("%d of %d verify: the test tests nothing", valid, len(list))
	}
	t.Logf("%d vectors, %d of them valid", len(list), valid)
}

// Bundles: signatures in DER, and Ed25519.
func TestWycheproofBundle(t *testing.T) {
	bundle := func(v vector) bool {
		k, err := verify.NewKey(v.Key)
		return err == nil && k.Verifies(v.Message, v.Signature)
	}
	t.Run("P-256", func(t *testing.T) {
		judgeAll(t, wycheproofFile(t, "ecdsa_secp256r1_sha256_test.json", onCurve(elliptic.P256())), bundle)
	})
	t.Run("P-384", func(t *testing.T) {
		judgeAll(t, wycheproofFile(t, "ecdsa_secp384r1_sha384_test.json", onCurve(elliptic.P384())), bundle)
	})
	t.Run("Ed25519", func(t *testing.T) { judgeAll(t, wycheproofFile(t, "ed25519_test.json", edwards), bundle) })
}

// Compact labels and status lists: both numbers of ECDSA in full length.
func TestWycheproofCOSE(t *testing.T) {
	message := func(v vector) bool {
		alg, err := cose.AlgorithmOf(v.Key)
		return err == nil && cose.Verifies(alg, v.Key, v.Message, v.Signature)
	}
	t.Run("P-256", func(t *testing.T) {
		judgeAll(t, wycheproofFile(t, "ecdsa_secp256r1_sha256_p1363_test.json", onCurve(elliptic.P256())), message)
	})
	t.Run("P-384", func(t *testing.T) {
		judgeAll(t, wycheproofFile(t, "ecdsa_secp384r1_sha384_p1363_test.json", onCurve(elliptic.P384())), message)
	})
	t.Run("Ed25519", func(t *testing.T) { judgeAll(t, wycheproofFile(t, "ed25519_test.json", edwards), message) })
}

// The same vectors through the verifier of the browser.
func TestSignaturesInJavaScript(t *testing.T) {
	type ask struct {
		Alg                      cose.Algorithm
		SPKI, Message, Signature string
	}
	encode := base64.StdEncoding.EncodeToString
	for name, list := range map[string][]vector{
		"P-256":   wycheproofFile(t, "ecdsa_secp256r1_sha256_p1363_test.json", onCurve(elliptic.P256())),
		"P-384":   wycheproofFile(t, "ecdsa_secp384r1_sha384_p1363_test.json", onCurve(elliptic.P384())),
		"Ed25519": wycheproofFile(t, "ed25519_test.json", edwards),
	} {
		t.Run(name, func(t *testing.T) {
			var asks []ask
			for _, v := range list {
				alg, err := cose.AlgorithmOf(v.Key)
				if err != nil {
					t.Fatal(err)
				}
				der, err := x509.MarshalPKIXPublicKey(v.Key)
				if err != nil {
					t.Fatal(err)
				}
				asks = append(asks, ask{alg, encode(der), encode(v.Message), encode(v.Signature)})
			}
			var answers []bool
			node(t, `async ask => {
				const alg = ask.Alg;
				try { return await verifySignature(alg, fromBase64(ask.SPKI), fromBase64(ask.Message), fromBase64(ask.Signature)); } catch { return false; }
			}`, asks, &answers)
			i := 0
			judgeAll(t, list, func(vector) bool { i++; return answers[i-1] })
		})
	}
}
