package sevenzip

import (
	"encoding/binary"
	"errors"
	"fmt"
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

// maxItems is how many files, folders, packed runs or contents one archive has.
const maxItems = 1 << 20

// count reads how many follow.
func (p *parser) count() int {
	n := p.number()
	if n > uint64(p.whole) {
		p.fail()
		return 0
	}
	if n > maxItems {
		p.limit()
		return 0
	}
	return int(n)
}

// limit is fail where there is more than is read.
func (p *parser) limit() {
	if p.err == nil {
		p.err = fmt.Errorf("more than %d items: %w", maxItems, format.ErrLimit)
	}
	p.b = nil
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
