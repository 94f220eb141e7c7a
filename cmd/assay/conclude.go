package main

import (
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/catalogue"
	"github.com/assay-iot/assay/schema/product"
	"github.com/assay-iot/assay/schema/scheme"
)

// target is one scheme that a conclusion is wanted for.
type target struct {
	scheme *scheme.Scheme
	level  int
}

// targets lists the schemes to conclude by: those that the product names, which
// load has looked at, else the platform statement, and those asked for with
// --scheme.
func targets(declared *product.Product, more []string, asOf time.Time) ([]target, error) {
	all, err := scheme.Bundled()
	if err != nil {
		return nil, err
	}
	var list []target
	add := func(id, edition string, level int) error {
		s, err := pick(all, id, edition, asOf)
		if err != nil {
			return badInput("\"assay schemes\" lists them", "%w", err)
		}
		for _, t := range list {
			if t.scheme == s {
				return nil
			}
		}
		list = append(list, target{s, level})
		return nil
	}
	for _, t := range declared.Targets {
		if err := add(t.Scheme, t.Edition, t.Level); err != nil {
			return nil, err
		}
	}
	for _, id := range more {
		if err := add(id, "", 0); err != nil {
			return nil, err
		}
	}
	if len(list) == 0 {
		if err := add("platform-statement", "", 0); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func pick(all scheme.Catalogue, id, edition string, asOf time.Time) (*scheme.Scheme, error) {
	if edition != "" {
		return all.Find(id, edition)
	}
	return all.InForce(id, asOf)
}

// conclude says what follows for each target.
func conclude(declared *product.Product, list []target, results []assay.Result, asOf time.Time) []assay.Conclusion {
	conclusions := []assay.Conclusion{}
	for _, t := range list {
		conclusions = append(conclusions, scheme.Conclude(t.scheme, scheme.Basis{
			Level: t.level, Results: results, AsOf: asOf, Unmet: unmet(declared),
			Declaration: scheme.Describe(declared, declared.Manufacturer),
		}))
	}
	return conclusions
}

// ruleSets names what the product is judged by: the schemes, then the checks and
// their lists.
func ruleSets(list []target) []assay.RuleSet {
	var sets []assay.RuleSet
	for _, t := range list {
		sets = append(sets, assay.RuleSet{Kind: "scheme", Name: t.scheme.ID, Version: t.scheme.Edition, Digest: t.scheme.Digest})
	}
	return append(sets, catalogue.Rules()...)
}

// latestLabel is the last day that the targets allow a label to be valid that
// is issued on a day; empty if none sets a longest time.
func latestLabel(list []target, issued time.Time) string {
	latest := ""
	for _, t := range list {
		if t.scheme.MaxLabel == "" {
			continue
		}
		if end := t.scheme.MaxLabel.After(issued).Format(time.DateOnly); latest == "" || end < latest {
			latest = end
		}
	}
	return latest
}

// terms are the least support periods that the targets demand.
func terms(list []target) []checks.Term {
	var terms []checks.Term
	for _, t := range list {
		if years := t.scheme.MinSupport.Years(); years > 0 {
			terms = append(terms, checks.Term{Scheme: t.scheme.ID, Years: years})
		}
	}
	return terms
}
