package firmware

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
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
	odd := 0
	for i := 0; i < len(b); {
		if i+word <= len(b) && isPlain(binary.LittleEndian.Uint64(b[i:])) {
			i += word
			continue
		}
		for end := min(i+word, len(b)); i < end; i++ {
			if c := b[i]; c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' {
				odd++
			}
		}
	}
	return odd*100 <= len(b) && utf8.Valid(bytes.TrimRight(b[:max(0, len(b)-utf8.UTFMax)], "\x80-\xff"))
}

// isPlain reports whether no byte of a word is less than a space. A byte from 128
// on may make it say no.
func isPlain(w uint64) bool {
	const each = 0x0101010101010101
	return (w-' '*each|w)&(0x80*each) == 0
}

// kernelBanner finds what a Linux kernel says of itself: "Linux version 4.14.63".
func kernelBanner(in format.Input) (string, bool) {
	const banner = "Linux version "
	const step = 1 << 20
	var chunk, buf []byte
	for at := int64(0); at < in.Size; at += step {
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
