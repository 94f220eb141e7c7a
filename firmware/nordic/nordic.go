// Package nordic reads the packages that devices of Nordic Semiconductor are
// updated with: a zip archive with manifest.json, and for each image its program
// and an init packet.
//
// The packets are those of dfu-cc.proto of the nRF5 SDK, and of its boot loader
// before version 12, which know a CRC only. Hashes and CRCs are compared with the
// programs. The signature of a packet is over the init command, and covers a program by
// the hash in it. The packages of the nRF Connect SDK have no packets: their images
// are those of MCUboot.
package nordic

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/zipfile"
)

// Format is the package. It stands before the zip archive, which it is.
var Format = &format.Format{
	Name:     name,
	Magics:   zipfile.Format.Magics,
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

const (
	name         = "nordic-dfu"
	manifestName = "manifest.json"
	maxManifest  = 1 << 20
	maxPacket    = 64 << 10
	maxImages    = 64
	maxDepth     = 16 // of the manifest
)

func probe(in format.Input) format.Likeness {
	if zipfile.Format.Probe(in) == format.No || !leads(in) {
		return format.No
	}
	return format.Likely
}

// manifest is manifest.json, of either kind.
type manifest struct {
	Manifest map[string]json.RawMessage `json:"manifest"`
	Files    []struct {
		File    string `json:"file"`
		Type    string `json:"type"`
		Version string `json:"version_MCUBOOT"`
	} `json:"files"`
	Format *int `json:"format-version"`
}

// image is an entry of the manifest.
type image struct {
	Bin string `json:"bin_file"`
	Dat string `json:"dat_file"`
}

// reader is the work on one package.
type reader struct {
	o       *format.Opened
	b       *format.Budget
	entries []format.Entry
	problem string // that every signature has
	bound   map[string]bool
	named   map[string]bool // by the manifest
}

var errNone = errors.New("a zip archive without the manifest of a package")

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	o, err := zipfile.Format.Open(ctx, in, b)
	if err != nil {
		return nil, err
	}
	r := &reader{o: o, b: b, entries: o.Tree.Entries(), bound: map[string]bool{}, named: map[string]bool{}}
	o.Attributes = map[string]string{}
	found, err := r.find(manifestName)
	if err != nil {
		return nil, errNone
	}
	raw, err := r.content(found, maxManifest)
	if err != nil {
		return nil, err
	}
	var m manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, err)
	}
	switch {
	case m.Format != nil && len(m.Files) > 0:
		r.connect(&m)
	case len(m.Manifest) == 0 || len(m.Manifest) > maxImages:
		return nil, errNone
	default:
		r.manifests(raw)
		if err := r.images(ctx, &m); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// manifests notes what makes it doubtful which manifest counts.
func (r *reader) manifests(raw []byte) {
	n := 0
	for _, e := range r.entries {
		if strings.EqualFold(path.Base(e.Name), manifestName) {
			n++
		}
	}
	if n > 1 {
		r.broken(fmt.Sprintf("%d manifests in one package", n))
	}
	if key := twice(json.NewDecoder(bytes.NewReader(raw)), 0); key != "" {
		r.broken(fmt.Sprintf("%s: %q is there twice", manifestName, key))
	}
	names := map[string]bool{}
	for _, e := range r.entries {
		if clean := path.Clean(e.Name); names[clean] {
			r.broken(fmt.Sprintf("%q is there twice", clean))
		} else {
			names[clean] = true
		}
	}
}

// twice finds a key that is twice in one object of JSON.
func twice(d *json.Decoder, depth int) string {
	t, err := d.Token()
	delim, ok := t.(json.Delim)
	if err != nil || !ok || depth > maxDepth {
		return ""
	}
	seen := map[string]bool{}
	for d.More() {
		if delim == '{' {
			key, err := d.Token()
			if err != nil {
				return ""
			}
			if s, _ := key.(string); seen[s] {
				return s
			} else {
				seen[s] = true
			}
		}
		if s := twice(d, depth+1); s != "" {
			return s
		}
	}
	_, _ = d.Token()
	return ""
}

// broken notes what is wrong with the package as a whole.
func (r *reader) broken(reason string) {
	r.o.Damage = append(r.o.Damage, format.Damage{Reason: reason})
	if r.problem == "" {
		r.problem = reason
	}
}

// find finds a member of the package. Of two the last counts, as everywhere.
func (r *reader) find(want string) (int, error) {
	for i := len(r.entries) - 1; i >= 0; i-- {
		if path.Clean(r.entries[i].Name) == want && r.entries[i].Mode.IsRegular() {
			return i, r.entries[i].Err
		}
	}
	return 0, fmt.Errorf("%q is not in the package", want)
}

// content reads a member that is not too large.
func (r *reader) content(i int, most int64) ([]byte, error) {
	if e := &r.entries[i]; e.Size > min(most, r.b.FileBytes) {
		return nil, fmt.Errorf("%q has %d bytes: %w", e.Name, e.Size, format.ErrLimit)
	}
	return r.o.Tree.Read(i)
}

// connect reads a manifest of the nRF Connect SDK.
func (r *reader) connect(m *manifest) {
	var names []string
	for _, f := range m.Files[:min(len(m.Files), maxImages)] {
		names = append(names, f.File)
		if f.Version != "" {
			r.o.Attributes[f.File+"-version"] = f.Version
		}
		if _, err := r.find(path.Clean(f.File)); err != nil {
			r.broken("the manifest names it: " + err.Error())
		}
	}
	r.o.Attributes["images"] = strings.Join(names, ", ")
	r.o.Attributes["kind"] = "nrf-connect"
}

// images reads the packet of each image.
func (r *reader) images(ctx context.Context, m *manifest) error {
	var names []string
	for n, raw := range m.Manifest {
		var i image
		if json.Unmarshal(raw, &i) == nil && i.Bin != "" {
			names = append(names, n)
		}
	}
	if names == nil {
		return errNone
	}
	slices.Sort(names)
	r.o.Attributes["images"] = strings.Join(names, " ")
	for _, n := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		var i image
		_ = json.Unmarshal(m.Manifest[n], &i)
		r.image(n, i)
	}
	r.leaves()
	return nil
}

