package communication

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed web_without_tls.md
var webWithoutTLSDoc string

// WebWithoutTLS fails an image whose web server serves people in clear.
var WebWithoutTLS = &checks.Check{
	ID:        "communication/web-without-tls",
	Title:     "web pages of the device are served over TLS",
	Doc:       webWithoutTLSDoc,
	Remedy:    "Serve the pages over TLS, and let port 80 only redirect to it.",
	Principle: assay.Communication,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.5-7"},
	Version:   8,
	Needs:     checks.Needs(facts.Services, facts.Inits, facts.OwnPages),
	Run: func(c *checks.Context) checks.Judgement {
		return webWithoutTLS(c).WithDeclared(declaredPlainWeb(c.Product)...)
	},
}

func webWithoutTLS(c *checks.Context) checks.Judgement {
	var found []assay.Finding
	var examined []assay.Location
	unknown := ""
	services := checks.Ask(c, facts.Services)
	for _, s := range services {
		if s.Kind != facts.KindWeb || !s.Reachable() {
			continue
		}
		examined = append(examined, s.Places...)
		if len(s.Listens) == 0 {
			unknown = s.Name + " is started, but its settings do not say where it listens"
		}
		if s.Unread != "" {
			unknown = notInImage(s.Name, s.Unread)
		}
		for _, l := range s.Listens {
			switch {
			case l.Loopback() || l.Redirect || l.TLS == facts.Yes:
			case l.TLS == facts.No:
				found = append(found, plainWeb(c, s, l))
			default:
				unknown = fmt.Sprintf("whether %s uses TLS on port %d is not known", s.Name, l.Port)
			}
		}
	}
	found = checks.Merged(append(found, ownPages(c)...))
	j := c.NoneStarted(found, checks.Ask(c, facts.Inits))
	j.Examined = append(j.Examined, examined...)
	switch {
	case j.Verdict != assay.Pass:
		return j
	case unknown != "":
		return c.Inconclusive("%s", unknown).With(found...)
	}
	if open := maybeWeb(c, services); len(open) > 0 {
		return c.Inconclusive("%s, and whether it serves pages is not known", unspokenReason(open)).With(found...)
	}
	if len(examined) == 0 {
		return c.NotApplicable("the image starts no web server")
	}
	return j
}

// maybeWeb lists the started programs that may wait for others and may be web servers: nobody
// knows what they speak, and they do not only wait for datagrams.
func maybeWeb(c *checks.Context, services []facts.Service) []facts.Service {
	return slices.DeleteFunc(unspoken(c.Product, services), func(s facts.Service) bool {
		return len(s.Listens) > 0 && !slices.ContainsFunc(s.Listens, func(l facts.Listen) bool { return l.Protocol != "udp" })
	})
}

// ownPages is the finding for flat code that names its own pages without TLS.
func ownPages(c *checks.Context) []assay.Finding {
	places := checks.Ask(c, facts.OwnPages)
	if len(places) == 0 {
		return nil
	}
	const message = "the device serves its own pages without TLS"
	if d, ok := setupPortal(c.Product, 80); ok {
		return []assay.Finding{checks.Contradiction(assay.Low, message+", declared as a set-up portal", d.Range, places...)}
	}
	return []assay.Finding{checks.Observed(assay.High, message, places...)}
}

// plainWeb is the finding for an address without TLS; a set-up portal that is
// declared as one is a note.
func plainWeb(c *checks.Context, s facts.Service, l facts.Listen) assay.Finding {
	message := fmt.Sprintf("%s serves port %d without TLS", s.Name, l.Port)
	if d, ok := setupPortal(c.Product, l.Port); ok {
		return checks.Contradiction(assay.Low, message+", declared as a set-up portal", d.Range, l.Location)
	}
	return checks.Observed(ifCertain(assay.High, s), message, at(s, l)...)
}

// at lists the line of an address, then the other places of its service.
func at(s facts.Service, l facts.Listen) []assay.Location {
	places := []assay.Location{l.Location}
	for _, p := range s.Places {
		if p.Compare(l.Location) != 0 {
			places = append(places, p)
		}
	}
	return places
}

// setupPortal finds a declared service without TLS whose reason says that it is
// for setting the device up.
func setupPortal(p *product.Product, port int) (product.Service, bool) {
	if p == nil {
		return product.Service{}, false
	}
	for _, i := range p.Interfaces {
		for _, s := range i.Services {
			reason := strings.ToLower(s.Reason)
			if s.Port == port && s.TLS == "none" && (strings.Contains(reason, "set-up") || strings.Contains(reason, "setup") || strings.Contains(reason, "set up")) {
				return s, true
			}
		}
	}
	return product.Service{}, false
}
