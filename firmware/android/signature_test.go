package android_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/android"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/verity"
)

// signed is a block with descriptors that a key has signed, by the layout of
// libavb.
func signed(t testing.TB, key *rsa.PrivateKey, algorithm uint32, aux []byte) []byte {
	t.Helper()
	n := key.Size()
	descriptors := uint64(len(aux))
	public := slices.Concat(big(uint32(8*n), uint32(0)), key.N.FillBytes(make([]byte, n)), make([]byte, n))
	aux = append(bytes.Clone(aux), public...)
	aux = append(aux, make([]byte, -len(aux)&63)...)
	sum := uint64(32)
	if algorithm > 3 {
		sum = 64
	}
	auth := (sum + uint64(n) + 63) &^ 63
	h := big("AVB0", uint32(1), uint32(0), auth, uint64(len(aux)), algorithm, uint64(0), sum, sum, uint64(n),
		descriptors, uint64(len(public)), uint64(0), uint64(0), uint64(0), descriptors, uint64(3), uint32(0), uint32(0), field("avbtool 1.2.0", 48), 80)
	hash, digest := crypto.SHA256, sha256.New()
	if algorithm > 3 {
		hash, digest = crypto.SHA512, sha512.New()
	}
	digest.Write(h)
	digest.Write(aux)
	d := digest.Sum(nil)
	value, err := rsa.SignPKCS1v15(rand.Reader, key, hash, d)
	if err != nil {
		t.Fatal(err)
	}
	block := append(d, value...)
	return slices.Concat(h, block, make([]byte, int(auth)-len(block)), aux)
}

// TestSigned verifies signatures with the key that the reader gives, over what it
// says is signed.
func TestSigned(t *testing.T) {
	for bits, algorithm := range map[int][]uint32{2048: {1, 4}, 4096: {2, 5}} {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range algorithm {
			data := signed(t, key, a, descriptor(0, big(uint64(1), uint64(1), "p\x00v\x00")))
			s := formattest.Signed(t, android.VBMeta, data)[0]
			public, err := x509.ParsePKIXPublicKey(s.PublicKey)
			if err != nil || !key.PublicKey.Equal(public) {
				t.Fatalf("another key: %v", err)
			}
			hash := crypto.SHA256
			if a > 3 {
				hash = crypto.SHA512
			}
			if err := rsa.VerifyPKCS1v15(public.(*rsa.PublicKey), hash, s.Digest, s.Value); err != nil {
				t.Errorf("algorithm %d: %v", a, err)
			}
			if len(s.Leaves) > 0 || s.Offset != 256 {
				t.Errorf("leaves %v", s.Leaves)
			}
		}
		data := signed(t, key, algorithm[0], nil)
		for name, c := range map[string]struct {
			at   int
			v    byte
			want string
		}{"the digest": {256, 0xff, "digest of header"}, "a short signature": {62, 0x80, "a signature of 128 bytes"}} {
			bad := bytes.Clone(data)
			if bad[c.at] ^= c.v; name == "a short signature" {
				bad[c.at], bad[c.at+1] = 0, 128
			}
			o := open(t, android.VBMeta, bad)
			if len(o.Signatures) != 1 || !strings.Contains(o.Signatures[0].Problem, c.want) {
				t.Errorf("%s: %+v", name, o.Signatures[0].Problem)
			}
		}
	}
	if o := open(t, android.VBMeta, vbmeta()); !strings.Contains(o.Signatures[0].Problem, "public key") {
		t.Errorf("a key that is none: %q", o.Signatures[0].Problem)
	}
}

// TestPartition has a block with its partition: hash and hash tree are compared.
func TestPartition(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	root := firmwaretest.Squashfs(firmwaretest.Text("etc/a", 0o644, "a\n"))
	root = append(root, make([]byte, -len(root)&8191)...)
	n := uint64(len(root))
	sum := sha256.Sum256(slices.Concat([]byte("salt"), root))
	tree := verity.Tree{Hash: crypto.SHA256, Salt: []byte("salt"), DataBlock: 4096, HashBlock: 4096}
	top, levels, err := tree.Root(t.Context(), format.InMemory(root))
	if err != nil {
		t.Fatal(err)
	}
	block := signed(t, key, 1, slices.Concat(
		descriptor(2, big(n, field("sha256", 32), uint32(4), uint32(4), uint32(32), uint32(0), 60, "boot", "salt", string(sum[:]))),
		descriptor(1, big(uint32(1), n, n, uint64(len(levels)), uint32(4096), uint32(4096), uint32(0), uint64(0), uint64(0),
			field("sha256", 32), uint32(6), uint32(4), uint32(32), uint32(0), 60, "system", "salt", string(top))),
	))
	at := uint64(len(root) + len(levels))
	footer := big("AVBf", uint32(1), uint32(0), n, at, uint64(len(block)), 28)
	image := slices.Concat(root, levels, block, make([]byte, 4096-64), footer)
	holds := func(image []byte) (string, int) {
		for _, k := range reference.Open(t, image).Containers {
			if k.Type == "android-vbmeta" {
				said := ""
				for _, h := range k.Hashes {
					said += h.Name + map[bool]string{true: " holds ", false: " differs "}[h.OK] + h.Problem
				}
				return said, len(k.Signatures[0].Through)
			}
		}
		return "no block", 0
	}
	if got, n := holds(image); got != "boot holds system holds " || n != 3 {
		t.Errorf("%s, through %d", got, n)
	}
	image[100] ^= 1
	if got, n := holds(image); got != "boot differs system differs " || n != 0 {
		t.Errorf("%s, through %d", got, n)
	}
	moved := bytes.Clone(image)
	moved[len(moved)-64+27] ^= 1
	if got, _ := holds(moved); got != "" {
		t.Errorf("compared with a footer about another block: %s", got)
	}
	if got, _ := holds(append(image, 0)); got != "" {
		t.Errorf("compared without a footer at the end: %s", got)
	}
}
