package facts

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/format"
)

// unsigned counts bytes of the delivered image that are in no signed container.
// Padding is not counted.
type unsigned struct {
	beside int64 // in the same run of bytes as what is signed
	apart  int64 // elsewhere: in another part of a HEX file
}

// besideSigned counts what of the delivered image stands beside what is signed: in
// other containers, or in none.
func besideSigned(img *firmware.Image) (u unsigned) {
	taken, kinds := signedPlaces(img)
	if len(taken) == 0 {
		return u
	}
	items := map[string][]firmware.Span{} // they may lie over one another
	add := func(path string, offset, length int64) {
		items[placeOf(path)] = append(items[placeOf(path)], firmware.Span{Offset: offset, Length: length})
	}
	for _, c := range img.Containers {
		if outermost(c) && !slices.Contains(wrappers, c.Type) && len(c.Signatures) == 0 && !kinds[c.Type] {
			add(c.Path, c.Offset, c.Length)
		}
	}
	for _, f := range img.Files {
		if c := f.Container; f.Kind == firmware.Raw && c != nil && slices.Contains(wrappers, c.Type) && outermost(c) {
			add(f.Path, f.Offset, f.Size)
		}
	}
	for place, spans := range items {
		if runs, same := taken[place]; same {
			u.beside += untaken(spans, runs)
		} else {
			u.apart += untaken(spans, nil)
		}
	}
	return u
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

// untaken counts the bytes of spans that no run takes.
func untaken(spans, runs []firmware.Span) (n int64) {
	end := int64(0)
	for _, s := range spans {
		end = max(end, s.Offset+s.Length)
	}
	for _, g := range format.Gaps(end, append(format.Gaps(end, spans), runs...)) {
		n += g.Length
	}
	return n
}
