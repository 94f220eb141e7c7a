package trust

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/verify"
)

// clockSlack is how far clocks may differ before somebody is told.
const clockSlack = 24 * time.Hour

// Judge holds a label whose signature is good against the policy: who signed it,
// in the name of whom, for what, when, and with which witnesses. It implements
// verify.Trust.
func (p *Policy) Judge(s *labels.Statement, by verify.Signer, day string) verify.Ruling {
	issuer, key, why := find(p.Issuers, by)
	if issuer == nil {
		return verify.Ruling{Refused: why}
	}
	r := verify.Ruling{Issuer: issuer.Display, Entry: issuer.ID, StatusMaxAge: time.Duration(issuer.Require.StatusMaxAge) * time.Second}
	for _, refuse := range []func() string{
		func() string { return issuer.name(&s.Predicate) },
		func() string { return issuer.leads(&s.Predicate) },
		func() string { return issuer.scope(&s.Predicate) },
		func() string { return p.elsewhere(issuer, s.Predicate.Status) },
		func() string { return issuer.witnessed(by) },
		func() string { return key.validity(s.Predicate.Issued, by.Times, day) },
	} {
		if r.Refused = refuse(); r.Refused != "" {
			return r
		}
	}
	r.Unsure, r.Unlogged = cmp.Or(clock(by.Times, day), issuer.unlisted(s.Predicate.Status)), issuer.unlogged(by)
	if r.StatusMaxAge > 0 && s.Predicate.Status == nil && r.Unsure == "" {
		r.Unsure = "The trust policy demands a fresh status list, and this label names none: nobody could withdraw it."
	}
	return r
}

// find gives the entry that a signer belongs to, and the key if one signed.
func find(list []Issuer, by verify.Signer) (*Issuer, *Key, string) {
	why := "it is not signed by an issuer of the trust policy"
	for i := range list {
		entry := &list[i]
		if by.Identity == nil {
			if k := slices.IndexFunc(entry.Keys, func(k Key) bool { return by.Key != "" && k.KeyID == by.Key }); k >= 0 {
				return entry, &entry.Keys[k], ""
			}
			continue
		}
		for _, run := range entry.Keyless {
			differs := run.differs(by.Identity)
			if differs == "" {
				return entry, nil, ""
			}
			if strings.HasPrefix(by.Identity.Subject, host+run.Workflow+"@") {
				why = "it is not signed by an issuer of the trust policy: " + differs
			}
		}
	}
	return nil, nil, why
}

// name demands that the label speaks in the name of whoever signed it.
func (i *Issuer) name(l *labels.Label) string {
	if !labels.SameName(i.Display, l.Issuer.Name) {
		return fmt.Sprintf("it speaks in the name of %q, but %q signed it", l.Issuer.Name, i.Display)
	}
	return ""
}

// leads demands that the label's code leads to the issuer. Where the policy does not
// say where that is, no label of the issuer's has an address.
func (i *Issuer) leads(l *labels.Label) string {
	if l.Issuer.Address == "" {
		return ""
	}
	named, err := compact.IssuerOf(l)
	if err != nil {
		return err.Error()
	}
	if i.Address == "" {
		return fmt.Sprintf("its code leads to %s, and the trust policy says no address of %s: put address = \"https://…\" into its entry", named, i.Display)
	}
	return i.host(named)
}

// elsewhere demands that the status list of a label lies at no other issuer's address.
func (p *Policy) elsewhere(i *Issuer, s *labels.Status) string {
	if s == nil {
		return ""
	}
	at, err := compact.IssuerAt(s.List)
	if err != nil {
		return err.Error()
	}
	if i.lists(s.List) {
		return ""
	}
	for _, other := range p.Issuers {
		if its, err := compact.IssuerAt(other.Address); other.ID != i.ID && err == nil && its == at {
			return fmt.Sprintf("its status list lies at %s, which is the address of %s, and %s signed it", at, other.Display, i.Display)
		}
	}
	return ""
}

// lists reports whether a status list lies where the policy says that those of the issuer do.
func (i *Issuer) lists(address string) bool {
	own, err := compact.IssuerAt(i.Address)
	address = labels.Asked(address)
	return err == nil && strings.HasPrefix(address, "https://"+own+"/") ||
		slices.ContainsFunc(i.Lists, func(place string) bool { return strings.HasPrefix(address, labels.Asked(place)) })
}

// unlisted says that nobody knows of a status list that it is the issuer's, where it lies at
// an address that nobody gave: a sentence.
func (i *Issuer) unlisted(s *labels.Status) string {
	if s == nil || i.lists(s.List) {
		return ""
	}
	return fmt.Sprintf("Its status list lies at %s, and the trust policy knows no lists of %s there: put status_lists = [\"https://…/\"] into its entry if they are.", s.List, i.Display)
}

// scope demands that the issuer may judge this product, by these schemes, up to
// this level.
func (i *Issuer) scope(l *labels.Label) string {
	for _, s := range l.Schemes {
		switch {
		case !slices.Contains(i.Schemes, s.ID):
			return fmt.Sprintf("%s may not issue labels for the scheme %s", i.Display, s.ID)
		case s.Level > i.MaxLevel:
			return fmt.Sprintf("%s may not issue level %d of %s; its highest is %d", i.Display, s.Level, s.ID, i.MaxLevel)
		}
	}
	for _, s := range l.AlsoAssessed {
		if s.Outcome == assay.Met && !slices.Contains(i.Schemes, s.ID) {
			return fmt.Sprintf("%s may not say of the scheme %s that it is met", i.Display, s.ID)
		}
	}
	if !i.product(l.Product.GTIN) {
		return fmt.Sprintf("%s may not issue labels for this product (GTIN %q)", i.Display, l.Product.GTIN)
	}
	return ""
}

