package firmware

import (
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// rest offers what a tree unpacked and no file of it holds as one file. Where it looks
// encrypted, or is too much, the place that it comes from is not explained.
func (o *opener) rest(k *Container, tree format.Tree) (gone []Range) {
	t, ok := tree.(format.Remainder)
	if !ok {
		return nil
	}
	var rests []format.Rest
	if err := format.Guard(func() error { rests = t.Rest(); return nil }); err != nil {
		o.skip(k.Path, 0, 0, "what no file holds: "+err.Error())
		return nil
	}
	var all []byte
	for _, r := range rests {
		if r.Bytes == nil {
			why := fmt.Sprintf("bytes that no file of the %s holds, too many or damaged", k.Type)
			o.skip(k.Path, r.Place.Offset, r.Place.Length, why+": they are not looked through")
			gone = append(gone, Range{r.Place.Offset, r.Place.Length, Unexplained, why})
			continue
		}
		in := format.InMemory(r.Bytes)
		all = append(all, r.Bytes...)
		if len(r.Bytes) < minRaw {
			continue
		}
		for _, u := range unknownOf(readable(in, Range{Length: in.Size})) {
			o.skip(k.Path, r.Place.Offset, r.Place.Length, "not recognised: "+u.What)
			gone = append(gone, Range{r.Place.Offset, r.Place.Length, Unexplained, u.What})
			break
		}
	}
	if err := o.budget.Live(int64(len(all))); err != nil {
		o.skip(k.Path, 0, k.Length, "what no file holds: "+err.Error())
		return append(gone, Range{0, k.Length, Unexplained, "what no file holds"})
	}
	in := format.InMemory(all)
	if telling(in, Range{Length: in.Size}) >= minTelling {
		at := &place{in: in, parent: k, path: k.Path + "!" + unlike(k, "rest"), why: "unpacked, and in no file of the container"}
		o.rawRange(at, "bytes", Range{Length: in.Size})
	}
	return gone
}
