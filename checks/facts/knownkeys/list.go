package knownkeys

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/keys"
)

// Names of the files in a folder of data.
const (
	File      = "compromised-keys.dat" // the list
	PlaceFile = "compromised-keys.txt" // where each key is published
)

// The list begins with a text of headSize bytes: format, a line feed, the header
// in JSON, spaces. Entries follow.
const (
	headSize  = 64 << 10
	magic     = "assay compromised keys 1\n"
	entrySize = keys.NumberSize + 1 // the last byte is the collection
	// MaxEntries is how many keys a list may hold.
	MaxEntries = 1 << 28
)

// ErrNotList says that a file is no list of compromised keys, or was changed.
var ErrNotList = errors.New("no list of compromised keys")

// Header says what a list is.
type Header struct {
	Date        string       `json:"date"`    // on which the list was made
	Entries     int64        `json:"entries"` // how many keys it names
	Digest      assay.Digest `json:"digest"`  // SHA-256 of the entries
	Collections []Collection `json:"collections"`
}

// Collection is a source of keys.
type Collection struct {
	ID     int    `json:"id"`
	Name   string `json:"name"`
	Source string `json:"source,omitempty"` // where it is published
}

// List is a list of compromised keys.
type List struct {
	Header
	entries io.ReaderAt // entrySize bytes each, sorted; nil if there are none
	places  io.ReaderAt // lines, sorted; nil if unknown
	size    int64       // of places
	close   []io.Closer
}

// Holds reports whether a folder of data holds a list.
func Holds(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, File))
	return err == nil && info.Mode().IsRegular()
}

// Open opens the list in a folder of data; nil if it has none.
func Open(dir string) (*List, error) {
	f, err := os.Open(filepath.Join(dir, File))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	l := &List{close: []io.Closer{f}}
	if err := l.readHead(f); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", f.Name(), err), l.Close())
	}
	if p, err := os.Open(filepath.Join(dir, PlaceFile)); err == nil {
		l.close = append(l.close, p)
		if info, err := p.Stat(); err == nil {
			l.places, l.size = p, info.Size()
		}
	}
	return l, nil
}

func (l *List) readHead(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	head := make([]byte, headSize)
	if _, err := io.ReadFull(f, head); err != nil {
		return ErrNotList
	}
	text, ok := bytes.CutPrefix(head, []byte(magic))
	if !ok || json.Unmarshal(bytes.TrimSpace(text), &l.Header) != nil {
		return ErrNotList
	}
	if l.Entries < 0 || l.Entries > MaxEntries || info.Size() != headSize+l.Entries*entrySize {
		return fmt.Errorf("%w: its length is not that of %d keys", ErrNotList, l.Entries)
	}
	l.entries = io.NewSectionReader(f, headSize, l.Entries*entrySize)
	return nil
}

// Close closes the files.
func (l *List) Close() error {
	if l == nil {
		return nil
	}
	var errs []error
	for _, c := range l.close {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// Verify reads the list whole: it must be sorted and have its digest.
func (l *List) Verify() error {
	c := newChecker()
	if _, err := io.Copy(c, io.NewSectionReader(l.entries, 0, l.Entries*entrySize)); err != nil {
		return fmt.Errorf("%w: %w", ErrNotList, err)
	}
	if c.count != l.Entries || c.digest() != l.Digest {
		return fmt.Errorf("%w: it was changed", ErrNotList)
	}
	return nil
}

// Find looks up a key by its number (see keys.Number).
func (l *List) Find(number string) (c Collection, place string, found bool, err error) {
	want, err := hex.DecodeString(number)
	if err != nil || len(want) != keys.NumberSize || l.entries == nil {
		return c, "", false, nil
	}
	entry := make([]byte, entrySize)
	i := sort.Search(int(l.Entries), func(i int) bool {
		if err == nil {
			_, err = l.entries.ReadAt(entry, int64(i)*entrySize)
		}
		return bytes.Compare(entry[:keys.NumberSize], want) >= 0
	})
	if err != nil || i == int(l.Entries) {
		return c, "", false, err
	}
	if _, err = l.entries.ReadAt(entry, int64(i)*entrySize); err != nil || !bytes.Equal(entry[:keys.NumberSize], want) {
		return c, "", false, err
	}
	c = l.collection(int(entry[keys.NumberSize]))
	return c, l.place(number), true, nil
}

func (l *List) collection(id int) Collection {
	for _, c := range l.Collections {
		if c.ID == id {
			return c
		}
	}
	return Collection{ID: id, Name: fmt.Sprintf("collection %d", id)}
}

// MarshalJSON gives the header only: a list is not stored with a result.
func (l *List) MarshalJSON() ([]byte, error) { return json.Marshal(l.Header) }

// UnmarshalJSON reads a header and, for tests, a few keys: numbers with the
// collection that they are from.
func (l *List) UnmarshalJSON(data []byte) error {
	var small struct {
		Header
		Keys map[string]byte `json:"keys"`
	}
	if err := json.Unmarshal(data, &small); err != nil {
		return err
	}
	l.Header = small.Header
	var all [][]byte
	for number, id := range small.Keys {
		b, err := hex.DecodeString(number)
		if err != nil || len(b) != keys.NumberSize {
			return fmt.Errorf("%w: %q is no number of a key", ErrNotList, number)
		}
		all = append(all, append(b, id))
	}
	sort.Slice(all, func(i, k int) bool { return bytes.Compare(all[i], all[k]) < 0 })
	l.Entries, l.entries = int64(len(all)), bytes.NewReader(bytes.Join(all, nil))
	return nil
}

// checker holds entries to their order, counts and digests them, as they pass.
type checker struct {
	sum   interface{ Sum([]byte) []byte }
	w     io.Writer
	last  [keys.NumberSize]byte
	part  []byte // of an entry
	count int64
}

func newChecker() *checker {
	sum := sha256.New()
	return &checker{sum: sum, w: sum}
}

func (c *checker) Write(b []byte) (int, error) {
	_, _ = c.w.Write(b)
	rest := b
	if len(c.part) > 0 {
		n := min(entrySize-len(c.part), len(rest))
		c.part, rest = append(c.part, rest[:n]...), rest[n:]
		if len(c.part) < entrySize {
			return len(b), nil
		}
		if err := c.entry(c.part); err != nil {
			return 0, err
		}
		c.part = c.part[:0]
	}
	for ; len(rest) >= entrySize; rest = rest[entrySize:] {
		if err := c.entry(rest); err != nil {
			return 0, err
		}
	}
	c.part = append(c.part, rest...)
	return len(b), nil
}

func (c *checker) entry(b []byte) error {
	number := b[:keys.NumberSize]
	switch {
	case c.count == MaxEntries:
		return fmt.Errorf("more than %d keys", int64(MaxEntries))
	case c.count > 0 && bytes.Compare(c.last[:], number) >= 0:
		return fmt.Errorf("entry %d is not in order", c.count)
	}
	copy(c.last[:], number)
	c.count++
	return nil
}

func (c *checker) digest() assay.Digest { return assay.SHA256([32]byte(c.sum.Sum(nil))) }
