package rpmdb

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// A hash database of Berkeley DB (its reference guide and the layout of its
// pages): the first page has the kind and the size of pages; pages of the table
// hold pairs of items; an item that does not fit is a chain of pages. Numbers are
// in the byte order of the machine that wrote it.
const (
	hashMagic    = 0x061561
	hashMeta     = 8  // kind of the first page
	hashUnsorted = 2  // kind of a page of the table, before 4.6
	hashPage     = 13 // since
	overflowPage = 7
	pageHead     = 26 // bytes
	itemInline   = 1
	itemOffPage  = 3
	minPage      = 512
	maxPage      = 64 << 10
)

// order is the byte order of a hash database.
func order(content []byte) binary.ByteOrder {
	for _, o := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if len(content) >= minPage && o.Uint32(content[12:]) == hashMagic && content[25] == hashMeta {
			return o
		}
	}
	return nil
}

func isHash(content []byte) bool { return order(content) != nil }

// hashTable is a database that is being read.
type hashTable struct {
	*reader
	content []byte
	order   binary.ByteOrder
	size    int // of a page
	left    int // pages of chains that may still be read: each is in one chain
}

func (r *reader) hash(content []byte) error {
	t := &hashTable{reader: r, content: content, order: order(content)}
	t.size = int(t.order.Uint32(content[20:]))
	if t.size < minPage || t.size > maxPage || t.size&(t.size-1) != 0 {
		return fmt.Errorf("%w: pages of %d bytes", ErrFormat, t.size)
	}
	if content[24] != 0 {
		return fmt.Errorf("%w: it is encrypted", ErrFormat)
	}
	t.left = len(content) / t.size
	last := int64(t.order.Uint32(content[32:]))
	if last*int64(t.size) >= int64(len(content)) {
		return errors.New("berkeley DB: the file is cut off")
	}
	for n := int64(1); n <= last; n++ {
		at := int(n) * t.size
		if at+t.size > len(content) {
			return errors.New("berkeley DB: the file is cut off")
		}
		if page := content[at : at+t.size]; page[25] == hashUnsorted || page[25] == hashPage {
			if err := t.pairs(page, int64(at)); err != nil {
				return err
			}
		}
	}
	return nil
}

// pairs reads the values of a page: every second item.
func (t *hashTable) pairs(page []byte, at int64) error {
	items := int(t.order.Uint16(page[20:]))
	if pageHead+2*items > len(page) {
		return fmt.Errorf("berkeley DB: page at byte %d: %d items", at, items)
	}
	end := len(page) // items lie one before the other, from the end of the page
	for i := range items {
		start := int(t.order.Uint16(page[pageHead+2*i:]))
		if start < pageHead || start >= end {
			return fmt.Errorf("berkeley DB: page at byte %d: an item lies outside", at)
		}
		item := page[start:end]
		end = start
		if i%2 == 0 {
			continue // a key
		}
		if err := t.item(item, at+int64(start)); err != nil {
			return err
		}
	}
	return nil
}

// item reads a value: here, or on pages of its own. The number of the next
// package, four bytes, is one too.
func (t *hashTable) item(item []byte, at int64) error {
	switch {
	case item[0] == itemInline && len(item) > introSize:
		return t.add(item[1:], at+1)
	case item[0] == itemOffPage && len(item) >= 12:
		blob, first, err := t.chain(int64(t.order.Uint32(item[4:])), int64(t.order.Uint32(item[8:])))
		if err != nil {
			return err
		}
		return t.add(blob, first)
	}
	return nil
}

// chain gathers what lies on pages of its own, and gives where it begins if that
// is one page.
func (t *hashTable) chain(page, size int64) (blob []byte, first int64, err error) {
	damaged := fmt.Errorf("berkeley DB: page %d: %w", page, errHeader)
	if size > maxHeader || size > int64(len(t.content)) {
		return nil, 0, damaged
	}
	blob = make([]byte, 0, size)
	for page != 0 {
		at := page * int64(t.size)
		if t.left--; t.left < 0 || at+int64(t.size) > int64(len(t.content)) {
			return nil, 0, damaged
		}
		p := t.content[at : at+int64(t.size)]
		n := int(t.order.Uint16(p[22:]))
		if p[25] != overflowPage || pageHead+n > len(p) {
			return nil, 0, damaged
		}
		if len(blob) == 0 && int64(n) == size {
			first = at + pageHead
		}
		blob = append(blob, p[pageHead:pageHead+n]...)
		page = int64(t.order.Uint32(p[16:]))
	}
	if int64(len(blob)) != size {
		return nil, 0, damaged
	}
	return blob, first, nil
}
