package rauc_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/rauc"
)

// key makes a certificate that signs bundles.
func key(t *testing.T, dir string) {
	t.Helper()
	reference.Run(t, dir, reference.Need(t, "openssl"), "req", "-batch", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=dev", "-keyout", "key.pem", "-out", "cert.pem")
}

// bundle has rauc make a bundle of a format.
func bundle(t *testing.T, dir, kind string) []byte {
	t.Helper()
	content := filepath.Join(dir, "content")
	if err := os.MkdirAll(content, 0o755); err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(content, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("rootfs.img", string(firmwaretest.Squashfs(firmwaretest.Text("etc/a", 0o644, strings.Repeat("a line\n", 20_000)), firmwaretest.Text("bin/b", 0o755, string(firmwaretest.Kernel("5.10.1", 700_001))))))
	put("app.bin", "a small one")
	bundleSection := "[bundle]\nformat=" + kind + "\n\n"
	if kind == "plain" {
		bundleSection = ""
	}
	put("manifest.raucm", "[update]\ncompatible=board\nversion=1.2\n\n"+bundleSection+"[image.rootfs]\nfilename=rootfs.img\n\n[image.app]\nfilename=app.bin\n")
	out := "out-" + kind + ".raucb"
	reference.Run(t, dir, reference.Need(t, "rauc"), "bundle", "--cert=cert.pem", "--key=key.pem", "content", out)
	data, err := os.ReadFile(filepath.Join(dir, out))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestRauc reads what rauc makes, and has openssl verify the message over what
// the reader says is signed.
func TestRauc(t *testing.T) {
	reference.Need(t, "rauc")
	for _, kind := range []string{"plain", "verity"} {
		t.Run(kind, func(t *testing.T) {
			dir := t.TempDir()
			key(t, dir)
			data := bundle(t, dir, kind)
			signatures := formattest.Signed(t, rauc.Format, data)
			o := open(t, data)
			if len(o.Damage) > 0 || o.Length != int64(len(data)) || o.Attributes["format"] != kind || o.Attributes["version"] != "1.2" {
				t.Errorf("%v, damage %v", o.Attributes, o.Damage)
			}
			if want := map[string]int{"plain": 2, "verity": 4}[kind]; len(o.Hashes) != want {
				t.Errorf("%d hashes, want %d: %v", len(o.Hashes), want, o.Hashes)
			}
			if s := signatures[0]; len(s.Leaves) > 0 || len(signatures) != 1 {
				t.Errorf("%d signatures, leaves %v", len(signatures), s.Leaves)
			}
			verify(t, dir, signatures[0], data)
			img := reference.Open(t, data)
			reference.Find(t, img, "rauc!squashfs!rootfs.img!squashfs!etc/a")
			if len(img.Skipped) > 0 {
				t.Errorf("skipped %v", img.Skipped)
			}
		})
	}
}

// verify has openssl judge a signature over the covered bytes.
func verify(t *testing.T, dir string, s format.Signature, data []byte) {
	t.Helper()
	c := s.Covers[0]
	for name, b := range map[string][]byte{"message": data[c.Offset : c.Offset+c.Length], "signature": s.Value} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	reference.Run(t, dir, reference.Need(t, "openssl"), "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "message", "-CAfile", "cert.pem", "-purpose", "any", "-out", "verified")
	if sum := sha256.Sum256(data[c.Offset : c.Offset+c.Length]); !bytes.Equal(s.Digest, sum[:]) {
		t.Errorf("digest %x, want %x", s.Digest, sum)
	}
}

// TestCrypt has a bundle that is encrypted for somebody, and one whose manifest
// can still be read.
func TestCrypt(t *testing.T) {
	reference.Need(t, "rauc")
	dir := t.TempDir()
	key(t, dir)
	data := bundle(t, dir, "crypt")
	o := open(t, data)
	if o.Attributes["format"] != "crypt" || len(o.Signatures) != 1 || o.Signatures[0].Problem != "" || len(o.Hashes) < 2 {
		t.Errorf("%v %+v %v", o.Attributes, o.Signatures, o.Hashes)
	}
	for _, h := range o.Hashes { // that of rootfs.img holds of what was decrypted only
		if !h.OK {
			t.Errorf("%+v", h)
		}
	}
	if img := reference.Open(t, data); img.Opaque || o.Attributes["crypt-key"] == "" || len(img.Skipped) > 0 {
		t.Errorf("the payload was not opened with the key in the manifest: %+v", img.Skipped)
	}
	reference.Run(t, dir, reference.Need(t, "rauc"), "encrypt", "--keyring=cert.pem", "--to=cert.pem", "out-crypt.raucb", "encrypted.raucb")
	data, err := os.ReadFile(filepath.Join(dir, "encrypted.raucb"))
	if err != nil {
		t.Fatal(err)
	}
	if o := open(t, data); o.Attributes["encrypted"] == "" || !strings.Contains(o.Signatures[0].Problem, "EnvelopedData") {
		t.Errorf("%v %+v", o.Attributes, o.Signatures)
	}
	if img := reference.Open(t, data); !img.Opaque {
		t.Error("an encrypted bundle is not opaque")
	}
}

func open(t *testing.T, data []byte) *format.Opened {
	t.Helper()
	if rauc.Format.Probe(format.InMemory(data)) != format.Sure {
		t.Fatal("not recognised")
	}
	o, err := rauc.Format.Open(t.Context(), format.InMemory(data), format.NewBudget(1000, 1<<28, 1<<26, 1000))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// der wraps a content in a tag and a length.
func der(tag byte, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	return append(binary.BigEndian.AppendUint16([]byte{tag, 0x82}, uint16(len(content))), content...)
}

const (
	oidSigned = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
	oidData   = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
	oidSHA256 = "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"
)

// cms is a message of one signer, detached if there is no content.
func cms(content []byte) []byte {
	inner := []byte(oidData)
	if content != nil {
		inner = append(inner, der(0xa0, der(0x04, content))...)
	}
	algorithm := der(0x30, []byte(oidSHA256))
	signer := der(0x30, []byte{2, 1, 1}, der(0x30), algorithm, algorithm, der(0x04, make([]byte, 64)))
	return der(0x30, []byte(oidSigned), der(0xa0, der(0x30, []byte{2, 1, 1}, der(0x31, algorithm), der(0x30, inner), der(0x31, signer))))
}

// built is a bundle without a tool.
func built(payload, message []byte) []byte {
	b := append(bytes.Clone(payload), message...)
	return binary.BigEndian.AppendUint64(b, uint64(len(message)))
}

func plain() []byte {
	image := []byte("the image")
	text := fmt.Sprintf("[update]\ncompatible=x\n[image.rootfs]\nfilename=r.img\nsha256=%x\nsize=%d\n", sha256.Sum256(image), len(image))
	return built(firmwaretest.Squashfs(firmwaretest.Text("manifest.raucm", 0o644, text), firmwaretest.Text("r.img", 0o644, string(image))), cms(nil))
}

// TestBad has bundles that are not as they say.
func TestBad(t *testing.T) {
	good := plain()
	formattest.Signed(t, rauc.Format, good)
	payload := firmwaretest.Squashfs(firmwaretest.Text("manifest.raucm", 0o644, "[image.rootfs]\nfilename=r.img\nsha256=00\n[image.b]\nfilename=../b\n[image.c]\nfilename=r.img\n"), firmwaretest.Text("r.img", 0o644, "x"))
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a wrong hash":        {built(payload, cms(nil)), "{../b false the manifest has no hash of it} {r.img false the manifest has no hash of it} {r.img false }"},
		"no manifest":         {built(firmwaretest.Squashfs(firmwaretest.Text("a", 0o644, "a")), cms(nil)), "no manifest"},
		"no squashfs":         {built(make([]byte, 4096), cms(nil)), "no manifest can be read"},
		"no tree":             {built(make([]byte, 4096), cms([]byte("[bundle]\nformat=verity\n"))), "does not say how the payload is hashed"},
		"a tree too large":    {built(make([]byte, 8192), cms(fmt.Appendf(nil, "[bundle]\nformat=verity\nverity-hash=%064x\nverity-salt=00\nverity-size=8192\n", 1))), "does not say how"},
		"another root":        {built(make([]byte, 8192), cms(fmt.Appendf(nil, "[bundle]\nformat=verity\nverity-hash=%064x\nverity-salt=00\nverity-size=4096\n", 1))), "{root hash of the payload false }"},
		"a message with more": {built(payload, append(cms(nil), 0)), "shorter than the bundle says"},
		"a broken message":    {built(payload, cms(nil)[:90]), "cannot be read"},
		"attached, but plain": {built(firmwaretest.Squashfs(firmwaretest.Text("manifest.raucm", 0o644, "[bundle]\nformat=verity\n")), cms(nil)), "the message does not hold it"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, c.data)
			var said strings.Builder
			for _, h := range o.Hashes {
				fmt.Fprintf(&said, "{%s %v %s} ", h.Name, h.OK, h.Problem)
			}
			fmt.Fprint(&said, o.Damage, o.Signatures[0].Problem)
			if !strings.Contains(said.String(), c.want) {
				t.Errorf("%s, want %s", said.String(), c.want)
			}
		})
	}
	for _, cut := range []int{1, 8, 9, len(good) / 2} {
		if rauc.Format.Probe(format.InMemory(good[:len(good)-cut])) != format.No {
			t.Errorf("recognised without the last %d bytes", cut)
		}
	}
	if o := reference.Open(t, append(bytes.Clone(good), 0)); o.Containers[0].Type == "rauc" {
		t.Error("a bundle that is not at the end")
	}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, rauc.Format, plain()) }

func FuzzRauc(f *testing.F) {
	formattest.Fuzz(f, rauc.Format, plain(), built(make([]byte, 8192), cms(fmt.Appendf(nil, "[bundle]\nformat=verity\nverity-hash=%064x\nverity-salt=00\nverity-size=4096\n", 1))))
}

// TestRealBundles reads bundles of RAUC's own tests.
func TestRealBundles(t *testing.T) {
	for name, kind := range map[string]string{"rauc-good-bundle.raucb": "plain", "rauc-invalid-sig-bundle.raucb": "plain", "syn-well-armhf.raucb": "verity"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "corpus", name))
		if err != nil {
			t.Skip("no corpus beside the project")
		}
		o := open(t, data)
		if strings.Contains(name, "invalid") {
			if len(o.Damage) == 0 { // its payload was changed
				t.Errorf("%s: no damage", name)
			}
			continue
		}
		if o.Attributes["format"] != kind || len(o.Damage) > 0 || len(o.Hashes) == 0 || len(o.Signatures[0].Leaves) > 0 {
			t.Errorf("%s: %v, damage %v, hashes %v", name, o.Attributes, o.Damage, o.Hashes)
		}
		for _, h := range o.Hashes {
			if !h.OK {
				t.Errorf("%s: %+v", name, h)
			}
		}
	}
}

