package facts

import (
	"slices"
	"strings"
)

// confined reports whether a unit lets its programs speak to the device itself
// only (systemd.exec(5), systemd.resource-control(5)).
func confined(u unit) bool {
	if isYes(u.value("Service", "PrivateNetwork")) {
		return true
	}
	if families := u.words("Service", "RestrictAddressFamilies"); len(families) > 0 && !strings.HasPrefix(families[0], "~") && !containsAny(families, []string{"AF_INET", "AF_INET6", "AF_PACKET"}) {
		return true
	}
	if !slices.Contains(u.words("Service", "IPAddressDeny"), "any") {
		return false
	}
	for _, a := range u.words("Service", "IPAddressAllow") {
		if ip, _, _ := strings.Cut(a, "/"); !isLoopback(ip) {
			return false
		}
	}
	return true
}

func isYes(s string) bool {
	switch strings.ToLower(s) {
	case "yes", "true", "on", "1":
		return true
	}
	return false
}

// workingDirectory gives the folder in which a unit starts its programs; an
// unresolved one if it is the user's home.
func workingDirectory(u unit) string {
	dir := strings.TrimPrefix(u.specify(u.value("Service", "WorkingDirectory")), "-")
	if strings.HasPrefix(dir, "~") {
		return "$HOME"
	}
	return dir
}
