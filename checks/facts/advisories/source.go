package advisories

import (
	"archive/zip"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/assay-iot/assay"
)

// ErrSource says that a file that a data set is to be made of is not what it
// should be. The error names the file, and the offset or line in it.
var ErrSource = errors.New("cannot be used")

// Limits of what one source may hold, unpacked.
const (
	maxEntries = 2_000_000
	maxSource  = 64 << 30 // bytes
)

// document is one file of a source: a file itself, one in a zip, or in a folder.
type document struct {
	name    string // with the source's own name: "all.zip!CVE-2022-0778.json"
	content io.Reader
}

// walk gives each document of a source whose name ends in .json, and says what the
// source was. A file may be packed with gzip.
func walk(ctx context.Context, kind, name string, do func(document) error) (FileInfo, error) {
	info := FileInfo{Kind: kind, Name: filepath.Base(name)}
	stat, err := os.Stat(name)
	if err != nil {
		return info, err
	}
	w := &walker{ctx: ctx, left: maxSource, do: do}
	switch {
	case stat.IsDir():
		info.Size, info.Digest, err = w.folder(name)
	case !stat.Mode().IsRegular():
		err = fmt.Errorf("%s %w: it is no file or folder", name, ErrSource)
	default:
		info.Size = stat.Size()
		info.Digest, err = w.file(name)
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return info, err
}

// walker counts what a source unpacks to.
type walker struct {
	ctx     context.Context
	left    int64
	entries int
	do      func(document) error
}

func (w *walker) file(name string) (assay.Digest, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, f)
	if err != nil {
		return "", err
	}
	digest := assay.SHA256([32]byte(sum.Sum(nil)))
	if strings.HasSuffix(strings.ToLower(name), ".zip") {
		return digest, w.zip(filepath.Base(name), f, size)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	if strings.HasSuffix(strings.ToLower(name), ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			return "", fmt.Errorf("%s %w: %w", filepath.Base(name), ErrSource, err)
		}
		return digest, w.document(filepath.Base(name), z)
	}
	return digest, w.document(filepath.Base(name), f)
}

// zip reads the entries one after the other; none is unpacked as a whole.
func (w *walker) zip(name string, f io.ReaderAt, size int64) error {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return fmt.Errorf("%s %w: %w", name, ErrSource, err)
	}
	found := 0
	for _, e := range z.File {
		if !strings.HasSuffix(e.Name, ".json") {
			continue
		}
		found++
		content, err := e.Open()
		if err != nil {
			return fmt.Errorf("%s!%q %w: %w", name, e.Name, ErrSource, err)
		}
		err = w.document(name+"!"+e.Name, content)
		content.Close()
		if err != nil {
			return err
		}
	}
	if found == 0 {
		return fmt.Errorf("%s %w: it holds no .json file; if there is a zip inside it, unpack that", name, ErrSource)
	}
	return nil
}

// folder reads the files below a folder, in the order of their names. Its digest
// is over the length of each name, the name, and the digest of the file.
func (w *walker) folder(name string) (size int64, digest assay.Digest, err error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return 0, "", err
	}
	defer root.Close()
	sum := sha256.New()
	err = fs.WalkDir(root.FS(), ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !e.Type().IsRegular() || !strings.HasSuffix(p, ".json") {
			return err
		}
		f, err := root.Open(p)
		if err != nil {
			return err
		}
		defer f.Close()
		own := sha256.New()
		err = w.document(filepath.Base(name)+"/"+p, io.TeeReader(f, own))
		if err != nil {
			return err
		}
		if _, err := io.Copy(own, f); err != nil { // what the reader of the document left
			return err
		}
		if info, err := f.Stat(); err == nil {
			size += info.Size()
		}
		return errors.Join(binary.Write(sum, binary.BigEndian, uint64(len(p))), writeAll(sum, []byte(p), own.Sum(nil)))
	})
	return size, assay.SHA256([32]byte(sum.Sum(nil))), err
}

