// Package fdt reads flattened device trees: the description of a board that a
// boot loader hands to the kernel, and the frame of U-Boot's FIT images.
//
// The layout is that of the Devicetree Specification, release v0.4, chapter 5:
// a header, the reserved memory, the structure (nodes and properties) and the
// strings (names of properties), all numbers big endian. Versions 16 and 17 are
// read; older ones, which nobody writes any more, are refused. There is no
// checksum: a tree counts if its blocks lie inside it, do not overlap, and the
// structure is whole from the root to its end.
package fdt

import (
	"context"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is the flattened device tree.
var Format = &format.Format{
	Name:     "dtb",
	Magics:   []format.Magic{{Bytes: Magic}},
	Anywhere: true,
	Probe:    probe,
	Open:     open,
}

// minPart is the least property that is looked at like a part of an image: a
// firmware, a picture, a program.
const minPart = 4 << 10

// packed are the first bytes of what is looked at in a property of any size: an
// archive, a file system, a program, or a stream that may hold one.
var packed = []string{
	"\x1f\x8b\x08", "BZh", "\xfd7zXZ\x00", "]\x00\x00", "\x28\xb5\x2f\xfd", "\x04\x22\x4d\x18", "\x02\x21\x4c\x18", "\x89LZO\x00",
	"hsqs", "sqsh", "07070", "PK\x03\x04", "!<arch>\n", "\x7fELF", "\x27\x05\x19\x56", Magic,
}

func probe(in format.Input) format.Likeness {
	h, err := readHeader(in)
	if err != nil || word(in, h.structure) != beginNode || word(in, h.structure+4) != 0 {
		return format.No // no root, or one with a name
	}
	return format.Sure
}

func open(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	t, err := Parse(in)
	if err != nil {
		return nil, err
	}
	o := &format.Opened{Length: t.Size, Whole: "tree.dtb", Attributes: map[string]string{}}
	for name, text := range map[string]string{
		"model": t.Root.Text("model"), "compatible": strings.Join(t.Root.Strings("compatible"), " "),
	} {
		if text != "" {
			o.Attributes[name] = text
		}
	}
	o.Parts = format.WithGaps(t.Size, t.Large(), t.Blocks...)
	if c := t.Root.Child("configurations"); c != nil && len(c.Children) > 0 {
		o.Damage = append(o.Damage, format.Damage{Offset: c.Offset, Reason: "configurations that start images, and no images: a FIT image that is not whole"})
	}
	return o, nil
}

// Large lists the properties that are looked at like parts of an image: those of
// some size that are no text, and those that begin as something packed does.
func (t *Tree) Large() []format.Part {
	var parts []format.Part
	t.Root.Walk(func(n *Node) {
		for _, p := range n.Properties {
			if isPacked(p.Value) || p.Value.Size >= minPart && !isText(p.Value) {
				parts = append(parts, format.Part{Name: p.Name, Offset: p.Offset, Length: p.Value.Size})
			}
		}
	})
	return parts
}

func isPacked(in format.Input) bool {
	const longest = 8
	head := string(in.Peek(0, longest))
	return slices.ContainsFunc(packed, func(magic string) bool { return strings.HasPrefix(head, magic) })
}

// isText reports whether a value is a list of strings.
func isText(in format.Input) bool {
	for off := int64(0); off < in.Size; off += minPart {
		for _, c := range in.Peek(off, minPart) {
			if (c < ' ' || c > '~') && c != 0 && c != '\n' && c != '\t' {
				return false
			}
		}
	}
	return true
}
