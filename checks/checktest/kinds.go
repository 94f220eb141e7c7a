package checktest

import (
	"path/filepath"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
)

// Kinds counts the fixtures of a check by the verdicts that they want; folder is
// where the folders of the principles lie.
func Kinds(folder string, check *checks.Check) (map[string]int, error) {
	files, err := filepath.Glob(filepath.Join(folder, string(check.Principle), Folder(check), "*.txtar"))
	if err != nil {
		return nil, err
	}
	kinds := map[string]int{}
	for _, file := range files {
		a, err := readArchive(file)
		if err != nil {
			return nil, err
		}
		for _, w := range a.want {
			kinds[w.verdict]++
		}
	}
	return kinds, nil
}

// Missing says which of the three kinds of fixture there is none of.
func Missing(check *checks.Check, kinds map[string]int) []string {
	var missing []string
	if kinds[assay.Pass.String()] == 0 {
		missing = append(missing, "there is no fixture that passes")
	}
	if kinds[assay.Fail.String()] == 0 && check.Severity.Fails() {
		missing = append(missing, "there is no fixture that fails")
	}
	if kinds[assay.NotApplicable.String()] == 0 && kinds[assay.Inconclusive.String()] == 0 {
		missing = append(missing, "there is no fixture that is not-applicable or inconclusive")
	}
	return missing
}
