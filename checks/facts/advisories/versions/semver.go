package versions

import (
	"cmp"
	"strings"
)

// SemVer compares by Semantic Versioning 2.0.0. A leading v, missing numbers and
// Go's own way to write a release candidate (1.21rc2) are understood.
func SemVer(a, b string) int {
	na, pa := splitSemVer(a)
	nb, pb := splitSemVer(b)
	if d := compareParts(na, nb); d != 0 {
		return d
	}
	switch {
	case pa == pb:
		return 0
	case pa == "":
		return 1
	case pb == "":
		return -1
	}
	return comparePre(pa, pb)
}

// splitSemVer gives the numbers and what comes before the release; what was
// added for the build is left out.
func splitSemVer(v string) (numbers []string, pre string) {
	v = strings.TrimPrefix(strings.TrimSpace(v), "v")
	v = strings.TrimPrefix(v, "go")
	v, _, _ = strings.Cut(v, "+")
	v, pre, _ = strings.Cut(v, "-")
	for part := range strings.SplitSeq(v, ".") {
		number, rest := digits(part)
		numbers = append(numbers, number)
		if rest != "" && pre == "" {
			pre = rest
		}
	}
	return numbers, pre
}

// compareParts compares numbers; those that are missing are 0.
func compareParts(a, b []string) int {
	for i := range max(len(a), len(b)) {
		na, nb := "", ""
		if i < len(a) {
			na = a[i]
		}
		if i < len(b) {
			nb = b[i]
		}
		if d := compareDigits(na, nb); d != 0 {
			return d
		}
	}
	return 0
}

// comparePre compares the identifiers before a release: numbers come before words.
func comparePre(a, b string) int {
	for a != "" && b != "" {
		var ia, ib string
		ia, a, _ = strings.Cut(a, ".")
		ib, b, _ = strings.Cut(b, ".")
		na, ra := digits(ia)
		nb, rb := digits(ib)
		var d int
		switch {
		case ra == "" && rb == "":
			d = compareDigits(na, nb)
		case ra == "":
			d = -1
		case rb == "":
			d = 1
		default:
			d = strings.Compare(ia, ib)
		}
		if d != 0 {
			return d
		}
	}
	return cmp.Compare(len(a), len(b))
}
