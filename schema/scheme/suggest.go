package scheme

import "github.com/agext/levenshtein"

// suggest adds "did you mean" if one of the candidates is near.
func suggest(given string, candidates []string) string {
	best, distance := "", len(given)/3+2
	for _, c := range candidates {
		if d := levenshtein.Distance(given, c, nil); d < distance {
			best, distance = c, d
		}
	}
	if best == "" {
		return ""
	}
	return ` Did you mean "` + best + `"?`
}
