package verify

import (
	"crypto/x509/pkix"
	"fmt"
	"strconv"
	"time"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/pades"
)

// Seal is what the signature of a PDF itself holds, by the key of the label in
// it. The label counts by that key; who certifies it is told, not judged.
type Seal struct {
	Level        string `json:"level"`                  // PAdES B-B, or B-T with a timestamp (EN 319 142-1)
	Subject      string `json:"subject"`                // of the signer's certificate
	Certified    string `json:"certified"`              // who certifies it; the same if it does so itself
	Certificates int    `json:"certificates"`           // how many lead towards a root
	Until        string `json:"until"`                  // last day of the signer's certificate
	Stamped      string `json:"stamped,omitempty"`      // when an authority that is trusted has seen it, RFC 3339
	StampDoubted string `json:"stampDoubted,omitempty"` // why its timestamp says nothing
}

// seal asks whether the file itself is signed, and by nobody but the label's issuer, in
// its name: readers of PDF show what stands there, and hold it to nothing.
func (r *Report) seal(s *pades.Signature, l *labels.Label, o Options) {
	if s == nil {
		return
	}
	leaf := s.Chain[0]
	id, err := labels.KeyID(leaf.PublicKey)
	if err != nil || id != r.Key {
		r.reject("the PDF is signed by somebody else than the label in it")
		return
	}
	want, err := l.Seal()
	itself := pades.CertifiesItself(leaf)
	switch {
	case err != nil:
		r.reject(err.Error())
		return
	case s.Name != want.Name || s.Reason != want.Reason || !s.Time.Equal(want.From):
		r.reject(fmt.Sprintf("the PDF's own signature says %q, %q, of %s, and not what follows from the label", s.Name, s.Reason, s.Time.UTC().Format(time.DateOnly)))
		return
	case itself && (len(s.Chain) > 1 || !pades.IsOwn(leaf, want.Name, want.From, want.Until)):
		r.reject(fmt.Sprintf("the PDF's own signature names %s, by a certificate of its own that is not the one of %q", named(leaf.Subject), want.Name))
		return
	}
	r.Sealed = true
	r.Seal = &Seal{
		Level: "B-B", Subject: leaf.Subject.String(), Certified: leaf.Issuer.String(), Certificates: len(s.Chain),
		Until: leaf.NotAfter.UTC().Format(time.DateOnly),
	}
	r.Seal.stamp(s, o.Witness)
	if !itself && !l.CertifiedFor(leaf.Subject) {
		r.doubt(fmt.Sprintf("The PDF's own signature names %s, and %q issued the label. Who certifies that name was not checked: what a reader of PDF shows of it is no word of the issuer's.",
			named(leaf.Subject), l.Issuer.Name))
	}
}

// doubt takes back a yes, and says why.
func (r *Report) doubt(why string) {
	r.Unsure, r.Reasons = append(r.Unsure, why), append(r.Reasons, why)
	if r.Status == Valid || r.Status == FreshnessUnknown || r.Status == CannotTell {
		r.Status = CannotTell
		r.Summary = r.summary()
	}
}

// named quotes the name in a certificate: all of it, where there is more than one.
func named(n pkix.Name) string {
	if len(n.Names) == 1 && n.CommonName != "" {
		return strconv.Quote(n.CommonName)
	}
	return strconv.Quote(n.String())
}

// stamp reads the timestamp over the signature. Anybody could add one or take it
// away, so it never turns the answer.
func (s *Seal) stamp(from *pades.Signature, w Witness) {
	if from.Timestamp == nil {
		return
	}
	s.Level = "B-T"
	if w == nil {
		s.StampDoubted = "without a trust policy no timestamp authority is known"
		return
	}
	at, err := w.Stamped(from.Timestamp, from.Value)
	if err != nil {
		s.StampDoubted = err.Error()
		return
	}
	s.Stamped = at.Format(time.RFC3339)
}

// rows tells of the seal below the answer.
func (s *Seal) rows(row func(what, value string)) {
	row("PDF", "signed with the same key, all of it (PAdES "+s.Level+")")
	by := "certified by itself"
	if s.Certified != s.Subject {
		by = fmt.Sprintf("certified by %q, whose authority was not checked", s.Certified)
	}
	row("PDF certificate", fmt.Sprintf("names %q, until %s, %s", s.Subject, s.Until, by))
	row("PDF seen", s.Stamped)
	if s.StampDoubted != "" {
		row("PDF timestamp", "says nothing: "+s.StampDoubted)
	}
}
