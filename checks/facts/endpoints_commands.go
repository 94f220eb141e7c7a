package facts

import (
	"slices"
	"strings"
)

// Endpoints are the hosts and addresses that the software names, in writing or as the
// arguments of programs that talk to them.
var Endpoints = &Fact[[]Endpoint]{
	Name:    "endpoints",
	Version: 10,
	Doc:     "Hosts and addresses of other machines, with the place where they are named or asked.",
	Needs:   []Node{endpointScan, bareScan, Scripts, handedCommands},
	Observe: func(o *Observer) ([]Endpoint, error) {
		named, err := endpointScan.Of(o)
		if err != nil {
			return nil, err
		}
		bare, err := bareScan.Of(o)
		if err != nil {
			return nil, err
		}
		scripts, err := Scripts.Of(o)
		if err != nil {
			return nil, err
		}
		others, err := handedCommands.Of(o)
		if err != nil {
			return nil, err
		}
		all := slices.DeleteFunc(slices.Clone(named), func(e Endpoint) bool { return e.Local() || notContacted(e) })
		for _, b := range bare { // what a file names with a scheme too, it says there
			if !slices.ContainsFunc(named, func(e Endpoint) bool { return e.Host == b.Host && e.Location.Path == b.Location.Path }) {
				all = append(all, b)
			}
		}
		for _, s := range scripts {
			if ClassOf(s.Path) == Product && !namesOthers(s.Name) {
				all = append(all, askedBy(s, named)...)
			}
		}
		for _, h := range others {
			if ClassOf(h.Path) == Product && !namesOthers(h.Name) {
				all = append(all, askedBy(h.Script, named)...)
			}
		}
		slices.SortStableFunc(all, func(a, b Endpoint) int { return a.Location.Compare(b.Location) })
		return all, nil
	},
}

// askedBy lists the hosts that the commands of a script talk to. Those of whole addresses
// are found by their writing, wherever that is; here are the ones that the script puts
// together.
func askedBy(s Script, named []Endpoint) []Endpoint {
	written := func(e Endpoint) bool {
		return slices.ContainsFunc(named, func(n Endpoint) bool { return n.Host == e.Host })
	}
	var all []Endpoint
	seen := map[string]bool{}
	root, _, _ := cutLast(s.Path, "!")
	for _, c := range s.Commands.All() {
		e, whole, ok := commandHost(&c)
		if !ok || whole && written(e) || e.Local() || notContacted(e) || seen[e.URL] || len(all) >= maxEndpointsFile {
			continue
		}
		seen[e.URL] = true
		e.Kind, e.Root, e.Location = InScript, root, c.Location
		all = append(all, e)
	}
	return all
}

