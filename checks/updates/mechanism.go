package updates

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

//go:embed mechanism.md
var mechanismDoc string

// Mechanism fails a product whose updater is not described, or is another one
// than the image holds.
var Mechanism = &checks.Check{
	ID:        "updates/mechanism",
	Title:     "the updater that is declared is in the image",
	Doc:       mechanismDoc,
	Remedy:    "Declare update.mechanism as it is, and ship the updater in the image.",
	Principle: assay.Updates,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.3-2"},
	Version:   4,
	Needs:     checks.Needs(facts.CutScripts, facts.Updaters, facts.RootPlaces),
	Run:       mechanism,
}

func mechanism(c *checks.Context) checks.Judgement {
	seen := checks.Ask(c, facts.Updaters)
	if c.Product == nil {
		if len(seen) == 0 {
			return c.Inconclusive("no updater was seen, and nothing is declared")
		}
		return c.Pass(assay.Observed, placesOf(seen)...).Because("an updater was seen: %s", namesOf(seen))
	}
	u := c.Product.Update
	if u == nil || u.Mechanism == "" {
		return c.NotDescribed(assay.High, "update.mechanism")
	}
	if u.Mechanism == "none" {
		found := checks.Misdeclared(assay.High, "the product has no updater", u.MechanismRange)
		if len(seen) > 0 {
			found = checks.Contradiction(assay.High, "no updater is declared, but "+namesOf(seen)+" is there", u.MechanismRange, placesOf(seen)...)
		}
		return c.Fail(assay.Declared, found)
	}
	fits := slices.DeleteFunc(slices.Clone(seen), func(s facts.Updater) bool { return s.Name != u.Mechanism })
	if len(fits) > 0 {
		return c.Pass(assay.Observed, placesOf(fits)...).With(others(c, seen)...)
	}
	if gap := c.Gap(); gap != "" {
		return c.Inconclusive("the declared updater %s was not seen, but %s", u.Mechanism, gap)
	}
	found := checks.Contradiction(assay.High, "the declared updater "+u.Mechanism+" is not in the image", u.MechanismRange, placesOf(seen)...)
	return c.Fail(assay.Observed, found)
}

// others notes the updaters that are there beside the declared one.
func others(c *checks.Context, seen []facts.Updater) []assay.Finding {
	var notes []assay.Finding
	for _, s := range seen {
		if s.Name != c.Product.Update.Mechanism {
			notes = append(notes, checks.Contradiction(assay.Low, s.Name+" is not declared", c.Product.Update.MechanismRange, s.Places...))
		}
	}
	return notes
}

func placesOf(updaters []facts.Updater) []assay.Location {
	var places []assay.Location
	for _, u := range updaters {
		places = append(places, u.Places...)
	}
	return places
}

func namesOf(updaters []facts.Updater) string {
	var names []string
	for _, u := range updaters {
		names = append(names, u.Name)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}
