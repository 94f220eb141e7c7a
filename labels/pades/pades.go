// Package pades puts an electronic signature into a PDF label, and reads it.
//
// The signature is a PAdES baseline signature (ETSI EN 319 142-1 V1.2.1, level
// B-B, or B-T with a timestamp): a CMS structure (RFC 5652) in an incremental
// update that certifies the document and allows no later change (DocMDP,
// ISO 32000-1, 12.8.2.2), over every byte of the file but its own.
//
// It signs and reads files of one form: those that package pdf writes, with one
// update behind them. There is no other way to write that update, so a reader
// writes it again and compares: nothing can hide in it.
package pades

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// MaxPDF is the size of the largest file that is signed or read, in bytes.
const MaxPDF = 16 << 20

// ErrChanged says that a signed PDF was changed after it was signed, or is not
// in the form that this package writes.
var ErrChanged = errors.New("its signature does not fit")

var subFilter = []byte("/SubFilter /ETSI.CAdES.detached")

// Options say what stands beside a signature.
type Options struct {
	Name   string    // of who signs
	Reason string    // why
	Time   time.Time // when, as the signer says; whole seconds

	// Timestamp asks a timestamp authority for a token (RFC 3161) over the SHA-256
	// of message, the signature's bytes. Without it there is none (level B-B).
	Timestamp func(message []byte) (token []byte, err error)
}

// Sign signs a PDF with the key of the first certificate; the others lead from
// it to a root. The key is on P-256, P-384 or P-521, or of RSA with at least
// 2048 bits.
func Sign(pdf []byte, key crypto.Signer, chain []*x509.Certificate, o Options) ([]byte, error) {
	base, err := read(pdf)
	switch {
	case err != nil:
		return nil, fmt.Errorf("sign PDF: %w", err)
	case len(base.rest) > 0:
		return nil, errors.New("sign PDF: it has been signed or changed already")
	case len(chain) == 0:
		return nil, errors.New("sign PDF: there is no certificate")
	case len(chain) > MaxChain:
		return nil, fmt.Errorf("sign PDF: %d certificates, more than %d", len(chain), MaxChain)
	case len(text(o.Name)) > maxWords || len(text(o.Reason)) > maxWords:
		return nil, errors.New("sign PDF: the name or the reason is too long")
	}
	u := base.update(words{name: o.Name, reason: o.Reason, at: o.Time.UTC().Truncate(time.Second)})
	cms, err := signCMS(u.digest(), key, chain, o.Timestamp)
	if err != nil {
		return nil, fmt.Errorf("sign PDF: %w", err)
	}
	return u.with(cms)
}

// Signature is what was read from a signed PDF. It fits the file; whether its
// signer is who should have signed is for the caller to ask.
type Signature struct {
	Name, Reason string
	Time         time.Time           // as the signer says
	Chain        []*x509.Certificate // the signer's first
	Value        []byte              // of the signature, which a timestamp is about
	Timestamp    []byte              // a token (RFC 3161), not checked; nil if there is none
}

// Split gives the PDF before it was signed, and the signature. If there is none
// it gives the PDF as it is, with all that may stand behind the label. ErrChanged
// says that there is one that does not fit, or that more was added.
func Split(pdf []byte) ([]byte, *Signature, error) {
	base, err := read(pdf)
	if err != nil || !bytes.Contains(base.rest, subFilter) {
		return pdf, nil, err
	}
	w, err := readWords(base.rest)
	if err != nil {
		return nil, nil, err
	}
	u := base.update(w)
	cms, err := u.contents(base.rest)
	if err != nil {
		return nil, nil, err
	}
	s, err := readCMS(cms, u.digest())
	if err != nil {
		return nil, nil, err
	}
	s.Name, s.Reason, s.Time = w.name, w.reason, w.at
	return base.pdf, s, nil
}

// digest is the SHA-256 of all bytes of the signed file but the signature's and
// its two brackets.
func (u *update) digest() []byte {
	h := sha256.New()
	h.Write(u.base)
	h.Write(u.before[:len(u.before)-1])
	h.Write(u.after[1:])
	return h.Sum(nil)
}

func changed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrChanged, fmt.Sprintf(format, args...))
}

func cut(b []byte, from, to string) ([]byte, bool) {
	_, b, ok := bytes.Cut(b, []byte(from))
	b, _, end := bytes.Cut(b, []byte(to))
	return b, ok && end
}
