package trust_test

import (
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/trust"
	"github.com/assay-iot/assay/labels/verify"
)

// labelled makes a label of the issuer's and what its signature shows.
func labelled(t *testing.T, change func(*labels.IssueOptions)) (*labels.Statement, verify.Signer) {
	t.Helper()
	o := labeltest.Options()
	o.Address = "https://body.example/labels"
	o.Issuer, o.Status = "Example Body", &labels.Status{List: "https://body.example/status/1", Index: 7}
	if change != nil {
		change(&o)
	}
	s, err := labels.New(labeltest.Assessment(), o)
	if err != nil {
		t.Fatal(err)
	}
	id, err := labels.KeyID(labeltest.Key().Public())
	if err != nil {
		t.Fatal(err)
	}
	return s, verify.Signer{Key: id}
}

func TestJudge(t *testing.T) {
	p, day := parse(t, policy), "2026-11-01"
	s, by := labelled(t, nil)
	if r := p.Judge(s, by, day); r.Refused != "" || r.Unsure != "" || r.Issuer != "Example Body" || r.StatusMaxAge != 7*24*time.Hour {
		t.Fatalf("%+v", r)
	}
	seen := func(days ...string) []time.Time {
		var list []time.Time
		for _, d := range days {
			at, err := time.Parse(time.DateOnly, d)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, at)
		}
		return list
	}
	for name, c := range map[string]struct {
		src   string
		alter func(*labels.Statement, *verify.Signer)
		day   string
		want  string
	}{
		"unknown key":                           {policy, func(_ *labels.Statement, by *verify.Signer) { by.Key = "other" }, day, "not signed by an issuer"},
		"no key":                                {policy, func(_ *labels.Statement, by *verify.Signer) { by.Key = "" }, day, "not signed by an issuer"},
		"assessor's key":                        {policy, func(_ *labels.Statement, by *verify.Signer) { by.Key = p.AssessorKeys()[0].ID }, day, "not signed by an issuer"},
		"another place":                         {policy, func(s *labels.Statement, _ *verify.Signer) { s.Predicate.Issuer.Address = "https://acme.example/l" }, day, "in the name of acme.example"},
		"a place that the policy does not say":  {strings.Replace(policy, `address       = "https://body.example/labels"`, "", 1), nil, day, "the trust policy says no address of Example Body"},
		"no place that the policy does not say": {strings.Replace(policy, `address       = "https://body.example/labels"`, "", 1), func(s *labels.Statement, _ *verify.Signer) { s.Predicate.Issuer.Address = "" }, day, ""},
		"no place":                              {policy, func(s *labels.Statement, _ *verify.Signer) { s.Predicate.Issuer.Address = "" }, day, ""},
		"another name":                          {policy, func(s *labels.Statement, _ *verify.Signer) { s.Predicate.Issuer.Name = "TÜV" }, day, `in the name of "TÜV", but "Example Body" signed`},
		"scheme":                                {with(`"uk-psti"]`, `"sg-cls"]`), nil, day, "may not issue labels for the scheme uk-psti"},
		"met by the way": {policy, func(s *labels.Statement, _ *verify.Signer) {
			s.Predicate.AlsoAssessed = []labels.Unclaimed{{ID: "sg-cls", Edition: "1", Title: "CLS", Outcome: assay.Met}}
		}, day, "may not say of the scheme sg-cls that it is met"},
		"level":             {policy, func(s *labels.Statement, _ *verify.Signer) { s.Predicate.Schemes[0].Level = 3 }, day, "its highest is 2"},
		"no level":          {without("max_level     = 2"), func(s *labels.Statement, _ *verify.Signer) { s.Predicate.Schemes[0].Level = 1 }, day, "its highest is 0"},
		"product":           {with("09506000", "04006381"), nil, day, "may not issue labels for this product"},
		"no GTIN":           {policy, func(s *labels.Statement, _ *verify.Signer) { s.Predicate.Product.GTIN = "" }, day, "may not issue labels for this product"},
		"short GTIN":        {policy, func(s *labels.Statement, _ *verify.Signer) { s.Predicate.Product.GTIN = "09506000" }, day, "may not issue labels for this product"},
		"before the key":    {policy, func(s *labels.Statement, _ *verify.Signer) { s.Predicate.Issued = "2025-12-01" }, day, "issued on 2025-12-01, when its key was not valid"},
		"after the key":     {policy, func(s *labels.Statement, _ *verify.Signer) { s.Predicate.Issued = "2029-01-01" }, "2029-01-01", "when its key was not valid"},
		"old key, unseen":   {policy, nil, "2029-01-01", "no timestamp shows that it was signed before"},
		"seen too late":     {policy, func(_ *labels.Statement, by *verify.Signer) { by.Times = seen("2029-02-01") }, "2029-03-01", "seen on 2029-02-01, when its key was not valid"},
		"one seen too late": {policy, func(_ *labels.Statement, by *verify.Signer) { by.Times = seen("2026-10-01", "2029-02-01") }, "2029-03-01", "not valid"},
	} {
		t.Run(name, func(t *testing.T) {
			s, by := labelled(t, nil)
			if c.alter != nil {
				c.alter(s, &by)
			}
			if r := parse(t, c.src).Judge(s, by, c.day); !strings.Contains(r.Refused, c.want) {
				t.Errorf("refused %q, want %q", r.Refused, c.want)
			}
		})
	}
	by.Times = seen("2026-10-01")
	if r := p.Judge(s, by, "2029-01-01"); r.Refused != "" {
		t.Errorf("an old key whose signature was seen: %q", r.Refused)
	}
	if r := p.Judge(s, by, "1970-01-01"); !strings.Contains(r.Unsure, "the clock of this computer is wrong") {
		t.Errorf("a clock far off: %+v", r)
	}
	by.Times = nil
	s.Predicate.Status = nil // so that nobody could withdraw it
	if r := p.Judge(s, by, day); !strings.Contains(r.Unsure, "this label names none") {
		t.Errorf("a fresh list is demanded, and the label names none: %+v", r)
	}
	if r := parse(t, with(`status_max_age = "7d"`, `status_max_age = "none"`)).Judge(s, by, day); r.Unsure != "" {
		t.Errorf("no list is demanded: %+v", r)
	}
	if r := parse(t, with("09506000", "*")).Judge(s, by, day); r.Refused != "" {
		t.Errorf("every product: %q", r.Refused)
	}
}

