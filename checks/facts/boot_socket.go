package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// RemoteShell is a shell that the device hands out over a network without
// asking who is there: to those who connect, or by connecting itself.
type RemoteShell struct {
	Root    string           `json:"root"`
	Program string           `json:"program"` // telnetd, nc, socat, …
	Port    int              `json:"port,omitempty"`
	Outward bool             `json:"outward,omitempty"` // it connects to another machine
	Visitor bool             `json:"visitor,omitempty"` // it is a page that runs what its visitor writes
	Certain bool             `json:"certain"`
	Via     string           `json:"via"`
	Places  []assay.Location `json:"places"`
}

// RemoteShells are the shells that the boot hands out over a network.
var RemoteShells = &Fact[[]RemoteShell]{
	Name:    "remote-shells",
	Version: 5,
	Doc:     "Shells without a login that the boot hands out over a network, or sends to another machine.",
	Needs:   []Node{Boot},
	Observe: func(o *Observer) ([]RemoteShell, error) {
		g, err := Boot.Of(o)
		all := []RemoteShell{}
		for _, s := range g.Services {
			if s.Shell && s.Reachable() && s.Anonymous == Yes {
				all = append(all, RemoteShell{Root: s.Root, Program: s.Name, Port: portOf(s), Visitor: s.Visitor, Certain: s.Certain, Via: s.Via, Places: s.Places})
			}
		}
		return append(all, g.Outward...), err
	},
}

func portOf(s Service) int {
	for _, l := range s.Listens {
		if !l.Loopback() && l.Port != 0 {
			return l.Port
		}
	}
	return 0
}

// socketCall is what the arguments of a program that copies between sockets
// and programs say.
type socketCall struct {
	listens bool
	listen  Listen
	remote  bool     // it connects to another machine
	runs    []string // the program that is tied to the socket
}

// parseNetcat reads the arguments of nc, netcat and ncat.
func parseNetcat(args []string) socketCall {
	c := socketCall{listen: Listen{Protocol: "tcp", TLS: KnownOf(hasFlag(args, "--ssl"))}}
	var free []string
	for i := 0; i < len(args); i++ {
		a := args[i]
		value := func() string {
			if i+1 < len(args) {
				i++
				return args[i]
			}
			return ""
		}
		switch {
		case a == "--listen":
			c.listens = true
		case a == "-e" || a == "-c" || a == "--exec" || a == "--sh-exec":
			c.runs = strings.Fields(value())
			if a == "-e" { // busybox takes the rest of the line
				c.runs = append(c.runs, args[min(i+1, len(args)):]...)
			}
		case strings.HasPrefix(a, "--exec=") || strings.HasPrefix(a, "--sh-exec="):
			c.runs = strings.Fields(a[strings.IndexByte(a, '=')+1:])
		case len(a) > 1 && a[0] == '-' && a[1] != '-':
			c.listens = c.listens || strings.IndexByte(a, 'l') > 0
			if strings.IndexByte(a, 'u') > 0 {
				c.listen.Protocol = "udp"
			}
			switch last := a[len(a)-1]; {
			case last == 'p':
				c.listen.Port, _ = portNumber(value())
			case last == 's':
				c.listen.Address = anyAddress(value())
			case last == 'e':
				c.runs = append(strings.Fields(value()), args[min(i+1, len(args)):]...)
			case strings.IndexByte("wiqgGIOXx", last) >= 0:
				value()
			}
		case strings.HasPrefix(a, "-"):
		default:
			free = append(free, a)
		}
	}
	if c.listens && c.listen.Port == 0 { // OpenBSD's: nc -l [address] port
		c.listen.Port, _ = portNumber(lastOf(free))
		if len(free) > 1 {
			c.listen.Address = anyAddress(free[0])
		}
	}
	c.remote = !c.listens && len(free) > 1
	return c
}

