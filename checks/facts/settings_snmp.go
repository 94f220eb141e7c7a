package facts

import (
	"path"
	"strings"
)

// settleSNMP reads snmpd.conf: communities are SNMP v1 and v2c, which send
// them in clear; users are v3.
func settleSNMP(g *boot, s *Service) {
	g.settlePort(s, Unknown)
	if len(s.Listens) == 0 {
		return
	}
	files := []string{"etc/snmp/snmpd.conf", "etc/snmpd.conf", "usr/share/snmp/snmpd.conf"}
	for _, name := range flagValues(s.Args, "-c") { // beside the usual ones
		if t, ok := g.givenSettings(s, name); ok {
			g.snmpSettings(s, t)
			return
		}
	}
	for _, name := range files {
		t, ok := g.texts.Get(g.root, name)
		if !ok {
			continue
		}
		g.snmpSettings(s, t)
		return
	}
	if path.Base(s.Program) != "snmpd" {
		s.Listens[0].TLS = No // mini_snmpd knows communities only
	}
}

// onlyOwnCommunity reports whether a line of snmpd.conf(5) takes a community from the
// device itself only: "rocommunity COMMUNITY SOURCE", "com2sec [-Cn CONTEXT] NAME SOURCE COMMUNITY".
func onlyOwnCommunity(kv keyValue) bool {
	words := strings.Fields(kv.value)
	if strings.HasPrefix(kv.key, "com2sec") && len(words) > 2 && words[0] == "-Cn" {
		words = words[2:]
	}
	if len(words) < 2 || kv.key == "community" {
		return false
	}
	source, _, _ := strings.Cut(strings.Trim(words[1], `"`), "/")
	return isLoopback(source)
}

func (g *boot) snmpSettings(s *Service, t Text) {
	left, users := maxInclude, false
	g.snmpFile(s, t, &left, &users)
	if l := &s.Listens[0]; l.TLS != No && users {
		l.TLS = Yes
	}
}

// snmpFile reads one file. left is how many more are read.
func (g *boot) snmpFile(s *Service, t Text, left *int, users *bool) {
	if *left--; *left < 0 {
		return
	}
	l := &s.Listens[0]
	for _, kv := range parseKeyValues(t) {
		switch kv.key {
		case "includeFile", "includeDir":
			for _, inc := range g.snmpIncluded(s, t, kv) {
				g.snmpFile(s, inc, left, users)
			}
		case "rocommunity", "rwcommunity", "rocommunity6", "rwcommunity6", "com2sec", "com2sec6", "community":
			if !onlyOwnCommunity(kv) {
				l.TLS = No
				s.Places = append(s.Places, kv.at)
			}
		case "rouser", "rwuser", "createUser":
			*users = true
		case "agentAddress", "agentaddress":
			spec, _, _ := strings.Cut(kv.value, ",")
			for _, prefix := range []string{"udp:", "udp6:", "tcp:", "tcp6:"} {
				spec = strings.TrimPrefix(spec, prefix)
			}
			address, port := parseAddress(spec)
			l.Address, l.Location = address, kv.at
			if port != 0 {
				l.Port = port
			}
		}
	}
}

// snmpIncluded gives the files that a line of snmpd.conf(5) takes in: one, named from the
// folder of its own file, or those of a folder that end in ".conf".
func (g *boot) snmpIncluded(s *Service, t Text, kv keyValue) (all []Text) {
	name := kv.value
	if !strings.HasPrefix(name, "/") {
		name = "/" + path.Join(path.Dir(t.File.Name), name)
	}
	if kv.key != "includeDir" {
		if inc, ok := g.takesIn(s, name); ok {
			all = append(all, inc)
		}
		return all
	}
	g.takesIn(s, name)
	for _, f := range g.glob(name + "/*.conf") {
		if inc, ok := g.texts.Get(g.root, f); ok {
			all = append(all, inc)
		}
	}
	return all
}
