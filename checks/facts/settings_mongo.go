package facts

import "strings"

// settleMongo reads the settings of mongod, in YAML or as "name = value", and its
// arguments. Where they name no address it answers the device itself only since version
// 3.6, and everyone before.
func settleMongo(g *boot, s *Service) {
	l := Listen{Port: 27017, Protocol: "tcp", TLS: No, Anonymous: Yes, Location: s.Places[0]}
	told := false // of an address
	listen := func(address string) { l.Address, told = address, true }
	if given := flagValues(s.Args, "-f", "--config"); len(given) > 0 {
		t, ok := g.givenSettings(s, given[0])
		if !ok {
			g.settlePort(s, Unknown) // its settings are not in the image
			return
		}
		s.Places = append(s.Places, At(t.File))
		for _, kv := range mongoSettings(t) {
			switch kv.key {
			case "bindIp", "bind_ip":
				listen(widest(kv.value))
				l.Location = kv.at
			case "bindIpAll", "bind_ip_all":
				if kv.value == "true" {
					listen("")
					l.Location = kv.at
				}
			case "port":
				l.Port, _ = portNumber(kv.value)
			case "authorization":
				l.Anonymous = KnownOf(kv.value != "enabled")
			case "auth":
				l.Anonymous = KnownOf(kv.value != "true")
			case "keyFile", "clusterAuthMode":
				l.Anonymous = No
			case "mode", "tlsMode", "sslMode":
				if isOwnMode := strings.HasSuffix(kv.value, "TLS") || strings.HasSuffix(kv.value, "SSL"); isOwnMode { // others have modes too
					l.TLS = KnownOf(strings.HasPrefix(kv.value, "require"))
				}
			}
		}
	}
	for _, v := range flagValues(s.Args, "--bind_ip") {
		listen(widest(v))
	}
	if hasFlag(s.Args, "--bind_ip_all") {
		listen("")
	}
	if hasAnyFlag(s.Args, "--auth", "--keyFile") {
		l.Anonymous = No
	}
	for _, v := range flagValues(s.Args, "--port") {
		l.Port, _ = portNumber(v)
	}
	s.Anonymous = l.Anonymous
	if closed := l.TLS == Yes && l.Anonymous == No; !told && !closed {
		switch g.localAlone(s) {
		case Yes:
			l.Address = "127.0.0.1"
		case Unknown:
			s.Waits = "without an address it waits for everyone before version 3.6, and its version is not known"
			return
		}
	}
	s.Listens = []Listen{l}
}

// mongoSettings gives the settings of a file of mongod by their last names: YAML in lines
// ("net:", "bindIp: ::1"), in one line ("net: {bindIp: ::1}") and as JSON, and the older
// form "bind_ip = ::1".
func mongoSettings(t Text) []keyValue {
	var all []keyValue
	depth := 0 // of braces that are open
	for line := range t.Lines() {
		for _, piece := range yamlPieces(line.Text, &depth) {
			key, value, ok := strings.Cut(piece, ":")
			if k, v, equals := strings.Cut(piece, "="); equals && len(k) < len(key) {
				key, value, ok = k, v, true
			}
			if ok && len(all) <= 8192 {
				all = append(all, keyValue{strings.Trim(key, " \t\"'"), strings.Trim(value, " \t\r\"'"), t.At(line)})
			}
		}
	}
	return all
}

// yamlPieces splits a line of YAML at the signs of mappings in braces, and leaves out its
// remark. A comma separates only inside of braces.
func yamlPieces(line string, depth *int) []string {
	var pieces []string
	var quote byte
	start := 0
	for i := range len(line) {
		c := line[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && (i == 0 || strings.IndexByte(" \t:{,[=", line[i-1]) >= 0):
			quote = c
		case c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			return append(pieces, line[start:i])
		case c == '{', c == '}' && *depth > 0, c == ',' && *depth > 0:
			pieces = append(pieces, line[start:i])
			start = i + 1
			if c == '{' {
				*depth++
			} else if c == '}' {
				*depth--
			}
		}
	}
	return append(pieces, line[start:])
}
