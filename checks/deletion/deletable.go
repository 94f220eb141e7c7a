package deletion

import (
	"slices"

	"github.com/assay-iot/assay/schema/product"
)

// nothingToDelete reports a product that declares what data it processes, none
// of it personal, and nothing else that a user would leave on it or elsewhere.
func nothingToDelete(p *product.Product) bool {
	if len(p.Data) == 0 || len(p.Clouds) > 0 || len(p.Apps) > 0 {
		return false
	}
	personal := slices.ContainsFunc(p.Data, func(d product.Data) bool {
		return d.Personal == nil || *d.Personal || (d.Sensitive != nil && *d.Sensitive)
	})
	chosen := slices.ContainsFunc(p.Credentials, func(c product.Credential) bool { return c.Initial == "user-set" })
	return !personal && !chosen
}
