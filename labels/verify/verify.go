// Package verify checks labels: offline, with nothing but a public key.
//
// It is small on purpose. It links neither the renderer nor a signer; whoever
// wants the picture of a PDF compared with its data gives a function for it.
//
// Nothing about a label is believed before its signature is checked, and every
// byte of a bundle counts: a bundle has one form, and any other is rejected.
package verify

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/demo"
	"github.com/assay-iot/assay/labels/pades"
)

// Options say what to hold a label against.
type Options struct {
	AsOf      string // YYYY-MM-DD, the day that "now" is; required
	Image     *Image // a firmware image that should be the labelled one, or nil
	AllowDemo bool   // accept what is signed with the published demo key

	// Trust says whose labels count, and for what; nil for every key given,
	// whatever it signs.
	Trust Trust
	// Witness verifies certificates and timestamps; nil if there is none.
	Witness Witness

	// Proofs say that transparency logs hold the label (c2sp.org/tlog-proof@v1), as
	// they lie beside it; Logs are the verifier keys of the logs that count.
	// Proven demands that there are proofs and that all hold, whatever the policy demands.
	Proofs [][]byte
	Logs   []string
	Proven bool

	// Render draws a label as the renderer that its statement names, so that a
	// PDF can be compared with its own data, byte for byte: the variant (format
	// and language) that the file names. Without it, or if it fails with
	// labels.ErrUnknownRenderer, the picture is not compared. If it fails otherwise
	// the file is none that the renderer has drawn, and is rejected.
	Render func(s *labels.Statement, bundle, compactLabel []byte, variant string) ([]byte, error)

	// Picture says that the label is what was read from a QR code in a picture: what
	// is printed around it was not compared with it.
	Picture bool

	// Status gives signed status lists for an address that an authentic label
	// names: what was fetched or given first, then what was kept from before.
	// Without it, or if it gives none that counts, a label that names a list is
	// never called valid, unless NoStatus says not to ask. An error beside lists
	// tells of one that could not be read: then only a no of the others counts.
	Status   func(list string) ([][]byte, error)
	NoStatus bool
	Now      time.Time // by the clock of the one who asks; the end of the day AsOf if zero
}

// File verifies a bundle, a PDF label, a compact label or the text of its QR
// code, whichever data is.
func File(data []byte, keys []Key, o Options) (*Report, error) {
	switch {
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return PDF(data, keys, o)
	case compact.IsText(data), len(data) > 0 && data[0] == 0xD2: // the tag of COSE_Sign1
		return Compact(data, keys, o)
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")):
		return nil, fmt.Errorf("%w: it is a drawing or a page (SVG, HTML), which holds no signed label: scan the code in it", labels.ErrNotLabel)
	}
	return Bundle(data, keys, o)
}

// Bundle verifies a bundle. An error means that there is no answer: the options
// are wrong, or the data are no label (labels.ErrNotLabel).
func Bundle(data []byte, keys []Key, o Options) (*Report, error) {
	r, err := newReport(o)
	if err != nil {
		return nil, err
	}
	_, err = r.bundle(data, keys, o)
	return r, err
}

// PDF verifies a PDF label: the bundle attached to it, and that the file shows
// what the bundle says, by rendering it again.
func PDF(data []byte, keys []Key, o Options) (*Report, error) {
	r, err := newReport(o)
	if err != nil {
		return nil, err
	}
	data, seal, err := pades.Split(data)
	if errors.Is(err, pades.ErrChanged) {
		r.reject("the file was changed: " + err.Error())
		return r, nil
	}
	w, err := walk(data)
	var changed *ChangedError
	switch {
	case errors.As(err, &changed) && !errors.Is(err, labels.ErrNotLabel):
		r.reject("the file was changed: " + changed.Error())
		return r, nil
	case err != nil:
		return nil, err
	}
	s, err := r.bundle(w.attached[0], keys, o)
	if err != nil || r.Status == NotAuthentic {
		return r, err
	}
	if r.seal(seal, &s.Predicate, o); r.Status == NotAuthentic {
		return r, nil
	}
	if why := r.code(w.code(), s, keys); why != "" {
		r.reject(why)
		return r, nil
	}
	r.picture(data, w, s, o)
	return r, nil
}

func newReport(o Options) (*Report, error) {
	if t, err := assay.Date(o.AsOf); err != nil || t.Format(time.DateOnly) != o.AsOf {
		return nil, fmt.Errorf("as-of date %q is not a date (YYYY-MM-DD)", o.AsOf)
	}
	return &Report{Format: ReportFormat, AsOf: o.AsOf, Image: o.Image, today: o.now().UTC().Format(time.DateOnly)}, nil
}

// bundle fills the report and gives the statement if it is authentic.
func (r *Report) bundle(data []byte, keys []Key, o Options) (*labels.Statement, error) {
	if labels.Certified(data) {
		return r.certified(data, keys, o)
	}
	b, err := labels.ParseBundle(data)
	var form *labels.CanonicalError
	switch {
	case errors.As(err, &form):
		r.reject("it was changed after it was signed: " + form.Error())
		return nil, nil
	case err != nil:
		return nil, err
	}
	if why := r.signature(b, keys); why != "" {
		r.reject(why)
		return nil, nil
	}
	return r.statement(b.Envelope.Payload, r.stamped(data, b, keys, o), keys, o)
}

