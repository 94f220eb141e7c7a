package ordinary

import "bytes"

// Limits of a font of Type 1.
const (
	maxClearType1   = 64 << 10 // the readable part before the packed one, bytes
	maxPrivateType1 = 512      // within how many bytes the packed part names its dictionary
	maxSegments     = 64       // of a file in segments
)

// eexecKey begins the cipher of the packed part; it is the same for all fonts and
// published, so that anyone can read what it holds.
const eexecKey = 55665

// type1End is the end of a font of Type 1 as PostScript has it: a readable part, then
// the packed one as bytes, which ends with the words that close it. A packed part
// in hexadecimal digits is text, and needs no end.
func type1End(b []byte) int {
	at := eexec(b)
	if at == 0 {
		return 0
	}
	end := closesFile(b[at:])
	if end == 0 {
		return 0
	}
	return at + end
}

// segmentsEnd is the end of a font of Type 1 in segments (PFB): each says its kind, 1 for
// text, 2 for bytes, 3 for the end, and the first two their length.
func segmentsEnd(b []byte) (at int) {
	first := little32(b, 2)
	if first <= 0 || first > maxClearType1 || first > len(b)-6 || eexec(b[6:6+first]) == 0 {
		return 0
	}
	packed := false
	for range maxSegments {
		if at > len(b)-2 || b[at] != 0x80 {
			break
		}
		if b[at+1] == 3 {
			return at + 2
		}
		size := little32(b, at+2)
		if b[at+1] > 2 || size <= 0 || size > len(b)-at-6 {
			break
		}
		if content := b[at+6 : at+6+size]; b[at+1] == 2 && !packed {
			if packed = isPrivate(content); !packed {
				return 0
			}
		}
		at += 6 + size
	}
	if !packed {
		return 0
	}
	return at
}

// eexec is where the packed part begins; 0 if the bytes are no font of Type 1.
func eexec(b []byte) int {
	b = b[:min(len(b), maxClearType1)]
	if !bytes.HasPrefix(b, []byte("%!PS-AdobeFont-")) && !bytes.HasPrefix(b, []byte("%!FontType1-")) {
		return 0
	}
	const word = "currentfile eexec"
	at := bytes.Index(b, []byte(word))
	if at < 0 || at+len(word) >= len(b) {
		return 0
	}
	at += len(word)
	if b[at] == '\r' && has(b, at+1, "\n") {
		at++
	}
	return at + 1 // behind one white space
}

// isPrivate reports whether a packed part, unpacked, begins with the dictionary that
// Adobe Type 1 Font Format, chapter 7, has there.
func isPrivate(packed []byte) bool {
	var plain [maxPrivateType1]byte
	n, key := min(len(packed), maxPrivateType1), uint16(eexecKey)
	for i, c := range packed[:n] {
		plain[i], key = unpack(c, key)
	}
	return bytes.Contains(plain[:n], []byte("/Private"))
}

// closesFile is the length of a packed part, up to the word that closes it; 0 if it is
// none.
func closesFile(packed []byte) int {
	const word = "closefile"
	if !isPrivate(packed) {
		return 0
	}
	matched, key := 0, uint16(eexecKey)
	var p byte
	for i, c := range packed {
		p, key = unpack(c, key)
		switch {
		case p == word[matched]:
			if matched++; matched == len(word) {
				return i + 1
			}
		case p == word[0]: // the word's first letter stands in it once
			matched = 1
		default:
			matched = 0
		}
	}
	return 0
}

// unpack gives a byte of the packed part and the key of the next.
func unpack(c byte, key uint16) (byte, uint16) {
	const c1, c2 = 52845, 22719
	return c ^ byte(key>>8), (uint16(c)+key)*c1 + c2
}
