package mender_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/mender"
)

const (
	info  = `{"payloads": [{"type": "rootfs-image"}], "artifact_provides": {"artifact_name": "release-1"}, "artifact_depends": {"device_type": ["board"]}}`
	first = `{"format": "mender", "version": 3}`
)

func packed(files ...firmwaretest.File) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(firmwaretest.Tar(files...))
	_ = w.Close()
	return b.String()
}

// member is a file of an artifact.
type member struct{ name, content string }

// tar builds an artifact of members in their order.
func tar(members ...member) []byte {
	var all []byte
	for _, m := range members {
		one := firmwaretest.Tar(firmwaretest.Text(m.name, 0o644, m.content))
		all = append(all, one[len(one)-1024-(512+(len(m.content)+511)/512*512):len(one)-1024]...)
	}
	return append(all, make([]byte, 1024)...)
}

var root = string(firmwaretest.Squashfs(firmwaretest.Text("etc/a", 0o644, "a\n")))

func line(name, content string) string {
	return fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte(content)), name)
}

// good is an artifact with a signature of so many bytes.
func good(signature int, more ...member) []byte {
	header := packed(firmwaretest.Text("header-info", 0o644, info))
	list := line("data/0000/root.squashfs", root) + line("header.tar.gz", header) + line("version", first)
	all := []member{{"version", first}, {"manifest", list}, {"manifest.sig", base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, signature))}, {"header.tar.gz", header}}
	return tar(append(append(all, more...), member{"data/0000.tar.gz", packed(firmwaretest.Text("root.squashfs", 0o644, root))})...)
}

func open(t *testing.T, data []byte) *format.Opened {
	t.Helper()
	if mender.Format.Probe(format.InMemory(data)) == format.No {
		t.Fatal("not recognised")
	}
	o, err := mender.Format.Open(t.Context(), format.InMemory(data), format.NewBudget(1000, 1<<28, 1<<26, 1000))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestByHand(t *testing.T) {
	for size, algorithm := range map[int]string{64: format.ECDSASHA256, 256: format.RSASHA256, 384: format.RSASHA256} {
		s := formattest.Signed(t, mender.Format, good(size))[0]
		if s.Algorithm != algorithm || len(s.Leaves) > 0 || len(s.Through) != 3 {
			t.Errorf("%s, through %v, leaves %v", s.Algorithm, s.Through, s.Leaves)
		}
	}
	o := open(t, good(64))
	if o.Attributes["artifact-name"] != "release-1" || o.Attributes["device-types"] != "board" || o.Attributes["version"] != "3" || len(o.Damage) > 0 {
		t.Errorf("%v, damage %v", o.Attributes, o.Damage)
	}
	img := reference.Open(t, good(64))
	reference.Find(t, img, "mender!tar!data/0000.tar.gz!gzip!tar!root.squashfs!squashfs!etc/a")
	if len(img.Skipped) > 0 {
		t.Errorf("skipped %v", img.Skipped)
	}
}

// TestBad has artifacts that are not as they say.
func TestBad(t *testing.T) {
	data := packed(firmwaretest.Text("a", 0o644, "A"))
	version := member{"version", first}
	sig := member{"manifest.sig", base64.StdEncoding.EncodeToString(make([]byte, 256))}
	for name, c := range map[string]struct {
		members []member
		want    string
	}{
		"another file":      {[]member{version, {"manifest", line("data/0000/a", "B")}, sig, {"data/0000.tar.gz", data}}, "data/0000/a=false  leaves version leaves data/0000.tar.gz"},
		"not listed":        {[]member{version, {"manifest", line("version", first)}, sig, {"data/0000.tar.gz", data}}, "version=true  leaves data/0000.tar.gz"},
		"a stowaway":        {[]member{version, {"manifest", line("data/0000/a", "A")}, sig, {"data/0000.tar.gz", packed(firmwaretest.Text("a", 0o644, "A"), firmwaretest.Text("b", 0o644, "B"))}}, "data/0000/a=true  leaves version leaves data/0000.tar.gz"},
		"not there":         {[]member{version, {"manifest", line("data/0000/a", "A")}}, "data/0000/a=false not in the artifact"},
		"no manifest":       {[]member{version, sig}, "there is no manifest"},
		"no base64":         {[]member{version, {"manifest", ""}, {"manifest.sig", "**"}}, "no base64"},
		"a short one":       {[]member{version, {"manifest", ""}, {"manifest.sig", "AAAA"}}, "of an unknown kind"},
		"two manifests":     {[]member{version, {"manifest", ""}, {"manifest", line("version", first)}}, `a second member "manifest"`},
		"listed twice":      {[]member{version, {"manifest", line("version", first) + line("version", "x")}}, `lists "version" twice`},
		"a line of noise":   {[]member{version, {"manifest", "noise\n"}}, "has a line that is none"},
		"no archive":        {[]member{version, {"manifest", ""}, {"data/0000.tar.gz", "\x1f\x8b\x08 no"}}, "damage data/0000.tar.gz: "},
		"augmented":         {[]member{version, {"manifest", line("version", first)}, sig, {"manifest-augment", line("data/0000/a", "A")}, {"data/0000.tar.gz", data}}, "data/0000/a=true  leaves manifest-augment leaves data/0000.tar.gz"},
		"no version at all": {[]member{{"version", `{"format": "mender", "version": {}}`}, {"manifest", ""}}, "version cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, tar(c.members...))
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
			if !strings.Contains(said.String(), c.want) {
				t.Errorf("%s, want %s", said.String(), c.want)
			}
		})
	}
	whole := good(64)
	_, _ = mender.Format.Open(t.Context(), format.InMemory(whole[:len(whole)/2]), format.NewBudget(10, 1<<20, 1<<20, 10))
	if mender.Format.Probe(format.InMemory(tar(member{"version", "2"}))) != format.No {
		t.Error("any archive with a file version is an artifact")
	}
}

