package main

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/catalogue"
	"github.com/assay-iot/assay/cmd/assay/internal/compare"
)

// level brings a product and an image that stands alone to what both can say. The image
// declares nothing and its results bear no name of a firmware, so that all of the one
// would be new and all of the other gone.
func level(a, b *compare.Side) error {
	alone := func(s *compare.Side) bool { return s.Kind == "image" || s.Kind == "inspection" }
	if alone(a) == alone(b) {
		return nil
	}
	decided := map[assay.CheckID]int{}
	for _, s := range []*compare.Side{a, b} {
		var names []string
		for _, r := range s.Results {
			if r.Firmware != "" {
				names = append(names, r.Firmware)
			}
		}
		slices.Sort(names)
		if n := len(slices.Compact(names)); n > 1 {
			return badInput("give the image of each release", "%s is of %d firmware images, and the other is one image", s.Name, n)
		}
		s.Results = ofFirmware(s.Results)
		for _, r := range s.Results {
			decided[r.Check]++
		}
	}
	for _, s := range []*compare.Side{a, b} {
		s.Results = slices.DeleteFunc(s.Results, func(r assay.Result) bool { return decided[r.Check] < 2 })
		s.Unknown["checks"] = "what depends on the product file: an image alone declares nothing"
	}
	return nil
}

// ofFirmware gives the results that firmware alone decides, without what contradicts a
// declaration. A check that reads more than firmware counts where it has an answer.
func ofFirmware(results []assay.Result) []assay.Result {
	var all []assay.Result
	for _, r := range results {
		reads := readsOf(r.Check)
		if !strings.Contains(string(reads), string(checks.Firmware)) {
			continue
		}
		r.Firmware = ""
		if reads != checks.Firmware {
			r.Findings = slices.DeleteFunc(slices.Clone(r.Findings), declaredOne)
			grave := slices.ContainsFunc(r.Findings, func(f assay.Finding) bool { return f.Severity >= assay.Medium })
			if r.Verdict != assay.Pass && (r.Verdict != assay.Fail || !grave) {
				continue
			}
		}
		all = append(all, r)
	}
	return all
}

// declaredOne reports a finding that rests on the product file, or on what is not in it.
func declaredOne(f assay.Finding) bool {
	of := func(kind assay.EvidenceKind) bool {
		return slices.ContainsFunc(f.Evidence, func(e assay.Evidence) bool { return e.Kind == kind })
	}
	return of(assay.KindDeclared) || !of(assay.KindObserved)
}

func readsOf(id assay.CheckID) checks.Reads {
	for _, c := range catalogue.Checks() {
		if c.ID == id {
			return c.Reads
		}
	}
	return ""
}
