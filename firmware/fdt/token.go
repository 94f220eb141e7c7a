package fdt

import "github.com/assay-iot/assay/firmware/format"

// Kind is what a token of the structure is.
type Kind uint32

// The tokens.
const (
	Begin Kind = beginNode
	End   Kind = endNode
	Prop  Kind = property
	Noop  Kind = noop
	Last  Kind = end
)

// Token is a token of the structure, with what belongs to it: the name of a node,
// or a property and its value.
type Token struct {
	Kind   Kind
	Name   string // of a node that begins, or of a property
	Offset int64
	Length int64
}

// Tokens calls f for each token of a tree that Parse has read, in their order.
// Whoever signs parts of a tree signs tokens.
func (t *Tree) Tokens(in format.Input, f func(Token)) error {
	h, err := readHeader(in)
	if err != nil {
		return err
	}
	names, err := in.Bytes(h.strings, h.stringsSize)
	if err != nil {
		return err
	}
	p := &parser{tokens: tokens{in: in, at: h.structure, end: h.structure + h.structureSize}, names: string(names)}
	for {
		k := Token{Offset: p.at}
		word, err := p.word()
		if err != nil {
			return err
		}
		switch k.Kind = Kind(word); k.Kind {
		case Begin:
			k.Name, err = p.name()
		case Prop:
			k.Name, err = p.propertyName()
		}
		if err != nil {
			return err
		}
		k.Length = p.at - k.Offset
		f(k)
		if k.Kind == Last {
			return nil
		}
	}
}

// propertyName passes over a property and gives its name.
func (p *parser) propertyName() (string, error) {
	start := p.at
	size, err := p.word()
	if err != nil {
		return "", err
	}
	name, err := p.word()
	if err != nil {
		return "", err
	}
	text, err := p.nameOf(start, name)
	if err != nil {
		return "", err
	}
	return text, p.skip(int64(size))
}

// Strings is the run of the names of properties.
func (t *Tree) Strings() format.Span { return t.Blocks[len(t.Blocks)-1] }
