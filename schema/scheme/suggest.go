package scheme

import "github.com/assay-iot/assay/internal/nearest"

// suggest ends a sentence with another, if one of the candidates is near.
func suggest(given string, candidates []string) string {
	if best := nearest.Name(given, candidates); best != "" {
		return ` Did you mean "` + best + `"?`
	}
	return ""
}

// meant ends an error, if one of the candidates is near.
func meant(given string, candidates []string) string {
	if best := nearest.Name(given, candidates); best != "" {
		return `; did you mean "` + best + `"?`
	}
	return ""
}
