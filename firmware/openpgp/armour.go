package openpgp

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
)

// Kinds of ASCII armour.
const (
	SignatureArmour = "SIGNATURE"
	PublicArmour    = "PUBLIC KEY BLOCK"
	PrivateArmour   = "PRIVATE KEY BLOCK"
)

const (
	armourBegin = "-----BEGIN PGP "
	armourEnd   = "-----END PGP "
	dashes      = "-----"
)

var errArmour = errors.New("an ASCII armour of OpenPGP that is not whole")

// Armour gives what the first ASCII armour of a text (RFC 9580, 6.2) holds, of
// which kind it is, and the text behind it; the empty kind where the text has none.
// The checksum behind the base64 proves nothing and is not looked at.
func Armour(text []byte) (kind string, content, rest []byte, err error) {
	at := bytes.Index(text, []byte(armourBegin))
	if at < 0 || at > 0 && text[at-1] != '\n' {
		return "", nil, nil, nil
	}
	first, rest, _ := bytes.Cut(text[at+len(armourBegin):], []byte("\n"))
	kind, closed := strings.CutSuffix(strings.TrimRight(string(first), " \t\r"), dashes)
	body, rest, ended := bytes.Cut(rest, []byte(armourEnd+kind+dashes))
	if !closed || !ended || kind == "" {
		return kind, nil, nil, errArmour
	}
	var base strings.Builder
	inside := false
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			inside = true
		case inside && line[0] != '=':
			base.WriteString(line)
		}
	}
	content, err = base64.StdEncoding.DecodeString(base.String())
	if err != nil || len(content) == 0 {
		return kind, nil, nil, errArmour
	}
	return kind, content, rest, nil
}

const clearBegin = "-----BEGIN PGP SIGNED MESSAGE-----"

// IsClear reports whether bytes begin like a text that is signed in clear.
func IsClear(b []byte) bool { return bytes.HasPrefix(b, []byte(clearBegin)) }

// Clear is a text that is signed in clear (RFC 9580, 7).
type Clear struct {
	Text   []byte // as it is signed: line ends are CR LF, none is behind the last line
	Packed []byte // the signature, without armour
	At     int    // where the armour of the signature begins
	Rest   int    // where it ends; what follows is signed by nobody
}

// ParseClear reads a text that is signed in clear. Headers before the text may only
// name hashes: others would let something stand there that looks signed.
func ParseClear(b []byte) (*Clear, error) {
	rest, ok := bytes.CutPrefix(b, []byte(clearBegin))
	if !ok {
		return nil, errArmour
	}
	bad := errors.New("a text signed in clear that is not whole")
	first, rest, found := bytes.Cut(rest, []byte("\n"))
	if !found || len(bytes.TrimSpace(first)) > 0 {
		return nil, bad
	}
	for {
		var line []byte
		if line, rest, found = bytes.Cut(rest, []byte("\n")); !found {
			return nil, bad
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			break
		}
		if !bytes.HasPrefix(line, []byte("Hash: ")) {
			return nil, errors.New("a text signed in clear with a header that is not signed")
		}
	}
	begin := bytes.Index(rest, []byte("\n"+armourBegin+SignatureArmour+dashes))
	if begin < 0 {
		return nil, bad
	}
	c := &Clear{Text: unescape(rest[:begin])}
	c.At = len(b) - len(rest) + begin + 1
	kind, packed, rest, err := Armour(b[c.At:])
	if err != nil || kind != SignatureArmour {
		return nil, bad
	}
	c.Packed, c.Rest = packed, len(b)-len(rest)
	return c, nil
}

// unescape takes away the dashes before lines, white space at their ends, and the
// line ends as the file has them.
func unescape(text []byte) []byte {
	lines := bytes.Split(text, []byte("\n"))
	for i, l := range lines {
		lines[i] = bytes.TrimRight(bytes.TrimPrefix(l, []byte("- ")), " \t\r")
	}
	return bytes.Join(lines, []byte("\r\n"))
}
