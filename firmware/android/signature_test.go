package android_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
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
	const alone = "boot differs no part of that name lies beside itsystem differs no part of that name lies beside it"
	if got, _ := holds(moved); got != alone {
		t.Errorf("compared with a footer about another block: %s", got)
	}
	if got, _ := holds(append(image, 0)); got != alone {
		t.Errorf("compared without a footer at the end: %s", got)
	}
}

// footed puts a block behind the content of a partition of so many bytes.
func footed(content, block []byte, size int) []byte {
	footer := big("AVBf", uint32(1), uint32(0), uint64(len(content)), uint64(len(content)), uint64(len(block)), 28)
	p := slices.Concat(content, block)
	return slices.Concat(p, make([]byte, size-len(p)-len(footer)), footer)
}

func hashOf(name string, content []byte) []byte {
	sum := sha256.Sum256(slices.Concat([]byte("salt"), content))
	return descriptor(2, big(uint64(len(content)), field("sha256", 32), uint32(len(name)), uint32(4), uint32(32), uint32(0), 60, name, "salt", string(sum[:])))
}

// TestSiblings has a block in a partition of its own, which says what the others of
// its slot are, and chains to one that is signed with another key; on a disk, and as
// files in an archive.
func TestSiblings(t *testing.T) {
	release, vendor := rsaKey(t), rsaKey(t)
	public := func(k *rsa.PrivateKey) string {
		n := k.Size()
		return string(slices.Concat(big(uint32(8*n), uint32(0)), k.N.FillBytes(make([]byte, n)), make([]byte, n)))
	}
	chain := func(name string, key *rsa.PrivateKey) []byte {
		k := public(key)
		return descriptor(4, big(uint32(1), uint32(len(name)), uint32(len(k)), uint32(0), 60, name, k))
	}
	boot := bytes.Repeat([]byte("boot"), 2048)
	dtbo := bytes.Repeat([]byte("dtbo"), 1024)
	parts := map[string][]byte{
		"vbmeta": signed(t, release, 1, slices.Concat(hashOf("boot", boot), hashOf("system", boot), chain("dtbo", vendor))),
		"boot":   boot, "dtbo": footed(dtbo, signed(t, vendor, 1, hashOf("dtbo", dtbo)), 64<<10),
	}
	said := func(img *firmware.Image) string {
		text := ""
		for _, k := range img.Containers {
			if k.Type != "android-vbmeta" || !strings.Contains(k.Path, "vbmeta") || strings.Contains(k.Path, "dtbo") {
				continue
			}
			for _, h := range k.Hashes {
				text += h.Name + " " + h.Algorithm + map[bool]string{true: " holds", false: " differs"}[h.OK] + "; " + h.Problem
			}
			for _, s := range k.Signatures[0].Through {
				text += " through " + s.Path[strings.LastIndexByte(s.Path, '!')+1:]
			}
			if n := len(k.Signatures[0].Vouches); n != 1 {
				t.Errorf("vouches for %d keys", n)
			}
		}
		return text
	}
	const good = "boot sha256 holds; dtbo public key holds; system  differs; no part of that name lies beside it through boot"
	check := func(what string, open func() *firmware.Image, path string) {
		want := strings.Replace(good, "through boot", "through "+path, 1)
		if got := said(open()); got != want {
			t.Errorf("%s: %s", what, got)
		}
		old := parts["dtbo"]
		parts["dtbo"] = footed(dtbo, signed(t, release, 1, hashOf("dtbo", dtbo)), 64<<10)
		if got := said(open()); got != strings.Replace(want, "key holds", "key differs", 1) {
			t.Errorf("%s, another key: %s", what, got)
		}
		parts["dtbo"], boot[5] = old, boot[5]^1
		if got := said(open()); got != strings.Replace(strings.Split(want, " through")[0], "sha256 holds", "sha256 differs", 1) {
			t.Errorf("%s, a changed partition: %s", what, got)
		}
		boot[5] ^= 1
	}
	check("files", func() *firmware.Image {
		var files []firmwaretest.File
		for name, b := range parts {
			files = append(files, firmwaretest.Text("images/"+name+".img", 0o644, string(b)))
		}
		return reference.Open(t, firmwaretest.Tar(files...))
	}, "images/boot.img")
	sgdisk := reference.Need(t, "sgdisk")
	check("disk", func() *firmware.Image {
		disk := filepath.Join(t.TempDir(), "disk")
		if err := os.WriteFile(disk, make([]byte, 2<<20), 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{"-a", "8"}
		sector := map[string]int{"vbmeta_a": 64, "vbmeta_b": 256, "boot_a": 512, "boot_b": 1024, "dtbo_a": 2048}
		for _, name := range slices.Sorted(maps.Keys(sector)) {
			size := (len(parts[name[:len(name)-2]]) + 511) / 512
			args = append(args, "-n", fmt.Sprintf("0:%d:%d", sector[name], sector[name]+size-1), "-c", "0:"+name)
		}
		reference.Run(t, ".", sgdisk, append(args, disk)...)
		data, err := os.ReadFile(disk)
		if err != nil {
			t.Fatal(err)
		}
		for name, at := range sector {
			if name == "boot_b" || name == "vbmeta_b" {
				continue // the other slot is another
			}
			copy(data[512*at:], parts[strings.TrimSuffix(name, "_a")])
		}
		return reference.Open(t, data)
	}, "boot_a")
}

func rsaKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
