package facts

import (
	"path"
	"slices"
	"strings"
)

// settleMosquitto reads mosquitto.conf(5): listeners with their own settings,
// or the default listener.
func settleMosquitto(g *boot, s *Service) {
	name := firstOf(flagValues(s.Args, "-c", "--config-file"), "")
	var lines []keyValue
	if name != "" {
		t, ok := g.givenSettings(s, name)
		if !ok {
			return // its settings are not in the image: nothing is known
		}
		s.Places = append(s.Places, At(t.File))
		lines = g.mosquittoLines(t, 0)
		for _, kv := range lines {
			if kv.key == "include_dir" {
				g.takesIn(s, kv.value)
			}
		}
	}
	listens, anonymous := mosquittoListens(lines)
	if len(listens) == 0 {
		l, known := g.defaultListener(s, lines)
		if !known {
			s.Waits = "without a listener it waits for everyone up to version 1.6, and its version is not known"
			return
		}
		l.Anonymous = anonymous
		listens = []Listen{l}
	}
	if others := slices.DeleteFunc(slices.Clone(listens), Listen.Loopback); len(others) > 0 {
		listens = slices.DeleteFunc(listens, func(l Listen) bool { return strings.HasPrefix(l.Address, unixSocket) })
	}
	s.Listens = listens
	s.Anonymous = anonymous
}

// defaultListener gives where a broker waits that is told of no listener: version 2 on
// the device itself only, unless it is given an address, and version 1 on all addresses.
func (g *boot) defaultListener(s *Service, lines []keyValue) (l Listen, known bool) {
	_, port := parseAddress(firstOf(flagValues(s.Args, "-p", "--port"), "1883"))
	l = Listen{Port: port, Protocol: "tcp", TLS: No, Location: s.Places[0]}
	for _, kv := range lines {
		if kv.key == "bind_address" {
			l.Address, l.Location = anyAddress(kv.value), kv.at
			return l, true
		}
	}
	switch g.localAlone(s) {
	case Yes:
		l.Address = "127.0.0.1"
	case Unknown:
		return l, false
	}
	return l, true
}

// mosquittoLines reads a file and those of include_dir, in their order.
func (g *boot) mosquittoLines(t Text, depth int) []keyValue {
	var all []keyValue
	for _, kv := range parseKeyValues(t) {
		all = append(all, kv)
		if kv.key == "include_dir" && depth < 4 {
			for _, f := range g.children(kv.value) {
				if inc, ok := g.texts.Get(g.root, f.Name); ok && strings.HasSuffix(path.Base(f.Name), ".conf") && len(all) < 8192 {
					all = append(all, g.mosquittoLines(inc, depth+1)...)
				}
			}
		}
	}
	return all
}

func mosquittoListens(lines []keyValue) ([]Listen, Known) {
	var listens []Listen
	cur := -1
	own := false // per_listener_settings
	global := Unknown
	passwords := false
	defaultBind, defaultTLS := "", No
	for _, kv := range lines {
		yes := strings.EqualFold(kv.value, "true")
		switch kv.key {
		case "per_listener_settings":
			own = yes
		case "listener":
			port, address, _ := strings.Cut(kv.value, " ")
			n, ok := portNumber(port)
			if !ok || n == 0 { // 0 and a path: a Unix socket
				n, address = 0, unixSocket+strings.TrimSpace(address)
			}
			listens = append(listens, Listen{Address: anyAddress(strings.TrimSpace(address)), Port: n, Protocol: "tcp", TLS: No, Location: kv.at})
			cur = len(listens) - 1
		case "port":
			if n, ok := portNumber(kv.value); ok {
				listens = append(listens, Listen{Address: defaultBind, Port: n, Protocol: "tcp", TLS: defaultTLS, Location: kv.at})
				cur = len(listens) - 1
			}
		case "bind_address":
			if cur >= 0 {
				listens[cur].Address = anyAddress(kv.value)
			}
			defaultBind = anyAddress(kv.value)
		case "certfile", "psk_hint":
			if cur >= 0 {
				listens[cur].TLS = Yes
			} else {
				defaultTLS = Yes
			}
		case "allow_anonymous":
			if own && cur >= 0 {
				listens[cur].Anonymous = KnownOf(yes)
			} else {
				global = KnownOf(yes)
			}
		case "password_file":
			passwords = true
		}
	}
	if global == Unknown && passwords {
		global = Unknown // version 1 lets the nameless in all the same, version 2 does not
	}
	for i := range listens {
		if listens[i].Anonymous == Unknown {
			listens[i].Anonymous = global
		}
	}
	return listens, global
}
