package firmware

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"unicode/utf8"

	"github.com/assay-iot/assay/firmware/format"
)

const onlyPadding = "one repeated byte"

// looks says in a few words what bytes look like that no reader knows.
func looks(in format.Input) string {
	sample := sampleOf(in)
	e := entropy(sample)
	switch {
	case len(sample) == 0:
		return "empty"
	case e == 0:
		return onlyPadding
	case isText(sample):
		return "text"
	case e > 7.9 || (len(sample) < 32<<10 && e > 7.7):
		return fmt.Sprintf("encrypted, or compressed in an unknown way (entropy %.2f of 8 bits)", e)
	default:
		return fmt.Sprintf("code or data of an unknown kind (entropy %.2f of 8 bits)", e)
	}
}

// sampleOf reads up to 1 MiB, spread over the input.
func sampleOf(in format.Input) []byte {
	const pieces, size = 16, 64 << 10
	if in.Size <= pieces*size {
		return in.Head(pieces * size)
	}
	var sample []byte
	for i := range int64(pieces) {
		sample = append(sample, in.Peek(i*(in.Size-size)/(pieces-1), size)...)
	}
	return sample
}

// entropy is Shannon's, in bits per byte.
func entropy(b []byte) float64 {
	var count [256]int
	for _, c := range b {
		count[c]++
	}
	e := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(b))
			e -= p * math.Log2(p)
		}
	}
	return e
}

// isText wants UTF-8 without NUL and with few control characters.
func isText(b []byte) bool {
	if len(b) == 0 || bytes.IndexByte(b, 0) >= 0 {
		return false
	}
	odd, rest := 0, b
	for ; len(rest) >= word; rest = rest[word:] {
		w := binary.LittleEndian.Uint64(rest)
		for m := controls(w); m != 0; m &= m - 1 {
			odd += isOdd(byte(w >> (bits.TrailingZeros64(m) &^ 7)))
		}
	}
	for _, c := range rest {
		if c < ' ' {
			odd += isOdd(c)
		}
	}
	return odd*100 <= len(b) && utf8.Valid(bytes.TrimRight(b[:max(0, len(b)-utf8.UTFMax)], "\x80-\xff"))
}

// controls marks the bytes of a word that are less than a space, by their highest bit.
func controls(w uint64) uint64 {
	const each = 0x0101010101010101
	return ^(w&(0x7f*each) + (0x80-' ')*each | w) & (0x80 * each)
}

// isOdd is 1 for a control character that text does not have.
func isOdd(c byte) int {
	if c == '\n' || c == '\r' || c == '\t' || c == '\f' {
		return 0
	}
	return 1
}

// kernelBanner finds what a Linux kernel says of itself: "Linux version 4.14.63".
func kernelBanner(in format.Input) (string, bool) {
	const banner = "Linux version "
	const step = 1 << 20
	var chunk, buf []byte
	for at := int64(0); at < in.Size; at += step {
		if zerosAt(in, at) >= step+256 {
			continue
		}
		var err error
		if chunk, buf, err = view(in, at, min(step+256, in.Size-at), buf); err != nil {
			break
		}
		for {
			i := bytes.Index(chunk, []byte(banner))
			if i < 0 {
				break
			}
			chunk = chunk[i+len(banner):]
			if v := version(chunk); v != "" {
				return v, true
			}
		}
	}
	return "", false
}

// version reads "4.14.63-foo" where a space and the builder follow.
func version(b []byte) string {
	end := bytes.IndexByte(b[:min(len(b), 128)], ' ')
	if end < 3 || b[0] < '0' || b[0] > '9' || !bytes.HasPrefix(b[end:], []byte(" (")) {
		return ""
	}
	for _, c := range b[:end] {
		if c <= ' ' || c > '~' {
			return ""
		}
	}
	return string(b[:end])
}
