package storage

import (
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/schema/product"
)

// declaredOpen finds places that the maker declares to hold credentials or
// sensitive data without protection (EN 303 645, 5.4-1).
func declaredOpen(p *product.Product) []assay.Finding {
	if p == nil {
		return nil
	}
	var found []assay.Finding
	for _, s := range p.Storages {
		if s.Protection != "none" {
			continue
		}
		if i := slices.IndexFunc(s.Holds, func(r product.Ref) bool { return r.Kind() == "credential" || sensitive(p, r) }); i >= 0 {
			found = append(found, checks.Misdeclared(assay.Medium, "storage "+s.ID+" is declared to keep "+s.Holds[i].Label()+" without protection", s.Range))
		}
	}
	return found
}

func sensitive(p *product.Product, r product.Ref) bool {
	return r.Kind() == "data" && slices.ContainsFunc(p.Data, func(d product.Data) bool {
		return d.ID == r.Label() && d.Sensitive != nil && *d.Sensitive
	})
}
