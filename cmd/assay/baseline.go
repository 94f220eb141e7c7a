package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/compare"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
)

// baselineFlags name an earlier assessment and how long it counts.
type baselineFlags struct{ file, until string }

// read gives the earlier assessment, or nil if none is named.
func (f baselineFlags) read() (*assay.Assessment, error) {
	if f.file == "" {
		if f.until != "" {
			return nil, badInput("add --baseline ASSESSMENT", "--baseline-until without a baseline")
		}
		return nil, nil
	}
	return readAssessment(f.file)
}

// end is the last day on which the baseline counts.
func (f baselineFlags) end(baseline *assay.Assessment) (time.Time, error) {
	if f.until != "" {
		end, err := assay.Date(f.until)
		if err != nil {
			return end, badInput("write it as 2027-11-23", "--baseline-until %q is not a date", f.until)
		}
		return end, nil
	}
	made, err := assay.Date(baseline.AsOf)
	if err != nil {
		return made, badInput("make it again", "--baseline %s has no date", f.file)
	}
	return made.AddDate(1, 0, 0), nil
}

// answerSince gives the exit code of a check: by the conclusions, or, with a
// baseline, by what is new. What it says goes to standard error, so that every
// output stays that of the check alone.
func (p *program) answerSince(baseline *assay.Assessment, j *judged, f baselineFlags, asOf time.Time) error {
	a := &j.assessment
	if baseline == nil {
		return answered(worst(a.Conclusions))
	}
	end, err := f.end(baseline)
	switch {
	case err != nil:
		return err
	case baseline.Product.ID != a.Product.ID:
		return badInput("give an earlier assessment of this product", "--baseline %s is of the product %q, not of %q", f.file, baseline.Product.ID, a.Product.ID)
	case baseline.AsOf > a.AsOf:
		return badInput("give an earlier assessment", "--baseline %s is of %s, later than %s", f.file, baseline.AsOf, a.AsOf)
	case asOf.After(end):
		fmt.Fprintf(p.err, "the baseline counted until %s: everything decides again\n", end.Format(time.DateOnly))
		return answered(worst(a.Conclusions))
	}
	since := compare.SinceBaseline(baseline, a)
	b := &strings.Builder{}
	for _, name := range since.New {
		fmt.Fprintf(b, "new since the baseline: %s\n", report.Clean(name))
	}
	fmt.Fprintf(b, "baseline of %s: %d old findings, %d new, %d gone; the old ones decide again after %s\n",
		baseline.AsOf, since.Old, len(since.New), since.Gone, end.Format(time.DateOnly))
	if _, err := p.err.Write([]byte(b.String())); err != nil {
		return err
	}
	return answered(outcomeCode(since.Outcome))
}

// outcomeCode is the exit code for an outcome.
func outcomeCode(o assay.Outcome) int {
	switch o {
	case assay.Met, assay.DoesNotApply:
		return exitYes
	case assay.NotMet:
		return exitNo
	}
	return exitCannotTell
}
