// Package nvs reads the non-volatile storage of ESP-IDF, in which devices keep
// their settings: the names and passwords of networks, keys, counters.
//
// The layout is that of ESP-IDF's documentation ("Non-Volatile Storage Library",
// "Internals"): pages of a sector each, with a header, two bits of state for
// each of 126 entries, and the entries. Headers, entries and longer values have
// a CRC each, which must be right. Versions 1 and 2 are read.
//
// Each key is a file namespace/key. Numbers are written in decimal, strings
// without the zero at their end, and blobs as they are. What was erased, but
// still stands in a page, is a file too, key@erased-0x…, since it was delivered.
// Where the entries are encrypted, that is said; without the keys there is
// nothing to read.
package nvs

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is a partition with non-volatile storage.
var Format = &format.Format{
	Name: "nvs",
	Magics: []format.Magic{
		{Bytes: "\xfe\xff\xff\xff"}, // the states of a page in use
		{Bytes: "\xfc\xff\xff\xff"},
		{Bytes: "\xf8\xff\xff\xff"},
	},
	Anywhere: true,
	Probe: func(in format.Input) format.Likeness {
		if _, ok := header(in.Head(headerSize)); ok {
			return format.Sure
		}
		return format.No
	},
	Open: open,
}

const (
	pageSize   = 4096
	headerSize = 32
	entrySize  = 32
	perPage    = 126
	firstEntry = headerSize + 32 // behind the states
	maxPages   = 1 << 16
	maxDamage  = 1000 // places that are told
)

// The states of a page.
const (
	pageActive  = 0xfffffffe
	pageFull    = 0xfffffffc
	pageErasing = 0xfffffff8
)

// The states of an entry.
const (
	entryErased  = 0
	entryWritten = 2
	entryEmpty   = 3
)

var le = binary.LittleEndian

// sum is the CRC-32 of bytes, with a register that begins with zeros.
func sum(b []byte) uint32 { return crc32.Update(0xffffffff, crc32.IEEETable, b) }

// page is a page in use.
type page struct {
	at       int64
	sequence uint32
	version  byte
}

// header reads the header of a page.
func header(b []byte) (p page, ok bool) {
	if len(b) < headerSize {
		return p, false
	}
	state := le.Uint32(b)
	p = page{sequence: le.Uint32(b[4:]), version: 0xff - b[8] + 1}
	for _, c := range b[9:28] {
		if c != 0xff {
			return p, false
		}
	}
	return p, (state == pageActive || state == pageFull || state == pageErasing) && (p.version == 1 || p.version == 2) && sum(b[4:28]) == le.Uint32(b[28:])
}

func erased(b []byte) bool { return len(bytes.TrimLeft(b, "\xff")) == 0 }

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	r := &reader{in: in, budget: b, namespaces: map[byte]string{}, chunks: map[chunkKey]*item{}}
	if err := r.pages(ctx); err != nil {
		return nil, err
	}
	o := &format.Opened{Length: r.length, Attributes: map[string]string{"version": fmt.Sprint(r.found[0].version), "pages": fmt.Sprint(len(r.found))}}
	slices.SortStableFunc(r.found, func(x, y page) int { return cmp.Compare(x.sequence, y.sequence) })
	for _, p := range r.found {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r.page(p)
	}
	r.encrypted(o)
	if err := r.list(); err != nil {
		return nil, err
	}
	o.Tree, o.Damage = r, r.damage
	return o, nil
}

// reader is an opened storage.
type reader struct {
	in     format.Input
	budget *format.Budget
	length int64
	found  []page
	damage []format.Damage

	items      []*item
	wrong      []byte // entries whose checksum differs
	namespaces map[byte]string
	chunks     map[chunkKey]*item

	entries []format.Entry
	values  []value // of the entries
}

// hurt notes what is damaged, as long as that is not too much.
func (r *reader) hurt(at, length int64, reason string, args ...any) {
	switch n := len(r.damage); {
	case n == maxDamage:
		reason, args = "more is damaged", nil
	case n > maxDamage:
		return
	}
	r.damage = append(r.damage, format.Damage{Offset: at, Length: length, Reason: fmt.Sprintf(reason, args...)})
}

// pages finds the pages in use. They end with the last before a sector that is
// neither a page nor erased.
func (r *reader) pages(ctx context.Context) error {
	var broken []int64 // sectors that count only if a page follows
	for at := int64(0); at < r.in.Size && len(r.found) < maxPages; at += pageSize {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := r.in.Peek(at, pageSize)
		p, ok := header(b)
		switch {
		case ok:
			for _, s := range broken {
				r.hurt(s, pageSize, "page without a right header")
			}
			broken = nil
			p.at = at
			r.found = append(r.found, p)
			r.length = min(at+pageSize, r.in.Size)
			if len(b) < pageSize {
				r.hurt(at+int64(len(b)), 0, "the last page is cut off")
			}
		case len(b) < pageSize:
			return r.any()
		case erased(b):
		default:
			if broken = append(broken, at); len(broken) > 1 {
				return r.any()
			}
		}
	}
	return r.any()
}

func (r *reader) any() error {
	if len(r.found) == 0 {
		return format.Errorf(0, "no page of a storage")
	}
	return nil
}

// encrypted says so if no entry has a right checksum and they are as even as
// random bytes: a key in clear has zeros behind it.
func (r *reader) encrypted(o *format.Opened) {
	common := bytes.Count(r.wrong, []byte{0}) + bytes.Count(r.wrong, []byte{0xff})
	if len(r.wrong) < 2*entrySize || 16*common > len(r.wrong) || slices.ContainsFunc(r.items, func(i *item) bool { return !i.erased }) {
		return
	}
	o.Attributes["encryption"] = "NVS encryption"
	r.damage = nil
	for _, p := range r.found {
		r.hurt(p.at+firstEntry, min(perPage*entrySize, r.in.Size-p.at-firstEntry), "encrypted (NVS encryption)")
	}
}
