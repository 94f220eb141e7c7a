// Package ordinary tells where files of ordinary kinds end by their own structure:
// programs, pictures, sounds, fonts, documents and what else lies in a root file system
// and holds no firmware. What begins as one of them says nothing of what follows it.
//
//	end := ordinary.End(content) // content[end:] is something else
//
// [Data] tells the runs of a program that hold no code, in which a maker may have linked
// whatever the program carries.
//
// No content is unpacked and no checksum taken, but for the frames of FLAC: each kind is
// walked by the lengths that it states, within the bytes that there are. A structure
// that does not hold at once is not of that kind; one that breaks off ends there.
// Sources are the kinds' own descriptions: ISO/IEC 15948 (PNG), GIF89a, ITU-T T.81
// (JPEG), RFC 3533 (Ogg), RFC 9639 (FLAC), ID3v2.4, ISO/IEC 11172-3 (MPEG audio),
// ISO/IEC 14496-12 (boxes) and 14496-22 (fonts), Adobe's Type 1
// Font Format and its segments (PFB), WOFF 1 and 2, ISO 32000-2 (PDF), the
// System V ABI (ELF), Microsoft's PE and COFF, and those of SQLite, Java, WebAssembly,
// LLVM (bitcode and its wrapper), gettext, Adobe's SWF, RFC 9559 (Matroska), ETSI EN 300
// 961 (GSM 06.10), Erlang/OTP and Chromium.
package ordinary

import "bytes"

// maxInRow is how many files of ordinary kinds one may be that follow each other, as
// the pictures of a camera and the streams of a recording do.
const maxInRow = 64

const bitcodeMagic = "BC\xc0\xde"

// kind is how files begin, and where one ends: 0 if it is not of the kind.
type kind struct {
	magic string
	end   func(b []byte) int
}

var kinds = []kind{
	{"\x7fELF", elfEnd},
	{"MZ", peEnd},
	{"\x89PNG\r\n\x1a\n", pngEnd},
	{"\xff\xd8\xff", jpegEnd},
	{"GIF87a", gifEnd},
	{"GIF89a", gifEnd},
	{"\x00\x00\x01\x00", iconEnd},
	{"\x00\x00\x02\x00", iconEnd},
	{"icns", icnsEnd},
	{"RIFF", riffEnd},
	{"OggS", oggEnd},
	{"ID3", id3End},
	{"\xff", audioEnd},
	{"fLaC", flacEnd},
	{"\x00\x01\x00\x00", fontEnd},
	{"OTTO", fontEnd},
	{"true", fontEnd},
	{"ttcf", collectionEnd},
	{"wOFF", woffEnd},
	{"wOF2", woffEnd},
	{"%!PS-AdobeFont-", type1End},
	{"%!FontType1-", type1End},
	{"\x80\x01", segmentsEnd},
	{"%PDF-", pdfEnd},
	{"SQLite format 3\x00", sqliteEnd},
	{"!<arch>\n", arEnd},
	{"\xca\xfe\xba\xbe", classEnd},
	{"\x00asm\x01\x00\x00\x00", wasmEnd},
	{bitcodeMagic, bitcodeEnd},
	{"\xde\xc0\x17\x0b", wrappedBitcodeEnd},
	{"\xde\x12\x04\x95", func(b []byte) int { return moEnd(b, little32) }},
	{"\x95\x04\x12\xde", func(b []byte) int { return moEnd(b, big32) }},
	{"FWS", swfEnd},
	{"CWS", swfEnd},
	{"ZWS", swfEnd},
	{"FOR1", beamEnd},
	{"\x1a\x45\xdf\xa3", matroskaEnd},
	{"\x04\x00\x00\x00", pakEnd},
	{"\x05\x00\x00\x00", pakEnd},
}

// End is where a file of an ordinary kind, or several in a row, that begins with the
// first byte ends; 0 if none begins. It is at most the length.
func End(b []byte) (end int) {
	for range maxInRow {
		n := one(b[end:])
		if n == 0 {
			break
		}
		end += n
	}
	return end
}

// one is where the first file ends.
func one(b []byte) int {
	for _, k := range kinds {
		if len(b) >= len(k.magic) && string(b[:len(k.magic)]) == k.magic {
			if n := k.end(b); n > 0 {
				return min(n, len(b))
			}
		}
	}
	if len(b) >= 8 && string(b[4:8]) == "ftyp" {
		return boxesEnd(b)
	}
	return voiceEnd(b)
}

// The numbers at a place; -1 if the bytes end before. None is negative else: a length
// has to be compared with what there is by whoever asks.
func little16(b []byte, at int) int { return number(b, at, 2, true) }
func little32(b []byte, at int) int { return number(b, at, 4, true) }
func big16(b []byte, at int) int    { return number(b, at, 2, false) }
func big32(b []byte, at int) int    { return number(b, at, 4, false) }

func number(b []byte, at, size int, little bool) (n int) {
	if at < 0 || at > len(b)-size {
		return -1
	}
	for i := range size {
		if little {
			n |= int(b[at+i]) << (8 * i)
		} else {
			n = n<<8 | int(b[at+i])
		}
	}
	return n
}

// printable reports whether four bytes at a place are letters, digits, signs or spaces,
// as the names of chunks and tables are.
func printable(b []byte, at int) bool {
	if at < 0 || at > len(b)-4 {
		return false
	}
	for _, c := range b[at : at+4] {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// has reports whether a word stands at a place.
func has(b []byte, at int, word string) bool {
	return at >= 0 && at <= len(b) && bytes.HasPrefix(b[at:], []byte(word))
}
