package deletion

import (
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/storages"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed reset_coverage.md
var resetCoverageDoc string

// ResetCoverage fails a product whose reset leaves a place out where data of the
// user are declared to lie.
var ResetCoverage = &checks.Check{
	ID:        "deletion/reset-coverage",
	Title:     "a factory reset wipes every place where data of the user lie",
	Doc:       resetCoverageDoc,
	Remedy:    "Let the reset wipe the place as well, and name it in deletion.erases.",
	Principle: assay.Deletion,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.11-1"},
	Version:   3,
	Needs:     checks.Needs(storages.Resets, storages.All),
	Run:       resetCoverage,
}

func resetCoverage(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	if nothingToDelete(p) {
		return c.NotApplicable("no data are declared that a user would have to delete")
	}
	places := userPlaces(p)
	if len(places) == 0 {
		return c.Inconclusive("no storage block says where on the device the data of the user lie")
	}
	var resets []storages.Reset
	for _, r := range checks.Ask(c, storages.Resets) {
		if facts.ClassOf(r.Location.Path) == facts.Product {
			resets = append(resets, r)
		}
	}
	var found []assay.Finding
	var examined []assay.Location
	unknown := ""
	for _, s := range places {
		if !erasedAsDeclared(p, s.At) {
			found = append(found, checks.Misdeclared(assay.High, "deletion.erases leaves out "+s.At+", where data of the user lie", s.Range))
		}
		switch wiped, by := wipedAt(checks.Ask(c, storages.All), resets, s.At); {
		case wiped == facts.Yes:
			examined = append(examined, by...)
		case wiped == facts.Unknown || c.Gap() != "":
			unknown = fmt.Sprintf("whether a reset wipes %s cannot be seen", s.At)
		default:
			found = append(found, checks.Contradiction(assay.High, "no factory reset of the image wipes "+s.At+", where data of the user lie", s.Range, by...))
		}
	}
	switch {
	case len(found) > 0:
		return c.Fail(assay.Observed, found...)
	case unknown != "":
		return c.Inconclusive("%s", unknown)
	}
	return c.Pass(assay.Observed, examined...).Because("the places that are declared are wiped; others were not looked for")
}

// userPlaces are the storage blocks on the device that hold personal data or a
// credential that the user sets.
func userPlaces(p *product.Product) []product.Storage {
	return slices.DeleteFunc(slices.Clone(p.Storages), func(s product.Storage) bool {
		return !strings.HasPrefix(s.At, "/") || !slices.ContainsFunc(s.Holds, func(r product.Ref) bool { return ofUser(p, r) })
	})
}

func ofUser(p *product.Product, r product.Ref) bool {
	personal := slices.ContainsFunc(p.Data, func(d product.Data) bool {
		return d.ID == r.Label() && (d.Personal == nil || *d.Personal || d.Sensitive != nil && *d.Sensitive)
	})
	return personal || slices.ContainsFunc(p.Credentials, func(k product.Credential) bool { return k.ID == r.Label() && k.Initial == "user-set" })
}

// erasedAsDeclared reports whether deletion.erases, if it is given, names the place
// or a folder above it.
func erasedAsDeclared(p *product.Product, at string) bool {
	if p.Deletion == nil || len(p.Deletion.Erases) == 0 {
		return true
	}
	return slices.ContainsFunc(p.Deletion.Erases, func(e string) bool {
		e = path.Clean(strings.TrimSuffix(e, "*"))
		return path.Clean(at) == e || e == "/" || strings.HasPrefix(path.Clean(at), e+"/")
	})
}

// wipedAt asks all resets of the image: one that wipes the place is enough.
func wipedAt(s storages.Storage, resets []storages.Reset, at string) (facts.Known, []assay.Location) {
	answer := facts.No
	var places []assay.Location
	for _, r := range resets {
		switch s.Wiped(r, at) {
		case facts.Yes:
			return facts.Yes, []assay.Location{r.Location}
		case facts.Unknown:
			answer = facts.Unknown
		}
		places = append(places, r.Location)
	}
	if len(resets) == 0 {
		answer = facts.Unknown
	}
	return answer, places
}
