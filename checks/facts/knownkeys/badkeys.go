package knownkeys

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mikelolasagasti/xz"

	"github.com/assay-iot/assay"
)

// Files of badkeys. The larger two may also be packed with xz, as they are
// published.
const (
	badkeysMeta   = "badkeysdata.json"
	badkeysList   = "blocklist.dat"
	badkeysPlaces = "lookup.txt"
	packed        = ".xz"

	badkeysFormat  = 0
	maxMeta        = 1 << 20
	maxCollections = 256
	maxPlaces      = 64 << 30 // bytes
	maxDictionary  = 64 << 20
	maxName        = 200
)

// ErrSource says that a file is not what it should be.
var ErrSource = errors.New("not as badkeys publishes it")

// meta is badkeysdata.json.
type meta struct {
	Format       int    `json:"bkformat"`
	Date         string `json:"date"`
	ListDigest   string `json:"blocklist_sha256"`
	PlacesDigest string `json:"lookup_sha256"`
	Blocklists   []struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
		Kind string `json:"type"`
		Repo string `json:"repo"`
		Path string `json:"path"`
	} `json:"blocklists"`
}

// Import makes a list, in the folder out, of what badkeys publishes: a folder
// with badkeysdata.json, blocklist.dat and, if it is there, lookup.txt, or the
// blocklist alone. The files are read once, piece by piece. Digests that
// badkeysdata.json gives must hold. A list of no stated date is of the day.
func Import(ctx context.Context, source, out string, day time.Time) (*Header, error) {
	dir, list := source, ""
	info, err := os.Stat(source)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		if list, err = either(dir, badkeysList); err != nil {
			return nil, fmt.Errorf("%s: %w: it has no %s", source, ErrSource, badkeysList)
		}
	} else {
		dir, list = filepath.Dir(source), source
	}
	m, err := readMeta(dir, info.IsDir())
	if err != nil {
		return nil, err
	}
	h, err := m.header(day)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, err
	}
	if err := importList(ctx, list, filepath.Join(out, File), h, m.ListDigest); err != nil {
		return nil, err
	}
	places, err := either(dir, badkeysPlaces)
	if err != nil || !info.IsDir() {
		return h, removeOld(filepath.Join(out, PlaceFile))
	}
	return h, importPlaces(ctx, places, filepath.Join(out, PlaceFile), m.PlacesDigest)
}

// either finds a file, packed or not.
func either(dir, name string) (string, error) {
	for _, n := range []string{name, name + packed} {
		if p := filepath.Join(dir, n); exists(p) {
			return p, nil
		}
	}
	return "", fs.ErrNotExist
}

func exists(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

func removeOld(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// readMeta reads badkeysdata.json, which only a folder must have.
func readMeta(dir string, must bool) (*meta, error) {
	name := filepath.Join(dir, badkeysMeta)
	f, err := os.Open(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) && !must {
			return &meta{}, nil
		}
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxMeta+1))
	if err != nil {
		return nil, err
	}
	m := &meta{}
	switch err := json.Unmarshal(text, m); {
	case len(text) > maxMeta:
		return nil, fmt.Errorf("%s: %w: more than %d bytes", name, ErrSource, maxMeta)
	case err != nil:
		return nil, fmt.Errorf("%s: %w: %w", name, ErrSource, err)
	case m.Format != badkeysFormat:
		return nil, fmt.Errorf("%s: %w: format %d is not known", name, ErrSource, m.Format)
	case len(m.Blocklists) > maxCollections:
		return nil, fmt.Errorf("%s: %w: more than %d collections", name, ErrSource, maxCollections)
	}
	return m, nil
}

// header says what the list is, as far as it is known before it was read.
func (m *meta) header(day time.Time) (*Header, error) {
	h := &Header{Date: day.Format(time.DateOnly), Collections: []Collection{}}
	if m.Date != "" {
		if _, err := assay.Date(m.Date); err != nil {
			return nil, fmt.Errorf("%s: %w: %q is no date", badkeysMeta, ErrSource, m.Date)
		}
		h.Date = m.Date
	}
	for _, b := range m.Blocklists {
		if b.ID < 0 || b.ID > 255 || b.Name == "" {
			return nil, fmt.Errorf("%s: %w: collection %d %q", badkeysMeta, ErrSource, b.ID, b.Name)
		}
		c := Collection{ID: b.ID, Name: short(b.Name)}
		if b.Kind == "github" && b.Repo != "" {
			c.Source = short("https://github.com/" + b.Repo + "/blob/" + b.Path)
		}
		h.Collections = append(h.Collections, c)
	}
	return h, nil
}

func short(s string) string { return strings.ToValidUTF8(s[:min(len(s), maxName)], "?") }

// importList writes the list behind its header.
func importList(ctx context.Context, source, target string, h *Header, digest string) error {
	c := newChecker()
	return replace(target, func(w *os.File) error {
		if _, err := w.Seek(headSize, io.SeekStart); err != nil {
			return err
		}
		if err := pour(ctx, source, MaxEntries*entrySize, digest, w, c); err != nil {
			return err
		}
		if len(c.part) > 0 || c.count == 0 {
			return fmt.Errorf("%s: %w: it does not end with an entry", source, ErrSource)
		}
		h.Entries, h.Digest = c.count, c.digest()
		text, err := json.Marshal(h)
		if err != nil || len(magic)+len(text) > headSize {
			return fmt.Errorf("%s: %w: too many collections", source, ErrSource)
		}
		head := append(append([]byte(magic), text...), bytes.Repeat([]byte{' '}, headSize-len(magic)-len(text))...)
		_, err = w.WriteAt(head, 0)
		return err
	})
}

func importPlaces(ctx context.Context, source, target, digest string) error {
	c := &lineChecker{}
	return replace(target, func(w *os.File) error {
		if err := pour(ctx, source, maxPlaces, digest, w, c); err != nil {
			return err
		}
		if len(c.part) > 0 {
			return fmt.Errorf("%s: %w: its last line has no end", source, ErrSource)
		}
		return nil
	})
}

// pour copies a file, unpacked, and holds it to its digest.
func pour(ctx context.Context, source string, most int64, digest string, into ...io.Writer) error {
	f, err := os.Open(source)
	if err != nil {
		return err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(source, packed) {
		if r, err = xz.NewReader(f, maxDictionary); err != nil {
			return fmt.Errorf("%s: %w: %w", source, ErrSource, err)
		}
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(append(into, sum)...), &stoppable{ctx, io.LimitReader(r, most+1)})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%s: %w: %w", source, ErrSource, err)
	case n > most:
		return fmt.Errorf("%s: %w: more than %d bytes", source, ErrSource, most)
	case digest != "" && !strings.EqualFold(digest, hexOf(sum)):
		return fmt.Errorf("%s: %w: its digest is not that of %s", source, ErrSource, badkeysMeta)
	}
	return nil
}

func hexOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// stoppable is a reader that ends with its context.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s *stoppable) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(b)
}

// replace writes a file beside another and then puts it in its place.
func replace(target string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(target), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(write(f), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), target)
}
