package labels_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
)

var update = flag.Bool("update", false, "write the golden files")

func TestGolden(t *testing.T) {
	payload, err := labeltest.Statement(t).Payload()
	if err != nil {
		t.Fatal(err)
	}
	again, _ := labeltest.Statement(t).Payload()
	if !bytes.Equal(payload, again) {
		t.Fatal("the same input gave other bytes")
	}
	readable, err := labels.Readable(payload)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/payload.json", payload)
	golden(t, "testdata/label.json", readable)
	if s, err := labels.ParseStatement(payload); err != nil || s.Predicate.Product.Name != "Aurora Cam 2" {
		t.Fatalf("the payload does not read back: %v", err)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what New makes now (-update writes it):\n%s", name, got)
	}
}

// A label carries conclusions and digests, never a finding or its place.
func TestNoFindings(t *testing.T) {
	a := labeltest.Assessment()
	a.Results = append(a.Results, assay.Result{
		Check:    "credentials/empty-password",
		Findings: []assay.Finding{{Message: "account marker has no password", Evidence: []assay.Evidence{{Location: assay.Location{Path: "etc/marker"}}}}},
	})
	s, err := labels.New(a, labeltest.Options())
	if err != nil {
		t.Fatal(err)
	}
	payload, _ := s.Payload()
	for _, private := range []string{"marker", "etc/", "images/", "pentest.pdf", "closed network", "A. Muster"} {
		if bytes.Contains(payload, []byte(private)) {
			t.Errorf("the label says %q", private)
		}
	}
	if s.Predicate.Assessment == labeltest.Statement(t).Predicate.Assessment {
		t.Error("another assessment has the same digest")
	}
}

func TestPrinciples(t *testing.T) {
	got := map[assay.Principle]labels.Principle{}
	for _, p := range labeltest.Statement(t).Predicate.Principles {
		got[p.Principle] = p
	}
	for p, proof := range map[assay.Principle]assay.Proof{
		assay.Disclosure:  assay.Declared, // verified for one scheme, declared for the other: the least counts
		assay.Updates:     assay.Verified,
		assay.Credentials: assay.Observed,
	} {
		if got[p].Proof != proof || got[p].Outcome != assay.Met {
			t.Errorf("%s: %v", p, got[p])
		}
	}
	o := labeltest.Options()
	o.Schemes = []string{"uk-psti"}
	s, err := labels.New(labeltest.Assessment(), o)
	if err != nil {
		t.Fatal(err)
	}
	if p := s.Predicate.Principles[8]; p.Outcome != assay.Undecided || p.Proof != assay.NotAssessed {
		t.Errorf("no scheme on the label speaks of storage, the label does: %v", p)
	}
	if got := s.Predicate.AlsoAssessed; len(got) != 2 || got[0].Outcome != assay.Met || got[1].Outcome != assay.Undecided {
		t.Errorf("also assessed: %v", got)
	}
}

func TestRefusals(t *testing.T) {
	type change func(*assay.Assessment, *labels.IssueOptions)
	for _, c := range []struct {
		name   string
		change change
		want   error
		says   string
	}{
		{"not met", func(a *assay.Assessment, _ *labels.IssueOptions) {
			a.Conclusions[0].Outcome = assay.NotMet
			a.Conclusions[0].Requirements[6].Outcome = assay.NotMet
		}, labels.ErrNotMet, "requirement credentials"},
		{"a summary that hides a requirement not met", func(a *assay.Assessment, _ *labels.IssueOptions) {
			a.Conclusions[1].Requirements[0].Outcome = assay.NotMet
		}, labels.ErrNotMet, "uk-psti SI 2023/1007"},
		{"inconclusive", func(_ *assay.Assessment, o *labels.IssueOptions) { o.Schemes = nil }, labels.ErrInconclusive, "etsi-en-303-645 V3.1.3"},
		{"a summary that hides one undecided", func(a *assay.Assessment, _ *labels.IssueOptions) {
			a.Conclusions[1].Requirements[0].Outcome = assay.Undecided
		}, labels.ErrInconclusive, "requirement 1"},
		{"met without anybody having looked", func(a *assay.Assessment, _ *labels.IssueOptions) {
			a.Conclusions[1].Requirements[2].Proof = assay.NotAssessed
		}, labels.ErrInconclusive, "requirement 3"},
		{"not met goes before inconclusive", func(a *assay.Assessment, o *labels.IssueOptions) {
			o.Schemes = nil
			a.Conclusions[0].Outcome = assay.NotMet
		}, labels.ErrNotMet, "platform-statement"},
		{"the zero conclusion", func(a *assay.Assessment, _ *labels.IssueOptions) {
			a.Conclusions[0].Outcome = assay.Undecided
		}, labels.ErrInconclusive, "platform-statement"},
		{"a scheme that nobody assessed", func(_ *assay.Assessment, o *labels.IssueOptions) { o.Schemes = []string{"eu-cra"} }, labels.ErrRefused, "eu-cra"},
		{"no scheme", func(a *assay.Assessment, o *labels.IssueOptions) { a.Conclusions, o.Schemes = nil, nil }, labels.ErrRefused, "no scheme"},
		{"assessed after the issue date", func(a *assay.Assessment, _ *labels.IssueOptions) { a.AsOf = "2026-10-02" }, labels.ErrRefused, "after the issue date"},
		{"assessed 31 days before", func(a *assay.Assessment, _ *labels.IssueOptions) { a.AsOf = "2026-08-31" }, labels.ErrRefused, "assess again"},
		{"no issue date", func(_ *assay.Assessment, o *labels.IssueOptions) { o.Issued = "" }, labels.ErrRefused, "not a date"},
		{"no support end", func(a *assay.Assessment, _ *labels.IssueOptions) { a.Product.SupportUntil = "" }, labels.ErrRefused, "no end of support"},
		{"support ended", func(a *assay.Assessment, _ *labels.IssueOptions) { a.Product.SupportUntil = "2026-09-30" }, labels.ErrRefused, "before the issue date"},
		{"valid beyond the support end", func(_ *assay.Assessment, o *labels.IssueOptions) { o.ValidUntil = "2031-07-01" }, labels.ErrRefused, "only until 2031-06-30"},
		{"valid beyond the scheme's maximum", func(_ *assay.Assessment, o *labels.IssueOptions) {
			o.ValidUntil, o.Latest = "2028-01-01", "2027-10-01"
		}, labels.ErrRefused, "only until 2027-10-01"},
		{"no image", func(a *assay.Assessment, _ *labels.IssueOptions) { a.Images = nil }, labels.ErrRefused, "0 subjects"},
		{"an image without digest", func(a *assay.Assessment, _ *labels.IssueOptions) { a.Images[0].Digest = "" }, labels.ErrRefused, "not a digest"},
		{"a name that steers a terminal", func(a *assay.Assessment, _ *labels.IssueOptions) { a.Product.Name = "Cam\x1b[2J" }, labels.ErrRefused, "U+001B"},
		{"a name that turns the direction", func(a *assay.Assessment, _ *labels.IssueOptions) { a.Product.Name = "Cam\u202e2" }, labels.ErrRefused, "U+202E"},
		{"a name without end", func(a *assay.Assessment, _ *labels.IssueOptions) { a.Product.Name = strings.Repeat("Cam ", 99) }, labels.ErrRefused, "120"},
		{"an address that is none", func(_ *assay.Assessment, o *labels.IssueOptions) { o.Address = "javascript:alert(1)" }, labels.ErrRefused, "https"},
		{"coverage that does not add up", func(a *assay.Assessment, _ *labels.IssueOptions) { a.Images[0].Coverage.Unexplained = 0 }, labels.ErrRefused, "coverage"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, o := labeltest.Assessment(), labeltest.Options()
			c.change(a, &o)
			s, err := labels.New(a, o)
			if s != nil || !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %v saying %q", err, c.want, c.says)
			}
			for _, other := range []error{labels.ErrNotMet, labels.ErrInconclusive, labels.ErrRefused} {
				if other != c.want && errors.Is(err, other) {
					t.Errorf("%v is also %v", err, other)
				}
			}
		})
	}
}

