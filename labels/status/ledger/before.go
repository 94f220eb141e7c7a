package ledger

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"github.com/assay-iot/assay/labels/status"
)

// maxFolder is how many files of a folder [SameList] looks at.
const maxFolder = 10000

// Forgets says what a list that was signed before tells and the ledger does not, as
// a clause; empty if it holds all. Such a ledger is an old copy, or another one of the
// same list: what it signs would take back what was published.
func (l *Ledger) Forgets(published *status.List) string {
	if published.Address != l.List {
		return ""
	}
	own := l.Changes()
	for i, c := range published.Changes {
		if i >= len(own) || own[i] != c {
			return fmt.Sprintf("place %d became %s, which does not stand in the ledger", c.Index, c.Value)
		}
	}
	return ""
}

// SameList names a ledger beside name that is of the list at the same address; empty
// if there is none. Two ledgers of one list sign lists of which each forgets what the
// other tells.
func SameList(name, list string) string {
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return ""
	}
	defer dir.Close()
	entries, _ := dir.ReadDir(maxFolder) // as many as can be read
	for _, e := range entries {
		other := filepath.Join(filepath.Dir(name), e.Name())
		if e.Type().IsRegular() && listOf(other) == list {
			return other
		}
	}
	return ""
}

// listOf gives the address of the list in the first line of a ledger; empty if the
// file is none.
func listOf(name string) string {
	f, err := openRegular(name, os.O_RDONLY)
	if err != nil {
		return ""
	}
	defer f.Close()
	line, err := bufio.NewReader(io.LimitReader(f, maxLine)).ReadBytes('\n')
	var h Head
	if err != nil || json.Unmarshal(line, &h) != nil || h.Format != Format {
		return ""
	}
	return h.List
}

// Others gives the places of other labels of the same assessment as the one at index,
// whose status is another, in the order in which they were taken: those of a batch, or
// that an older program gave to a label that was made again.
func (l *Ledger) Others(index int) (others []int) {
	label, _ := l.LabelAt(index)
	for _, e := range l.Events {
		if label != "" && ofAssessment(e.Label) == ofAssessment(label) && e.Index != index && l.value[e.Index] != l.value[index] {
			others = append(others, e.Index)
		}
	}
	return others
}

// ofBatch is how the number of a label ends that a batch made: the beginning of the
// assessment's digest, which is how other numbers end, and of one of the settings.
var ofBatch = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(/[0-9a-f]{8})-[0-9a-f]{8}$`) })

// ofAssessment is what labels of one assessment, issued on one day, have in common.
func ofAssessment(number string) string { return ofBatch().ReplaceAllString(number, "$1") }

// Withdrawal is a label that does not stand any more.
type Withdrawal struct {
	Label string
	Value status.Value
}

// Withdrawn gives the labels of the same assessment as label, under another number of the
// same day, that were withdrawn for good or for a time, and of other days: whoever
// issues label would bring back what was taken back. Numbers that say no
// assessment have none, nor has a label that has its place: made again, it is the same.
func (l *Ledger) Withdrawn(label string) (sameDay, before []Withdrawal) {
	key := anyDay(label)
	if _, there := l.place[label]; there || key == "" {
		return nil, nil
	}
	told := map[int]bool{}
	for _, e := range l.Events {
		if e.Set == nil || told[e.Index] {
			continue
		}
		told[e.Index] = true
		other, v := l.label[e.Index], l.value[e.Index]
		switch {
		case other == label || v == status.Valid || anyDay(other) != key:
		case ofAssessment(other) == ofAssessment(label):
			sameDay = append(sameDay, Withdrawal{other, v})
		case v != status.Superseded: // by a label of another day, it may be
			before = append(before, Withdrawal{other, v})
		}
	}
	return sameDay, before
}

// numbered are the parts of a number that says its assessment: product, day, the
// beginning of the assessment's digest.
var numbered = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(.+)/[0-9]{4}-[0-9]{2}-[0-9]{2}(/[0-9a-f]{8})(-[0-9a-f]{8})?$`)
})

// anyDay is what labels of one assessment have in common, whenever they were issued;
// empty if the number does not say it.
func anyDay(number string) string {
	m := numbered().FindStringSubmatch(number)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}
