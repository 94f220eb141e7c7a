package facts

import (
	"bytes"
	"strings"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/fdt"
	"github.com/assay-iot/assay/firmware/format"
)

// Limits of a device tree that facts look into, in bytes: a header, and far more than
// any board has.
const (
	minTree = 40
	maxTree = 16 << 20
	maxPart = 1 << 10 // of the names of a part
)

// mayBeTree reports whether a file has the size and the kind of a device tree.
func mayBeTree(f *firmware.File) bool {
	return f.Size >= minTree && f.Size <= maxTree && (f.Kind == firmware.Raw || f.Kind == firmware.Regular)
}

// enabledParts calls found for each node that has a compatible property and is not
// disabled, itself or above (Devicetree Specification, release v0.4, 2.3.1 and 2.3.4):
// with the offset of its first token and the names, the most specific first. Of a tree
// that is damaged the parts in front of the damage count.
func enabledParts(content []byte, found func(offset int, compatible []string)) {
	if !bytes.HasPrefix(content, []byte(fdt.Magic)) {
		return
	}
	tree, _ := fdt.Parse(format.InMemory(content))
	if tree == nil {
		return
	}
	var walk func(*fdt.Node)
	walk = func(n *fdt.Node) {
		var compatible []string
		for _, p := range n.Properties {
			switch p.Name {
			case "compatible":
				compatible = strings.FieldsFunc(string(p.Value.Head(maxPart)), func(r rune) bool { return r == 0 })
			case "status":
				if s := propertyText(p); s != "okay" && s != "ok" {
					return
				}
			}
		}
		if len(compatible) > 0 {
			found(int(n.Offset), compatible)
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(tree.Root)
}

// propertyText is a short text in a property.
func propertyText(p fdt.Property) string {
	return cString(p.Value.Head(int(min(p.Value.Size, 64))))
}

// cString gives the bytes up to the first NUL.
func cString(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}