// TestMenderArtifact reads what mender-artifact writes, and has openssl verify
// the signature.
func TestMenderArtifact(t *testing.T) {
	tool, openssl := reference.Need(t, "mender-artifact"), reference.Need(t, "openssl")
	keys := t.TempDir()
	reference.Run(t, keys, openssl, "genrsa", "-traditional", "-out", "rsa.pem", "2048")
	reference.Run(t, keys, openssl, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ec.pem")
	for _, version := range []string{"2", "3"} {
		for _, compression := range []string{"none", "gzip", "lzma"} {
			for _, kind := range []string{"rsa", "ec"} {
				t.Run(version+" "+compression+" "+kind, func(t *testing.T) {
					dir := t.TempDir()
					key := filepath.Join(keys, kind+".pem")
					reference.Run(t, dir, openssl, "pkey", "-in", key, "-pubout", "-out", "public.pem")
					if err := os.WriteFile(filepath.Join(dir, "root.squashfs"), []byte(root), 0o600); err != nil {
						t.Fatal(err)
					}
					args := []string{"--compression", compression, "write", "rootfs-image", "-t", "board", "-n", "release-1", "-f", "root.squashfs", "-k", key, "-v", version, "-o", "a.mender"}
					if version == "2" {
						args = append(args, "--no-checksum-provide", "--no-default-software-version", "--no-default-clears-provides")
					}
					reference.Run(t, dir, tool, args...)
					data, err := os.ReadFile(filepath.Join(dir, "a.mender"))
					if err != nil {
						t.Fatal(err)
					}
					o := open(t, data)
					if o.Attributes["artifact-name"] != "release-1" || o.Attributes["device-types"] != "board" || len(o.Damage) > 0 {
						t.Errorf("%v, damage %v", o.Attributes, o.Damage)
					}
					s := formattest.Signed(t, mender.Format, data)[0]
					if len(s.Leaves) > 0 {
						t.Errorf("leaves %v", s.Leaves)
					}
					for name, b := range map[string][]byte{"value": s.Value, "message": s.Message} {
						if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
							t.Fatal(err)
						}
					}
					reference.Run(t, dir, openssl, "dgst", "-sha256", "-verify", "public.pem", "-signature", "value", "message")
				})
			}
		}
	}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, mender.Format, good(64)) }

func FuzzMender(f *testing.F) { formattest.Fuzz(f, mender.Format, good(64), good(256)) }

func TestRealArtifact(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "corpus", "syn-gateway-signed.mender"))
	if err != nil {
		t.Skip("no corpus beside the project")
	}
	s := formattest.Signed(t, mender.Format, data)[0]
	if s.Algorithm != format.ECDSASHA256 || len(s.Through) != 3 || len(s.Leaves) > 0 {
		t.Errorf("%s %v %v", s.Algorithm, s.Through, s.Leaves)
	}
}
