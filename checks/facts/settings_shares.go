package facts

import (
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

// settleNFS reads /etc/exports: a folder that is given to any host (exports(5)).
func settleNFS(g *boot, s *Service) {
	g.settleDefault(s)
	t, ok := g.texts.Get(g.root, "etc/exports")
	if !ok {
		return
	}
	for line := range t.Lines() {
		words := strings.Fields(line.Text)
		if len(words) == 0 || words[0][0] == '#' {
			continue
		}
		if slices.ContainsFunc(words[1:], anyHost) || len(words) == 1 {
			openShare(s, t.At(line))
		}
	}
}

// anyHost reports whether a client of exports(5) is everyone, and neither Kerberos nor a
// port below 1024 of a known host stands before the folder.
func anyHost(client string) bool {
	host, options, _ := strings.Cut(client, "(")
	return (host == "" || host == "*" || host == "0.0.0.0/0") && !strings.Contains(options, "sec=krb5")
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