func BenchmarkVerity(b *testing.B) {
	data := built(make([]byte, 8<<20), cms(fmt.Appendf(nil, "[bundle]\nformat=verity\nverity-hash=%064x\nverity-salt=00\nverity-size=4096\n", 1)))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := rauc.Format.Open(b.Context(), format.InMemory(data), format.NewBudget(10, 1<<20, 1<<20, 10)); err != nil {
			b.Fatal(err)
		}
	}
}

// TestLyingTrailer has bundles whose end does not say where the message begins: they
// are still bundles, and the signature has a problem.
func TestLyingTrailer(t *testing.T) {
	reference.Need(t, "rauc")
	dir := t.TempDir()
	key(t, dir)
	data := bundle(t, dir, "plain")
	size := binary.BigEndian.Uint64(data[len(data)-8:])
	lie := func(n uint64) []byte { return binary.BigEndian.AppendUint64(bytes.Clone(data[:len(data)-8]), n) }
	for name, b := range map[string][]byte{
		"zero": lie(0), "one more": lie(size + 1), "one less": lie(size - 1), "a block more": lie(size + 4096), "huge": lie(1 << 63),
		"cut": data[:len(data)-100], "without a trailer": data[:len(data)-8], "something behind": append(bytes.Clone(data), bytes.Repeat([]byte("more"), 25_000)...),
	} {
		if rauc.Format.Probe(format.InMemory(b)) != format.Sure {
			t.Errorf("%s: no bundle", name)
			continue
		}
		o := open(t, b)
		if len(o.Signatures) != 1 || o.Signatures[0].Problem == "" || len(o.Damage) == 0 || o.Length > int64(len(data)) {
			t.Errorf("%s: %d signatures, damage %v, %d bytes", name, len(o.Signatures), o.Damage, o.Length)
		}
	}
	payload := data[:len(data)-8-int(size)]
	for name, b := range map[string][]byte{"stripped": payload, "padded": append(bytes.Clone(payload), make([]byte, 8192)...)} {
		if rauc.Format.Probe(format.InMemory(b)) != format.No {
			t.Errorf("%s is taken for a bundle", name)
		}
	}
}