// What is demanded must be there.
func TestWitnessed(t *testing.T) {
	src := strings.Replace(policy, "timestamp      = 0\n    log            = 0", "timestamp      = 1\n    log            = 1", 1) +
		"sigstore {\n  trusted_root = file(\"root.json\")\n}\n"
	p := parse(t, src)
	s, by := labelled(t, nil)
	at := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		times []time.Time
		logs  int
		want  string
	}{
		{nil, 1, "demands a timestamp"}, {[]time.Time{at}, 0, "demands a proof of a transparency log"}, {[]time.Time{at}, 1, ""},
	} {
		by.Times, by.Logged = c.times, c.logs
		if r := p.Judge(s, by, "2026-11-01"); !strings.Contains(r.Refused+r.Unlogged, c.want) || c.want == "" && r.Refused+r.Unlogged != "" {
			t.Errorf("%+v: refused %q, want %q", c, r.Refused, c.want)
		}
	}
	if len(p.Embed()) != 0 {
		t.Error("a page is given keys whose labels it cannot check")
	}
}

// A log of labels counts as one of Sigstore does, and a label that none holds is
// not refused: its proof may lie elsewhere.
func TestLogged(t *testing.T) {
	p := parse(t, with("log            = 0", "log            = 1")+logBlock)
	if len(p.LogKeys()) != 1 || p.Logs[0].Origin != "body.example/log" {
		t.Fatalf("logs %+v", p.Logs)
	}
	s, by := labelled(t, nil)
	if r := p.Judge(s, by, "2026-11-01"); r.Refused != "" || !strings.Contains(r.Unlogged, "demands a proof of a transparency log, and 0 hold") {
		t.Errorf("not logged: %+v", r)
	}
	by.Proved = []string{"body.example/log"}
	if r := p.Judge(s, by, "2026-11-01"); r.Refused != "" || r.Unlogged != "" {
		t.Errorf("logged: %+v", r)
	}
}

