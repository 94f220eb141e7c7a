package verify

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/cose"
)

// Compact verifies a compact label: its bytes, or the text of the QR code. An
// error means that there is no answer, as with [Bundle]. It names the firmware
// by its version only, so an image that is held against it is never called the
// labelled one.
func Compact(data []byte, keys []Key, o Options) (*Report, error) {
	r, err := newReport(o)
	if err != nil {
		return nil, err
	}
	if address, digest, ok := compact.Pointer(string(data)); ok {
		r.points(address, digest)
		return r, nil
	}
	m, err := compact.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", labels.ErrNotLabel, err)
	}
	l, key, err := verifyCompact(m, keys)
	switch {
	case errors.Is(err, cose.ErrSignature), errors.Is(err, errNoKey):
		r.Key = hex.EncodeToString(m.KeyID())
		r.reject(err.Error())
		return r, nil
	case err != nil:
		return nil, fmt.Errorf("%w: %w", labels.ErrNotLabel, err)
	}
	for _, s := range l.Schemes {
		if err := labels.CheckSchemeID(s.ID); err != nil {
			return nil, fmt.Errorf("%w: %w", labels.ErrNotLabel, err)
		}
	}
	r.Key, r.Digest = key.ID, l.Statement
	if why := r.demo(l.Demo, o); why != "" {
		r.reject(why)
		return r, nil
	}
	by := Signer{Key: key.ID}
	r.askLogs(&by, o)
	if !r.trustedCompact(l, by, o) || !r.proven(o) {
		return r, nil
	}
	r.badProofs()
	r.Compact = l
	for _, s := range l.Schemes {
		if newer := labels.NewerEdition(s.ID, s.Edition); newer != "" {
			r.Unsure = append(r.Unsure, newer)
		}
	}
	if o.Picture {
		r.Picture = PictureNotCompared
		r.Reasons = append(r.Reasons, "Only the QR code was read: what is printed around it was not compared with it. It must say what stands here.")
	}
	r.subject = subject{
		maker: l.Maker, product: l.Product, makerCut: l.IsShortened(compact.FieldMaker), productCut: l.IsShortened(compact.FieldProduct),
		models: l.Models, issued: l.Issued, validUntil: l.ValidUntil, supportUntil: l.SupportUntil,
		firmware: compactFirmware(l),
	}
	if host := compact.Host(string(data)); compact.IsText(data) && host != "" && host != l.Issuer {
		r.Reasons = append(r.Reasons, fmt.Sprintf("Note: the code leads to %s, but its issuer is at %s. Do not follow the link.", host, l.Issuer))
	}
	if gtin := compact.LinkedGTIN(string(data)); compact.IsText(data) && gtin != "" && gtin != l.GTIN {
		r.Reasons = append(r.Reasons, fmt.Sprintf("Note: the code leads to the product with the GTIN %s, and the label in it is not of that one. Do not follow the link.", gtin))
	}
	r.askStatus(l.Status, "https://"+l.Issuer, keys, o)
	r.judge()
	return r, nil
}

// points answers for a code that holds the address of a label and its digest, not
// the label: that on a box, and on labels that were signed in a workflow.
func (r *Report) points(address string, digest assay.Digest) {
	r.Status, r.Digest, r.Points = CannotTell, digest, address
	r.Summary = "This is the address of a label, not the label: nothing was verified."
	r.Reasons = []string{
		"It leads to " + address + ", which anybody can print. Get the label itself, label.sigstore.json or label.pdf, from its issuer, and verify that.",
		"It is the one that this code speaks of if its digest is the one below.",
	}
}

// compactFirmware is the firmware that a compact label names, without its digest.
// A version that is shortened is none.
func compactFirmware(l *compact.Label) []labels.Firmware {
	f := labels.Firmware{Version: l.Firmware, Minimum: l.Minimum}
	if l.IsShortened(compact.FieldFirmware) {
		f.Version = ""
	}
	if l.IsShortened(compact.FieldMinimum) {
		f.Minimum = ""
	}
	return []labels.Firmware{f}
}

var errNoKey = errors.New("it is not signed with a key that you gave")

// verifyCompact tries the keys that bear the id that the message names.
func verifyCompact(m *compact.Message, keys []Key) (*compact.Label, Key, error) {
	err := errNoKey
	for _, k := range keys {
		if id, kerr := cose.KeyID(k.Public); kerr != nil || !bytes.Equal(id, m.KeyID()) {
			continue
		}
		l, verr := m.Verify(k.Public)
		if verr == nil {
			return l, k, nil
		}
		if errors.Is(verr, cose.ErrSignature) {
			verr = fmt.Errorf("its signature does not fit what it says (%w)", cose.ErrSignature)
		}
		err = verr
	}
	return nil, Key{}, err
}

// code says why the QR code of a PDF does not go with its bundle. The picture
// is compared with the code's bytes; that these are honest is shown here.
func (r *Report) code(data []byte, s *labels.Statement, keys []Key) string {
	if data == nil {
		return ""
	}
	m, err := compact.Parse(data)
	if err != nil {
		return "its QR code is not one of a label: " + err.Error()
	}
	l, key, err := verifyCompact(m, keys)
	switch {
	case err != nil:
		return "its QR code is not genuine: " + err.Error()
	case key.ID != r.Key:
		return "its QR code is signed with another key"
	}
	if err := l.Speaks(s, key.Public); err != nil {
		return err.Error()
	}
	return ""
}

// writeCompact shows what a compact label says, and what it leaves out. The name of
// its issuer is that of the trust policy; without one the label has its address only.
func writeCompact(b *lines, l *compact.Label, issuer string) {
	b.line("")
	b.line("Is this the product in your hand?")
	b.line("")
	b.table(func(row func(what, value string)) { compactRows(l, issuer, row) })
	b.line("")
	b.line("This is what the QR code holds. The whole label says more: it bears the digest below.")
}

func compactRows(l *compact.Label, issuer string, row func(what, value string)) {
	text := func(f compact.Field, s string) string {
		if l.IsShortened(f) {
			return s + "… (shortened)"
		}
		return s
	}
	row("Product", text(compact.FieldProduct, l.Product))
	row("Maker", text(compact.FieldMaker, l.Maker))
	row("Models", text(compact.FieldModels, strings.Join(l.Models, ", "))+andMore(l.MoreModels))
	row("GTIN", l.GTIN)
	row("Security updates", "until "+l.SupportUntil)
	row("Label", "valid from "+l.Issued+" to "+l.ValidUntil)
	for i, s := range l.Schemes {
		more := ""
		if i == len(l.Schemes)-1 {
			more = andMore(l.MoreSchemes)
		}
		row("Assessed against", s.ID+" ("+s.Edition+")"+more)
	}
	issuer = cmp.Or(issuer, l.Issuer)
	if l.Standing == compact.Maker {
		issuer += ", the maker itself (self-declared)"
	}
	row("Issued by", issuer)
	row("Firmware", l.Firmware)
	if l.Minimum != "" {
		row("Firmware", "supported from "+text(compact.FieldMinimum, l.Minimum))
	}
}

func andMore(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}
