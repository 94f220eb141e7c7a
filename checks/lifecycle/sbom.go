package lifecycle

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Limits of a software bill of materials.
const (
	maxSBOM  = 64 << 20 // bytes
	maxParts = 200_000  // components
)

// part is a component of a software bill of materials.
type part struct {
	Name, Version, PURL string
}

// errNotSBOM says that a document is neither CycloneDX nor SPDX in JSON.
var errNotSBOM = errors.New("neither CycloneDX nor SPDX in JSON")

// readSBOM reads CycloneDX (ECMA-424) and SPDX 2 and 3 in JSON. The component
// that the document is about is not among the parts.
func readSBOM(data []byte) ([]part, error) {
	if len(data) > maxSBOM {
		return nil, fmt.Errorf("larger than %d bytes", maxSBOM)
	}
	var doc struct {
		BOMFormat   string          `json:"bomFormat"`
		Components  []cycloneDXPart `json:"components"`
		SPDXVersion string          `json:"spdxVersion"`
		Describes   []string        `json:"documentDescribes"`
		Packages    []spdxPackage   `json:"packages"`
		Graph       []spdxElement   `json:"@graph"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("at offset %d: %w", syntax.Offset, err)
		}
		return nil, err
	}
	var parts []part
	switch {
	case doc.BOMFormat == "CycloneDX":
		parts = fromCycloneDX(nil, doc.Components)
	case strings.HasPrefix(doc.SPDXVersion, "SPDX-"):
		parts = fromSPDX(doc.Packages, doc.Describes)
	case doc.Graph != nil:
		for _, e := range doc.Graph {
			if e.Type == "software_Package" || e.Type == "Package" {
				parts = append(parts, part{e.Name, e.Version, e.PURL})
			}
		}
	default:
		return nil, errNotSBOM
	}
	if len(parts) > maxParts {
		return nil, fmt.Errorf("more than %d components", maxParts)
	}
	return parts, nil
}

type cycloneDXPart struct {
	Type       string          `json:"type"`
	Name       string          `json:"name"`
	Version    string          `json:"version"`
	PURL       string          `json:"purl"`
	Components []cycloneDXPart `json:"components"`
}

func fromCycloneDX(parts []part, from []cycloneDXPart) []part {
	for _, c := range from {
		if c.Type != "file" { // a file of a component is not another one
			parts = append(parts, part{c.Name, c.Version, c.PURL})
		}
		parts = fromCycloneDX(parts, c.Components)
	}
	return parts
}

type spdxPackage struct {
	ID      string `json:"SPDXID"`
	Name    string `json:"name"`
	Version string `json:"versionInfo"`
	Refs    []struct {
		Type    string `json:"referenceType"`
		Locator string `json:"referenceLocator"`
	} `json:"externalRefs"`
}

// fromSPDX leaves out the package that the document describes, if it describes
// only one among several.
func fromSPDX(packages []spdxPackage, describes []string) []part {
	var parts []part
	for _, p := range packages {
		if len(describes) == 1 && p.ID == describes[0] && len(packages) > 1 {
			continue
		}
		one := part{Name: p.Name, Version: p.Version}
		for _, r := range p.Refs {
			if r.Type == "purl" {
				one.PURL = r.Locator
			}
		}
		parts = append(parts, one)
	}
	return parts
}

type spdxElement struct {
	Type    string `json:"type"`
	Name    string `json:"name"`
	Version string `json:"software_packageVersion"`
	PURL    string `json:"software_packageUrl"`
}

// names are the names under which a part may be looked for: its own and that of
// its package URL; a Go module has its whole path,
// and what Maven has is known with its group.
func (p part) names() []string {
	names := []string{strings.ToLower(p.Name)}
	rest, ok := strings.CutPrefix(p.PURL, "pkg:")
	if !ok {
		return names
	}
	rest, _, _ = strings.Cut(rest, "?")
	rest, _, _ = strings.Cut(rest, "#")
	if i := strings.LastIndexByte(rest, '@'); i > 0 {
		rest = rest[:i]
	}
	kind, path, _ := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(path, '/'); kind == "maven" && at > 0 {
		names = append(names, strings.ToLower(unescape(path[:at]+":"+path[at+1:])))
	}
	if kind == "golang" {
		names = append(names, strings.ToLower(unescape(path)))
	}
	return append(names, strings.ToLower(unescape(path[strings.LastIndexByte(path, '/')+1:])))
}

func unescape(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	return s
}
