package fdt

import (
	"bytes"
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// The tokens of the structure.
const (
	beginNode = 1
	endNode   = 2
	property  = 3
	noop      = 4
	end       = 9
)

const (
	maxDepth      = 64
	maxNodes      = 1 << 16
	maxProperties = 1 << 18
	maxName       = 255
	window        = 4 << 10
)

// Parse reads the tree that begins an input. Values are not read: they are runs
// of the input. Of a structure that is damaged, the root is given with the error: it
// has the nodes whose properties are whole in front of the damage.
func Parse(in format.Input) (*Tree, error) {
	h, err := readHeader(in)
	if err != nil {
		return nil, err
	}
	names, err := in.Bytes(h.strings, h.stringsSize)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens{in: in, at: h.structure, end: h.structure + h.structureSize}, names: string(names), known: map[uint32]bool{}}
	root, err := p.parse()
	if err != nil {
		if p.root == nil {
			return nil, err
		}
		p.dropOpen()
		return &Tree{Root: p.root, Size: h.total}, err
	}
	reserved, length, err := h.reservations(in)
	if err != nil {
		return &Tree{Root: root, Size: h.total}, err
	}
	first := int64(headerSize)
	if h.version == version16 {
		first = headerSize16
	}
	idle := format.Gaps(h.stringsSize, p.used)
	for i := range idle {
		idle[i].Offset += h.strings
	}
	return &Tree{Root: root, Size: h.total, Reserved: reserved, Idle: idle, Blocks: []format.Span{
		{Offset: 0, Length: first},
		{Offset: h.reserved, Length: length},
		{Offset: h.structure, Length: p.at - h.structure},
		{Offset: h.strings, Length: h.stringsSize},
	}}, nil
}

// tokens reads the structure word by word.
type tokens struct {
	in      format.Input
	at, end int64
	buf     []byte // of the input at base
	base    int64
}

// peek gives up to n bytes, at most window, at the place reached.
func (t *tokens) peek(n int64) []byte {
	n = min(n, t.end-t.at)
	if from := t.at - t.base; t.buf == nil || from < 0 || from+n > int64(len(t.buf)) {
		t.buf, t.base = t.in.Peek(t.at, int(min(window, t.end-t.at))), t.at
	}
	from := t.at - t.base
	return t.buf[from:min(from+n, int64(len(t.buf)))]
}

// word takes the next number.
func (t *tokens) word() (uint32, error) {
	b := t.peek(4)
	if len(b) < 4 {
		return 0, format.Errorf(t.at, "the structure ends in the middle")
	}
	t.at += 4
	return binary.BigEndian.Uint32(b), nil
}

// name takes the name of a node, with its padding.
func (t *tokens) name() (string, error) {
	b := t.peek(maxName + 1)
	n := bytes.IndexByte(b, 0)
	if n < 0 {
		return "", format.Errorf(t.at, "name without an end")
	}
	name := string(b[:n])
	return name, t.skip(int64(n) + 1)
}

// skip passes over n bytes and what fills the last word.
func (t *tokens) skip(n int64) error {
	n = (n + 3) &^ 3
	if n > t.end-t.at {
		return format.Errorf(t.at, "%d bytes wanted, the structure ends at 0x%x", n, t.end)
	}
	t.at += n
	return nil
}

type parser struct {
	tokens
	names             string
	used              []format.Span // of the names
	known             map[uint32]bool
	nodes, properties int
	root              *Node
	open              []*Node // from the root down
}

// dropOpen takes away the node in which the structure broke off, if more of its
// properties may follow: one with nodes below has all of them.
func (p *parser) dropOpen() {
	n := len(p.open)
	if n < 2 || len(p.open[n-1].Children) > 0 {
		return
	}
	above := p.open[n-2]
	above.Children = above.Children[:len(above.Children)-1]
}

// parse reads the structure to its end.
func (p *parser) parse() (*Node, error) {
	for {
		start := p.at
		token, err := p.word()
		if err != nil {
			return nil, err
		}
		switch {
		case token == noop:
		case token == beginNode:
			err = p.begin(start)
		case token == endNode && len(p.open) > 0:
			p.open = p.open[:len(p.open)-1]
		case token == property && len(p.open) > 0:
			err = p.property()
		case token == end && len(p.open) == 0 && p.root != nil:
			return p.root, nil
		default:
			err = format.Errorf(start, "token %d where it cannot be", token)
		}
		if err != nil {
			return nil, err
		}
	}
}

func (p *parser) begin(start int64) error {
	name, err := p.name()
	if err != nil {
		return err
	}
	n := &Node{Name: name, Offset: start}
	switch {
	case p.nodes >= maxNodes || len(p.open) >= maxDepth:
		return format.Errorf(start, "more than %d nodes, or more than %d deep", maxNodes, maxDepth)
	case len(p.open) > 0:
		above := p.open[len(p.open)-1]
		above.Children = append(above.Children, n)
	case p.root == nil && name == "":
		p.root = n
	default:
		return format.Errorf(start, "a second root, or one with a name")
	}
	p.nodes++
	p.open = append(p.open, n)
	return nil
}

func (p *parser) property() error {
	start := p.at
	size, err := p.word()
	if err != nil {
		return err
	}
	name, err := p.word()
	if err != nil {
		return err
	}
	if p.properties++; p.properties > maxProperties {
		return format.Errorf(start, "more than %d properties", maxProperties)
	}
	at := p.at
	if err := p.skip(int64(size)); err != nil {
		return err
	}
	text, err := p.nameOf(start, name)
	if err != nil {
		return err
	}
	if !p.known[name] {
		p.known[name] = true
		p.used = append(p.used, format.Span{Offset: int64(name), Length: int64(len(text)) + 1})
	}
	n := p.open[len(p.open)-1]
	n.Properties = append(n.Properties, Property{Name: text, Offset: at, Value: p.in.Section(at, int64(size))})
	return nil
}

// nameOf finds the name of a property among the strings.
func (p *parser) nameOf(at int64, off uint32) (string, error) {
	if int64(off) >= int64(len(p.names)) {
		return "", format.Errorf(at, "name of a property at %d, beyond the names", off)
	}
	rest := p.names[off:min(len(p.names), int(off)+maxName+1)]
	for i := range len(rest) {
		if rest[i] == 0 {
			return rest[:i], nil
		}
	}
	return "", format.Errorf(at, "name of a property without an end")
}

// probeTokens is how far Has looks.
const probeTokens = 1 << 10

// Has reports whether there is a node of that name below the root. It is for a
// glance: it looks at the first tokens only.
func Has(in format.Input, name string) bool {
	h, err := readHeader(in)
	if err != nil {
		return false
	}
	t := tokens{in: in, at: h.structure, end: h.structure + h.structureSize}
	depth := 0
	for range probeTokens {
		token, err := t.word()
		var found string
		switch {
		case err != nil:
		case token == beginNode:
			found, err = t.name()
			depth++
		case token == endNode:
			depth--
		case token == property:
			err = t.passProperty()
		case token != noop:
			return false
		}
		if err != nil || depth <= 0 {
			return false
		}
		if token == beginNode && depth == 2 && found == name {
			return true
		}
	}
	return false
}

func (t *tokens) passProperty() error {
	size, err := t.word()
	if err == nil {
		_, err = t.word()
	}
	if err != nil {
		return err
	}
	return t.skip(int64(size))
}
