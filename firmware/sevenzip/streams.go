package sevenzip

import (
	"errors"

	"github.com/assay-iot/assay/firmware/format"
)

// streamsInfo reads folders and what is in them.
func (p *parser) streamsInfo(a *archive) {
	var packs []format.Span
	for p.err == nil {
		switch p.number() {
		case idEnd:
			if len(a.streams) == 0 {
				a.whole()
			}
			return
		case idPack:
			packs = p.packInfo(a.in.Size)
		case idUnpack:
			p.unpackInfo(a, packs)
		case idSubStreams:
			p.subStreams(a)
		default:
			p.fail()
		}
	}
}

// whole makes each folder the content of one file.
func (a *archive) whole() {
	for i := range a.folders {
		f := &a.folders[i]
		a.streams = append(a.streams, stream{folder: i, size: f.size, sum: f.sum, summed: f.summed})
	}
}

func (p *parser) packInfo(size int64) []format.Span {
	at := startSize + p.length()
	packs := make([]format.Span, p.count())
	for p.err == nil {
		switch p.number() {
		case idEnd:
			return packs
		case idSize:
			for i := range packs {
				packs[i] = format.Span{Offset: at, Length: p.length()}
				if at += packs[i].Length; at > size || at < 0 {
					p.fail()
					return nil
				}
			}
		case idCRC:
			p.sums(len(packs), func(int, uint32) {})
		default:
			p.fail()
		}
	}
	return nil
}

func (p *parser) unpackInfo(a *archive, packs []format.Span) {
	if p.number() != idFolder {
		p.fail()
	}
	chains := make([]chain, p.count())
	if p.byte() != 0 { // it stands elsewhere
		p.fail()
	}
	for i := range chains {
		if chains[i] = p.chain(); p.err != nil {
			return
		}
	}
	if p.number() != idUnpackSize {
		p.fail()
	}
	a.folders = make([]folder, len(chains))
	for i := range chains {
		c := &chains[i]
		for k := range c.coders {
			c.coders[k].size = p.length()
		}
		if c.packs > len(packs) || p.err != nil {
			p.fail()
			return
		}
		a.folders[i] = c.folder(packs[:c.packs])
		packs = packs[c.packs:]
	}
	for p.err == nil {
		switch p.number() {
		case idEnd:
			return
		case idCRC:
			p.sums(len(a.folders), func(i int, sum uint32) { a.folders[i].sum, a.folders[i].summed = sum, true })
		default:
			p.fail()
		}
	}
}

// chain is the coders of a folder as the header has them. Those with one input and one
// output are numbered as these are.
type chain struct {
	coders   []coder
	from     map[int]int // by coder that takes: the coder that gives
	first    int         // that takes packed bytes
	packs    int
	branched bool // some have several inputs
}

func (p *parser) chain() (c chain) {
	n := p.count()
	if n == 0 || n > maxCoders {
		p.fail()
		return c
	}
	ins := 0
	for range n {
		flags := p.byte()
		id := uint64(0)
		for _, b := range p.take(uint64(flags & 0xf)) {
			id = id<<8 | uint64(b)
		}
		in := 1
		if flags&0x10 != 0 {
			var out int
			in, out = p.count(), p.count()
			if in > maxCoders || in == 0 || out != 1 {
				p.fail()
			}
			c.branched = c.branched || in != 1
		}
		ins += in
		one := coder{id: id}
		if flags&0x20 != 0 {
			one.properties = p.take(p.number())
		}
		if flags&0xc0 != 0 {
			p.fail()
		}
		c.coders = append(c.coders, one)
	}
	c.from = map[int]int{}
	for range n - 1 {
		to, from := p.count(), p.count()
		if to >= ins || from >= n {
			p.fail()
		}
		c.from[to] = from
	}
	if c.packs = ins - (n - 1); c.packs > 1 {
		for range c.packs {
			p.count()
		}
		return c
	}
	for i := range ins {
		if _, bound := c.from[i]; !bound {
			c.first = i
		}
	}
	return c
}

// folder puts the coders in the order in which they unpack.
func (c *chain) folder(packs []format.Span) (f folder) {
	for i, s := range packs {
		if i == 0 {
			f.packed.Offset = s.Offset
		}
		f.packed.Length += s.Length
	}
	for i := range c.coders {
		if err := refused(c.coders[i].id); err != nil && !errors.Is(f.err, errEncrypted) {
			f.err = err
		}
	}
	if c.branched {
		given := map[int]bool{} // to another coder
		for _, from := range c.from {
			given[from] = true
		}
		for i := range c.coders {
			if !given[i] {
				f.size = c.coders[i].size
			}
		}
		if f.err == nil {
			f.err = errors.New("packed by coders with several inputs, which are not read")
		}
		return f
	}
	takes := map[int]int{} // by coder: which takes what it gives
	for to, from := range c.from {
		takes[from] = to
	}
	at, more := c.first, true
	for n := 0; more && n < len(c.coders); n++ {
		f.coders = append(f.coders, c.coders[at])
		f.size = c.coders[at].size
		at, more = takes[at], hasKey(takes, at)
	}
	if len(f.coders) != len(c.coders) && f.err == nil {
		f.err = errors.New("its coders make no chain")
	}
	return f
}

func hasKey(m map[int]int, k int) bool {
	_, ok := m[k]
	return ok
}

// subStreams reads how the folders are divided.
func (p *parser) subStreams(a *archive) {
	counts := make([]int, len(a.folders))
	for i := range counts {
		counts[i] = 1
	}
	id := p.number()
	if id == idCount {
		for i := range counts {
			counts[i] = p.count()
		}
		id = p.number()
	}
	for i, n := range counts {
		f := &a.folders[i]
		at := int64(0)
		for k := range n {
			if len(a.streams) == maxItems {
				p.limit()
			}
			if p.err != nil {
				return
			}
			size := f.size - at
			if k < n-1 {
				if id != idSize {
					p.fail()
					return
				}
				size = p.length()
			}
			if size < 0 || size > f.size-at {
				p.fail()
				return
			}
			a.streams = append(a.streams, stream{folder: i, at: at, size: size})
			at += size
		}
	}
	if id == idSize {
		id = p.number()
	}
	var without []int // those of which no sum is known yet
	for i := range a.streams {
		if s := &a.streams[i]; counts[s.folder] == 1 && a.folders[s.folder].summed {
			s.sum, s.summed = a.folders[s.folder].sum, true
		} else {
			without = append(without, i)
		}
	}
	for ; p.err == nil && id != idEnd; id = p.number() {
		if id != idCRC {
			p.fail()
			return
		}
		p.sums(len(without), func(i int, sum uint32) { a.streams[without[i]].sum, a.streams[without[i]].summed = sum, true })
	}
}
