package labels

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/assay-iot/assay"
)

// Why there is no label. ErrNotMet and ErrInconclusive are answers about the
// product; ErrRefused is about what was asked for.
var (
	ErrNotMet       = errors.New("not met")
	ErrInconclusive = errors.New("inconclusive")
	ErrRefused      = errors.New("no label can be made of this")
)

// MaxAssessmentAge is the number of days that may lie between an assessment and
// the label made of it.
const MaxAssessmentAge = 30

// DefaultValidity is the number of days that a label is valid if nobody says
// otherwise and nothing ends before.
const DefaultValidity = 365

// IssueOptions is what an issuer adds to an assessment.
type IssueOptions struct {
	Issued     string       // YYYY-MM-DD; required
	ValidUntil string       // last day; DefaultValidity days if empty, cut to the support end and Latest
	Latest     string       // the last day that the schemes allow, if they say one
	Schemes    []string     // ids of those to put on the label; all that were assessed if empty
	Issuer     string       // name; the maker if empty
	Address    string       // https address of the issuer, where the QR code leads
	Authority  bool         // a trust policy was applied and lets the issuer judge by these schemes
	Held       []string     // schemes that this policy lets the issuer judge by; no others are said to be met. Nil if there is no policy
	ID         string       // the label's number; made from product, date and assessment if empty
	Demo       bool         // it will be signed with the published demo key
	Evidence   []Evidence   // signed attestations that it is made of
	Policy     assay.Digest // of the trust policy that was applied
	Despite    []Decision   // requirements that are not met, and why there is to be a label all the same; never of the maker
	Status     *Status      // a place in a status list that was reserved for this label
}

// New makes the label for an assessment. It refuses if any scheme asked for is
// not met (an error that is ErrNotMet) or not decided (ErrInconclusive), and if
// the dates do not fit (ErrRefused).
func New(a *assay.Assessment, o IssueOptions) (*Statement, error) {
	if err := checkDates(a, o); err != nil {
		return nil, err
	}
	chosen, others, err := choose(a.Conclusions, o.Schemes)
	if err != nil {
		return nil, err
	}
	decided, err := decisions(chosen, o.Despite)
	if err != nil {
		return nil, err
	}
	if err := conclude(chosen, decided); err != nil {
		return nil, err
	}
	l, err := newLabel(a, o)
	if err != nil {
		return nil, err
	}
	if len(decided) > 0 && l.Issuer.Standing == IsMaker {
		return nil, fmt.Errorf("%w: only an issuer other than the maker can label a product despite a requirement that is not met", ErrRefused)
	}
	l.Despite = decided
	l.Schemes, l.AlsoAssessed, l.Principles = schemes(chosen), alsoAssessed(others, o.Held), principles(chosen, a.Results)
	s := &Statement{Type: StatementType, Subject: subjects(l.Firmware), PredicateType: PredicateType, Predicate: *l}
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return s, nil
}

// checkDates holds the assessment's date against the issue date.
func checkDates(a *assay.Assessment, o IssueOptions) error {
	issued, err := assay.Date(o.Issued)
	if err != nil {
		return fmt.Errorf("%w: issue date %q is not a date (YYYY-MM-DD)", ErrRefused, o.Issued)
	}
	asOf, err := assay.Date(a.AsOf)
	if err != nil {
		return fmt.Errorf("%w: the assessment's date %q is not a date (YYYY-MM-DD)", ErrRefused, a.AsOf)
	}
	switch age := int(issued.Sub(asOf) / (24 * time.Hour)); {
	case age < 0:
		return fmt.Errorf("%w: the assessment is as of %s, after the issue date %s", ErrRefused, a.AsOf, o.Issued)
	case age > MaxAssessmentAge:
		return fmt.Errorf("%w: the assessment is as of %s, more than %d days before the issue date %s; assess again",
			ErrRefused, a.AsOf, MaxAssessmentAge, o.Issued)
	}
	return nil
}

// choose parts the conclusions into those that the label shall claim and the
// others.
func choose(all []assay.Conclusion, ids []string) (chosen, others []assay.Conclusion, err error) {
	for _, id := range ids {
		if !slices.ContainsFunc(all, func(c assay.Conclusion) bool { return c.Scheme == id }) {
			return nil, nil, fmt.Errorf("%w: the product was not assessed against %q", ErrRefused, id)
		}
	}
	for _, c := range all {
		if len(ids) == 0 || slices.Contains(ids, c.Scheme) {
			chosen = append(chosen, c)
		} else {
			others = append(others, c)
		}
	}
	if len(chosen) == 0 {
		return nil, nil, fmt.Errorf("%w: the product was assessed against no scheme", ErrRefused)
	}
	return chosen, others, nil
}

