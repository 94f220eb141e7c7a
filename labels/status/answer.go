package status

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/assay-iot/assay"
)

// Why a list gives no answer. A label is then neither valid nor withdrawn:
// nobody knows.
var (
	ErrStale   = errors.New("the status list is too old")
	ErrFuture  = errors.New("the status list is signed in the future, so a clock is wrong")
	ErrForeign = errors.New("it is the status list of another issuer or address")
	ErrIndex   = errors.New("the label's place lies outside the status list")
)

// skew is by how much the clocks of issuer and reader may differ.
const skew = 5 * time.Minute

// Place is where a label says that its status stands.
type Place struct {
	List   string // address
	Index  int
	Issuer string // of the label

	// MaxAge is how old the list may be, for whoever asks; zero if its own end is
	// enough.
	MaxAge time.Duration
}

// Answer says what the list says of a label on a day. Now is the time of the
// one who asks.
//
// For today the list must be fresh: signed before now, and neither beyond its
// end nor older than its ttl or what the one who asks accepts. For an earlier day
// any list will do that was signed after that day, since it holds all changes; one
// signed before cannot know what came later that day. Nothing is known of a day to
// come. A revocation is for good: of that any list tells, however old.
func (l *List) Answer(p Place, day string, now time.Time) (Value, error) {
	asked, err := assay.Date(day)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date (YYYY-MM-DD)", day)
	}
	switch {
	case p.List != l.Address || p.Issuer != l.Issuer:
		return 0, fmt.Errorf("%w: %s of %s, not %s of %s", ErrForeign, l.Address, l.Issuer, p.List, p.Issuer)
	case p.Index < 0 || p.Index >= l.Size:
		return 0, fmt.Errorf("%w: %d of %d", ErrIndex, p.Index, l.Size)
	case now.Before(l.Signed.Add(-skew)):
		return 0, fmt.Errorf("%w: it is signed at %s, now is %s", ErrFuture, l.Signed.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	v := l.on(p.Index, dayOf(asked))
	if v == Revoked {
		return v, nil
	}
	return v, l.fresh(p.MaxAge, asked, now)
}

// fresh says why the list does not know all that there is to know of a day.
func (l *List) fresh(maxAge time.Duration, asked, now time.Time) error {
	signed := l.Signed.Format(time.RFC3339)
	switch {
	case dayOf(asked) > dayOf(now):
		return fmt.Errorf("%w: nobody knows yet what it will say on %s", ErrStale, asked.Format(time.DateOnly))
	case dayOf(asked) < dayOf(l.Signed):
		return nil
	case dayOf(asked) < dayOf(now):
		return fmt.Errorf("%w: it is signed at %s, before %s was over", ErrStale, signed, asked.Format(time.DateOnly))
	case !now.Before(l.End()):
		return fmt.Errorf("%w: it holds until %s only", ErrStale, l.End().Format(time.RFC3339))
	case maxAge > 0 && now.Sub(l.Signed) > maxAge:
		return fmt.Errorf("%w: it is signed at %s, and one that is older than %s does not count", ErrStale, signed, age(maxAge))
	}
	return nil
}

func age(d time.Duration) string {
	if d >= 48*time.Hour && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	return fmt.Sprintf("%g hours", d.Hours())
}

// End is the time from which on the list says nothing.
func (l *List) End() time.Time {
	if end := l.Signed.Add(l.TTL); l.TTL > 0 && end.Before(l.Expires) {
		return end
	}
	return l.Expires
}

// Continues reports whether the list tells all changes that another one does, of
// every entry and in that order. A later list always does, as an issuer only adds
// to what it has said; the times alone do not tell which of two lists of one second
// is the later.
func (l *List) Continues(other *List) bool {
	all := l.histories()
	for index, before := range other.histories() {
		if !begins(all[index], before) {
			return false
		}
	}
	return true
}

// ContinuesAt is Continues for one entry.
func (l *List) ContinuesAt(index int, other *List) bool {
	return begins(l.histories()[index], other.histories()[index])
}

func (l *List) histories() map[int][]Change {
	all := map[int][]Change{}
	for _, c := range l.Changes {
		all[c.Index] = append(all[c.Index], c)
	}
	return all
}

func begins(list, with []Change) bool {
	return len(list) >= len(with) && slices.Equal(list[:len(with)], with)
}

func (l *List) on(index, day int) Value {
	v := Valid
	for _, c := range l.Changes {
		if c.Index == index && c.Day <= day {
			v = c.Value
		}
	}
	return v
}
