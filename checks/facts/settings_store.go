package facts

import "strings"

// settleRedis reads redis.conf. Without a password and without protected-mode, everyone
// may read and write; in protected mode, which is the default, a server without a password
// answers the device itself only.
func settleRedis(g *boot, s *Service) {
	l := Listen{Port: 6379, Protocol: "tcp", TLS: No, Location: s.Places[0]}
	protected, password := true, false
	var addresses []string
	set := func(kv keyValue) {
		switch strings.ToLower(kv.key) {
		case "port":
			l.Port, _ = portNumber(kv.value) // 0 is no port without TLS
			l.Location = kv.at
		case "bind":
			addresses, l.Location = strings.Fields(kv.value), kv.at
		case "protected-mode":
			protected = !strings.EqualFold(kv.value, "no")
		case "requirepass", "aclfile", "user":
			password = true
		}
	}
	if len(s.Args) > 0 && !strings.HasPrefix(s.Args[0], "-") {
		t, ok := g.givenSettings(s, s.Args[0])
		if !ok {
			g.settlePort(s, Unknown) // its settings are not in the image
			return
		}
		s.Places = append(s.Places, At(t.File))
		for _, kv := range parseKeyValues(t) {
			set(kv)
		}
	}
	for i, a := range s.Args {
		if key, ok := strings.CutPrefix(a, "--"); ok && i+1 < len(s.Args) {
			set(keyValue{key, s.Args[i+1], s.Places[0]})
		}
	}
	l.Anonymous = KnownOf(!password)
	s.Anonymous = l.Anonymous
	switch {
	case l.Port == 0:
		l.Address = unixSocket
	case protected && !password:
		l.Address = "127.0.0.1"
	}
	s.Listens = nil
	for _, a := range addresses {
		if l.Address == "" {
			m := l
			m.Address = anyAddress(strings.TrimPrefix(a, "-"))
			s.Listens = append(s.Listens, m)
		}
	}
	if len(s.Listens) == 0 {
		s.Listens = []Listen{l}
	}
}

// widest gives, of a list of addresses, the first one that others reach.
func widest(list string) string {
	first := ""
	for i, a := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '[' || r == ']' }) {
		if i == 0 {
			first = a
		}
		if !isLoopback(a) && !strings.HasPrefix(a, "/") {
			return anyAddress(a)
		}
	}
	return first
}

// settleMemcached reads the arguments of memcached, which asks nobody who he is; without
// -l it waits on all addresses.
func settleMemcached(g *boot, s *Service) {
	l := Listen{Port: 11211, Protocol: "tcp", TLS: KnownOf(hasFlag(s.Args, "-Z")), Anonymous: KnownOf(!hasFlag(s.Args, "-S")), Location: s.Places[0]}
	for _, v := range flagValues(s.Args, "-p", "--port") {
		l.Port, _ = portNumber(v)
	}
	for i, a := range s.Args {
		if (a == "-l" || a == "--listen") && i+1 < len(s.Args) {
			l.Address = widest(s.Args[i+1])
		} else if v, ok := strings.CutPrefix(a, "--listen="); ok {
			l.Address = widest(v)
		}
		if a == "-s" {
			l.Address = unixSocket
		}
	}
	s.Anonymous, s.Listens = l.Anonymous, []Listen{l}
}