// commandHost gives the host that a command talks to, and whether it is given by a whole
// address, with a scheme.
func commandHost(c *Command) (e Endpoint, whole, ok bool) {
	_, args := c.Effective()
	host := ""
	scheme := ""
	switch program := c.Program(); program {
	case "mosquitto_pub", "mosquitto_sub", "mosquitto_rr":
		host, scheme = lastOf(flagWords(args, "-h", "--host")), "mqtt"
		if port := lastOf(flagWords(args, "-p", "--port")); port != "" && host != "" {
			host += ":" + port
		}
		if c.Has("--cafile", "--capath", "--tls-version", "--tls-use-os-certs", "--psk") || strings.HasSuffix(host, ":8883") {
			scheme = "mqtts"
		}
	case "ftpput", "ftpget", "ftp", "ncftpput", "ncftpget", "lftp":
		valued := []string{"-u", "-p", "-P", "-d", "-e", "-f", "-c", "-o", "-S", "-T", "-E", "-t", "-r"}
		host, scheme = firstOperand(args, valued), "ftp"
	case "tftp":
		host, scheme = firstOperand(args, []string{"-l", "-r", "-b", "-m", "-c"}), "tftp"
	case "nc", "ncat", "netcat", "telnet":
		if !c.Has("-l", "-L", "--listen", "-U") {
			host, scheme = firstOperand(args, []string{"-p", "-w", "-i", "-s", "-e", "-X", "-x", "-q", "-c", "-I", "-O", "-T", "-V"}), "tcp"
		}
	case "ntpd", "ntpdate", "sntp", "msntp", "rdate":
		host, scheme = timeServer(program, args), "ntp"
	case "syslogd", "logger":
		host, scheme = lastOf(flagWords(args, "-R", "-n", "--server")), "udp"
	case "socat":
		host, scheme = socatHost(args), "tcp"
	case "openssl":
		host, scheme = lastOf(flagWords(args, "-connect")), "tls"
	case "ssh", "dbclient", "autossh":
		valued := []string{"-R", "-L", "-D", "-i", "-p", "-l", "-o", "-F", "-J", "-W", "-b", "-c", "-e", "-E", "-I", "-m", "-M", "-O", "-Q", "-S", "-w", "-K"}
		host, scheme = withoutUser(firstOperand(args, valued)), "ssh"
	case "scp", "rsync", "sftp":
		host, scheme = remoteHost(args), "ssh"
	case "curl", "wget":
		valued := []string{"-o", "-O", "-H", "-d", "-X", "-u", "-T", "-m", "-A", "-e", "-b", "-c", "-F", "-U", "-P", "-t", "-w", "-K", "-E", "-x", "-y", "-Y", "-z", "-r", "-S", "--output", "--header", "--data", "--data-raw", "--data-binary", "--request", "--user", "--cacert", "--cert", "--key", "--max-time", "--connect-timeout", "--retry", "--post-data", "--post-file", "--user-agent", "--form", "--upload-file", "--write-out", "--url-query", "--resolve", "--interface", "--proxy", "--json"}
		if program == "wget" { // its -S and -e are others
			valued = slices.DeleteFunc(valued, func(f string) bool {
				return f == "-S" || f == "-d" || f == "-c" || f == "-b" || f == "-F" || f == "-K" || f == "-x" || f == "-r" || f == "-m"
			})
		}
		host, scheme = firstOperand(args, valued), "http"
	}
	if whole = strings.Contains(host, "://"); !whole {
		host = scheme + "://" + host
	}
	_, at, _ := strings.Cut(host, "://")
	if i := strings.IndexAny(at, "/?#"); i >= 0 {
		at = at[:i] // what follows may be of the moment
	}
	if at == "" || Unresolved(at) {
		return Endpoint{}, false, false
	}
	e, ok = parseEndpoint(host)
	return e, whole, ok && !looksLikeFile(e.Host)
}

// timeServer is the host that a client of NTP is given: "ntpd -p HOST" of busybox,
// "ntpdate HOST".
func timeServer(program string, args []string) string {
	if program == "ntpd" {
		return lastOf(flagWords(args, "-p"))
	}
	return firstOperand(args, []string{"-p", "-t", "-o", "-a", "-e", "-k", "-U", "-d", "-K", "-M", "-H"})
}

// socatHost is the host of an address of socat that connects: "TCP:host:port",
// "OPENSSL:host:port,verify=0".
func socatHost(args []string) string {
	for _, a := range args {
		kind, rest, _ := strings.Cut(a, ":")
		switch strings.ToLower(kind) {
		case "tcp", "tcp4", "tcp-connect", "tcp4-connect", "openssl", "openssl-connect", "ssl", "udp", "udp4", "udp-connect":
			host, _, _ := strings.Cut(rest, ",")
			return host
		}
	}
	return ""
}

func withoutUser(s string) string { return s[strings.LastIndexByte(s, '@')+1:] }

// remoteHost is the host of the first operand of scp or rsync that is on another
// machine: "user@host:path", "host::module".
func remoteHost(args []string) string {
	for _, a := range args {
		host, _, ok := strings.Cut(a, ":")
		if ok && !strings.HasPrefix(a, "-") && !strings.Contains(host, "/") && strings.Contains(host, ".") {
			return withoutUser(host)
		}
	}
	return ""
}

// flagWords gives the words after the flags, or behind their "=".
func flagWords(args []string, flags ...string) []string {
	var out []string
	for i, a := range args {
		for _, f := range flags {
			if a == f && i+1 < len(args) {
				out = append(out, args[i+1])
			} else if v, ok := strings.CutPrefix(a, f+"="); ok {
				out = append(out, v)
			}
		}
	}
	return out
}

// firstOperand gives the first word that is no flag and not the value of one.
func firstOperand(args, valued []string) string {
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case slices.Contains(valued, a):
			i++
		case !strings.HasPrefix(a, "-"):
			return a
		}
	}
	return ""
}