// product reports whether a GTIN, written with 14 digits, is the issuer's to
// judge.
func (i *Issuer) product(gtin string) bool {
	full := gtin
	if gtin != "" && len(gtin) < 14 {
		full = strings.Repeat("0", 14-len(gtin)) + gtin
	}
	return slices.ContainsFunc(i.Prefixes, func(prefix string) bool {
		return prefix == EveryProduct || gtin != "" && strings.HasPrefix(full, prefix)
	})
}

func (i *Issuer) witnessed(by verify.Signer) string {
	if len(by.Times) < i.Require.Timestamp {
		return fmt.Sprintf("the trust policy demands %s that an authority which it trusts has made, and %d hold", many(i.Require.Timestamp, "timestamp"), len(by.Times))
	}
	return ""
}

// unlogged says what is demanded of transparency logs, if too few hold the label.
func (i *Issuer) unlogged(by verify.Signer) string {
	if n := by.Logged + len(by.Proved); n < i.Require.Log {
		return fmt.Sprintf("the trust policy demands %s, and %d hold", many(i.Require.Log, "proof of a transparency log"), n)
	}
	return ""
}

func many(n int, word string) string {
	if n == 1 {
		return "a " + word
	}
	return fmt.Sprintf("%d of a %s", n, word)
}

// validity demands that the key could sign when it did. Whoever holds an old key
// can write any date into a label: once the key is over, only a time that others
// saw counts. A certificate has its own time, checked with it.
func (k *Key) validity(issued string, seen []time.Time, day string) string {
	if k == nil {
		return ""
	}
	for _, t := range seen {
		if t.Before(k.NotBefore) || !t.Before(k.NotAfter) {
			return fmt.Sprintf("the signature was seen on %s, when its key was not valid (%s)", t.Format(time.DateOnly), k.span())
		}
	}
	on, err := assay.Date(issued)
	if err != nil || on.AddDate(0, 0, 1).Before(k.NotBefore) || !on.Before(k.NotAfter) {
		return fmt.Sprintf("it is issued on %s, when its key was not valid (%s)", issued, k.span())
	}
	if now, err := assay.Date(day); len(seen) == 0 && (err != nil || !now.Before(k.NotAfter)) {
		return fmt.Sprintf("its key is no longer valid (%s), and no timestamp shows that it was signed before", k.span())
	}
	return ""
}

func (k *Key) span() string {
	return k.NotBefore.Format(time.DateOnly) + " to " + k.NotAfter.Format(time.DateOnly)
}

// clock tells whoever verifies on a day before the signature was seen: then it is
// the day that is wrong, not the label.
func clock(seen []time.Time, day string) string {
	now, err := assay.Date(day)
	if err != nil || len(seen) == 0 {
		return ""
	}
	first := seen[0]
	for _, t := range seen[1:] {
		if t.Before(first) {
			first = t
		}
	}
	if first.Sub(now) < clockSlack+24*time.Hour {
		return ""
	}
	return fmt.Sprintf("Today would be %s, but the signature was seen by others on %s: the clock of this computer is wrong, or another day was asked for.",
		day, first.Format(time.DateOnly))
}

// Assessor gives who signed an assessment, if the issuer may make labels of it,
// else why not.
func (p *Policy) Assessor(issuerID string, a *labels.Attestation, by verify.Signer, day string) (name, refused string) {
	issuer, ok := p.Issuer(issuerID)
	if !ok {
		return "", fmt.Sprintf("there is no issuer %q in the trust policy", issuerID)
	}
	for _, id := range issuer.Assessors {
		list := []Issuer{issuer}
		if id != SelfAssessed {
			at := slices.IndexFunc(p.Assessors, func(e Issuer) bool { return e.ID == id })
			if at < 0 {
				continue
			}
			list = p.Assessors[at : at+1]
		}
		entry, key, _ := find(list, by)
		if entry == nil {
			continue
		}
		return entry.Display, entry.assessed(a, key, by, day)
	}
	return "", fmt.Sprintf("its signer is none of the assessors of %s", issuer.Display)
}

// assessed holds a signed assessment against the entry of its signer.
func (i *Issuer) assessed(a *labels.Attestation, key *Key, by verify.Signer, day string) string {
	p := &a.Predicate
	if !labels.SameName(i.Display, p.Assessor.Name) {
		return fmt.Sprintf("it speaks in the name of %q, but %q signed it", p.Assessor.Name, i.Display)
	}
	for _, c := range p.Assessment.Conclusions {
		switch {
		case !slices.Contains(i.Schemes, c.Scheme):
			return fmt.Sprintf("%s may not assess by the scheme %s", i.Display, c.Scheme)
		case c.Level > i.MaxLevel:
			return fmt.Sprintf("%s may not assess level %d of %s; its highest is %d", i.Display, c.Level, c.Scheme, i.MaxLevel)
		}
	}
	if !i.product(p.Assessment.Product.GTIN) {
		return fmt.Sprintf("%s may not assess this product (GTIN %q)", i.Display, p.Assessment.Product.GTIN)
	}
	if why := cmp.Or(i.witnessed(by), i.unlogged(by)); why != "" {
		return why
	}
	return key.validity(day, by.Times, day)
}
