package credentials

import (
	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/schema/product"
)

// declaredPasswords finds passwords that the maker declares to be the same on
// every device, or to be left out where a service asks for one (EN 303 645,
// 5.1-1). Without a product there are none.
func declaredPasswords(p *product.Product) []assay.Finding {
	if p == nil {
		return nil
	}
	var found []assay.Finding
	for i := range p.Credentials {
		d := &p.Credentials[i]
		switch {
		case d.Initial == "fixed" && isPassword(d.Kind):
			found = append(found, checks.Misdeclared(assay.High, "credential "+d.ID+" is declared the same on every device", at(d)))
		case d.Initial == "none" && (d.Kind == "" || d.Kind == "password") && guards(p, d):
			found = append(found, checks.Misdeclared(assay.High, "credential "+d.ID+" is declared to have no password, and a service asks for it", at(d)))
		}
	}
	return found
}

// isPassword reports whether a credential of that kind is something to be typed
// or shared; one of no kind may be.
func isPassword(kind string) bool {
	return kind == "" || kind == "password" || kind == "code" || kind == "psk"
}

// guards reports whether a service has the credential as its login.
func guards(p *product.Product, d *product.Credential) bool {
	for _, i := range p.Interfaces {
		for _, s := range i.Services {
			if s.Login != nil && s.Login.Label() == d.ID {
				return true
			}
		}
	}
	return false
}
