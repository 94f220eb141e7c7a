package signing

import (
	"slices"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
)

// Signature is what a container of the image says about who signed it. Nobody
// has verified it yet: that needs keys that somebody trusts.
type Signature struct {
	firmware.Signature
	Container string    // its path
	Type      string    // of the container
	Outermost bool      // it is on the delivered image itself
	Beside    bool      // it stands in a file that came with the image
	Found     bool      // that nobody named
	Damage    string    // what of the container could not be read; empty if all could
	Around    int64     // bytes of the delivered image that stand beside all that is signed in it
	Apart     int64     // bytes of it in parts in which nothing is signed
	Kept      bool      // it is of a package or an index that a root file system keeps, and not of the image
	Until     time.Time `json:",omitzero"` // until when what is signed says that it is valid; zero if it does not
	Location  assay.Location
}

// HashEntry is an entry of a hash list in a container.
type HashEntry struct {
	firmware.Hash
	Container string
	Outermost bool // of the delivered image itself
	Kept      bool // of something that a root file system keeps
	Location  assay.Location
}

// Signatures are the signatures of the containers of the image.
var Signatures = &facts.Fact[[]Signature]{
	Name:    "signatures",
	Version: 6,
	Doc:     "Signatures that containers of the image and its OSTree commits carry, or that came with it in files of their own: kind, algorithm, key, and which bytes they cover; parsed, not verified.",
	Needs:   []facts.Node{facts.Tree, OSTree, Indexes},
	Observe: func(o *facts.Observer) ([]Signature, error) {
		img, repos, signed, err := carriers(o)
		if err != nil {
			return nil, err
		}
		found, more := []Signature{}, besideSigned(img)
		for _, c := range img.Containers {
			if len(c.Signatures) == 0 {
				continue
			}
			damage := damageIn(img, c)
			for _, s := range c.Signatures {
				found = append(found, Signature{
					Signature: keepMessage(s), Container: c.Path, Type: c.Type, Outermost: outermost(c), Damage: damage, Around: more.beside, Apart: more.apart, Kept: kept(c),
					Location: assay.Location{Path: c.Path, Offset: s.Offset, Length: s.Length},
				})
			}
		}
		wholeByChain(img, found)
		for _, s := range img.Beside {
			found = append(found, Signature{
				Signature: keepMessage(s.Signature), Container: img.Name, Type: "detached", Outermost: true, Beside: true, Found: s.Found,
				Location: assay.Location{Path: s.File, Offset: s.Offset, Length: s.Length},
			})
		}
		for _, x := range signed {
			for _, s := range x.Signatures {
				// One file of an archive is signed: the others can be exchanged.
				s.Outermost = s.Outermost && len(s.Leaves) == 0
				found = append(found, s)
			}
		}
		return append(found, ostreeSignatures(repos)...), nil
	},
}

// carriers are what has signatures and hash lists in it: the image with its
// containers, OSTree repositories, and signed indexes of files.
func carriers(o *facts.Observer) (*firmware.Image, []OSTreeRepository, []Index, error) {
	img, err := facts.Tree.Of(o)
	if err != nil {
		return nil, nil, nil, err
	}
	repos, err := OSTree.Of(o)
	if err != nil {
		return nil, nil, nil, err
	}
	indexes, err := Indexes.Of(o)
	return img, repos, indexes, err
}

// damageIn says what of a container, of those that only wrap it, or of the files
// right in it, could not be read.
func damageIn(img *firmware.Image, c *firmware.Container) string {
	for p := c; p != nil && (p == c || outermost(c)); p = p.Parent {
		if len(p.Damage) > 0 {
			return p.Damage[0].Reason
		}
	}
	for _, f := range img.Files {
		if f.Container == c && f.Err != nil {
			return f.Name + ": " + f.Err.Error()
		}
	}
	return ""
}

// HashLists are the hash lists of the containers of the image.
var HashLists = &facts.Fact[[]HashEntry]{
	Name:    "hash-lists",
	Version: 3,
	Doc:     "Hash lists inside containers, and the objects of OSTree commits, each entry compared with what it is about. They are no signatures.",
	Needs:   []facts.Node{facts.Tree, OSTree, Indexes},
	Observe: func(o *facts.Observer) ([]HashEntry, error) {
		img, repos, signed, err := carriers(o)
		if err != nil {
			return nil, err
		}
		found := []HashEntry{}
		for _, c := range img.Containers {
			for _, h := range c.Hashes {
				at := assay.Location{Path: c.Path, Offset: h.Span.Offset, Length: h.Span.Length}
				if h.Span.Beside {
					at.Path = h.Span.Path
				}
				found = append(found, HashEntry{Hash: h, Container: c.Path, Outermost: outermost(c), Kept: inRoot(c), Location: at})
			}
		}
		for _, x := range signed {
			for _, h := range x.Hashes {
				h.Kept = !h.Outermost
				found = append(found, h)
			}
		}
		return append(found, ostreeHashes(repos)...), nil
	},
}

// outermost reports whether a container is the delivered image, or is wrapped in
// nothing that says more than how it is packed.
func outermost(c *firmware.Container) bool {
	for p := c.Parent; p != nil; p = p.Parent {
		if !slices.Contains(wrappers, p.Type) {
			return false
		}
	}
	return true
}

// kept reports whether a container is a package, or an index of packages, that lies
// in a root file system: it was not delivered by what is signed.
func kept(c *firmware.Container) bool {
	return slices.Contains([]string{"apk", "ar", "rpm"}, c.Type) && inRoot(c)
}

// inRoot reports whether a container lies in a root file system.
func inRoot(c *firmware.Container) bool {
	for p := c.Parent; p != nil; p = p.Parent {
		if facts.IsRoot(p) {
			return true
		}
	}
	return false
}

// wrappers are the types of container that pack one image and say nothing of it.
var wrappers = []string{
	"raw", "gzip", "xz", "lzma", "bzip2", "zstd", "lz4", "zlib", "lzop",
	"intel-hex", "srec", "uf2", "dfu", "dfuse", "elf", "android-sparse",
}

// keepMessage makes a signature one that can be judged from what is stored,
// where the covered bytes are few.
func keepMessage(s firmware.Signature) firmware.Signature {
	if s.Message != nil || s.Signed == nil {
		return s
	}
	switch m, err := s.Signed(); {
	case err != nil:
		s.Problem = err.Error()
	case len(m) <= maxStoredMessage:
		s.Message = m
	}
	return s
}

// maxStoredMessage is how many covered bytes are stored with a signature.
const maxStoredMessage = 64 << 10
