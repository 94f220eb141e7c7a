package facts

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/format"
)

// besideSigned counts the bytes of the delivered image that stand beside what is
// signed: in other containers, or in none. Padding is not counted.
func besideSigned(img *firmware.Image) (n int64) {
	taken, kinds := signedPlaces(img)
	if len(taken) == 0 {
		return 0
	}
	for _, c := range img.Containers {
		if outermost(c) && !slices.Contains(wrappers, c.Type) && len(c.Signatures) == 0 && !kinds[c.Type] {
			n += untaken(taken[placeOf(c.Path)], c.Offset, c.Length)
		}
	}
	for _, f := range img.Files {
		if c := f.Container; f.Kind == firmware.Raw && c != nil && slices.Contains(wrappers, c.Type) && outermost(c) {
			n += untaken(taken[placeOf(f.Path)], f.Offset, f.Size)
		}
	}
	return n
}

// signedPlaces are the runs of bytes that belong to signed containers of the
// delivered image or that a signature in one covers, by the place that they are
// in; and the kinds of the signatures, for some formats name theirs as containers.
func signedPlaces(img *firmware.Image) (taken map[string][]firmware.Span, kinds map[string]bool) {
	taken, kinds = map[string][]firmware.Span{}, map[string]bool{}
	for _, c := range img.Containers {
		if len(c.Signatures) == 0 || !outermost(c) {
			continue
		}
		place := placeOf(c.Path)
		taken[place] = append(taken[place], firmware.Span{Offset: c.Offset, Length: c.Length})
		for _, s := range c.Signatures {
			kinds[s.Kind] = true
			for _, span := range slices.Concat(s.Covers, s.Through) {
				if span.Offset < 0 {
					taken[place] = append(taken[place], firmware.Span{Offset: c.Offset + span.Offset, Length: span.Length})
				}
			}
		}
	}
	return taken, kinds
}

// placeOf is a path without its last element.
func placeOf(path string) string {
	return path[:max(0, strings.LastIndex(path, "!"))]
}

// untaken counts the bytes of a run that none of the spans takes.
func untaken(taken []firmware.Span, offset, length int64) (n int64) {
	for _, g := range format.Gaps(offset+length, taken) {
		n += max(0, g.Offset+g.Length-max(offset, g.Offset))
	}
	return n
}
