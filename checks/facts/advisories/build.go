package advisories

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/advisories/versions"
)

// Sources are the files that a data set is built from, as they were downloaded.
type Sources struct {
	OSV       []string // exports of ecosystems: zips of records, or folders
	NVD       []string // feeds of NVD 2.0, or answers of its API: .json, .json.gz, zips or folders
	CVE       []string // the CVE list, version 5: zips or folders
	KEV       string   // CISA's list of exploited vulnerabilities, JSON or CSV
	EPSS      string   // FIRST's scores, .csv or .csv.gz
	EndOfLife string   // a table of ends of support
}

// The errors of a source, beside those of JSON.
var (
	errNoRecord = errors.New("this is no record of the kind that was said")
	errTooMany  = errors.New("it lists more than is read")
	errLong     = errors.New("it has a version of more than 512 bytes")
)

// builder takes records from sources and sorts them.
type builder struct {
	asOf      string
	sorter    *sorter
	source    *FileInfo // that is read now
	exploited map[string]string
	gone      map[string]string // when records were taken back, by id
	scored    map[uint64]float32
	days      map[string]string // by ecosystem: the newest of its sources
	touched   map[string]bool   // ecosystems of the source that is read now
	pages     map[int]int       // of the source that is read now: entries, by the number that a search of NVD's had
	joined    struct{ exploited, scored int }
}

// Build makes a data set in a folder, which must not be there yet or be one. It
// takes nothing that is dated after as-of: a wrong date must not make a data set
// look fresh for ever.
func Build(ctx context.Context, folder string, sources Sources, asOf time.Time) (*Manifest, error) {
	if err := replaceable(folder); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(folder)), 0o755); err != nil {
		return nil, err
	}
	partial, err := os.MkdirTemp(filepath.Dir(filepath.Clean(folder)), ".assay-data-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(partial)
	b := &builder{
		asOf: asOf.Format(time.DateOnly), sorter: &sorter{folder: partial, limit: runBytes},
		exploited: map[string]string{}, gone: map[string]string{}, scored: map[uint64]float32{}, days: map[string]string{},
	}
	defer b.sorter.close()
	m := &Manifest{Format: ManifestFormat, AsOf: b.asOf, Sources: []FileInfo{}}
	if err := b.read(ctx, m, sources); err != nil {
		return nil, err
	}
	out := filepath.Join(partial, "set")
	if err := b.write(m, out); err != nil {
		return nil, err
	}
	if sources.EndOfLife != "" {
		if err := copyTable(m, sources.EndOfLife, out); err != nil {
			return nil, err
		}
	}
	if m.Seal, err = m.seal(); err != nil {
		return nil, err
	}
	data, err := m.write()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(out, "manifest.json"), data, 0o644); err != nil {
		return nil, err
	}
	return m, move(out, folder, filepath.Join(partial, "old"))
}

// replaceable refuses a folder that holds anything but a data set.
func replaceable(folder string) error {
	names, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(names) == 0 {
		return nil
	} else if err != nil {
		return err
	}
	s, err := Open(folder)
	if err != nil {
		return fmt.Errorf("%s is not empty, and no data set to be replaced: %w", folder, err)
	}
	return s.Close()
}

// move puts a finished folder into its place; what was there goes to old.
func move(from, to, old string) error {
	if err := os.Rename(to, old); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.Rename(from, to)
}

// read reads the lists first, as they are joined to the records.
func (b *builder) read(ctx context.Context, m *Manifest, s Sources) error {
	type source struct {
		kind string
		name string
		read func(document) error
	}
	var all []source
	add := func(kind string, read func(document) error, names ...string) {
		for _, n := range names {
			if n != "" {
				all = append(all, source{kind, n, read})
			}
		}
	}
	add("kev", b.readKEV, s.KEV)
	add("epss", b.readEPSS, s.EPSS)
	add("osv", b.readOSV, s.OSV...)
	add("nvd", b.readNVD, s.NVD...)
	add("cve", b.readCVE, s.CVE...)
	for _, one := range all {
		var info FileInfo
		b.source, b.touched, b.pages = &info, map[string]bool{}, map[int]int{}
		known, err := walk(ctx, one.kind, one.name, one.read)
		if err != nil {
			return err
		}
		if err := b.missingPages(); err != nil {
			return fmt.Errorf("%s %w: %w", one.name, ErrSource, err)
		}
		if info.Records == 0 {
			return fmt.Errorf("%s %w: it holds no record of the kind %s", one.name, ErrSource, one.kind)
		}
		known.Day, known.Records, known.LeftOut = info.Day, info.Records, info.LeftOut
		m.Sources = append(m.Sources, known)
		b.finished(m, known)
	}
	slices.SortFunc(m.Sources, func(a, b FileInfo) int {
		return slices.Compare([]string{a.Kind, a.Name, string(a.Digest)}, []string{b.Kind, b.Name, string(b.Digest)})
	})
	return nil
}

// finished files the day of a source.
func (b *builder) finished(m *Manifest, s FileInfo) {
	switch s.Kind {
	case "kev":
		m.Exploited = &Joined{Day: s.Day, Entries: s.Records}
	case "epss":
		m.Scored = &Joined{Day: s.Day, Entries: s.Records}
	}
	for e := range b.touched {
		b.days[e] = max(b.days[e], s.Day)
	}
}

// dated notes when something in a source was last changed.
func (b *builder) dated(when string) {
	day := when[:min(len(when), len(time.DateOnly))]
	if _, err := assay.Date(day); err == nil && day <= b.asOf {
		b.source.Day = max(b.source.Day, day)
	}
}

