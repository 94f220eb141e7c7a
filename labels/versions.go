package labels

import (
	"cmp"
	"strings"
)

// maxParts is how many numbers of a version are compared.
const maxParts = 8

// CompareVersions compares two versions that are numbers with dots between them,
// with or without a v in front; anything else has no order that all agree on.
func CompareVersions(a, b string) (order int, ok bool) {
	x, okX := numbers(a)
	y, okY := numbers(b)
	if !okX || !okY {
		return 0, false
	}
	for i := range maxParts {
		if c := cmp.Or(cmp.Compare(len(x[i]), len(y[i])), cmp.Compare(x[i], y[i])); c != 0 {
			return c, true
		}
	}
	return 0, true
}

// numbers are those of a version, without zeros in front; missing ones are 0.
func numbers(version string) (list [maxParts]string, ok bool) {
	parts := strings.Split(strings.TrimPrefix(strings.TrimPrefix(version, "v"), "V"), ".")
	if len(parts) > maxParts {
		return list, false
	}
	for i, p := range parts {
		if p == "" || strings.Trim(p, "0123456789") != "" {
			return list, false
		}
		list[i] = strings.TrimLeft(p, "0")
	}
	return list, true
}
