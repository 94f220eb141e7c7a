package disclosure

import (
	_ "embed"
	"encoding/json"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed csaf_provider.md
var csafProviderDoc string

// CSAFProvider notes what is wrong with the metadata of published advisories.
var CSAFProvider = &checks.Check{
	ID:        "disclosure/csaf-provider",
	Title:     "the declared advisories are published for machines to read (CSAF)",
	Doc:       csafProviderDoc,
	Remedy:    "Publish provider-metadata.json as CSAF 2.0 describes it, and declare its address in vulnerability_disclosure.advisories.",
	Principle: assay.Disclosure,
	Reads:     checks.Declared + checks.Published,
	Severity:  assay.Low,
	Provision: []string{"5.2-2"},
	Version:   1,
	Needs:     checks.Needs(facts.Pages),
	Run:       csafProvider,
}

// providerMetadata is what CSAF 2.0, section 7.1.7, asks of a provider.
type providerMetadata struct {
	Canonical     string            `json:"canonical_url"`
	Updated       string            `json:"last_updated"`
	Version       string            `json:"metadata_version"`
	Role          string            `json:"role"`
	Publisher     map[string]any    `json:"publisher"`
	Distributions []json.RawMessage `json:"distributions"`
}

func csafProvider(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	if p.Manufacturer == nil || p.Manufacturer.Disclosure == nil || p.Manufacturer.Disclosure.Advisories == "" {
		return c.NotApplicable("no published advisories are declared")
	}
	d := p.Manufacturer.Disclosure
	page, ok := facts.PageAt(checks.Ask(c, facts.Pages), d.Advisories)
	if !ok {
		return c.Inconclusive("%s was not asked: needs --online", d.Advisories)
	}
	if page.Status != 200 {
		return c.Inconclusive("%s does not answer", d.Advisories)
	}
	var m providerMetadata
	if json.Unmarshal([]byte(page.Text), &m) != nil {
		return c.Inconclusive("%s gives no CSAF provider metadata", d.Advisories)
	}
	var found []assay.Finding
	for _, part := range m.missing() {
		found = append(found, checks.Contradiction(assay.Low, "the provider metadata has no "+part, d.Range, page.At()))
	}
	return c.Pass(assay.Observed, page.At()).With(found...)
}

// missing lists the required parts that are not there.
func (m providerMetadata) missing() []string {
	var all []string
	for _, part := range []struct {
		name string
		is   bool
	}{
		{"canonical_url", m.Canonical != ""},
		{"last_updated", m.Updated != ""},
		{"metadata_version", m.Version != ""},
		{"role", m.Role != ""},
		{"publisher", len(m.Publisher) > 0},
		{"distributions", len(m.Distributions) > 0},
	} {
		if !part.is {
			all = append(all, part.name)
		}
	}
	return all
}
