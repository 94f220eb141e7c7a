package scheme_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/schema/scheme"
)

// edition makes a scheme with one requirement, which may have an edge.
func edition(t *testing.T, id, edition, from, until, edges string) *scheme.Scheme {
	t.Helper()
	s, _, diags := scheme.Parse(id+".hcl", []byte(`scheme "`+id+`" {
title   = "Test"
edition = "`+edition+`"
source  = "here"
from    = "`+from+`"
until   = "`+until+`"
requirement "1" {
  principle = "support"
  title     = "T"
  status    = "M"
  assessor  = true
  `+edges+`
}
}`), scheme.Vocabulary{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return s
}

func edge(to string) string {
	return "same_as \"" + to + "\" {\nrelation = \"equal\"\nrationale = \"r\"\nsource = \"s\"\n}\n"
}

func catalogue(t *testing.T, schemes ...*scheme.Scheme) scheme.Catalogue {
	t.Helper()
	c, err := scheme.NewCatalogue(schemes...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestInForce(t *testing.T) {
	c := catalogue(t,
		edition(t, "lamp", "C", "2026-06-01", "", ""),
		edition(t, "lamp", "B", "2024-01", "2025-12", ""),
		edition(t, "lamp", "A", "2025-01-01", "2026-02-15", ""))
	for date, want := range map[string]string{
		"2023-12-31": "",
		"2024-01-01": "B",
		"2025-01-01": "A", // both count: the later
		"2026-02-15": "A",
		"2026-02-16": "",
		"2026-06-01": "C",
		"2099-01-01": "C",
	} {
		asOf, err := assay.Date(date)
		if err != nil {
			t.Fatal(err)
		}
		s, err := c.InForce("lamp", asOf)
		switch {
		case want == "" && !errors.Is(err, scheme.ErrNotInForce):
			t.Errorf("%s: got %v, %v; want none in force", date, s, err)
		case want != "" && (err != nil || s.Edition != want):
			t.Errorf("%s: got %v, %v; want edition %s", date, s, err, want)
		}
	}
}

func TestFind(t *testing.T) {
	c := bundled(t)
	if s, err := c.Find("etsi-en-303-645", "V3.1.3"); err != nil || s.ID != "etsi-en-303-645" {
		t.Errorf("got %v, %v", s, err)
	}
	if s, q, err := c.Requirement("etsi-en-303-645:5.3-4A"); err != nil || q.ID != "5.3-4A" || s.ID != "etsi-en-303-645" {
		t.Errorf("got %v, %v, %v", s, q, err)
	}
	for name, find := range map[string]func() error{
		`did you mean "etsi-en-303-645"?`: func() error { _, err := c.Find("etsi-en-303645", "V3.1.3"); return err },
		`did you mean "V3.1.3"?`:          func() error { _, err := c.Find("etsi-en-303-645", "3.1.3"); return err },
		`did you mean "uk-psti"?`:         func() error { _, err := c.InForce("uk-pstl", day); return err },
		`did you mean "5.3-4A"?`:          func() error { _, _, err := c.Requirement("etsi-en-303-645:5.3-4"); return err },
		`unknown scheme "lamp"`:           func() error { _, _, err := c.Requirement("lamp:1"); return err },
	} {
		if err := find(); !errors.Is(err, scheme.ErrUnknown) || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %q in it", err, name)
		}
	}
}

func TestAnEditionIsGivenOnce(t *testing.T) {
	lamp := edition(t, "lamp", "1", "2024-01", "", "")
	if _, err := scheme.NewCatalogue(lamp, edition(t, "lamp", "1", "2025-01", "", "")); err == nil || !strings.Contains(err.Error(), "given twice") {
		t.Errorf("got %v", err)
	}
	if c, err := scheme.NewCatalogue(lamp, edition(t, "lamp", "2", "2025-01", "", "")); err != nil || len(c.All()) != 2 || len(c.IDs()) != 1 {
		t.Errorf("got %v, %v", c, err)
	}
}

func TestExplain(t *testing.T) {
	c := bundled(t)
	s, q, err := c.Requirement("uk-psti:1")
	if err != nil {
		t.Fatal(err)
	}
	got := s.Explain(q)
	for _, want := range []string{
		"uk-psti:1  Passwords are unique", "SI 2025/1267", "credentials (Unique passwords and credentials)", "M (mandatory)",
		`has("credential")`, "credentials/static-password", "credential.initial", "at least observed", "overlaps with etsi-en-303-645:5.1-1",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if _, q, err = c.Requirement("etsi-en-303-645:5.13-1B"); err != nil || !strings.Contains(s.Explain(q), "decided by  a person") {
		t.Errorf("got %v, %s", err, s.Explain(q))
	}
}
