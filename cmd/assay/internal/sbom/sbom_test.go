package sbom

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

func digest(c string) assay.Digest { return assay.Digest("sha256:" + strings.Repeat(c, 64)) }

// device has a component of each kind.
func device() Input {
	at := func(file, d string) assay.Location {
		return assay.Location{Path: "fw.bin!squashfs!" + file, Digest: digest(d)}
	}
	line := assay.Location{Path: "fw.bin!squashfs!usr/lib/opkg/status", Digest: digest("a"), Line: 7, Offset: 90, Length: 9}
	program := func(file, d, kind string, needed ...string) facts.Program {
		return facts.Program{Location: at(file, d), Root: "fw.bin!squashfs", Name: file, Kind: kind, Needed: needed}
	}
	span := at("usr/sbin/uhttpd", "b")
	span.Offset, span.Length = 64, 20
	return Input{
		Tool: assay.Tool{Name: "assay", Version: "v1.2.3"}, AsOf: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC),
		Image: "fw.bin", Digest: digest("f"),
		Components: []inventory.Component{
			{Name: "acme", Version: "3", PURL: "pkg:generic/acme@3", Kind: inventory.KindSystem, Confidence: inventory.ConfidenceBuild, Places: []assay.Location{at("etc/os-release", "c")}},
			{Name: "agent", Version: "1.0", PURL: "pkg:generic/agent@1.0", Kind: inventory.KindProgram, Confidence: inventory.ConfidenceString, Places: []assay.Location{span, at("usr/sbin/agent", "d")}},
			{Name: "busybox", Version: "1.35.0-4", PURL: "pkg:opkg/acme/busybox@1.35.0-4?arch=mips", Kind: inventory.KindPackage, Confidence: inventory.ConfidencePackage, Licence: "GPL-2.0-only & MIT", Depends: []string{"libc", "nowhere"}, Places: []assay.Location{line}},
			{Name: "example.com/m", Version: "v1", PURL: "pkg:golang/example.com/m@v1", Kind: inventory.KindModule, Confidence: inventory.ConfidenceBuild, Places: []assay.Location{at("usr/sbin/agent", "d")}},
			{Name: "libc", Version: "1", PURL: "pkg:opkg/acme/libc@1", Kind: inventory.KindPackage, Confidence: inventory.ConfidencePackage, Licence: "a licence of our own", Places: []assay.Location{line}},
			{Name: "linux", Version: "5.4", PURL: "pkg:generic/linux@5.4", Kind: inventory.KindKernel, Confidence: inventory.ConfidenceBuild, Places: []assay.Location{{Path: "fw.bin!uimage"}}},
			{Name: "openssl", Version: "3.0.1", PURL: "pkg:generic/openssl@3.0.1", Kind: inventory.KindProgram, Confidence: inventory.ConfidenceString, Places: []assay.Location{at("usr/lib/libcrypto.so.3", "e")}},
			{Name: "twice", Version: "1", PURL: "pkg:generic/twice@1", Kind: inventory.KindProgram, Confidence: inventory.ConfidenceString, Places: []assay.Location{at("bin/a", "1")}},
			{Name: "twice", Version: "1", PURL: "pkg:generic/twice@1", Kind: inventory.KindKernel, Confidence: inventory.ConfidenceString, Places: []assay.Location{at("bin/a", "1")}},
		},
		Programs: []facts.Program{
			program("usr/sbin/agent", "d", "program", "libcrypto.so.3", "libmissing.so.1"), program("usr/lib/libcrypto.so.3", "e", "library"),
		},
	}
}

