package lifecycle

import (
	"errors"
	"slices"
	"testing"

	"github.com/assay-iot/assay/checks/checktest"
)

func TestComponentInventory(t *testing.T) { checktest.Run(t, ComponentInventory) }

func TestReadSBOM(t *testing.T) {
	for name, in := range map[string]string{
		"CycloneDX": `{"bomFormat": "CycloneDX", "metadata": {"component": {"name": "fw", "version": "9"}}, "components": [{"name": "a", "version": "1", "purl": "pkg:generic/a@1", "components": [{"name": "b", "version": "2"}]}]}`,
		"SPDX 2":    `{"spdxVersion": "SPDX-2.3", "documentDescribes": ["SPDXRef-fw"], "packages": [{"SPDXID": "SPDXRef-fw", "name": "fw", "versionInfo": "9"}, {"name": "a", "versionInfo": "1", "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:generic/a@1"}]}, {"name": "b", "versionInfo": "2"}]}`,
		"SPDX 3":    `{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [{"type": "software_Package", "name": "a", "software_packageVersion": "1", "software_packageUrl": "pkg:generic/a@1"}, {"type": "software_Package", "name": "b", "software_packageVersion": "2"}, {"type": "Person", "name": "x"}]}`,
	} {
		got, err := readSBOM([]byte(in))
		if want := []part{{"a", "1", "pkg:generic/a@1"}, {"b", "2", ""}}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, err := readSBOM([]byte(`{"name": "package"}`)); !errors.Is(err, errNotSBOM) {
		t.Errorf("another document: %v", err)
	}
	if _, err := readSBOM([]byte(`{"bomFormat": `)); err == nil {
		t.Error("a document that is cut off is no error")
	}
}

func TestPartNames(t *testing.T) {
	for purl, want := range map[string]string{
		"pkg:deb/debian/libssl3@3.0.20-1?arch=armhf": "libssl3",
		"pkg:golang/golang.org/x/text@v0.3.0":        "golang.org/x/text",
		"pkg:generic/lib%2Bx@1":                      "lib+x",
	} {
		if got := (part{Name: "n", PURL: purl}).names(); !slices.Contains(got, want) {
			t.Errorf("%s: %q", purl, got)
		}
	}
}

func FuzzReadSBOM(f *testing.F) {
	f.Add([]byte(`{"bomFormat": "CycloneDX", "components": [{"name": "a", "purl": "pkg:a/b@1"}]}`))
	f.Add([]byte(`{"spdxVersion": "SPDX-2.3", "packages": [{"name": "a", "externalRefs": [{}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		parts, err := readSBOM(data)
		if err != nil && parts != nil {
			t.Error("parts with an error")
		}
		for _, p := range parts {
			p.names()
		}
	})
}
