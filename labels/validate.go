package labels

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/assay-iot/assay"
)

// The limits of what a statement may hold. They keep a label one page and a
// verifier quick.
const (
	MaxText   = 400 // characters in any text
	MaxName   = 120 // characters in the name of a product, maker or issuer
	MaxAddr   = 120 // characters in the issuer's address, so that a phone reads the QR code
	MaxModels = 64
	MaxList   = 256 // entries in any other list

	MaxStatusIndex = 1<<24 - 1 // in a status list
)

// Validate reports everything that a statement says wrongly: a date that is
// none, a subject that is no image of the label, text that could mislead.
func (s *Statement) Validate() error {
	l := &s.Predicate
	return errors.Join(
		s.validateTypes(), s.validateSubjects(), l.validateVersions(), l.validateIssuer(), l.validateDates(), l.validateTexts(),
		l.validateSchemes(), l.validateDemanded(), l.validateTitles(), l.boasting(), l.validateDespite(), l.validatePrinciples(), l.validateCoverage(), l.validateDigests(), l.validateStatus())
}

func (s *Statement) validateTypes() error {
	if s.Type != StatementType || s.PredicateType != PredicateType {
		return fmt.Errorf("type %q with predicate %q", s.Type, s.PredicateType)
	}
	if s.Predicate.Renderer < 1 {
		return fmt.Errorf("renderer %d", s.Predicate.Renderer)
	}
	return nil
}

func (s *Statement) validateSubjects() error {
	if len(s.Subject) == 0 || len(s.Subject) != len(s.Predicate.Firmware) {
		return fmt.Errorf("%d subjects for %d firmware images", len(s.Subject), len(s.Predicate.Firmware))
	}
	for i, f := range s.Predicate.Firmware {
		if sub := s.Subject[i]; sub.Name != f.Name || sub.Digest.SHA256 != f.Digest.Hex() {
			return fmt.Errorf("subject %q is not firmware %q", sub.Name, f.Name)
		}
	}
	return nil
}

// validateIssuer holds the standing to the names: the maker is the maker, and
// nobody else is.
func (l *Label) validateIssuer() error {
	maker := SameName(l.Issuer.Name, l.Product.Maker.Name)
	switch s := l.Issuer.Standing; s {
	case IsMaker, Other:
		if maker != (s == IsMaker) {
			return fmt.Errorf("issuer %q of a product of %q has the standing %q", l.Issuer.Name, l.Product.Maker.Name, s)
		}
	case Authorised:
		if maker {
			return fmt.Errorf("issuer %q labels its own product with the standing %q", l.Issuer.Name, s)
		}
		if l.Policy == "" {
			return fmt.Errorf("issuer %q has the standing %q, and no trust policy that gives it", l.Issuer.Name, s)
		}
	default:
		return fmt.Errorf("issuer %q has the standing %q, which does not exist", l.Issuer.Name, s)
	}
	return nil
}

func (l *Label) validateDates() error {
	for _, d := range []struct{ what, date string }{
		{"issued", l.Issued}, {"valid until", l.ValidUntil}, {"as-of", l.AsOf}, {"support end", l.Product.SupportUntil},
	} {
		if err := checkDate(d.date); err != nil {
			return fmt.Errorf("%s: %w", d.what, err)
		}
	}
	switch { // dates in this form sort as text
	case l.ValidUntil < l.Issued:
		return fmt.Errorf("valid until %s, before it is issued on %s", l.ValidUntil, l.Issued)
	case l.ValidUntil > l.Product.SupportUntil:
		return fmt.Errorf("valid until %s, after the support ends on %s", l.ValidUntil, l.Product.SupportUntil)
	case l.AsOf > l.Issued:
		return fmt.Errorf("assessed as of %s, after it was issued on %s", l.AsOf, l.Issued)
	case l.AsOf < daysBefore(l.Issued, MaxAssessmentAge):
		return fmt.Errorf("assessed as of %s, more than %d days before it was issued on %s", l.AsOf, MaxAssessmentAge, l.Issued)
	}
	return nil
}

func daysBefore(date string, n int) string {
	t, _ := assay.Date(date) // checked before
	return t.AddDate(0, 0, -n).Format(time.DateOnly)
}

