// Package ledger keeps the issuer's side of a status list: which places are
// taken, what was changed and why, and when the list was signed.
//
// A ledger is one file, and the file is the log of what happened: a line of JSON
// for each event, never changed, only added to. What holds now is what the lines
// add up to. So nothing is forgotten, a place is never given twice, and a
// program that is killed leaves at most half a line, which is dropped. A lock
// keeps two programs from writing at once.
package ledger

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/big"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/status"
)

// Format is the format id in the first line of a ledger.
const Format = "assay.status-ledger/v1"

// DefaultSize is the number of places in a list if nobody says otherwise: large
// enough to hide which label is asked about (the least that W3C's Bitstring
// Status List allows).
const DefaultSize = 131072

// The limits of what is read.
const (
	maxLine = 16 << 10
	maxFile = 1 << 30
)

// Why something cannot be done.
var (
	ErrNotLedger = errors.New("not a status ledger")
	ErrFull      = errors.New("all places of the list are taken")
	ErrPlace     = errors.New("no label has this place")
	ErrFinal     = errors.New("a revoked label stays revoked")
	ErrClock     = errors.New("the clock stands before the last entry of the ledger")
	ErrLocked    = errors.New("another program is writing to the ledger")
	ErrLost      = errors.New("changes are missing")
)

// Head is the first line: what the list is.
type Head struct {
	Format  string    `json:"format"`
	Created time.Time `json:"created"`
	List    string    `json:"list"`   // address of the list
	Issuer  string    `json:"issuer"` // as compact labels name it
	Size    int       `json:"size"`
}

// Event is any other line. What it is follows from the member that is there.
type Event struct {
	Time  time.Time     `json:"time"`
	Label string        `json:"label,omitempty"` // number of a label that took the place Index
	Index int           `json:"index"`
	Key   string        `json:"key,omitempty"`    // id of the key that signs that label; empty if none lasts
	Set   *status.Value `json:"set,omitempty"`    // what the entry Index was set to
	Why   string        `json:"why,omitempty"`    // the reason, for the issuer's own use
	Until *time.Time    `json:"signed,omitempty"` // the list was signed, until this time
	// Changes is how many changes the signed list tells; nil in a ledger of older programs.
	Changes *int `json:"changes,omitempty"`
}

// Ledger is an open ledger.
type Ledger struct {
	Head
	Events  []Event
	file    *os.File
	value   map[int]status.Value // of each place that is taken
	label   map[int]string       // its number, by place
	place   map[string]int       // of each label, the first that it took
	keys    map[string]bool      // of the keys that sign labels
	last    time.Time
	changes int // events that set a value
}

// Create makes a ledger in a new file.
func Create(name string, h Head) error {
	h.Format, h.Created = Format, h.Created.UTC().Truncate(time.Second)
	if err := h.check(); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = writeLine(f, h)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		os.Remove(name)
	}
	return err
}

func (h Head) check() error {
	switch {
	case h.Format != Format:
		return fmt.Errorf("%w: format %.60q", ErrNotLedger, h.Format)
	case !labels.IsPlainAddress(h.List):
		return fmt.Errorf("the list's address %.120q is not a plain https address of at most %d characters", h.List, labels.MaxAddr)
	case h.Issuer == "":
		return errors.New("the list has no issuer")
	case h.Size <= 0 || h.Size > status.MaxEntries || h.Size%4 != 0:
		return fmt.Errorf("%d places: want a multiple of 4 up to %d", h.Size, status.MaxEntries)
	}
	return nil
}

