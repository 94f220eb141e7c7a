package zipfile

import (
	"encoding/binary"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

// The block of signatures that Android puts in front of the directory ends with
// its length and this magic, and begins with the same length. Between them are pairs: a
// length of 64 bits, an identifier of 32, and a value (source.android.com, "APK
// Signature Scheme v2", "APK Signing Block").
const signingMagic = "APK Sig Block 42"

// signingPairs are the identifiers of pairs that are signatures, or that are known and
// sealed: schemes 2, 3 and 3.1, both kinds of stamps of a source, the dependencies that
// only Google can read, and the metadata of its shop.
var signingPairs = []uint32{0x7109871a, 0xf05368c0, 0x1b93ad61, 0x2b09189e, 0x6dff800d, 0x504b4453, 0x2146444e}

// maxPairs is how many pairs are looked at; what follows them counts as one that is
// not known.
const maxPairs = 256

// signingBlock is where a block of signatures begins that ends where the directory
// begins, at the earliest at from.
func signingBlock(in format.Input, from, directory int64) int64 {
	const tail = 8 + len(signingMagic)
	end := in.Peek(directory-int64(tail), tail)
	if len(end) < tail || string(end[8:]) != signingMagic {
		return directory
	}
	size := binary.LittleEndian.Uint64(end)
	begin := in.Peek(directory-int64(min(size, 1<<62))-8, 8)
	if len(begin) < 8 || binary.LittleEndian.Uint64(begin) != size || directory-int64(size)-8 < from {
		return directory
	}
	return directory - int64(size) - 8
}

// unknownPairs lists the pairs of a block of signatures that may hold anything.
func unknownPairs(in format.Input, signing, directory int64) (out []format.Span) {
	at, end := signing+8, directory-8-int64(len(signingMagic))
	for range maxPairs {
		h := in.Peek(at, 12)
		if len(h) < 12 || at+12 > end {
			break
		}
		size := int64(min(binary.LittleEndian.Uint64(h), 1<<62))
		if size < 4 || size > end-at-8 {
			break
		}
		if !slices.Contains(signingPairs, binary.LittleEndian.Uint32(h[8:])) {
			out = append(out, format.Span{Offset: at + 12, Length: size - 4})
		}
		at += 8 + size
	}
	if at < end {
		out = append(out, format.Span{Offset: at, Length: end - at})
	}
	return out
}
