package facts

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/assay-iot/assay/firmware"
)

// A private number beside its certificate is a private key; that of another
// certificate, one far away and what only looks random are none.
func TestNumbersBeside(t *testing.T) {
	k, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	other, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	template := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "meter 12"}, DNSNames: []string{"meter.acme.invalid"}, NotBefore: time.Unix(1.6e9, 0), NotAfter: time.Unix(1.9e9, 0)}
	cert := der(x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k))
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	number, foreign := der(k.Bytes()), der(other.Bytes())
	code := bytes.Repeat([]byte{0x10, 0x20, 0x7f, 0x02, 0x01, 0x00, 0x02, 0x30}, 40)
	far := bytes.Repeat(code, 5)
	for name, tt := range map[string]struct {
		parts [][]byte
		want  int // part that is the number; -1: none
	}{
		"before":                 {[][]byte{code, number, cert, code}, 1},
		"behind":                 {[][]byte{code, cert, {0, 0, 0}, number, code}, 3},
		"at the end":             {[][]byte{cert, number}, 1},
		"at the start":           {[][]byte{number, code, cert}, 0},
		"beside PEM":             {[][]byte{code, text, {0}, number, code}, 3},
		"another's":              {[][]byte{code, foreign, cert, code}, -1},
		"far away":               {[][]byte{code, number, far, cert, code}, -1},
		"one byte over and over": {[][]byte{code, bytes.Repeat(number[:1], 32), cert}, -1},
		"cut short":              {[][]byte{code, cert, number[:31]}, -1},
		"no certificate":         {[][]byte{code, number, code}, -1},
		"certificate cut":        {[][]byte{code, number, cert[:len(cert)-9]}, -1},
	} {
		content, places := []byte{}, []int64{}
		for _, p := range tt.parts {
			places = append(places, int64(len(content)))
			content = slices.Concat(content, p)
		}
		f := &firmware.File{Path: "x", Kind: firmware.Raw, Size: int64(len(content))}
		at := int64(-1)
		for _, m := range seeKeys(f, content, keyWords.Sights(content)) {
			if m.Key != nil && m.Key.Private {
				at = m.Key.Location.Offset
				if m.Key.Algorithm != "EC" || m.Key.Bits != 256 || m.Key.Location.Length != 32 || m.Key.Public == "" || m.Key.Location.Digest != "" {
					t.Errorf("%s: %+v", name, m.Key)
				}
			}
		}
		if want := slices.Concat(places, []int64{-1})[(tt.want+len(places)+1)%(len(places)+1)]; at != want {
			t.Errorf("%s: at %d, want %d", name, at, want)
		}
	}
}
