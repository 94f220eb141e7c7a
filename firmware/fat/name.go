package fat

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
)

// upper437 are the characters 0x80 to 0xff of code page 437.
var upper437 = []rune("ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0")

func decode437(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		if c < 0x80 {
			s.WriteByte(c)
		} else {
			s.WriteRune(upper437[c-0x80])
		}
	}
	return s.String()
}

// Bits of the case byte of a record: that half of the name is in small letters.
const (
	smallBase = 0x08
	smallTail = 0x10
)

// shortName gives the name of a record, of eight and three characters.
func shortName(rec []byte) string {
	raw := bytes.Clone(rec[:11])
	if raw[0] == firstIsE5 {
		raw[0] = deleted
	}
	half := func(b []byte, small byte) string {
		s := decode437(bytes.TrimRight(b, " "))
		if rec[12]&small != 0 {
			return strings.Map(unicode.ToLower, s)
		}
		return s
	}
	name := half(raw[:8], smallBase)
	if tail := half(raw[8:], smallTail); tail != "" {
		name += "." + tail
	}
	return name
}

// shortSum is the checksum of a short name, which binds a long name to it.
func shortSum(rec []byte) (sum byte) {
	for _, c := range rec[:11] {
		sum = sum>>1 | sum<<7
		sum += c
	}
	return sum
}

const (
	perPiece  = 13 // UTF-16 units in a record of a long name
	maxPieces = 20
	lastPiece = 0x40 // in the first byte of the piece that stands first
	pieceMask = 0x3f
)

// longName gathers the pieces of a long name, the last of which stands first.
type longName struct {
	units  [maxPieces * perPiece]uint16
	pieces int
	left   int // still to come
	sum    byte
	broken bool
}

// add takes a piece.
func (l *longName) add(rec []byte) {
	n := int(rec[0] & pieceMask)
	if rec[0]&lastPiece != 0 {
		*l = longName{pieces: n, left: n, sum: rec[13], broken: n > maxPieces}
	}
	if n == 0 || n != l.left || rec[13] != l.sum || l.broken {
		l.broken = true
		return
	}
	l.left--
	at := l.units[l.left*perPiece:]
	for i, off := range [perPiece]int{1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30} {
		at[i] = binary.LittleEndian.Uint16(rec[off:])
	}
}

// take gives the name of a record: the long one if its pieces are whole and
// belong to the record. It says whether there are pieces that do not.
func (l *longName) take(rec []byte) (name string, stray bool) {
	defer func() { *l = longName{} }()
	if l.broken || l.left != 0 || (l.pieces > 0 && l.sum != shortSum(rec)) {
		return shortName(rec), true
	}
	units := l.units[:l.pieces*perPiece]
	for i, u := range units {
		if u == 0 {
			units = units[:i]
			break
		}
	}
	if len(units) == 0 {
		return shortName(rec), l.pieces > 0
	}
	return string(utf16.Decode(units)), false
}
