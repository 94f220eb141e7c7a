package yaffs

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	// maxGarbage is how many chunks in a row may be none of this file system, and
	// others follow: a bad block.
	maxGarbage = 64
	// maxDamage is how many damaged places are named.
	maxDamage  = 256
	checkEvery = 1024
	maxBlock   = 512 // chunks of an erase block
	// summary is the object that lists what is in a block.
	summary = 0x10
)

// chunk is a chunk in use.
type chunk struct {
	at int64
	tags
}

// volume is an opened file system.
type volume struct {
	geometry
	ctx    context.Context
	in     format.Input
	budget *format.Budget

	own     []format.Span // what belongs to the file system
	unread  []format.Span // and is read by nobody
	records []int64       // chunks of checkpoints and summaries
	chunks  []chunk       // of one object together, oldest first
	end     int64         // of the last chunk
	newest  uint32        // the object of the last chunk
	cut     bool          // what follows on the last chunk is not erased
	damage  []format.Damage
	deleted int   // objects
	root    int64 // the first header of the root from a builder of images, or -1

	objects map[uint32]*object
	ids     []uint32 // of objects, in the order of their headers
	entries []format.Entry
	files   [][]chunk // of entries that are regular files: their parts in order
	first   map[uint32]int
}

func (v *volume) hurt(off, length int64, reason string) {
	if len(v.damage) < maxDamage {
		v.damage = append(v.damage, format.Damage{Offset: off, Length: length, Reason: reason})
	}
}

// scan reads the tags of all chunks. Chunks of something else are passed over where
// at least two of this file system follow.
func (v *volume) scan() error {
	garbage := int64(-1) // where chunks began that are none
	next := erased       // what follows on the last chunk
	for n, off := 0, int64(0); off < v.in.Size; n, off = n+1, off+v.stride() {
		if n%checkEvery == 0 && v.ctx.Err() != nil {
			return v.ctx.Err()
		}
		state, t := v.look(v.in, off)
		if off == v.end {
			next = state
		}
		if state == used && garbage >= 0 {
			if after, _ := v.look(v.in, off+v.stride()); after == used {
				v.hurt(garbage, off-garbage, "no chunks of the file system")
				garbage = -1
			} else {
				state = foreign
			}
		}
		if state == used && !t.gone && v.again(off, t) {
			break
		}
		switch state {
		case used:
			v.end, next = off+v.stride(), foreign
			v.take(off, t)
		case foreign:
			if garbage < 0 {
				garbage = off
			}
			if off-garbage >= maxGarbage*v.stride() {
				off = v.in.Size
			}
		}
	}
	v.cut = next == foreign
	v.tail()
	slices.SortFunc(v.chunks, func(a, b chunk) int {
		return cmp.Or(cmp.Compare(a.object, b.object), cmp.Compare(a.sequence, b.sequence), v.compareFirst(a, b), cmp.Compare(a.at, b.at))
	})
	return nil
}

// again tells whether a second file system begins at a chunk. A builder of images
// gives the lowest sequence number to every chunk, and writes the root first.
func (v *volume) again(off int64, t tags) bool {
	if !t.builtRoot() {
		return false
	}
	behind := v.root >= 0 && (off > v.end || off-v.root >= maxBlock*v.stride())
	if v.root < 0 {
		v.root = off
	}
	return behind
}

// tail takes a part of a chunk at the end of the input.
func (v *volume) tail() {
	rest := v.in.Size - v.end
	if rest == 0 || rest >= v.stride() || onlyErased(v.in.Peek(v.end, int(rest))) {
		return
	}
	v.hurt(v.end, rest, fmt.Sprintf("the input ends after %d bytes of a chunk", rest))
	v.end = v.in.Size
}

func (v *volume) take(off int64, t tags) {
	v.keep(off, t)
	if t.sequence == checkpoint || t.object == summary && !v.geometry.first || t.gone {
		return
	}
	v.newest = t.object
	v.chunks = append(v.chunks, chunk{off, t})
}

// object is what the chunks of an object say.
type object struct {
	id     uint32
	at     int64 // of the newest header
	header header
	known  bool    // there is a header
	parts  []chunk // of a file, in order
}

// gather finds the newest header and parts of an object, given its chunks oldest
// first. A header that shortens the file makes older parts behind its end void.
func (v *volume) gather(chunks []chunk) *object {
	o := &object{id: chunks[0].object}
	limit, end := int64(1)<<62, int64(0)
	seen := map[uint32]bool{}
	for _, c := range slices.Backward(chunks) {
		if c.part > 0 {
			from := int64(c.part-1) * int64(v.page)
			if from >= limit || seen[c.part] {
				continue
			}
			seen[c.part] = true
			o.parts = append(o.parts, c)
			if !o.known {
				end = max(end, from+int64(c.bytes))
			}
			continue
		}
		h := v.geometry.header(v.in.Peek(c.at, headerSize))
		if !o.known {
			if h.size >= 0 { // else the entry says so
				h.size = max(h.size, end)
			}
			o.header, o.known, o.at = h, true, c.at
		}
		if h.shrink {
			limit = min(limit, h.size)
		}
	}
	if !o.known {
		o.at = chunks[len(chunks)-1].at
		o.header = header{kind: typeFile, mode: 0o100600, size: end}
	}
	slices.SortFunc(o.parts, func(a, b chunk) int { return cmp.Compare(a.part, b.part) })
	return o
}