func checkDate(s string) error {
	t, err := assay.Date(s)
	if err != nil || t.Format(time.DateOnly) != s {
		return fmt.Errorf("%q is not a date (YYYY-MM-DD)", s)
	}
	return nil
}

func (l *Label) validateTexts() error {
	names := []string{l.ID, l.Issuer.Name, l.Product.Name, l.Product.Maker.Name}
	for _, s := range names {
		if checkEnds(s) != nil || utf8.RuneCountInString(s) > MaxName {
			return fmt.Errorf("a name must have 1 to %d characters and no blank at an end, this has %d: %.60q", MaxName, utf8.RuneCountInString(s), s)
		}
	}
	if len(l.Product.Models) > MaxModels {
		return fmt.Errorf("%d models, more than %d", len(l.Product.Models), MaxModels)
	}
	if err := checkAddress(l.Issuer.Address); err != nil {
		return fmt.Errorf("issuer address: %w", err)
	}
	if g := l.Product.GTIN; g != "" && !IsGTIN(g) {
		return fmt.Errorf("the GTIN %.40q has not 8, 12, 13 or 14 digits, or a wrong last one", g)
	}
	for _, p := range l.Parts {
		if !slices.Contains([]string{"firmware", "app", "cloud"}, p.Kind) {
			return fmt.Errorf("a part of the kind %.60q: it is firmware, app or cloud", p.Kind)
		}
		subject := p.Kind == "firmware" && slices.ContainsFunc(l.Firmware, func(f Firmware) bool { return f.Name == p.Name })
		if p.Examined && !subject {
			return fmt.Errorf("the part %.60q (%s) is said to be examined, and is no image of the label", p.Name, p.Kind)
		}
	}
	for _, d := range l.Documents {
		if err := checkDate(d.Date); d.Date != "" && err != nil {
			return fmt.Errorf("a document of the kind %.60q: %w", d.Kind, err)
		}
	}
	for _, word := range l.Declared.Sensors {
		if slices.Contains(l.Declared.WithoutSensors, word) {
			return fmt.Errorf("the product is declared to have the sensor %.60q, and not to have it", word)
		}
	}
	for _, r := range l.Rules {
		if !slices.Contains([]string{"scheme", "checks", "data"}, r.Kind) {
			return fmt.Errorf("rules of the kind %.60q: they are scheme, checks or data", r.Kind)
		}
	}
	return l.checkLists()
}

// checkLists holds the texts and their number to their limits.
func (l *Label) checkLists() error {
	for _, list := range [][]string{
		l.Product.Models, l.Declared.Passwords, l.Declared.Sensors, l.Declared.WithoutSensors, l.Declared.PersonalData, l.Declared.Recipients,
	} {
		if len(list) > MaxList {
			return fmt.Errorf("a list of %d entries, more than %d", len(list), MaxList)
		}
	}
	for _, t := range l.texts() {
		if err := checkText(t.text); err != nil {
			return err
		}
	}
	return nil
}

// IsGTIN reports whether s is a GTIN: its length, digits only, and a last one that
// makes the weighted sum a multiple of ten (GS1 General Specifications, 7.9).
func IsGTIN(s string) bool {
	if !slices.Contains([]int{8, 12, 13, 14}, len(s)) || strings.Trim(s, "0123456789") != "" {
		return false
	}
	sum := 0
	for i := range len(s) {
		weight := 1
		if (len(s)-i)%2 == 0 {
			weight = 3
		}
		sum += weight * int(s[i]-'0')
	}
	return sum%10 == 0
}

// checkText refuses characters that can make a text look like another one or
// steer a terminal: controls, and those that turn the direction of writing or
// show nothing.
func checkText(s string) error {
	if utf8.RuneCountInString(s) > MaxText {
		return fmt.Errorf("a text of %d characters, more than %d: %.60q…", utf8.RuneCountInString(s), MaxText, s)
	}
	text := []rune(s)
	for i, r := range text {
		if !isCharacter(r) && !isJoined(text, i) {
			return fmt.Errorf("a text with the character %U, which cannot be printed: %.60q", r, s)
		}
	}
	return nil
}

func checkAddress(s string) error {
	if s == "" || IsPlainAddress(s) {
		return nil
	}
	if len(s) > MaxAddr {
		return fmt.Errorf("%d characters, more than %d", len(s), MaxAddr)
	}
	return fmt.Errorf("%q is not a plain https address, which every phone follows: the host in small ASCII letters (that of other letters as xn--…), no blank, no user, no fragment", s)
}

