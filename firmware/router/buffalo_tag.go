package router

import (
	"context"
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// BuffaloTag is Buffalo's tag in front of an image: product, brand, versions,
// region, and a checksum as the program cksum of POSIX computes it, which some
// images leave out.
var BuffaloTag = &format.Format{
	Name:   "buffalo-tag",
	Magics: []format.Magic{{Offset: 104, Bytes: "hwv\x00"}},
	Probe:  func(in format.Input) format.Likeness { return likely(readBuffaloTag(in)) },
	Open:   openBuffaloTag,
}

// buffaloTag is the tag; numbers are big endian.
type buffaloTag struct {
	Product, Brand     [32]byte
	Major, Minor       [8]byte
	Region             [2]byte
	_                  [6]byte
	Language, Platform [8]byte
	_                  [4]byte // "hwv"
	Hardware           [4]byte
	_                  [24]byte
	Length, Sum        uint32
	_                  [8]byte // addresses
	Data               uint32
	_                  [4]byte
}

const buffaloTagSize, buffaloTagSum = 160, 140

func readBuffaloTag(in format.Input) (h buffaloTag, ok bool) {
	return h, decode(in, binary.BigEndian, &h) && field(h.Product[:]) && field(h.Brand[:]) && field(h.Major[:]) &&
		h.Length > buffaloTagSize && h.Length <= maxImage
}

func openBuffaloTag(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, ok := readBuffaloTag(in)
	if !ok {
		return nil, format.Errorf(0, "no tag")
	}
	m := newImage(in, int64(h.Length))
	m.header(0, buffaloTagSize)
	m.say("product", str(h.Product[:]))
	m.say("brand", str(h.Brand[:]))
	m.say("version", str(h.Major[:])+"-"+str(h.Minor[:]))
	m.say("region", str(h.Region[:]))
	m.say("language", str(h.Language[:]))
	m.say("platform", str(h.Platform[:]))
	m.say("hardware", str(h.Hardware[:]))
	if h.Sum != 0 && m.whole() {
		var c posixSum
		_, _ = c.Write(in.Head(buffaloTagSum))
		_, _ = c.Write(make([]byte, 4))
		const after = buffaloTagSum + 4
		if err := feed(ctx, in, after, m.Length-after, &c); err != nil {
			return nil, err
		}
		m.compared("image", "cksum", 0, m.Length, c.value() == h.Sum)
	}
	return m.done(), nil
}

// posixSum is the checksum of cksum: a CRC-32 from the highest bit on, with the
// number of bytes at the end.
type posixSum struct {
	crc uint32
	n   uint64
}

func (s *posixSum) Write(b []byte) (int, error) {
	crc := s.crc
	for _, c := range b {
		crc = crc<<8 ^ posixTable[byte(crc>>24)^c]
	}
	s.crc = crc
	s.n += uint64(len(b))
	return len(b), nil
}

func (s *posixSum) value() uint32 {
	crc := s.crc
	for n := s.n; n > 0; n >>= 8 {
		crc = crc<<8 ^ posixTable[byte(crc>>24)^byte(n)]
	}
	return ^crc
}

var posixTable = func() (t [256]uint32) {
	for i := range t {
		c := uint32(i) << 24
		for range 8 {
			if c&(1<<31) != 0 {
				c = c<<1 ^ 0x04c11db7
			} else {
				c <<= 1
			}
		}
		t[i] = c
	}
	return t
}()
