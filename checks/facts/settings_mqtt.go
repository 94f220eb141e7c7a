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
	}
	listens, anonymous := mosquittoListens(lines)
	if len(listens) == 0 {
		// Without a listener version 2 waits on the device itself only, version 1 on all addresses.
		_, port := parseAddress(firstOf(flagValues(s.Args, "-p", "--port"), "1883"))
		listens = []Listen{{Port: port, Protocol: "tcp", TLS: No, Anonymous: anonymous, Location: s.Places[0]}}
		s.Certain = false
	}
	if others := slices.DeleteFunc(slices.Clone(listens), Listen.Loopback); len(others) > 0 {
		listens = slices.DeleteFunc(listens, func(l Listen) bool { return strings.HasPrefix(l.Address, unixSocket) })
	}
	s.Listens = listens
	s.Anonymous = anonymous
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