// Open reads a ledger to write to it, and locks it.
func Open(name string) (*Ledger, error) {
	f, err := openRegular(name, os.O_RDWR)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("%w: %s", ErrLocked, name)
	}
	l, whole, err := read(f)
	if err == nil {
		err = f.Truncate(whole) // half a line of a program that was killed
	}
	if err == nil {
		_, err = f.Seek(whole, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	l.file = f
	return l, nil
}

// Read reads a ledger.
func Read(name string) (*Ledger, error) {
	f, err := openRegular(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	l, _, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return l, nil
}

// openRegular opens no pipe, which would make the program wait for ever.
func openRegular(name string, flag int) (*os.File, error) {
	f, err := os.OpenFile(name, flag|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: errors.New("not a file")}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Close lets others write.
func (l *Ledger) Close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

// read gives the ledger and the length of its whole lines.
func read(r io.Reader) (l *Ledger, whole int64, err error) {
	in := bufio.NewReaderSize(io.LimitReader(r, maxFile), maxLine)
	l = &Ledger{value: map[int]status.Value{}, label: map[int]string{}, place: map[string]int{}, keys: map[string]bool{}}
	for n := 1; ; n++ {
		line, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF) && n > 1:
			return l, whole, nil // what stands behind the last line feed is half a line
		case err != nil:
			return nil, 0, fmt.Errorf("%w: line %d does not end", ErrNotLedger, n)
		}
		if err := l.line(n, line); err != nil {
			return nil, 0, fmt.Errorf("%w: line %d: %w", ErrNotLedger, n, err)
		}
		whole += int64(len(line))
	}
}

func (l *Ledger) line(n int, line []byte) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if n == 1 {
		if err := d.Decode(&l.Head); err != nil {
			return err
		}
		l.last = l.Created
		return l.check()
	}
	var e Event
	if err := d.Decode(&e); err != nil {
		return err
	}
	return l.take(e)
}

// take adds an event to what holds, if it can have happened.
func (l *Ledger) take(e Event) error {
	if e.Time.Before(l.last) {
		return fmt.Errorf("%w: %s, before %s", ErrClock, e.Time.Format(time.RFC3339), l.last.Format(time.RFC3339))
	}
	before, taken := l.value[e.Index]
	switch {
	case e.Until != nil && e.Changes != nil && *e.Changes != l.changes:
		return fmt.Errorf("%w: a list with %d was signed here, and %d stand before", ErrLost, *e.Changes, l.changes)
	case e.Until != nil:
	case e.Index < 0 || e.Index >= l.Size:
		return fmt.Errorf("%w: %d of %d", ErrPlace, e.Index, l.Size)
	case e.Set == nil && taken:
		return fmt.Errorf("place %d is given twice", e.Index)
	case e.Set == nil:
		l.value[e.Index], l.label[e.Index] = status.Valid, e.Label
		if e.Key != "" {
			l.keys[e.Key] = true
		}
		if _, there := l.place[e.Label]; !there {
			l.place[e.Label] = e.Index
		}
	case !taken:
		return fmt.Errorf("%w: %d", ErrPlace, e.Index)
	case before == status.Revoked:
		return fmt.Errorf("%w: place %d", ErrFinal, e.Index)
	case *e.Set > status.Superseded:
		return fmt.Errorf("status %s", *e.Set)
	default:
		l.value[e.Index] = *e.Set
		l.changes++
	}
	l.Events, l.last = append(l.Events, e), e.Time
	return nil
}

// add takes an event and writes it down.
func (l *Ledger) add(e Event) error {
	line, err := l.note(e)
	if err != nil {
		return err
	}
	return write(l.file, line)
}

// note takes an event and gives the line that says so.
func (l *Ledger) note(e Event) ([]byte, error) {
	if l.file == nil {
		return nil, errors.New("the ledger is open for reading only")
	}
	e.Time = e.Time.UTC().Truncate(time.Second)
	if e.Time.Before(l.last) && l.last.Sub(e.Time) < 2*time.Second {
		e.Time = l.last
	}
	if err := l.take(e); err != nil {
		return nil, err
	}
	return line(e)
}

func line(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err == nil && len(data) >= maxLine {
		err = fmt.Errorf("a line of %d bytes, more than %d", len(data), maxLine)
	}
	return append(data, '\n'), err
}

func writeLine(f *os.File, v any) error {
	data, err := line(v)
	if err != nil {
		return err
	}
	return write(f, data)
}

// write returns when the lines are on the disk.
func write(f *os.File, lines []byte) error {
	if _, err := f.Write(lines); err != nil {
		return err
	}
	return f.Sync()
}

// Keys are the ids of the keys that sign the labels in the list, as far as they are
// known.
func (l *Ledger) Keys() []string { return slices.Sorted(maps.Keys(l.keys)) }

// Reserve takes a free place, by chance, for the label with this number, which the
// key with this id (labels.KeyID; empty if it signs for minutes only) will sign. The
// place is taken for good, whatever becomes of the label.
func (l *Ledger) Reserve(random io.Reader, label, key string, now time.Time) (*labels.Status, error) {
	index, err := l.free(random)
	if err != nil {
		return nil, err
	}
	if err := l.add(Event{Time: now, Index: index, Label: label, Key: key}); err != nil {
		return nil, err
	}
	return &labels.Status{List: l.List, Index: index}, nil
}

