package verify

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/cose"
	"github.com/assay-iot/assay/labels/status"
)

// ListAnswer is what a status list said of a label, or why none did.
type ListAnswer struct {
	Address string       `json:"address"`
	Index   int          `json:"index"`
	Value   status.Value `json:"value"`            // on the day that is asked about; only if Known
	Known   bool         `json:"known"`            // a list that counts was there
	Skipped bool         `json:"skipped"`          // nobody asked, by wish
	Signed  string       `json:"signed,omitempty"` // when the list was
	Why     string       `json:"why,omitempty"`    // why it is not known

	// Since is what the list says today, if that is not what it says of the day that
	// is asked about.
	Since *status.Value `json:"since,omitempty"`

	// Newest is the signed list that answered, for whoever keeps it to notice a
	// list that was rolled back.
	Newest []byte `json:"-"`
}

func (a *ListAnswer) text() string {
	switch {
	case a.Skipped:
		return "not asked"
	case !a.Known:
		return "not known"
	}
	if a.Since != nil {
		return fmt.Sprintf("%s on the day that is asked about, %s since; list of %s", a.Value, *a.Since, a.Signed)
	}
	return a.Value.String() + ", as of " + a.Signed
}

// listed turns the answer of the list into a status: Valid if it says so, or if
// the label has no list, or if the list shall not be asked.
func (r *Report) listed() Status {
	a := r.List
	switch {
	case a == nil || a.Skipped:
		return Valid
	case !a.Known:
		return FreshnessUnknown
	}
	switch a.Value {
	case status.Valid:
		return Valid
	case status.Suspended:
		return Suspended
	case status.Superseded:
		return Superseded
	}
	return Revoked // also what no program knows yet: it is not valid
}

// askStatus asks the list that an authentic label names.
func (r *Report) askStatus(place *labels.Status, address string, keys []Key, o Options) {
	if place == nil {
		r.Reasons = append(r.Reasons, "This label has no status service: nobody can withdraw it before its last day, and whether its issuer still stands by it cannot be asked.")
		return
	}
	a := &ListAnswer{Address: place.List, Index: place.Index, Skipped: o.NoStatus}
	r.List = a
	if o.NoStatus {
		r.Reasons = append(r.Reasons, "Whether it was withdrawn was not asked.")
		return
	}
	issuer, err := compact.IssuerAt(address)
	if err == nil {
		err = a.ask(status.Place{List: place.List, Index: place.Index, Issuer: issuer, MaxAge: r.maxAge}, r.issuersKeys(keys), r, o)
	}
	if err != nil {
		a.Why = err.Error()
		r.Reasons = append(r.Reasons, "Whether it was withdrawn is not known: "+a.Why+".")
	}
}

// issuersKeys gives the key that signed the label, and those of the same issuer. A
// label that was signed with a certificate has no key; the policy says whose it is.
func (r *Report) issuersKeys(keys []Key) []Key {
	issuer := r.entry
	for _, k := range keys {
		if k.ID == r.Key {
			issuer = k.Issuer
		}
	}
	var list []Key
	for _, k := range keys {
		if k.ID == r.Key || issuer != "" && k.Issuer == issuer {
			list = append(list, k)
		}
	}
	return list
}

func (a *ListAnswer) ask(p status.Place, keys []Key, r *Report, o Options) error {
	if o.Status == nil {
		return fmt.Errorf("no status list was given; the label names %s", p.List)
	}
	tokens, failed := o.Status(p.List)
	if failed != nil && len(tokens) == 0 {
		return failed
	}
	lists, err := r.counted(tokens, keys, o.now())
	if len(lists) == 0 {
		if err == nil {
			err = fmt.Errorf("there is no status list at %s", p.List)
		}
		return err
	}
	newest := newestOf(lists)
	if newest.Signed.After(lists[0].Signed) {
		r.Reasons = append(r.Reasons, fmt.Sprintf("The status list that was given is rolled back: it is of %s, one of %s was seen before.",
			lists[0].Signed.Format(time.RFC3339), newest.Signed.Format(time.RFC3339)))
	}
	if newest.continuesAll(lists) { // else what was kept stays, with what the other has lost
		a.Newest = newest.data
	}
	a.Signed = newest.Signed.Format(time.RFC3339)
	a.Value, err = newest.answer(lists, p, r.AsOf, o.now())
	if err == nil && a.Value == status.Valid {
		err = failed // a no stands, whatever else could not be read
	}
	a.Known = err == nil
	if since, _ := newest.answer(lists, p, r.today, o.now()); a.Known && r.AsOf < r.today && since != a.Value {
		a.Since = &since
	}
	return err
}