func write(t *testing.T, form func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := form(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func cycloneDX(t *testing.T, in Input) []byte {
	return write(t, func(b *bytes.Buffer) error { return CycloneDX(b, in) })
}

func spdx(t *testing.T, in Input) []byte {
	return write(t, func(b *bytes.Buffer) error { return SPDX(b, in) })
}

// TestCycloneDXSchema validates against the schema that stands beside the types.
func TestCycloneDXSchema(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(strings.TrimSpace(string(out)), "schema")
	c := jsonschema.NewCompiler()
	for name, file := range map[string]string{"bom-1.6": "bom-1.6.schema.json", "spdx": "spdx.schema.json", "jsf-0.82": "jsf-0.82.schemax.json"} {
		data, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource("http://cyclonedx.org/schema/"+name+".schema.json", doc); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]Input{"device": device(), "nothing": {Image: "empty", AsOf: device().AsOf}} {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(cycloneDX(t, in)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCycloneDX(t *testing.T) {
	out := cycloneDX(t, device())
	var bom struct {
		SerialNumber string
		Components   []struct {
			Ref       string `json:"bom-ref"`
			Name      string
			Type      string
			Hashes    []struct{ Content string }
			Licenses  []struct{ Expression string }
			Evidence  struct{ Occurrences []struct{ Location string } }
			Component []struct{ Name string } `json:"components"`
		}
		Dependencies []struct {
			Ref       string
			DependsOn []string
		}
	}
	if err := json.Unmarshal(out, &bom); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, c := range bom.Components {
		kinds = append(kinds, c.Name+" "+c.Type)
		if len(c.Evidence.Occurrences) == 0 {
			t.Errorf("%s has no place", c.Name)
		}
		switch c.Name {
		case "agent":
			if len(c.Hashes) != 0 || len(c.Component) != 2 {
				t.Errorf("agent: %+v", c)
			}
		case "openssl":
			if len(c.Hashes) != 1 || c.Hashes[0].Content != strings.Repeat("e", 64) {
				t.Errorf("openssl: %+v", c)
			}
		case "busybox":
			if len(c.Hashes) != 0 || len(c.Licenses) != 1 || c.Licenses[0].Expression != "GPL-2.0-only AND MIT" {
				t.Errorf("busybox: %+v", c)
			}
		}
	}
	want := []string{
		"acme operating-system", "agent application", "busybox application", "example.com/m library", "libc library",
		"linux operating-system", "openssl library", "twice application", "twice operating-system",
	}
	if !slices.Equal(kinds, want) {
		t.Errorf("got %q", kinds)
	}
	needs := map[string]string{}
	for _, d := range bom.Dependencies {
		if d.Ref != "image" {
			needs[d.Ref] = strings.Join(d.DependsOn, " ")
		}
	}
	if needs["pkg:generic/agent@1.0"] != "pkg:golang/example.com/m@v1 pkg:generic/openssl@3.0.1" ||
		needs["pkg:opkg/acme/busybox@1.35.0-4?arch=mips"] != "pkg:opkg/acme/libc@1" || needs["pkg:generic/twice@1#2"] != "pkg:generic/twice@1" && needs["pkg:generic/twice@1#2"] != "" {
		t.Errorf("%q", needs)
	}
	other := device()
	other.Digest = digest("0")
	if !regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(bom.SerialNumber) || other.uuid() == device().uuid() {
		t.Errorf("serial number %s", bom.SerialNumber)
	}
	if !bytes.Equal(out, cycloneDX(t, device())) {
		t.Error("the same input gives other bytes")
	}
}

// TestSPDX holds what the schema and the text of SPDX 2.3 demand of the members
// that are written: no module that we take carries the schema.
func TestSPDX(t *testing.T) {
	out := spdx(t, device())
	var doc map[string]any
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo", "packages"} {
		if doc[name] == nil {
			t.Errorf("no %s", name)
		}
	}
	id := regexp.MustCompile(`^SPDXRef-[0-9A-Za-z.-]+$`)
	ids := map[any]bool{"SPDXRef-DOCUMENT": true}
	for _, p := range doc["packages"].([]any) {
		p := p.(map[string]any)
		if !id.MatchString(p["SPDXID"].(string)) || ids[p["SPDXID"]] || p["name"] == "" || p["downloadLocation"] != unstated || p["filesAnalyzed"] != false {
			t.Errorf("package %v", p)
		}
		ids[p["SPDXID"]] = true
		switch p["name"] {
		case "libc":
			if p["licenseDeclared"] != unstated || !strings.Contains(p["licenseComments"].(string), "of our own") {
				t.Errorf("libc: %v", p)
			}
		case "openssl":
			if p["packageFileName"] != "fw.bin!squashfs!usr/lib/libcrypto.so.3" || !strings.Contains(p["comment"].(string), "version string (confidence 0.7)") {
				t.Errorf("openssl: %v", p)
			}
		}
	}
	kinds := map[any]int{}
	for _, r := range doc["relationships"].([]any) {
		r := r.(map[string]any)
		kinds[r["relationshipType"]]++
		if !ids[r["spdxElementId"]] || !ids[r["relatedSpdxElement"]] {
			t.Errorf("%v leads nowhere", r)
		}
	}
	if kinds["DESCRIBES"] != 1 || kinds["CONTAINS"] != 9 || kinds["DEPENDS_ON"] < 3 {
		t.Errorf("relationships: %v", kinds)
	}
	if !bytes.Equal(out, spdx(t, device())) {
		t.Error("the same input gives other bytes")
	}
}

func TestExpression(t *testing.T) {
	for licence, want := range map[string]string{
		"MIT": "MIT", "GPL-2.0-only & (MIT | Zlib)": "GPL-2.0-only AND (MIT OR Zlib)", "GPL-2.0-or-later WITH Classpath-exception-2.0": "GPL-2.0-or-later WITH Classpath-exception-2.0",
		"": "", "GPLv2": "", "see COPYING": "", "((((": "", strings.Repeat("(", 600): "",
	} {
		if got := expression(licence); got != want {
			t.Errorf("%q: %q, want %q", licence, got, want)
		}
	}
}

func FuzzExpression(f *testing.F) {
	f.Add("GPL-2.0-only & MIT")
	f.Add("(A OR B) WITH c+")
	f.Fuzz(func(t *testing.T, licence string) {
		if e := expression(licence); e != "" && expression(e) != e {
			t.Errorf("%q gives %q, which gives another", licence, e)
		}
	})
}
