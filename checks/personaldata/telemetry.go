package personaldata

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/inventory"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed telemetry.md
var telemetryDoc string

// Telemetry fails a product that reports how it is used to somebody, or with
// something, that the maker does not declare.
var Telemetry = &checks.Check{
	ID:        "personaldata/telemetry",
	Title:     "telemetry is declared, and off where it is declared off",
	Doc:       telemetryDoc,
	Remedy:    "Declare who gets telemetry and what for, in recipient and data blocks, or take it out of the software.",
	Principle: assay.PersonalData,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.Medium,
	Provision: []string{"6-5"},
	Version:   3,
	Needs:     checks.Needs(facts.CutScripts, facts.TelemetrySigns, inventory.Components, facts.RootPlaces),
	Run:       telemetry,
}

func telemetry(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	d := declaredTelemetry{p, reportsOf(p)}
	published := inventory.RecognisedIn(checks.Ask(c, inventory.Components))
	var found []assay.Finding
	for _, s := range checks.Ask(c, facts.TelemetrySigns) {
		if f, differs := d.compare(s, published[s.Location.Path]); differs {
			found = append(found, f)
		}
	}
	return c.None(checks.Merged(found), checks.Ask(c, facts.RootPlaces)...)
}

// declaredTelemetry is what the maker says: reports are the data blocks that
// speak of telemetry.
type declaredTelemetry struct {
	*product.Product
	reports []product.Data
}

// compare gives the finding of a sign that is not as declared.
func (d declaredTelemetry) compare(s facts.Telemetry, published bool) (assay.Finding, bool) {
	undeclared := func(severity assay.Severity, message string) (assay.Finding, bool) {
		f := checks.Observed(checks.Graded(severity, s.Location), message, s.Location)
		f.Evidence = append(f.Evidence, assay.Evidence{Kind: assay.KindAbsent, Note: "telemetry", Location: checks.Place(d.Range)})
		return f, true
	}
	switch {
	case s.Sign == facts.SignEndpoint && covered(d.recipientHosts(), s.Host):
		return assay.Finding{}, false
	case s.Sign == facts.SignEndpoint && !covered(declaredHosts(d.Product), s.Host):
		return undeclared(reportReach(s, published), "telemetry goes to "+s.Host+" ("+s.Name+"), which is not declared")
	case s.Sign == facts.SignSwitch:
		return d.compareSwitch(s, undeclared)
	case d.described():
		return assay.Finding{}, false
	case s.Sign == facts.SignEndpoint:
		return undeclared(assay.Low, "telemetry goes to "+s.Host+" ("+s.Name+"), which is declared, but not as telemetry")
	case s.Sign == facts.SignAgent && s.On == facts.Yes:
		return undeclared(assay.Medium, "the telemetry agent "+s.Name+" is started and not declared")
	case s.Sign == facts.SignLibrary && s.On == facts.Yes:
		return undeclared(assay.Medium, "a program is linked with the telemetry library "+s.Name+", which is not declared")
	}
	return undeclared(assay.Low, "the telemetry "+s.Sign+" "+s.Name+" is in the image and not used by what was seen")
}

// compareSwitch judges a setting: one that is off agrees with everything.
func (d declaredTelemetry) compareSwitch(s facts.Telemetry, undeclared func(assay.Severity, string) (assay.Finding, bool)) (assay.Finding, bool) {
	if s.On != facts.Yes {
		return assay.Finding{}, false
	}
	for _, r := range d.reports {
		if r.Default == "off" {
			return checks.Contradiction(assay.Medium, "data "+r.ID+" are declared off as sold, but switched on: "+s.Name, r.Range, s.Location), true
		}
	}
	if d.described() {
		return assay.Finding{}, false
	}
	return undeclared(assay.Medium, "telemetry is switched on and not declared: "+s.Name)
}

// reportReach says how sure it is that reports go to the host: a list of hosts,
// a program that others publish and a mere word in a name are no more than notes.
func reportReach(s facts.Telemetry, published bool) assay.Severity {
	set := s.Kind == facts.InScript || s.Kind == facts.InSetting
	if s.Alone || published || !s.Known && !set {
		return assay.Low
	}
	return assay.Medium
}

func (d declaredTelemetry) recipientHosts() []string {
	var names []string
	for _, r := range d.Recipients {
		names = append(names, r.Host)
	}
	return names
}

// described reports whether the maker speaks of telemetry anywhere.
func (d declaredTelemetry) described() bool {
	return len(d.reports) > 0 || d.Lifecycle != nil && d.Lifecycle.TelemetryUse != "" ||
		slices.ContainsFunc(d.Recipients, func(r product.Recipient) bool { return speaksOfReports(r.ID + " " + r.Purpose) })
}

func reportsOf(p *product.Product) []product.Data {
	return slices.DeleteFunc(slices.Clone(p.Data), func(d product.Data) bool { return !speaksOfReports(d.ID + " " + d.Purpose) })
}

// reportWords are words by which makers speak of telemetry.
var reportWords = []string{"telemetry", "analytic", "diagnos", "crash", "usage", "statistic", "metrics"}

func speaksOfReports(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(reportWords, func(w string) bool { return strings.Contains(text, w) })
}
