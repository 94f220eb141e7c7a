package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// maxInclude bounds the files that one configuration takes in.
const maxInclude = 64

// settle reads each daemon's own settings once all of them are known.
func (g *boot) settle() {
	g.cron()
	g.superservers()
	for i := range g.services {
		s := &g.services[i]
		if s.Started {
			if f, ok := daemonSettings[s.Name]; ok {
				f(g, s)
			} else {
				g.settleDefault(s)
			}
		}
		s.Loopback = len(s.Listens) > 0
		for _, l := range s.Listens {
			s.Loopback = s.Loopback && l.Loopback()
		}
		s.Loopback = s.Loopback && s.Unread == "" || s.confined
		if s.Listens == nil {
			s.Listens = []Listen{}
		}
		s.Places = uniquePlaces(s.Places)
	}
	for i := range g.services { // only now: settings are read from the arguments
		s := &g.services[i]
		s.Args = redactArgs(s.Name, s.Args)
	}
	if !g.later { // of which nobody asks for them
		g.passwords = append(g.passwordWrites(g.commands), g.passwords...)
		for _, c := range g.commands {
			*c = redactCommand(*c)
		}
	}
	for i := range g.consoles {
		g.consoles[i].Program = redactText(g.consoles[i].Program)
	}
}

// uniquePlaces leaves out places that stand twice, and keeps their order.
func uniquePlaces(places []assay.Location) []assay.Location {
	var out []assay.Location
	for _, p := range places {
		if !slices.ContainsFunc(out, func(q assay.Location) bool { return p.Compare(q) == 0 }) {
			out = append(out, p)
		}
	}
	return out
}

// daemonSettings read a daemon's arguments and configuration.
var daemonSettings = map[string]func(*boot, *Service){
	"telnetd":      settleTelnet,
	"dropbear":     settleDropbear,
	"sshd":         settleSSHD,
	"vsftpd":       settleVsftpd,
	"ftpd":         func(g *boot, s *Service) { g.settlePort(s, No, "-p", "-P") },
	"pure-ftpd":    settlePureFTPD,
	"proftpd":      settleProFTPD,
	"redis":        settleRedis,
	"gdbserver":    settleDebugger,
	"ttyd":         settleTTYD,
	"gotty":        settleGoTTY,
	"shellinaboxd": settleShellInABox,
	"wetty":        settleWetty,
	"code-server":  settleCodeServer,
	"jupyter":      settleJupyter,
	"dockerd":      settleDockerd,
	"tftpd":        func(g *boot, s *Service) { g.settlePort(s, No, "-a", "--address") },
	"snmpd":        settleSNMP,
	"mosquitto":    settleMosquitto,
	"vncserver":    settleVNC,
	"mongod":       settleMongo,
	"memcached":    settleMemcached,
	"rsyncd":       settleRsync,
	"node-red":     settleNodeRED,
	"tcf-agent":    settleTCF,
	"nfsd":         settleNFS,
	"rtspd":        settleRTSP,
	"smbd":         settleSamba,
	"adbd":         settleADB,
	"dnsmasq":      settleDnsmasq,
	"ntpd":         settleNTP,
	"uhttpd":       settleUhttpd,
	"lighttpd":     settleLighttpd,
	"nginx":        settleNginx,
	"mini_httpd":   settleMiniHTTPD,
	"thttpd":       settleMiniHTTPD,
	"boa":          settleBoa,
	"goahead":      settleGoahead,
	"micro_httpd":  func(g *boot, s *Service) { g.settlePort(s, No) },
	"httpd":        settleHTTPD,
	"apache2":      settleApache,
	"haproxy":      settleHAProxy,
	"cupsd":        settleCups,
	"coapd":        settleCoap,
}

// settleDefault takes the daemon's usual port.
func (g *boot) settleDefault(s *Service) {
	if _, known := daemonNamed(s.Name); known {
		g.settlePort(s, Unknown)
	} else if !s.Shell && s.Kind == KindOther {
		g.settleUnknown(s)
	}
}

// settlePort takes the port, or address and port, after one of the flags, else
// the daemon's usual one. What a superserver waits on is left as it is.
func (g *boot) settlePort(s *Service, tls Known, flags ...string) {
	if len(s.Listens) == 0 {
		for _, v := range flagValues(s.Args, flags...) {
			if address, port := parseAddress(v); port != 0 {
				s.Listens = append(s.Listens, Listen{Address: address, Port: port, Protocol: g.protocol(s), Location: s.Places[0]})
			}
		}
	}
	if d, ok := daemonNamed(s.Name); ok && d.port != 0 && len(s.Listens) == 0 {
		s.Listens = append(s.Listens, Listen{Port: d.port, Protocol: d.protocol, Location: s.Places[0]})
	}
	for i := range s.Listens {
		s.Listens[i].TLS = tls
	}
}

func (g *boot) protocol(s *Service) string {
	if d, ok := daemonNamed(s.Name); ok && d.protocol != "" {
		return d.protocol
	}
	return "tcp"
}

// flagValues gives the words after each of the flags, also as "-p80" and "--port=80".
func flagValues(args []string, flags ...string) []string {
	var out []string
	for i, a := range args {
		for _, f := range flags {
			switch {
			case a == f && i+1 < len(args):
				out = append(out, args[i+1])
			case strings.HasPrefix(f, "--") && strings.HasPrefix(a, f+"="):
				out = append(out, a[len(f)+1:])
			case len(f) == 2 && len(a) > 2 && strings.HasPrefix(a, f) && !strings.HasPrefix(f, "--"):
				if _, port := parseAddress(a[2:]); port != 0 || a[2] == '/' {
					out = append(out, a[2:])
				}
			}
		}
	}
	return out
}

