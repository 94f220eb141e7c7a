package ubootenv

import (
	"bytes"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	block   = 1 << 10 // bytes that are read at a time, backwards
	aligned = 4 << 10 // where an environment that follows a text is looked for
)

// start finds where the environment begins that has a variable at a place. The
// text before it goes back to the first variable, or into the checksum where that
// happens to look like text.
//
// One with a flag is the second choice: a checksum that ends in 0xff, after a zero
// and before padding of 0xff, holds one byte earlier as well.
func start(in format.Input, at int64) int64 {
	from, first := textBefore(in, at)
	if !first {
		return -1
	}
	for _, header := range headers {
		try := func(s int64) bool {
			if s < 0 || s > at-int64(header) {
				return false
			}
			_, ok := readBehind(in.Section(s, in.Size-s), header)
			return ok
		}
		for s := from - int64(header); s <= from+flagSize; s++ {
			if try(s) {
				return s
			}
		}
		for s := (from + aligned) &^ (aligned - 1); s < at; s += aligned {
			if try(s) {
				return s
			}
		}
	}
	return -1
}

// textBefore goes back over text with single NULs. It is not the first place to
// begin at if one of the magics stands in that text: then the start was looked for
// before, from there.
func textBefore(in format.Input, at int64) (from int64, first bool) {
	var after []byte // begins the block that follows
	last := byte(1)
	for end := at; end > 0 && at-end < maxSize; {
		begin := max(0, end-block)
		b := in.Peek(begin, int(end-begin))
		i := len(b)
		for ; i > 0; i-- {
			if c := b[i-1]; !plain(c) && (c != 0 || last == 0) {
				break
			}
			last = b[i-1]
		}
		if hasMagic(append(bytes.Clone(b[i:]), after...)) {
			return 0, false
		}
		if i > 0 || begin == 0 {
			return begin + int64(i), true
		}
		after = bytes.Clone(b[:min(len(b), 16)])
		end = begin
	}
	return at, at == 0
}

func hasMagic(b []byte) bool {
	for _, m := range magics {
		if bytes.Contains(b, []byte(m)) {
			return true
		}
	}
	return false
}
