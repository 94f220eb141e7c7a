package product

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay/internal/nearest"
)

// mostListed bounds how many names a message lists.
const mostListed = 40

// suggestion is the fix for a name that does not exist: the nearest one, or
// else those that there are.
func suggestion(written string, candidates []string) string {
	if near := nearest.Name(written, candidates); near != "" {
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
