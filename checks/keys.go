package checks

import (
	"slices"

	"github.com/assay-iot/assay/checks/signature"
	"github.com/assay-iot/assay/schema/product"
)

// declaredKeys are the keys of a product file whose signature on software is
// trusted: those that the device demands, if the file says which, else those
// that are declared for firmware or for updates, or for nothing in particular.
func declaredKeys(p *product.Product) []signature.Key {
	if p == nil {
		return nil
	}
	var keys []signature.Key
	for _, k := range p.Keys {
		if !signsSoftware(p, k) {
			continue
		}
		parsed, err := signature.ParseKeys(k.ID, []byte(k.Public))
		if err != nil {
			continue // Load has said so
		}
		for _, one := range parsed {
			one.From, one.Until = k.NotBefore.Time(), k.NotAfter.Time()
			keys = append(keys, one)
		}
	}
	return keys
}

func signsSoftware(p *product.Product, k product.Key) bool {
	if p.Update != nil && len(p.Update.SignedBy) > 0 {
		return slices.ContainsFunc(p.Update.SignedBy, func(r product.Ref) bool { return r.Label() == k.ID })
	}
	return len(k.Uses) == 0 || slices.Contains(k.Uses, "firmware") || slices.Contains(k.Uses, "update-manifest")
}
