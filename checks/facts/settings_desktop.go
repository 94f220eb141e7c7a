package facts

import "strings"

// settleVNC reads the arguments of Xvnc, x11vnc and their kin: the display ":1" is port
// 5901, and -localhost lets the device itself in only.
func settleVNC(g *boot, s *Service) {
	g.settlePort(s, Unknown, "-rfbport", "-PORT")
	l := &s.Listens[0]
	for i, a := range s.Args {
		next := ""
		if i+1 < len(s.Args) {
			next = strings.ToLower(s.Args[i+1])
		}
		switch {
		case strings.EqualFold(a, "-localhost") && next != "no" && next != "0" && next != "false", strings.EqualFold(a, "-localhost=1"):
			l.Address = "127.0.0.1"
		case (a == "-listen" || a == "-interface") && next == "localhost":
			l.Address = "127.0.0.1"
		case a == "-listen" || a == "-interface":
			l.Address = anyAddress(next)
		case strings.EqualFold(a, "-SecurityTypes") && next != "":
			l.TLS = KnownOf(onlyTLS(next))
		}
	}
}

// onlyTLS reports whether all of TigerVNC's types of security are encrypted.
func onlyTLS(types string) bool {
	for t := range strings.SplitSeq(types, ",") {
		if !strings.HasPrefix(t, "tls") && !strings.HasPrefix(t, "x509") && !strings.HasPrefix(t, "ra2") {
			return false
		}
	}
	return true
}
