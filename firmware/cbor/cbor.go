// Package cbor decodes the part of CBOR (RFC 8949) that signed structures use,
// and no more than that.
//
// It is strict: every length and number in its shortest form (4.2.1), no lengths
// left open, no key twice in a map, text in UTF-8, nothing after the item where
// one is expected. What another decoder may read in two ways is refused. Floating
// point numbers are recognised and their bits kept. The order of the keys of a map
// is free.
package cbor

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Limits of one decoding.
const (
	MaxDepth = 16      // arrays, maps and tags inside one another
	MaxItems = 1 << 16 // in all
)

// Kind is a major type; simple values and floats are told apart.
type Kind uint8

// The kinds of items.
const (
	Uint Kind = iota
	Negative
	Bytes
	Text
	Array
	Map
	Tag
	Simple
	Float
)

// Simple values.
const (
	True = 21
	Null = 22
)

// Item is a decoded item.
type Item struct {
	Kind Kind
	// Number is the number, of a negative one -1-n, of a tag its number, of a
	// simple value its value, of a float its bits.
	Number uint64
	Bytes  []byte // of Bytes and Text; a part of the input
	Items  []Item // of an array; keys and values of a map in turn; what a tag is about
	// Offset and End are where the item stands in the input.
	Offset, End int
	content     int // where its content begins, behind its head
}

// Content is where the content of a string begins in the input.
func (i Item) Content() int { return i.content }

// Error is a mistake in the encoding, with its place.
type Error struct {
	Offset int
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("cbor: at 0x%x: %v", e.Offset, e.Err) }
func (e *Error) Unwrap() error { return e.Err }

// Mistakes.
var (
	ErrShort     = errors.New("the input ends in an item")
	ErrTrailing  = errors.New("bytes follow the item")
	ErrForm      = errors.New("not in the shortest form, or an open length")
	ErrReserved  = errors.New("reserved value")
	ErrDuplicate = errors.New("a key is twice in a map")
	ErrText      = errors.New("text is not UTF-8")
	ErrLimit     = errors.New("nested too deep, or too many items")
)

// Decode decodes an input that is one item.
func Decode(b []byte) (Item, error) {
	i, err := Prefix(b)
	if err == nil && i.End != len(b) {
		err = &Error{i.End, ErrTrailing}
	}
	return i, err
}

// Prefix decodes the item that an input begins with.
func Prefix(b []byte) (Item, error) {
	d := decoder{in: b, left: MaxItems}
	return d.item(0)
}

type decoder struct {
	in   []byte
	at   int
	left int // items
}

func (d *decoder) item(depth int) (i Item, err error) {
	i.Offset = d.at
	fail := func(err error) (Item, error) { return Item{}, &Error{i.Offset, err} }
	if d.left--; d.left < 0 || depth > MaxDepth {
		return fail(ErrLimit)
	}
	major, short, err := d.head(&i)
	if err != nil {
		return fail(err)
	}
	i.content = d.at
	switch major {
	case 2, 3:
		if i.Number > uint64(len(d.in)-d.at) {
			return fail(ErrShort)
		}
		i.Bytes = d.in[d.at : d.at+int(i.Number)]
		d.at += int(i.Number)
		if major == 3 && !utf8.Valid(i.Bytes) {
			return fail(ErrText)
		}
	case 4, 5, 6:
		if err := d.items(&i, depth); err != nil {
			return Item{}, err
		}
	case 7:
		if i.Kind = Simple; short > 24 {
			i.Kind = Float
		} else if short == 24 && i.Number < 32 {
			return fail(ErrReserved)
		}
	}
	i.End = d.at
	return i, nil
}

// head reads the first byte and the number that belongs to it.
func (d *decoder) head(i *Item) (major, short byte, err error) {
	if d.at >= len(d.in) {
		return 0, 0, ErrShort
	}
	major, short = d.in[d.at]>>5, d.in[d.at]&0x1f
	i.Kind = Kind(major)
	d.at++
	switch {
	case short < 24:
		i.Number = uint64(short)
		return major, short, nil
	case short == 31 && major >= 2 && major != 6:
		return 0, 0, ErrForm
	case short > 27:
		return 0, 0, ErrReserved
	}
	n := 1 << (short - 24)
	if len(d.in)-d.at < n {
		return 0, 0, ErrShort
	}
	var wide [8]byte
	copy(wide[8-n:], d.in[d.at:])
	i.Number = binary.BigEndian.Uint64(wide[:])
	d.at += n
	if least := [...]uint64{24, 1 << 8, 1 << 16, 1 << 32}[short-24]; i.Number < least && major < 7 {
		return 0, 0, ErrForm
	}
	return major, short, nil
}

// items reads what an array, a map or a tag holds.
func (d *decoder) items(i *Item, depth int) error {
	n := i.Number
	switch i.Kind {
	case Map:
		n *= 2
	case Tag:
		n = 1
	}
	// Every item has at least one byte.
	if n > uint64(len(d.in)-d.at) || i.Number > uint64(len(d.in)) && i.Kind != Tag {
		return &Error{i.Offset, ErrShort}
	}
	if n > uint64(d.left) {
		return &Error{i.Offset, ErrLimit}
	}
	i.Items = make([]Item, 0, n)
	for range n {
		one, err := d.item(depth + 1)
		if err != nil {
			return err
		}
		i.Items = append(i.Items, one)
	}
	if i.Kind == Map {
		return d.unique(i)
	}
	return nil
}

// unique refuses a map with a key twice. There is one way to write a key.
func (d *decoder) unique(m *Item) error {
	seen := make(map[string]bool, len(m.Items)/2)
	for k := 0; k < len(m.Items); k += 2 {
		key := string(d.in[m.Items[k].Offset:m.Items[k].End])
		if seen[key] {
			return &Error{m.Items[k].Offset, ErrDuplicate}
		}
		seen[key] = true
	}
	return nil
}

// Int gives a whole number.
func (i Item) Int() (int64, bool) {
	switch {
	case i.Kind == Uint && i.Number < 1<<63:
		return int64(i.Number), true
	case i.Kind == Negative && i.Number < 1<<63:
		return -1 - int64(i.Number), true
	}
	return 0, false
}

// Get finds the value of a key of a map that is a number.
func (i Item) Get(key int64) (Item, bool) {
	if i.Kind != Map {
		return Item{}, false
	}
	for k := 0; k+1 < len(i.Items); k += 2 {
		if n, ok := i.Items[k].Int(); ok && n == key {
			return i.Items[k+1], true
		}
	}
	return Item{}, false
}

// ReadHead reads the head of an item: its kind, the number in it, and how many
// bytes it has.
func ReadHead(b []byte) (k Kind, number uint64, size int, err error) {
	d := decoder{in: b}
	var i Item
	if _, _, err := d.head(&i); err != nil {
		return 0, 0, 0, &Error{0, err}
	}
	return i.Kind, i.Number, d.at, nil
}

// Head encodes the head of an item: what stands in front of the content of a
// string, an array, a map or a tag, or a whole number.
func Head(k Kind, n uint64) []byte {
	major := byte(k) << 5
	switch {
	case n < 24:
		return []byte{major | byte(n)}
	case n < 1<<8:
		return []byte{major | 24, byte(n)}
	case n < 1<<16:
		return binary.BigEndian.AppendUint16([]byte{major | 25}, uint16(n))
	case n < 1<<32:
		return binary.BigEndian.AppendUint32([]byte{major | 26}, uint32(n))
	}
	return binary.BigEndian.AppendUint64([]byte{major | 27}, n)
}