func TestValidUntil(t *testing.T) {
	for _, c := range []struct{ support, latest, asked, want string }{
		{"2031-06-30", "", "", "2027-10-01"},
		{"2026-12-31", "", "", "2026-12-31"},
		{"2031-06-30", "2027-01-31", "", "2027-01-31"},
		{"2031-06-30", "", "2030-01-01", "2030-01-01"},
		{"2026-10-01", "", "", "2026-10-01"},
	} {
		a, o := labeltest.Assessment(), labeltest.Options()
		a.Product.SupportUntil, o.Latest, o.ValidUntil = c.support, c.latest, c.asked
		s, err := labels.New(a, o)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Predicate.ValidUntil; got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestAge(t *testing.T) {
	a := labeltest.Assessment()
	a.AsOf = "2026-09-01" // 30 days before
	if _, err := labels.New(a, labeltest.Options()); err != nil {
		t.Error(err)
	}
}

// A label says of its issuer what is known: the maker itself, or somebody else,
// and of an authority only where a trust policy was applied.
func TestStanding(t *testing.T) {
	for _, c := range []struct {
		issuer    string
		authority bool
		name      string
		want      labels.Standing
	}{
		{"", false, "Acme Devices GmbH", labels.IsMaker},
		{" acme  devices GMBH", false, "Acme Devices GmbH", labels.IsMaker},
		{"Example Body", false, "Example Body", labels.Other},
		{"Example Body", true, "Example Body", labels.Authorised},
	} {
		o := labeltest.Options()
		if o.Issuer, o.Authority = c.issuer, c.authority; c.authority {
			o.Policy = assay.Digest("sha256:" + strings.Repeat("0", 64))
		}
		s, err := labels.New(labeltest.Assessment(), o)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Predicate.Issuer; got.Name != c.name || got.Standing != c.want {
			t.Errorf("%q: %+v, want %s %s", c.issuer, got, c.name, c.want)
		}
	}
	for _, lie := range []labels.Issuer{
		{Name: "Example Body", Standing: labels.IsMaker},
		{Name: "ACME Devices GmbH", Standing: labels.Other},
		{Name: "Example Body"},
		{Name: "Example Body", Standing: "official"},
		{Name: "Example Body", Standing: labels.Authorised}, // by no policy
	} {
		s := labeltest.Statement(t)
		s.Predicate.Issuer = lie
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "standing") {
			t.Errorf("%+v: %v", lie, err)
		}
	}
}

// The versions of an image agree: with that of the part it is, and with the lowest
// that is supported. A scheme is there once, and addresses have ports that exist.
func TestAgreement(t *testing.T) {
	for want, change := range map[string]func(*labels.Label){
		"as a part of the product":     func(l *labels.Label) { l.Parts[0].Version = "2.4.2" },
		"older than 2.5, the lowest":   func(l *labels.Label) { l.Firmware[0].Minimum = "2.5" },
		"stands on the label twice":    func(l *labels.Label) { l.Schemes[1].ID = l.Schemes[0].ID },
		"is not a plain https address": func(l *labels.Label) { l.Issuer.Address = "https://acme.example:99999/l" },
		"status list's address":        func(l *labels.Label) { l.Status = &labels.Status{List: "https://acme.example:65536/l", Index: 1} },
	} {
		s := labeltest.Statement(t)
		change(&s.Predicate)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
