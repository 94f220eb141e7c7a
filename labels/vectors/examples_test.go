package vectors

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/assay-iot/assay/labels/cose"
)

// example is a file of the COSE working group's examples.
type example struct {
	name  string
	Title string
	Fail  bool
	Input struct {
		Sign0 *struct {
			Key           map[string]string
			Alg, External string
		}
	}
	Intermediates struct {
		ToBeSigned string `json:"ToBeSign_hex"`
	}
	Output struct{ CBOR string }
}

func examples(t *testing.T) []example {
	t.Helper()
	const folder = "../../../shared/vectors/cose"
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the COSE examples are not there (../shared/vectors/cose)")
	}
	files, err := filepath.Glob(folder + "/*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []example
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		e := example{name: strings.TrimSuffix(filepath.Base(f), ".json")}
		if err := json.Unmarshal(data, &e); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		list = append(list, e)
	}
	return list
}

// key reads the example's public key, nil if it is of a kind that labels do not
// use. Its members are in base64url or, with another name, in hexadecimal.
func (e example) key(t *testing.T) crypto.PublicKey {
	if e.Input.Sign0 == nil {
		return nil
	}
	k := e.Input.Sign0.Key
	part := func(name string) []byte {
		if s := k[name+"_hex"]; s != "" {
			return unhex(t, s)
		}
		b, err := base64.RawURLEncoding.DecodeString(k[name])
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	switch k["crv"] {
	case "P-256":
		return onCurve(elliptic.P256())(t, bytes.Join([][]byte{{4}, part("x"), part("y")}, nil))
	case "P-384":
		return onCurve(elliptic.P384())(t, bytes.Join([][]byte{{4}, part("x"), part("y")}, nil))
	case "Ed25519", "Ed448":
		return ed25519.PublicKey(part("x"))
	}
	return nil
}

// accepted are the examples in the strict form of labels: one, of a CWT. All
// others are refused: those that must fail, and those that a lenient reader
// takes though they are of another kind (MAC, encryption, several signatures),
// have something in the unprotected header or a label that we do not know, or
// lack the tag.
var accepted = []string{"A_3"}

func TestCOSEExamples(t *testing.T) {
	n := 0
	for _, e := range examples(t) {
		t.Run(e.name, func(t *testing.T) {
			m, err := cose.Parse(unhex(t, strings.ToLower(e.Output.CBOR)))
			if !slices.Contains(accepted, e.name) {
				if !errors.Is(err, cose.ErrForm) {
					t.Errorf("%s: %v", e.Title, err)
				}
				return
			}
			if err != nil || e.Fail {
				t.Fatalf("%s: %v", e.Title, err)
			}
			if err := m.Verify(e.key(t)); err != nil {
				t.Errorf("%s: %v", e.Title, err)
			}
			n++
		})
	}
	if n != len(accepted) {
		t.Errorf("%d examples were accepted, want %d", n, len(accepted))
	}
}

// Whatever the form around them: the signatures themselves, over the structure
// that is signed. That of an example that must fail does not fit.
func TestCOSEExampleSignatures(t *testing.T) {
	checked := 0
	for _, e := range examples(t) {
		pub, data := e.key(t), unhex(t, strings.ToLower(e.Output.CBOR))
		if pub == nil || data[0] != 0xD2 {
			continue // of another kind; or the tag is what is wrong, or left out
		}
		var parts struct {
			_                  struct{} `cbor:",toarray"`
			Protected          []byte
			Unprotected        map[any]any
			Payload, Signature []byte
		}
		if err := cbor.Unmarshal(data, &parts); err != nil {
			t.Fatalf("%s: %v", e.Title, err)
		}
		alg, err := cose.AlgorithmOf(pub)
		if e.Input.Sign0.Key["crv"] == "Ed448" {
			if err == nil {
				t.Errorf("%s: a key of %d bytes was taken for Ed25519", e.Title, len(pub.(ed25519.PublicKey)))
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", e.Title, err)
		}
		if bytes.Equal(parts.Protected, []byte{0xA0}) {
			parts.Protected = []byte{} // RFC 9052, section 4.4: no map is signed as no bytes
		}
		signed, err := cose.Marshal([]any{"Signature1", parts.Protected, unhex(t, e.Input.Sign0.External), parts.Payload})
		if err != nil {
			t.Fatal(err)
		}
		if same := strings.EqualFold(hex.EncodeToString(signed), e.Intermediates.ToBeSigned); !same && !e.Fail {
			t.Errorf("%s: signed is %x, the example says %s", e.Title, signed, e.Intermediates.ToBeSigned)
		}
		if ok := cose.Verifies(alg, pub, signed, parts.Signature); ok == e.Fail && e.Input.Sign0.Alg != "ES512" {
			t.Errorf("%s: verifies %v", e.Title, ok)
		}
		checked++
	}
	t.Logf("%d signatures of the examples checked", checked)
}
