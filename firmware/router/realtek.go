package router

import (
	"context"
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// Realtek is the header of Realtek's boot loader: a word for what follows, where
// it runs, where it is burnt, and the length, the last two bytes of which bring
// the sum of all 16-bit numbers to zero. An image has several, one after another.
var Realtek = &format.Format{
	Name:     "realtek",
	Magics:   realtekMagics(),
	Anywhere: true,
	Probe:    func(in format.Input) format.Likeness { return likely(readRealtek(in)) },
	Open:     openRealtek,
}

// realtekHeader is the header; numbers are big endian.
type realtekHeader struct {
	Word                [4]byte
	Start, Burn, Length uint32
}

const realtekSize = 16

// realtekWords are the words and what they stand for. "root" and "boot" are left
// out: they are words of too many other things.
var realtekWords = map[string]string{
	"cs6b": "kernel", "cs6c": "kernel", "csys": "kernel",
	"cr6b": "firmware", "cr6c": "firmware", "csro": "firmware",
	"r6br": "rootfs", "r6cr": "rootfs",
}

func realtekMagics() (magics []format.Magic) {
	for _, word := range []string{"cs6b", "cs6c", "csys", "cr6b", "cr6c", "csro", "r6br", "r6cr"} {
		magics = append(magics, format.Magic{Bytes: word})
	}
	return magics
}

func readRealtek(in format.Input) (h realtekHeader, ok bool) {
	const most, least = 256 << 20, 256
	return h, decode(in, binary.BigEndian, &h) && h.Length >= least && h.Length <= most && h.Length%2 == 0 &&
		int64(h.Length) <= in.Size-realtekSize && h.Burn < most && (h.Start < most || h.Start>>30 == 2)
}

func openRealtek(ctx context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	h, ok := readRealtek(in)
	if !ok {
		return nil, format.Errorf(0, "no Realtek header")
	}
	n := int64(h.Length)
	m := newImage(in, realtekSize+n)
	m.header(0, realtekSize)
	m.header(realtekSize+n-2, 2)
	m.say("signature", string(h.Word[:]))
	m.say("start", hex32(h.Start))
	m.say("burn", hex32(h.Burn))
	s := wordSum{order: binary.BigEndian}
	if err := m.compare(ctx, "image", "sum16", realtekSize, n, &s, []byte{0, 0}); err != nil {
		return nil, err
	}
	p := format.Part{Name: realtekWords[string(h.Word[:])], Offset: realtekSize, Length: n - 2}
	if p.Name == "kernel" {
		p.Role = format.Code
	}
	m.part(p)
	return m.done(), nil
}

// wordSum is the sum of 16-bit numbers.
type wordSum struct {
	order binary.ByteOrder
	sum   uint16
	odd   []byte // the first half of a number
}

func (s *wordSum) Write(b []byte) (int, error) {
	n := len(b)
	if len(s.odd) > 0 && n > 0 {
		s.sum += s.order.Uint16([]byte{s.odd[0], b[0]})
		s.odd, b = nil, b[1:]
	}
	for ; len(b) > 1; b = b[2:] {
		s.sum += s.order.Uint16(b)
	}
	if len(b) == 1 {
		s.odd = []byte{b[0]}
	}
	return n, nil
}

func (s *wordSum) Sum(b []byte) []byte { return binary.BigEndian.AppendUint16(b, s.sum) }
