package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/assay-iot/assay"
)

func TestWorst(t *testing.T) {
	of := func(outcomes ...assay.Outcome) []assay.Conclusion {
		var c []assay.Conclusion
		for _, o := range outcomes {
			c = append(c, assay.Conclusion{Outcome: o})
		}
		return c
	}
	for _, test := range []struct {
		name string
		in   []assay.Conclusion
		want int
	}{
		{"nothing concluded is not a yes", nil, exitCannotTell},
		{"all met", of(assay.Met, assay.Met), exitYes},
		{"one inconclusive", of(assay.Met, assay.Undecided), exitCannotTell},
		{"not met outweighs inconclusive", of(assay.Undecided, assay.NotMet, assay.Met), exitNo},
		{"an outcome that does not apply is not a yes", of(assay.DoesNotApply), exitCannotTell},
	} {
		if got := worst(test.in); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
}

func TestCodedErrorSurvivesWrapping(t *testing.T) {
	err := fmt.Errorf("outer: %w", badInput("", "inner"))
	if c := (*codedError)(nil); !errors.As(err, &c) || c.code != exitInput {
		t.Fatalf("the code is lost in %v", err)
	}
}
