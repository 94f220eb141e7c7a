package signing

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/detached"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/openpgp"
)

// Endings of the names of files that sign the file without the ending.
var pairEndings = []string{".asc", ".gpg", ".minisig", ".p7s", ".sig", ".sign"}

// Names of the indexes of package repositories that are signed in a file of their
// own, and of the one that is signed in clear. apt keeps them with the address of
// the repository in front.
var (
	indexNames = []string{"Packages", "Packages.gz", "Release", "repomd.xml"}
	clearNames = []string{"InRelease"}
)

const (
	maxPairs      = 256
	maxPairTarget = 256 << 20
)

// signatureFile is a file that by its name signs another, or itself in clear.
type signatureFile struct {
	Path    string
	Content []byte
}

var signatureFiles = &facts.Scan[signatureFile]{
	Name: "signature-files",
	Doc:  "Files that by their names are detached signatures.",
	Want: func(f *firmware.File) bool {
		return f.Kind == firmware.Regular && f.Size > 0 && f.Size <= detached.MaxSignature && (slices.Contains(pairEndings, path.Ext(f.Name)) || isIndex(f.Name, clearNames))
	},
	See: func(f *firmware.File, content []byte) []signatureFile {
		return []signatureFile{{f.Path, append([]byte{}, content...)}}
	},
}

// isIndex reports whether a file is an index by its name.
func isIndex(name string, names []string) bool {
	base := path.Base(name)
	return slices.Contains(names, base[strings.LastIndexByte(base, '_')+1:])
}

// signedPair is a signature in a file of a container, with what it is over.
type signedPair struct {
	file, target *firmware.File
	signatures   []firmware.Signature
	text         []byte // what it is over
}

// signedPairs finds the signature files that have something to sign beside them. In a
// root file system those count that sign an index of packages.
func signedPairs(img *firmware.Image, seen []signatureFile) (all []signedPair) {
	byPath := map[string][]byte{}
	for _, s := range seen {
		byPath[s.Path] = s.Content
	}
	for _, f := range img.Files {
		content, ok := byPath[f.Path]
		if !ok || len(all) == maxPairs {
			continue
		}
		if isIndex(f.Name, clearNames) {
			if openpgp.IsClear(content) {
				p := signedPair{file: f, target: f, signatures: detached.Clear("openpgp", content)}
				p.text = p.signatures[0].Message
				all = append(all, p)
			}
			continue
		}
		target, ok := f.Container.Lookup(strings.TrimSuffix(f.Name, path.Ext(f.Name)))
		if !ok || target.Kind != firmware.Regular || target.Size > maxPairTarget || facts.IsRoot(f.Container) && !isIndex(target.Name, indexNames) {
			continue
		}
		if p, ok := readPair(f, target, content); ok {
			all = append(all, p)
		}
	}
	return all
}

// readPair reads a signature over a file. One of an unknown kind is no signature.
func readPair(f, target *firmware.File, content []byte) (signedPair, bool) {
	text, err := target.ReadFile()
	if err != nil {
		return signedPair{}, false // it stands with what could not be read
	}
	found, err := detached.Parse(context.Background(), content, format.InMemory(text))
	switch {
	case errors.Is(err, detached.ErrUnknown):
		return signedPair{}, false
	case err != nil:
		found = []firmware.Signature{{Kind: "detached", Length: f.Size, Problem: err.Error()}}
	}
	return signedPair{f, target, found, text}, true
}

// Index is a signed file in the image, alone or with what it lists by digest.
type Index struct {
	Signatures []Signature
	Hashes     []HashEntry // of what it lists and is there
}

// Indexes are the files of the image that are signed by others beside them, as the
// indexes of package repositories are.
var Indexes = &facts.Fact[[]Index]{
	Name:  "indexes",
	Doc:   "Files that others beside them sign, as the indexes of package repositories, and whether what they list is what they say.",
	Needs: []facts.Node{facts.Tree, signatureFiles},
	Observe: func(o *facts.Observer) ([]Index, error) {
		img, err := facts.Tree.Of(o)
		if err != nil {
			return nil, err
		}
		seen, err := signatureFiles.Of(o)
		if err != nil {
			return nil, err
		}
		return indexes(img, signedPairs(img, seen)), nil
	},
}

func indexes(img *firmware.Image, all []signedPair) []Index {
	found := make([]Index, 0, len(all))
	covered := map[*firmware.Container]map[*firmware.File]bool{}
	var throughs [][]firmware.Span
	for _, p := range all {
		c := p.file.Container
		if covered[c] == nil {
			covered[c] = map[*firmware.File]bool{}
		}
		covered[c][p.file], covered[c][p.target] = true, true
		x, through := Index{}, []firmware.Span(nil)
		for _, l := range follow(c, p.target.Name, p.text) {
			x.Hashes = append(x.Hashes, l.entry(c))
			if l.ok {
				through = append(through, firmware.Span{Path: l.file.Name, Length: l.file.Size})
				covered[c][l.file] = true
			}
		}
		found, throughs = append(found, x), append(throughs, through)
	}
	left := map[*firmware.Container][]firmware.Span{}
	for _, f := range img.Files {
		if done := covered[f.Container]; done != nil && !facts.IsRoot(f.Container) && f.Kind == firmware.Regular && !done[f] && len(left[f.Container]) < maxPairs {
			left[f.Container] = append(left[f.Container], firmware.Span{Path: f.Name, Length: f.Size})
		}
	}
	for i, p := range all {
		for _, s := range p.signatures {
			found[i].Signatures = append(found[i].Signatures, p.signature(s, throughs[i], left[p.file.Container]))
		}
	}
	return found
}

func (p signedPair) signature(s firmware.Signature, through, left []firmware.Span) Signature {
	c := p.file.Container
	s.Name = strings.TrimSuffix(path.Base(p.file.Name)+", "+s.Name, ", ")
	s.Covers = []firmware.Span{{Path: p.target.Name, Length: p.target.Size}}
	s.Through, s.Leaves = through, left
	return Signature{
		Signature: keepMessage(s), Container: c.Path, Type: "detached", Outermost: outermost(c) && !facts.IsRoot(c), Kept: facts.IsRoot(c), Until: p.until(),
		Location: assay.Location{Path: p.file.Path, Offset: s.Offset, Length: s.Length},
	}
}

// until is when a Release file of apt says that it is no longer valid; zero if it
// does not say it.
func (p signedPair) until() (t time.Time) {
	if !strings.HasSuffix(path.Base(p.target.Name), "Release") {
		return t
	}
	for line := range strings.Lines(string(p.text[:min(len(p.text), maxIndex)])) {
		if day, ok := strings.CutPrefix(line, "Valid-Until:"); ok {
			t, _ = time.Parse(time.RFC1123, strings.TrimSpace(day))
			return t
		}
	}
	return t
}
