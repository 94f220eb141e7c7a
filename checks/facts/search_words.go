package facts

import "github.com/assay-iot/assay/checks/facts/wordsearch"

// literals are the words of a scan, sights what one pass found of them in a file.
type (
	literals = wordsearch.List
	sights   = wordsearch.Sights
)

func newLiterals(words []string) *literals { return wordsearch.New(words) }
