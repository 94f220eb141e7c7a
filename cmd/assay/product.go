package main

import (
	"errors"
	"io/fs"
	"os"

	"github.com/assay-iot/assay/schema/product"
)

// load reads a product's folder. All mistakes are printed at once, each with
// its place and how to mend it; then the error says only how many there are.
func (p *program) load(dir string, vars map[string]string) (*product.Product, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			return nil, badInput("give the folder that holds product.hcl; \"assay init\" makes one", "there is no folder %s", dir)
		}
		return nil, err
	}
	declared, diags := product.Load(dir, product.Options{Vars: vars})
	if diags.HasErrors() {
		if err := product.Print(p.err, dir, diags, p.color); err != nil {
			return nil, err
		}
		return nil, badInput("", "%s in the product files of %s", count(len(diags.Errs()), "mistake"), dir)
	}
	return declared, nil
}
