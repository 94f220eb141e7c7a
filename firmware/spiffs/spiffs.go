// Package spiffs reads SPIFFS, the flat file system of small flash memories.
//
// The layout is that of docs/TECH_SPEC in SPIFFS and of ESP-IDF's documentation
// of its generator: blocks of pages; the first pages of each block say which file
// each other page belongs to; an index page of a file holds its name, its size
// and the numbers of its pages, and further index pages go on with them.
//
// There is no superblock. The sizes of pages and blocks, and where the numbers
// stand in an index page, depend on how the firmware was built, so they are
// found: each block has a magic number of 16 bits that depends on the size of
// pages and on how many blocks are left, and the numbers must lead to pages that
// say that they are that part of that file. Numbers of files and pages have 16
// bits, as everywhere in practice. A file system without magic numbers is not
// recognised.
//
// Contents have no checksum; but each page must belong where its index has it.
// What was deleted is not read.
package spiffs

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is SPIFFS.
var Format = &format.Format{
	Name: "spiffs",
	Probe: func(in format.Input) format.Likeness {
		if detect(in) == nil {
			return format.No
		}
		return format.Sure
	},
	Open: open,
}

const (
	magicSeed  = 0x20140529
	idSize     = 2
	headerSize = 5 // of a page: file, span, flags
	indexStart = 8 // of the numbers in a further index page
	nameStart  = 13
	nameSize   = 32

	maxDamage = 1000 // places that are told
	minBlocks = 3    // so that the magic numbers are no chance
	probed    = 16   // blocks whose magic number is looked at first
	sampled   = 256  // files that tell where the numbers of pages stand
)

// The flags of a page: bits that are cleared.
const (
	flagUsed    = 1 << 0
	flagIndex   = 1 << 2
	flagDeleted = 1 << 7

	indexBit = 0x8000 // of the number of a file, for its index pages
	idFree   = 0xffff
	idErased = 0
)

var (
	pageSizes  = []int64{256, 512, 1024, 2048, 128}
	blockSizes = []int64{4096, 8192, 65536, 16384, 32768}
	le         = binary.LittleEndian
)

// geometry is how the memory is divided.
type geometry struct {
	page, block, count int64
	lookup             int64 // pages at the start of each block
	left               bool  // the magic numbers tell how many blocks are left
}

func (g *geometry) pages() int64 { return g.block / g.page }

// magic is the number in a block. Some builds leave out how many blocks are left.
func (g *geometry) magic(block int64) uint16 {
	m := uint16(magicSeed&0xffff) ^ uint16(g.page)
	if g.left {
		m ^= uint16(g.count - block)
	}
	return m
}

// stored is the magic number that a block has: the last but one of the numbers
// in its first pages.
func (g *geometry) stored(in format.Input, block int64) (uint16, bool) {
	b := in.Peek(block*g.block+g.lookup*g.page-2*idSize, idSize)
	if len(b) < idSize {
		return 0, false
	}
	return le.Uint16(b), true
}

// detect finds the geometry by the magic numbers.
func detect(in format.Input) *geometry {
	for _, page := range pageSizes {
		for _, block := range blockSizes {
			g := geometry{page: page, block: block, lookup: max(1, block/page*idSize/page)}
			if in.Size > (minBlocks-1)*block && g.free() && g.matches(in) >= minBlocks {
				found := g // which alone is allocated
				return &found
			}
		}
	}
	return nil
}

// free reports whether the first pages have room for the magic number.
func (g *geometry) free() bool { return g.pages()-g.lookup <= g.lookup*g.page/idSize-2 }

// matches finds the number of blocks, and how many of the first have the right
// magic number.
func (g *geometry) matches(in format.Input) (seen int64) {
	first, ok := g.stored(in, 0)
	if !ok {
		return 0
	}
	g.count = int64(first ^ g.magic(0))
	if g.left = g.count != 0; !g.left {
		g.count = in.Size / g.block
	}
	for n := range min(g.count, probed) {
		switch m, ok := g.stored(in, n); {
		case ok && m == g.magic(n):
			seen++
		case ok && g.left:
			return 0
		default:
			return seen
		}
	}
	return seen
}

// magics compares all magic numbers. Where they do not tell how many there are,
// the first that is another is the end.
func (r *reader) magics() {
	for n := range r.count {
		m, ok := r.stored(r.in, n)
		switch {
		case !ok || m == r.magic(n):
		case r.left:
			r.hurt(n*r.block, "the magic number of block %d differs", n)
		default:
			r.count = n
			return
		}
	}
}

func open(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	g := detect(in)
	if g == nil {
		return nil, format.Errorf(0, "no magic numbers")
	}
	r := &reader{ctx: ctx, in: in, geometry: *g, budget: b, pageOf: map[part]int64{}}
	r.magics()
	if end := r.count * r.block; end > in.Size {
		r.hurt(in.Size, "file system of %d bytes, but %d are here", end, in.Size)
	}
	r.in = in.Section(0, r.count*r.block)
	if err := r.scan(); err != nil {
		return nil, err
	}
	if err := r.list(); err != nil {
		return nil, err
	}
	return &format.Opened{Length: r.in.Size, Tree: r, Damage: r.damage, Attributes: map[string]string{
		"page-size": fmt.Sprint(g.page), "block-size": fmt.Sprint(g.block), "block-count": fmt.Sprint(r.count),
	}}, nil
}