// leaveOut counts a record that was taken back: an older copy of it in another source
// counts no more either.
func (b *builder) leaveOut(id, modified string) error {
	b.source.Records++
	b.source.LeftOut++
	if len(b.gone) >= maxListed {
		return errTooMany
	}
	b.gone[id] = max(b.gone[id], modified)
	return nil
}

// add takes a record apart by package and sorts it in.
func (b *builder) add(r *Record, rank byte) error {
	b.source.Records++
	if len(r.Affected) == 0 {
		b.source.LeftOut++
		return nil
	}
	b.join(r)
	for _, one := range r.split() {
		p := one.Affected[0].Package
		text, err := json.Marshal(one)
		if err != nil {
			return err
		}
		b.touched[p.Base()] = true
		err = b.sorter.add(line{ecosystem: p.Base(), name: p.Name, id: one.ID, rank: rank, modified: one.Modified, text: text})
		if err != nil {
			return err
		}
	}
	return nil
}

// join adds what the lists say about a record.
func (b *builder) join(r *Record) {
	ids := r.CVEs()
	for _, id := range ids {
		day, ok := b.exploited[id]
		if ok && (r.Specific.Exploited == "" || day < r.Specific.Exploited) {
			r.Specific.Exploited = day
		}
		if ok && len(ids) > 1 {
			r.Specific.ExploitedIDs = append(r.Specific.ExploitedIDs, id)
		}
		if key, ok := cveNumber(id); ok {
			r.Specific.EPSS = max(r.Specific.EPSS, math.Round(float64(b.scored[key])*1e5)/1e5)
		}
	}
}

// write writes the records, ecosystem by ecosystem.
func (b *builder) write(m *Manifest, out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	counts := tally{}
	ends := map[string]assay.Digest{}
	folders := map[string]string{}
	var w *blockWriter
	now := ""
	end := func() (err error) {
		if w != nil {
			ends[now], err = w.close()
		}
		w = nil
		return err
	}
	err := b.sorter.each((*line).complete, func(l *line) (err error) {
		if gone, ok := b.gone[l.id]; ok && gone >= l.modified {
			return nil
		}
		if l.ecosystem != now || w == nil {
			if err := end(); err != nil {
				return err
			}
			now = l.ecosystem
			folder := folderOf(now)
			if other, taken := folders[folder]; taken || folder == "" {
				return fmt.Errorf("a source %w: the ecosystems %q and %q cannot both have a folder", ErrSource, other, now)
			}
			folders[folder] = now
			if w, err = newBlockWriter(filepath.Join(out, folder)); err != nil {
				return err
			}
		}
		if err := counts.line(l); err != nil {
			return err
		}
		// Inside a text the quotes would stand behind backslashes.
		if bytes.Contains(l.text, []byte(`"exploited":"`)) {
			b.joined.exploited++
		}
		if bytes.Contains(l.text, []byte(`"epss":`)) {
			b.joined.scored++
		}
		return w.add(l.name, l.text)
	})
	if err := errors.Join(err, end()); err != nil {
		return err
	}
	m.Ecosystems = counts.ecosystems("")
	for i := range m.Ecosystems {
		e := &m.Ecosystems[i]
		e.Day, e.Index = b.days[e.Name], ends[e.Name]
		if e.Day == "" {
			return fmt.Errorf("a source %w: no record of %s is dated on or before %s: is --as-of right?", ErrSource, e.Name, b.asOf)
		}
		info, err := os.Stat(filepath.Join(out, e.Folder, recordsFile))
		if err != nil {
			return err
		}
		e.Size = info.Size()
	}
	if m.Exploited != nil {
		m.Exploited.Records = b.joined.exploited
	}
	if m.Scored != nil {
		m.Scored.Records = b.joined.scored
	}
	return nil
}

// copyTable takes a table of ends of support into the data set.
func copyTable(m *Manifest, from, out string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxTable+1))
	if err == nil && len(data) > maxTable {
		err = fmt.Errorf("it has more than %d bytes", maxTable)
	}
	var rows []Branch
	if err == nil {
		rows, err = ReadBranches(string(data))
	}
	if err == nil && len(rows) == 0 {
		err = errors.New("it has no rows")
	}
	if err != nil {
		return fmt.Errorf("%s %w: %w", from, ErrSource, err)
	}
	digest := assay.SHA256(sha256.Sum256(data))
	m.Sources = append(m.Sources, FileInfo{Kind: "end-of-life", Name: filepath.Base(from), Digest: digest, Size: int64(len(data)), Records: len(rows)})
	m.EndOfLife = &EndInfo{File: endOfLifeFile, Digest: digest, Rows: len(rows)}
	return os.WriteFile(filepath.Join(out, endOfLifeFile), data, 0o644)
}

// orderOf is how an ecosystem compares versions.
func orderOf(ecosystem string) versions.Order {
	switch ecosystem {
	case "Debian", "Ubuntu", "Echo":
		return versions.Deb
	case "Alpine", "Wolfi", "Chainguard", "MinimOS", "Alpaquita", "BellSoft Hardened Containers":
		return versions.APK
	case "Rocky Linux", "AlmaLinux", "Red Hat", "SUSE", "openSUSE", "openEuler", "Mageia", "Photon OS", "Azure Linux":
		return versions.RPM
	case "Go", "npm", "crates.io", "Hex", "Pub", "SwiftURL", "NuGet":
		return versions.SemVer
	case "Maven":
		return versions.Maven
	case "PyPI":
		return versions.PyPI
	}
	return versions.Upstream
}
