package lifecycle

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// openVEX is a document of OpenVEX 0.2.
type openVEX struct {
	Author     string `json:"author"`
	Timestamp  string `json:"timestamp"`
	Statements []struct {
		Vulnerability   vexName      `json:"vulnerability"`
		Products        []vexProduct `json:"products"`
		Status          string       `json:"status"`
		Justification   string       `json:"justification"`
		ImpactStatement string       `json:"impact_statement"`
		ActionStatement string       `json:"action_statement"`
		Timestamp       string       `json:"timestamp"`
		Updated         string       `json:"last_updated"`
	} `json:"statements"`
}

// vexName is the name of a vulnerability; 0.0.1 wrote it as a text.
type vexName struct {
	ID      string   `json:"@id"`
	Name    string   `json:"name"`
	Aliases []string `json:"aliases"`
}

func (n *vexName) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &n.Name)
	}
	type plain vexName
	return json.Unmarshal(data, (*plain)(n))
}

// vexProduct is a product with its parts; 0.0.1 wrote it as a text.
type vexProduct struct {
	vexPart
	Subcomponents []vexPart `json:"subcomponents"`
}

// vexPart has no parts of its own: a document that goes on and on inward would be read
// as often as it is deep.
type vexPart struct {
	ID          string            `json:"@id"`
	Identifiers map[string]string `json:"identifiers"`
}

func (p *vexProduct) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &p.ID)
	}
	var parts struct {
		Subcomponents []vexPart `json:"subcomponents"`
	}
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	p.Subcomponents = parts.Subcomponents
	return p.vexPart.UnmarshalJSON(data)
}

func (p *vexPart) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &p.ID)
	}
	type plain vexPart
	return json.Unmarshal(data, (*plain)(p))
}

func (p vexPart) subject() subject {
	if purl := p.Identifiers["purl"]; purl != "" {
		return subjectOf(purl)
	}
	return subjectOf(p.ID)
}

// openVEXReasons are the justifications that OpenVEX 0.2 knows.
var openVEXReasons = []string{
	"component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
	"vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist",
}

// readOpenVEX gives the statements of a document. Those that the format does not
// allow, "not affected" for no reason or for one that it does not know, are left out
// and told.
func readOpenVEX(data []byte, p itself) (all []statement, bad error) {
	var doc openVEX
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	for i, in := range doc.Statements {
		switch in.Status {
		case vexNotAffected, vexAffected, vexFixed, vexUnderway:
		default:
			return nil, fmt.Errorf("statement %d has the status %q", i+1, in.Status)
		}
		known := slices.Contains(openVEXReasons, in.Justification)
		if in.Status == vexNotAffected && !known && (in.Justification != "" || strings.TrimSpace(in.ImpactStatement) == "") {
			bad = cmp.Or(bad, fmt.Errorf("statement %d says not_affected, with the justification %q and the impact statement %q", i+1, in.Justification, in.ImpactStatement))
			continue
		}
		s := statement{
			ids: append(in.Vulnerability.Aliases, in.Vulnerability.Name, in.Vulnerability.ID), status: in.Status,
			justification: in.Justification, text: strings.TrimSpace(in.ImpactStatement + " " + in.ActionStatement), author: doc.Author,
			when: moment(in.Updated, in.Timestamp, doc.Timestamp),
		}
		for _, product := range in.Products {
			switch {
			case !p.is(product.subject()) && len(product.Subcomponents) == 0:
				s.subjects = append(s.subjects, product.subject())
			case !p.is(product.subject()): // a part of another product
			case len(product.Subcomponents) == 0:
				s.whole = true
			}
			for _, part := range product.Subcomponents {
				if p.is(product.subject()) {
					s.subjects = append(s.subjects, part.subject())
				}
			}
		}
		all = append(all, s)
	}
	return all, bad
}

// cycloneDXVEX is what CycloneDX (ECMA-424) says of vulnerabilities.
type cycloneDXVEX struct {
	Metadata struct {
		Timestamp string        `json:"timestamp"`
		Component cycloneDXNode `json:"component"`
		Supplier  namedThing    `json:"supplier"`
		Maker     namedThing    `json:"manufacturer"`
		Authors   []namedThing  `json:"authors"`
	} `json:"metadata"`
	Components      []cycloneDXNode `json:"components"`
	Vulnerabilities []struct {
		ID         string `json:"id"`
		References []struct {
			ID string `json:"id"`
		} `json:"references"`
		Analysis struct {
			State         string `json:"state"`
			Justification string `json:"justification"`
			Detail        string `json:"detail"`
			First         string `json:"firstIssued"`
			Updated       string `json:"lastUpdated"`
		} `json:"analysis"`
		Affects []struct {
			Ref string `json:"ref"`
		} `json:"affects"`
	} `json:"vulnerabilities"`
}

type namedThing struct {
	Name string `json:"name"`
}

type cycloneDXNode struct {
	Ref        string          `json:"bom-ref"`
	Name       string          `json:"name"`
	Version    string          `json:"version"`
	PURL       string          `json:"purl"`
	Components []cycloneDXNode `json:"components"`
}

// cycloneDXStates puts the states of CycloneDX into the words of OpenVEX.
var cycloneDXStates = map[string]string{
	"not_affected": vexNotAffected, "false_positive": vexNotAffected, "exploitable": vexAffected, "in_triage": vexUnderway,
	"resolved": vexFixed, "resolved_with_pedigree": vexFixed,
}

func readCycloneDXVEX(data []byte, p itself) ([]statement, error) {
	var doc cycloneDXVEX
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	author := doc.Metadata.Maker.Name + doc.Metadata.Supplier.Name
	if len(doc.Metadata.Authors) > 0 {
		author = doc.Metadata.Authors[0].Name
	}
	refs := map[string]subject{}
	references(refs, append(doc.Components, doc.Metadata.Component))
	var all []statement
	for i, in := range doc.Vulnerabilities {
		if in.Analysis.State == "" {
			continue // listed, and not analysed
		}
		s := statement{
			ids: []string{in.ID}, status: cycloneDXStates[in.Analysis.State], justification: in.Analysis.Justification,
			text: in.Analysis.Detail, author: author, when: moment(in.Analysis.Updated, in.Analysis.First, doc.Metadata.Timestamp),
		}
		if s.status == "" {
			return nil, fmt.Errorf("vulnerability %d has the state %q", i+1, in.Analysis.State)
		}
		for _, r := range in.References {
			s.ids = append(s.ids, r.ID)
		}
		for _, a := range in.Affects {
			of := referred(refs, a.Ref)
			if own := doc.Metadata.Component.Ref; own != "" && a.Ref == own || p.is(of) {
				s.whole = s.whole || p.is(of)
				continue
			}
			s.subjects = append(s.subjects, of)
		}
		all = append(all, s)
	}
	return all, nil
}

// references files the components of a document by their references.
func references(refs map[string]subject, from []cycloneDXNode) {
	for _, c := range from {
		if c.Ref != "" {
			refs[c.Ref] = subject{name: c.Name, version: c.Version}
			if c.PURL != "" {
				refs[c.Ref] = subjectOf(c.PURL)
			}
		}
		references(refs, c.Components)
	}
}

// referred resolves a reference: one inside the document, a BOM-Link into another,
// or a package URL.
func referred(refs map[string]subject, ref string) subject {
	if _, inside, ok := strings.Cut(ref, "#"); ok && strings.HasPrefix(ref, "urn:cdx:") {
		if u, err := url.PathUnescape(inside); err == nil {
			inside = u
		}
		ref = inside
	}
	if s, ok := refs[ref]; ok {
		return s
	}
	return subjectOf(ref)
}