// plainAddress is an https address as it is asked for: a host in small letters,
// nothing but ASCII, neither user nor fragment. Verifiers in other languages
// read the same expression.
var plainAddress = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:([1-9][0-9]{0,4}))?(/[A-Za-z0-9._~:/?!$&'()*+,;=%@-]*)?$`)
})

// Dots finds segments of a path that browsers leave out with what stands before them, so
// that they ask another address than the one that is read (URL Standard, 4.1). It is read
// without regard to case. Verifiers in other languages read the same expression.
const Dots = `/(?:\.|%2e){1,2}(?:[/?]|$)`

var dots = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("(?i)" + Dots) })

// Asked is an address as browsers ask it: without the port that https has anyway.
func Asked(address string) string {
	host, path := splitAddress(address)
	return strings.TrimSuffix(host, ":443") + path
}

// IsPlainAddress reports whether s has the form that the address of a status
// list must have.
func IsPlainAddress(s string) bool {
	if len(s) > MaxAddr || dots().MatchString(s) {
		return false
	}
	m := plainAddress().FindStringSubmatch(s)
	if m == nil || m[3] == "" {
		return m != nil
	}
	_, err := strconv.ParseUint(m[3], 10, 16) // of 65536 ports
	return err == nil
}

// validateStatus holds the place in a status list to its form. Who names one
// must have an address, since that is how the list's issuer is known.
func (l *Label) validateStatus() error {
	if l.Status == nil {
		return nil
	}
	switch s := *l.Status; {
	case !IsPlainAddress(s.List):
		return fmt.Errorf("the status list's address %.60q is not a plain https address of at most %d characters", s.List, MaxAddr)
	case s.Index < 0 || s.Index > MaxStatusIndex:
		return fmt.Errorf("index %d in a status list", s.Index)
	case l.Issuer.Address == "":
		return errors.New("a place in a status list, but no address of the issuer")
	}
	return nil
}

func (l *Label) validateSchemes() error {
	if len(l.Schemes) == 0 {
		return errors.New("no scheme")
	}
	for i, s := range l.Schemes {
		if slices.ContainsFunc(l.Schemes[:i], func(other Scheme) bool { return SameName(other.ID, s.ID) }) {
			return fmt.Errorf("scheme %s stands on the label twice", s.ID)
		}
		requirements := map[string]bool{}
		for _, r := range s.Requirements {
			if requirements[r.ID] {
				return fmt.Errorf("requirement %s of %s stands on the label twice", r.ID, s.ID)
			}
			requirements[r.ID] = true
		}
		if len(s.Requirements) == 0 {
			return fmt.Errorf("scheme %s is on the label without a requirement", s.ID)
		}
		for _, r := range s.Requirements {
			if r.Mandatory && r.Outcome == assay.Met && r.Proof == assay.NotAssessed && !l.decidedOn(s.ID+":"+r.ID, assay.Undecided) {
				return fmt.Errorf("scheme %s is on the label, but nobody assessed its mandatory requirement %s", s.ID, r.ID)
			}
			if r.Mandatory && r.Outcome != assay.Met && r.Outcome != assay.DoesNotApply && !l.decidedOn(s.ID+":"+r.ID, r.Outcome) {
				return fmt.Errorf("scheme %s is on the label, but its mandatory requirement %s is %s", s.ID, r.ID, r.Outcome)
			}
		}
	}
	for _, o := range l.AlsoAssessed {
		if o.Outcome != assay.Met && o.Outcome != assay.NotMet && o.Outcome != assay.Undecided {
			return fmt.Errorf("scheme %s: outcome %s", o.ID, o.Outcome)
		}
	}
	return nil
}

// decidedOn reports whether the issuer decided to label the product all the same.
func (l *Label) decidedOn(requirement string, outcome assay.Outcome) bool {
	return slices.ContainsFunc(l.Despite, func(d Decision) bool { return d.Requirement == requirement && d.Outcome == outcome })
}

