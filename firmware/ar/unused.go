package ar

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// forgetNames adds the long names that no member has to what nothing refers to.
func (a *archive) forgetNames() {
	for _, g := range format.Gaps(int64(len(a.names)), a.named) {
		if len(bytes.Trim(a.names[g.Offset:g.Offset+g.Length], "\n")) > 0 {
			a.unused = append(a.unused, format.Span{Offset: a.namesAt + g.Offset, Length: g.Length})
		}
	}
	a.names, a.named = nil, nil
}

// unreferred lists the runs of the archive that are no member, no name of one and
// no index of symbols.
func (a *archive) unreferred() []format.Span {
	a.forgetNames()
	for _, s := range a.indexes {
		raw, err := a.in.Bytes(s.Offset, s.Length)
		if err != nil || !a.isIndex(raw, s.Path) {
			a.unused = append(a.unused, format.Span{Offset: s.Offset, Length: s.Length})
		}
	}
	slices.SortFunc(a.unused, func(a, b format.Span) int { return cmp.Compare(a.Offset, b.Offset) })
	return a.unused
}

// isIndex tells whether bytes are an index of symbols and nothing else: places of
// members, and as many names without spaces.
func (a *archive) isIndex(b []byte, kind string) bool {
	switch kind {
	case symbols:
		return a.ofGNU(b, 4, func(b []byte) uint64 { return uint64(binary.BigEndian.Uint32(b)) })
	case wide:
		return a.ofGNU(b, 8, binary.BigEndian.Uint64)
	}
	return a.ofBSD(b)
}

// ofGNU is the index of GNU: a number of symbols, the place of the member of each,
// and their names.
func (a *archive) ofGNU(b []byte, word int, number func([]byte) uint64) bool {
	if len(b) < word {
		return false
	}
	count := number(b)
	if b = b[word:]; count > uint64(len(b)/word) {
		return false
	}
	for i := range int(count) {
		if !a.heads[int64(number(b[i*word:]))] {
			return false
		}
	}
	return areNames(b[int(count)*word:], int(count))
}

// ofBSD is the index of BSD: the bytes of pairs of a name and a place, the pairs, the
// bytes of the names, and the names. That of Apple's linkers may be sorted.
func (a *archive) ofBSD(b []byte) bool {
	const word, pair = 4, 8
	u := binary.LittleEndian.Uint32
	if len(b) < 2*word || u(b)%pair != 0 || int64(u(b)) > int64(len(b)-2*word) {
		return false
	}
	pairs, rest := b[word:word+u(b)], b[word+u(b):]
	for p := range slices.Chunk(pairs, pair) {
		if !a.heads[int64(u(p[word:]))] {
			return false
		}
	}
	return int64(u(rest)) <= int64(len(rest)-word) && areNames(rest[word:], len(pairs)/pair)
}

// areNames tells whether bytes are at most n names that end with a zero, and zeros.
func areNames(b []byte, n int) bool {
	b = bytes.TrimRight(b, "\x00")
	return bytes.Count(b, []byte{0}) < max(n, 1) && (n > 0 || len(b) == 0) && bytes.IndexFunc(b, func(c rune) bool { return c <= ' ' && c != 0 }) < 0
}