func writeAll(h hash.Hash, parts ...[]byte) error {
	for _, p := range parts {
		if _, err := h.Write(p); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) document(name string, content io.Reader) error {
	if w.entries++; w.entries > maxEntries {
		return fmt.Errorf("%s %w: the source has more than %d files", name, ErrSource, maxEntries)
	}
	return w.do(document{name, &counting{r: content, w: w}})
}

// counting ends with an error when the source has unpacked to too much, or when
// nobody waits for it any more.
type counting struct {
	r io.Reader
	w *walker
}

var errTooLarge = errors.New("it unpacks to more than is read")

func (c *counting) Read(p []byte) (int, error) {
	if err := c.w.ctx.Err(); err != nil {
		return 0, context.Cause(c.w.ctx)
	}
	n, err := c.r.Read(p)
	if c.w.left -= int64(n); c.w.left < 0 {
		return n, errTooLarge
	}
	return n, err
}

// base is the last part of a document's name.
func (d document) base() string { return path.Base(d.name[strings.LastIndexByte(d.name, '!')+1:]) }

// whole reads a document that is one record.
func (d document) whole() ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(d.content, maxRecord+1))
	if err == nil && len(data) > maxRecord {
		err = fmt.Errorf("it has more than %d bytes", maxRecord)
	}
	return data, d.wrong(err)
}

// decode reads a document that is one JSON value.
func (d document) decode(into any) error {
	data, err := d.whole()
	if err != nil {
		return err
	}
	return d.wrong(json.Unmarshal(data, into))
}

// wrong says where a document is wrong.
func (d document) wrong(err error) error {
	switch e := err.(type) {
	case nil:
		return nil
	case *json.SyntaxError:
		err = at(e.Offset, err)
	case *json.UnmarshalTypeError: // without the names of our own types
		err = at(e.Offset, fmt.Errorf("%q is of the wrong type (%s)", e.Field, e.Value))
	}
	return fmt.Errorf("%s %w: %w", d.name, ErrSource, err)
}

// elements reads the elements of one array in a document that may be larger than
// memory: those of the member named, at the top. Other members go where rest points.
func (d document) elements(member string, element func(raw json.RawMessage) error, rest map[string]any) error {
	limit := &limited{r: d.content, left: 2 * maxRecord}
	dec := json.NewDecoder(limit)
	wrong := func(err error) error { return d.wrong(at(dec.InputOffset(), err)) }
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return wrong(cmpErr(err, "want an object"))
	}
	found := false
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return wrong(err)
		}
		if name != member {
			var other json.RawMessage
			if err := dec.Decode(&other); err != nil {
				return wrong(err)
			}
			if into, ok := rest[fmt.Sprint(name)]; ok {
				_ = json.Unmarshal(other, into) // left empty where it is of another kind
			}
			limit.left = 2 * maxRecord
			continue
		}
		found = true
		if t, err := dec.Token(); err != nil || t != json.Delim('[') {
			return wrong(cmpErr(err, "want an array in "+member))
		}
		for dec.More() {
			limit.left = 2 * maxRecord
			start := dec.InputOffset()
			var raw json.RawMessage
			if err := dec.Decode(&raw); err != nil {
				return wrong(err)
			}
			if err := element(raw); err != nil {
				return d.wrong(at(start, err))
			}
		}
		if _, err := dec.Token(); err != nil {
			return wrong(err)
		}
	}
	if _, err := dec.Token(); err != nil {
		return wrong(err)
	}
	if !found {
		return d.wrong(fmt.Errorf("it has no %q", member))
	}
	return nil
}

// at adds the offset to an error.
func at(offset int64, err error) error { return fmt.Errorf("at offset %d: %w", offset, err) }

func cmpErr(err error, otherwise string) error {
	if err == nil {
		return errors.New(otherwise)
	}
	return err
}

// limited bounds what one element may make a decoder hold.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return n, fmt.Errorf("one element has more than %d bytes", maxRecord)
	}
	return n, err
}
