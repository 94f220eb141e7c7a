package versions

import (
	"cmp"
	"strings"
)

// Deb compares as dpkg and opkg do (Debian Policy 5.6.12): epoch, upstream
// version, revision.
func Deb(a, b string) int {
	ea, ua, ra := splitDeb(a)
	eb, ub, rb := splitDeb(b)
	return cmp.Or(compareDigits(ea, eb), compareDeb(ua, ub), compareDeb(ra, rb))
}

// splitDeb parts a version at its first colon and its last hyphen.
func splitDeb(v string) (epoch, upstream, revision string) {
	v = strings.TrimSpace(v)
	if before, after, ok := strings.Cut(v, ":"); ok {
		if number, rest := digits(before); rest == "" {
			epoch, v = number, after
		}
	}
	if i := strings.LastIndexByte(v, '-'); i >= 0 {
		return epoch, v[:i], v[i+1:]
	}
	return epoch, v, ""
}

// compareDeb compares runs of other characters and runs of digits in turn.
func compareDeb(a, b string) int {
	for a != "" || b != "" {
		for (a != "" && !isDigit(a[0])) || (b != "" && !isDigit(b[0])) {
			if d := debWeight(a) - debWeight(b); d != 0 {
				return sign(d)
			}
			a, b = a[min(1, len(a)):], b[min(1, len(b)):]
		}
		var na, nb string
		na, a = digits(a)
		nb, b = digits(b)
		if d := compareDigits(na, nb); d != 0 {
			return d
		}
	}
	return 0
}

// debWeight orders the first character: a tilde before the end, the end and
// digits before letters, letters before all others.
func debWeight(s string) int {
	switch {
	case s == "" || isDigit(s[0]):
		return 0
	case s[0] == '~':
		return -1
	case isLetter(s[0]):
		return int(s[0])
	}
	return int(s[0]) + 256
}
