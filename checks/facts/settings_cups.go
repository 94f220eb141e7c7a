package facts

import (
	"path"
	"strings"
)

// settleCups reads cupsd.conf: where others reach CUPS it serves its web pages there,
// unless these are switched off. Whoever has to use TLS is sent on to it ("Encryption
// Required" for the root of the pages, cupsd.conf(5)).
func settleCups(g *boot, s *Service) {
	t, ok := g.settingsOf(s, flagValues(s.Args, "-c"), "etc/cups/cupsd.conf")
	if !ok {
		g.settleDefault(s)
		return
	}
	web, required, location := true, false, ""
	for _, kv := range parseKeyValues(t) {
		key := strings.ToLower(kv.key)
		l := Listen{Protocol: "tcp", TLS: No, Location: kv.at}
		switch key {
		case "webinterface":
			web = !strings.EqualFold(kv.value, "no") && !strings.EqualFold(kv.value, "off")
			continue
		case "<location":
			location = strings.Trim(kv.value, `>" `)
			continue
		case "</location>":
			location = ""
			continue
		case "encryption":
			required = required || location == "/" && (strings.EqualFold(kv.value, "required") || strings.EqualFold(kv.value, "always"))
			continue
		case "ssllisten", "sslport":
			l.TLS = Yes
		case "listen", "port":
		default:
			continue
		}
		if strings.HasPrefix(kv.value, "/") {
			continue // a socket in the file system
		}
		if l.Address, l.Port = parseAddress(kv.value); l.Port == 0 {
			l.Port = 631
		}
		s.Listens = append(s.Listens, l)
		s.Places = append(s.Places, kv.at)
	}
	for i := range s.Listens {
		l := &s.Listens[i]
		switch {
		case !web && l.TLS == No:
			l.TLS = Unknown
		case web && !l.Loopback():
			s.Kind = KindWeb
		}
		l.Redirect = web && required && l.TLS == No
	}
	if len(s.Listens) == 0 {
		s.Places = append(s.Places, At(t.File))
	}
}

// settleCoap reads the arguments of libcoap's server, whose port 5683 is without DTLS;
// with keys (-k, -c, -M) or OSCORE (-E) what it lets through there is its own affair.
func settleCoap(g *boot, s *Service) {
	tls := No
	if path.Base(s.Program) != "coap-server" || hasFlag(s.Args, "-k", "-c", "-M", "-E") {
		tls = Unknown
	}
	port := firstOf(flagValues(s.Args, "-p"), "5683")
	for i, a := range s.Args {
		if a == "-A" && i+1 < len(s.Args) {
			l := Listen{Address: anyAddress(s.Args[i+1]), Protocol: "udp", Location: s.Places[0]}
			l.Port, _ = portNumber(port)
			s.Listens = append(s.Listens, l)
		}
	}
	g.settlePort(s, tls, "-p")
}
