package facts

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// A key that is an array of a program is found in a flat image and in an ELF file,
// in each form; one whose public half is another's, and one cut short, is none.
func TestCompiledKeys(t *testing.T) {
	k := testKeys()
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	sec1 := der(x509.MarshalECPrivateKey(p256))
	foreign := slices.Clone(sec1)
	foreign[8] ^= 1 // the private number no longer gives the public point
	for name, tt := range map[string]struct {
		key  []byte
		want int
	}{
		"SEC 1 on P-256":      {sec1, 1},
		"SEC 1 on P-384":      {der(x509.MarshalECPrivateKey(p384)), 1},
		"PKCS #8 on P-256":    {der(x509.MarshalPKCS8PrivateKey(p256)), 1},
		"PKCS #1":             {x509.MarshalPKCS1PrivateKey(k.rsa), 1},
		"PKCS #8, RSA":        {der(x509.MarshalPKCS8PrivateKey(k.rsa)), 1},
		"another public half": {foreign, 0},
		"cut short":           {sec1[:len(sec1)-20], 0},
		"public half":         {der(x509.MarshalPKIXPublicKey(&p256.PublicKey)), 0},
	} {
		t.Run(name, func(t *testing.T) {
			code := bytes.Repeat([]byte{0x10, 0x20, 0x7f, 0x02, 0x01, 0x00, 0x02, 0x30}, 40)
			for head, kind := range map[string]firmware.Kind{"\x7fELF\x01\x01\x01\x00": firmware.Regular, "": firmware.Raw, "WIFI\x00\x01\x00\x00": firmware.Regular} {
				content := slices.Concat([]byte(head), code, tt.key, code)
				f := &firmware.File{Path: "x", Kind: kind, Size: int64(len(content))}
				private := 0
				for _, m := range seeKeys(f, content, keyWords.Sights(content)) {
					if m.Key != nil && m.Key.Private {
						private++
						if at := len(head) + len(code); m.Key.Location.Offset != int64(at) || m.Key.Location.Length != int64(len(tt.key)) {
							t.Errorf("%+v is not its place", m.Key.Location)
						}
					}
				}
				if private != tt.want {
					t.Errorf("head %q: %d private keys, want %d", head, private, tt.want)
				}
			}
		})
	}
	module := slices.Concat([]byte("\x7fELF"), []byte("vermagic=6.1.0 SMP\x00"), sec1)
	if found := seeKeys(&firmware.File{Path: "x.ko", Kind: firmware.Regular, Size: int64(len(module))}, module, keyWords.Sights(module)); len(found) != 1 || !found[0].Key.InKernel {
		t.Errorf("the key of a kernel module's own tests is not told from another: %+v", found)
	}
	speed := slices.Concat([]byte("\x7fELF"), speedMark, sec1)
	if found := seeKeys(&firmware.File{Path: "openssl", Kind: firmware.Regular, Size: int64(len(speed))}, speed, keyWords.Sights(speed)); len(found) != 0 {
		t.Errorf("a key with which OpenSSL measures its speed: %+v", found)
	}
}
