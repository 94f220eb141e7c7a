package advisories

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// ErrDamaged says that a data set is not as it was built.
var ErrDamaged = errors.New("the data set is not as it was built")

// Verify reads a data set whole and holds it to its manifest: every digest, the
// order of the packages, the number of records, and each record.
func Verify(folder string) (*Set, error) {
	s, err := Open(folder)
	switch {
	case errors.Is(err, ErrNotData), errors.Is(err, fs.ErrNotExist):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer s.Close()
	counts := tally{}
	for _, e := range s.Manifest.Ecosystems {
		if err := s.verify(e, counts); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, e.Folder, err)
		}
	}
	return s, nil
}

func (s *Set) verify(e Ecosystem, counts tally) error {
	last := ""
	n := 0
	err := s.records.all(e.Name, func(text []byte) error {
		n++
		r, err := readRecord(text)
		if err != nil {
			return fmt.Errorf("record %d: %w", n, err)
		}
		p := r.Affected[0].Package
		if p.Base() != e.Name || p.Name < last {
			return fmt.Errorf("record %d (%s) is in the wrong place", n, r.ID)
		}
		last = p.Name
		counts.count(&r)
		again, err := json.Marshal(r)
		if err == nil && string(again) != strings.TrimSuffix(string(text), "\n") {
			err = fmt.Errorf("record %d (%s) is not written as the build writes it", n, r.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	c := counts.of(e.Name)
	if c.records != e.Records || c.packages != e.Packages {
		return fmt.Errorf("it has %d records of %d packages, the manifest says %d of %d", c.records, c.packages, e.Records, e.Packages)
	}
	return s.wholeFile(e)
}

// wholeFile looks that nothing stands in the file of records beside the blocks.
func (s *Set) wholeFile(e Ecosystem) error {
	f, ok := s.records.(*folder)
	if !ok {
		return nil // in memory
	}
	shelf, err := f.shelf(e.Name)
	if err != nil || shelf == nil {
		return err
	}
	at := int64(0)
	for _, b := range shelf.blocks {
		if b.Offset != at {
			return fmt.Errorf("bytes at offset %d of %s belong to no block", at, recordsFile)
		}
		at += b.Length
	}
	size, err := shelf.file.Seek(0, io.SeekEnd)
	if err == nil && (size != at || size != e.Size) {
		err = fmt.Errorf("%s has %d bytes, its blocks have %d, the manifest says %d", recordsFile, size, at, e.Size)
	}
	return err
}
