package checks_test

import (
	"testing"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
)

func TestMerged(t *testing.T) {
	at := func(line int) assay.Location { return assay.Location{Path: "image!etc/crontabs/root", Line: line} }
	const places = 100_000
	var found []assay.Finding
	for i := range places {
		found = append(found, checks.Observed(assay.High, "a", at(i)), checks.Observed(assay.High, "a", at(i/2)))
	}
	found = append(found, checks.Observed(assay.Low, "a", at(1)), checks.Observed(assay.High, "b", at(1), at(1)), checks.Observed(assay.High, "b", at(1)))
	began := time.Now()
	merged := checks.Merged(found)
	if took := time.Since(began); took > 10*time.Second { // each place against each takes minutes
		t.Errorf("it took %v", took)
	}
	if len(merged) != 3 || len(merged[0].Evidence) != places || len(merged[1].Evidence) != 1 || merged[2].Message != "b" || len(merged[2].Evidence) != 2 {
		t.Errorf("merged: %d findings, of the first %d places", len(merged), len(merged[0].Evidence))
	}
}