// validateDespite holds decisions to what they may be: of an issuer other than the
// maker, each on a mandatory requirement of the label that is not met or not
// decided, with a name and a reason.
func (l *Label) validateDespite() error {
	seen := map[string]bool{}
	for _, d := range l.Despite {
		switch {
		case l.Issuer.Standing == IsMaker:
			return fmt.Errorf("the maker itself labels its product despite %s", d.Requirement)
		case strings.TrimSpace(d.By) == "" || strings.TrimSpace(d.Reason) == "" || utf8.RuneCountInString(d.By) > MaxName:
			return fmt.Errorf("the decision on %s needs a name of at most %d characters and a reason", d.Requirement, MaxName)
		case seen[d.Requirement]:
			return fmt.Errorf("%s is decided twice", d.Requirement)
		case !l.standsInTheWay(d):
			return fmt.Errorf("a decision on %s, which is no mandatory requirement of the label about the principle %q that is %s", d.Requirement, d.Principle, d.Outcome)
		}
		seen[d.Requirement] = true
	}
	return nil
}

// standsInTheWay reports whether a decision speaks of a mandatory requirement that
// is about the principle and has the outcome; one that is met but that nobody assessed is undecided.
func (l *Label) standsInTheWay(d Decision) bool {
	for _, s := range l.Schemes {
		for _, r := range s.Requirements {
			if s.ID+":"+r.ID == d.Requirement && r.Principle == d.Principle && obstacle(assay.RequirementOutcome{Mandatory: r.Mandatory, Outcome: r.Outcome, Proof: r.Proof}) == d.Outcome {
				return d.Outcome != assay.Met
			}
		}
	}
	return false
}

func (l *Label) validatePrinciples() error {
	want := assay.Principles()
	if len(l.Principles) != len(want) {
		return fmt.Errorf("%d principles, want %d", len(l.Principles), len(want))
	}
	for i, p := range l.Principles {
		if p.Principle != want[i] {
			return fmt.Errorf("principle %d is %q, want %q", i+1, p.Principle, want[i])
		}
		if p.Decided < 0 || p.Decided > p.Requirements || len(p.Examined) > MaxList {
			return fmt.Errorf("principle %s: %d of %d requirements decided", p.Principle, p.Decided, p.Requirements)
		}
		if p.Outcome == assay.Met && p.Proof == assay.NotAssessed {
			return fmt.Errorf("principle %s is met, but nobody assessed it", p.Principle)
		}
		if err := l.validateExamined(p); err != nil {
			return err
		}
	}
	return l.validateProofs()
}

// validateExamined holds what was looked into for a principle to the images.
func (l *Label) validateExamined(p Principle) error {
	for _, name := range p.Examined {
		if !slices.ContainsFunc(l.Firmware, func(f Firmware) bool { return f.Name == name }) {
			return fmt.Errorf("principle %s: firmware %q was examined, and is none of the label", p.Principle, name)
		}
	}
	return nil
}

func (l *Label) validateCoverage() error {
	c := l.Coverage
	for _, n := range []int64{c.Bytes, c.Opened, c.Padding, c.Verified, c.DeclaredOpaque, c.Unexplained} {
		if n < 0 || n > maxInteger {
			return fmt.Errorf("coverage of %d bytes", n)
		}
	}
	if c.Bytes == 0 {
		return errors.New("coverage of images that have no byte")
	}
	if sum := c.Examined() + c.DeclaredOpaque + c.Unexplained; sum != c.Bytes {
		return fmt.Errorf("coverage speaks of %d bytes, the images have %d", sum, c.Bytes)
	}
	return nil
}

func (l *Label) validateDigests() error {
	if len(l.Rules) > MaxList || len(l.Evidence) > MaxList || len(l.Documents) > MaxList {
		return fmt.Errorf("more than %d digests of one kind", MaxList)
	}
	all := []assay.Digest{l.Assessment, l.Declaration}
	for _, f := range l.Firmware {
		all = append(all, f.Digest)
	}
	for _, d := range l.Documents {
		all = append(all, d.Digest)
	}
	for _, e := range l.Evidence {
		all = append(all, e.Digest)
	}
	for _, r := range l.Rules {
		all = append(all, r.Digest)
	}
	if l.Policy != "" {
		all = append(all, l.Policy)
	}
	for _, d := range all {
		if parsed, err := assay.ParseDigest(string(d)); err != nil || parsed != d {
			return fmt.Errorf("%q is not a digest (sha256: and 64 hexadecimal digits)", d)
		}
	}
	return nil
}
