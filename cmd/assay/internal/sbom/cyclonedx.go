package sbom

import (
	"io"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

// CycloneDX writes the bill as CycloneDX 1.6 in JSON. Each component has its
// package URL, the places where it was seen (evidence.occurrences), how it was
// recognised and how sure that is (evidence.identity).
func CycloneDX(w io.Writer, in Input) error {
	parts := in.parts()
	const root = "image"
	bom := cdx.NewBOM()
	bom.SerialNumber = "urn:uuid:" + in.uuid()
	bom.Metadata = &cdx.Metadata{
		Timestamp:  in.AsOf.UTC().Format(time.RFC3339),
		Lifecycles: &[]cdx.Lifecycle{{Phase: cdx.LifecyclePhasePostBuild}},
		Tools: &cdx.ToolsChoice{Components: &[]cdx.Component{
			{Type: cdx.ComponentTypeApplication, Name: in.Tool.Name, Version: in.Tool.Version},
		}},
		Component: &cdx.Component{BOMRef: root, Type: cdx.ComponentTypeFirmware, Name: in.nameOf(), Hashes: hashes(in.Digest)},
	}
	components := make([]cdx.Component, len(parts))
	all := make([]string, len(parts))
	dependencies := []cdx.Dependency{{Ref: root, Dependencies: &all}}
	for i, p := range parts {
		components[i], all[i] = p.cycloneDX(), p.ref
		needs := []string{}
		for _, n := range p.needs {
			needs = append(needs, parts[n].ref)
		}
		dependencies = append(dependencies, cdx.Dependency{Ref: p.ref, Dependencies: &needs})
	}
	bom.Components, bom.Dependencies = &components, &dependencies
	return cdx.NewBOMEncoder(w, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).EncodeVersion(bom, cdx.SpecVersion1_6)
}

func (p part) cycloneDX() cdx.Component {
	words, confidence := p.method()
	technique := cdx.EvidenceIdentityTechniqueBinaryAnalysis
	if p.Confidence == inventory.ConfidencePackage {
		technique = cdx.EvidenceIdentityTechniqueManifestAnalysis
	}
	c := cdx.Component{
		BOMRef: p.ref, Type: cdx.ComponentTypeApplication, Name: p.Name, Version: p.Version, PackageURL: p.PURL,
		Evidence: &cdx.Evidence{
			Identity: &cdx.EvidenceIdentityChoice{Identities: &[]cdx.EvidenceIdentity{{
				Field: cdx.EvidenceIdentityFieldTypePURL, Confidence: &confidence, ConcludedValue: p.PURL,
				Methods: &[]cdx.EvidenceIdentityMethod{{Technique: technique, Confidence: &confidence, Value: words}},
			}}},
			Occurrences: p.occurrences(),
		},
	}
	switch {
	case p.Kind == inventory.KindSystem || p.Kind == inventory.KindKernel:
		c.Type = cdx.ComponentTypeOS
	case p.library:
		c.Type = cdx.ComponentTypeLibrary
	}
	if e := expression(p.Licence); e != "" {
		c.Licenses = &cdx.Licenses{{Expression: e}}
	} else if p.Licence != "" {
		c.Licenses = &cdx.Licenses{{License: &cdx.License{Name: p.Licence}}}
	}
	if len(p.files) == 1 {
		c.Hashes = hashes(p.files[0].Digest)
	} else if len(p.files) > 1 {
		var files []cdx.Component
		for _, f := range p.files {
			files = append(files, cdx.Component{Type: cdx.ComponentTypeFile, Name: f.Path, Hashes: hashes(f.Digest)})
		}
		c.Components = &files
	}
	return c
}

func (p part) occurrences() *[]cdx.EvidenceOccurrence {
	var list []cdx.EvidenceOccurrence
	for _, l := range p.places() {
		o := cdx.EvidenceOccurrence{Location: l.Path}
		if l.Line > 0 {
			o.Line = &l.Line
		}
		if offset := int(l.Offset); offset > 0 {
			o.Offset = &offset
		}
		list = append(list, o)
	}
	return &list
}

func hashes(d assay.Digest) *[]cdx.Hash {
	if d == "" {
		return nil
	}
	return &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: d.Hex()}}
}
