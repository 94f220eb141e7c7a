package communication

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/schema/product"
)

//go:embed undeclared_service.md
var undeclaredServiceDoc string

// UndeclaredService compares the services that the image starts with those that
// the maker declares, both ways.
var UndeclaredService = &checks.Check{
	ID:        "communication/undeclared-service",
	Title:     "the services that are started are those that are declared",
	Doc:       undeclaredServiceDoc,
	Remedy:    "Declare the service in an interface block, or do not start it.",
	Principle: assay.Communication,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.6-5"},
	Version:   7,
	Needs:     checks.Needs(facts.Services, facts.Inits),
	Run:       undeclaredService,
}

// declaredService is a service block with what its interface adds.
type declaredService struct {
	product.Service
	off  bool // not there as sold
	seen bool
}

func undeclaredService(c *checks.Context) checks.Judgement {
	p := c.Declaration()
	declared := declaredServices(p)
	services := checks.Ask(c, facts.Services)
	inits := checks.Ask(c, facts.Inits)
	var found []assay.Finding
	var strangers []string
	for _, s := range services {
		if !s.Reachable() {
			continue
		}
		if len(s.Listens) == 0 && s.Kind == facts.KindOther && !isQuiet(s.Name) {
			strangers = append(strangers, s.Name)
		}
		for _, l := range s.Listens {
			if !l.Loopback() && l.Port != 0 {
				found = append(found, meet(p, declared, s, l)...)
			}
		}
	}
	j := c.NoneStarted(checks.Merged(found), inits)
	everyone := func(facts.Service) bool { return true }
	if unread := unreadSettings(services, everyone); j.Verdict == assay.Pass && unread != "" {
		return c.Inconclusive("%s, so where it waits is not known", unread).With(j.Findings...)
	}
	if open := slices.DeleteFunc(unspoken(p, services), func(s facts.Service) bool { return s.Waits == "" }); j.Verdict == assay.Pass && len(open) > 0 {
		return c.Inconclusive("%s, and no declared service speaks for it", unspokenReason(open)).With(j.Findings...)
	}
	for _, d := range declared {
		if d.seen || d.off || j.Verdict == assay.Inconclusive {
			continue
		}
		j.Findings = append(j.Findings, notSeen(d, strangers, inits))
	}
	return j
}

// declaredServices lists the service blocks of all interfaces.
func declaredServices(p *product.Product) []*declaredService {
	var all []*declaredService
	if p == nil {
		return nil
	}
	for _, i := range p.Interfaces {
		for _, s := range i.Services {
			off := s.Default == "off" || i.Enabled != nil && !*i.Enabled
			all = append(all, &declaredService{Service: s, off: off})
		}
	}
	return all
}

// meet compares one address on which a service waits with what is declared.
func meet(p *product.Product, declared []*declaredService, s facts.Service, l facts.Listen) []assay.Finding {
	where := fmt.Sprintf("%s on %s port %d", s.Name, l.Protocol, l.Port)
	i := slices.IndexFunc(declared, func(d *declaredService) bool { return d.fits(s, l) })
	places := at(s, l)
	if i < 0 {
		return []assay.Finding{checks.Contradiction(ifCertain(assay.High, s), where+" is started and not declared", interfacesRange(p), places...)}
	}
	d := declared[i]
	d.seen = true
	switch {
	case d.off:
		return []assay.Finding{checks.Contradiction(ifCertain(assay.High, s), where+" is started and declared as off", d.Range, places...)}
	case l.TLS == facts.No && (d.TLS == "1.2" || d.TLS == "1.3"):
		return []assay.Finding{checks.Contradiction(assay.High, where+" has no TLS, as against what is declared", d.Range, places...)}
	}
	return nil
}

// fits matches by port, else, where no port is declared, by name.
func (d *declaredService) fits(s facts.Service, l facts.Listen) bool {
	protocol := d.Protocol
	if protocol == "" {
		protocol = "tcp"
	}
	if d.Port != 0 {
		return d.Port == l.Port && (protocol == l.Protocol || d.Protocol == "")
	}
	id := strings.ToLower(d.ID)
	return id == s.Name || id == s.Kind && s.Kind != "" || id == s.Unit || s.Kind == facts.KindWeb && (id == "http" || id == "https")
}

// interfacesRange is the place that speaks of interfaces: the first block, else
// the product.
func interfacesRange(p *product.Product) hcl.Range {
	if len(p.Interfaces) > 0 {
		return p.Interfaces[0].Range
	}
	return p.Range
}

// notSeen is a declared service that was not found among those started. Where
// programs are started whose ports the image does not tell, it may be theirs.
func notSeen(d *declaredService, strangers []string, inits []facts.Init) assay.Finding {
	var places []assay.Location
	for _, i := range inits {
		places = append(places, i.Location)
	}
	name := fmt.Sprintf("service %s is declared and was not found", d.ID)
	if len(strangers) > 0 {
		slices.Sort(strangers)
		return checks.Contradiction(assay.Info, name+"; it may be of "+strings.Join(slices.Compact(slices.Clone(strangers)), ", "), d.Range, places...)
	}
	return checks.Contradiction(assay.Medium, name, d.Range, places...)
}

// isQuiet names started programs that wait for nobody on the network.
func isQuiet(name string) bool {
	return slices.Contains([]string{"syslogd", "klogd", "crond", "inetd", "xinetd", "wpa_supplicant", "hostapd", "logd", "procd", "ntpd", "getty", "adbd", "watchdog", "haveged", "rngd"}, name)
}
