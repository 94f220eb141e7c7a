package publishedkeys

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
)

var publishedLine = regexp.MustCompile(`^([0-9a-f]{64}|[0-9a-f]{40})\t[^\t]+\thttps://[^\t ]+\n$`)

// TestPublishedKeys holds the list to its form: each line a digest, a name and a
// source, and none twice.
func TestPublishedKeys(t *testing.T) {
	n := 0
	names := map[string]bool{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		n++
		if !publishedLine.MatchString(line) {
			t.Errorf("no line of the list: %q", line)
			continue
		}
		name := strings.Split(line, "\t")[1]
		if names[name] {
			t.Errorf("%s stands there twice", name)
		}
		names[name] = true
	}
	if len(published()) != n || n < 50 {
		t.Errorf("%d digests of %d lines", len(published()), n)
	}
}

// TestPublishedDigests has public halves that are small, and wants their digests
// in the list.
func TestPublishedDigests(t *testing.T) {
	for name, key := range map[string]string{
		"Mender example key for artifacts":                       "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsiFk4Je1YVMJuJjziaXXnYuCdm9wzVMiDtyWElmeYPKkPlqUYKWxI/zyZOso3yPlrm8LBT+NXQZwxK0fZDS8lw==",
		"Arm Trusted Firmware development root of trust (P-256)": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEm+ZIvTQ44aKk83DhVLsvsFpKDP/Ch9vA+4Hp+fmVfX6gDH8K1OBiSpRf7FJ9RGPIn2H6xst+a1OtLMWUDRqGkQ==",
		"OP-TEE default key for trusted applications (ECDSA)":    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEtXKJENq8DGOi2lxO4E9i2a8PKCG5gdgTPRcNN7AZYc9cbrWfyuzVoPHqma+Owh9rGtBHiPOFwllNsI7hBPZnSg==",
		"MCUboot root-ed25519":                                   "MCowBQYDK2VwAyEA1LMbpJo63T+CXRDKfzG1Cw3ofzfMxJ8aQDpcEyD/tOA=",
		"MCUboot cypress-test-ec-p256":                           "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvVmdFeD/ZhI3KN9QOLGac5u90bOKb9Jw7X/bV1PenncPnBciaaZ1SB+kvEniAeBePeyowcrFXKLG/bAksQpG9Q==",
		"AirPort Express key of AirPlay receivers":               "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA59dE8qLieItsH1WgjrcFRKj6eUWqi+bGLOX1HL3U3GhC/j0Qg90u3sG/1CUtwC5vOYvfDmFI6oSFXi5ELabWJmT2dKHzBJKa3k9ok+8t9ucRqMd6DZHJ2YCCLlDRKSKv6kDqnw4UwPdpOMXziC/AMj3Z/lUVX1G7WSHCAWKf1zNS1eLvqr+boEjXuBOitnZ/bDzPHrTOZz0Dew0uowxf/+sG+NCK3eQJVxqcaJ/vEHKIVd2M+5qL71yJQ+87X6oV3eaYvt3zWZYD6z5vYTcrtij2VZ9Zmni/UAaHqn9JdsBWLUEpVviYnhimNVvYFZeCXg/IdTQ+x4IRdiXNv5hEewIDAQAB",
		"esptool test key ecdsa192_secure_boot_signing_key":      "MEkwEwYHKoZIzj0CAQYIKoZIzj0DAQEDMgAEIyp/d0ZKDcJVlMIp4AyY9DsLvMM0SdAd8wFQUbKliIj+m+4dqBOIFd/ydSDpwoNH",
	} {
		der, err := base64.StdEncoding.DecodeString(key)
		if err != nil {
			t.Fatal(name, err)
		}
		if got := published()[assay.SHA256(sha256.Sum256(der))]; got.Name != name {
			t.Errorf("%s: the list has %q for it", name, got.Name)
		}
	}
}

// TestAndroidDigest has Android's larger test key, whose digests of both kinds are
// known.
func TestAndroidDigest(t *testing.T) {
	modulus, err := base64.StdEncoding.DecodeString("2ASv49OEbH4NiT3CjNMSVeliyfEPXswWcqtEfCxlSpS1FisAuwbvEwdTTPlkuSh6G4SYiNhnpCP5p0vcSg/3OhiuVKgV/rCtrDXaO60nvK/o0y83NNZRK2xaJ9eWBq9ruIDK+jC0sYWzTaqqwxY0Grjnx/r5CXerl5PrRK7PILzwgBHbIwxHcblt1ntgR4cWVpO3wiqasEwBDDDYk4fw7W6LvjBb9qav3YB8RV6PkZNeRP64ggfuecq/MXNiWOPNxLzCER2hSr/+J32h9jWjXsrcVy8+8Mldhmr4r2an7c247aFfupuFGtUJrpROO8/LXMl5gPfMpkqoatjTMRH59gJjKhot0RpmGxZBvb33TcBK5SdJX39Y4yct5clmDlI4Fjj7FutTP+b96aJeJVnYeUX/A0wmogBajsJRoRX5e/RcgZsYRzXYLQXprQ81dBWjjovMJ9p8XeT6BNMFC7o6sklFL0fHDUE/l4BNP8G1u3BfpzevSCISRS71D4eS4oQB+RIPFBUkzomZ7rnEF3BwFeq+xmwfYrP0LRaH+1YeRauuMuReke1TZl697a3mEjkNg8noa2wtpe7EWmaujJfXDWxJx/XEkjGLCe4z2qk3tkkY+A5gRcgzke8gVxC+eC2DJtbKYfkv4L8FMFJaEhwAp13MfC7FlYujO/BDLl7dANs=")
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: 65537})
	if err != nil {
		t.Fatal(err)
	}
	if got := AndroidDigest(der); got != "sha1:2597c218aae470a130f61162feaae70afd97f011" {
		t.Errorf("avbtool's digest is %s", got)
	}
	if got := published()[assay.SHA256(sha256.Sum256(der))]; got.Name != "Android verified boot test key testkey_rsa4096" {
		t.Errorf("the list has %q for it", got.Name)
	}
	even, _ := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: big.NewInt(1 << 40), E: 3})
	for _, none := range [][]byte{nil, []byte("no key"), even} {
		if got := AndroidDigest(none); got != "" {
			t.Errorf("a digest of no key: %s", got)
		}
	}
}
