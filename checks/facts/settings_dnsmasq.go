package facts

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// settleDnsmasq reads what of dnsmasq's settings opens another service: TFTP, by its
// arguments, its files and OpenWrt's settings.
func settleDnsmasq(g *boot, s *Service) {
	g.settlePort(s, Unknown)
	at, on := s.Places[0], false
	var addresses []string
	read := func(key, value string, place assay.Location) {
		switch key {
		case "enable-tftp":
			at, on = place, true
		case "listen-address", "a":
			addresses = append(addresses, strings.Split(value, ",")...)
		}
	}
	for _, a := range s.Args {
		if key, value, _ := strings.Cut(a, "="); strings.HasPrefix(a, "--") {
			read(key[2:], value, s.Places[0])
		}
	}
	files := flagValues(s.Args, "-C", "--conf-file")
	if len(files) == 0 {
		files = []string{"etc/dnsmasq.conf"}
	}
	for _, dir := range append(flagValues(s.Args, "-7", "--conf-dir"), "etc/dnsmasq.d") {
		dir, _, _ = strings.Cut(dir, ",")
		files = append(files, g.filesIn(cleanName(dir))...)
	}
	if given := flagValues(s.Args, "-C", "--conf-file"); len(given) > 0 && !g.isOpenWrt() { // there it is made from settings that are read below
		g.givenSettings(s, given[0])
	}
	for _, name := range files[:min(len(files), maxInclude)] {
		t, ok := g.current("/" + cleanName(name))
		if !ok {
			continue
		}
		for line := range t.Lines() {
			key, value, _ := strings.Cut(strings.TrimSpace(line.Text), "=")
			read(strings.TrimSpace(key), strings.TrimSpace(value), t.At(line))
		}
	}
	if p, ok := g.config("dhcp"); ok && g.isOpenWrt() {
		for _, section := range p {
			if o, ok := section.get("enable_tftp"); ok && section.Type == "dnsmasq" && boolDigit(strings.Join(o.Values, "")) == "1" {
				on = true
			}
		}
	}
	if on {
		g.services = append(g.services, tftpOf(*s, addresses, at))
	}
}

// tftpOf is the TFTP server of a program that is another one too.
func tftpOf(s Service, addresses []string, at assay.Location) Service {
	s.Kind, s.Listens = KindTFTP, nil
	s.Places = append(slices.Clone(s.Places), at)
	for _, a := range addresses {
		s.Listens = append(s.Listens, Listen{Address: anyAddress(a), Port: 69, Protocol: "udp", TLS: No, Location: at})
	}
	if len(s.Listens) == 0 {
		s.Listens = []Listen{{Port: 69, Protocol: "udp", TLS: No, Location: at}}
	}
	s.Loopback = !slices.ContainsFunc(s.Listens, func(l Listen) bool { return !l.Loopback() })
	s.Places = uniquePlaces(s.Places)
	return s
}
