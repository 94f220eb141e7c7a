package detached

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Limits of what is rewritten as DER.
const (
	maxDepth    = 32      // elements inside one another
	maxRewrites = 1 << 14 // elements
)

const (
	constructed = 0x20
	openLength  = 0x80
	// joined is a run of octets in pieces (ITU-T X.690, 8.7.3), each an element.
	joined = tagOctets | constructed
)

// DER gives the element that begins b as DER, and how many bytes of b it has. CMS
// may be in BER (RFC 5652, 5): lengths that are left open, or longer than they need
// be, are written as DER has them, and octets in pieces are joined (ITU-T X.690,
// 8.1.3, 8.7 and 10.1). What is DER comes out as it went in. An error says where b
// is neither.
func DER(b []byte) (der []byte, length int, err error) {
	w := rewriter{b: b}
	return w.element(0, len(b), 0)
}

// rewriter is the work on one element and what is inside it.
type rewriter struct {
	b        []byte
	elements int
}

// element rewrites the element at a place, which must end before limit, and gives
// the place behind it.
func (w *rewriter) element(at, limit, depth int) (der []byte, end int, err error) {
	w.elements++
	if depth > maxDepth || w.elements > maxRewrites {
		return nil, 0, fmt.Errorf("at 0x%x: more than %d elements, or more than %d inside one another", at, maxRewrites, maxDepth)
	}
	e, open, err := w.head(at, limit)
	if err != nil {
		return nil, 0, err
	}
	if e.tag&constructed == 0 {
		if open {
			return nil, 0, fmt.Errorf("at 0x%x: a length left open, and nothing inside that ends it", at)
		}
		return wrap(e.tag, w.b[e.body:e.end]), e.end, nil
	}
	body, end, err := w.inside(e, open, depth+1)
	if err != nil {
		return nil, 0, err
	}
	tag := e.tag
	if tag == joined {
		tag = tagOctets
	}
	return wrap(tag, body), end, nil
}

// head reads tag and length. A length that is left open goes on to limit.
func (w *rewriter) head(at, limit int) (e element, open bool, err error) {
	if at+2 <= limit && w.b[at]&0x1f != 0x1f && w.b[at+1] == openLength {
		return element{tag: w.b[at], at: at, body: at + 2, end: limit}, true, nil
	}
	e, err = next(w.b, at, limit)
	return e, false, err
}

// inside rewrites what a constructed element holds, up to the two zeros that end an
// open one; of octets in pieces, it gives the octets alone.
func (w *rewriter) inside(e element, open bool, depth int) (body []byte, end int, err error) {
	at := e.body
	for at < e.end {
		if open && at+2 <= e.end && w.b[at] == 0 && w.b[at+1] == 0 {
			return body, at + 2, nil
		}
		der, behind, err := w.element(at, e.end, depth)
		if err != nil {
			return nil, 0, err
		}
		if e.tag == joined {
			piece, err := next(der, 0, len(der))
			if err != nil || piece.tag != tagOctets {
				return nil, 0, errors.Join(fmt.Errorf("at 0x%x: octets in pieces of another kind", at), err)
			}
			der = der[piece.body:piece.end]
		}
		body = append(body, der...)
		at = behind
	}
	if open {
		return nil, 0, fmt.Errorf("at 0x%x: a length left open, which nothing ends", e.at)
	}
	return body, at, nil
}

// wrap puts tag and length in front.
func wrap(tag byte, body []byte) []byte {
	n := len(body)
	if n < openLength {
		return append([]byte{tag, byte(n)}, body...)
	}
	size := binary.BigEndian.AppendUint32(nil, uint32(n))
	for size[0] == 0 {
		size = size[1:]
	}
	head := append([]byte{tag, openLength | byte(len(size))}, size...)
	return append(head, body...)
}
