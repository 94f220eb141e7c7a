package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// settleUhttpd reads OpenWrt's uhttpd: its arguments, and the lines of
// /etc/config/uhttpd that they come from.
func settleUhttpd(g *boot, s *Service) {
	var p uciPackage
	t, ok := g.texts.Get(g.root, "etc/config/uhttpd")
	if ok {
		p = parseUCI(t)
	}
	at := func(option, value string) assay.Location {
		for _, sec := range p {
			if o, found := sec.get(option); found {
				for i, v := range o.Values {
					if v == value {
						return t.At(uciListLine(t, option, value, i, o.Line))
					}
				}
			}
		}
		return s.Places[0]
	}
	redirect := uciFlag(p, "redirect_https")
	given := hasFlag(s.Args, "-q") && (redirect || !ok) // OpenWrt's script gives it by that setting
	for _, v := range flagValues(s.Args, "-p") {
		address, port := parseAddress(v)
		s.Listens = append(s.Listens, Listen{Address: address, Port: port, Protocol: "tcp", TLS: No, Redirect: given, Location: at("listen_http", v)})
	}
	for _, v := range flagValues(s.Args, "-s") {
		address, port := parseAddress(v)
		s.Listens = append(s.Listens, Listen{Address: address, Port: port, Protocol: "tcp", TLS: Yes, Location: at("listen_https", v)})
	}
	if len(s.Listens) == 0 { // the script did not tell: take the settings as they stand
		for _, sec := range p {
			http, _ := sec.get("listen_http")
			for _, v := range http.Values {
				address, port := parseAddress(v)
				s.Listens = append(s.Listens, Listen{Address: address, Port: port, Protocol: "tcp", TLS: No, Redirect: redirect, Location: at("listen_http", v)})
			}
		}
	}
	for _, l := range s.Listens {
		s.Places = append(s.Places, l.Location)
	}
}

// uciListLine finds the line of one value of a list.
func uciListLine(t Text, option, value string, _ int, otherwise Line) Line {
	for line := range t.Lines() {
		w := uciWords(line.Text)
		if len(w) > 2 && w[1] == option && w[2] == value {
			return line
		}
	}
	return otherwise
}

func uciFlag(p uciPackage, name string) bool {
	for _, s := range p {
		if o, ok := s.get(name); ok && len(o.Values) > 0 && boolDigit(o.Values[0]) == "1" {
			return true
		}
	}
	return false
}

// settleMiniHTTPD reads the arguments and the file of mini_httpd and thttpd.
func settleMiniHTTPD(g *boot, s *Service) {
	l := Listen{Port: 80, Protocol: "tcp", TLS: KnownOf(hasFlag(s.Args, "-S")), Location: s.Places[0]}
	if name := firstOf(flagValues(s.Args, "-C"), ""); name != "" {
		t, ok := g.givenSettings(s, name)
		if !ok && s.Name == "mini_httpd" && l.TLS == No { // thttpd knows no TLS
			l.TLS = Unknown
		}
		if ok {
			l.Location = At(t.File)
			for _, kv := range parseKeyValues(t) {
				switch kv.key {
				case "port":
					l.Port, _ = portNumber(kv.value)
					l.Location = kv.at
				case "host":
					l.Address = anyAddress(kv.value)
				case "ssl":
					l.TLS = Yes
				}
			}
		}
	}
	if v := flagValues(s.Args, "-p"); len(v) > 0 {
		_, l.Port = parseAddress(v[0])
	}
	if v := flagValues(s.Args, "-h"); len(v) > 0 && s.Name == "mini_httpd" {
		l.Address = anyAddress(v[0])
	}
	if l.Port == 0 {
		l.Port = 80
	}
	if l.TLS == Yes && l.Port == 80 {
		l.Port = 443
	}
	s.Listens = []Listen{l}
	s.Places = append(s.Places, l.Location)
}

