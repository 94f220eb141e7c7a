package verify

import (
	"errors"
	"fmt"
	"time"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
)

// Trust says whose labels count, and for what. Package trust implements it.
type Trust interface {
	// Judge holds a label whose signature is good against what its signer may
	// say. day is the day on which somebody relies on it, YYYY-MM-DD.
	Judge(s *labels.Statement, by Signer, day string) Ruling
	// JudgeCompact does the same for a compact label, beside whose signature
	// nothing can stand.
	JudgeCompact(l *compact.Label, by Signer, day string) Ruling
}

// Witness verifies what needs more than a public key: certificates, timestamps
// and log entries. Package sigstore implements it, behind this package, so that a
// verifier of key-signed labels stays small.
type Witness interface {
	// Verify gives the payload that a bundle holds and who signed it. The error
	// is a sentence of why it is not authentic.
	Verify(bundle []byte, keys []Key) (payload []byte, by Signer, err error)
	// Stamped gives the time at which an authority that is trusted has seen a
	// message, by its timestamp token (RFC 3161, in DER). The error is a clause.
	Stamped(token, message []byte) (time.Time, error)
}

// ErrNeedsWitness says that a bundle is signed with a certificate, and that no
// Witness was given to verify it with.
var ErrNeedsWitness = errors.New("it is signed with a certificate, and a public key alone cannot verify that")

// Ruling is what a trust policy says of one label.
type Ruling struct {
	Issuer  string // whose entry the signer belongs to, by its display name; empty if none
	Entry   string // the id of that entry, which its keys bear as Key.Issuer
	Refused string // why the label is not accepted, as a clause; empty if it is
	Unsure  string // why nothing can be said, as a sentence; empty if something can

	// Unlogged is what the policy demands of transparency logs, as a clause, if too
	// few hold the label; empty if enough do.
	Unlogged string

	// StatusMaxAge is how old a status list may be; zero if any will do.
	StatusMaxAge time.Duration
}

// trusted holds an authentic label against the policy, and reports whether the
// verification goes on.
func (r *Report) trusted(s *labels.Statement, by Signer, o Options) bool {
	r.Signer = &by
	if o.Trust == nil || r.Demo {
		return true
	}
	return r.ruled(o.Trust.Judge(s, by, o.relied()))
}

// trustedCompact does the same for a compact label.
func (r *Report) trustedCompact(l *compact.Label, by Signer, o Options) bool {
	r.Signer = &by
	if o.Trust == nil || r.Demo {
		return true
	}
	return r.ruled(o.Trust.JudgeCompact(l, by, o.relied()))
}

// relied is the day that keys and trust lists are judged by: today by the clock,
// or the day that is asked about if that is still to come. With a key that is over
// anybody can write any date, so asking about an earlier day brings none back.
func (o Options) relied() string { return max(o.AsOf, o.now().UTC().Format(time.DateOnly)) }

func (r *Report) ruled(ruling Ruling) bool {
	if ruling.Refused != "" {
		r.reject(ruling.Refused)
		r.Summary = "This label does NOT count: " + ruling.Refused + "." // its signature is good, but not its signer's right
		return false
	}
	r.Issuer, r.entry, r.maxAge = ruling.Issuer, ruling.Entry, ruling.StatusMaxAge
	if ruling.Unsure != "" {
		r.Unsure = append(r.Unsure, ruling.Unsure)
	}
	if ruling.Unlogged != "" {
		return r.unlogged(ruling.Unlogged)
	}
	return true
}

// certified verifies a bundle that needs a witness, and gives its statement if it
// is authentic.
func (r *Report) certified(data []byte, keys []Key, o Options) (*labels.Statement, error) {
	if o.Witness == nil {
		return nil, ErrNeedsWitness
	}
	payload, by, err := o.Witness.Verify(data, keys)
	if err != nil {
		r.reject(err.Error())
		return nil, nil
	}
	if by.Identity != nil && o.Trust == nil {
		return nil, errors.New("a certificate says who signed, and no trust policy says whether that counts")
	}
	return r.statement(payload, by, keys, o)
}

// stamped gives the signer of a bundle that a key signed, with the times of those
// timestamps that a witness accepts.
func (r *Report) stamped(data []byte, b *labels.Bundle, keys []Key, o Options) Signer {
	by := Signer{Key: r.Key}
	if b.Material.Stamps == nil {
		return by
	}
	if o.Witness == nil {
		r.Reasons = append(r.Reasons, "The timestamps beside the signature were not checked.")
		return by
	}
	if _, seen, err := o.Witness.Verify(data, keys); err == nil {
		by.Times, by.Logged = seen.Times, seen.Logged
	} else {
		r.Reasons = append(r.Reasons, fmt.Sprintf("The timestamps beside the signature do not count: %v.", err))
	}
	return by
}
