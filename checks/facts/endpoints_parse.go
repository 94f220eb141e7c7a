package facts

import (
	"net/netip"
	"strconv"
	"strings"
)

// endpointSchemes are the schemes that lead to another machine.
var endpointSchemes = map[string]bool{
	"http": true, "https": true, "ws": true, "wss": true, "ftp": true, "ftps": true, "sftp": true, "tftp": true,
	"mqtt": true, "mqtts": true, "amqp": true, "amqps": true, "coap": true, "coaps": true, "rtsp": true, "rtsps": true,
	"rtmp": true, "rtmps": true, "stun": true, "turn": true, "tcp": true, "udp": true, "ssl": true, "tls": true,
	"ldap": true, "ldaps": true, "ntp": true, "nats": true, "grpc": true, "redis": true, "git": true, "ssh": true, "rsync": true,
}

// parseEndpoint reads an address with a scheme. What only the running device
// would know, as "http://$HOST/", is no endpoint; user name, password, query and
// fragment are left out of the result.
func parseEndpoint(raw string) (Endpoint, bool) {
	raw = strings.Trim(raw, `"'<>()[]{},; `)
	raw = strings.TrimRight(raw, ".\\")
	scheme, rest, ok := strings.Cut(raw, "://")
	scheme = strings.ToLower(scheme)
	if !ok || !endpointSchemes[scheme] {
		return Endpoint{}, false
	}
	sends := false
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		sends = holdsAny(strings.ToLower(rest[i:]), sendingQueries)
		rest = rest[:i]
	}
	host, tail := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		host, tail = rest[:i], rest[i:]
	}
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	port := 0
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		n, err := strconv.ParseUint(host[i+1:], 10, 16)
		if err != nil && host[i+1:] != "" && !strings.ContainsAny(host[i+1:], "%$") {
			return Endpoint{}, false
		}
		port, host = int(n), host[:i]
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if !isHost(host) {
		return Endpoint{}, false
	}
	if i := strings.IndexAny(tail, "%$`{ "); i >= 0 {
		tail = tail[:i]
	}
	e := Endpoint{Scheme: scheme, Host: host, Port: port, Sends: sends}
	at := host
	if strings.Contains(host, ":") {
		at = "[" + host + "]"
	}
	if port > 0 {
		at += ":" + strconv.Itoa(port)
	}
	e.URL = scheme + "://" + at + tail
	return e, true
}

// sendingQueries are fields of queries by which devices hand values to a cloud.
var sendingQueries = []string{"api_key=", "apikey=", "field1=", "value=", "temp=", "data="}

// isHost accepts an IP address, or a name of at least two labels whose last has
// letters (RFC 1123, section 2.1).
func isHost(host string) bool {
	if host == "localhost" {
		return true
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return !a.IsUnspecified()
	}
	labels := strings.Split(host, ".")
	if len(host) > 253 || len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(last) >= 2 && (strings.Trim(last, "abcdefghijklmnopqrstuvwxyz") == "" || strings.HasPrefix(last, "xn--"))
}

// Loopback reports whether the host is the device itself.
func (e Endpoint) Loopback() bool {
	a, err := netip.ParseAddr(e.Host)
	return e.Host == "localhost" || err == nil && a.IsLoopback()
}

// Local reports whether the host is the device itself or a name that never
// leaves its own network.
func (e Endpoint) Local() bool {
	if a, err := netip.ParseAddr(e.Host); err == nil {
		return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsMulticast() || a == netip.MustParseAddr("255.255.255.255")
	}
	last := e.Host[strings.LastIndexByte(e.Host, '.')+1:]
	switch last {
	case "localhost", "local", "lan", "localdomain", "internal", "home":
		return true
	}
	return false
}
