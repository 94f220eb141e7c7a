package versions

import (
	"cmp"
	"slices"
	"strings"
)

// APK compares as apk-tools does: numbers, a letter, suffixes such as _rc1 or
// _p2, and the revision of the package, -r3.
func APK(a, b string) int {
	va, vb := parseAPK(a), parseAPK(b)
	return cmp.Or(
		compareNumbers(va.numbers, vb.numbers),
		strings.Compare(va.letter, vb.letter),
		compareSuffixes(va.suffixes, vb.suffixes),
		compareDigits(va.revision, vb.revision),
	)
}

type apk struct {
	numbers  []string // with their leading zeros
	letter   string
	suffixes []suffix
	revision string
}

type suffix struct {
	rank   int
	number string
}

// apkSuffixes are the words after an underscore, in their order; the release
// itself stands between rc and cvs.
var apkSuffixes = []string{"alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"}

// release is the rank of a version without a suffix.
var release = slices.Index(apkSuffixes, "")

func parseAPK(v string) apk {
	var p apk
	if before, after, ok := cutLast(v, "-r"); ok {
		if number, rest := digits(after); rest == "" {
			v, p.revision = before, number
		}
	}
	v, _, _ = strings.Cut(v, "~") // the commit
	v, suffixes, _ := strings.Cut(v, "_")
	for v != "" && isDigit(v[0]) {
		n := 1
		for n < len(v) && isDigit(v[n]) {
			n++
		}
		p.numbers = append(p.numbers, v[:n])
		v = strings.TrimPrefix(v[n:], ".")
	}
	p.letter = v
	for s := range strings.SplitSeq(suffixes, "_") {
		word := letters(s)
		if rank := slices.Index(apkSuffixes, word); word != "" && rank >= 0 {
			number, _ := digits(s[len(word):])
			p.suffixes = append(p.suffixes, suffix{rank, number})
		}
	}
	return p
}

// compareNumbers compares number by number. After the first, one with a leading
// zero is compared as the fraction that it is: 1.02 comes before 1.1.
func compareNumbers(a, b []string) int {
	for i := range min(len(a), len(b)) {
		d := strings.Compare(a[i], b[i])
		if i == 0 || !strings.HasPrefix(a[i], "0") && !strings.HasPrefix(b[i], "0") {
			na, _ := digits(a[i])
			nb, _ := digits(b[i])
			d = compareDigits(na, nb)
		}
		if d != 0 {
			return d
		}
	}
	return cmp.Compare(len(a), len(b))
}

// compareSuffixes compares suffix by suffix; where one has no more, it stands
// for the release.
func compareSuffixes(a, b []suffix) int {
	for i := range max(len(a), len(b)) {
		sa, sb := suffix{rank: release}, suffix{rank: release}
		if i < len(a) {
			sa = a[i]
		}
		if i < len(b) {
			sb = b[i]
		}
		if d := cmp.Or(cmp.Compare(sa.rank, sb.rank), compareDigits(sa.number, sb.number)); d != 0 {
			return d
		}
	}
	return 0
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
