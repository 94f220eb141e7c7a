package facts

import (
	"path"
	"slices"
	"strings"
)

// haproxySection is a frontend or listen section of haproxy.cfg.
type haproxySection struct {
	web, redirects bool
	binds          []Listen
}

// isProxy names the proxy that stays whatever its program looks like, and of which
// only its settings say what it serves.
func isProxy(words []string) bool {
	return path.Base(words[0]) == "haproxy" && !hasFlag(words, "-c", "-v", "-vv")
}

// settleHAProxy reads the bind lines of haproxy.cfg: where it passes web pages on it
// is a web server, and else what it speaks is that of others.
func settleHAProxy(g *boot, s *Service) {
	t, ok := g.settingsOf(s, flagValues(s.Args, "-f"), "etc/haproxy/haproxy.cfg")
	if !ok {
		g.settleUnknown(s)
		return
	}
	s.Places = append(s.Places, At(t.File))
	sections := haproxySections(t)
	if slices.ContainsFunc(sections, func(h haproxySection) bool { return h.web }) {
		s.Kind = KindWeb
	} else {
		s.Waits = "it passes on what it is given"
	}
	for _, h := range sections {
		for _, l := range h.binds {
			l.Redirect = h.redirects && l.TLS == No
			if l.TLS == No && !h.web {
				l.TLS = Unknown
			}
			s.Listens = append(s.Listens, l)
		}
	}
}

func haproxySections(t Text) []haproxySection {
	var all []haproxySection
	var cur *haproxySection
	web, defaults := false, false
	for line := range t.Lines() {
		f := strings.Fields(line.Text)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") || len(all) >= maxInclude {
			continue
		}
		switch f[0] {
		case "global", "defaults", "frontend", "listen", "backend", "peers", "resolvers", "userlist", "mailers", "cache", "program":
			cur, defaults = nil, f[0] == "defaults"
			if f[0] == "frontend" || f[0] == "listen" {
				all = append(all, haproxySection{web: web})
				cur = &all[len(all)-1]
			}
			continue
		case "mode":
			if isWeb := lastOf(f) == "http"; defaults {
				web = isWeb
			} else if cur != nil {
				cur.web = isWeb
			}
		}
		if cur == nil {
			continue
		}
		switch {
		case f[0] == "bind" && len(f) > 1:
			for address := range strings.SplitSeq(f[1], ",") {
				host, port := parseAddress(address)
				if port != 0 && len(cur.binds) < maxInclude {
					cur.binds = append(cur.binds, Listen{Address: anyAddress(host), Port: port, Protocol: "tcp", TLS: KnownOf(slices.Contains(f, "ssl")), Location: t.At(line)})
				}
			}
		case strings.Contains(line.Text, "redirect scheme https"):
			_, condition, some := strings.Cut(line.Text, " if ")
			if !some {
				_, condition, some = strings.Cut(line.Text, " unless ")
			}
			cur.redirects = cur.redirects || !some || strings.Contains(condition, "ssl_fc") || strings.Contains(condition, "/.well-known/")
		}
	}
	return all
}
