package sevenzip

import (
	"encoding/binary"
	"errors"
	"math"
	"time"
	"unicode/utf16"

	"github.com/assay-iot/assay/firmware/format"
)

// The kinds of what a header holds; 7zFormat.txt, "Property IDs".
const (
	idEnd, idHeader, idArchive, idAdditional    = 0, 1, 2, 3
	idMain, idFiles, idPack, idUnpack           = 4, 5, 6, 7
	idSubStreams, idSize, idCRC, idFolder       = 8, 9, 0xa, 0xb
	idUnpackSize, idCount, idEmptyStream        = 0xc, 0xd, 0xe
	idEmptyFile, idAnti, idNames, idModified    = 0xf, 0x10, 0x11, 0x14
	idAttributes, idEncoded, idStart, idPadding = 0x15, 0x17, 0x18, 0x19
	idCreated, idAccessed                       = 0x12, 0x13
)

var errHeader = errors.New("makes no sense")

// parser reads a header. The first mistake stays, and all that follows is zero.
type parser struct {
	b     []byte
	whole int // bytes of the header: nothing is listed more often than it has bytes
	err   error
	files []file
	rest  []byte // what says nothing to this reader
}

// file is what is said of one.
type file struct {
	name       string
	time       time.Time
	attributes uint32
	stream     bool // it has a content
	empty      bool // it is a file without a content, and no folder
}

func (p *parser) fail() {
	if p.err == nil {
		p.err = errHeader
	}
	p.b = nil
}

func (p *parser) take(n uint64) []byte {
	if n > uint64(len(p.b)) {
		p.fail()
		return nil
	}
	b := p.b[:n]
	p.b = p.b[n:]
	return b
}

func (p *parser) byte() byte {
	if b := p.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

// number reads a number of which the first byte's leading ones say how many bytes follow.
func (p *parser) number() (v uint64) {
	first := p.byte()
	for i := range 8 {
		mask := byte(0x80) >> i
		if first&mask == 0 {
			return v | uint64(first&(mask-1))<<(8*i)
		}
		v |= uint64(p.byte()) << (8 * i)
	}
	return v
}

// count reads how many follow.
func (p *parser) count() int {
	n := p.number()
	if n > uint64(p.whole) {
		p.fail()
		return 0
	}
	return int(n)
}

// length reads a number of bytes.
func (p *parser) length() int64 {
	n := p.number()
	if n > math.MaxInt64/4 {
		p.fail()
		return 0
	}
	return int64(n)
}

func (p *parser) bits(n int) []bool {
	b := p.take(uint64(n+7) / 8)
	set := make([]bool, n)
	for i := range set {
		set[i] = p.err == nil && b[i/8]&(0x80>>(i%8)) != 0
	}
	return set
}

// given reads for which of n something is given.
func (p *parser) given(n int) []bool {
	if p.byte() == 0 {
		return p.bits(n)
	}
	set := make([]bool, n)
	for i := range set {
		set[i] = true
	}
	return set
}

// sums reads checksums of n.
func (p *parser) sums(n int, to func(i int, sum uint32)) {
	for i, is := range p.given(n) {
		if !is {
			continue
		}
		if b := p.take(4); len(b) == 4 {
			to(i, binary.LittleEndian.Uint32(b))
		}
	}
}

// main reads a header that is not packed.
func (p *parser) main(a *archive) error {
	for p.err == nil {
		switch id := p.number(); id {
		case idEnd:
			p.skip(p.take(uint64(len(p.b))))
			a.rest = p.rest
			return p.err
		case idArchive:
			for p.err == nil && p.number() != idEnd {
				p.skip(p.take(p.number()))
			}
		case idAdditional:
			p.streamsInfo(&archive{b: a.b, in: a.in})
		case idMain:
			p.streamsInfo(a)
		case idFiles:
			p.filesInfo()
		default:
			p.fail()
		}
	}
	return p.err
}

// skip keeps what nobody reads, for those who search.
func (p *parser) skip(b []byte) {
	if len(p.rest)+len(b) <= maxRest {
		p.rest = append(p.rest, b...)
	} else {
		p.fail()
	}
}

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

// filesInfo reads names, times and attributes.
func (p *parser) filesInfo() {
	n := p.count()
	p.files = make([]file, n)
	for i := range p.files {
		p.files[i].stream = true
	}
	var empty []int
	for p.err == nil {
		id := p.number()
		if id == idEnd {
			return
		}
		one := &parser{b: p.take(p.number()), whole: p.whole}
		switch id {
		case idEmptyStream:
			for i, is := range one.bits(n) {
				if p.files[i].stream = !is; is {
					empty = append(empty, i)
				}
			}
		case idEmptyFile:
			for i, is := range one.bits(len(empty)) {
				p.files[empty[i]].empty = is
			}
		case idNames:
			one.names(p.files)
		case idModified:
			one.eachGiven(n, 8, func(i int, b []byte) { p.files[i].time = fileTime(binary.LittleEndian.Uint64(b)) })
		case idAttributes:
			one.eachGiven(n, 4, func(i int, b []byte) { p.files[i].attributes = binary.LittleEndian.Uint32(b) })
		case idCreated, idAccessed, idStart, idAnti:
			one.b = nil
		}
		if p.skip(one.b); one.err != nil {
			p.fail()
		}
	}
}

// eachGiven reads numbers of some of n.
func (p *parser) eachGiven(n int, size uint64, to func(i int, b []byte)) {
	given := p.given(n)
	if p.byte() != 0 { // they stand elsewhere
		p.fail()
	}
	for i, is := range given {
		if !is {
			continue
		}
		b := p.take(size)
		if p.err != nil {
			return
		}
		to(i, b)
	}
}

// names reads names in UTF-16, each with a zero behind it.
func (p *parser) names(files []file) {
	if p.byte() != 0 {
		p.fail()
	}
	for i := range files {
		var name []uint16
		for {
			b := p.take(2)
			if p.err != nil {
				return
			}
			c := binary.LittleEndian.Uint16(b)
			if c == 0 {
				break
			}
			name = append(name, c)
		}
		files[i].name = string(utf16.Decode(name))
	}
}

// fileTime is a time in units of 100 ns since 1601.
func fileTime(v uint64) time.Time {
	const unix = 116444736000000000
	if v < unix || v > math.MaxInt64 {
		return time.Time{}
	}
	v -= unix
	return time.Unix(int64(v/1e7), int64(v%1e7)*100).UTC()
}
