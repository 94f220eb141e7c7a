package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
)

func result(check string, v assay.Verdict, findings ...assay.Finding) assay.Result {
	return assay.Result{Check: assay.CheckID(check), Version: 1, Verdict: v, Findings: findings}
}

func finding(s assay.Severity, message, path string) assay.Finding {
	return assay.Finding{Severity: s, Message: message, Evidence: []assay.Evidence{{Kind: assay.KindObserved, Location: assay.Location{Path: path, Line: len(path)}}}}
}

func concluded(outcome assay.Outcome, requirements ...assay.RequirementOutcome) []assay.Conclusion {
	return []assay.Conclusion{{Scheme: "s", Edition: "1", Outcome: outcome, Requirements: requirements}}
}

func demand(id string, outcome assay.Outcome, checks ...assay.CheckID) assay.RequirementOutcome {
	return assay.RequirementOutcome{ID: id, Mandatory: true, Outcome: outcome, Checks: checks}
}

func TestSides(t *testing.T) {
	before := Side{Results: []assay.Result{
		result("a/same", assay.Fail, finding(assay.High, "x", "v1.bin!etc/a")),
		result("a/worse", assay.Pass),
		result("a/better", assay.Fail, finding(assay.High, "y", "v1.bin!etc/y")),
		result("a/unclear", assay.Fail, finding(assay.High, "u", "v1.bin!etc/u")),
		result("a/gone", assay.Fail),
	}}
	after := Side{Results: []assay.Result{
		result("a/same", assay.Fail, finding(assay.High, "x", "version-two.bin!etc/a"), finding(assay.Low, "note", "")),
		result("a/worse", assay.Fail, finding(assay.Medium, "z", "v2.bin!etc/z")),
		result("a/better", assay.Pass),
		result("a/unclear", assay.Inconclusive),
		{Check: "a/new", Version: 1, Verdict: assay.Fail},
	}}
	after.Results[0].Version = 2
	d := Sides(before, after)
	var got []string
	for _, s := range d.Sections {
		for _, c := range s.Changes {
			got = append(got, fmt.Sprintf("%s %s|%s|%s|%s", s.Name, c.What, c.Old, c.New, c.Effect))
		}
	}
	want := []string{
		"rules a/same|version 1|version 2|",
		"checks a/better|fail|pass|better", "checks a/gone|fail||", "checks a/new||fail|", "checks a/unclear|fail|inconclusive|unclear", "checks a/worse|pass|fail|worse",
		"findings a/better: y [etc/y]|high||better", "findings a/same: note []||low|", "findings a/unclear: u [etc/u]|high||unclear", "findings a/worse: z [etc/z]||medium|worse",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if d.Worse != 2 || d.Better != 2 || d.Unclear != 2 {
		t.Errorf("%d worse, %d better, %d unclear", d.Worse, d.Better, d.Unclear)
	}
}

// An answer of a label that became inconclusive is not worse: less is known.
func TestClaimKnownNoMore(t *testing.T) {
	met, open, not := Claim{Text: "met", Rank: 3}, Claim{Text: "inconclusive", Rank: 2, Open: true}, Claim{Text: "not met", Rank: 1}
	for _, c := range []struct {
		old, now Claim
		want     string
	}{{met, open, Unclear}, {not, open, Unclear}, {open, met, Better}, {open, not, Worse}, {met, not, Worse}, {not, met, Better}} {
		d := Sides(Side{Claims: map[string]Claim{"requirement": c.old}}, Side{Claims: map[string]Claim{"requirement": c.now}})
		if got := d.Sections[0].Changes[0].Effect; got != c.want {
			t.Errorf("%s, then %s: %q, want %q", c.old.Text, c.now.Text, got, c.want)
		}
	}
}

func TestSinceBaseline(t *testing.T) {
	old := finding(assay.High, "old", "a.bin!etc/a")
	fresh := finding(assay.High, "new", "a.bin!etc/b")
	base := &assay.Assessment{
		Results:     []assay.Result{result("a/a", assay.Fail, old)},
		Conclusions: concluded(assay.NotMet, demand("1", assay.NotMet, "a/a"), demand("2", assay.Met, "a/b"), demand("3", assay.Undecided, "a/c")),
	}
	for name, c := range map[string]struct {
		results     []assay.Result
		conclusions []assay.Conclusion
		want        assay.Outcome
		fresh       int
	}{
		"as it was":                  {base.Results, base.Conclusions, assay.Met, 0},
		"all is met":                 {nil, concluded(assay.Met), assay.Met, 0},
		"a new finding of an old":    {[]assay.Result{result("a/a", assay.Fail, old, fresh)}, base.Conclusions, assay.NotMet, 1},
		"another is not met":         {[]assay.Result{result("a/a", assay.Fail, old), result("a/b", assay.Fail, fresh)}, concluded(assay.NotMet, demand("1", assay.NotMet, "a/a"), demand("2", assay.NotMet, "a/b")), assay.NotMet, 1},
		"not known any more":         {base.Results, concluded(assay.NotMet, demand("1", assay.NotMet, "a/a"), demand("2", assay.Undecided, "a/b")), assay.Undecided, 0},
		"not known, as it was":       {base.Results, concluded(assay.Undecided, demand("3", assay.Undecided, "a/c")), assay.Met, 0},
		"known now, and not met":     {base.Results, concluded(assay.NotMet, demand("3", assay.NotMet, "a/c")), assay.NotMet, 0},
		"a requirement of no before": {base.Results, concluded(assay.NotMet, demand("9", assay.NotMet, "a/a")), assay.NotMet, 0},
		"another edition":            {base.Results, []assay.Conclusion{{Scheme: "s", Edition: "2", Outcome: assay.NotMet}}, assay.NotMet, 0},
		"no conclusion":              {base.Results, nil, assay.Undecided, 0},
		"a recommendation":           {base.Results, concluded(assay.NotMet, assay.RequirementOutcome{ID: "8", Outcome: assay.NotMet}), assay.Met, 0},
	} {
		got := SinceBaseline(base, &assay.Assessment{Results: c.results, Conclusions: c.conclusions})
		if got.Outcome != c.want || len(got.New) != c.fresh {
			t.Errorf("%s: %v with %q, want %v with %d", name, got.Outcome, got.New, c.want, c.fresh)
		}
	}
}

func TestJSON(t *testing.T) {
	long := strings.Repeat("x", 500)
	got, err := JSON([]byte(`{"a": [1, {"id": "q", "v": "`+long+`1"}], "b": 1}`), []byte(`{"a": [1, {"id": "q", "v": "`+long+`2"}, 3], "c": 1}`))
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	for _, d := range got {
		places = append(places, d.At)
	}
	if want := []string{"a[1](q).v", "a[2]", "b", "c"}; !slices.Equal(places, want) {
		t.Errorf("got %q, want %q", places, want)
	}
	if same, err := JSON([]byte(`{}`), []byte(`{}`)); err != nil || same != nil {
		t.Errorf("the same bytes differ: %v, %v", same, err)
	}
	if other, err := JSON([]byte(`{"a":1}`), []byte(`{"a": 1}`)); err != nil || len(other) != 1 {
		t.Errorf("other bytes do not differ: %v, %v", other, err)
	}
}

// TestClaims: a higher rank is better, a claim that counts is missed.
func TestClaims(t *testing.T) {
	before := map[string]Claim{"proof": {"observed", 3, false, false}, "name": {"A", 0, false, false}, "scheme x": {"1", 1, true, false}, "support": {"2030", 30, false, false}}
	after := map[string]Claim{"proof": {"declared", 1, false, false}, "name": {"B", 0, false, false}, "scheme y": {"1", 1, true, false}, "support": {"2031", 31, false, false}}
	d := Sides(Side{Claims: before}, Side{Claims: after})
	got := map[string]string{}
	for _, c := range d.Sections[0].Changes {
		got[c.What] = c.Effect
	}
	want := map[string]string{"proof": Worse, "name": "", "scheme x": Worse, "scheme y": Better, "support": Better}
	if !maps.Equal(got, want) || d.Worse != 2 || d.Better != 2 {
		t.Errorf("%v", got)
	}
}

// A release that is packed otherwise, judged on another day, or with more that is in
// order, is the same; a finding that is graver is not.
func TestSameFinding(t *testing.T) {
	side := func(asOf, root string, total int, grave assay.Severity) Side {
		return Side{AsOf: asOf, Files: map[string]string{root + "etc/a": "x"}, Results: []assay.Result{
			result("a/day", assay.Fail, finding(assay.High, "ended on 2025-12-31, not after "+asOf, "")),
			result("a/place", assay.Fail, finding(assay.High, "empty", "i.bin!"+root+"etc/shadow")),
			result("a/count", assay.Fail, finding(assay.Medium, fmt.Sprintf("2 of %d programs have none", total), "i.bin!"+root+"bin/a")),
			result("a/grave", assay.Fail, finding(grave, "old", "i.bin!"+root+"bin/b")),
		}}
	}
	before := side("2026-11-23", "squashfs!", 5, assay.Medium)
	for _, after := range []Side{side("2026-12-24", "", 5, assay.Medium), side("2026-11-23", "gzip!tar!", 6, assay.Medium)} {
		if d := Sides(before, after); d.Worse+d.Better+d.Unclear > 0 || len(d.Sections[0].Changes) > 0 {
			t.Errorf("as of %s: %+v", after.AsOf, d.Sections)
		}
		s := SinceBaseline(&assay.Assessment{AsOf: before.AsOf, Results: before.Results}, &assay.Assessment{AsOf: after.AsOf, Results: after.Results})
		if len(s.New) > 0 || s.Old != 4 || s.Gone > 0 {
			t.Errorf("as of %s since the baseline: %+v", after.AsOf, s)
		}
	}
	graver := side("2026-11-23", "squashfs!", 5, assay.Critical)
	if d := Sides(before, graver); d.Worse != 1 || d.Better != 0 {
		t.Errorf("graver: %d worse, %d better", d.Worse, d.Better)
	}
	if d := Sides(graver, before); d.Worse != 0 || d.Better != 1 {
		t.Errorf("less grave: %d worse, %d better", d.Worse, d.Better)
	}
	s := SinceBaseline(&assay.Assessment{Results: before.Results}, &assay.Assessment{Results: graver.Results})
	if !slices.Equal(s.New, []string{"a/grave: old [squashfs!bin/b]"}) {
		t.Errorf("graver since the baseline: %+v", s)
	}
	// Another place, and another image that had none, are new all the same.
	more := side("2026-11-23", "squashfs!", 5, assay.Medium)
	more.Results[1].Findings = append(more.Results[1].Findings, finding(assay.High, "empty", "i.bin!recovery!etc/shadow"))
	if d := Sides(before, more); d.Worse != 1 {
		t.Errorf("a second place: %d worse", d.Worse)
	}
}

// Of many vulnerabilities the message names a few; another one among the rest is new.
func TestOtherVulnerability(t *testing.T) {
	side := func(note string) Side {
		f := finding(assay.High, "busybox 1.33: 6 known vulnerabilities (CVE-2021-1 and 5 more)", "i.bin!bin/busybox")
		f.Evidence[0].Note = note
		return Side{Results: []assay.Result{result("a/known", assay.Fail, f)}}
	}
	was := side("CVE-2021-2, high, EPSS 0.010")
	if d := Sides(was, side("CVE-2021-2, high, EPSS 0.011")); d.Worse+d.Better > 0 {
		t.Errorf("another likelihood: %d worse, %d better", d.Worse, d.Better)
	}
	if d := Sides(was, side("CVE-2022-3, high, EPSS 0.010")); d.Worse != 1 {
		t.Errorf("another vulnerability: %d worse", d.Worse)
	}
}
