// Package status reads and makes signed status lists: where it stands that a
// label was revoked, suspended or superseded.
//
// A list is a Token Status List in CWT form (draft-ietf-oauth-status-list-21,
// approved as a Proposed Standard; claims 65533 status_list, 65534 ttl and, in
// the label, 65535 status). One list serves very many labels and is always
// fetched whole, so that whoever serves it does not learn which label is asked
// about. Package ledger keeps the issuer's side.
//
// The profile is narrow: the message is in the strict form of package cose, the
// type is application/statuslist+cwt, the list names itself (sub) and its issuer
// (iss), and it says until when it may be relied upon (exp, ttl). One private
// claim, -65538, holds the changes with their days. So a list also answers
// whether a label was valid on an earlier day, years later and offline.
package status

import (
	"bytes"
	"compress/zlib"
	"crypto"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/cose"
)

// Type is the value of the header typ (RFC 9596) of a list.
const Type = "application/statuslist+cwt"

// The limits of what is read.
const (
	MaxToken   = 2 << 20                   // bytes of a signed list
	MaxEntries = labels.MaxStatusIndex + 1 // labels in a list
	MaxChanges = 1 << 16
	MaxDays    = 400                      // from iat to exp
	maxLife    = MaxDays * 24 * time.Hour // the same
)

// ErrNotList says that something is no status list.
var ErrNotList = errors.New("not a status list")

// Value is what a list says of a label.
type Value uint8

// The values (Token Status List, section 7; 3 is for applications to define).
const (
	Valid      Value = 0
	Revoked    Value = 1 // for good
	Suspended  Value = 2 // for a time
	Superseded Value = 3 // another label has taken its place
)

var values = []string{"valid", "revoked", "suspended", "superseded"}

func (v Value) String() string {
	if int(v) < len(values) {
		return values[v]
	}
	return fmt.Sprintf("unknown(%d)", uint8(v))
}

// MarshalText writes the value's name.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads the name of a value.
func (v *Value) UnmarshalText(text []byte) error {
	for i, name := range values {
		if name == string(text) {
			*v = Value(i)
			return nil
		}
	}
	return fmt.Errorf("%.40q is no status: valid, revoked, suspended or superseded", text)
}

// Change says that an entry has had a value from a day on.
type Change struct {
	_     struct{} `cbor:",toarray"`
	Index int      // of the entry
	Day   int      // since 1970-01-01, UTC
	Value Value
}

// List is a status list whose signature was checked.
type List struct {
	Address string // where it lies, as labels name it
	Issuer  string // as compact labels name it
	Signed  time.Time
	Expires time.Time     // it says nothing from here on
	TTL     time.Duration // nor when it is older than this; 0 if it does not say
	Size    int           // entries
	Changes []Change      // oldest first
	bits    int           // of an entry
	entries []byte
}

// claims of a list: RFC 8392, section 4, and the Token Status List's section 5.2.
type claims struct {
	Issuer  string   `cbor:"1,keyasint"`
	Subject string   `cbor:"2,keyasint"`
	Expires int64    `cbor:"4,keyasint"`
	Issued  int64    `cbor:"6,keyasint"`
	List    entries  `cbor:"65533,keyasint"`
	TTL     int64    `cbor:"65534,keyasint,omitempty"`
	Changes []Change `cbor:"-65538,keyasint,omitempty"`
}

type entries struct {
	Bits int    `cbor:"bits"`
	List []byte `cbor:"lst"`
}

// Token is a list that was read and not yet verified.
type Token struct{ message *cose.Message }

// Parse reads a signed list and verifies nothing.
func Parse(data []byte) (*Token, error) {
	if len(data) > MaxToken {
		return nil, fmt.Errorf("%w: %d bytes, more than %d", ErrNotList, len(data), MaxToken)
	}
	m, err := cose.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotList, err)
	}
	if m.Header.Type != Type {
		return nil, fmt.Errorf("%w: its type is %.60q, not %q", ErrNotList, m.Header.Type, Type)
	}
	return &Token{m}, nil
}

// KeyID is the [cose.KeyID] of the key that the list says it is signed with.
func (t *Token) KeyID() []byte { return t.message.Header.KeyID }

