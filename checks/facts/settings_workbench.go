package facts

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

// Programs with which developers work on a device from elsewhere: an editor and
// notebooks in the browser, the daemon of containers, and the debuggers of languages.
// Whoever is let in runs what they like.

// settleCodeServer reads the arguments of code-server and its config.yaml: without
// them it waits on the device itself, port 8080, and asks for a password.
func settleCodeServer(g *boot, s *Service) {
	auth, cert := "password", false
	l := Listen{Address: "127.0.0.1", Port: 8080, Protocol: "tcp", Location: s.Places[0]}
	bind := func(value string) {
		address, port := parseAddress(value)
		l.Address = anyAddress(address)
		if port != 0 {
			l.Port = port
		}
	}
	if t, ok := g.settingsOf(s, flagValues(s.Args, "--config"), "root/.config/code-server/config.yaml"); ok {
		s.Places = append(s.Places, At(t.File))
		for _, kv := range parseKeyValues(t) {
			switch value := strings.Trim(kv.value, `'"`); kv.key {
			case "auth:":
				auth = value
			case "bind-addr:":
				bind(value)
				l.Location = kv.at
			case "cert:":
				cert = value != "false"
			}
		}
	}
	for _, v := range flagValues(s.Args, "--bind-addr") {
		bind(v)
	}
	for _, v := range flagValues(s.Args, "--host") {
		l.Address = anyAddress(v)
	}
	for _, v := range flagValues(s.Args, "--port") {
		l.Port, _ = portNumber(v)
	}
	for _, v := range flagValues(s.Args, "--auth") {
		auth = v
	}
	l.TLS = KnownOf(cert || hasFlag(s.Args, "--cert"))
	s.Listens = []Listen{l}
	if auth == "none" {
		s.Shell, s.Anonymous = true, Yes
	}
}

// settleJupyter reads the arguments of Jupyter: it waits on the device itself and makes
// up a token, unless it is told of another address and an empty token and password.
func settleJupyter(g *boot, s *Service) {
	l := Listen{Address: "127.0.0.1", Port: 8888, Protocol: "tcp", Location: s.Places[0]}
	token, password, cert := true, false, false
	set := func(key, value string) {
		_, name, _ := strings.Cut(key, ".")
		switch value = strings.Trim(value, `'"`); name {
		case "ip":
			l.Address = anyAddress(value)
		case "port":
			l.Port, _ = portNumber(value)
		case "token":
			token = value != ""
		case "password", "hashed_password":
			password = value != ""
		case "certfile":
			cert = value != ""
		}
	}
	if t, ok := g.settingsOf(s, flagValues(s.Args, "--config"), "root/.jupyter/jupyter_notebook_config.py", "root/.jupyter/jupyter_server_config.py", "root/.jupyter/jupyter_lab_config.py"); ok {
		s.Places = append(s.Places, At(t.File))
		for _, kv := range parseKeyValues(t) {
			set(strings.TrimPrefix(kv.key, "c."), kv.value)
		}
	}
	for i, a := range s.Args {
		key, value, joined := strings.Cut(strings.TrimPrefix(a, "--"), "=")
		switch {
		case !strings.HasPrefix(a, "--"):
			continue
		case !joined && i+1 < len(s.Args):
			value = s.Args[i+1]
		}
		if !strings.Contains(key, ".") {
			key = "." + key
		}
		set(key, value)
	}
	l.TLS = KnownOf(cert)
	s.Listens = []Listen{l}
	if !token && !password {
		s.Shell, s.Anonymous = true, Yes
	}
}

// settleDockerd reads on which sockets dockerd waits, and whether it asks whoever comes
// for a certificate: who is let in starts containers that hold the whole device.
func settleDockerd(g *boot, s *Service) {
	hosts := flagValues(s.Args, "-H", "--host")
	verify := hasFlag(s.Args, "--tlsverify") && !slices.Contains(s.Args, "--tlsverify=false")
	tls := verify || hasFlag(s.Args, "--tls")
	at := s.Places[0]
	if t, ok := g.settingsOf(s, flagValues(s.Args, "--config-file"), "etc/docker/daemon.json"); ok {
		var set struct {
			Hosts  []string `json:"hosts"`
			TLS    bool     `json:"tls"`
			Verify bool     `json:"tlsverify"`
		}
		if json.Unmarshal([]byte(t.Content), &set) == nil {
			hosts, verify, tls = append(hosts, set.Hosts...), verify || set.Verify, tls || set.TLS || set.Verify
			if len(set.Hosts) > 0 {
				at = At(t.File)
			}
		}
	}
	s.Listens = nil
	for _, h := range hosts {
		where, ok := strings.CutPrefix(h, "tcp://")
		if !ok || Unresolved(where) {
			continue
		}
		address, port := parseAddress(where)
		if port == 0 {
			if port = 2375; tls {
				port = 2376
			}
		}
		s.Listens = append(s.Listens, Listen{Address: address, Port: port, Protocol: "tcp", TLS: KnownOf(tls), Anonymous: KnownOf(!verify), Location: at})
	}
	if len(s.Listens) == 0 {
		s.Listens = []Listen{{Address: unixSocket, Protocol: "tcp", Location: at}}
	} else if !verify {
		s.Shell, s.Anonymous = true, Yes
	}
}

// settleWetty reads the arguments of wetty, a terminal in the browser that runs login or
// ssh unless it is told of another command.
func settleWetty(g *boot, s *Service) {
	g.settlePort(s, KnownOf(hasAnyFlag(s.Args, "--ssl-cert", "--sslcert")), "-p", "--port")
	for _, at := range flagValues(s.Args, "--host") {
		s.Listens[0].Address = anyAddress(at)
	}
	for _, c := range flagValues(s.Args, "-c", "--command") {
		g.webShell(s, strings.Fields(c), false)
	}
}

// debuggerFlags open the debugger of a language: the flag, the interpreter's name, and
// the port where none is named.
var debuggerFlags = []struct {
	interpreter, flag string
	port              int
}{
	{"node", "--inspect", 9229}, {"node", "--inspect-brk", 9229}, {"node", "--inspect-wait", 9229}, {"python", "--listen", 5678}, {"java", "-agentlib:jdwp", 0},
}

// debugger notes an interpreter that waits for a debugger on the network; by itself it
// waits on the device alone.
func (g *boot) debugger(l *launch, called string) {
	name := path.Base(l.words[0])
	for _, d := range debuggerFlags {
		if !strings.HasPrefix(name, d.interpreter) || d.flag == "--listen" && !slices.Contains(l.words, "debugpy") {
			continue
		}
		for i, a := range l.words[1:] {
			key, value, joined := strings.Cut(a, "=")
			if key != d.flag {
				continue
			}
			if d.flag == "--listen" && i+2 < len(l.words) {
				value, joined = l.words[i+2], true
			}
			if _, jdwp, ok := strings.Cut(value, "address="); ok {
				value, _, _ = strings.Cut(jdwp, ",")
			}
			host, port, named := strings.Cut(value, ":")
			if !named && d.interpreter == "node" && strings.Contains(value, ".") {
				named, port = true, ""
			}
			if !joined || !named || isLoopback(host) {
				continue
			}
			n, ok := portNumber(port)
			if !ok {
				n = d.port
			}
			m := *l
			m.socket = []Listen{{Address: anyAddress(host), Port: n, Protocol: "tcp", TLS: No, Anonymous: Yes, Location: l.cmd.Location}}
			g.add(&m, Service{Name: d.interpreter + "-debugger", Program: called, Started: true, Certain: !l.cmd.Conditional, Via: g.steps(), Shell: true, Anonymous: Yes})
		}
	}
}
