package facts

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// archives are the types of container that hold images of partitions as files.
var archives = []string{"folder", "tar", "zip"}

// wholeByChain marks the signatures of a chain of vbmeta as those of the delivered
// image where it is an archive, and each of its files is either covered from its
// first byte to its last by a hash in the chain, or signed itself.
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
		if f.Container == k && f.Kind == firmware.Regular && f.Size > 0 && hashed[f.Path] != f.Size && !signed[f.Path] {
			return false
		}
	}
	return len(signed) > 0
}
