package keys

import (
	"bytes"
	"encoding/base64"
)

// BareWords stand near the start of private keys in DER whose base64 has no armour, as
// in settings: RSA and RSA-PSS in PKCS #8 and PKCS #1, curves in PKCS #8 and SEC 1,
// Ed25519, and PKCS #8 behind a passphrase.
var BareWords = []string{
	"IBADANBgkqhkiG9w0BAQEFAASC", "IBADALBgkqhkiG9w0BAQoE",
	"IBAAKCA", "IBAAKBg",
	"AgEAMBMGByqGSM49AgEG", "AgEAMBAGByqGSM49AgEG", "CAQAwEwYHKoZIzj0CAQ",
	"MHcCAQEEI", "MIGkAgEBBD", "MIHcAgEBBEI",
	"MC4CAQAwBQYDK2VwBCIEI",
	"BgkqhkiG9w0BBQ0w", "CSqGSIb3DQEFDTB",
}

// maxBareHead is the number of letters before a word that a key begins within.
const maxBareHead = 16

// ParseBare parses the private key in base64 around one of BareWords: letters that
// begin with it and hold it whole. The key stands from an offset on, with a length in
// bytes.
func ParseBare(content []byte, at int) (key *Key, from, length int, ok bool) {
	from = at
	for from > 0 && IsBase64(content[from-1]) && at-from <= maxBareHead {
		from--
	}
	if at-from > maxBareHead || content[from] != 'M' || inArmour(content[max(0, from-maxBareHead):from]) {
		return nil, 0, 0, false
	}
	letters, places := lettersFrom(content, from)
	text := make([]byte, base64.RawStdEncoding.DecodedLen(len(letters)))
	n, _ := base64.RawStdEncoding.Decode(text, letters) // what follows the key is of no interest
	size, ok := DERLength(text[:n])
	if !ok || size > n {
		return nil, 0, 0, false
	}
	if key, ok = ParsePrivateDER(text[:size]); !ok {
		return nil, 0, 0, false
	}
	key.Format = "base64"
	to := places[(size*4+2)/3-1] + 1
	return key, from, to - from, true
}

// inArmour reports that the line of a label of PEM ends before a place: what counts
// there is the block, with its end.
func inArmour(before []byte) bool {
	before = bytes.TrimRight(before, "\\\"'\x00, \t\r\n")
	return bytes.HasSuffix(before, pemDash) || bytes.HasSuffix(before, []byte("-----\\n")) || bytes.HasSuffix(before, []byte("-----\\r\\n"))
}

// lettersFrom gives the letters of base64 from an offset on, and their places. Ends of
// lines may stand between them, written out or not, with what indents the next.
func lettersFrom(content []byte, from int) (letters []byte, places []int) {
	for i := from; i < len(content) && len(letters) < MaxDER*4/3; i++ {
		switch c := content[i]; {
		case IsBase64(c):
			letters, places = append(letters, c), append(places, i)
		case c == '\n' || c == '\r' || c == ' ' || c == '\t':
		case c == '\\' && i+1 < len(content) && (content[i+1] == 'n' || content[i+1] == '\n'):
			i++
		default:
			return letters, places
		}
	}
	return letters, places
}
