package keys

import (
	"slices"
	"strings"
)

// HexWords stand near the start of private keys in DER whose bytes are written as
// hexadecimal digits: curves in SEC 1 and PKCS #8, RSA in PKCS #1 and PKCS #8, Ed25519,
// and PKCS #8 behind a passphrase. None holds "88", which is too common to look for.
var HexWords = bothCases(
	"30770201010420", "3081a40201010430", "3081dc0201010442", // P-256, P-384, P-521
	"020100301306072a8648ce3d0201", "020100301006072a8648ce3d0201",
	"020100300d06092a86", "0201000281", "0201000282",
	"302e020100300506032b6570", "86f70d01050d",
)

// bothCases gives words in small and in large digits.
func bothCases(words ...string) []string {
	all := slices.Clone(words)
	for _, w := range words {
		if upper := strings.ToUpper(w); upper != w {
			all = append(all, upper)
		}
	}
	return all
}

const (
	maxHexHead = 26       // digits before a word that a key begins within
	maxHexKey  = 10 << 10 // bytes of a key; RSA of 16384 bits has 9.3 KiB
)

// ParseHex parses the private key in hexadecimal digits around one of HexWords; see
// [ParseBare].
func ParseHex(content []byte, at int) (key *Key, from, length int, ok bool) {
	for from = at; from >= 0 && at-from <= maxHexHead; from -= 2 {
		if from < at && !isHexPair(content[from:]) {
			break
		}
		if string(content[from:from+2]) != "30" {
			continue
		}
		head, _ := bytesOfDigits(content, from, 5)
		size, ok := DERLength(head)
		if !ok || size > maxHexKey {
			continue
		}
		der, places := bytesOfDigits(content, from, size)
		if len(der) < size {
			continue
		}
		if key, ok := ParsePrivateDER(der); ok {
			key.Format = "hexadecimal"
			to := places[size-1] + 2
			return key, from, to - from, true
		}
	}
	return nil, 0, 0, false
}

// bytesOfDigits gives the bytes whose digits stand from an offset on, and the place of
// each, up to a number of them. Ends of lines may stand between them.
func bytesOfDigits(content []byte, from, most int) (der []byte, places []int) {
	for i := from; i < len(content) && len(der) < most; {
		switch c := content[i]; {
		case isHexPair(content[i:]):
			der, places = append(der, nibble(content[i])<<4|nibble(content[i+1])), append(places, i)
			i += 2
		case c == '\n' || c == '\r' || c == ' ' || c == '\t':
			i++
		default:
			return der, places
		}
	}
	return der, places
}

func isHexPair(b []byte) bool { return len(b) > 1 && isHexDigit(b[0]) && isHexDigit(b[1]) }

func isHexDigit(c byte) bool {
	return isDecimal(c) || c|0x20 >= 'a' && c|0x20 <= 'f'
}

func isDecimal(c byte) bool { return c >= '0' && c <= '9' }

func nibble(c byte) byte {
	if isDecimal(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
