package lifecycle

import (
	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/schema/product"
)

// declaredDebug finds debug interfaces that the maker declares to be on as sold,
// without a word on how they are closed (EN 303 645, 5.6-4A).
func declaredDebug(p *product.Product) []assay.Finding {
	if p == nil {
		return nil
	}
	var found []assay.Finding
	for _, i := range p.Interfaces {
		if i.Kind == "debug" && (i.Enabled == nil || *i.Enabled) && i.Closed == "" {
			found = append(found, checks.Misdeclared(assay.High, "debug interface "+i.ID+" is declared on and not closed", i.Range))
		}
	}
	return found
}
