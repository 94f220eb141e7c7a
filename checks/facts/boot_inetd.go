package facts

import (
	"path"
	"slices"
	"strings"
)

// maxInetd bounds the entries of one configuration.
const maxInetd = 1024

// inetdPorts are the ports of the service names that embedded devices use
// (IANA service names), for images without /etc/services.
var inetdPorts = map[string]int{
	"echo": 7, "discard": 9, "daytime": 13, "chargen": 19, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "time": 37, "tftp": 69,
	"finger": 79, "http": 80, "www": 80, "pop3": 110, "auth": 113, "ident": 113, "snmp": 161, "https": 443, "exec": 512, "login": 513,
	"shell": 514, "uucp": 540, "rsync": 873, "swat": 901, "telnets": 992, "ftps": 990,
}

// inetdEntry is a service that inetd or xinetd waits for.
type inetdEntry struct {
	service, protocol, user, bind string
	words                         []string
	text                          Text
	line                          Line
	unsure                        bool   // the line may not be there
	id                            string // of xinetd
}

// parseInetd reads inetd.conf: service, socket type, protocol, flags, user,
// program, arguments.
func parseInetd(t Text) []inetdEntry {
	var all []inetdEntry
	for line := range t.Lines() {
		f := strings.Fields(line.Text)
		if len(f) < 6 || strings.HasPrefix(f[0], "#") || len(all) == maxInetd {
			continue
		}
		bind, service := "", f[0]
		if i := strings.LastIndexByte(service, ':'); i > 0 {
			bind, service = service[:i], service[i+1:]
		}
		user, _, _ := strings.Cut(f[4], ".")
		user, _, _ = strings.Cut(user, ":")
		e := inetdEntry{service: service, protocol: strings.TrimRight(f[2], "46"), user: user, bind: bind, words: f[5:6:6], text: t, line: line}
		if len(f) > 7 {
			e.words = append(e.words, f[7:]...) // f[6] is the program's own name
		}
		if path.Base(f[5]) == "tcpd" && len(f) > 6 {
			e.words = f[6:]
		}
		if path.Base(f[5]) == "busybox" && len(f) > 6 { // the name chooses the applet
			e.words = append([]string{f[6]}, f[min(7, len(f)):]...)
		}
		all = append(all, e)
	}
	return all
}

// superservers starts what inetd and xinetd wait for, if they are started.
func (g *boot) superservers() {
	for _, s := range slices.Clone(g.services) {
		if !s.Started {
			continue
		}
		switch s.Name {
		case "inetd":
			g.inetd(s)
		case "xinetd":
			g.xinetd(s)
		}
	}
}

// inetd starts what its table names: one that the image holds, or that the boot
// writes.
func (g *boot) inetd(s Service) {
	name, given := "/etc/inetd.conf", false
	for _, a := range s.Args {
		if !strings.HasPrefix(a, "-") && (strings.Contains(a, "/") || strings.HasSuffix(a, ".conf")) {
			name, given = a, true
		}
	}
	if Unresolved(name) {
		g.unjudge(s.Places[0], "the table of inetd is only known to the running device")
		return
	}
	parts, known := g.partsOf(name)
	if !known {
		g.unjudge(s.Places[0], "the table of inetd, "+cleanName(name)+", is made by the boot from what the image does not tell")
	} else if given && len(parts) == 0 {
		g.unjudge(s.Places[0], "the table of inetd, "+cleanName(name)+", is not in the image")
	}
	for _, p := range parts {
		for _, e := range parseInetd(p.text) {
			e.unsure = p.unsure
			g.inetdService(s, e)
		}
	}
}

func (g *boot) inetdService(by Service, e inetdEntry) {
	port, ok := portNumber(e.service)
	if !ok {
		port = inetdPorts[e.service]
	}
	l := g.from(e.text.At(e.line))
	l.words, l.user, l.daemon, l.unit = e.words, e.user, true, e.service
	l.cmd.Conditional = !by.Certain || e.unsure
	l.socket = []Listen{{Address: anyAddress(e.bind), Port: port, Protocol: e.protocol, Location: l.cmd.Location}}
	g.begins(by.Via, e.text.File.Name)
	g.launch(l)
	g.begins()
}
