package signing

import (
	"bytes"
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
	raws := map[string][]*firmware.File{}
	for _, f := range img.Files {
		if c := f.Container; f.Kind == firmware.Raw && c != nil && slices.Contains(wrappers, c.Type) && outermost(c) {
			add(f.Path, f.Offset, f.Size)
			raws[placeOf(f.Path)] = append(raws[placeOf(f.Path)], f)
		}
	}
	for _, r := range img.Ranges {
		if r.Class == firmware.Unexplained && r.Length < maxLost {
			add(img.Name+"!", r.Offset, r.Length) // too little to be a file
		}
	}
	for place, spans := range items {
		runs, same := taken[place]
		left := untaken(spans, runs)
		n := total(left)
		for _, f := range raws[place] {
			n -= padding(f, left)
		}
		if same {
			u.beside += n
		} else {
			u.apart += n
		}
	}
	return u
}

// maxLost is from how many bytes on a run that nobody explained is a file.
const maxLost = 4 << 10

// padding counts the bytes of a raw file that are left over, at the ends of what is
// left of it, and are all zero or all ones.
func padding(f *firmware.File, left []firmware.Span) (n int64) {
	var content []byte
	for _, l := range left {
		from, to := max(l.Offset, f.Offset), min(l.Offset+l.Length, f.Offset+f.Size)
		if from >= to {
			continue
		}
		if content == nil {
			var err error
			if content, err = f.ReadFile(); err != nil || int64(len(content)) != f.Size {
				return 0
			}
		}
		run := content[from-f.Offset : to-f.Offset]
		for _, edge := range []string{"\x00", "\xff"} {
			for _, rest := range [][]byte{bytes.TrimLeft(run, edge), bytes.TrimRight(run, edge)} {
				if cut := len(run) - len(rest); cut >= minEdge {
					n += int64(cut)
				}
				if len(rest) == 0 {
					break // it was all of it
				}
			}
		}
	}
	return n
}

// minEdge is from how many equal bytes on the end of a run is padding.
const minEdge = 16

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

// untaken are the bytes of spans that no run takes.
func untaken(spans, runs []firmware.Span) []firmware.Span {
	end := int64(0)
	for _, s := range spans {
		end = max(end, s.Offset+s.Length)
	}
	return format.Gaps(end, append(format.Gaps(end, spans), runs...))
}

func total(spans []firmware.Span) (n int64) {
	for _, s := range spans {
		n += s.Length
	}
	return n
}
