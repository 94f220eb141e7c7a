// Package rpmdb reads the database of the packages that RPM has installed: the
// file Packages of Berkeley DB (RPM to 4.15), Packages.db of RPM's own "ndb"
// (SUSE), and rpmdb.sqlite (RPM from 4.16). All three hold the header of each
// package (RPM documentation, "Package format"; LSB 5.0, "Package File Format").
//
// Indexes are not read, and neither is a write-ahead log beside rpmdb.sqlite.
package rpmdb

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/assay-iot/assay/checks/facts/sqlite3"
)

// Limits of one database.
const (
	maxPackages = 20_000
	maxHeader   = 16 << 20 // bytes of the header of one package
)

// Package is an installed package. Version is epoch:version-release, without the
// epoch where there is none.
type Package struct {
	Name, Version, Epoch, Arch, Licence string

	Source   string   // name of the package of sources
	Requires []string // names of packages, as far as they are no files or features of the library
	Offset   int64    // where its record begins in the file; 0 if it does not lie in one piece
	Length   int64    // of the record, in bytes
}

// ErrFormat says that a file is no database of packages.
var ErrFormat = errors.New("no RPM database")

// Read lists the packages in the order of the file. With an error, those that
// could be read.
func Read(content []byte) ([]Package, error) {
	r := &reader{}
	var err error
	switch {
	case bytes.HasPrefix(content, []byte(ndbMagic)):
		err = r.ndb(content)
	case isHash(content):
		err = r.hash(content)
	default:
		err = r.sqlite(content)
	}
	return r.packages, err
}

// reader collects packages.
type reader struct{ packages []Package }

// add takes the header of a package that begins at a place. Databases hold other
// records too: one without a name is passed over.
func (r *reader) add(blob []byte, at int64) error {
	if len(r.packages) >= maxPackages {
		return fmt.Errorf("more than %d packages", maxPackages)
	}
	h, err := readHeader(blob)
	if err != nil {
		return fmt.Errorf("package at byte %d: %w", at, err)
	}
	p := h.summary()
	if p.Name == "" || p.Name == "gpg-pubkey" { // a key that packages are signed with
		return nil
	}
	if at > 0 {
		p.Offset, p.Length = at, int64(len(blob))
	}
	r.packages = append(r.packages, p)
	return nil
}

// sqlite reads the table Packages: a number and the header of each.
func (r *reader) sqlite(content []byte) error {
	db := sqlite3.Open(content)
	if db == nil {
		return ErrFormat
	}
	var errs []error
	there := false
	for _, t := range db.Tables() {
		if t.Name != "Packages" || len(t.Columns) < 2 {
			continue
		}
		there = true
		db.Rows(t, func(row []sqlite3.Value) bool {
			if len(row) < 2 {
				return true
			}
			err := r.add(row[1].Blob, 0)
			errs = append(errs, err)
			return err == nil
		})
	}
	switch {
	case !there:
		return ErrFormat
	case db.Short():
		errs = append(errs, errors.New("the database is cut off or damaged"))
	}
	return errors.Join(errs...)
}