// Verify checks the signature with a key and only then reads the list. The
// error is cose.ErrSignature if the signature does not fit.
func (t *Token) Verify(pub crypto.PublicKey) (*List, error) {
	if err := t.message.Verify(pub); err != nil {
		return nil, err
	}
	c := new(claims)
	if err := cose.Unmarshal(t.message.Payload, c); err != nil {
		return nil, fmt.Errorf("%w: claims: %w", ErrNotList, err)
	}
	l, err := c.list()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotList, err)
	}
	return l, nil
}

func (c *claims) list() (*List, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	content, err := inflate(c.List.List, MaxEntries/8*c.List.Bits)
	if err != nil {
		return nil, err
	}
	l := &List{
		Address: c.Subject, Issuer: c.Issuer, Signed: time.Unix(c.Issued, 0).UTC(), Expires: time.Unix(c.Expires, 0).UTC(),
		TTL: time.Duration(c.TTL) * time.Second, Size: len(content) * 8 / c.List.Bits, Changes: c.Changes, bits: c.List.Bits, entries: content,
	}
	return l, l.checkChanges()
}

const lastSecond = 253402300799 // of the year 9999

func (c *claims) check() error {
	switch life := c.Expires - c.Issued; {
	case !labels.IsPlainAddress(c.Subject):
		return fmt.Errorf("its address %.120q is not a plain https address", c.Subject)
	case c.Issuer == "":
		return errors.New("it names no issuer")
	case c.Issued < 0 || c.Expires > lastSecond || life <= 0 || life > int64(maxLife/time.Second):
		return fmt.Errorf("it expires %d seconds after it is signed: that is no life of up to %d days", life, MaxDays)
	case c.TTL < 0 || c.TTL > int64(maxLife/time.Second):
		return fmt.Errorf("a ttl of %d seconds", c.TTL)
	case c.List.Bits != 1 && c.List.Bits != 2 && c.List.Bits != 4 && c.List.Bits != 8:
		return fmt.Errorf("entries of %d bits, not 1, 2, 4 or 8", c.List.Bits)
	case len(c.Changes) > MaxChanges:
		return fmt.Errorf("%d changes, more than %d", len(c.Changes), MaxChanges)
	}
	return nil
}

// inflate unpacks zlib (RFC 1950) and stops at a limit, whatever the data say.
func inflate(data []byte, limit int) ([]byte, error) {
	in := bytes.NewReader(data)
	r, err := zlib.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("entries: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("entries: %w", err)
	case len(out) > limit:
		return nil, fmt.Errorf("more than %d bytes of entries", limit)
	case len(out) == 0:
		return nil, errors.New("no entries")
	case in.Len() > 0:
		return nil, errors.New("bytes behind the packed entries")
	}
	return out, nil
}

// checkChanges holds the changes to the entries: where an entry is not valid
// there is a change that says since when, and the last change is what it says.
func (l *List) checkChanges() error {
	last, signed := map[int]Value{}, dayOf(l.Signed)
	day := 0
	for _, c := range l.Changes {
		if c.Index < 0 || c.Index >= l.Size || c.Day < day || c.Day > signed || int(c.Value) >= 1<<l.bits {
			return fmt.Errorf("a change that cannot be: entry %d, day %d, value %d", c.Index, c.Day, c.Value)
		}
		if last[c.Index] == Revoked && c.Value != Revoked {
			return fmt.Errorf("a change that takes a revocation back: entry %d, day %d", c.Index, c.Day)
		}
		day = c.Day
		last[c.Index] = c.Value
	}
	for i := range l.Size {
		if v := l.at(i); v != last[i] {
			return fmt.Errorf("entry %d is %s, its last change says %s", i, v, last[i])
		}
	}
	return nil
}

// at gives an entry: the lowest bits of a byte come first (section 4.1).
func (l *List) at(index int) Value {
	bit := index * l.bits
	return Value(l.entries[bit/8] >> (bit % 8) & (1<<l.bits - 1))
}

func dayOf(t time.Time) int { return int(t.Unix() / (24 * 60 * 60)) }
