package verify

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/status"
)

// summary is the sentence that stands first.
func (r *Report) summary() string { return r.sentence(r.Status) }

func (r *Report) sentence(s Status) string {
	l, genuine := &r.subject, "This label is genuine"
	if r.Demo { // the word genuine never stands on one
		genuine = "This label is a demonstration, signed with a published demo key, and proves nothing"
	}
	switch s {
	case Valid:
		if r.AsOf != r.today && !r.Demo {
			return r.otherDay() + ": " + r.product() + "."
		}
		return genuine + ": " + r.product() + "."
	case SupportEnded:
		return fmt.Sprintf("%s, but security updates for %s ended on %s.", genuine, r.product(), l.supportUntil)
	case Expired:
		return fmt.Sprintf("%s, but it expired on %s: %s.", genuine, l.validUntil, r.product())
	case NotYetValid:
		return fmt.Sprintf("%s, but it is issued on %s only: %s.", genuine, l.issued, r.product())
	case Revoked:
		return fmt.Sprintf("%s, but its issuer has revoked it: do not rely on it: %s.", genuine, r.product())
	case Suspended:
		return fmt.Sprintf("%s, but its issuer has suspended it for now: %s.", genuine, r.product())
	case Superseded:
		return fmt.Sprintf("%s, but a newer label has taken its place: %s.", genuine, r.product())
	case FreshnessUnknown:
		return fmt.Sprintf("%s, but whether its issuer has withdrawn it since is not known: %s.", genuine, r.product())
	case FirmwareDiffers, FirmwareNewer, FirmwareOlder, FirmwareUnsupported, FirmwareUnknown:
		return fmt.Sprintf("%s, but %s: %s.", genuine, r.firmwareSentence(s), r.product())
	}
	if len(r.Unsure) > 0 {
		return genuine + " in what it says, but whether it counts cannot be told: " + r.product() + "."
	}
	return genuine + " in what it says, but nobody compared the picture with that: " + r.product() + "."
}

// otherDay answers for a day that is not today, and tells first what has become of
// the label since.
func (r *Report) otherDay() string {
	l := &r.subject
	if r.AsOf > r.today {
		return fmt.Sprintf("This label is genuine, and by its dates valid on %s; what is withdrawn until then nobody knows", r.AsOf)
	}
	now := ""
	switch {
	case r.List != nil && r.List.Since != nil && *r.List.Since != status.Valid:
		now = fmt.Sprintf(", but it is %s now", *r.List.Since)
	case r.today > l.supportUntil:
		now = ", but security updates ended on " + l.supportUntil
	case r.today > l.validUntil:
		now = ", but it expired on " + l.validUntil
	}
	return fmt.Sprintf("This label is genuine and was valid on %s%s", r.AsOf, now)
}

func (r *Report) product() string {
	maker, name := r.subject.maker, r.subject.product
	leads := strings.HasPrefix(strings.ToLower(name)+" ", strings.ToLower(maker)+" ")
	if r.subject.makerCut {
		maker += "…"
	}
	if r.subject.productCut {
		name += "…"
	}
	if leads {
		return name
	}
	return maker + " " + name
}

// Text writes the report for people: the answer in the first line, what to look
// at below, technical detail last.
func (r *Report) Text(w io.Writer) error {
	var b lines
	b.line("%s", r.Summary)
	if r.Label != nil {
		for _, d := range r.Label.Despite {
			b.line("Its issuer labelled it all the same: “%s” (%s) is %s. Decided by %s: %s", d.Principle.Title(), d.Requirement, despiteWord(d.Outcome), d.By, d.Reason)
		}
	}
	for _, s := range r.Reasons {
		b.line("%s", s)
	}
	if r.Labelled != "" {
		b.line("%s is the labelled firmware: %s.", r.Image.Name, r.Labelled)
	}
	switch {
	case r.Label != nil:
		r.writeLabel(&b)
	case r.Compact != nil:
		writeCompact(&b, r.Compact, r.Issuer)
	}
	b.line("")
	b.table(r.detail)
	return b.writeTo(w)
}

func despiteWord(o assay.Outcome) string {
	if o == assay.NotMet {
		return "not met"
	}
	return "not decided"
}

// schemeName names a scheme. Where the program does not know it in that edition, it
// tells whose words the name is.
func schemeName(s labels.Scheme) string {
	if _, known := labels.Title(s.ID, s.Edition); known {
		return s.Title + " (" + s.Edition + ")"
	}
	return fmt.Sprintf("%s (%s), as its issuer calls the scheme %s", s.Title, s.Edition, s.ID)
}

