package personaldata

import (
	_ "embed"
	"net/url"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/inventory"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed recipients.md
var recipientsDoc string

// Recipients fails a product whose software names hosts that the maker does not
// declare as recipients or services.
var Recipients = &checks.Check{
	ID:        "personaldata/recipients",
	Title:     "every host that the software talks to is declared",
	Doc:       recipientsDoc,
	Remedy:    "Declare the host in a recipient or cloud block, or take it out of the software.",
	Principle: assay.PersonalData,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.High,
	Provision: []string{"6-1"},
	Version:   7,
	Needs:     checks.Needs(facts.CutScripts, facts.Endpoints, inventory.Components, facts.RootPlaces),
	Run:       recipients,
}

func recipients(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	names := declaredHosts(p)
	published := inventory.RecognisedIn(checks.Ask(c, inventory.Components))
	byHost := map[string]*assay.Finding{}
	for _, e := range checks.Ask(c, facts.Endpoints) {
		if covered(names, e.Host) {
			continue
		}
		severity := checks.Graded(reach(e, published), e.Location)
		f := byHost[e.Host]
		if f == nil {
			f = &assay.Finding{Message: "host " + e.Host + " is not declared", Evidence: []assay.Evidence{}}
			byHost[e.Host] = f
		}
		f.Severity = max(f.Severity, severity)
		if len(f.Evidence) < maxPlaces {
			f.Evidence = append(f.Evidence, assay.Evidence{Kind: assay.KindObserved, Location: e.Location})
		}
	}
	var found []assay.Finding
	for _, f := range byHost {
		f.Evidence = append(f.Evidence, assay.Evidence{Kind: assay.KindAbsent, Note: "recipient or cloud", Location: checks.Place(p.Range)})
		found = append(found, *f)
	}
	return c.None(found, checks.Ask(c, facts.RootPlaces)...)
}

// reach says how sure it is that the software talks to the host: a setting or a
// script does, a string of a program may, a link on a page is for people, wherever the
// page stands, and so is a list of other people's hosts; a program that others publish
// names its project.
func reach(e facts.Endpoint, published map[string]bool) assay.Severity {
	if e.Link || e.Listed {
		return assay.Low
	}
	switch e.Kind {
	case facts.InScript, facts.InSetting:
		return assay.High
	case facts.InPage:
		return assay.Low
	}
	if published[e.Location.Path] {
		return assay.Low
	}
	return assay.Medium
}

// declaredHosts are the hosts of recipients and services, and of the maker's
// own published pages.
func declaredHosts(p *product.Product) []string {
	var names []string
	for _, r := range p.Recipients {
		names = append(names, r.Host)
	}
	for _, c := range p.Clouds {
		names = append(names, c.Hosts...)
	}
	var pages []string
	if m := p.Manufacturer; m != nil {
		pages = append(pages, m.Website)
		if d := m.Disclosure; d != nil {
			pages = append(pages, d.Policy, d.SecurityTxt, d.Advisories)
		}
	}
	if p.Support != nil {
		pages = append(pages, p.Support.Notice)
	}
	if p.Deletion != nil {
		pages = append(pages, p.Deletion.Account, p.Deletion.Instructions)
	}
	for _, page := range pages {
		if u, err := url.Parse(page); err == nil {
			names = append(names, u.Hostname())
		}
	}
	return slices.DeleteFunc(names, func(n string) bool { return n == "" })
}

// covered reports whether a host is one of the names; *.example.com covers all
// below it.
func covered(names []string, host string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		n = strings.ToLower(n)
		below, wild := strings.CutPrefix(n, "*.")
		return n == host || wild && strings.HasSuffix(host, "."+below)
	})
}
