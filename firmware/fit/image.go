package fit

import (
	"context"
	"strings"

	"github.com/assay-iot/assay/firmware/fdt"
	"github.com/assay-iot/assay/firmware/format"
)

// code are the types of images that are programs.
var code = map[string]bool{"kernel": true, "kernel_noload": true, "firmware": true, "standalone": true, "tee": true}

// image adds an image as a part.
func (r *reader) image(ctx context.Context, n *fdt.Node) error {
	key := "images/" + n.Name
	for _, name := range []string{"description", "type", "arch", "os", "compression"} {
		r.attribute(key+"/"+name, n.Text(name))
	}
	hint := n.Text("compression")
	if cipher := n.Child("cipher"); cipher != nil {
		hint = "encrypted with " + cipher.Text("algo")
		r.attribute(key+"/cipher", cipher.Text("algo"))
	}
	data, ok := r.data(n)
	if !ok {
		r.damage(n.Offset, 0, "image %q has no data", n.Name)
		return nil
	}
	whole := data.Length <= r.in.Size-data.Offset
	if !whole {
		r.damage(data.Offset, data.Length, "image %q has %d bytes, %d are there", n.Name, data.Length, max(0, r.in.Size-data.Offset))
		data.Length = max(0, r.in.Size-data.Offset)
	}
	if data.Length > 0 {
		part := format.Part{Name: n.Name, Offset: data.Offset, Length: data.Length, Role: format.Data, Hint: hint}
		if code[n.Text("type")] {
			part.Role = format.Code
		}
		r.opened.Parts = append(r.opened.Parts, part)
		r.opened.Length = max(r.opened.Length, data.Offset+data.Length)
	}
	data.Path = n.Name
	r.images = append(r.images, data)
	for _, c := range n.Children {
		if !strings.HasPrefix(c.Name, "signature") {
			continue
		}
		r.attribute(key+"/"+c.Name, signature(c))
		if err := r.imageSignature(ctx, n, c, data); err != nil {
			return err
		}
	}
	return r.hashes(ctx, key, n, data, whole)
}

// data finds the data of an image: in the tree, at a place of the file, or
// counted from the end of the tree.
func (r *reader) data(n *fdt.Node) (format.Span, bool) {
	if p, ok := n.Property("data"); ok {
		return format.Span{Offset: p.Offset, Length: p.Value.Size}, true
	}
	size, ok := n.Number("data-size")
	if !ok || size > 1<<62 {
		return format.Span{}, false
	}
	if at, ok := n.Number("data-position"); ok && at < 1<<62 {
		return format.Span{Offset: int64(at), Length: int64(size)}, true
	}
	if at, ok := n.Number("data-offset"); ok && at < 1<<61 {
		return format.Span{Offset: (r.tree.Size+3)&^3 + int64(at), Length: int64(size)}, true
	}
	return format.Span{}, false
}

// configurations lists which images start together, and what signs them.
func (r *reader) configurations(ctx context.Context, all *fdt.Node) error {
	if all == nil {
		return nil
	}
	r.attribute("default", all.Text("default"))
	for i, n := range all.Children {
		if i == maxConfigurations {
			r.damage(n.Offset, 0, "more than %d configurations", maxConfigurations)
			return nil
		}
		key := "configurations/" + n.Name
		for _, name := range []string{"description", "kernel", "fdt", "ramdisk", "firmware", "loadables", "compatible"} {
			r.attribute(key+"/"+name, strings.Join(n.Strings(name), " "))
		}
		before := len(r.opened.Signatures)
		for _, c := range n.Children {
			if !strings.HasPrefix(c.Name, "signature") {
				continue
			}
			r.attribute(key+"/"+c.Name, signature(c))
			if err := r.configurationSignature(ctx, n, c); err != nil {
				return err
			}
		}
		if len(r.opened.Signatures) == before {
			r.loose = append(r.loose, format.Span{Offset: n.Offset, Length: end(n) - n.Offset, Path: key, Used: true})
		}
	}
	return nil
}

// end is where the last value in a node ends, or its name begins if it has none.
func end(n *fdt.Node) int64 {
	last := n.Offset + 1
	n.Walk(func(c *fdt.Node) {
		for _, p := range c.Properties {
			last = max(last, p.Offset+p.Value.Size)
		}
	})
	return last
}

// signature describes a signature node.
func signature(n *fdt.Node) string {
	said := n.Text("algo")
	if key := n.Text("key-name-hint"); key != "" {
		said += ", key " + key
	}
	if images := n.Strings("sign-images"); len(images) > 0 {
		said += ", over " + strings.Join(images, " ")
	}
	if _, ok := n.Property("value"); !ok {
		said += ", no value"
	}
	return said
}