// parseSocat reads the two addresses of socat.
func parseSocat(args []string) socketCall {
	c := socketCall{listen: Listen{Protocol: "tcp", TLS: No}}
	for _, a := range args {
		kind, rest, _ := strings.Cut(a, ":")
		kind, _, _ = strings.Cut(strings.ToUpper(kind), ",")
		spec, options, _ := strings.Cut(rest, ",")
		switch {
		case strings.HasPrefix(a, "-"):
		case kind == "EXEC" || kind == "SYSTEM" || kind == "SHELL":
			c.runs = strings.Fields(strings.Trim(spec, `'"`))
			if len(c.runs) == 0 {
				c.runs = []string{"sh"}
			}
		case strings.HasPrefix(kind, "UNIX"), strings.HasPrefix(kind, "ABSTRACT"):
		case strings.HasSuffix(kind, "-LISTEN") || strings.HasSuffix(kind, "-L") || strings.HasSuffix(kind, "-RECVFROM") || strings.HasSuffix(kind, "-RECV"):
			c.listens = true
			c.listen.Port, _ = portNumber(spec)
			if strings.HasPrefix(kind, "UDP") {
				c.listen.Protocol = "udp"
			}
			c.listen.TLS = KnownOf(strings.HasPrefix(kind, "OPENSSL") || strings.HasPrefix(kind, "SSL"))
			for o := range strings.SplitSeq(options, ",") {
				if v, ok := strings.CutPrefix(o, "bind="); ok {
					c.listen.Address = anyAddress(v)
				}
			}
		case strings.HasPrefix(kind, "TCP") || strings.HasPrefix(kind, "UDP") || strings.HasPrefix(kind, "OPENSSL") || strings.HasPrefix(kind, "SSL"):
			c.remote = true
		}
	}
	return c
}

// socketProgram reads the arguments of a program that ties sockets to programs.
func socketProgram(words []string) (name string, c socketCall, ok bool) {
	if len(words) == 0 {
		return "", c, false
	}
	switch name = path.Base(words[0]); name {
	case "nc", "ncat", "netcat", "nc.openbsd", "nc.traditional":
		return "nc", parseNetcat(words[1:]), true
	case "socat":
		return name, parseSocat(words[1:]), true
	}
	return "", c, false
}

// socket notes nc and socat that wait, or that give a shell away.
func (g *boot) socket(l *launch, called string) bool {
	if g.webOfLanguage(l, called) {
		return true
	}
	name, c, ok := socketProgram(l.words)
	if !ok {
		return false
	}
	shell := g.isShell(c.runs) || l.piped(g)
	switch {
	case c.listens:
		c.listen.Location = l.cmd.Location
		m := *l
		m.socket = []Listen{c.listen}
		s := Service{Name: name, Kind: KindPipe, Program: called, Started: true, Certain: !l.cmd.Conditional, Via: g.steps(), Shell: shell}
		if shell {
			s.Anonymous = Yes
		}
		g.add(&m, s)
	case c.remote && shell:
		g.outward(l, name)
	}
	return true
}

// isShell reports whether words run a shell that asks for nothing.
func (g *boot) isShell(words []string) bool {
	shell, prompt := g.prompt(words, 0)
	return prompt && shell == Yes
}

// piped reports whether a bare shell stands in the same pipeline, before the
// command that runs now.
func (l *launch) piped(g *boot) bool {
	if l.cmd.Pipeline == 0 {
		return false
	}
	return slices.ContainsFunc(g.commands, func(c *BootCommand) bool {
		return c.Pipeline == l.cmd.Pipeline && c.Location.Path == l.cmd.Location.Path && g.isShell(append([]string{c.Name}, c.Args...))
	})
}

func (g *boot) outward(l *launch, program string) {
	if !g.failsafe && len(g.away) < maxUnjudged {
		g.away = append(g.away, RemoteShell{
			Root: g.root.Path, Program: program, Outward: true, Certain: !l.cmd.Conditional, Via: g.steps(), Places: []assay.Location{l.cmd.Location},
		})
	}
}
