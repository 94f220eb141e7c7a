package advisories

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// line is one record on its way into the data set.
type line struct {
	ecosystem, name, id string
	rank                byte   // of records with the same package and id the least counts
	modified            string // … and among those the newest
	text                []byte // JSON
}

func (a *line) compare(b *line) int {
	return cmp.Or(
		strings.Compare(a.ecosystem, b.ecosystem), strings.Compare(a.name, b.name), strings.Compare(a.id, b.id),
		cmp.Compare(a.rank, b.rank), strings.Compare(b.modified, a.modified), strings.Compare(string(a.text), string(b.text)))
}

// same reports whether two lines are about the same vulnerability of a package.
func (a *line) same(b *line) bool {
	return a.ecosystem == b.ecosystem && a.name == b.name && a.id == b.id
}

// complete takes from another record of the same vulnerability what the first does not
// say: how grave it is. The kernel's own records name every branch and rate nothing.
func (a *line) complete(other *line) error {
	score := []byte(`"score":`) // inside a text the quotes would stand behind backslashes
	if bytes.Contains(a.text, score) || !bytes.Contains(other.text, score) {
		return nil
	}
	own, err := readRecord(a.text)
	if err != nil {
		return err
	}
	more, err := readRecord(other.text)
	if err != nil {
		return err
	}
	own.Specific.Score = more.Specific.Score
	own.Specific.Rating = cmp.Or(own.Specific.Rating, more.Specific.Rating)
	a.text, err = json.Marshal(own)
	return err
}

// runBytes is how much is sorted in memory; more goes through files.
const runBytes = 24 << 20

// maxRuns bounds the files of one sort.
const maxRuns = 500

// sorter sorts more lines than memory holds: sorted runs go into files, and are
// read again together.
type sorter struct {
	folder string
	limit  int // bytes of a run
	lines  []line
	size   int
	runs   []*os.File
}

func (s *sorter) add(l line) error {
	s.lines = append(s.lines, l)
	s.size += len(l.text) + 128
	if s.size < s.limit {
		return nil
	}
	return s.spill()
}

func (s *sorter) sort() {
	slices.SortFunc(s.lines, func(a, b line) int { return a.compare(&b) })
}

// spill writes a run.
func (s *sorter) spill() error {
	if len(s.runs) == maxRuns {
		return errors.New("the sources hold more than a data set can")
	}
	s.sort()
	f, err := os.CreateTemp(s.folder, "run-*")
	if err != nil {
		return err
	}
	s.runs = append(s.runs, f)
	w := bufio.NewWriterSize(f, 1<<16)
	for i := range s.lines {
		if err := s.lines[i].write(w); err != nil {
			return err
		}
	}
	s.lines, s.size = s.lines[:0], 0
	return w.Flush()
}

// each gives all lines in their order. Of those that are the same it gives the first,
// when it has taken in what the others add to it.
func (s *sorter) each(add func(kept, other *line) error, do func(*line) error) error {
	s.sort()
	m := &merge{}
	if err := m.push(&run{lines: s.lines}); err != nil {
		return err
	}
	for _, f := range s.runs {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if err := m.push(&run{file: bufio.NewReaderSize(f, 1<<16)}); err != nil {
			return err
		}
	}
	var last *line
	for len(m.runs) > 0 {
		r := m.runs[0]
		next := r.next
		var err error
		switch {
		case last == nil:
			last = &next
		case last.same(&next):
			err = add(last, &next)
		default:
			err = do(last)
			last = &next
		}
		if err != nil {
			return err
		}
		more, err := r.advance()
		switch {
		case err != nil:
			return err
		case more:
			heap.Fix(m, 0)
		default:
			heap.Pop(m)
		}
	}
	if last == nil {
		return nil
	}
	return do(last)
}

func (s *sorter) close() {
	for _, f := range s.runs {
		f.Close()
		os.Remove(f.Name())
	}
}

// run is a sorted series of lines, in memory or in a file.
type run struct {
	next  line
	lines []line
	file  *bufio.Reader
}

func (r *run) advance() (more bool, err error) {
	if r.file != nil {
		return r.next.read(r.file)
	}
	if len(r.lines) == 0 {
		return false, nil
	}
	r.next, r.lines = r.lines[0], r.lines[1:]
	return true, nil
}

// merge is the heap of runs, the one with the least next line on top.
type merge struct{ runs []*run }

func (m *merge) push(r *run) error {
	more, err := r.advance()
	if more {
		heap.Push(m, r)
	}
	return err
}

func (m *merge) Len() int           { return len(m.runs) }
func (m *merge) Less(i, j int) bool { return m.runs[i].next.compare(&m.runs[j].next) < 0 }
func (m *merge) Swap(i, j int)      { m.runs[i], m.runs[j] = m.runs[j], m.runs[i] }
func (m *merge) Push(x any)         { m.runs = append(m.runs, x.(*run)) }

// Pop is what heap needs.
func (m *merge) Pop() any {
	last := m.runs[len(m.runs)-1]
	m.runs = m.runs[:len(m.runs)-1]
	return last
}

// write puts a line into a file of a run: each field with its length before it.
func (a *line) write(w *bufio.Writer) error {
	for _, field := range []string{a.ecosystem, a.name, a.id, string(a.rank), a.modified, string(a.text)} {
		var n [binary.MaxVarintLen64]byte
		if _, err := w.Write(n[:binary.PutUvarint(n[:], uint64(len(field)))]); err != nil {
			return err
		}
		if _, err := w.WriteString(field); err != nil {
			return err
		}
	}
	return nil
}

func (a *line) read(r *bufio.Reader) (bool, error) {
	var fields [6][]byte
	for i := range fields {
		n, err := binary.ReadUvarint(r)
		if i == 0 && errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("sort: %w", err)
		}
		fields[i] = make([]byte, n)
		if _, err := io.ReadFull(r, fields[i]); err != nil {
			return false, fmt.Errorf("sort: %w", err)
		}
	}
	*a = line{
		ecosystem: string(fields[0]), name: string(fields[1]), id: string(fields[2]), rank: fields[3][0],
		modified: string(fields[4]), text: fields[5],
	}
	return true, nil
}
