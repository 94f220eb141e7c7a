package support

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/advisories"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed component_end_of_life.md
var componentEndOfLifeDoc string

// ComponentEndOfLife fails an image with components that nobody repairs any
// more, or not for as long as the maker promises.
var ComponentEndOfLife = &checks.Check{
	ID:        "support/component-end-of-life",
	Title:     "components are supported by their own makers for as long as the product is",
	Doc:       componentEndOfLifeDoc,
	Remedy:    "Move to a branch that is supported for longer, or give evidence of who maintains this one.",
	Principle: assay.Support,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.3-8"},
	Version:   2,
	Needs:     checks.Needs(facts.Components, advisories.EndOfLife),
	Run:       componentEndOfLife,
}

func componentEndOfLife(c *checks.Context) checks.Judgement {
	components := checks.Ask(c, facts.Components)
	table := branches(c)
	distributed := inDistribution(table, components)
	var found []assay.Finding
	var places []assay.Location
	var unknown []string
	for _, k := range components {
		if ofDistribution(k) || distributed && (k.Kind == facts.KindPackage || k.Kind == facts.KindKernel) {
			continue
		}
		b, ok := branchOf(table, k)
		if !ok {
			if inTable(table, k) || k.Kind == facts.KindSystem && anyOfDistribution(components) {
				unknown = append(unknown, strings.TrimSpace(k.Name+" "+k.Version))
			}
			continue
		}
		places = append(places, k.Places...)
		if f, ended := branchEnd(c, k, b); ended {
			found = append(found, f)
		}
	}
	j := c.None(checks.Merged(found), places...)
	if len(unknown) != 0 && j.Verdict != assay.Fail {
		return c.Inconclusive("the end of support is not known of %s", strings.Join(slices.Compact(unknown), ", ")).With(j.Findings...)
	}
	if len(places) == 0 {
		return c.Inconclusive("no component was seen whose end of support is known")
	}
	return j
}

// inTable reports a component of which some branch is in the table.
func inTable(table []advisories.Branch, k facts.Component) bool {
	return slices.ContainsFunc(table, func(b advisories.Branch) bool { return named(k, b.Component) })
}

// anyOfDistribution reports packages that are left to the distribution.
func anyOfDistribution(components []facts.Component) bool {
	return slices.ContainsFunc(components, ofDistribution)
}

// ofDistribution reports a package of a distribution that repairs its packages
// itself, whichever it is: the end of the project's own branch says little.
func ofDistribution(k facts.Component) bool {
	return slices.ContainsFunc([]string{"pkg:deb/", "pkg:apk/", "pkg:rpm/"}, func(p string) bool { return strings.HasPrefix(k.PURL, p) })
}

// inDistribution reports a distribution of the table: it repairs its packages and
// its kernel itself, so its own end counts for them. Buildroot only builds: the
// kernel and what goes with it are the maker's choice.
func inDistribution(table []advisories.Branch, components []facts.Component) bool {
	for _, k := range components {
		if _, ok := branchOf(table, k); ok && k.Kind == facts.KindSystem && !strings.EqualFold(k.Name, "buildroot") {
			return true
		}
	}
	return false
}

// branchEnd compares the end of a branch with the day of the assessment and with
// the end that the maker promises.
func branchEnd(c *checks.Context, k facts.Component, b advisories.Branch) (assay.Finding, bool) {
	until, err := time.Parse(time.DateOnly, b.Until)
	if err != nil {
		return assay.Finding{}, false
	}
	name := b.Component + " " + b.Version + " (" + k.Version + ")"
	severity := assay.High
	if k.Confidence == facts.ConfidenceString {
		severity = assay.Medium // whoever built it may have repaired it without a new number
	}
	if maintainedBy(c.Product) != "" {
		severity = assay.Low
	}
	switch {
	case until.Before(c.AsOf):
		return checks.Noted(severity, fmt.Sprintf("%s: support ended on %s", name, b.Until), b.Source, k.Places...), true
	case c.Product == nil || c.Product.Support == nil || c.Product.Support.Until == "":
		return assay.Finding{}, false
	case until.Before(c.Product.Support.Until.Time()):
		message := fmt.Sprintf("%s: support ends on %s, before that of the product on %s", name, b.Until, c.Product.Support.Until)
		return checks.Contradiction(min(severity, assay.Medium), message, c.Product.Support.UntilRange, k.Places...), true
	}
	return assay.Finding{}, false
}

// maintainedBy gives the document by which the maker shows that security updates
// come in time (EN 303 645, 5.3-8) although a component's own support is over.
func maintainedBy(p *product.Product) string {
	if p == nil {
		return ""
	}
	for _, e := range p.Evidence {
		for _, q := range e.Covers {
			if d, ok := p.Documents[e.File]; ok && d.Err == nil && q == "etsi-en-303-645:5.3-8" {
				return e.File
			}
		}
	}
	return ""
}
