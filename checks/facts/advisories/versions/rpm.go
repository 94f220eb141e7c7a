package versions

import (
	"cmp"
	"strings"
)

// RPM compares as rpm does: epoch, version, release. A release that one of the
// two does not have is not compared.
func RPM(a, b string) int {
	ea, va, ra := split(a)
	eb, vb, rb := split(b)
	if d := cmp.Or(compareDigits(ea, eb), compareRPM(va, vb)); d != 0 || ra == "" || rb == "" {
		return d
	}
	return compareRPM(ra, rb)
}

// compareRPM compares segments of digits or letters; what stands between them
// only parts them. A tilde comes before the end, a caret after it but before
// anything else.
func compareRPM(a, b string) int {
	for {
		a, b = trimRPM(a), trimRPM(b)
		if tilde := begins(b, '~') - begins(a, '~'); tilde != 0 {
			return tilde
		}
		if begins(a, '~') == 1 {
			a, b = a[1:], b[1:]
			continue
		}
		if begins(a, '^')+begins(b, '^') > 0 {
			switch {
			case begins(a, '^') == begins(b, '^'):
				a, b = a[1:], b[1:]
				continue
			case a == "", begins(a, '^') == 1 && b != "":
				return -1
			}
			return 1
		}
		if a == "" || b == "" {
			return sign(len(a) - len(b))
		}
		var d int
		if d, a, b = compareSegment(a, b); d != 0 {
			return d
		}
	}
}

// compareSegment compares the first segments, of the kind that a starts with.
func compareSegment(a, b string) (d int, restA, restB string) {
	if isDigit(a[0]) {
		if !isDigit(b[0]) {
			return 1, "", ""
		}
		na, ra := digits(a)
		nb, rb := digits(b)
		return compareDigits(na, nb), ra, rb
	}
	if isDigit(b[0]) {
		return -1, "", ""
	}
	na, nb := letters(a), letters(b)
	return strings.Compare(na, nb), a[len(na):], b[len(nb):]
}

func letters(s string) string {
	n := 0
	for n < len(s) && isLetter(s[n]) {
		n++
	}
	return s[:n]
}

func trimRPM(s string) string {
	return strings.TrimLeftFunc(s, func(r rune) bool {
		return r > 127 || !isDigit(byte(r)) && !isLetter(byte(r)) && r != '~' && r != '^'
	})
}

// begins is 1 if s starts with c.
func begins(s string, c byte) int {
	if s != "" && s[0] == c {
		return 1
	}
	return 0
}