// ReserveAll takes a place for each of many labels, in one go. A label that has a
// place already keeps it: so a run that was killed is gone on with and no place is
// given twice, nor two to one label. The numbers must be different, and must be
// used for these labels only.
func (l *Ledger) ReserveAll(random io.Reader, labelled []string, key string, now time.Time) ([]*labels.Status, error) {
	wanted := 0
	for _, label := range labelled {
		if _, there := l.place[label]; !there {
			wanted++
		}
	}
	if left := l.Size - len(l.value); wanted > left {
		return nil, fmt.Errorf("%w, or nearly: %d are free of %d, and %d are wanted", ErrFull, left, l.Size, wanted)
	}
	places, lines := make([]*labels.Status, len(labelled)), []byte(nil)
	for i, label := range labelled {
		index, there := l.place[label]
		if !there {
			var err error
			if index, err = l.free(random); err != nil {
				return nil, err
			}
			data, err := l.note(Event{Time: now, Index: index, Label: label, Key: key})
			if err != nil {
				return nil, err
			}
			lines = append(lines, data...)
		}
		places[i] = &labels.Status{List: l.List, Index: index}
	}
	if len(lines) == 0 {
		return places, nil
	}
	return places, write(l.file, lines)
}

// free draws among the places that are free, each as likely as the other.
func (l *Ledger) free(random io.Reader) (int, error) {
	left := l.Size - len(l.value)
	if left <= 0 {
		return 0, fmt.Errorf("%w: %d", ErrFull, l.Size)
	}
	for try := 0; try < 64 && 2*len(l.value) < l.Size; try++ { // each draw hits a free one at least every second time
		n, err := rand.Int(random, big.NewInt(int64(l.Size)))
		if err != nil {
			return 0, err
		}
		if _, taken := l.value[int(n.Int64())]; !taken {
			return int(n.Int64()), nil
		}
	}
	n, err := rand.Int(random, big.NewInt(int64(left)))
	if err != nil {
		return 0, err
	}
	skip := int(n.Int64())
	for index := range l.Size {
		if _, taken := l.value[index]; taken {
			continue
		}
		if skip == 0 {
			return index, nil
		}
		skip--
	}
	return 0, ErrFull
}

// Set changes the status of the label at a place. Revoked is for good.
func (l *Ledger) Set(index int, v status.Value, why string, now time.Time) error {
	return l.add(Event{Time: now, Index: index, Set: &v, Why: why})
}

// At gives the status at a place, and whether a label has it.
func (l *Ledger) At(index int) (v status.Value, taken bool) {
	v, taken = l.value[index]
	return v, taken
}

// LabelAt gives the number of the label that has a place, and the id of the key that
// signs it: empty if none has it, or if no key lasts.
func (l *Ledger) LabelAt(index int) (label, key string) {
	for _, e := range l.Events {
		if e.Label != "" && e.Index == index {
			return e.Label, e.Key
		}
	}
	return "", ""
}

// Taken is the number of places that labels have.
func (l *Ledger) Taken() int { return len(l.value) }

// Changes gives every change so far, for the signed list.
func (l *Ledger) Changes() []status.Change {
	var list []status.Change
	for _, e := range l.Events {
		if e.Set != nil {
			list = append(list, status.Change{Index: e.Index, Day: int(e.Time.Unix() / (24 * 60 * 60)), Value: *e.Set})
		}
	}
	return list
}

// Sign signs the list as it is now, and notes that it did: a list is never
// signed with a time before the last.
func (l *Ledger) Sign(key crypto.Signer, life, ttl time.Duration, now time.Time) ([]byte, error) {
	now = now.UTC().Truncate(time.Second)
	if now.Before(l.last) {
		return nil, fmt.Errorf("%w: %s, before %s", ErrClock, now.Format(time.RFC3339), l.last.Format(time.RFC3339))
	}
	data, err := status.New{
		Address: l.List, Issuer: l.Issuer, Size: l.Size, Signed: now, Life: life, TTL: ttl, Changes: l.Changes(),
	}.Sign(key)
	if err != nil {
		return nil, err
	}
	until, changes := now.Add(life), l.changes
	return data, l.add(Event{Time: now, Until: &until, Changes: &changes})
}
