// Package nearest finds the name that a wrong one was probably meant to be.
package nearest

import (
	"strings"

	"github.com/agext/levenshtein"
)

// longest bounds the names that are compared, in bytes: comparing takes time in
// proportion to the length.
const longest = 100

// Name is the candidate closest to what was written, of several the one that
// begins most alike; "" if more than a third of it is other in all, or, of a short
// name, more than two letters. Capitals make no difference.
func Name(written string, candidates []string) string {
	if len(written) > longest {
		return ""
	}
	best, least, alike := "", max(2, len(written)/3)+1, -1
	for _, c := range candidates {
		d, n := levenshtein.Distance(strings.ToLower(written), strings.ToLower(c), nil), commonPrefix(written, c)
		if d < least || d == least && best != "" && n > alike {
			best, least, alike = c, d, n
		}
	}
	return best
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
