package facts

import (
	"net/netip"
	"strconv"
	"strings"
)

// unixSocket begins the address of a socket in the file system, which only
// programs of the device reach.
const unixSocket = "unix:"

// isLoopback reports whether only the device itself can reach an address.
func isLoopback(address string) bool {
	if strings.HasPrefix(address, unixSocket) {
		return true
	}
	a := strings.Trim(address, "[]")
	switch a {
	case "localhost", "ip6-localhost", "localhost6", "lo", "loopback":
		return true
	}
	ip, err := netip.ParseAddr(a)
	return err == nil && ip.Unmap().IsLoopback()
}

// parseAddress reads "address:port", "[address]:port", "port" or "address".
func parseAddress(s string) (address string, port int) {
	s = strings.TrimSpace(s)
	if n, ok := portNumber(s); ok {
		return "", n
	}
	if i := strings.LastIndexByte(s, ':'); i >= 0 && (strings.Count(s, ":") == 1 || strings.HasPrefix(s, "[") && s[max(i-1, 0)] == ']') {
		if n, ok := portNumber(s[i+1:]); ok {
			return anyAddress(strings.Trim(s[:i], "[]")), n
		}
	}
	return anyAddress(strings.Trim(s, "[]")), 0
}

// anyAddress writes all forms of "every address" as the empty one.
func anyAddress(a string) string {
	switch a {
	case "*", "0.0.0.0", "::", "0", "any", "0.0.0.0/0":
		return ""
	}
	return a
}

func portNumber(s string) (int, bool) {
	if !isNumber(s) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n > 0 && n < 65536
}
