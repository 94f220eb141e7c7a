package trust_test

import (
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/trust"
	"github.com/assay-iot/assay/labels/verify"
)

// A compact label says of its issuer that it is the maker if it bears the maker's
// name, and only then, as the whole label does.
func TestCompactStanding(t *testing.T) {
	p := &trust.Policy{Issuers: []trust.Issuer{{
		ID: "body", Display: "Example Body of Certification", Address: "https://body.example/labels", Schemes: []string{"uk-psti"}, Prefixes: []string{trust.EveryProduct},
		Keys: []trust.Key{{KeyID: "k", NotAfter: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}},
	}}}
	for _, c := range []struct {
		maker    string
		standing compact.Standing
		cut, yes bool
	}{
		{"Acme", compact.Other, false, true},
		{"Acme", compact.Maker, false, false},
		{"Example Body of Certification", compact.Maker, false, true},
		{"EXAMPLE B\u043edy of Certification", compact.Maker, false, true},
		{"Example Body of Certification", compact.Other, false, false},
		{"Example B\u043edy of Certification", compact.Authorised, false, false},
		{"Example Body", compact.Maker, true, true},
		{"Example Body", compact.Maker, false, false},
		{"Example Body", compact.Other, true, true}, // of another Example Body, it may be
		{"Acme", compact.Maker, true, false},
	} {
		l := &compact.Label{
			Issuer: "body.example", Issued: "2026-10-01", ValidUntil: "2027-10-01", SupportUntil: "2031-06-30", Maker: c.maker, Product: "Hub", Standing: c.standing,
			Schemes: []compact.Scheme{{ID: "uk-psti", Edition: "2023"}},
		}
		if c.cut {
			l.Shortened = []compact.Field{compact.FieldMaker}
		}
		r := p.JudgeCompact(l, verify.Signer{Key: "k"}, "2026-11-27")
		if (r.Refused == "") != c.yes {
			t.Errorf("%q, %v, shortened %v: %q", c.maker, c.standing.Label(), c.cut, r.Refused)
		}
	}
}

// What a code leaves out is still bounded by what the policy lets its issuer say, and no
// status list lies at another issuer's address.
func TestCompactBounds(t *testing.T) {
	p := &trust.Policy{Issuers: []trust.Issuer{
		{
			ID: "body", Display: "Example Body", Address: "https://body.example/labels", Lists: []string{"https://cdn.example/body/"},
			Schemes: []string{"uk-psti", "sg-cls"}, Prefixes: []string{trust.EveryProduct},
			Keys: []trust.Key{{KeyID: "k", NotAfter: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}},
		},
		{ID: "other", Display: "Other Body", Address: "https://other.example/labels"},
	}}
	for _, c := range []struct {
		more int
		list string
		yes  bool
	}{
		{0, "", true},
		{1, "", true},
		{2, "", false},
		{900, "", false},
		{0, "https://body.example/status/1", true},
		{0, "https://lists.example/status/1", true}, // a server that is nobody's: see below
		{0, "https://other.example/status/1", false},
		{0, "https://cdn.example/body/1", true},
	} {
		l := &compact.Label{
			Issuer: "body.example", Issued: "2026-10-01", ValidUntil: "2027-10-01", SupportUntil: "2031-06-30", Maker: "Acme", Product: "Hub",
			Schemes: []compact.Scheme{{ID: "uk-psti", Edition: "2023"}}, MoreSchemes: c.more,
		}
		if c.list != "" {
			l.Status = &labels.Status{List: c.list}
		}
		r := p.JudgeCompact(l, verify.Signer{Key: "k"}, "2026-11-27")
		if nobodys := strings.Contains(r.Unsure, "knows no lists of Example Body there"); nobodys != (c.list == "https://lists.example/status/1") {
			t.Errorf("list %q: unsure %q", c.list, r.Unsure)
		}
		if (r.Refused == "") != c.yes {
			t.Errorf("%d more, list %q: %q", c.more, c.list, r.Refused)
		}
	}
}