func (r *Report) writeLabel(b *lines) {
	l := r.Label
	b.line("")
	b.line("Is this the product in your hand?")
	b.line("")
	b.table(func(row func(what, value string)) { r.labelRows(l, row) })
}

func (r *Report) labelRows(l *labels.Label, tell func(what, value string)) {
	row := func(what, format string, args ...any) { tell(what, fmt.Sprintf(format, args...)) }
	row("Product", "%s", l.Product.Name)
	row("Maker", "%s", l.Product.Maker.Name)
	if len(l.Product.Models) > 0 {
		row("Models", "%s", strings.Join(l.Product.Models, ", "))
	}
	tell("GTIN", l.Product.GTIN)
	row("Security updates", "until %s", l.Product.SupportUntil)
	row("Label", "%s, valid from %s to %s", l.ID, l.Issued, l.ValidUntil)
	for _, s := range l.Schemes {
		row("Assessed against", "%s%s", schemeName(s), r.levelText(s.Level, l.Issuer.Standing))
	}
	for _, o := range l.AlsoAssessed {
		row("Looked at too", "%s (%s), not claimed: %s", o.Title, o.Edition, o.Outcome)
	}
	row("Issued by", "%s", issuedBy(l))
	for _, f := range l.Firmware {
		row("Firmware", "%s", firmwareText(f))
	}
	for _, p := range l.Principles {
		row(p.Principle.Title(), "%s", outcomeText(p))
	}
}

// levelText names a level only where a trust policy lets the issuer give one.
func (r *Report) levelText(level int, standing labels.Standing) string {
	if level == 0 || r.Issuer == "" || standing != labels.Authorised {
		return ""
	}
	return fmt.Sprintf(", level %d", level)
}

// issuedBy names the issuer and what the label says of its standing. That of
// another than the maker is for whoever trusts its key.
func issuedBy(l *labels.Label) string {
	if l.Issuer.Standing == labels.IsMaker {
		return l.Issuer.Name + ", the maker itself (self-declared)"
	}
	return l.Issuer.Name
}

func firmwareText(f labels.Firmware) string {
	s := strings.TrimSpace(f.Name + " " + f.Version)
	if f.Minimum != "" {
		s += ", supported from " + f.Minimum
	}
	if f.Opaque {
		s += ", could not be examined"
	}
	return s
}

func outcomeText(p labels.Principle) string {
	switch p.Outcome {
	case assay.Met:
		if p.Proof == assay.Declared {
			return "declared only"
		}
		return p.Proof.String()
	case assay.NotMet:
		return "not followed"
	case assay.DoesNotApply:
		return "does not apply"
	}
	return assay.NotAssessed.String()
}

// signer says who signed, beyond a key, and what others saw of it.
func (r *Report) signer(row func(what, value string)) {
	if r.Issuer != "" {
		row("trust policy", r.Issuer)
	}
	if r.Signer == nil {
		return
	}
	if i := r.Signer.Identity; i != nil {
		row("workflow", i.Subject)
		row("vouched for by", i.Issuer)
		row("repository", strings.TrimSpace(i.Repository+" "+i.RepositoryID))
	}
	for _, t := range r.Signer.Times {
		row("signature seen", t.Format(time.RFC3339))
	}
	if r.Signer.Logged > 0 {
		row("logs", strconv.Itoa(r.Signer.Logged))
	}
}

func (r *Report) detail(row func(what, value string)) {
	row("status", r.Status.String())
	row("as of", r.AsOf)
	row("label digest", string(r.Digest))
	row("key", r.Key)
	r.signer(row)
	row("picture", string(r.Picture))
	switch {
	case r.Seal != nil:
		r.Seal.rows(row)
	case r.Picture != "" && r.Compact == nil:
		row("PDF", "not signed itself; the label in it is")
	}
	if a := r.List; a != nil {
		row("status list", fmt.Sprintf("%s, place %d: %s", a.Address, a.Index, a.text()))
	}
	for _, a := range r.Logs {
		row("log proof", a.text())
	}
	if r.Image != nil {
		row("image", r.Image.Name+" "+string(r.Image.Digest))
		if s := r.Image.Stated; s != nil {
			row("image says", strings.Join(append(quoted(s.Products), quoted(s.Versions)...), " "))
		}
	}
	if l := r.Label; l != nil {
		for _, f := range l.Firmware {
			row("firmware", f.Name+" "+string(f.Digest))
		}
		row("assessment", string(l.Assessment))
		row("declaration", string(l.Declaration))
		row("tool", cmp.Or(strings.TrimSpace(l.Tool.Name+" "+l.Tool.Version), "?"))
	}
}