// leaves notes what is wrong with all signatures, and which members a signature does not bind: neither it nor the hash
// that it covers.
func (r *reader) leaves() {
	for i := range r.o.Signatures {
		if s := &r.o.Signatures[i]; s.Problem == "" {
			s.Problem = r.problem
		}
	}
	var spans []format.Span
	for _, e := range r.entries {
		if clean := path.Clean(e.Name); e.Mode.IsRegular() && !r.bound[clean] {
			spans = append(spans, format.Span{Path: e.Name, Length: e.Size, Used: r.named[clean]})
		}
	}
	for i := range r.o.Signatures {
		r.o.Signatures[i].Leaves = append(r.o.Signatures[i].Leaves, spans...)
	}
}

// leads reports whether a zip archive may hold a manifest. The headers of the
// first members say so, as far as they tell where the next one is; where they do
// not, the directory at the end of the input does.
func leads(in format.Input) bool {
	const (
		header  = 30
		most    = 32
		unknown = 1 << 3 // the sizes stand behind the content
		maxName = 4096
		tail    = 64 << 10
	)
	for at, n := int64(0), 0; n < most; n++ {
		h := in.Peek(at, header)
		if len(h) < header || string(h[:4]) != zipfile.Format.Magics[0].Bytes {
			return false
		}
		size := int64(le.Uint16(h[26:]))
		if size > maxName {
			return false
		}
		if path.Clean(string(in.Peek(at+header, int(size)))) == manifestName {
			return true
		}
		if le.Uint16(h[6:])&unknown != 0 {
			return bytes.Contains(in.Peek(max(in.Size-tail, 0), tail), []byte(manifestName))
		}
		at += header + size + int64(le.Uint16(h[28:])) + int64(le.Uint32(h[18:]))
	}
	return false
}