// statement reads a payload whose signature is good, and judges it.
func (r *Report) statement(payload []byte, by Signer, keys []Key, o Options) (*labels.Statement, error) {
	r.Digest, r.Key = assay.SHA256(sha256.Sum256(payload)), by.Key
	s, err := labels.ParseStatement(payload)
	if err != nil {
		return nil, err
	}
	if why := r.demo(s.Predicate.Demo, o); why != "" {
		r.reject(why)
		return nil, nil
	}
	r.askLogs(&by, o)
	if !r.trusted(s, by, o) || !r.proven(o) {
		return nil, nil
	}
	r.badProofs()
	r.Label = &s.Predicate
	if r.Issuer == "" && s.Predicate.Issuer.Standing == labels.Authorised {
		r.Reasons = append(r.Reasons, "That "+s.Predicate.Issuer.Name+" may judge by these schemes is its own word: no trust policy was applied here.")
	}
	l := &s.Predicate
	r.subject = subject{
		id: l.Product.ID, maker: l.Product.Maker.Name, product: l.Product.Name, models: l.Product.Models,
		issued: l.Issued, validUntil: l.ValidUntil, supportUntil: l.Product.SupportUntil, firmware: l.Firmware,
	}
	r.Unsure = append(r.Unsure, l.NotCompared()...)
	r.askStatus(l.Status, l.Issuer.Address, keys, o)
	r.judge()
	return s, nil
}

// signature says why the bundle is not signed by one of keys.
func (r *Report) signature(b *labels.Bundle, keys []Key) string {
	r.Digest, r.Key = assay.SHA256(b.Digest()), b.Material.PublicKey.Hint
	for _, k := range keys {
		if k.ID != r.Key {
			continue
		}
		if !k.Verifies(labels.PAE(b.Envelope.PayloadType, b.Envelope.Payload), b.Envelope.Signatures[0].Sig) {
			return "its signature does not fit what it says"
		}
		return ""
	}
	return "it is not signed with a key that you trust"
}

// demo holds the published key and the mark DEMO together: neither comes
// without the other.
func (r *Report) demo(saysDemo bool, o Options) string {
	isDemo := r.Key == demo.KeyID
	r.Demo = isDemo
	switch {
	case isDemo && !saysDemo:
		return "signed with a published demo key without saying so: proves nothing"
	case isDemo && !o.AllowDemo:
		return "signed with a published demo key: proves nothing"
	case !isDemo && saysDemo:
		return "it calls itself a demo, but is not signed with the demo key"
	}
	return ""
}

// judge holds an authentic label against the day, its status and the image.
// What is known to be wrong outweighs what is not known.
func (r *Report) judge() {
	s := &r.subject
	switch v := r.listed(); {
	case v != Valid && v != FreshnessUnknown:
		r.Status = v
	case r.AsOf > s.supportUntil:
		r.Status = SupportEnded
	case r.AsOf > s.validUntil:
		r.Status = Expired
	case r.AsOf < s.issued:
		r.Status = NotYetValid
		r.Reasons = append(r.Reasons, "If today is not "+r.AsOf+", the clock of this computer is wrong.")
	case len(r.Unsure) > 0:
		r.Status = CannotTell
	default:
		r.Status = v
	}
	r.Reasons = append(r.Reasons, r.Unsure...)
	if r.Image != nil {
		r.holdAgainst(s.firmware)
	}
	r.Summary = r.summary()
}

// picture compares a PDF with what the renderer makes of its own data.
func (r *Report) picture(pdf []byte, w *walker, s *labels.Statement, o Options) {
	if o.Render == nil {
		r.cannotCompare("this verifier has no renderer")
		return
	}
	again, err := o.Render(s, w.attached[0], w.code(), w.variant)
	switch {
	case errors.Is(err, labels.ErrUnknownRenderer):
		r.cannotCompare(err.Error())
	case err != nil: // a renderer that is known has never drawn this file
		r.Picture = PictureDiffers
		r.reject("the PDF does not show what was signed: its renderer draws no such page: " + err.Error())
	case !bytes.Equal(pdf, again):
		r.Picture = PictureDiffers
		r.reject(fmt.Sprintf("the PDF does not show what was signed: it differs from its own data at byte %d", firstDifference(pdf, again)))
	default:
		r.Picture = PictureSame
	}
}

func (r *Report) cannotCompare(why string) {
	r.Picture = PictureNotCompared
	r.Reasons = append(r.Reasons, "The picture was not compared with the data: "+why+".")
	if r.Status == Valid || r.Status == FreshnessUnknown || r.Status == CannotTell {
		r.Status = CannotTell
		r.Summary = r.summary()
	}
}

// reject makes the report a no, and takes back what it said of the label.
func (r *Report) reject(why string) {
	r.Status, r.Label, r.Labelled, r.Compact, r.List = NotAuthentic, nil, "", nil, nil
	r.Sealed, r.Seal = false, nil
	r.Reasons, r.Unsure, r.Issuer = nil, nil, ""
	r.Summary = "This label is NOT genuine: " + why + "."
}

func firstDifference(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
