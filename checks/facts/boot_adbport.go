package facts

import (
	"maps"

	"github.com/assay-iot/assay"
)

// setProperty notes a property that the boot sets; the last value counts.
func (g *boot) setProperty(key, value string, sure bool, at assay.Location) {
	if g.props == nil {
		g.props = map[string]property{}
	}
	if len(g.props) < maxProperties {
		g.props[key] = property{value, sure, at}
	}
}

// maxProperties is the number of properties that are kept of one boot.
const maxProperties = 4096

// settleADB finds the port of the debug bridge, which is a property, and whether it
// asks who is there. Without the property the bridge waits on USB only.
func settleADB(g *boot, s *Service) {
	props := g.properties()
	maps.Copy(props, g.props)
	for _, key := range []string{"service.adb.tcp.port", "persist.adb.tcp.port"} {
		p := props[key]
		if port, ok := portNumber(p.value); ok {
			s.Listens = append(s.Listens, Listen{Port: port, Protocol: "tcp", TLS: No, Location: p.at})
			s.Certain = s.Certain && p.sure
			s.Places = append(s.Places, p.at)
			break // the first that is set counts
		}
	}
	if p, ok := props["ro.adb.secure"]; ok {
		s.Anonymous = KnownOf(p.value != "1")
		s.Places = append(s.Places, p.at)
	}
	s.Shell = s.Anonymous == Yes
}
