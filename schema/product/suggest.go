package product

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// longestName bounds the names that a suggestion is looked for: comparing takes
// time in proportion to the length.
const longestName = 64

// mostListed bounds how many names a message lists.
const mostListed = 40

// nearest is the candidate closest to what was written, of several the one that
// begins most alike; "" if none is close.
func nearest(written string, candidates []string) string {
	if len(written) > longestName {
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

// suggestion is the fix for a name that does not exist: the nearest one, or
// else those that there are.
func suggestion(written string, candidates []string) string {
	if near := nearest(written, candidates); near != "" {
		return fmt.Sprintf("Did you mean %s?", near)
	}
	return listing(candidates)
}

// listing names those that there are; "" if there are none.
func listing(candidates []string) string {
	if len(candidates) == 0 {
		return ""
	}
	if len(candidates) > mostListed {
		candidates = append(slices.Clone(candidates[:mostListed]), "…")
	}
	return "There are: " + strings.Join(candidates, ", ") + "."
}
