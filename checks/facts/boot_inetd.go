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
		e := inetdEntry{service, strings.TrimRight(f[2], "46"), user, bind, f[5:6], t, line}
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

// parseXinetd reads blocks "service NAME { key = value }"; a disabled one is nothing.
func parseXinetd(t Text) []inetdEntry {
	var all []inetdEntry
	var e *inetdEntry
	disabled := false
	for line := range t.Lines() {
		s := strings.TrimSpace(line.Text)
		f := strings.Fields(s)
		switch {
		case s == "" || s[0] == '#':
		case f[0] == "service" && len(f) > 1:
			e, disabled = &inetdEntry{service: strings.Trim(f[1], "{"), protocol: "tcp", text: t, line: line}, false
		case s == "}" && e != nil:
			if !disabled && len(e.words) > 0 && len(all) < maxInetd {
				all = append(all, *e)
			}
			e = nil
		case e != nil:
			key, value, _ := strings.Cut(s, "=")
			value = strings.TrimSpace(strings.TrimPrefix(value, "="))
			switch strings.TrimRight(strings.TrimSpace(key), "+-") {
			case "disable":
				disabled = value == "yes"
			case "protocol":
				e.protocol = value
			case "socket_type":
				if value == "dgram" {
					e.protocol = "udp"
				}
			case "user":
				e.user = value
			case "bind", "interface":
				e.bind = value
			case "port":
				e.service = value
			case "server":
				e.words = append([]string{value}, e.words[min(1, len(e.words)):]...)
			case "server_args":
				e.words = append(e.words[:min(1, len(e.words))], strings.Fields(value)...)
			}
		}
	}
	return all
}

// superservers starts what inetd and xinetd wait for, if they are started.
func (g *boot) superservers() {
	for _, s := range slices.Clone(g.services) {
		if !s.Started {
			continue
		}
		var entries []inetdEntry
		switch s.Name {
		case "inetd":
			name := "etc/inetd.conf"
			for _, a := range s.Args {
				if !strings.HasPrefix(a, "-") && strings.Contains(a, "/") {
					name = a
				}
			}
			if t, ok := g.texts.Get(g.root, name); ok {
				entries = parseInetd(t)
			}
		case "xinetd":
			entries = g.xinetd(s)
		}
		for _, e := range entries {
			g.inetdService(s, e)
		}
	}
}

func (g *boot) xinetd(s Service) []inetdEntry {
	var all []inetdEntry
	name := "etc/xinetd.conf"
	if i := slices.Index(s.Args, "-f"); i >= 0 && i+1 < len(s.Args) {
		name = s.Args[i+1]
	}
	if t, ok := g.texts.Get(g.root, name); ok {
		all = parseXinetd(t)
	}
	for _, f := range g.children("etc/xinetd.d") {
		if t, ok := g.texts.Get(g.root, f.Name); ok && len(all) < maxInetd {
			all = append(all, parseXinetd(t)...)
		}
	}
	return all
}

func (g *boot) inetdService(by Service, e inetdEntry) {
	port, ok := portNumber(e.service)
	if !ok {
		port = inetdPorts[e.service]
	}
	l := g.from(e.text.At(e.line))
	l.words, l.user, l.daemon, l.unit = e.words, e.user, true, e.service
	l.cmd.Conditional = !by.Certain
	l.socket = []Listen{{Address: anyAddress(e.bind), Port: port, Protocol: e.protocol, Location: l.cmd.Location}}
	g.via = append(g.via[:0], by.Via, e.text.File.Name)
	g.launch(l)
	g.via = g.via[:0]
}
