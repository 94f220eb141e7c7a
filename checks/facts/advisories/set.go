package advisories

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/assay-iot/assay"
)

// Set is a data set, open for looking up. It is safe for concurrent use.
type Set struct {
	Manifest Manifest
	Digest   assay.Digest // of the manifest; it names the data set
	Ends     []Branch     // its own table of ends of support; nil if it has none

	records records
	closer  io.Closer
}

// records gives the lines of a package, each a record.
type records interface {
	of(ecosystem, name string) ([][]byte, error)
	// all gives every line of an ecosystem, in its order.
	all(ecosystem string, do func(text []byte) error) error
}

// Open opens the data set in a folder. What is read later is held to the digests
// of the manifest.
func Open(folder string) (*Set, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	s, err := open(root)
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return s, nil
}

func open(root *os.Root) (*Set, error) {
	data, err := readFile(root, "manifest.json", maxManifest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: it has no manifest.json", ErrNotData)
	} else if err != nil {
		return nil, err
	}
	s := &Set{Digest: assay.SHA256(sha256.Sum256(data)), closer: root}
	if s.Manifest, err = readManifest(data); err != nil {
		return nil, fmt.Errorf("manifest.json: %w", err)
	}
	if e := s.Manifest.EndOfLife; e != nil {
		if e.File != endOfLifeFile {
			return nil, fmt.Errorf("%w: end of life in %q", ErrNotData, e.File)
		}
		table, err := readFile(root, e.File, maxTable)
		if err != nil {
			return nil, err
		}
		if assay.SHA256(sha256.Sum256(table)) != e.Digest {
			return nil, fmt.Errorf("%s is not the one of the manifest", e.File)
		}
		if s.Ends, err = ReadBranches(string(table)); err != nil {
			return nil, fmt.Errorf("%s: %w", e.File, err)
		}
	}
	s.records = &folder{root: root, manifest: &s.Manifest, open: map[string]*shelf{}}
	return s, nil
}

// Close ends the use of the files.
func (s *Set) Close() error {
	if s == nil || s.closer == nil {
		return nil
	}
	return s.closer.Close()
}

// Lookup gives the records of a package, by id.
func (s *Set) Lookup(ecosystem, name string) ([]Record, error) {
	lines, err := s.records.of(ecosystem, name)
	if err != nil {
		return nil, fmt.Errorf("data set: %s: %w", ecosystem, err)
	}
	var all []Record
	for _, text := range lines {
		r, err := readRecord(text)
		if err != nil {
			return nil, fmt.Errorf("data set: %s: %s: %w", ecosystem, name, err)
		}
		all = append(all, r)
	}
	return all, nil
}

// Find gives every record that bears an id, or speaks of it as its alias.
func (s *Set) Find(id string) ([]Record, error) {
	var found []Record
	for _, e := range s.Manifest.Ecosystems {
		err := s.records.all(e.Name, func(text []byte) error {
			if !bytes.Contains(text, []byte(id)) {
				return nil
			}
			r, err := readRecord(text)
			if err == nil && (r.ID == id || slices.Contains(r.Aliases, id) || slices.Contains(r.Upstream, id) || slices.Contains(r.CVEs(), id)) {
				found = append(found, r)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("data set: %s: %w", e.Name, err)
		}
	}
	return found, nil
}

func readRecord(text []byte) (Record, error) {
	var r Record
	if err := json.Unmarshal(text, &r); err != nil {
		return r, err
	}
	if len(r.Affected) == 0 {
		return r, fmt.Errorf("record %s is about no package", r.ID)
	}
	return r, nil
}

// folder reads the files of a data set.
type folder struct {
	root     *os.Root
	manifest *Manifest

	mu   sync.Mutex
	open map[string]*shelf
}

// shelf is an ecosystem that was opened.
type shelf struct {
	blocks []block
	file   *os.File
	at     int    // the block that lines are of; -1 for none
	lines  []byte // of the last block that was read
}

func (f *folder) shelf(name string) (*shelf, error) {
	e, ok := f.manifest.ecosystem(name)
	if !ok {
		return nil, nil
	}
	if s := f.open[name]; s != nil {
		return s, nil
	}
	data, err := readFile(f.root, e.Folder+"/"+indexFile, maxIndex)
	if err != nil {
		return nil, err
	}
	if assay.SHA256(sha256.Sum256(data)) != e.Index {
		return nil, fmt.Errorf("%s/%s is not the one of the manifest", e.Folder, indexFile)
	}
	blocks, err := readIndex(data)
	if err != nil {
		return nil, fmt.Errorf("%s/%s: %w", e.Folder, indexFile, err)
	}
	file, err := f.root.Open(e.Folder + "/" + recordsFile)
	if err != nil {
		return nil, err
	}
	s := &shelf{blocks: blocks, file: file, at: -1}
	f.open[name] = s
	return s, nil
}

// block gives the lines of one block; the last one is kept, as the next package
// that is asked for often lies in it too.
func (s *shelf) block(i int) ([]byte, error) {
	if s.at != i {
		lines, err := s.blocks[i].unpack(s.file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", recordsFile, err)
		}
		s.at, s.lines = i, lines
	}
	return s.lines, nil
}

func (f *folder) of(ecosystem, name string) ([][]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, err := f.shelf(ecosystem)
	if s == nil {
		return nil, err
	}
	// The package may begin in the last block that begins with a lesser one.
	from, _ := slices.BinarySearchFunc(s.blocks, name, func(b block, name string) int { return strings.Compare(b.First, name) })
	prefix, err := linePrefix(name)
	if err != nil {
		return nil, err
	}
	var found [][]byte
	for i := max(from-1, 0); i < len(s.blocks) && s.blocks[i].First <= name; i++ {
		lines, err := s.block(i)
		if err != nil {
			return nil, err
		}
		for text := range bytes.Lines(lines) {
			if bytes.HasPrefix(text, prefix) {
				found = append(found, text)
			}
		}
	}
	return found, nil
}

// linePrefix is how the line of a package begins.
func linePrefix(name string) ([]byte, error) {
	quoted, err := json.Marshal(name)
	return append([]byte(`{"affected":[{"package":{"name":`), append(quoted, ',')...), err
}

func (f *folder) all(ecosystem string, do func(text []byte) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, err := f.shelf(ecosystem)
	if s == nil {
		return err
	}
	for i := range s.blocks {
		lines, err := s.block(i)
		if err != nil {
			return err
		}
		for text := range bytes.Lines(lines) {
			if err := do(text); err != nil {
				return err
			}
		}
	}
	return nil
}

// readFile reads a plain file of at most limit bytes.
func readFile(root *os.Root, name string, limit int64) ([]byte, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fmt.Errorf("%s is no file of at most %d bytes", name, limit)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}