// signedList is a list that counts, and its bytes.
type signedList struct {
	*status.List
	data []byte
}

// counted gives those of the lists that the issuer signed; of the first that does
// not count it tells why.
func (r *Report) counted(tokens [][]byte, keys []Key, now time.Time) (lists []signedList, err error) {
	for i, data := range tokens {
		l, lerr := verifyList(data, keys, now)
		switch {
		case lerr == nil:
			lists = append(lists, signedList{l, data})
			continue
		case i > 0:
			r.Reasons = append(r.Reasons, "The status list that was kept from before does not count, so one that is rolled back is not noticed: "+lerr.Error()+".")
		}
		if i == 0 || err == nil {
			err = lerr
		}
	}
	return lists, err
}

// newestOf gives the list that was signed last. Of those of one second it is the
// one that tells all that the others do, and more.
func newestOf(lists []signedList) signedList {
	newest := lists[0]
	for _, l := range lists[1:] {
		if l.Signed.After(newest.Signed) || l.Signed.Equal(newest.Signed) && l.Continues(newest.List) && !newest.Continues(l.List) {
			newest = l
		}
	}
	return newest
}

func (s signedList) continuesAll(lists []signedList) bool {
	return !slices.ContainsFunc(lists, func(l signedList) bool { return !s.Continues(l.List) })
}

// answer is what the newest list says, as far as the others allow it. A revocation
// that any of them tells of holds, whatever was signed since. Where the newest has
// lost another change of the label, nobody knows which of them is right.
func (s signedList) answer(lists []signedList, p status.Place, day string, now time.Time) (status.Value, error) {
	value, err := s.Answer(p, day, now)
	for _, l := range lists {
		if v, lerr := l.Answer(p, day, now); lerr == nil && v == status.Revoked {
			return v, nil
		}
	}
	for _, l := range lists {
		if err == nil && !s.ContinuesAt(p.Index, l.List) {
			err = fmt.Errorf("two status lists of its issuer contradict each other: that of %s has lost a change of this label that the one of %s has",
				s.Signed.Format(time.RFC3339), l.Signed.Format(time.RFC3339))
		}
	}
	return value, err
}

// now is the time of the one who asks; without a clock it is the end of the day
// that is asked about.
func (o Options) now() time.Time {
	if !o.Now.IsZero() {
		return o.Now
	}
	day, err := assay.Date(o.AsOf)
	if err != nil {
		return time.Time{} // newReport has refused it
	}
	return day.Add(24*time.Hour - time.Second)
}

// verifyList reads a list that one of keys has signed, when it could, and can
// still: with a key that is over anybody can write an old date.
func verifyList(data []byte, keys []Key, now time.Time) (*status.List, error) {
	token, err := status.Parse(data)
	if err != nil {
		return nil, err
	}
	err = errors.New("the status list is not signed by the label's issuer")
	for _, k := range keys {
		if id, kerr := cose.KeyID(k.Public); kerr != nil || !bytes.Equal(id, token.KeyID()) {
			continue
		}
		l, verr := token.Verify(k.Public)
		switch {
		case verr == nil && k.valid(l.Signed) && k.valid(now):
			return l, nil
		case verr == nil:
			err = errors.New("the status list is signed with a key that is not valid")
			continue
		}
		err = fmt.Errorf("the status list does not verify: %w", verr)
	}
	return nil, err
}
