package fit_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/fit"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// TestSigned has mkimage sign configurations and images in each way, and openssl
// verify the signatures over the bytes that the reader says they are over.
func TestSigned(t *testing.T) {
	mkimage, openssl := reference.Need(t, "mkimage"), reference.Need(t, "openssl")
	keys := t.TempDir()
	for _, bits := range []string{"2048", "3072", "4096"} {
		reference.Run(t, keys, openssl, "req", "-batch", "-new", "-x509", "-newkey", "rsa:"+bits, "-nodes", "-subj", "/CN=dev", "-keyout", "rsa"+bits+".key", "-out", "rsa"+bits+".crt")
		reference.Run(t, keys, openssl, "pkey", "-in", "rsa"+bits+".key", "-pubout", "-out", "rsa"+bits+".pub")
	}
	reference.Run(t, keys, openssl, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ecdsa256.pem")
	reference.Run(t, keys, openssl, "pkey", "-in", "ecdsa256.pem", "-pubout", "-out", "ecdsa256.pub")
	for _, c := range []struct{ hash, key, padding, options, algorithm string }{
		{"sha1", "rsa2048", "", "", format.RSASHA1},
		{"sha256", "rsa2048", "", "", format.RSASHA256},
		{"sha256", "rsa3072", "pkcs-1.5", "", format.RSASHA256},
		{"sha256", "rsa4096", "pss", "", format.RSAPSSSHA256},
		{"sha384", "rsa2048", "", "", format.RSASHA384},
		{"sha512", "rsa2048", "pss", "", format.RSAPSSSHA512},
		{"sha256", "rsa2048", "", "-E", format.RSASHA256},
		{"sha256", "ecdsa256", "", "", format.ECDSASHA256},
	} {
		t.Run(strings.Join([]string{c.hash, c.key, c.padding, c.options}, " "), func(t *testing.T) {
			dir := work(t)
			node := fmt.Sprintf(`algo = "%s,%s"; key-name-hint = "%s";`, c.hash, c.key, c.key)
			if c.padding != "" {
				node += fmt.Sprintf(` padding = "%s";`, c.padding)
			}
			source := strings.Replace(its, "SIGNATURE", `signature-1 { `+node+` sign-images = "kernel", "fdt"; };`, 1)
			source = strings.Replace(source, `hash-1 { algo = "sha256"; }; };`+"\n};", `hash-1 { algo = "sha256"; }; signature-1 { `+node+` }; };`+"\n};", 1)
			put(t, dir, "a.its", []byte(source))
			args := append(strings.Fields(c.options), "-f", "a.its", "-r", "image.itb")
			if c.key == "ecdsa256" {
				reference.Run(t, dir, mkimage, append([]string{"-G", filepath.Join(keys, "ecdsa256.pem")}, args...)...)
			} else {
				reference.Run(t, dir, mkimage, append([]string{"-k", keys}, args...)...)
			}
			data, err := os.ReadFile(filepath.Join(dir, "image.itb"))
			if err != nil {
				t.Fatal(err)
			}
			signatures := formattest.Signed(t, fit.Format, data)
			if len(signatures) != 2 {
				t.Fatalf("%d signatures", len(signatures))
			}
			for _, s := range signatures {
				if s.Algorithm != c.algorithm || s.KeyName != c.key {
					t.Errorf("%s with key %q", s.Algorithm, s.KeyName)
				}
				put(t, dir, "value", s.Value)
				put(t, dir, "message", s.Message)
				verify := []string{"dgst", "-" + c.hash, "-verify", filepath.Join(keys, c.key+".pub"), "-signature", "value"}
				if c.padding == "pss" {
					verify = append(verify, "-sigopt", "rsa_padding_mode:pss")
				}
				reference.Run(t, dir, openssl, append(verify, "message")...)
			}
			whole := open(t, data)
			left := map[string]bool{}
			for _, l := range signatures[1].Leaves {
				left[l.Path] = true
			}
			if len(signatures[1].Through) == 0 || left["kernel-1"] || left["fdt-1"] || !left["root"] || !left["ramdisk@1"] || len(whole.Damage) > 0 {
				t.Errorf("through %v, leaves %v, damage %v", signatures[1].Through, left, whole.Damage)
			}
		})
	}
}

func put(t *testing.T, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// signature builds an image whose configuration has a signature node.
func signature(f func(t *tree)) []byte {
	t := &tree{}
	t.node("", func() {
		t.text("description", "by hand")
		t.node("images", func() {
			t.node("kernel-1", func() {
				t.set("data", []byte("abc"))
				t.node("hash-1", func() {
					t.text("algo", "sha256")
					sum := sha256.Sum256([]byte("abc"))
					t.set("value", sum[:])
				})
			})
			t.node("other", func() { t.set("data", []byte("xyz")) })
		})
		t.node("configurations", func() {
			t.node("conf", func() {
				t.text("kernel", "kernel-1")
				t.node("signature-1", func() { f(t) })
			})
		})
	})
	return t.blob()
}

const listed = "/\x00/configurations/conf\x00/images/kernel-1\x00/images/kernel-1/hash-1\x00"

func full(t *tree, nodes, algorithm string, size int) {
	t.text("algo", algorithm)
	t.set("value", bytes.Repeat([]byte{9}, size))
	t.set("hashed-nodes", []byte(nodes))
	t.set("hashed-strings", []byte{0, 0, 0, 0, 0, 0, 0, 20})
}

// TestBadSignatures has signatures that are not as they say.
func TestBadSignatures(t *testing.T) {
	formattest.Signed(t, fit.Format, signature(func(t *tree) { full(t, listed, "sha256,rsa2048", 256) }))
	for name, c := range map[string]struct {
		f    func(t *tree)
		want string
	}{
		"stripped":            {func(t *tree) { t.text("algo", "sha256,rsa2048") }, "has no value"},
		"unknown":             {func(t *tree) { full(t, listed, "md5,rsa512", 64) }, `algorithm "md5,rsa512" is not known`},
		"short":               {func(t *tree) { full(t, listed, "sha256,rsa2048", 255) }, "a signature of 255 bytes, rsa2048 has 256"},
		"not itself":          {func(t *tree) { full(t, "/\x00/images/kernel-1\x00", "sha256,rsa2048", 256) }, "not over its own configuration"},
		"nothing":             {func(t *tree) { t.text("algo", "sha256,rsa2048"); t.set("value", make([]byte, 256)) }, "lists no nodes"},
		"names beyond":        {func(t *tree) { full(t, listed, "sha256,rsa2048", 256); t.set("hashed-strings", make([]byte, 4)) }, ""},
		"an unknown padding":  {func(t *tree) { full(t, listed, "sha256,rsa2048", 256); t.text("padding", "none") }, `padding "none"`},
		"an uneven signature": {func(t *tree) { full(t, listed, "sha256,ecdsa256", 63) }, "a signature of 63 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, signature(c.f))
			if len(o.Signatures) != 1 || !strings.Contains(o.Signatures[0].Problem, c.want) {
				t.Errorf("%+v, want %q", o.Signatures, c.want)
			}
		})
	}
	s := open(t, signature(func(t *tree) { full(t, listed, "sha256,rsa2048", 256) })).Signatures[0]
	if len(s.Through) != 1 || s.Through[0].Path != "kernel-1" {
		t.Errorf("through %v", s.Through)
	}
	twice := image(func(t *tree) { t.set("data", []byte("a")) })
	twice = bytes.Replace(twice, []byte("configurations\x00"), []byte("configurationz\x00"), 1)
	if o := open(t, twice); len(o.Signatures) > 0 {
		t.Error("a signature outside of configurations")
	}
}

// TestRegions has a list with a node whose parent is not in it: the end of the
// parent, right behind, is signed, and that of the node above is not.
func TestRegions(t *testing.T) {
	b := &tree{}
	b.node("", func() {
		b.node("images", func() {
			b.node("a", func() { b.node("b", func() { b.node("c", func() { b.text("x", "y") }) }) })
			b.node("other", func() { b.set("data", []byte("xyz")) })
		})
		b.node("configurations", func() {
			b.node("conf", func() {
				b.node("signature-1", func() { full(b, "/\x00/configurations/conf\x00/images/a/b/c\x00", "sha256,rsa2048", 256) })
			})
		})
	})
	data := b.blob()
	for _, c := range open(t, data).Signatures[0].Covers {
		run := data[c.Offset : c.Offset+c.Length]
		if !bytes.HasPrefix(run, []byte("\x00\x00\x00\x01c\x00\x00\x00")) {
			continue
		}
		if want := "y\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x02"; !bytes.HasSuffix(run, []byte(want)) || bytes.HasSuffix(run[:len(run)-4], []byte(want)) {
			t.Errorf("% x", run)
		}
		return
	}
	t.Error("the listed node is not covered")
}

func TestMutatedSignature(t *testing.T) {
	formattest.Mutate(t, fit.Format, signature(func(t *tree) { full(t, listed, "sha256,rsa2048", 256) }))
}

func FuzzSignature(f *testing.F) {
	formattest.Fuzz(f, fit.Format, signature(func(t *tree) { full(t, listed, "sha256,rsa2048", 256) }))
}

// TestRealSigned reads a signed image of the corpus.
func TestRealSigned(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "corpus", "syn-gateway-armhf-signed.itb"))
	if err != nil {
		t.Skip("no corpus beside the project")
	}
	o := open(t, data)
	if len(o.Signatures) != 1 || o.Signatures[0].Problem != "" || len(o.Signatures[0].Through) != 3 {
		t.Fatalf("%+v", o.Signatures)
	}
	dir := t.TempDir()
	put(t, dir, "value", o.Signatures[0].Value)
	put(t, dir, "message", o.Signatures[0].Message)
	certificate, _ := filepath.Abs(filepath.Join("..", "..", "..", "shared", "corpus", "syn-fit-dev.crt"))
	openssl := reference.Need(t, "openssl")
	reference.Run(t, dir, openssl, "x509", "-in", certificate, "-noout", "-pubkey", "-out", "public.pem")
	reference.Run(t, dir, openssl, "dgst", "-sha256", "-verify", "public.pem", "-signature", "value", "message")
}
