package facts

import (
	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// WellKnownKey is a symmetric key that a specification publishes.
type WellKnownKey struct {
	Name     string
	Location assay.Location
}

// wellKnown are such keys. They must be in every device of their kind, so that
// they are no secret of a maker, and protect nothing.
var wellKnown = []struct{ name, value string }{
	{"the default link key of Zigbee", "ZigBeeAlliance09"},
}

var wellKnownWords = func() *literals {
	var words []string
	for _, k := range wellKnown {
		words = append(words, k.value)
	}
	return newLiterals(words)
}()

// WellKnownKeys are found in programs and flat code; a text that names one is
// about it.
var WellKnownKeys = &Scan[WellKnownKey]{
	Name:  "well-known-keys",
	Doc:   "Symmetric keys that a specification publishes, in programs and flat code.",
	Words: wellKnownWords,
	Spot: func(f *firmware.File, content []byte, words sights) (found []WellKnownKey) {
		if f.Kind == firmware.Regular && IsText(content) {
			return nil
		}
		words.Each(func(word, at int) bool {
			l := At(f)
			l.Offset, l.Length = int64(at), int64(len(wellKnown[word].value))
			found = append(found, WellKnownKey{Name: wellKnown[word].name, Location: l})
			return len(found) < 16
		})
		return found
	},
}
