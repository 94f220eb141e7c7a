package facts

import (
	"path"
	"slices"
	"strings"
)

// The web servers that programming languages bring with them: "python3 -m http.server",
// "php -S ADDRESS:PORT", and a script of Node.js that makes one.

// webOfLanguage notes an interpreter that is started as a web server.
func (g *boot) webOfLanguage(l *launch, called string) bool {
	listen, ok := g.languageServer(l.words)
	if !ok {
		return false
	}
	listen.Location = l.cmd.Location
	m := *l
	m.socket = []Listen{listen}
	g.add(&m, Service{Name: path.Base(l.words[0]), Kind: KindWeb, Program: called, Started: true, Certain: !l.cmd.Conditional, Via: g.steps()})
	return true
}

func (g *boot) languageServer(words []string) (Listen, bool) {
	if len(words) < 2 {
		return Listen{}, false
	}
	args := words[1:]
	switch name := path.Base(words[0]); {
	case strings.HasPrefix(name, "python") || name == "micropython":
		return pythonServer(args)
	case strings.HasPrefix(name, "php"):
		return phpServer(args)
	case name == "node" || name == "nodejs":
		return g.nodeServer(args)
	}
	return Listen{}, false
}

// pythonServer reads "-m http.server [-b ADDRESS] [PORT]" and Python 2's "-m SimpleHTTPServer [PORT]".
func pythonServer(args []string) (Listen, bool) {
	i := slices.Index(args, "-m")
	if i < 0 || i+1 >= len(args) || args[i+1] != "http.server" && args[i+1] != "SimpleHTTPServer" {
		return Listen{}, false
	}
	l := Listen{Port: 8000, Protocol: "tcp", TLS: KnownOf(len(flagFiles(args, "--tls-cert", "--tls-cert")) > 0)}
	rest := args[i+2:]
	for j := 0; j < len(rest); j++ {
		switch a := rest[j]; {
		case strings.HasPrefix(a, "--bind="):
			l.Address = anyAddress(strings.TrimPrefix(a, "--bind="))
		case (a == "-b" || a == "--bind") && j+1 < len(rest):
			j++
			l.Address = anyAddress(rest[j])
		case a == "-d" || a == "--directory" || a == "-p" || a == "--protocol":
			j++
		default:
			if n, ok := portNumber(a); ok {
				l.Port = n
			}
		}
	}
	return l, true
}

// phpServer reads "-S ADDRESS:PORT".
func phpServer(args []string) (Listen, bool) {
	i := slices.Index(args, "-S")
	if i < 0 || i+1 >= len(args) {
		return Listen{}, false
	}
	address, port := parseAddress(args[i+1])
	return Listen{Address: address, Port: port, Protocol: "tcp", TLS: No}, port != 0
}

var (
	nodeHTTP    = lazy(`(?m)^[^/\n]*(?:require\(\s*|from\s+)['"](?:node:)?http['"]`)
	nodeExpress = lazy(`(?m)^[^/\n]*(?:require\(\s*|from\s+)['"]express['"]`)
	nodeTLS     = lazy(`['"](?:node:)?(?:https|http2|tls)['"]`)
	nodeListens = lazy(`\.listen\(\s*(\d{1,5})\s*(?:,\s*['"]([^'"]{1,64})['"])?`)
)

// nodeServer reads a script of Node.js that listens with the module of http, or with
// express, and that takes in nothing of TLS.
func (g *boot) nodeServer(args []string) (Listen, bool) {
	i := slices.IndexFunc(args, func(a string) bool { return !strings.HasPrefix(a, "-") })
	if i < 0 {
		return Listen{}, false
	}
	t, ok := g.texts.Get(g.root, args[i])
	if !ok || nodeTLS.Get().MatchString(t.Content) {
		return Listen{}, false
	}
	made := nodeHTTP.Get().MatchString(t.Content) && strings.Contains(t.Content, "createServer(") || nodeExpress.Get().MatchString(t.Content)
	m := nodeListens.Get().FindStringSubmatch(t.Content)
	if !made || m == nil {
		return Listen{}, false
	}
	port, ok := portNumber(m[1])
	return Listen{Address: anyAddress(m[2]), Port: port, Protocol: "tcp", TLS: No}, ok
}
