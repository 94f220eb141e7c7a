package main

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/assay-iot/assay/checks/catalogue"
	"github.com/assay-iot/assay/schema/product"
	"github.com/assay-iot/assay/schema/scheme"
)

// load reads a product's folder and holds it against the checks and schemes that
// there are. All mistakes are printed at once, each with its place and how to mend
// it; then the error says only how many there are. Warnings are printed and stand
// in nobody's way. image says how grave a missing image is.
func (p *program) load(q question, image hcl.DiagnosticSeverity) (*product.Product, error) {
	if info, err := os.Stat(q.dir); err != nil || !info.IsDir() {
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			return nil, badInput("give the folder that holds product.hcl; \"assay init\" makes one", "there is no folder %s", q.dir)
		}
		return nil, err
	}
	outside, err := outsideOn(q.asOf)
	if err != nil {
		return nil, err
	}
	outside.MissingImage = image
	declared, diags := product.Load(q.dir, product.Options{Vars: q.vars, Outside: outside})
	if len(diags) > 0 {
		if err := product.Print(p.err, q.dir, diags, p.color); err != nil {
			return nil, err
		}
	}
	if diags.HasErrors() {
		return nil, badInput("", "%s in the product files of %s", count(len(diags.Errs()), "mistake"), q.dir)
	}
	return declared, nil
}

// outsideOn lists the checks and schemes that a product file may name on a day.
func outsideOn(day time.Time) (*product.Outside, error) {
	all, err := scheme.Bundled()
	if err != nil {
		return nil, err
	}
	o := &product.Outside{AsOf: day}
	for _, c := range catalogue.Checks() {
		o.Checks = append(o.Checks, string(c.ID))
	}
	for _, s := range all.All() {
		counts, err := all.InForce(s.ID, day)
		o.Schemes = append(o.Schemes, product.SchemeName{
			ID: s.ID, Edition: s.Edition, Levels: len(s.Levels), InForce: err == nil && counts == s,
		})
		for _, r := range s.Requirements {
			o.Requirements = append(o.Requirements, s.ID+":"+r.ID)
		}
	}
	return o, nil
}
