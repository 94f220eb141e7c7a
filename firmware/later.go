package firmware

import (
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// mayWait reports whether a container is looked into when all of its place are
// known: one of the image itself that counts whatever is inside. While the workers
// read the files of a tree, the kernel beside it, which is one stream, is unpacked.
func (o *opener) mayWait(p *place, got *format.Opened) bool {
	return o.opts.Workers > 1 && p.mapped && p.parent == nil && !got.Hollow && (got.Tree != nil || len(got.Parts) > 0)
}

// catchUp looks into the containers that had to wait: into trees last, as their
// files are still being read. What is inside each stands behind it, as elsewhere.
func (o *opener) catchUp(p *place, f *found) error {
	isTree := func(c *holding) bool { return c.tree != nil }
	trees := slices.DeleteFunc(slices.Clone(f.later), func(c *holding) bool { return !isTree(c) })
	others := slices.DeleteFunc(slices.Clone(f.later), isTree)
	inside := map[*Container][]*Container{}
	for i, c := range append(others, trees...) {
		defer c.done()
		if i == len(others) { // what they left is for good: it is read beside the files of the trees
			if err := format.Guard(func() error { o.readRaws(); return nil }); err != nil {
				return err
			}
		}
		first := len(o.img.Containers)
		ranges, kernel, err := o.inside(o.ctx, p, c)
		if err != nil {
			return err
		}
		f.holds(p, c.Container, ranges, kernel)
		inside[c.Container] = slices.Clone(o.img.Containers[first:])
		o.img.Containers = o.img.Containers[:first]
	}
	sortRanges(f.ranges)
	var all []*Container
	for _, c := range o.img.Containers {
		all = append(append(all, c), inside[c]...)
	}
	o.img.Containers = all
	return nil
}

// finishPlace looks into what had to wait, and explains what is left.
func (o *opener) finishPlace(p *place, f *found) error {
	if len(f.later) > 0 {
		if err := o.catchUp(p, f); err != nil {
			return err
		}
	}
	return o.leftover(p, f)
}
