package ordinary

import "math/bits"

// Elements of EBML (RFC 8794) and Matroska (RFC 9559), by their identifiers.
const (
	segment = 0x18538067
	cluster = 0x1f43b675
)

// inSegment and inCluster are the elements that stand in a segment and in a cluster: one
// whose size is not known ends before the first that is of neither.
var (
	inSegment = map[int]bool{0x114d9b74: true, 0x1549a966: true, 0x1654ae6b: true, 0x1043a770: true, cluster: true, 0x1c53bb6b: true, 0x1941a469: true, 0x1254c367: true, 0xec: true, 0xbf: true}
	inCluster = map[int]bool{0xe7: true, 0x5854: true, 0xa7: true, 0xab: true, 0xa3: true, 0xa0: true, 0xaf: true, 0xec: true, 0xbf: true}
)

// matroskaEnd walks a film or sound of Matroska or WebM: a header, a segment, what stands
// in it, and the blocks of the clusters of which nobody knows how long they are, as of
// what was recorded and never finished.
func matroskaEnd(b []byte) int {
	_, at, size := element(b, 0)
	if size < 0 || size > len(b)-at {
		return 0
	}
	at += size
	id, begin, size := element(b, at)
	if id != segment {
		return 0
	}
	end := len(b)
	if size >= 0 && size < len(b)-begin {
		end = begin + size
	}
	if at = elementsEnd(b[:end], begin, inSegment); at == begin {
		return 0
	}
	return at
}

// elementsEnd is where elements of some kinds that begin at a place end.
func elementsEnd(b []byte, at int, known map[int]bool) int {
	for at < len(b) {
		id, begin, size := element(b, at)
		switch {
		case !known[id]:
			return at
		case size < 0 && id == cluster:
			at = elementsEnd(b, begin, inCluster)
		case size < 0 || size > len(b)-begin:
			return at
		default:
			at = begin + size
		}
	}
	return at
}

// element is what an element at a place is, where its content begins and how many bytes it
// has; a negative size if nobody knows, no identifier if none is there.
func element(b []byte, at int) (id, begin, size int) {
	id, begin = variable(b, at, 4, true)
	if begin == 0 {
		return 0, 0, -1
	}
	size, begin = variable(b, begin, 8, false)
	if begin == 0 {
		return 0, 0, -1
	}
	return id, begin, size
}

// variable is a number of up to so many bytes, whose leading zero bits say how many it
// has, and where it ends: 0 if it is none. With all bits set it stands for nothing known.
func variable(b []byte, at, most int, mark bool) (n, end int) {
	if at >= len(b) {
		return 0, 0
	}
	width := bits.LeadingZeros8(b[at]) + 1
	if width > most || width > len(b)-at {
		return 0, 0
	}
	n, end = number(b, at, width, false), at+width
	if mark {
		return n, end
	}
	full := 1<<(7*width) - 1
	if n &= full; n == full {
		n = -1
	}
	return n, end
}
