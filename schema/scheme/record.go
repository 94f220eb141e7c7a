package scheme

import (
	"cmp"
	"time"

	"github.com/assay-iot/assay"
)

// Record is what an assessor decided about one requirement. It counts only if it
// is whole: who, when and why, and not later than the day that is judged.
type Record struct {
	Requirement string        `json:"requirement"` // "scheme:requirement"
	Outcome     assay.Outcome `json:"outcome"`
	By          string        `json:"by"`
	Date        string        `json:"date"` // YYYY-MM-DD
	Reason      string        `json:"reason"`
}

func (r *Record) counts(asOf time.Time) bool {
	day, err := assay.Date(r.Date)
	return err == nil && !day.After(asOf) && r.By != "" && r.Reason != ""
}

// record gives the record that counts for a requirement. Of one assessor the
// latest counts, of several assessors a no before everything else.
func (b *Basis) record(scheme, requirement string) *Record {
	latest := map[string]*Record{}
	var names []string
	for i := range b.Records {
		r := &b.Records[i]
		if r.Requirement != scheme+":"+requirement || !r.counts(b.AsOf) {
			continue
		}
		if old, ok := latest[r.By]; !ok {
			latest[r.By] = r
			names = append(names, r.By)
		} else if c := cmp.Compare(r.Date, old.Date); c > 0 || c == 0 && weightOf(r) > weightOf(old) {
			latest[r.By] = r
		}
	}
	var best *Record
	for _, n := range names {
		if r := latest[n]; best == nil || weightOf(r) > weightOf(best) {
			best = r
		}
	}
	return best
}

// weightOf puts a no before "does not apply", that before a yes, and that before
// "undecided", by which an assessor takes back what was said before.
func weightOf(r *Record) int {
	switch r.Outcome {
	case assay.NotMet:
		return 2
	case assay.DoesNotApply:
		return 1
	case assay.Undecided:
		return -1
	}
	return 0
}

// unmet gives the maker's reason for not following a requirement.
func (b *Basis) unmet(scheme, requirement string) *assay.Marked {
	for i := range b.Unmet {
		m := &b.Unmet[i]
		if m.Subject != scheme+":"+requirement || m.Reason == "" {
			continue
		}
		if end, err := assay.Date(m.Expires); m.Expires != "" && (err != nil || end.Before(b.AsOf)) {
			continue
		}
		return m
	}
	return nil
}