// All six rules of a workflow must hold. In particular the same workflow, called
// by another repository, issues nothing.
func TestKeyless(t *testing.T) {
	p := parse(t, keyless())
	s, _ := labelled(t, nil)
	subject := "https://github.com/assay-iot/assay/.github/workflows/label.yml@refs/tags/v1.2.0"
	right := verify.Identity{
		Subject: subject, Signer: subject, Issuer: "https://token.actions.githubusercontent.com", Repository: "https://github.com/acme/aurora",
		RepositoryID: "123456789", OwnerID: "987654", Trigger: "release",
	}
	by := verify.Signer{Identity: &right, Times: []time.Time{time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)}}
	if r := p.Judge(s, by, "2026-11-01"); r.Refused != "" {
		t.Fatal(r.Refused)
	}
	move := func(i *verify.Identity, to string) { i.Subject, i.Signer = to, to }
	for name, c := range map[string]struct {
		alter func(*verify.Identity)
		want  string
	}{
		"called by another repository": {func(i *verify.Identity) { i.RepositoryID = "5" }, "ran for another repository"},
		"another owner":                {func(i *verify.Identity) { i.OwnerID = "5" }, "another owner"},
		"another trigger":              {func(i *verify.Identity) { i.Trigger = "push" }, "started by push, not by release"},
		"another issuer":               {func(i *verify.Identity) { i.Issuer = "https://gitlab.com" }, "another issuer of identities"},
		"a branch":                     {func(i *verify.Identity) { move(i, strings.Replace(subject, "tags/v1.2.0", "heads/main", 1)) }, "at refs/heads/main"},
		"a branch called v1":           {func(i *verify.Identity) { move(i, strings.Replace(subject, "tags/v1.2.0", "heads/v1", 1)) }, "at refs/heads/v1"},
		"no version":                   {func(i *verify.Identity) { move(i, strings.Replace(subject, "v1.2.0", "v", 1)) }, "at refs/tags/v,"},
		"another tag":                  {func(i *verify.Identity) { move(i, strings.Replace(subject, "v1.2.0", "latest", 1)) }, "at refs/tags/latest"},
		"another workflow":             {func(i *verify.Identity) { move(i, strings.Replace(subject, "label.yml", "test.yml", 1)) }, "not signed by an issuer"},
		"a workflow that begins alike": {func(i *verify.Identity) { move(i, strings.Replace(subject, "label.yml", "label.yml2", 1)) }, "not signed by an issuer"},
		"a copy elsewhere":             {func(i *verify.Identity) { move(i, strings.Replace(subject, "assay-iot", "evil", 1)) }, "not signed by an issuer"},
		"signer differs":               {func(i *verify.Identity) { i.Signer = "x" }, "another workflow"},
		"nothing":                      {func(i *verify.Identity) { *i = verify.Identity{} }, "not signed by an issuer"},
	} {
		t.Run(name, func(t *testing.T) {
			i := right
			c.alter(&i)
			by := verify.Signer{Identity: &i, Times: by.Times}
			if r := p.Judge(s, by, "2026-11-01"); !strings.Contains(r.Refused, c.want) {
				t.Errorf("refused %q, want %q", r.Refused, c.want)
			}
		})
	}
}

