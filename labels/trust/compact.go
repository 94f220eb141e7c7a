package trust

import (
	"cmp"
	"fmt"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/verify"
)

// JudgeCompact holds a compact label whose signature is good against the policy.
// A compact label names its issuer by its address only, so an issuer without one
// has none; and beside its signature stands nothing, so where the policy demands
// a witness the whole label must be seen.
func (p *Policy) JudgeCompact(l *compact.Label, by verify.Signer, day string) verify.Ruling {
	issuer, key, why := find(p.Issuers, by)
	if issuer == nil {
		return verify.Ruling{Refused: why}
	}
	r := verify.Ruling{Issuer: issuer.Display, Entry: issuer.ID, StatusMaxAge: time.Duration(issuer.Require.StatusMaxAge) * time.Second}
	for _, refuse := range []func() string{
		func() string { return issuer.host(l.Issuer) },
		func() string { return issuer.standing(l) },
		func() string { return issuer.scope(claimOf(l)) },
		func() string { return issuer.unseen(l) },
		func() string { return p.elsewhere(issuer, l.Status) },
		func() string { return key.validity(l.Issued, nil, day) },
	} {
		if r.Refused = refuse(); r.Refused != "" {
			return r
		}
	}
	if issuer.Require.Timestamp > 0 || issuer.unlogged(by) != "" {
		r.Unsure = "The trust policy demands more than a QR code can hold, a timestamp or a proof of a log: verify the whole label, label.sigstore.json or label.pdf."
	}
	r.Unsure = cmp.Or(r.Unsure, issuer.unlisted(l.Status))
	if r.StatusMaxAge > 0 && l.Status == nil && r.Unsure == "" {
		r.Unsure = "The trust policy demands a fresh status list, and this label names none: nobody could withdraw it."
	}
	return r
}

// JudgeCompact applies the list's policy, as [List.Judge] does.
func (l *List) JudgeCompact(c *compact.Label, by verify.Signer, day string) verify.Ruling {
	return l.inTime(l.Policy.JudgeCompact(c, by, day), day)
}

// inTime takes the yes from a ruling if the list is over, or from the future.
func (l *List) inTime(r verify.Ruling, day string) verify.Ruling {
	now, err := assay.Date(day)
	if err == nil {
		err = l.timely(now)
	}
	if err != nil && r.Refused == "" && r.Unsure == "" {
		r.Unsure = "The trust list does not count: " + err.Error() + "."
	}
	return r
}

// host demands that the label's address is the issuer's.
func (i *Issuer) host(named string) string {
	own, err := compact.IssuerAt(i.Address)
	switch {
	case err != nil:
		return fmt.Sprintf("the trust policy says no address of %s, by which a QR code names its issuer", i.Display)
	case own != named:
		return fmt.Sprintf("it speaks in the name of %s, but %s signed it, whose address is %s", named, i.Display, own)
	}
	return ""
}

// standing holds what a compact label says of its issuer to the names: the maker is
// the maker, and nobody else is. Of a name that is shortened the beginning tells.
func (i *Issuer) standing(l *compact.Label) string {
	maker := labels.SameName(i.Display, l.Maker)
	switch cut := l.IsShortened(compact.FieldMaker); {
	case l.Standing != compact.Maker && maker:
		return fmt.Sprintf("%s labels its own product and does not say so", i.Display)
	case l.Standing == compact.Maker && !maker && !(cut && labels.BeginsName(i.Display, l.Maker)):
		return fmt.Sprintf("it says that the maker issued it, and %s signed it", i.Display)
	}
	return ""
}

// claimOf is what a compact label claims, as a label says it.
func claimOf(l *compact.Label) *labels.Label {
	claim := &labels.Label{Product: labels.Product{GTIN: l.GTIN}}
	for _, s := range l.Schemes {
		claim.Schemes = append(claim.Schemes, labels.Scheme{ID: s.ID, Edition: s.Edition, Level: s.Level})
	}
	return claim
}

// unseen holds the number of schemes that a code has no room for to those that the
// issuer may label by: which they are cannot be seen.
func (i *Issuer) unseen(l *compact.Label) string {
	if n := len(l.Schemes) + l.MoreSchemes; n > len(i.Schemes) {
		return fmt.Sprintf("it speaks of %d schemes, and %s may issue labels for %d", n, i.Display, len(i.Schemes))
	}
	return ""
}
