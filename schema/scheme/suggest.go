package scheme

import "github.com/agext/levenshtein"

// suggest ends a sentence with another, if one of the candidates is near.
func suggest(given string, candidates []string) string {
	if best := nearest(given, candidates); best != "" {
		return ` Did you mean "` + best + `"?`
	}
	return ""
}

// meant ends an error, if one of the candidates is near.
func meant(given string, candidates []string) string {
	if best := nearest(given, candidates); best != "" {
		return `; did you mean "` + best + `"?`
	}
	return ""
}

// nearest gives the candidate that is least far; of those that are equally near,
// the one that begins most alike.
func nearest(given string, candidates []string) string {
	if len(given) > 100 { // of no name
		return ""
	}
	best, distance, alike := "", len(given)/3+2, -1
	for _, c := range candidates {
		d, p := levenshtein.Distance(given, c, nil), commonPrefix(given, c)
		if d < distance || d == distance && best != "" && p > alike {
			best, distance, alike = c, d, p
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
