package spiffs

import (
	"bytes"
	"context"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// part is an index page of a file.
type part struct {
	id, span uint16
}

// reader is an opened file system.
type reader struct {
	ctx context.Context
	in  format.Input
	geometry
	budget *format.Budget
	damage []format.Damage

	heads  []int64 // pages with the name of a file
	pageOf map[part]int64
	table  int64 // of the numbers in a page with a name

	entries  []format.Entry
	contents [][]int64 // pages of each file
}

// hurt notes what is damaged, as long as that is not too much.
func (r *reader) hurt(at int64, reason string, args ...any) {
	switch n := len(r.damage); {
	case n == maxDamage:
		reason, args = "more is damaged", nil
	case n > maxDamage:
		return
	}
	r.damage = append(r.damage, format.Damage{Offset: at, Reason: fmt.Sprintf(reason, args...)})
}

// header is what a page says of itself.
type header struct {
	id, span uint16
	flags    byte
}

func (h *header) live() bool  { return h.flags&flagUsed == 0 && h.flags&flagDeleted != 0 }
func (h *header) index() bool { return h.flags&flagIndex == 0 }

func (r *reader) header(page int64) (h header, ok bool) {
	b := r.in.Peek(page*r.page, headerSize)
	if len(b) < headerSize {
		return h, false
	}
	return header{le.Uint16(b), le.Uint16(b[2:]), b[4]}, true
}

// scan goes through what the first pages of all blocks say.
func (r *reader) scan() error {
	left := r.pages() - r.lookup
	for block := range r.count {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		table := r.in.Peek(block*r.block, int(left*idSize))
		for n := int64(0); (n+1)*idSize <= int64(len(table)); n++ {
			id := le.Uint16(table[n*idSize:])
			if id != idFree && id != idErased {
				r.note(id, block*r.pages()+r.lookup+n)
			}
		}
	}
	return nil
}

// note takes a page that belongs to a file.
func (r *reader) note(id uint16, page int64) {
	h, ok := r.header(page)
	switch {
	case !ok || !h.live():
		return // cut off, which was said, or deleted
	case h.id != id || h.index() != (id&indexBit != 0):
		r.hurt(page*r.page, "page of file 0x%04x where the block has 0x%04x", h.id, id)
		return
	case !h.index():
		return
	}
	p := part{id, h.span}
	if before, ok := r.pageOf[p]; ok {
		r.hurt(page*r.page, "index %d of file 0x%04x is there twice, at 0x%x too", h.span, id&^indexBit, before*r.page)
		return
	}
	r.pageOf[p] = page
	if h.span == 0 {
		r.heads = append(r.heads, page)
	}
}

// list makes the entries.
func (r *reader) list() error {
	r.locate()
	for _, head := range r.heads {
		r.add(head)
		if err := r.budget.Entry(r.entries[len(r.entries)-1].Name); err != nil {
			return err
		}
	}
	return nil
}

// locate finds where the numbers of pages stand behind a name: behind what the
// firmware keeps with it, which most builds give no or four bytes. They are there
// if they lead to the first pages of all files, or of more files than anywhere
// else.
func (r *reader) locate() {
	const usual = nameStart + nameSize
	best := -1
	try := []int64{usual + 4, usual, usual + 5, usual + 1}
	for at := int64(nameStart + 8); at <= r.page*3/4; at++ {
		try = append(try, at)
	}
	for _, at := range try {
		right, files := 0, 0
		for _, head := range r.heads[:min(len(r.heads), sampled)] {
			b := r.in.Peek(head*r.page, int(r.page))
			if at+idSize > int64(len(b)) || le.Uint32(b[indexStart:]) == 0 || le.Uint32(b[indexStart:]) == 0xffffffff {
				continue
			}
			files++
			if h, ok := r.header(int64(le.Uint16(b[at:]))); ok && h.live() && !h.index() && h.id == le.Uint16(b)&^indexBit && h.span == 0 {
				right++
			}
		}
		if right > best {
			best, r.table = right, at
		}
		if right == files {
			return
		}
	}
}

// add makes the entry of a file.
func (r *reader) add(head int64) {
	at := head * r.page
	b := r.in.Peek(at, int(r.page))
	e := format.Entry{Mode: 0o644, Inode: len(r.entries), Offset: -1}
	var pages []int64
	if int64(len(b)) < r.page {
		e.Name, e.Err = fmt.Sprintf("page-%d", head), format.Errorf(at, "the page with the name is cut off")
	} else {
		name, _, _ := bytes.Cut(b[nameStart:min(r.table, nameStart+nameSize)], []byte{0})
		e.Name = string(name)
		if meta := b[min(r.table, nameStart+nameSize):r.table]; len(bytes.Trim(meta, "\x00")) > 0 && len(bytes.Trim(meta, "\xff")) > 0 {
			e.Xattrs = map[string][]byte{"user.spiffs.meta": meta}
		}
		if size := le.Uint32(b[indexStart:]); size != 0xffffffff { // else nothing was written yet
			e.Size = int64(size)
		}
		pages, e.Err = r.follow(b, at, e.Size)
	}
	if len(pages) == 1 && e.Err == nil {
		e.Offset = pages[0]*r.page + headerSize
	}
	r.entries, r.contents = append(r.entries, e), append(r.contents, pages)
}

// follow lists the pages of a file. Each must say that it is the one.
func (r *reader) follow(head []byte, at, size int64) ([]int64, error) {
	id, room := le.Uint16(head)&^indexBit, r.page-headerSize
	if size > r.in.Size {
		return nil, format.Errorf(at, "file of %d bytes in a file system of %d", size, r.in.Size)
	}
	numbers := head[r.table:]
	var pages []int64
	span := uint16(0)
	for n := int64(0); n*room < size; n++ {
		if len(numbers) < idSize {
			span++
			page, ok := r.pageOf[part{id | indexBit, span}]
			b := r.in.Peek(page*r.page, int(r.page))
			if !ok || int64(len(b)) < r.page {
				return nil, format.Errorf(at, "index %d of the file is missing", span)
			}
			numbers = b[indexStart:]
		}
		page := int64(le.Uint16(numbers))
		numbers = numbers[idSize:]
		h, ok := r.header(page)
		if !ok || !h.live() || h.index() || h.id != id || int64(h.span) != n {
			return nil, format.Errorf(page*r.page, "page %d of the file is not there: the page is part %d of file 0x%04x, flags 0x%02x", n, h.span, h.id, h.flags)
		}
		pages = append(pages, page)
	}
	return pages, nil
}

// Entries lists the files in the order of their index pages.
func (r *reader) Entries() []format.Entry { return r.entries }

// Batches has one batch for each file.
func (r *reader) Batches() []format.Batch { return format.OneByOne(r) }

// Read puts a content together.
func (r *reader) Read(i int) ([]byte, error) {
	e := &r.entries[i]
	if e.Err != nil {
		return nil, e.Err
	}
	buf := make([]byte, 0, e.Size)
	for _, page := range r.contents[i] {
		piece, err := r.in.Bytes(page*r.page+headerSize, min(r.page-headerSize, e.Size-int64(len(buf))))
		if err != nil {
			return nil, err
		}
		buf = append(buf, piece...)
	}
	return buf, nil
}
