package product

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Format lays a product file out in the one way of "assay fmt". A file that
// does not parse is left alone; the diagnostics say why.
func Format(name string, src []byte) ([]byte, hcl.Diagnostics) {
	if len(src) > MaxFileBytes {
		return nil, hcl.Diagnostics{mistake(wholeFile(name), "A product file has at most "+size(MaxFileBytes)+".", "%s is larger than %s", name, size(MaxFileBytes))}
	}
	if diags := guard(name, src, false); diags.HasErrors() {
		return nil, diags
	}
	if _, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos); diags.HasErrors() {
		return nil, tidy(diags)
	}
	return hclwrite.Format(src), nil
}
