// Package fit reads U-Boot's flattened image tree: a device tree with kernels,
// ramdisks, device trees and other images, and configurations that say which of
// them start together.
//
// The layout is that of the Flat Image Tree specification, release v0.8
// (doc/usage/fit in U-Boot). Data stand in the tree or behind it (data-offset,
// data-position). The hashes of images are computed and compared; what came of
// each stands in the attributes, a difference is damage as well. Signatures of
// images and configurations are parsed, with the bytes that they are over, and not
// verified here: that takes a key from outside the image.
package fit

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/fdt"
	"github.com/assay-iot/assay/firmware/format"
)

// Format is the FIT image.
var Format = &format.Format{
	Name:     "fit",
	Magics:   []format.Magic{{Bytes: fdt.Magic}},
	Anywhere: true,
	Probe:    probe,
	Open:     read,
	Torn:     torn,
}

const (
	maxImages         = 256
	maxConfigurations = 256
	maxAttributes     = 4096
	maxText           = 256 // bytes of an attribute
)

func probe(in format.Input) format.Likeness {
	if fdt.Has(in, "images") {
		return format.Sure
	}
	return format.No
}

// torn is a tree that is longer than what is there, and has images at its start.
func torn(in format.Input) error {
	const header, start = 40, 4 << 10
	b := in.Head(start)
	if len(b) < header {
		return nil
	}
	total, version := int64(binary.BigEndian.Uint32(b[4:])), binary.BigEndian.Uint32(b[20:])
	if total <= in.Size || version < 16 || version > 17 || !bytes.Contains(b, []byte("\x00\x00\x00\x01images\x00")) {
		return nil
	}
	return format.Errorf(4, "an image tree of %d bytes, and %d are there", total, in.Size)
}

// reader is the work on one image tree.
type reader struct {
	in     format.Input
	tree   *fdt.Tree
	opened *format.Opened
	unread int64 // bytes that may still be hashed
	toSign int64 // bytes of images that signatures may still be over
	images []format.Span
	loose  []format.Span          // configurations without a signature
	holds  map[string]format.Span // by the path of a hash in the tree: the data that it is right for
}

func read(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	tree, err := fdt.Parse(in)
	if err != nil {
		return nil, err
	}
	images := tree.Root.Child("images")
	if images == nil || len(images.Children) == 0 {
		return nil, format.Errorf(0, "no images")
	}
	r := &reader{in: in, tree: tree, unread: in.Size, toSign: in.Size, holds: map[string]format.Span{}, opened: &format.Opened{Length: tree.Size, Attributes: map[string]string{}}}
	r.attribute("description", tree.Root.Text("description"))
	names := map[string]bool{}
	for i, n := range images.Children {
		if names[n.Name] {
			r.damage(n.Offset, 0, "a second image %q", n.Name)
		}
		names[n.Name] = true
		if i == maxImages {
			r.damage(n.Offset, 0, "more than %d images", maxImages)
			break
		}
		if err := r.image(ctx, n); err != nil {
			return nil, err
		}
	}
	if err := r.configurations(ctx, tree.Root.Child("configurations")); err != nil {
		return nil, err
	}
	r.rest()
	r.leave()
	return r.opened, nil
}

// rest adds what belongs to no image: large properties of other nodes, and gaps.
func (r *reader) rest() {
	o := r.opened
	known := map[int64]bool{}
	for _, p := range o.Parts {
		known[p.Offset] = true
	}
	for _, p := range r.tree.Large() {
		if !known[p.Offset] {
			o.Parts = append(o.Parts, p)
		}
	}
	o.Parts = format.WithGaps(o.Length, o.Parts, r.tree.Blocks...)
	o.Unread = r.idle()
}

// minIdle is from how many bytes on a value is offered that is no part: a hash, the name
// of an algorithm and a number are shorter.
const minIdle = 40

// idle are names that no property has, memory that is reserved, and long values of
// properties, but those of signatures and hashes.
func (r *reader) idle() []format.Span {
	idle := r.tree.Idle
	if len(r.tree.Reserved) > 0 {
		idle = append(idle, r.tree.Blocks[1])
	}
	parts := map[int64]bool{}
	for _, p := range r.opened.Parts {
		parts[p.Offset] = true
	}
	r.tree.Root.Walk(func(n *fdt.Node) {
		for _, p := range n.Properties {
			if p.Value.Size >= minIdle && !parts[p.Offset] && !isRead(n, p) {
				idle = append(idle, format.Span{Offset: p.Offset, Length: p.Value.Size})
			}
		}
	})
	slices.SortFunc(idle, func(a, b format.Span) int { return cmp.Compare(a.Offset, b.Offset) })
	return idle
}

// isRead reports whether a value is a hash, a signature, or the list of what that is
// over.
func isRead(n *fdt.Node, p fdt.Property) bool {
	signature := strings.HasPrefix(n.Name, "signature")
	return p.Name == "value" && (signature || strings.HasPrefix(n.Name, "hash")) ||
		p.Name == "hashed-nodes" && signature && string(p.Value.Head(1)) == "/"
}

// attribute sets an attribute that has a value.
func (r *reader) attribute(key, value string) {
	if value != "" && len(r.opened.Attributes) < maxAttributes {
		r.opened.Attributes[key[:min(len(key), maxText)]] = value[:min(len(value), maxText)]
	}
}

func (r *reader) damage(off, length int64, f string, args ...any) {
	r.opened.Damage = append(r.opened.Damage, format.Damage{Offset: off, Length: length, Reason: fmt.Sprintf(f, args...)})
}
