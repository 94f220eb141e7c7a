package advisories

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// ManifestFormat is the format id of a manifest; unsealedFormat that of one whose
// days no digest covers, as earlier versions wrote it.
const (
	ManifestFormat = "assay.data/v2"
	unsealedFormat = "assay.data/v1"
)

// Manifest says what a data set was made of.
type Manifest struct {
	Format     string      `json:"format"`
	AsOf       string      `json:"as_of"`          // the day it was built for; nothing in it is dated later
	Demo       bool        `json:"demo,omitempty"` // for demonstration: a few records, no base for a label
	Sources    []FileInfo  `json:"sources"`
	Ecosystems []Ecosystem `json:"ecosystems"`
	Exploited  *Joined     `json:"exploited,omitempty"`
	Scored     *Joined     `json:"scored,omitempty"`
	EndOfLife  *EndInfo    `json:"end_of_life,omitempty"`

	// Seal is the SHA-256 of the manifest as it is written without the seal: the days
	// and numbers of the set hold together with what is in it.
	Seal assay.Digest `json:"seal_sha256,omitempty"`
}

// Sealed reports whether a digest covers the days of the set.
func (m *Manifest) Sealed() bool { return m.Seal != "" }

// write gives the manifest as it stands in a data set.
func (m Manifest) write() ([]byte, error) {
	text, err := json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}

// seal gives the digest of the manifest without its seal.
func (m Manifest) seal() (assay.Digest, error) {
	m.Seal = ""
	text, err := m.write()
	return assay.SHA256(sha256.Sum256(text)), err
}

// checkSeal holds a manifest to its seal. The text must be as it was written, so
// that nothing stands in it that is not sealed.
func (m *Manifest) checkSeal(text []byte) error {
	if m.Format == unsealedFormat {
		if m.Sealed() {
			return fmt.Errorf("%w: a manifest of %s has no seal", ErrNotData, unsealedFormat)
		}
		return nil
	}
	seal, err := m.seal()
	if err != nil {
		return err
	}
	if again, err := m.write(); err != nil || seal != m.Seal || !bytes.Equal(again, text) {
		return errors.New("its seal does not fit: it was changed after the build")
	}
	return nil
}

// FileInfo is a file, or folder of files, that the data set was built from.
type FileInfo struct {
	Kind    string       `json:"kind"` // osv, nvd, cve, kev, epss, end-of-life
	Name    string       `json:"name"` // its base name
	Digest  assay.Digest `json:"sha256"`
	Size    int64        `json:"size"`
	Day     string       `json:"day,omitempty"`      // of the newest thing in it
	Records int          `json:"records"`            // that were read
	LeftOut int          `json:"left_out,omitempty"` // withdrawn, rejected, or about no package
}

// Ecosystem is a folder of records.
type Ecosystem struct {
	Name     string       `json:"name"`
	Folder   string       `json:"folder"`
	Day      string       `json:"day"` // of the newest of its sources
	Releases []string     `json:"releases,omitempty"`
	Packages int          `json:"packages"`
	Records  int          `json:"records"`
	Size     int64        `json:"size"`         // of the file of records
	Index    assay.Digest `json:"index_sha256"` // the index has the digests of the records
}

// Joined is a list that was joined to the records.
type Joined struct {
	Day     string `json:"day"`
	Entries int    `json:"entries"`
	Records int    `json:"records"` // that it speaks of
}

// EndInfo is a table of ends of support.
type EndInfo struct {
	File   string       `json:"file"`
	Digest assay.Digest `json:"sha256"`
	Rows   int          `json:"rows"`
}

// ErrNotData says that something is no data set.
var ErrNotData = errors.New("not a data set of \"assay data build\"")

// maxManifest is the size in bytes of the largest manifest.
const maxManifest = 16 << 20

func readManifest(data []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("%w: %w", ErrNotData, err)
	}
	if m.Format != ManifestFormat && m.Format != unsealedFormat {
		return m, fmt.Errorf("%w: its format is %q, want %q", ErrNotData, m.Format, ManifestFormat)
	}
	if _, err := assay.Date(m.AsOf); err != nil {
		return m, fmt.Errorf("%w: as_of %q is not a date", ErrNotData, m.AsOf)
	}
	for _, e := range m.Ecosystems {
		if e.Folder != folderOf(e.Name) {
			return m, fmt.Errorf("%w: ecosystem %q lies in %q", ErrNotData, e.Name, e.Folder)
		}
		if _, err := assay.Date(e.Day); err != nil {
			return m, fmt.Errorf("%w: the day of ecosystem %q is %q", ErrNotData, e.Name, e.Day)
		}
	}
	return m, m.checkSeal(data)
}

// ecosystem finds one by name.
func (m *Manifest) ecosystem(name string) (Ecosystem, bool) {
	i := slices.IndexFunc(m.Ecosystems, func(e Ecosystem) bool { return e.Name == name })
	if i < 0 {
		return Ecosystem{}, false
	}
	return m.Ecosystems[i], true
}

// folderOf is the folder of an ecosystem: its name, with what may not stand in a
// file name left out.
func folderOf(ecosystem string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		case r == ' ':
			return '_'
		}
		return -1
	}, ecosystem)
	return strings.Trim(name, ".")
}
