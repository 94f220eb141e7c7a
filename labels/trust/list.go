package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/demo"
	"github.com/assay-iot/assay/labels/verify"
)

// ListFormat is the format id of a trust list.
const ListFormat = "assay.trust-list/v1"

// ListPayloadType is the payload type of a signed trust list.
const ListPayloadType = "application/vnd.assay.trust-list+json"

// The limits of a trust list.
const (
	MaxListBytes = 4 << 20
	MaxRoots     = 16
	MinThreshold = 2 // root keys that must sign; one alone, stolen, makes no list

	// MaxFirst is the highest version of a first list, and MaxStep how far a list may be
	// above the one before: a date with its time, 20261127120000, is below the one and
	// goes on within the other. A version near the highest number that there is would let
	// no list follow.
	MaxFirst = 100_000_000_000_000
	MaxStep  = 10_000_000_000
)

// Why a trust list is not taken.
var (
	ErrNotList   = errors.New("not a trust list")
	ErrThreshold = errors.New("not signed by enough root keys")
	ErrRollback  = errors.New("older than the list that is there")
	ErrStep      = errors.New("a version so high that hardly a list could follow it")
	ErrExpired   = errors.New("expired")
	ErrClock     = errors.New("the clock of this computer is wrong")
)

// List is a policy that travels: numbered, dated, and signed by a threshold of
// root keys. It names the root keys that sign its successor.
type List struct {
	Format    string    `json:"format"`
	Version   int64     `json:"version"` // each list has a higher one than those before
	Issued    time.Time `json:"issued"`
	Expires   time.Time `json:"expires"`
	Roots     [][]byte  `json:"roots"`     // SubjectPublicKeyInfo, DER
	Threshold int       `json:"threshold"` // how many of Roots must sign
	Policy    Policy    `json:"policy"`
}

// signedList is the file: a DSSE envelope with a signature of each root.
type signedList struct {
	Payload     []byte             `json:"payload"`
	PayloadType string             `json:"payloadType"`
	Signatures  []labels.Signature `json:"signatures"`
}

// Message gives the bytes that each root key signs.
func (l *List) Message() ([]byte, error) {
	if err := l.validate(); err != nil {
		return nil, err
	}
	payload, err := labels.Canonical(l)
	if err != nil {
		return nil, err
	}
	return labels.PAE(ListPayloadType, payload), nil
}

// Sealed writes the list with the signatures of its roots.
func (l *List) Sealed(signatures ...[]byte) ([]byte, error) {
	payload, err := labels.Canonical(l)
	if err != nil {
		return nil, err
	}
	s := signedList{Payload: payload, PayloadType: ListPayloadType}
	for _, sig := range signatures {
		s.Signatures = append(s.Signatures, labels.Signature{Sig: sig})
	}
	return labels.Canonical(&s)
}

// OpenList reads a signed list and checks that a threshold of its own roots signed
// it. That makes it whole, not trusted: [Update] says whether to take it.
func OpenList(data []byte) (*List, error) {
	l, s, err := parseList(data)
	if err != nil {
		return nil, err
	}
	return l, signedBy(s, l.roots(), l.Threshold)
}

// IsList reports whether data looks like a signed trust list, not like a policy.
func IsList(data []byte) bool {
	var head signedList
	return json.Unmarshal(data, &head) == nil && head.PayloadType == ListPayloadType
}

func parseList(data []byte) (*List, *signedList, error) {
	if len(data) > MaxListBytes {
		return nil, nil, fmt.Errorf("%w: %d bytes, more than %d", ErrNotList, len(data), MaxListBytes)
	}
	s, l := new(signedList), new(List)
	if err := decodeForm(data, s); err != nil {
		return nil, nil, err
	}
	if s.PayloadType != ListPayloadType || len(s.Signatures) > MaxRoots {
		return nil, nil, fmt.Errorf("%w: payload type %q with %d signatures", ErrNotList, s.PayloadType, len(s.Signatures))
	}
	if err := decodeForm(s.Payload, l); err != nil {
		return nil, nil, err
	}
	if err := l.validate(); err != nil {
		return nil, nil, err
	}
	return l, s, nil
}

// decodeForm accepts the one canonical form of a value.
func decodeForm(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%w: byte %d: %w", ErrNotList, d.InputOffset(), err)
	}
	again, err := labels.Canonical(v)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotList, err)
	}
	if !bytes.Equal(data, again) {
		return fmt.Errorf("%w: it is not in the form in which it was signed", ErrNotList)
	}
	return nil
}

// validate checks sense, and makes the keys of the policy ready.
func (l *List) validate() error {
	switch {
	case l.Format != ListFormat:
		return fmt.Errorf("%w: format %q, want %q", ErrNotList, l.Format, ListFormat)
	case l.Version < 1:
		return fmt.Errorf("%w: version %d", ErrNotList, l.Version)
	case !l.Issued.Before(l.Expires):
		return fmt.Errorf("%w: it expires before it is issued", ErrNotList)
	case len(l.Roots) > MaxRoots || l.Threshold < MinThreshold || l.Threshold > len(l.Roots):
		return fmt.Errorf("%w: %d root keys with a threshold of %d; at least %d must sign", ErrNotList, len(l.Roots), l.Threshold, MinThreshold)
	case len(l.roots()) != len(l.Roots):
		return fmt.Errorf("%w: a root key is given twice, or is no key", ErrNotList)
	}
	if err := l.Policy.ready(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotList, err)
	}
	return nil
}

// roots gives the distinct root keys.
func (l *List) roots() []verify.Key {
	var keys []verify.Key
	for _, der := range l.Roots {
		pub, err := x509.ParsePKIXPublicKey(der)
		if err != nil {
			continue
		}
		k, err := verify.NewKey(pub)
		if err == nil && !slices.ContainsFunc(keys, func(o verify.Key) bool { return o.ID == k.ID }) {
			keys = append(keys, k)
		}
	}
	return keys
}

