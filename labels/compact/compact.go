// Package compact makes and reads the compact label: what the QR code holds.
//
// It is a CBOR Web Token (RFC 8392) in a COSE_Sign1 message, small enough for a
// QR code of version 15 at level M and complete enough to tell a shopper,
// without a network, who says what about which product. It is bound to the
// label by the label's identity, the SHA-256 of the statement:
//
//	 1  iss     the host of the issuer's address
//	 4  exp     the midnight (UTC) after the last day on which it is valid
//	 6  iat     the midnight (UTC) at which the day of issue begins
//	 7  cti     the 32 bytes of the statement's SHA-256
//	65535 status  the place in a status list, if the label has one
//	-65537      a map with small keys: see the type body
//
// [FromStatement] makes it from a statement and shortens by a fixed rule what
// does not fit; [Label.Sign] signs it; [Text] gives the text of the QR code and
// [Parse] reads either form. Nothing is to be believed before [Message.Verify].
package compact

import (
	"crypto"
	"errors"
	"fmt"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/cose"
)

// MaxMessage is the size in bytes of the largest compact label that is read.
// What fits a QR code is far below it.
const MaxMessage = 1024

// ErrNotCompact says that something is no compact label.
var ErrNotCompact = errors.New("not a compact label")

// ErrVersion says that a compact label has a version that this program does not
// know: a newer program may.
var ErrVersion = errors.New("a compact label of a version that this program does not know")

// Version is the version of the private claim.
const Version = 1

// Label is what a compact label says. Dates are YYYY-MM-DD.
type Label struct {
	Issuer       string         `json:"issuer"` // the host of its address
	Issued       string         `json:"issued"`
	ValidUntil   string         `json:"validUntil"` // last day
	Statement    assay.Digest   `json:"statement"`  // the label's identity
	Status       *labels.Status `json:"status,omitempty"`
	Maker        string         `json:"maker"`
	Product      string         `json:"product"`
	Models       []string       `json:"models,omitempty"`
	MoreModels   int            `json:"moreModels,omitempty"` // left out
	GTIN         string         `json:"gtin,omitempty"`       // 14 digits
	SupportUntil string         `json:"supportUntil"`         // last day
	Schemes      []Scheme       `json:"schemes"`
	MoreSchemes  int            `json:"moreSchemes,omitempty"` // left out
	Firmware     string         `json:"firmware,omitempty"`    // version, if there is one image only
	Minimum      string         `json:"minimum,omitempty"`     // lowest version still supported, likewise
	Standing     Standing       `json:"standing"`
	Demo         bool           `json:"demo,omitempty"`
	Shortened    []Field        `json:"shortened,omitempty"` // fields whose text is only the beginning
}

// Scheme is a scheme whose mandatory requirements are met.
type Scheme struct {
	_       struct{} `cbor:",toarray"`
	ID      string   `json:"id"`
	Edition string   `json:"edition"`
	Level   int      `json:"level,omitempty"` // 0 if there is none
}

// Standing is the issuer's standing as a number: see [labels.Standing].
type Standing int

// The standings.
const (
	Other Standing = iota
	Maker
	Authorised
)

var standings = []labels.Standing{Other: labels.Other, Maker: labels.IsMaker, Authorised: labels.Authorised}

// Label gives the standing as statements write it.
func (s Standing) Label() labels.Standing { return standings[s] }

// MarshalText writes the standing as statements do.
func (s Standing) MarshalText() ([]byte, error) {
	if s < 0 || int(s) >= len(standings) {
		return nil, fmt.Errorf("standing %d", s)
	}
	return []byte(standings[s]), nil
}

// Field is the key of a text in the private claim.
type Field int

// The fields whose texts may be shortened.
const (
	FieldMaker    Field = 2
	FieldProduct  Field = 3
	FieldModels   Field = 4 // the only model that is named
	FieldFirmware Field = 10
	FieldMinimum  Field = 11
)

// IsShortened reports whether a text is only the beginning of the statement's.
func (l *Label) IsShortened(f Field) bool {
	for _, s := range l.Shortened {
		if s == f {
			return true
		}
	}
	return false
}

// Sign signs a compact label with the issuer's long-lived key.
func (l *Label) Sign(key crypto.Signer) ([]byte, error) {
	payload, err := l.encode()
	if err != nil {
		return nil, err
	}
	return cose.Sign(key, "", payload)
}

// Message is a compact label that was read and not yet verified.
type Message struct{ cose *cose.Message }

// Parse reads a compact label as bytes, or as the text of a QR code. It
// verifies nothing: ErrNotCompact says that data are something else.
func Parse(data []byte) (*Message, error) {
	if IsText(data) {
		var err error
		if data, err = FromText(string(data)); err != nil {
			return nil, err
		}
	}
	if len(data) > MaxMessage {
		return nil, fmt.Errorf("%w: %d bytes, more than %d", ErrNotCompact, len(data), MaxMessage)
	}
	m, err := cose.Parse(data)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrNotCompact, err)
	case m.Header.Type != "":
		return nil, fmt.Errorf("%w: it is a %.60q", ErrNotCompact, m.Header.Type)
	case len(m.Header.KeyID) != cose.KeyIDSize:
		return nil, fmt.Errorf("%w: it names its key in %d bytes, not %d", ErrNotCompact, len(m.Header.KeyID), cose.KeyIDSize)
	}
	return &Message{m}, nil
}

// KeyID is the [cose.KeyID] of the key that the message says it is signed with.
func (m *Message) KeyID() []byte { return m.cose.Header.KeyID }

// Verify checks the signature with a key and only then reads what was signed.
// The error is cose.ErrSignature if the signature does not fit; ErrVersion or
// ErrNotCompact if the key has signed something that is no compact label.
func (m *Message) Verify(pub crypto.PublicKey) (*Label, error) {
	if err := m.cose.Verify(pub); err != nil {
		return nil, err
	}
	return decode(m.cose.Payload)
}

// Unverified reads what the message says though nobody has shown that its issuer
// said so. It is for the issuer itself.
func (m *Message) Unverified() (*Label, error) { return decode(m.cose.Payload) }

// midnight gives the second at which a day begins.
func midnight(date string) (int64, error) {
	t, err := assay.Date(date)
	if err != nil || t.Format(time.DateOnly) != date {
		return 0, fmt.Errorf("%q is not a date (YYYY-MM-DD)", date)
	}
	return t.Unix(), nil
}