func newLabel(a *assay.Assessment, o IssueOptions) (*Label, error) {
	digest, err := AssessmentDigest(a)
	if err != nil {
		return nil, err
	}
	until, err := validUntil(a.Product.SupportUntil, o)
	if err != nil {
		return nil, err
	}
	p := a.Product
	return &Label{
		ID:         cmp.Or(o.ID, p.ID+"/"+o.Issued+"/"+digest.Hex()[:8]),
		Renderer:   Renderer,
		Demo:       o.Demo,
		Issuer:     issuer(oneLine(p.Manufacturer.Name), o),
		Issued:     o.Issued,
		ValidUntil: until,
		AsOf:       a.AsOf,
		Product: Product{
			ID: p.ID, Name: oneLine(p.Name), Models: append([]string{}, p.Models...), GTIN: p.GTIN, Category: p.Category,
			Maker: maker(p.Manufacturer), SupportUntil: p.SupportUntil,
		},
		Firmware:    firmware(a.Images),
		Parts:       parts(p.Parts),
		Closed:      closed(p.Closed),
		Declared:    face(p.Face),
		Coverage:    coverage(a.Images),
		Exceptions:  len(a.Exceptions),
		Assessment:  digest,
		Rules:       rules(a.Rules),
		Policy:      o.Policy,
		Declaration: p.Declaration,
		Documents:   documents(a.Documents),
		Status:      o.Status,
		Evidence:    o.Evidence,
		Tool:        Tool(a.Tool),
	}, nil
}

// issuer says who issues the label. Whoever bears the maker's name is the maker.
func issuer(maker string, o IssueOptions) Issuer {
	i := Issuer{Name: cmp.Or(oneLine(o.Issuer), maker), Address: smallHost(o.Address), Standing: Other}
	switch {
	case o.Authority:
		i.Standing = Authorised
	case SameName(i.Name, maker):
		i.Name, i.Standing = maker, IsMaker
	}
	return i
}

// smallHost writes the host of an address in small letters, as everybody asks for it.
func smallHost(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == strings.ToLower(u.Host) {
		return address
	}
	return strings.Replace(address, u.Host, strings.ToLower(u.Host), 1)
}

// AssessmentDigest names an assessment: the SHA-256 of its canonical JSON.
func AssessmentDigest(a *assay.Assessment) (assay.Digest, error) {
	data, err := Canonical(a)
	if err != nil {
		return "", fmt.Errorf("assessment: %w", err)
	}
	return assay.SHA256(sha256.Sum256(data)), nil
}

// validUntil never goes beyond the support end or what the schemes allow: a
// day asked for that does is refused, the default is cut.
func validUntil(support string, o IssueOptions) (string, error) {
	ends := []string{support}
	if support == "" {
		return "", fmt.Errorf("%w: the product declares no end of support", ErrRefused)
	}
	if o.Latest != "" {
		ends = append(ends, o.Latest)
	}
	last := slices.Min(ends)
	for _, d := range append(ends, cmp.Or(o.ValidUntil, o.Issued)) {
		if err := checkDate(d); err != nil {
			return "", fmt.Errorf("%w: %w", ErrRefused, err)
		}
	}
	if last < o.Issued {
		return "", fmt.Errorf("%w: it could be valid until %s only, before the issue date %s", ErrRefused, last, o.Issued)
	}
	if o.ValidUntil > last {
		return "", fmt.Errorf("%w: it cannot be valid until %s, only until %s", ErrRefused, o.ValidUntil, last)
	}
	if o.ValidUntil != "" {
		return o.ValidUntil, nil
	}
	issued, err := assay.Date(o.Issued)
	if err != nil {
		return "", err
	}
	return min(issued.AddDate(0, 0, DefaultValidity).Format(time.DateOnly), last), nil
}

// oneLine joins the lines of a text that the maker wrote over several.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func maker(m assay.Manufacturer) Maker {
	m.Name, m.Address = oneLine(m.Name), oneLine(m.Address)
	return Maker(m)
}

func face(f assay.DeclaredFace) Face {
	f.Deletion, f.Policy = oneLine(f.Deletion), oneLine(f.Policy)
	return Face(f)
}

func subjects(images []Firmware) []Subject {
	list := make([]Subject, len(images))
	for i, f := range images {
		list[i] = Subject{Name: f.Name, Digest: SubjectDigest{f.Digest.Hex()}}
	}
	return list
}

func firmware(images []assay.Image) []Firmware {
	list := make([]Firmware, len(images))
	for i, m := range images {
		list[i] = Firmware{
			Name: cmp.Or(m.Firmware, path.Base(m.Path)), Version: m.Version, Minimum: m.Minimum,
			Digest: m.Digest, Opaque: m.Coverage.Opaque,
		}
	}
	slices.SortStableFunc(list, func(a, b Firmware) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Digest, b.Digest))
	})
	return list
}

func rules(judgedBy []assay.RuleSet) []Rules {
	var list []Rules
	for _, r := range judgedBy {
		list = append(list, Rules(r))
	}
	return list
}

func parts(declared []assay.DeclaredPart) []Part {
	var list []Part
	for _, p := range declared {
		list = append(list, Part(p))
	}
	return list
}

func closed(declared []assay.ClosedPart) []Closed {
	var list []Closed
	for _, c := range declared {
		list = append(list, Closed(c))
	}
	return list
}

func coverage(images []assay.Image) (sum Coverage) {
	for _, m := range images {
		c := m.Coverage
		sum.Bytes += c.Bytes
		sum.Opened += c.Opened
		sum.Padding += c.Padding
		sum.Verified += c.Verified
		sum.DeclaredOpaque += c.DeclaredOpaque
		sum.Unexplained += c.Unexplained
	}
	return sum
}

// documents drops the names: a label shows that a document exists, of what kind
// it is and by whom, not where the maker keeps it.
func documents(all []assay.DocumentEvidence) []Document {
	var list []Document
	for _, d := range all {
		list = append(list, Document{Kind: d.Kind, By: d.By, Date: d.Date, Digest: d.Digest})
	}
	slices.SortFunc(list, func(a, b Document) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Digest, b.Digest))
	})
	return list
}
