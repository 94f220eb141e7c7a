package communication

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/schema/product"
)

// unspoken lists the started programs of unknown kind that may wait for others
// and for which no declared service speaks: by port, by name, or, where the
// image does not tell a port, as one of those that nothing else is.
func unspoken(p *product.Product, services []facts.Service) []facts.Service {
	free := declaredServices(p)
	var open []facts.Service
	for _, s := range services {
		switch {
		case !s.Reachable():
		case s.MayWait():
			open = append(open, s)
		default:
			free = slices.DeleteFunc(free, func(d *declaredService) bool { return d.off || d.isOf(s) })
		}
	}
	open = slices.DeleteFunc(open, func(s facts.Service) bool {
		i := slices.IndexFunc(free, func(d *declaredService) bool { return !d.off && d.isOf(s) })
		if i >= 0 {
			free = slices.Delete(free, i, i+1)
		}
		return i >= 0
	})
	return slices.DeleteFunc(open, func(s facts.Service) bool {
		i := slices.IndexFunc(free, func(d *declaredService) bool { return !d.off })
		if i < 0 || len(s.Listens) > 0 {
			return false
		}
		free = slices.Delete(free, i, i+1)
		return true
	})
}

// isOf reports whether a declared service is this one, by an address or by name.
func (d *declaredService) isOf(s facts.Service) bool {
	id := strings.ToLower(d.ID)
	return id == strings.ToLower(s.Name) || id == strings.ToLower(s.Unit) ||
		slices.ContainsFunc(s.Listens, func(l facts.Listen) bool { return d.fits(s, l) })
}

// unspokenReason says why a stranger leaves a question open.
func unspokenReason(open []facts.Service) string {
	s := open[0]
	why := s.Waits
	if why == "" {
		why = "it waits" + onPort(s)
	}
	at := ""
	if len(s.Places) > 0 {
		at = " by " + s.Places[0].Path
	}
	if n := len(open) - 1; n > 0 {
		at += fmt.Sprintf(" (and %d more)", n)
	}
	return fmt.Sprintf("%s is started%s and may wait for others: %s", s.Name, at, why)
}

// unreadSettings says which of the services that a check judges is given settings that
// the image does not have, or is a broker or data base whose version, which decides, is not known;
// empty if none is.
func unreadSettings(services []facts.Service, judged func(facts.Service) bool) string {
	for _, s := range services {
		if s.Reachable() && (s.Kind == facts.KindMQTT || s.Kind == facts.KindStore) && s.Waits != "" && judged(s) {
			return fmt.Sprintf("%s is started: %s", s.Name, s.Waits)
		}
		if s.Reachable() && s.Unread != "" && judged(s) {
			return notInImage(s.Name, s.Unread)
		}
	}
	return ""
}

func notInImage(service, settings string) string {
	return fmt.Sprintf("%s is started with settings that are not in the image (%s)", service, settings)
}
