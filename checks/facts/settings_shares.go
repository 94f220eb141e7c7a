package facts

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// Daemons that share files: what their settings open to everyone.

// openShare makes a service one that everyone may use.
func openShare(s *Service, at assay.Location) {
	s.Kind, s.Anonymous = KindShare, Yes
	s.Places = append(s.Places, at)
}

// settleRsync reads rsyncd.conf: a module without "auth users" and "hosts allow" is open
// to everyone (rsyncd.conf(5)).
func settleRsync(g *boot, s *Service) {
	g.settlePort(s, No, "--port")
	for _, a := range flagValues(s.Args, "--address") {
		s.Listens[0].Address = anyAddress(a)
	}
	t, ok := g.settingsOf(s, flagValues(s.Args, "--config"), "etc/rsyncd.conf")
	if !ok {
		if s.Unread == "" {
			s.Unread = "etc/rsyncd.conf"
		}
		return
	}
	s.Kind, s.Anonymous, s.Places = KindShare, No, append(s.Places, At(t.File)) // rsync knows no encryption
	common := section{}
	modules, own := 0, 0 // own: for the device alone
	for _, sec := range readSections(t) {
		if sec.name == "" {
			if common = sec; sec.value("address") != "" {
				s.Listens[0].Address = anyAddress(sec.value("address"))
			}
			continue
		}
		value := func(name string) string { return cmp.Or(sec.value(name), common.value(name)) }
		hosts := allowedHosts(value("hosts allow"), value("hosts deny"))
		modules++
		if hosts == toItself {
			own++
		}
		if value("auth users") == "" && hosts == toAll {
			openShare(s, sec.at)
		}
	}
	if own == modules && (modules > 0 || allowedHosts(common.value("hosts allow"), common.value("hosts deny")) == toItself) {
		s.Listens[0].Address = "127.0.0.1"
	}
}

// Whom lists of hosts let in.
const (
	toAll = iota
	toSome
	toItself // the device alone
)

// allowedHosts says whom the lists of hosts of rsync and Samba let in, which read them
// alike: the first list comes before the second, and a host on neither may come in unless
// there is the first list alone.
func allowedHosts(allow, deny string) int {
	all := func(list string) bool {
		return slices.ContainsFunc(hostsOf(list), func(h string) bool {
			return anyAddress(h) == "" || strings.EqualFold(h, "all") || h == "::/0" || h == "0.0.0.0/0.0.0.0"
		})
	}
	switch {
	case all(allow), allow == "" && !all(deny), deny != "" && !all(deny):
		return toAll
	case !slices.ContainsFunc(hostsOf(allow), func(h string) bool { return !isLoopbackNet(h) }):
		return toItself // Samba lets it in without a list too
	}
	return toSome
}

func hostsOf(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
}

// isLoopbackNet reports whether a host or net of a list is the device itself: 127.0.0.1,
// "127." and 127.0.0.0/8 too.
func isLoopbackNet(host string) bool {
	address, _, _ := strings.Cut(host, "/")
	return isLoopback(address) || strings.HasPrefix(address, "127.") && strings.Trim(address, "0123456789.") == ""
}

// settleSamba reads smb.conf: a share for guests that may be written is open to everyone,
// unless Samba waits on the device itself alone.
func settleSamba(g *boot, s *Service) {
	given := flagValues(s.Args, "-s", "--configfile")
	g.settleGiven(s, "-s", "--configfile")
	t, ok := g.texts.Get(g.root, strings.TrimPrefix(firstOf(given, "/etc/samba/smb.conf"), "/"))
	if !ok {
		return
	}
	global := section{lines: map[string]setting{}}
	for _, sec := range readSections(t) {
		if sec.name == "" || strings.EqualFold(sec.name, "global") {
			maps.Copy(global.lines, sec.lines)
		}
	}
	interfaces := hostsOf(global.value("interfaces"))
	if isOn(global.value("bind interfaces only")) && len(interfaces) > 0 && !slices.ContainsFunc(interfaces, func(i string) bool { return !isLoopbackNet(i) }) {
		for i := range s.Listens {
			s.Listens[i].Address = "127.0.0.1"
		}
	}
	for _, sec := range readSections(t) {
		if sec.name == "" || strings.EqualFold(sec.name, "global") || sec.name == "printers" || sec.name == "print$" {
			continue
		}
		guest := isOn(sec.value("guest ok")) || isOn(sec.value("public"))
		writes := isOn(sec.value("writable")) || isOn(sec.value("writeable")) || isOn(sec.value("write ok")) || strings.EqualFold(sec.value("read only"), "no")
		list := func(names ...string) string {
			for _, n := range names {
				if v := cmp.Or(global.value(n), sec.value(n)); v != "" { // of all shares before its own
					return v
				}
			}
			return ""
		}
		if guest && writes && allowedHosts(list("hosts allow", "allow hosts"), list("hosts deny", "deny hosts")) == toAll {
			openShare(s, sec.at)
		}
	}
}
