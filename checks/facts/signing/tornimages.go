package signing

import (
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
)

// TornImage is what the delivered image seems to be, where it could not be opened as
// that: it is cut off, or its lengths lie.
type TornImage struct {
	Type     string
	Signable bool   // it is clearly of that kind, which has a place for a signature
	Reason   string // why it could not be opened
	Location assay.Location
}

// TornImages are the kinds of container that the delivered image seems to be and
// could not be opened as. At most one is signable.
var TornImages = &facts.Fact[[]TornImage]{
	Name:  "torn-images",
	Doc:   "What the delivered image seems to be, where it could not be opened as that because it is cut off or its lengths lie.",
	Needs: []facts.Node{facts.Tree},
	Observe: func(o *facts.Observer) ([]TornImage, error) {
		img, err := facts.Tree.Of(o)
		if err != nil {
			return nil, err
		}
		found := []TornImage{}
		places := map[string]bool{img.Name: true} // that are the image, packed or not
		for _, c := range img.Containers {
			if slices.Contains(wrappers, c.Type) && c.Type != "raw" && outermost(c) {
				places[c.Path] = true
			}
		}
		for _, s := range img.Skipped {
			if s.Type != "" && s.Offset == 0 && places[s.Path] {
				found = append(found, TornImage{
					Type: s.Type, Signable: s.Sure && slices.Contains(signable, s.Type), Reason: s.Reason, Location: torn(s),
				})
			}
		}
		return found, nil
	},
}

func torn(s firmware.Skipped) assay.Location {
	return assay.Location{Path: s.Path, Offset: s.Offset}
}
