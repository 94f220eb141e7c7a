package facts

import "strings"

// Servers in which whoever reaches them runs programs of his own: editors of flows, and
// agents of debuggers.

// nodeSetting matches a line of Node-RED's settings.js that is no comment.
var nodeSetting = lazy(`^\s*['"]?(adminAuth|https|uiHost|uiPort|httpAdminRoot|disableEditor)['"]?\s*:\s*['"]?([^'",]*)`)

// settleNodeRED reads Node-RED's settings: without adminAuth everyone may put a flow in,
// and a flow runs commands. The settings that it makes by itself have none.
func settleNodeRED(g *boot, s *Service) {
	l := Listen{Port: 1880, Protocol: "tcp", TLS: No, Location: s.Places[0]}
	folder := strings.TrimSuffix(firstOf(flagValues(s.Args, "-u", "--userDir"), "/root/.node-red"), "/")
	t, ok := g.settingsOf(s, flagValues(s.Args, "-s", "--settings"), strings.TrimPrefix(folder+"/settings.js", "/"))
	open := ok
	if ok {
		s.Places = append(s.Places, At(t.File))
		comment := false
		for line := range t.Lines() {
			text := strings.TrimSpace(line.Text)
			if comment = comment || strings.HasPrefix(text, "/*"); comment {
				comment = !strings.Contains(text, "*/")
				continue
			}
			m := nodeSetting.Get().FindStringSubmatch(text)
			if m == nil || strings.HasPrefix(text, "//") {
				continue
			}
			switch m[1] {
			case "adminAuth", "disableEditor":
				open = open && m[2] == "false"
			case "httpAdminRoot":
				open = open && m[2] != "false"
			case "https":
				l.TLS = Yes
			case "uiHost":
				l.Address = anyAddress(m[2])
			case "uiPort":
				if port, ok := portNumber(strings.TrimSpace(m[2])); ok {
					l.Port = port
				} else if _, port, ok := strings.Cut(m[2], "||"); ok { // process.env.PORT || 1880
					l.Port, _ = portNumber(strings.TrimSpace(port))
				}
			}
		}
	}
	for _, v := range flagValues(s.Args, "-p", "--port") {
		l.Port, _ = portNumber(v)
	}
	s.Listens = []Listen{l}
	if open {
		s.Shell, s.Anonymous = true, Yes
	}
}

// settleTCF reads where the agent of Eclipse's debugger waits: -s TCP:ADDRESS:PORT. It
// runs programs and writes files for everyone who reaches it, unless it asks for TLS.
func settleTCF(g *boot, s *Service) {
	l := Listen{Port: 1534, Protocol: "tcp", TLS: No, Location: s.Places[0]}
	for i := range s.Args[:max(len(s.Args)-1, 0)] {
		if s.Args[i] != "-s" {
			continue
		}
		kind, rest, _ := strings.Cut(s.Args[i+1], ":")
		address, port, _ := strings.Cut(rest, ":")
		l.TLS, l.Address = KnownOf(kind == "SSL"), anyAddress(address)
		if n, ok := portNumber(port); ok {
			l.Port = n
		}
		if kind == "UNIX" {
			l.Address = unixSocket + rest
		}
	}
	s.Listens = []Listen{l}
	if l.TLS == No {
		s.Shell, s.Anonymous = true, Yes
	}
}
