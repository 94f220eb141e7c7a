package firmware

import (
	"maps"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// maxAttributes is how many bytes of extended attributes of a container are looked
// through.
const maxAttributes = 8 << 20

// attributes offers the values of extended attributes, each once, as one file: they may
// hold as much as a file. Those too short for what is looked for are left out.
func (o *opener) attributes(k *Container, entries []format.Entry) {
	var all []byte
	seen := map[string]bool{}
	for i := range entries {
		x := entries[i].Xattrs
		for _, name := range slices.Sorted(maps.Keys(x)) {
			value := x[name]
			if len(value) < minTelling || seen[string(value)] {
				continue
			}
			if len(all)+len(value) > maxAttributes {
				o.skip(k.Path, 0, 0, "more extended attributes than are looked through")
				return
			}
			seen[string(value)] = true
			all = append(append(all, value...), '\n')
		}
	}
	in := format.InMemory(all)
	if telling(in, Range{Length: in.Size}) < minTelling {
		return
	}
	if err := o.budget.Live(in.Size); err != nil {
		o.skip(k.Path, 0, 0, "extended attributes: "+err.Error())
		return
	}
	at := &place{in: in, parent: k, path: k.Path + "!" + unlike(k, "attributes"), why: "values of extended attributes"}
	o.rawRange(at, "bytes", Range{Length: in.Size})
}
