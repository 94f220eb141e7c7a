package facts

import (
	"path"
	"slices"
	"strings"
)

// settlePureFTPD reads the arguments of pure-ftpd, or its file: TLS 2 and 3 turn away
// who logs in without TLS.
func settlePureFTPD(g *boot, s *Service) {
	tls := firstOf(flagValues(s.Args, "-Y", "--tls"), "")
	if len(s.Args) > 0 && !strings.HasPrefix(s.Args[0], "-") {
		if t, ok := g.givenSettings(s, s.Args[0]); ok {
			s.Places = append(s.Places, At(t.File))
			for _, kv := range parseKeyValues(t) {
				if strings.EqualFold(kv.key, "TLS") {
					tls = kv.value
				}
			}
		}
	}
	g.settlePort(s, KnownOf(tls == "2" || tls == "3"), "-S", "--bind")
}

// maxProFTPD bounds the lines of proftpd's files.
const maxProFTPD = 8192

// settleProFTPD reads proftpd's files: TLS counts if it is on and required for logins
// everywhere.
func settleProFTPD(g *boot, s *Service) {
	on, required, denied := false, false, false
	if t, ok := g.settingsOf(s, flagValues(s.Args, "-c", "--config"), "etc/proftpd/proftpd.conf", "etc/proftpd.conf"); ok {
		s.Places = append(s.Places, At(t.File))
		left := maxInclude
		for _, kv := range g.proftpdLines(t, &left) {
			value := strings.ToLower(kv.value)
			switch strings.ToLower(kv.key) {
			case "tlsengine":
				on, denied = on || value == "on", denied || value == "off"
			case "tlsrequired":
				login := slices.Contains([]string{"on", "true", "1", "ctrl", "auth", "auth+data", "ctrl+data", "both"}, value)
				required, denied = required || login, denied || !login
			case "port":
				if n, ok := portNumber(value); ok && len(s.Listens) == 0 {
					s.Listens = []Listen{{Port: n, Protocol: "tcp", Location: kv.at}}
				}
			case "<anonymous":
				s.Anonymous = Yes
			}
		}
	}
	g.settlePort(s, KnownOf(on && required && !denied && s.Anonymous != Yes))
}

// proftpdLines reads a file and those that it includes.
func (g *boot) proftpdLines(t Text, left *int) []keyValue {
	var all []keyValue
	for _, kv := range parseKeyValues(t) {
		if all = append(all, kv); !strings.EqualFold(kv.key, "Include") || len(all) > maxProFTPD {
			continue
		}
		pattern := kv.value
		if !strings.HasPrefix(pattern, "/") {
			pattern = path.Join("/etc/proftpd", pattern)
		}
		for _, name := range g.glob(pattern) {
			if *left--; *left < 0 {
				return all
			}
			if inc, ok := g.texts.Get(g.root, name); ok {
				all = append(all, g.proftpdLines(inc, left)...)
			}
		}
	}
	return all
}
