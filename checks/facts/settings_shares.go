package facts

import (
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
	for _, sec := range readSections(t) {
		if sec.name == "" {
			if common = sec; sec.value("address") != "" {
				s.Listens[0].Address = anyAddress(sec.value("address"))
			}
			if hosts := sec.value("hosts allow"); hosts != "" && isLoopback(widest(hosts)) {
				s.Listens[0].Address = "127.0.0.1"
			}
			continue
		}
		limited := func(name string) bool { return sec.value(name) != "" || common.value(name) != "" }
		if !limited("auth users") && !limited("hosts allow") {
			openShare(s, sec.at)
		}
	}
}

// settleSamba reads smb.conf: a share for guests that may be written is open to everyone.
func settleSamba(g *boot, s *Service) {
	given := flagValues(s.Args, "-s", "--configfile")
	g.settleGiven(s, "-s", "--configfile")
	t, ok := g.texts.Get(g.root, strings.TrimPrefix(firstOf(given, "/etc/samba/smb.conf"), "/"))
	if !ok {
		return
	}
	for _, sec := range readSections(t) {
		if sec.name == "global" || sec.name == "printers" || sec.name == "print$" {
			continue
		}
		guest := isOn(sec.value("guest ok")) || isOn(sec.value("public"))
		writes := isOn(sec.value("writable")) || isOn(sec.value("writeable")) || isOn(sec.value("write ok")) || strings.EqualFold(sec.value("read only"), "no")
		if guest && writes && sec.value("hosts allow") == "" {
			openShare(s, sec.at)
		}
	}
}
