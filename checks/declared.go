package checks

import (
	"slices"

	"github.com/assay-iot/assay"
)

// WithDeclared adds findings of the product file to what the image says. One
// that fails makes the judgement a failure by declaration, whatever was seen or
// could not be seen: nobody has to look for what the maker writes down.
func (j Judgement) WithDeclared(findings ...assay.Finding) Judgement {
	fails := slices.ContainsFunc(findings, func(f assay.Finding) bool { return f.Severity.Fails() })
	if fails && j.Verdict != assay.Fail {
		j.Verdict, j.Proof, j.Reason = assay.Fail, assay.Declared, ""
	}
	for _, f := range findings {
		for _, e := range f.Evidence {
			j.Examined = append(j.Examined, e.Location)
		}
	}
	return j.With(findings...)
}