func TestAssessor(t *testing.T) {
	p := parse(t, policy)
	lab := verify.Signer{Key: p.AssessorKeys()[0].ID}
	body := verify.Signer{Key: p.Keys()[0].ID}
	attest := func(name string) *labels.Attestation {
		a, err := labels.NewAttestation(labeltest.Assessment(), name, false)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if name, why := p.Assessor("body", attest("Example Lab"), lab, "2026-10-01"); why != "" || name != "Example Lab" {
		t.Errorf("%q %q", name, why)
	}
	for name, c := range map[string]struct {
		p    *trust.Policy
		id   string
		a    *labels.Attestation
		by   verify.Signer
		want string
	}{
		"itself":       {p, "body", attest("Example Body"), body, "none of the assessors"},
		"nobody":       {p, "body", attest("Example Lab"), verify.Signer{}, "none of the assessors"},
		"another name": {p, "body", attest("Acme"), lab, `in the name of "Acme"`},
		"no issuer":    {p, "none", attest("Example Lab"), lab, "no issuer"},
		"scheme":       {parse(t, with(`, "etsi-en-303-645"]`, "]")), "body", attest("Example Lab"), lab, "may not assess by the scheme etsi"},
		"product":      {parse(t, with(`"*"`, `"123"`)), "body", attest("Example Lab"), lab, "may not assess this product"},
	} {
		if _, why := c.p.Assessor(c.id, c.a, c.by, "2026-10-01"); !strings.Contains(why, c.want) {
			t.Errorf("%s: %q, want %q", name, why, c.want)
		}
	}
	self := parse(t, strings.Replace(with(`["lab"]`, `["self"]`), `["platform-statement", "uk-psti"]`, `["platform-statement", "uk-psti", "etsi-en-303-645"]`, 1))
	if name, why := self.Assessor("body", attest("Example Body"), body, "2026-10-01"); why != "" || name != "Example Body" {
		t.Errorf("itself, allowed: %q %q", name, why)
	}
}

// A label goes through the verifier with a policy, as a program does it.
func TestVerify(t *testing.T) {
	p := parse(t, policy)
	s, _ := labelled(t, nil)
	data := labeltest.Bundle(t, labeltest.Key(), s)
	r, err := verify.Bundle(data, p.Keys(), verify.Options{AsOf: "2026-11-01", Trust: p, NoStatus: true})
	if err != nil || r.Status != verify.Valid || r.Issuer != "Example Body" {
		t.Errorf("%+v %v", r, err)
	}
	s.Predicate.Schemes[0].Level = 3
	data = labeltest.Bundle(t, labeltest.Key(), s)
	r, err = verify.Bundle(data, p.Keys(), verify.Options{AsOf: "2026-11-01", Trust: p})
	if err != nil || r.Status != verify.NotAuthentic || r.Label != nil || !strings.Contains(r.Summary, "its highest is 2") {
		t.Errorf("%+v %v", r, err)
	}
}

// No status list lies at the address of another issuer of the policy.
func TestListOfAnother(t *testing.T) {
	p := parse(t, policy)
	p.Issuers = append(p.Issuers, trust.Issuer{ID: "other", Display: "Other Body", Address: "https://labels.acme.example/l"})
	s, by := labelled(t, nil)
	s.Predicate.Status.List = "https://labels.acme.example/status/1"
	if r := p.Judge(s, by, "2026-11-01"); !strings.Contains(r.Refused, "which is the address of Other Body") {
		t.Errorf("refused %q", r.Refused)
	}
	s.Predicate.Status.List = "https://lists.example/a/1"
	if r := p.Judge(s, by, "2026-11-01"); r.Refused != "" || !strings.Contains(r.Unsure, "knows no lists of Example Body there") {
		t.Errorf("at nobody's address: %+v", r)
	}
	p = parse(t, with(`address       = "https://body.example/labels"`, `address       = "https://body.example/labels"
  status_lists  = ["https://lists.example/a/"]`))
	if r := p.Judge(s, by, "2026-11-01"); r.Refused != "" || r.Unsure != "" || p.Embed()[0].Lists[0] != "https://lists.example/a/" {
		t.Errorf("at an address that the policy names: %+v", r)
	}
	// The port that https has anyway changes nothing; what leads out of the folder is no address.
	for list, good := range map[string]bool{"https://lists.example:443/a/1": true, "https://body.example:443/1": true, "https://lists.example:444/a/1": false, "https://lists.example:4433/a/1": false} {
		s.Predicate.Status.List = list
		if r := p.Judge(s, by, "2026-11-01"); r.Refused != "" || (r.Unsure == "") != good {
			t.Errorf("%s: %+v", list, r)
		}
	}
	for _, list := range []string{"https://lists.example/a/../b/1", "https://lists.example/a/%2e%2E/b/1", "https://lists.example/a/.%2e/b/1", "https://lists.example/a/.."} {
		if labels.IsPlainAddress(list) {
			t.Errorf("%s is a plain address", list)
		}
	}
}
