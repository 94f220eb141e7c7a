package checks

import (
	"slices"

	"github.com/assay-iot/assay"
)

// Merged makes one finding of those that say the same with the same severity,
// with all their places: the same content under several paths is one finding.
func Merged(findings []assay.Finding) []assay.Finding {
	type key struct {
		severity assay.Severity
		message  string
	}
	var merged []assay.Finding
	at := map[key]int{}
	held := map[int]map[assay.Evidence]bool{} // what the long ones among merged hold
	for _, f := range findings {
		k := key{f.Severity, f.Message}
		i, ok := at[k]
		if !ok {
			at[k] = len(merged)
			f.Evidence = slices.Clone(f.Evidence)
			merged = append(merged, f)
			continue
		}
		for _, e := range f.Evidence {
			list := merged[i].Evidence
			if len(list) >= fewPlaces && held[i] == nil {
				held[i] = map[assay.Evidence]bool{}
				for _, h := range list {
					held[i][h] = true
				}
			}
			if seen := held[i]; seen != nil && !seen[e] || seen == nil && !slices.Contains(list, e) {
				merged[i].Evidence = append(list, e)
				if seen != nil {
					seen[e] = true
				}
			}
		}
	}
	return merged
}

// fewPlaces is up to how many places of a finding are compared one by one.
const fewPlaces = 32

// Noted makes a finding with evidence from the image and a note on it.
func Noted(severity assay.Severity, message, note string, places ...assay.Location) assay.Finding {
	f := Observed(severity, message, places...)
	for i := range f.Evidence {
		f.Evidence[i].Note = note
	}
	return f
}
