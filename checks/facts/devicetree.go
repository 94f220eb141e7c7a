package facts

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Limits of a device tree blob.
const (
	fdtHeader    = 40
	maxTree      = 16 << 20
	maxTreeDepth = 64
	maxTreeNodes = 1 << 16
)

// treeNode is an enabled node of a device tree.
type treeNode struct {
	offset     int // of its begin token
	compatible []string
}

var errNoTree = errors.New("not a device tree")

// walkTree calls found for each node of a flattened device tree (Devicetree
// Specification, release v0.4, chapter 5) that has a compatible property and is
// not disabled, itself or above.
func walkTree(data []byte, found func(treeNode)) error {
	if len(data) < fdtHeader || binary.BigEndian.Uint32(data) != 0xd00dfeed {
		return errNoTree
	}
	word := func(at int) int { return int(binary.BigEndian.Uint32(data[at:])) }
	total, at, names := word(4), word(8), word(12)
	if total > len(data) || at < fdtHeader || at > total || names > total || at%4 != 0 {
		return fmt.Errorf("device tree: its parts lie outside its %d bytes", len(data))
	}
	type open struct {
		node treeNode
		off  bool
	}
	var stack []open
	for nodes := 0; at+4 <= total; {
		token := word(at)
		start := at
		at += 4
		switch token {
		case 1: // begin of a node: its name
			n := strings.IndexByte(string(data[at:min(total, at+256)]), 0)
			if nodes++; n < 0 || len(stack) >= maxTreeDepth || nodes > maxTreeNodes {
				return fmt.Errorf("device tree: node at offset %d: too long a name, too deep or too many", start)
			}
			off := len(stack) > 0 && stack[len(stack)-1].off
			stack = append(stack, open{treeNode{offset: start}, off})
			at += (n + 4) &^ 3
		case 2: // end of a node
			if len(stack) == 0 {
				return fmt.Errorf("device tree: end without begin at offset %d", start)
			}
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if !top.off && len(top.node.compatible) > 0 {
				found(top.node)
			}
		case 3: // property: length, offset of its name, value
			if at+8 > total || len(stack) == 0 {
				return fmt.Errorf("device tree: property at offset %d is cut off", start)
			}
			n, name := word(at), names+word(at+4)
			at += 8
			if n < 0 || n > total-at || name < names || name >= total {
				return fmt.Errorf("device tree: property at offset %d lies outside", start)
			}
			top := &stack[len(stack)-1]
			switch cString(data[name:min(total, name+32)]) {
			case "compatible":
				top.node.compatible = strings.FieldsFunc(string(data[at:at+min(n, 1024)]), func(r rune) bool { return r == 0 })
			case "status":
				s := cString(data[at : at+n])
				top.off = top.off || s != "okay" && s != "ok"
			}
			at += (n + 3) &^ 3
		case 4: // no operation
		case 9: // end
			return nil
		default:
			return fmt.Errorf("device tree: unknown token %d at offset %d", token, start)
		}
	}
	return nil
}

// cString gives the bytes up to the first NUL.
func cString(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}
