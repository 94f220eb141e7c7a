package signing

import (
	"errors"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// archives are the types of container that hold images of partitions as files.
var archives = []string{"folder", "tar", "zip"}

// wholeByChain marks the signatures of a chain of vbmeta as those of the delivered
// image where it is an archive, and each of its files is either covered from its
// first byte to its last (but for a footer) by a hash in the chain, or signed itself.
func wholeByChain(img *firmware.Image, found []Signature) {
	for _, k := range img.Containers {
		if !outermost(k) || !slices.Contains(archives, k.Type) || !chainCovers(img, k, found) {
			continue
		}
		for i := range found {
			if found[i].Kind == chainKind && strings.HasPrefix(found[i].Container, k.Path+"!") {
				found[i].Outermost = true
			}
		}
	}
}

// onlyFooted reports whether nothing follows the hashed content of a partition, from an
// offset on, but its own vbmeta block, the footer that names it, and zeros: whoever
// checks the partition by a hash in another block reads none of these.
func onlyFooted(img *firmware.Image, f *firmware.File, from int64) bool {
	tail := &tailOfZeros{from: from}
	footer := false
	for _, c := range img.Containers {
		if placeOf(c.Path) == f.Path && (c.Type == vbmetaType || c.Type == footerType) {
			// In a file that is stored as it is, places are those in the archive.
			tail.but = append(tail.but, firmware.Span{Offset: c.Offset - max(0, f.Offset), Length: c.Length})
			footer = footer || c.Type == footerType
		}
	}
	if from == 0 || !footer {
		return false
	}
	_, err := f.WriteTo(tail)
	return err == nil && tail.at == f.Size
}

// tailOfZeros is a writer that refuses what is not zero from an offset on, but for some
// spans.
type tailOfZeros struct {
	at, from int64
	but      []firmware.Span
}

var errNotZero = errors.New("not zero")

func (z *tailOfZeros) Write(b []byte) (int, error) {
	for i := max(0, min(z.from-z.at, int64(len(b)))); i < int64(len(b)); i++ {
		at := z.at + i
		within := func(s firmware.Span) bool { return at >= s.Offset && at < s.Offset+s.Length }
		if b[i] != 0 && !slices.ContainsFunc(z.but, within) {
			return int(i), errNotZero
		}
	}
	z.at += int64(len(b))
	return len(b), nil
}

// chainKind is the kind of signature of a chain of vbmeta.
const chainKind = "avb"

// chainCovers reports whether no file of an archive is left out, and all that the
// chain speaks of is there and as it says.
func chainCovers(img *firmware.Image, k *firmware.Container, found []Signature) bool {
	hashed, signed := map[string]int64{}, map[string]bool{}
	for _, s := range found {
		if s.Kind != chainKind || !strings.HasPrefix(s.Container, k.Path+"!") {
			continue
		}
		signed[placeOf(s.Container)] = true
		for _, span := range s.Through {
			if span.Beside && span.Offset == 0 {
				hashed[span.Path] = max(hashed[span.Path], span.Length)
			}
		}
	}
	for _, c := range img.Containers {
		if strings.HasPrefix(c.Path, k.Path+"!") && slices.ContainsFunc(c.Hashes, func(h firmware.Hash) bool { return !h.OK }) {
			return false
		}
	}
	for _, f := range img.Files {
		if f.Container == k && f.Kind == firmware.Regular && f.Size > 0 && hashed[f.Path] != f.Size && !signed[f.Path] && !onlyFooted(img, f, hashed[f.Path]) {
			return false
		}
	}
	return len(signed) > 0
}
