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
