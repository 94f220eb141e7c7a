package fdt

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Tree is a device tree.
type Tree struct {
	Root     *Node
	Size     int64 // in bytes, of all of it
	Reserved []Reservation
	Blocks   []format.Span // header, reserved memory, structure and names
	Idle     []format.Span // of the names: those that no property has
}

// Reservation is memory that the kernel must leave alone.
type Reservation struct{ Address, Size uint64 }

// Node is a node with its properties and the nodes below it, in the order of the
// tree.
type Node struct {
	Name       string // with its unit address; empty for the root
	Offset     int64  // of its first token
	Properties []Property
	Children   []*Node
}

// Property is a named value.
type Property struct {
	Name   string
	Offset int64 // of the value
	Value  format.Input
}

// Child gives the node below with that name, or nil.
func (n *Node) Child(name string) *Node {
	for _, c := range n.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Walk calls f for a node and all below it.
func (n *Node) Walk(f func(*Node)) {
	f(n)
	for _, c := range n.Children {
		c.Walk(f)
	}
}

// Property finds a property by its name.
func (n *Node) Property(name string) (Property, bool) {
	for _, p := range n.Properties {
		if p.Name == name {
			return p, true
		}
	}
	return Property{}, false
}

// maxText is how much of a property is read as text.
const maxText = 4 << 10

// Strings reads a property as a list of strings: none if it has not the form of
// one.
func (n *Node) Strings(name string) []string {
	p, ok := n.Property(name)
	if !ok {
		return nil
	}
	b, terminated := bytes.CutSuffix(p.Value.Head(maxText), []byte{0})
	if !terminated {
		return nil
	}
	return strings.Split(string(b), "\x00")
}

// Text is the first string of a property, or nothing.
func (n *Node) Text(name string) string {
	if all := n.Strings(name); len(all) > 0 {
		return all[0]
	}
	return ""
}

// Number reads a property of one or two cells.
func (n *Node) Number(name string) (uint64, bool) {
	p, ok := n.Property(name)
	b := p.Value.Head(8)
	switch {
	case ok && p.Value.Size == 4 && len(b) == 4:
		return uint64(binary.BigEndian.Uint32(b)), true
	case ok && p.Value.Size == 8 && len(b) == 8:
		return binary.BigEndian.Uint64(b), true
	}
	return 0, false
}