// signedBy demands signatures of threshold different keys.
func signedBy(s *signedList, keys []verify.Key, threshold int) error {
	message, n := labels.PAE(s.PayloadType, s.Payload), 0
	for i, k := range keys {
		if slices.ContainsFunc(keys[:i], func(e verify.Key) bool { return e.ID == k.ID }) {
			continue // given twice, it is one
		}
		if slices.ContainsFunc(s.Signatures, func(sig labels.Signature) bool { return k.Verifies(message, sig.Sig) }) {
			n++
		}
	}
	if n < threshold {
		return fmt.Errorf("%w: %d of the %d that are needed", ErrThreshold, n, threshold)
	}
	return nil
}

// ready checks what a policy in JSON says, by the rules of one in HCL, and makes its
// keys ready.
func (p *Policy) ready() error {
	if len(p.Issuers)+len(p.Assessors) > MaxIssuers {
		return fmt.Errorf("more than %d issuers and assessors", MaxIssuers)
	}
	if err := p.obeys(); err != nil {
		return err
	}
	if err := p.logsReady(); err != nil {
		return err
	}
	for _, list := range [][]Issuer{p.Issuers, p.Assessors} {
		for i := range list {
			if err := list[i].ready(); err != nil {
				return fmt.Errorf("issuer %q: %w", list[i].ID, err)
			}
			for _, o := range list[:i] {
				if o.ID == list[i].ID || labels.SameName(o.Display, list[i].Display) || shares(&o, &list[i]) {
					return fmt.Errorf("issuers %q and %q have the same id or key, or names that are the same or look alike", o.ID, list[i].ID)
				}
			}
		}
	}
	return nil
}

func (i *Issuer) ready() error {
	for k := range i.Keys {
		key := &i.Keys[k]
		pub, err := x509.ParsePKIXPublicKey(key.Public)
		if err != nil {
			return fmt.Errorf("key %q: %w", key.Name, err)
		}
		if key.verifier, err = verify.NewKey(pub); err != nil {
			return fmt.Errorf("key %q: %w", key.Name, err)
		}
		if key.KeyID == demo.KeyID {
			return fmt.Errorf("key %q is the published demo key", key.Name)
		}
		if key.KeyID != key.verifier.ID || !key.NotBefore.Before(key.NotAfter) {
			return fmt.Errorf("key %q: another id, or a time that ends before it begins", key.Name)
		}
	}
	return nil
}

// Update says whether to take a new list in the place of the one that is there.
// It must be signed by a threshold of the roots that are trusted so far, those of
// installed, or, for the first list, roots; and by a threshold of its own. Its
// version must be higher, and it must not have expired at now.
func Update(installed *List, roots []verify.Key, data []byte, now time.Time) (*List, error) {
	l, s, err := parseList(data)
	if err != nil {
		return nil, err
	}
	threshold := MinThreshold
	if installed != nil {
		roots, threshold = installed.roots(), installed.Threshold
	}
	if err := signedBy(s, roots, threshold); err != nil {
		return nil, fmt.Errorf("by the roots that are trusted so far: %w", err)
	}
	if err := signedBy(s, l.roots(), l.Threshold); err != nil {
		return nil, fmt.Errorf("by its own roots: %w", err)
	}
	highest := int64(MaxFirst)
	if installed != nil {
		highest = installed.Version + MaxStep
	}
	switch {
	case l.Version > highest:
		return nil, fmt.Errorf("%w: %d, and the highest that is taken now is %d", ErrStep, l.Version, highest)
	case installed != nil && l.Version < installed.Version:
		return nil, fmt.Errorf("%w: version %d, and %d is there", ErrRollback, l.Version, installed.Version)
	case installed != nil && l.Version == installed.Version && !sameList(l, installed):
		return nil, fmt.Errorf("%w: another list has the version %d too", ErrRollback, l.Version)
	}
	return l, l.timely(now)
}

func sameList(a, b *List) bool {
	x, errX := labels.Canonical(a)
	y, errY := labels.Canonical(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// LastDay is the last day (UTC) on which the list counts.
func (l *List) LastDay() string { return l.Expires.UTC().Add(-time.Nanosecond).Format(time.DateOnly) }

// timely reports a list that is over, or one from the future.
func (l *List) timely(now time.Time) error {
	switch {
	case now.Add(clockSlack).Before(l.Issued):
		return fmt.Errorf("%w: it says %s, and the trust list is of %s", ErrClock, now.Format(time.DateOnly), l.Issued.Format(time.DateOnly))
	case !now.Before(l.Expires):
		return fmt.Errorf("the trust list of %s is %w, its last day was %s; get a newer one", l.Issued.Format(time.DateOnly), ErrExpired, l.LastDay())
	}
	return nil
}

// Judge applies the list's policy. A list that is over, or one from the future,
// gives no yes.
func (l *List) Judge(s *labels.Statement, by verify.Signer, day string) verify.Ruling {
	return l.inTime(l.Policy.Judge(s, by, day), day)
}

// AddSignature adds the signature of one more root key to a list. sign gets the
// bytes to sign.
func AddSignature(data []byte, sign func(message []byte) ([]byte, error)) ([]byte, error) {
	_, s, err := parseList(data)
	if err != nil {
		return nil, err
	}
	sig, err := sign(labels.PAE(s.PayloadType, s.Payload))
	if err != nil {
		return nil, err
	}
	s.Signatures = append(s.Signatures, labels.Signature{Sig: sig})
	return labels.Canonical(s)
}
