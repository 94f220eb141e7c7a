package swupdate_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/swupdate"
)

// member is a file of an image.
type member struct{ name, content string }

// swu builds a cpio archive of the kind "crc".
func swu(members ...member) []byte {
	var b bytes.Buffer
	for i, m := range append(members, member{"TRAILER!!!", ""}) {
		sum, mode := uint32(0), 0o100644
		for _, c := range []byte(m.content) {
			sum += uint32(c)
		}
		if i == len(members) {
			mode = 0
		}
		fmt.Fprintf(&b, "070702%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", i+1, mode, 0, 0, 1, 0, len(m.content), 0, 0, 0, 0, len(m.name)+1, sum)
		b.WriteString(m.name + "\x00")
		b.Write(make([]byte, -b.Len()&3))
		b.WriteString(m.content)
		b.Write(make([]byte, -b.Len()&3))
	}
	return append(b.Bytes(), make([]byte, -b.Len()&511)...)
}

var root = string(firmwaretest.Squashfs(firmwaretest.Text("etc/a", 0o644, "a\n")))

func entry(name, content string) string {
	return fmt.Sprintf(`{ filename = "%s"; device = "/dev/mmcblk0p2"; sha256 = "%x"; }`, name, sha256.Sum256([]byte(content)))
}

// config is an sw-description as libconfig has it.
func config(entries ...string) string {
	return "software =\n{\n version = \"1.0.1\"; # a comment\n hardware-compatibility: [ \"1.0\", \"1.2\" ];\n /* images */ board = { stable = { images: ( " + strings.Join(entries, ", ") + " ); }; };\n}\n"
}

func good(signature string) []byte {
	return swu(member{"sw-description", config(entry("root.squashfs", root))}, member{"sw-description.sig", signature}, member{"root.squashfs", root})
}

func open(t *testing.T, data []byte) *format.Opened {
	t.Helper()
	if swupdate.Format.Probe(format.InMemory(data)) == format.No {
		t.Fatal("not recognised")
	}
	o, err := swupdate.Format.Open(t.Context(), format.InMemory(data), nil)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestByHand(t *testing.T) {
	data := good(strings.Repeat("s", 256))
	s := formattest.Signed(t, swupdate.Format, data)[0]
	if s.Algorithm != format.RSAAnySHA256 || len(s.Leaves) > 0 || len(s.Through) != 1 || s.Covers[0].Path != "sw-description" {
		t.Errorf("%+v", s)
	}
	o := open(t, data)
	if o.Attributes["version"] != "1.0.1" || o.Attributes["hardware-compatibility"] != "1.0 1.2" || len(o.Damage) > 0 {
		t.Errorf("%v, damage %v", o.Attributes, o.Damage)
	}
	img := reference.Open(t, data)
	reference.Find(t, img, "swupdate!cpio!root.squashfs!squashfs!etc/a")
	if len(img.Containers) != 3 || len(img.Skipped) > 0 {
		t.Errorf("%d containers, skipped %v", len(img.Containers), img.Skipped)
	}
	json := fmt.Sprintf(`{"software": {"version": "2", "images": [{"filename": "a", "sha256": "%x"}]}}`, sha256.Sum256([]byte("A")))
	o = open(t, swu(member{"sw-description", json}, member{"a", "A"}))
	if len(o.Signatures) > 0 || len(o.Hashes) != 1 || !o.Hashes[0].OK || o.Attributes["version"] != "2" {
		t.Errorf("%v %v %v", o.Signatures, o.Hashes, o.Attributes)
	}
}

// TestBad has images that are not as they say.
func TestBad(t *testing.T) {
	sig := strings.Repeat("s", 256)
	for name, c := range map[string]struct {
		members []member
		want    string
	}{
		"another image":      {[]member{{"sw-description", config(entry("a", "A"))}, {"sw-description.sig", sig}, {"a", "B"}}, "a=false  leaves a"},
		"no image":           {[]member{{"sw-description", config(entry("a", "A"))}}, "a=false not in the archive"},
		"no hash":            {[]member{{"sw-description", config(`{ filename = "a"; }`)}, {"sw-description.sig", sig}, {"a", "B"}}, "a=false sw-description has no hash of it leaves a"},
		"more than is named": {[]member{{"sw-description", config()}, {"sw-description.sig", sig}, {"a", "B"}}, "leaves a"},
		"twice":              {[]member{{"sw-description", config(entry("a", "A"))}, {"sw-description.sig", sig}, {"a", "A"}, {"a", "B"}}, `a=true  leaves a damage a second member "a"`},
		"two signatures":     {[]member{{"sw-description", config()}, {"sw-description.sig", sig}, {"sw-description.sig", sig}}, `damage a second member "sw-description.sig"`},
		"a late signature":   {[]member{{"sw-description", config()}, {"a", "B"}, {"sw-description.sig", sig}}, "is not the second member"},
		"no signature":       {[]member{{"sw-description", config()}, {"sw-description.sig", "x"}}, "1 bytes that are no signature"},
		"cut":                {[]member{{"sw-description", "software = { images: ( { filename = \"a"}}, "at byte 36: a text without an end"},
		"wrong brackets":     {[]member{{"sw-description", "software = { a = ( }; }"}}, "no name and no value"},
		"deep":               {[]member{{"sw-description", "a = " + strings.Repeat("(", 100)}}, "groups inside one another"},
		"encrypted":          {[]member{{"sw-description", "\x00\x01"}}, "is no text: it is encrypted"},
		"an encrypted image": {[]member{{"sw-description", config(`{ filename = "a"; encrypted = true; sha256 = "00"; }`)}, {"a", "A"}}, "encrypted/a true"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, swu(c.members...))
			var said strings.Builder
			for _, h := range o.Hashes {
				fmt.Fprintf(&said, "%s=%v %s ", h.Name, h.OK, h.Problem)
			}
			for _, s := range o.Signatures {
				for _, l := range s.Leaves {
					fmt.Fprintf(&said, "leaves %s ", l.Path)
				}
				said.WriteString(s.Problem)
			}
			for _, d := range o.Damage {
				fmt.Fprintf(&said, "damage %s", d.Reason)
			}
			fmt.Fprintf(&said, " encrypted/a %s", o.Attributes["encrypted/a"])
			if !strings.Contains(said.String(), c.want) {
				t.Errorf("%s, want %s", said.String(), c.want)
			}
		})
	}
	whole := good(sig)
	if o := open(t, whole[:len(whole)/2]); len(o.Hashes) != 1 || o.Hashes[0].OK {
		t.Errorf("half an image: %v", o.Hashes)
	}
	if swupdate.Format.Probe(format.InMemory(swu(member{"a", ""}, member{"sw-description", ""}))) != format.No {
		t.Error("an archive with a description behind is no image")
	}
}

