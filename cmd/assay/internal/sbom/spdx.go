package sbom

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

// What is written of SPDX 2.3 (ISO/IEC 5962). These few types stand here because
// the project's own library brings a parser of RDF and YAML, and nothing is read.
type (
	spdxDocument struct {
		Version       string             `json:"spdxVersion"`
		DataLicence   string             `json:"dataLicense"`
		ID            string             `json:"SPDXID"`
		Name          string             `json:"name"`
		Namespace     string             `json:"documentNamespace"`
		Creation      spdxCreation       `json:"creationInfo"`
		Describes     []string           `json:"documentDescribes"`
		Packages      []spdxPackage      `json:"packages"`
		Relationships []spdxRelationship `json:"relationships"`
	}
	spdxCreation struct {
		Created  string   `json:"created"`
		Creators []string `json:"creators"`
	}
	spdxPackage struct {
		ID        string         `json:"SPDXID"`
		Name      string         `json:"name"`
		Version   string         `json:"versionInfo,omitempty"`
		File      string         `json:"packageFileName,omitempty"`
		Location  string         `json:"downloadLocation"`
		Analyzed  bool           `json:"filesAnalyzed"`
		Checksums []spdxChecksum `json:"checksums,omitempty"`
		Concluded string         `json:"licenseConcluded"`
		Declared  string         `json:"licenseDeclared"`
		Licences  string         `json:"licenseComments,omitempty"`
		Copyright string         `json:"copyrightText"`
		Purpose   string         `json:"primaryPackagePurpose"`
		Refs      []spdxRef      `json:"externalRefs,omitempty"`
		Comment   string         `json:"comment,omitempty"`
	}
	spdxChecksum struct {
		Algorithm string `json:"algorithm"`
		Value     string `json:"checksumValue"`
	}
	spdxRef struct {
		Category string `json:"referenceCategory"`
		Type     string `json:"referenceType"`
		Locator  string `json:"referenceLocator"`
	}
	spdxRelationship struct {
		From string `json:"spdxElementId"`
		Type string `json:"relationshipType"`
		To   string `json:"relatedSpdxElement"`
	}
)

const unstated = "NOASSERTION"

// SPDX writes the bill as SPDX 2.3 in JSON. Where a component was seen, and how
// sure that is, stands in its comment: SPDX 2 has no other place for it.
func SPDX(w io.Writer, in Input) error {
	const document, root = "SPDXRef-DOCUMENT", "SPDXRef-image"
	d := spdxDocument{
		Version: "SPDX-2.3", DataLicence: "CC0-1.0", ID: document, Name: in.nameOf(), Namespace: "urn:uuid:" + in.uuid(),
		Creation:  spdxCreation{Created: in.AsOf.UTC().Format(time.RFC3339), Creators: []string{"Tool: " + in.Tool.Name + "-" + in.Tool.Version}},
		Describes: []string{root},
		Packages: []spdxPackage{{
			ID: root, Name: in.nameOf(), Location: unstated, Concluded: unstated, Declared: unstated, Copyright: unstated,
			Purpose: "FIRMWARE", Checksums: checksums(in.Digest),
		}},
		Relationships: []spdxRelationship{{document, "DESCRIBES", root}},
	}
	parts := in.parts()
	for i, p := range parts {
		d.Packages = append(d.Packages, p.spdx(i))
		d.Relationships = append(d.Relationships, spdxRelationship{root, "CONTAINS", spdxID(i, p)})
	}
	for i, p := range parts {
		for _, n := range p.needs {
			d.Relationships = append(d.Relationships, spdxRelationship{spdxID(i, p), "DEPENDS_ON", spdxID(n, parts[n])})
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(d)
}

func (p part) spdx(i int) spdxPackage {
	s := spdxPackage{
		ID: spdxID(i, p), Name: p.Name, Version: p.Version, Location: unstated, Concluded: unstated, Declared: unstated, Copyright: unstated,
		Purpose: "APPLICATION", Refs: []spdxRef{{"PACKAGE-MANAGER", "purl", p.PURL}}, Comment: p.comment(),
	}
	switch {
	case p.Kind == inventory.KindSystem || p.Kind == inventory.KindKernel:
		s.Purpose = "OPERATING-SYSTEM"
	case p.library:
		s.Purpose = "LIBRARY"
	}
	if e := expression(p.Licence); e != "" {
		s.Declared = e
	} else if p.Licence != "" {
		s.Licences = "The package says: " + p.Licence
	}
	if len(p.files) == 1 {
		s.File, s.Checksums = p.files[0].Path, checksums(p.files[0].Digest)
	}
	return s
}

// comment says how the component was recognised and where.
func (p part) comment() string {
	words, confidence := p.method()
	b := &strings.Builder{}
	fmt.Fprintf(b, "Recognised by: %s (confidence %.1f). Seen in:", words, confidence)
	digests := map[string]assay.Digest{}
	for _, f := range p.files {
		digests[f.Path] = f.Digest
	}
	for _, l := range p.places() {
		fmt.Fprintf(b, "\n%s", l.Path)
		if l.Line > 0 {
			fmt.Fprintf(b, ":%d", l.Line)
		}
		if d := digests[l.Path]; d != "" {
			fmt.Fprintf(b, " (%s)", d)
		}
	}
	return b.String()
}

// spdxID names a package in the document: letters, digits, dots and dashes only.
func spdxID(i int, p part) string {
	name := strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '.' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			return r
		}
		return '-'
	}, p.Name)
	return fmt.Sprintf("SPDXRef-%d-%s", i+1, name)
}

func checksums(d assay.Digest) []spdxChecksum {
	if d == "" {
		return nil
	}
	return []spdxChecksum{{"SHA256", d.Hex()}}
}
