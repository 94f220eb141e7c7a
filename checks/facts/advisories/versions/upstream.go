package versions

import (
	"slices"
	"strings"
)

// Upstream compares the versions of projects as their makers write them, which
// follow no common rule: numbers by value, a missing number as 0, letters after
// a number as later (1.0.1f, 8.5p1), and words such as rc1 as earlier. A "*"
// stands for a number greater than any.
func Upstream(a, b string) int {
	a, b = strings.TrimPrefix(a, "v"), strings.TrimPrefix(b, "v")
	for {
		var pa, pb part
		pa, a = nextPart(a)
		pb, b = nextPart(b)
		if pa.rank == ended && pb.rank == ended {
			return 0
		}
		if d := comparePart(pa, pb); d != 0 {
			return d
		}
	}
}

// The kinds of part of a version, in their order.
const (
	before = iota // rc1: before the release
	ended         // no more
	after         // f, p1: after the release
	number        // any but 0 comes after all of these
	beyond        // *
)

type part struct {
	rank int
	text string
}

// early are the words of versions that come before the release.
var early = []string{"alpha", "beta", "rc", "pre", "preview", "dev", "snapshot", "test"}

// nextPart takes the first run of digits or letters.
func nextPart(s string) (part, string) {
	s = strings.TrimLeftFunc(s, func(r rune) bool {
		return r > 127 || !isDigit(byte(r)) && !isLetter(byte(r)) && r != '*'
	})
	switch {
	case s == "":
		return part{rank: ended}, ""
	case s[0] == '*':
		return part{rank: beyond}, s[1:]
	case isDigit(s[0]):
		n, rest := digits(s)
		return part{number, n}, rest
	}
	word := letters(s)
	lower := strings.ToLower(word)
	if slices.Contains(early, lower) {
		return part{before, lower}, s[len(word):]
	}
	return part{after, lower}, s[len(word):]
}

func comparePart(a, b part) int {
	switch {
	case a.rank == number && b.rank == number:
		return compareDigits(a.text, b.text)
	case a.rank == number && a.text == "" && b.rank <= ended, b.rank == number && b.text == "" && a.rank <= ended:
		if a.rank == before || b.rank == before {
			return sign(a.rank - b.rank)
		}
		return 0 // 1.2 is 1.2.0
	case a.rank != b.rank:
		return sign(a.rank - b.rank)
	}
	return strings.Compare(a.text, b.text)
}

// IsDate reports whether a version is a date, or starts with the year of one. It
// says nothing beside versions that are counted otherwise: hostapd 2019-08-08 is
// neither before nor after 2.9.
func IsDate(v string) bool {
	n, _ := digits(strings.TrimLeft(v, "vV"))
	return len(n) == 8 && n >= "19900000" && n < "21000000" || len(n) == 4 && n >= "1990" && n < "2100"
}
