package firmware

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// maxSeam is how many bytes on each side of a border are joined: what is looked for as a
// text, a private key in PEM among it, has no more.
const maxSeam = 16 << 10

// piece is a run of bytes that belongs to nobody, or to a container that does not read
// it.
type piece struct {
	of       *tried // the bytes that it is a run of
	from, to int64  // in those
	in       format.Input
	place    *place
	file     int // which raw file it is in; one of its own, below zero, if it is too short for one
}

// laid notes where bytes lie that are a raw file, or too short for one: in one run, or
// in those of a joint.
func (o *opener) laid(p *place, off, length int64, offered bool) {
	if p.tried == nil || length == 0 {
		return
	}
	file := len(o.raws) - 1
	if !offered {
		file = -1 - len(o.pieces)
	}
	j, is := p.in.ReaderAt.(*joint)
	if !is {
		o.pieces = append(o.pieces, piece{p.tried, p.begin + off, p.begin + off + length, p.in.Section(off, length), p, file})
		return
	}
	for i, s := range j.spans {
		end := j.ends[i]
		if from := end - s.Length; from >= off && end <= off+length {
			o.pieces = append(o.pieces, piece{p.tried, p.begin + s.Offset, p.begin + s.Offset + s.Length, p.in.Section(from, s.Length), p, file})
		}
	}
}

// seams offers the text across the border of two such runs that lie one behind the
// other and are not in one file: a key may begin in the one and go on in the next.
func (o *opener) seams() {
	order := map[*tried]int{}
	for _, p := range o.pieces {
		if _, known := order[p.of]; !known {
			order[p.of] = len(order)
		}
	}
	all := o.pieces
	slices.SortStableFunc(all, func(a, b piece) int {
		return cmp.Or(cmp.Compare(order[a.of], order[b.of]), cmp.Compare(a.from, b.from))
	})
	done := int64(0) // where the text of the last seam ends
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		if a.of != b.of {
			done = 0
			continue
		}
		if a.to != b.from || a.file == b.file || b.from < done {
			continue
		}
		before, after := textBack(all[:i]), textOn(all[i:])
		if len(before) == 0 || len(after) == 0 || len(before)+len(after) < minTelling {
			continue
		}
		done = b.from + int64(len(after))
		text := append(before, after...)
		c := o.rawContainer(a.place)
		at := &place{in: format.InMemory(text), parent: c, path: c.Path}
		o.rawFile(at, fmt.Sprintf("seam-0x%08x", b.from), 0, int64(len(text)))
	}
}

// textBack is the text that ends where the last piece does, over all that touch.
func textBack(pieces []piece) (text []byte) {
	for i := len(pieces) - 1; i >= 0 && len(text) < maxSeam; i-- {
		p := pieces[i]
		if i < len(pieces)-1 && (pieces[i+1].of != p.of || p.to != pieces[i+1].from) {
			break
		}
		n := min(p.in.Size, int64(maxSeam-len(text)))
		b := p.in.Peek(p.in.Size-n, int(n))
		k := len(b)
		for k > 0 && isLegible(b[k-1]) {
			k--
		}
		text = slices.Concat(b[k:], text)
		if k > 0 || int64(len(b)) < p.in.Size {
			break
		}
	}
	return text
}

// textOn is the text that begins where the first piece does.
func textOn(pieces []piece) (text []byte) {
	for i, p := range pieces {
		if i > 0 && (pieces[i-1].of != p.of || pieces[i-1].to != p.from) || len(text) >= maxSeam {
			break
		}
		b := p.in.Peek(0, int(min(p.in.Size, int64(maxSeam-len(text)))))
		k := 0
		for k < len(b) && isLegible(b[k]) {
			k++
		}
		text = append(text, b[:k]...)
		if int64(k) < p.in.Size {
			break
		}
	}
	return text
}

// isLegible reports whether a byte is one of text in ASCII.
func isLegible(c byte) bool { return c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t' }
