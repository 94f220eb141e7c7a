package firmware

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// holding is a container that was opened, and what it holds.
type holding struct {
	*Container
	in     format.Input // its bytes
	opened *format.Opened
	tree   *planted // its files, while they are read
	done   context.CancelFunc
}

// inside goes on into what a container holds.
func (o *opener) inside(ctx context.Context, p *place, c *holding) (ranges []Range, kernel string, err error) {
	k, in, got := c.Container, c.in, c.opened
	stream, isStream := got.Unpacked()
	var gone []Range
	switch {
	case got.Tree != nil:
		if c.tree == nil {
			c.tree = o.plant(ctx, k, in, got.Tree)
		}
		if gone, err = o.reap(p, k, in, c.tree); errors.Is(err, format.ErrSpent) {
			got.Damage = append(got.Damage, format.Damage{Length: got.Length, Reason: err.Error()})
			err = nil
		}
	case isStream:
		var f found
		f, err = o.unpacked(p, k, stream, got.StreamName)
		ranges, kernel = over([]Range{{0, in.Size, Opened, k.Type}}, lost(got, nil, nil)), f.kernel
		if what := unknown(f.ranges); what != "" {
			ranges = []Range{{0, in.Size, Unexplained, k.Type + " of: " + what}}
		} else {
			ranges = over(ranges, packed(f.ranges, stream.Size, in.Size))
		}
	default:
		if ranges, kernel, err = o.parts(p, k, in, got.Parts); err != nil {
			return nil, "", err
		}
		ranges = over(ranges, lost(got, nil, nil))
	}
	if err != nil {
		return nil, "", err
	}
	if got.Tree != nil {
		gone = append(gone, o.rest(k, got.Tree)...)
		o.attributes(k, c.tree.files)
		ranges = over([]Range{{0, in.Size, Opened, k.Type}}, lost(got, c.tree.files, &c.tree.lost, gone...))
		ranges = c.tree.lost.settle(ranges, contents(c.tree.files))
	}
	unused, err := o.unused(p, k, in, got.Unused)
	if err != nil {
		return nil, "", err
	}
	unread, err := o.unread(p, k, in, got.Unread)
	return over(over(ranges, unused), unread), kernel, err
}

// unpacked looks into what a stream unpacked to.
func (o *opener) unpacked(p *place, k *Container, stream format.Input, name string) (found, error) {
	role := p.role
	if role == format.Flat {
		role = format.Unknown // what is packed does not run as it stands
	}
	in, giveBack := borrowed(stream)
	defer giveBack()
	return o.look(&place{
		in: in, path: k.Path, parent: k,
		depth: p.depth + 1, role: role, stream: true, name: name, carried: p.carried,
	})
}

// parts looks into the parts that a header describes.
func (o *opener) parts(p *place, k *Container, in format.Input, parts []format.Part) (ranges []Range, kernel string, err error) {
	first := len(o.img.Containers)
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, func(a, b format.Part) int { return cmp.Compare(a.Offset, b.Offset) })
	distinct(parts)
	at := int64(0)
	var gone []Range
	var away homeless
	size := int64(0) // of the parts that were put together
	for _, part := range parts {
		if part.Bytes.ReaderAt != nil {
			f, err := o.gathered(p, k, part)
			if err != nil {
				return nil, "", err
			}
			kernel = cmp.Or(kernel, f.kernel)
			gone = append(gone, traced(part, f.ranges, &away)...)
			size += part.Bytes.Size
			continue
		}
		if part.Offset < at || part.Length <= 0 || part.Length > in.Size-part.Offset {
			o.skip(k.Path, part.Offset, part.Length, "part overlaps another or lies outside")
			continue
		}
		sub := &place{
			in: in.Section(part.Offset, part.Length), path: k.Path, parent: k, shift: part.Offset,
			depth: p.depth + 1, role: part.Role, hint: part.Hint, mapped: p.mapped, name: part.Name,
			tried: p.tried, begin: p.begin + k.Offset - p.shift + part.Offset,
		}
		if part.Name != "" {
			sub.path += "!" + part.Name
		}
		if part.Offset == 0 {
			sub.outer = k.Type
		}
		f, err := o.look(sub)
		if err != nil {
			return nil, "", err
		}
		kernel = cmp.Or(kernel, f.kernel)
		if part.Offset > at {
			ranges = append(ranges, Range{at, part.Offset - at, Opened, k.Type})
		}
		ranges = append(ranges, shifted(f.ranges, part.Offset)...)
		at = part.Offset + part.Length
	}
	if at < in.Size {
		ranges = append(ranges, Range{at, in.Size - at, Opened, k.Type})
	}
	ranges = away.settle(over(ranges, joined(gone)), size)
	return ranges, kernel, o.settle(o.img.Containers[first:], partsBeside(k, in, parts))
}

// distinct makes the names of parts ones that can stand in a path, and each
// different: a second "rootfs" becomes "rootfs@2".
func distinct(parts []format.Part) {
	used := map[string]int{}
	for i := range parts {
		clean := cleanName(parts[i].Name)
		name := clean
		for name != "" && used[name] > 0 {
			used[clean]++
			name = fmt.Sprintf("%s@%d", clean, used[clean])
		}
		used[name], parts[i].Name = 1, name
	}
}

// gathered looks into a part that was put together from several places.
func (o *opener) gathered(p *place, k *Container, part format.Part) (found, error) {
	sub := &place{
		in: part.Bytes, path: k.Path, parent: k, depth: p.depth + 1,
		role: part.Role, hint: part.Hint, stream: true, name: part.Name,
	}
	if part.Name != "" {
		sub.path += "!" + part.Name
	}
	if err := o.budget.Bytes(part.Bytes.Size); err != nil {
		o.skip(sub.path, 0, part.Bytes.Size, err.Error())
		return found{ranges: []Range{{0, part.Bytes.Size, Unexplained, err.Error()}}}, nil
	}
	return o.look(sub)
}
