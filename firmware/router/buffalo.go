package router

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"

	"github.com/assay-iot/assay/firmware/format"
)

// Buffalo is the encrypted image of Buffalo's routers. Product, version and data
// are encrypted with a variant of RC4, a seed and a word that is the same for all
// devices and known to all; so the image is decrypted here. A checksum tells
// whether the word is the right one. Some devices use a state as long as the data
// in the place of 256 bytes.
var Buffalo = &format.Format{
	Name:   "buffalo",
	Magics: []format.Magic{{Bytes: "start\x00"}, {Bytes: "asar1\x00"}},
	Probe:  func(in format.Input) format.Likeness { return likely(readBuffalo(in)) },
	Open:   openBuffalo,
}

const (
	buffaloWord       = "Buffalo"
	buffaloState      = 256
	maxBuffaloProduct = 32
	maxBuffaloVersion = 8
)

// buffaloHeader is the header; all texts are encrypted.
type buffaloHeader struct {
	seed             byte
	product, version []byte
	data, size       int64 // where the data are
	sum              uint32
}

func readBuffalo(in format.Input) (h buffaloHeader, ok bool) {
	const most = 7 + 4 + maxBuffaloProduct + 4 + maxBuffaloVersion + 4
	b := in.Head(most)
	if len(b) < 7 {
		return h, false
	}
	h.seed = b[6]
	rest := b[7:]
	next := func(limit uint32) (text []byte) {
		if len(rest) < 4 {
			return nil
		}
		n := binary.BigEndian.Uint32(rest)
		if n == 0 || n > limit || int(n) > len(rest)-4 {
			return nil
		}
		text, rest = rest[4:4+n], rest[4+n:]
		return text
	}
	if h.product = next(maxBuffaloProduct); h.product == nil {
		return h, false
	}
	if h.version = next(maxBuffaloVersion); h.version == nil || len(rest) < 4 {
		return h, false
	}
	h.size = int64(binary.BigEndian.Uint32(rest))
	h.data = int64(len(b) - len(rest) + 4)
	sum := in.Peek(h.data+h.size, 4)
	if h.size == 0 || h.size > maxImage || len(sum) < 4 {
		return h, false
	}
	h.sum = binary.BigEndian.Uint32(sum)
	return h, true
}

func openBuffalo(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	h, ok := readBuffalo(in)
	if !ok {
		return nil, format.Errorf(0, "no encrypted image")
	}
	length := h.data + h.size + 4
	// The tool pads to four bytes, and by four where that is none.
	if pad := 4 - length%4; string(in.Peek(length, int(pad))) == "\x00\x00\x00\x00"[:pad] {
		length += pad
	}
	m := newImage(in, length)
	for _, long := range []bool{false, true} {
		plain, err := h.decrypt(ctx, in, b, long)
		if err != nil {
			return nil, err
		}
		if buffaloSum(uint32(h.size), plain) == h.sum {
			m.compared("image", "buffalo", h.data, h.size, true)
			m.Stream = plain
			m.say("product", str(decryptBuffalo(h.seed, h.product, long)))
			m.say("version", str(decryptBuffalo(h.product[0], h.version, long)))
			return &m.Opened, nil
		}
	}
	return nil, format.Errorf(h.data, "the checksum differs: the image is damaged, or encrypted with another word")
}

func (h *buffaloHeader) decrypt(ctx context.Context, in format.Input, b *format.Budget, long bool) ([]byte, error) {
	if err := b.File(h.size); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	data, err := in.Bytes(h.data, h.size)
	if err != nil {
		return nil, err
	}
	return decryptBuffalo(h.version[0], data, long), nil
}

// decryptBuffalo decrypts, and encrypts, with a state of 256 bytes, or of as many
// as there are data.
func decryptBuffalo(seed byte, data []byte, long bool) []byte {
	key := append([]byte{seed}, buffaloWord...)
	size := buffaloState
	if long {
		size = len(data)
	}
	state := make([]byte, size)
	for i := range state {
		state[i] = byte(i)
	}
	k := 0
	for i := range state {
		k = (k + int(key[i%len(key)]) + int(state[i])) % size
		state[i], state[k] = state[k], state[i]
	}
	out := bytes.Clone(data)
	var i, j byte
	for n := range out {
		i = byte((int(i) + 1) % size)
		j = byte((int(j) + int(state[i])) % size)
		state[i], state[j] = state[j], state[i]
		out[n] ^= state[(int(state[i])+int(state[j]))%size]
	}
	return out
}

// buffaloSum is a CRC-32 that begins with a number and takes each byte with its
// sign.
func buffaloSum(sum uint32, data []byte) uint32 {
	for _, c := range data {
		sum ^= uint32(int32(int8(c)))
		sum = sum>>8 ^ crc32.IEEETable[byte(sum)]
	}
	return sum
}
