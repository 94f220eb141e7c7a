package support

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/advisories"
	"github.com/assay-iot/assay/checks/facts/inventory"
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
	Version:   7,
	Needs:     checks.Needs(inventory.Components, advisories.EndOfLife),
	Run:       componentEndOfLife,
}

func componentEndOfLife(c *checks.Context) checks.Judgement {
	components := checks.Ask(c, inventory.Components)
	table := branches(c)
	inTable, keeper := namesOf(table), keeperOf(table, components, c.AsOf)
	var found []assay.Finding
	var places []assay.Location
	var unknown []inventory.Component
	for _, k := range components {
		kept := ofDistribution(k) || keeper.repairs(k)
		if kept && !keeper.left(k) {
			continue
		}
		b, ok := branchOf(table, k)
		if kept && (!ok || !endedBy(b, c.AsOf)) {
			continue // the distribution's own end says it
		}
		if !ok {
			if isSubject(k) || slices.ContainsFunc(inTable, func(name string) bool { return named(k, name) }) {
				unknown = append(unknown, k)
			}
			continue
		}
		places = append(places, k.Places...)
		if f, ended := branchEnd(c, k, b); ended {
			found = append(found, f)
		}
	}
	return notKnown(c, checks.Merged(found), places, unknown)
}

// notKnown judges what the table says, and names what was seen of which it says
// nothing: that is no pass, unless the maker shows who takes care of it.
func notKnown(c *checks.Context, found []assay.Finding, places []assay.Location, unknown []inventory.Component) checks.Judgement {
	var names []string
	var notes []assay.Finding
	for _, k := range unknown {
		names = append(names, strings.TrimSpace(k.Name+" "+k.Version))
		notes = append(notes, checks.Observed(assay.Info, "the end of support of "+names[len(names)-1]+" is not known", k.Places...))
	}
	shown := maintainedBy(c.Product) != ""
	if shown {
		for _, k := range unknown {
			places = append(places, k.Places...)
		}
	}
	j := c.None(checks.Merged(found), places...)
	switch {
	case j.Verdict == assay.Fail || len(names) != 0 && shown:
		return j.With(checks.Merged(notes)...)
	case len(names) != 0:
		return c.Inconclusive("the end of support is not known of %s", strings.Join(slices.Compact(names), ", ")).With(j.Findings...)
	case len(places) == 0:
		return c.Inconclusive("no component was seen whose end of support is known")
	}
	return j
}

// namesOf are the components of which some branch is in the table, each once.
func namesOf(table []advisories.Branch) []string {
	var names []string
	for _, b := range table {
		names = append(names, b.Component)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// subjects are what the check is about: kernels and kits of programs without an
// operating system, and libraries of TLS. One of them that the table does not know
// is named. Distributions are subjects by their kind.
var subjects = []string{
	"linux",
	"openssl", "libressl", "mbedtls", "wolfssl", "gnutls", "nss",
	"zephyr", "freertos", "mbed-os", "riot", "esp-idf", "esp8266-rtos-sdk", "nrf-connect-sdk", "nrf5-sdk",
	"threadx", "nuttx", "contiki-ng", "tuya-iot-sdk", "esphome",
}

func isSubject(k inventory.Component) bool {
	return k.Kind == inventory.KindSystem || slices.ContainsFunc(subjects, func(s string) bool { return named(k, s) })
}

// ofDistribution reports a package of a distribution that repairs its packages
// itself, whichever it is: the end of the project's own branch says little.
func ofDistribution(k inventory.Component) bool {
	return slices.ContainsFunc([]string{"pkg:deb/", "pkg:apk/", "pkg:rpm/"}, func(p string) bool { return strings.HasPrefix(k.PURL, p) })
}

// keeper is who repairs parts of the image whatever became of their own branches:
// the distributions and kits of the table that were seen in it.
type keeper struct {
	packages, kernel, kit bool
	alive                 bool // a distribution has not ended
}

// kits are the development kits that bring libraries of others with them, and
// brought are those.
var (
	kits    = []string{"esp-idf", "zephyr"}
	brought = []string{"freertos", "mbedtls"}
)

// android is repaired by whoever makes the device of it, and Google's bulletins name a
// version for some years.
const android = "android"

// keeperOf finds the distributions and kits of the table. Buildroot only builds: all
// that goes into it is the maker's choice, as is what stands beside Android's own parts. Poky keeps its recipes, the kernel is the
// choice of whoever made the layer of the board.
func keeperOf(table []advisories.Branch, components []inventory.Component, day time.Time) keeper {
	var w keeper
	for _, k := range components {
		b, ok := branchOf(table, k)
		switch {
		case !ok:
		case k.Kind == inventory.KindSystem && b.Component != "buildroot" && b.Component != android:
			w.packages = true
			w.kernel = w.kernel || b.Component != "poky"
			w.alive = w.alive || !endedBy(b, day)
		case slices.Contains(kits, b.Component):
			w.kit = true
		}
	}
	return w
}

func (w keeper) repairs(k inventory.Component) bool {
	switch k.Kind {
	case inventory.KindPackage:
		return w.packages
	case inventory.KindKernel:
		return w.kernel
	case inventory.KindProgram:
		return w.kit && slices.Contains(brought, k.Name)
	}
	return false
}

// left reports whether the distributions that repaired a component have all ended:
// then nobody does, if its own project has stopped too.
func (w keeper) left(k inventory.Component) bool {
	return w.packages && !w.alive && (k.Kind != inventory.KindKernel || w.kernel) && k.Kind != inventory.KindProgram
}

func endedBy(b advisories.Branch, day time.Time) bool {
	until, err := time.Parse(time.DateOnly, b.Until)
	return err == nil && until.Before(day)
}

// branchEnd compares the end of a branch with the day of the assessment and with
// the end that the maker promises.
func branchEnd(c *checks.Context, k inventory.Component, b advisories.Branch) (assay.Finding, bool) {
	until, err := time.Parse(time.DateOnly, b.Until)
	if err != nil {
		return assay.Finding{}, false
	}
	name := b.Component + " " + b.Version + " (" + k.Version + ")"
	if k.Base != "" && !named(k, b.Component) {
		name = b.Component + " " + b.Version + " (base of " + strings.TrimSpace(k.Name+" "+k.Version) + ")"
	}
	severity := assay.High
	if k.Confidence == inventory.ConfidenceString || b.Component == android {
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
