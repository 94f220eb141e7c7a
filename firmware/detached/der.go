// Package detached reads signatures that stand apart from what they sign: CMS
// (RFC 5652), OpenPGP (RFC 9580), and the texts of signify, usign and minisign.
//
// They are parsed: which hash, which key, and whether the form is right. Nothing
// is verified.
package detached

import "fmt"

// element is a piece of DER: where it begins in the whole, where its content
// begins, and where it ends.
type element struct {
	tag           byte
	at, body, end int
}

// Tags of DER that are looked for.
const (
	tagOctets     = 0x04
	tagOID        = 0x06
	tagSequence   = 0x30
	tagSet        = 0x31
	tagExplicit   = 0xa0 // [0], constructed
	tagImplicit   = 0x80 // [0], primitive
	maxLengthSize = 4
)

// next reads the element at a place, which must end before limit.
func next(b []byte, at, limit int) (element, error) {
	e := element{at: at}
	bad := func() (element, error) { return e, fmt.Errorf("at 0x%x: no whole element of DER", at) }
	if limit > len(b) || at+2 > limit {
		return bad()
	}
	e.tag, e.body = b[at], at+2
	length := int(b[at+1])
	switch {
	case e.tag&0x1f == 0x1f: // a tag of several bytes, which nothing here has
		return bad()
	case length == 0x80:
		return e, fmt.Errorf("at 0x%x: length left open, which DER does not allow", at)
	case length > 0x80:
		n := length & 0x7f
		if n > maxLengthSize || e.body+n > limit {
			return bad()
		}
		length = 0
		for _, c := range b[e.body : e.body+n] {
			length = length<<8 | int(c)
		}
		e.body += n
	}
	if length > limit-e.body {
		return bad()
	}
	e.end = e.body + length
	return e, nil
}

// inside reads the elements in the content of another.
func (e element) inside(b []byte) ([]element, error) {
	var all []element
	for at := e.body; at < e.end; {
		c, err := next(b, at, e.end)
		if err != nil {
			return nil, err
		}
		if all = append(all, c); len(all) > maxElements {
			return nil, fmt.Errorf("at 0x%x: more than %d elements", at, maxElements)
		}
		at = c.end
	}
	return all, nil
}

const maxElements = 1 << 10