// TestSigned has openssl sign a description in each way, swupdate check the image
// where it was built for that, and openssl verify what the reader says.
func TestSigned(t *testing.T) {
	openssl := reference.Need(t, "openssl")
	dir := t.TempDir()
	put := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("sw-description", []byte(config(entry("root.squashfs", root))))
	reference.Run(t, dir, openssl, "req", "-batch", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=dev", "-keyout", "key.pem", "-out", "cert.pem")
	reference.Run(t, dir, openssl, "x509", "-in", "cert.pem", "-noout", "-pubkey", "-out", "public.pem")
	for _, c := range []struct {
		algorithm    string
		sign, verify []string
	}{
		{format.CMS, []string{"cms", "-sign", "-in", "sw-description", "-out", "sig", "-signer", "cert.pem", "-inkey", "key.pem", "-outform", "DER", "-nosmimecap", "-binary"}, []string{"cms", "-verify", "-binary", "-inform", "DER", "-in", "value", "-content", "message", "-CAfile", "cert.pem", "-purpose", "any", "-out", "out"}},
		{format.RSAAnySHA256, []string{"dgst", "-sha256", "-sign", "key.pem", "-out", "sig", "sw-description"}, []string{"dgst", "-sha256", "-verify", "public.pem", "-signature", "value", "message"}},
		{format.RSAAnySHA256, []string{"dgst", "-sha256", "-sign", "key.pem", "-sigopt", "rsa_padding_mode:pss", "-out", "sig", "sw-description"}, []string{"dgst", "-sha256", "-verify", "public.pem", "-sigopt", "rsa_padding_mode:pss", "-signature", "value", "message"}},
	} {
		t.Run(c.algorithm, func(t *testing.T) {
			reference.Run(t, dir, openssl, c.sign...)
			sig, err := os.ReadFile(filepath.Join(dir, "sig"))
			if err != nil {
				t.Fatal(err)
			}
			data := good(string(sig))
			s := formattest.Signed(t, swupdate.Format, data)[0]
			if s.Algorithm != c.algorithm || len(s.Digest) != 32 {
				t.Errorf("%s, digest %x", s.Algorithm, s.Digest)
			}
			put("value", s.Value)
			put("message", s.Message)
			reference.Run(t, dir, openssl, c.verify...)
			put("image.swu", data)
			if c.algorithm == format.CMS {
				accepted(t, dir, true)
				put("image.swu", bytes.Replace(data, []byte("1.0.1"), []byte("1.0.2"), 1))
				accepted(t, dir, false)
			}
		})
	}
}

// accepted asks swupdate, whose exit status says now this and now that.
func accepted(t *testing.T, dir string, want bool) {
	t.Helper()
	cmd := exec.Command(reference.Need(t, "swupdate"), "-c", "-i", "image.swu", "-k", "cert.pem", "-e", "board,stable", "-H", "x:1.0")
	cmd.Dir = dir
	out, _ := cmd.CombinedOutput()
	if got := bytes.Contains(out, []byte("SWUPDATE successful")); got != want {
		t.Errorf("swupdate accepts it: %v\n%s", got, out)
	}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, swupdate.Format, good(strings.Repeat("s", 256))) }

func FuzzSWUpdate(f *testing.F) {
	formattest.Fuzz(f, swupdate.Format, good(strings.Repeat("s", 256)), swu(member{"sw-description", `{"software": {"images": [{"filename": "a"}]}}`}, member{"a", "A"}))
}

func TestRealImage(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "corpus", "syn-panel-signed.swu"))
	if err != nil {
		t.Skip("no corpus beside the project")
	}
	s := formattest.Signed(t, swupdate.Format, data)[0]
	if s.Algorithm != format.CMS || len(s.Through) != 2 || len(s.Leaves) > 0 {
		t.Errorf("%s %v %v", s.Algorithm, s.Through, s.Leaves)
	}
}
