package versions

import (
	"cmp"
)

// Deb compares as dpkg and opkg do (Debian Policy 5.6.12): epoch, upstream
// version, revision.
func Deb(a, b string) int {
	ea, ua, ra := split(a)
	eb, ub, rb := split(b)
	return cmp.Or(compareDigits(ea, eb), compareDeb(ua, ub), compareDeb(ra, rb))
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
