package communication

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/schema/product"
)

// declaredClear finds what the maker declares to send in clear: personal data on
// a connection (EN 303 645, 5.8-1), and the login of a service (5.5-6).
func declaredClear(p *product.Product) []assay.Finding {
	if p == nil {
		return nil
	}
	var found []assay.Finding
	for _, s := range networkServices(p) {
		if s.TLS == "none" && s.Login != nil && !isSSH(s) {
			found = append(found, checks.Misdeclared(assay.High, "service "+s.ID+" is declared to ask for a login without TLS", s.Range))
		}
	}
	for _, n := range p.Connections {
		if inClearBy(n) && carriesPersonal(p, n) {
			found = append(found, checks.Misdeclared(assay.High, "connection "+n.ID+" is declared to carry personal data without TLS", n.Range))
		}
	}
	return found
}

// declaredPlainWeb finds services that are called https and declared without
// TLS.
func declaredPlainWeb(p *product.Product) []assay.Finding {
	if p == nil {
		return nil
	}
	var found []assay.Finding
	for _, s := range networkServices(p) {
		if s.TLS == "none" && strings.HasPrefix(strings.ToLower(s.ID), "https") {
			found = append(found, checks.Misdeclared(assay.High, "service "+s.ID+" is declared without TLS", s.Range))
		}
	}
	return found
}

// networkServices are the declared services that run as sold, but those of
// lines that one has to touch.
func networkServices(p *product.Product) []product.Service {
	var all []product.Service
	for _, i := range p.Interfaces {
		if i.Enabled != nil && !*i.Enabled || slices.Contains([]string{"debug", "usb", "serial"}, i.Kind) {
			continue
		}
		for _, s := range i.Services {
			if s.Default != "off" {
				all = append(all, s)
			}
		}
	}
	return all
}

// isSSH reports whether a service encrypts without TLS.
func isSSH(s product.Service) bool {
	id := strings.ToLower(s.ID)
	return s.Port == 22 || strings.Contains(id, "ssh") || id == "dropbear" || id == "sftp"
}

// inClearBy reports whether a connection is declared without TLS, or by a
// protocol that has none.
func inClearBy(n product.Connection) bool {
	protocol := strings.ToLower(n.Protocol)
	return n.TLS == "none" && !strings.Contains(protocol, "ssh") && protocol != "sftp" ||
		n.TLS == "" && slices.Contains([]string{"http", "ftp", "tftp", "telnet", "ws"}, protocol)
}

// carriesPersonal reports whether the data of a connection tell something about
// a person.
func carriesPersonal(p *product.Product, n product.Connection) bool {
	return slices.ContainsFunc(n.Carries, func(r product.Ref) bool { return isPersonal(p, r.Label()) })
}

// isPersonal reports whether data are declared as personal or sensitive.
func isPersonal(p *product.Product, id string) bool {
	return slices.ContainsFunc(p.Data, func(d product.Data) bool {
		return d.ID == id && (d.Personal != nil && *d.Personal || d.Sensitive != nil && *d.Sensitive)
	})
}
