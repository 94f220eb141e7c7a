package facts

import (
	"strings"

	"github.com/assay-iot/assay"
)

// seenOnce leaves out what was seen in the bytes of a container although the
// same thing was seen in a file inside it.
func seenOnce[T any](all []T, about func(T) (same string, place assay.Location)) []T {
	inside := map[string]bool{} // what was seen, and a path around its place
	for _, v := range all {
		same, place := about(v)
		for i := range len(place.Path) - 1 { // a name may end in the mark
			if place.Path[i] == '!' {
				inside[same+"\x00"+place.Path[:i]] = true
			}
		}
	}
	kept := []T{}
	for _, v := range all {
		same, place := about(v)
		if !inside[same+"\x00"+strings.TrimSuffix(place.Path, "!")] {
			kept = append(kept, v)
		}
	}
	return kept
}

// KeysAndCertificates is what the scan found, each once.
var KeysAndCertificates = &Fact[[]KeyMaterial]{
	Name:    "keys-and-certificates",
	Version: 2,
	Doc:     "What the scan for keys and certificates found, each once.",
	Needs:   []Node{keyScan, Texts},
	Observe: func(o *Observer) ([]KeyMaterial, error) {
		all, err := keyScan.Of(o)
		if err != nil {
			return nil, err
		}
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		once := seenOnce(all, func(m KeyMaterial) (string, assay.Location) {
			if m.Key != nil {
				return "key " + string(m.Key.Same), m.Key.Location
			}
			return "certificate " + string(m.Certificate.Digest), m.Certificate.Location
		})
		return bundleCertificates(nameCertificates(once, texts)), nil
	},
}
