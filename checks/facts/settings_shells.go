package facts

import (
	"slices"
	"strings"
)

// Programs that show another program in a browser, and debug servers: what they give
// away is what they run.

// ttyValued are the flags of ttyd and gotty that take a value.
var ttyValued = map[string][]string{
	"ttyd": {
		"-p", "--port", "-i", "--interface", "-U", "--socket-owner", "-c", "--credential", "-H", "--auth-header", "-u", "--uid", "-g", "--gid", "-s", "--signal",
		"-w", "--cwd", "-b", "--base-path", "-P", "--ping-interval", "-t", "--client-option", "-T", "--terminal-type", "-m", "--max-clients", "-I", "--index",
		"-C", "--ssl-cert", "-K", "--ssl-key", "-A", "--ssl-ca", "-f", "--srv-buf-size", "-d", "--debug",
	},
	"gotty": {
		"-a", "--address", "-p", "--port", "-c", "--credential", "--tls-crt", "--tls-key", "--tls-ca-crt", "--index", "--title-format", "--reconnect-time",
		"--timeout", "--max-connection", "--width", "--height", "--ws-origin", "--config", "--close-signal", "--close-timeout", "--path", "--random-url-length", "--term",
	},
}

// ttyCommand gives the program that ttyd or gotty runs: what follows the flags.
func ttyCommand(s *Service) []string {
	for i := 0; i < len(s.Args); i++ {
		switch a := s.Args[i]; {
		case slices.Contains(ttyValued[s.Name], a):
			i++
		case a == "--":
			return s.Args[i+1:]
		case !strings.HasPrefix(a, "-"):
			return s.Args[i:]
		}
	}
	return nil
}

// webShell notes the shell that a program in the browser gives to everyone.
func (g *boot) webShell(s *Service, words []string, login bool) {
	if !login && g.isShell(words) {
		s.Shell, s.Anonymous = true, Yes
	}
}

func hasAnyFlag(args []string, flags ...string) bool {
	return slices.ContainsFunc(flags, func(f string) bool { return hasFlag(args, f) || len(flagValues(args, f)) > 0 })
}

// settleTTYD reads ttyd's arguments. Since 1.7.4 nobody may type unless -W says so;
// before, everyone may unless -R forbids it.
func settleTTYD(g *boot, s *Service) {
	g.settlePort(s, KnownOf(hasFlag(s.Args, "-S") || hasFlag(s.Args, "--ssl")), "-p", "--port")
	for _, at := range flagValues(s.Args, "-i", "--interface") {
		if strings.Contains(at, "/") {
			at = unixSocket + at
		}
		s.Listens[0].Address = at
	}
	if hasFlag(s.Args, "-R") || hasFlag(s.Args, "--readonly") {
		return
	}
	s.Certain = s.Certain && (hasFlag(s.Args, "-W") || hasFlag(s.Args, "--writable"))
	g.webShell(s, ttyCommand(s), hasAnyFlag(s.Args, "-c", "--credential", "-H", "--auth-header", "-A", "--ssl-ca"))
}

// settleGoTTY reads gotty's arguments: with -w people may type, else they only look on.
func settleGoTTY(g *boot, s *Service) {
	g.settlePort(s, KnownOf(hasFlag(s.Args, "-t") || hasFlag(s.Args, "--tls")), "-p", "--port")
	for _, at := range flagValues(s.Args, "-a", "--address") {
		s.Listens[0].Address = anyAddress(at)
	}
	for _, name := range flagValues(s.Args, "--config") {
		if g.givenSettings(s, name); s.Unread != "" {
			g.unjudge(s.Places[0], "gotty is given settings that are not in the image ("+s.Unread+")")
		}
	}
	if hasFlag(s.Args, "-w") || hasFlag(s.Args, "--permit-write") {
		g.webShell(s, ttyCommand(s), hasAnyFlag(s.Args, "-c", "--credential", "--tls-ca-crt"))
	}
}

// settleShellInABox reads shellinaboxd's services, "path:user:group:folder:command", of
// which AUTH in place of the user, and the words LOGIN and SSH, ask who is there.
func settleShellInABox(g *boot, s *Service) {
	g.settlePort(s, KnownOf(!hasFlag(s.Args, "-t") && !hasFlag(s.Args, "--disable-ssl")), "-p", "--port")
	if hasFlag(s.Args, "--localhost-only") {
		s.Listens[0].Address = "127.0.0.1"
	}
	for i, a := range s.Args {
		value, ok := strings.CutPrefix(a, "--service=")
		if !ok && (a == "-s" || a == "--service") && i+1 < len(s.Args) {
			value = s.Args[i+1]
		}
		if w := strings.SplitN(value, ":", 5); len(w) == 5 {
			g.webShell(s, strings.Fields(w[4]), w[1] == "AUTH")
		}
	}
}

// settleDebugger reads what gdbserver waits on: whoever comes makes the program that it
// holds do anything.
func settleDebugger(_ *boot, s *Service) {
	s.Listens = nil
	for _, a := range s.Args {
		if strings.HasPrefix(a, "-") {
			continue
		}
		host, port, ok := strings.Cut(a, ":")
		if n, valid := portNumber(port); ok && valid && !strings.HasPrefix(a, "/") {
			s.Listens = []Listen{{Address: anyAddress(host), Port: n, Protocol: "tcp", TLS: No, Anonymous: Yes, Location: s.Places[0]}}
			s.Shell, s.Anonymous = true, Yes
		}
		break // what follows is the program and its arguments
	}
	if s.Listens == nil { // a serial line, or standard input
		s.Listens = []Listen{{Address: unixSocket, Protocol: "tcp", Location: s.Places[0]}}
	}
}
