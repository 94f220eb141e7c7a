package lifecycle

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/advisories"
)

// affected are components with as many vulnerabilities each, of one severity.
func affected(components, known, places int) advisories.Report {
	var r advisories.Report
	for i := range components {
		c := advisories.Component{Name: fmt.Sprintf("c%d", i), Version: "1", By: "Debian:12"}
		for j := range known {
			c.Known = append(c.Known, advisories.Vulnerability{ID: fmt.Sprintf("CVE-2030-%05d", j), Rating: advisories.High})
		}
		for j := range places {
			c.Places = append(c.Places, assay.Location{Path: fmt.Sprintf("image!p%05d", j)})
		}
		r.Affected = append(r.Affected, c)
	}
	return r
}

// TestEvidenceIsBounded: what a finding leaves out it counts.
func TestEvidenceIsBounded(t *testing.T) {
	few := vulnerabilities(affected(2, 3, 3), statementsOf(nil))
	if len(few) != 2 || len(few[0].Evidence) != 5 || strings.Contains(few[0].Evidence[2].Note, "more") {
		t.Errorf("few are all told: %+v", few)
	}
	f := vulnerabilities(affected(1, 5000, 1), statementsOf(nil))[0]
	if last := f.Evidence[len(f.Evidence)-1].Note; len(f.Evidence) != maxEvidence || !strings.HasSuffix(last, "(and 4800 more)") || !strings.Contains(f.Message, "5000 known vulnerabilities") {
		t.Errorf("%d pieces, %s, %s", len(f.Evidence), last, f.Message)
	}
	f = vulnerabilities(affected(1, 1, 5000), statementsOf(nil))[0]
	if last := f.Evidence[len(f.Evidence)-1].Note; len(f.Evidence) != maxEvidence+1 || !strings.HasSuffix(last, "(and 4799 more)") {
		t.Errorf("%d places, %s", len(f.Evidence), last)
	}
	all := 0
	for _, f := range vulnerabilities(affected(500, 1000, 100), statementsOf(nil)) {
		all += len(f.Evidence)
	}
	if all > maxEvidenceInAll+3*500 {
		t.Errorf("%d pieces of evidence in all", all)
	}
}

// TestManyStatements: statements about one vulnerability are held against components a
// bounded number of times, and the check says so.
func TestManyStatements(t *testing.T) {
	said := make([]statement, 30_000)
	for i := range said {
		said[i] = statement{ids: []string{"CVE-2030-00000", "CVE-2030-00000"}, status: vexFixed, subjects: []subject{{name: "c0"}, {name: "other"}}}
	}
	s := statementsOf(said)
	found := vulnerabilities(affected(2, 1, 1), s)
	if len(s.byID["CVE-2030-00000"]) != len(said) || *s.left != maxSubjects-2*3*len(said) {
		t.Errorf("%d comparisons are left", *s.left)
	}
	if !strings.Contains(found[0].Message, "declared fixed") || strings.Contains(found[1].Message, "declared") {
		t.Errorf("%+v", found)
	}
	*s.left = 10
	if found = vulnerabilities(affected(2, 1, 1), s); *s.left >= 0 || strings.Contains(found[1].Message, "declared") {
		t.Errorf("beyond the limit a statement counts")
	}
}