// settleBoa reads boa.conf; boa itself knows no TLS.
func settleBoa(g *boot, s *Service) {
	l := Listen{Port: 80, Protocol: "tcp", TLS: No, Location: s.Places[0]}
	given := flagValues(s.Args, "-f")
	if v := flagValues(s.Args, "-c"); len(v) > 0 && len(given) == 0 { // the folder of the settings
		given = []string{v[0] + "/boa.conf"}
	}
	if v := flagValues(s.Args, "-p"); len(v) > 0 {
		_, l.Port = parseAddress(v[0])
	}
	if t, ok := g.settingsOf(s, given, "etc/boa/boa.conf", "etc/boa.conf"); ok {
		for _, kv := range parseKeyValues(t) {
			switch strings.ToLower(kv.key) {
			case "port":
				l.Port, _ = portNumber(kv.value)
				l.Location = kv.at
			case "listen":
				l.Address = anyAddress(kv.value)
			case "sslport", "sslcertificate": // vendors' additions
				l.TLS = Unknown
			}
		}
	}
	s.Listens = []Listen{l}
	s.Places = append(s.Places, l.Location)
}

// settleGoahead reads the endpoints among GoAhead's arguments, which stand behind the
// folder of its pages: "http://*:80", "8080", "192.0.2.1:81". Only one that says https is
// with TLS. Where nothing is said a build without TLS serves port 80 in clear; what makers
// build under the name "webs" may differ.
func settleGoahead(g *boot, s *Service) {
	for i := 0; i < len(s.Args); i++ {
		a := s.Args[i]
		scheme, rest, ok := strings.Cut(a, "://")
		switch {
		case slices.Contains([]string{"--home", "--log", "-l", "--auth", "--route"}, a):
			i++ // its value
			continue
		case !ok:
			scheme, rest = "http", a
			if _, port := parseAddress(a); port == 0 || strings.ContainsAny(a, "/") {
				continue
			}
		case scheme != "http" && scheme != "https":
			continue
		}
		address, port := parseAddress(rest)
		if port == 0 {
			port = map[string]int{"http": 80, "https": 443}[scheme]
		}
		s.Listens = append(s.Listens, Listen{Address: address, Port: port, Protocol: "tcp", TLS: KnownOf(scheme == "https"), Location: s.Places[0]})
	}
	if len(s.Listens) == 0 {
		tls := Unknown
		if path.Base(s.Program) == "goahead" && !g.tlsLibrary() {
			tls = No
		}
		g.settlePort(s, tls, "-p")
	}
}

// settleHTTPD reads the arguments of busybox httpd, which knows no TLS. Another program of
// that name is Apache, if it has settings of it; else TLS is not known.
func settleHTTPD(g *boot, s *Service) {
	tls := Unknown
	if isMultiCall(resolved(g, s.Program)) {
		tls = No
	} else if slices.ContainsFunc(apacheFiles, g.isFile) {
		settleApache(g, s)
		return
	}
	g.settlePort(s, tls, "-p")
	if name := firstOf(flagValues(s.Args, "-c"), ""); name != "" {
		if t, ok := g.texts.Get(g.root, name); ok {
			s.Places = append(s.Places, At(t.File))
		}
	}
}

// tlsLibraries start the names of libraries and modules that bring TLS.
var tlsLibraries = []string{
	"libssl.", "libssl-", "libmbedtls", "libpolarssl", "libwolfssl", "libcyassl", "libgnutls", "libustream-", "libaxtls", "libmatrixssl",
	"libtls.", "libbearssl", "libnss3", "libnssckbi", "mod_openssl", "mod_gnutls", "mod_mbedtls", "mod_wolfssl", "mod_nss", "mod_ssl",
}

// tlsLibrary reports whether the root has a library that brings TLS.
func (g *boot) tlsLibrary() bool {
	for _, files := range g.dirs {
		for _, f := range files {
			if f.Kind != firmware.Regular {
				continue
			}
			b := path.Base(f.Name)
			for _, l := range tlsLibraries {
				if strings.HasPrefix(b, l) {
					return true
				}
			}
		}
	}
	return false
}

func (g *boot) settleIfEmpty(s *Service) {
	if len(s.Listens) == 0 {
		g.settleDefault(s)
	}
}