func firstOf(values []string, otherwise string) string {
	if len(values) > 0 {
		return values[0]
	}
	return otherwise
}

// settleTelnet asks which program telnetd gives to those who connect.
func settleTelnet(g *boot, s *Service) {
	if address := flagValues(s.Args, "-b"); len(address) > 0 && len(s.Listens) == 0 {
		a, port := parseAddress(address[0])
		if port == 0 {
			_, port = parseAddress(firstOf(flagValues(s.Args, "-p"), "23"))
		}
		s.Listens = []Listen{{Address: a, Port: port, Protocol: "tcp", Location: s.Places[0]}}
	}
	g.settlePort(s, No, "-p")
	program := flagValues(s.Args, "-l", "-E", "--exec-login", "-L")
	if len(program) == 0 && lastOf(s.Args) == "-l" { // its value is a variable
		program = []string{unknownPart}
	}
	if len(program) == 0 {
		return
	}
	words := strings.Fields(program[0])
	if shell, ok := g.prompt(words, 0); ok {
		s.Shell = shell == Yes
		if shell == Yes {
			s.Anonymous = Yes
		}
	} else if len(words) > 0 && Unresolved(words[0]) {
		g.unjudge(s.Places[0], "which program telnetd hands out is only known to the running device")
	}
}

// settleNTP: busybox and OpenWrt's ntpd answer others only with -l; a peer
// list alone makes a client.
func settleNTP(g *boot, s *Service) {
	if strings.HasPrefix(path.Base(resolved(g, s.Program)), "busybox") && !hasFlag(s.Args, "-l") {
		return
	}
	g.settleGiven(s, "-c", "--configfile")
}

// settleGiven takes the daemon's usual port, and notes settings that it is given and
// that are not in the image.
func (g *boot) settleGiven(s *Service, flags ...string) {
	for _, name := range flagValues(s.Args, flags...) {
		g.givenSettings(s, name)
	}
	g.settleDefault(s)
}

// settleRTSP reads the port of an RTSP server, and the settings that MediaMTX is given.
func settleRTSP(g *boot, s *Service) {
	if b := path.Base(s.Program); b == "mediamtx" || b == "rtsp-simple-server" {
		for _, a := range s.Args {
			if !strings.HasPrefix(a, "-") {
				g.givenSettings(s, a)
				break
			}
		}
	}
	g.settlePort(s, Unknown, "-P", "-p")
	if path.Base(s.Program) == "v4l2rtspserver" {
		for i := range s.Args[:max(len(s.Args)-1, 0)] {
			if s.Args[i] == "-I" {
				s.Listens[0].Address = anyAddress(s.Args[i+1])
			}
		}
	}
}

func resolved(g *boot, name string) string {
	if f, ok := g.root.Lookup(name); ok {
		return f.Name
	}
	return name
}

// keyValue is a line of a plain settings file: a key, and its value.
type keyValue struct {
	key, value string
	at         assay.Location
}

// parseKeyValues reads lines "key value" or "key = value"; # and ; start a comment.
func parseKeyValues(t Text) []keyValue {
	var all []keyValue
	for line := range t.Lines() {
		s := strings.TrimSpace(line.Text)
		if s == "" || s[0] == '#' || s[0] == ';' || len(all) > 8192 {
			continue
		}
		i := strings.IndexAny(s, " \t=")
		if i < 0 {
			all = append(all, keyValue{s, "", t.At(line)})
			continue
		}
		value := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s[i:]), "="))
		all = append(all, keyValue{s[:i], strings.Trim(value, `"`), t.At(line)})
	}
	return all
}

// settleVsftpd reads vsftpd.conf.
func settleVsftpd(g *boot, s *Service) {
	var given []string
	for _, a := range s.Args {
		if !strings.HasPrefix(a, "-") {
			given = append(given, a)
		}
	}
	listen := Listen{Port: 21, Protocol: "tcp", TLS: No, Anonymous: Yes, Location: s.Places[0]} // its defaults
	ssl, forced := false, true
	t, ok := g.settingsOf(s, given, "etc/vsftpd.conf", "etc/vsftpd/vsftpd.conf")
	if !ok && s.Unread != "" {
		listen.Anonymous = Unknown
	}
	if ok {
		s.Places = append(s.Places, At(t.File))
		for _, kv := range parseKeyValues(t) {
			yes := strings.EqualFold(kv.value, "yes") || kv.value == "1" || strings.EqualFold(kv.value, "true")
			switch kv.key {
			case "listen_port":
				listen.Port, _ = portNumber(kv.value)
				listen.Location = kv.at
			case "listen_address":
				listen.Address, listen.Location = anyAddress(kv.value), kv.at
			case "anonymous_enable":
				listen.Anonymous, listen.Location = KnownOf(yes), kv.at
			case "ssl_enable":
				ssl = yes
			case "force_local_logins_ssl", "force_local_data_ssl":
				forced = forced && yes
			}
		}
	}
	listen.TLS = KnownOf(ssl && forced && listen.Anonymous == No)
	s.Anonymous = listen.Anonymous
	if len(s.Listens) > 0 {
		s.Listens[0].TLS, s.Listens[0].Anonymous = listen.TLS, listen.Anonymous
		return
	}
	s.Listens = []Listen{listen}
}
