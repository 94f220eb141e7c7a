package compact

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
)

// The text of the QR code is an address of the issuer whose fragment, which no
// server sees, is the compact label:
//
//	https://labels.example/01/09506000134352#A…Z
//
// The path has the shape of a GS1 Digital Link where the product has a GTIN, so
// that one code serves both; without one it is the issuer's address as it
// stands.
//
// The fragment is one number in base 43: the characters of a QR code's
// alphanumeric mode that may stand in a fragment (RFC 3986), of 5.5 bits each.
// A byte takes 8.1 bits so; in base64url it would take 10.7, and with 32 bytes
// of digest, names and a status list that does not fit version 15, on a label
// whose code is 22 mm wide. The letters A and Z at its ends keep a reader of
// links from dropping a last dot, and show whether the text is whole.

// alphabet is base 43: QR alphanumeric mode (ISO/IEC 18004, table 5) without
// space and per cent sign.
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:"

const (
	opening = 'A' // also the version of the text form
	closing = 'Z'
	maxText = 3 * MaxMessage
)

// ErrDespite says that a label has no compact form since its issuer made it although
// a requirement is not met: that must be said, and a code has no room for it.
var ErrDespite = errors.New("the label was issued although a requirement is not met, which no code has room to say")

// ErrTooLong says that a label does not fit its QR code even when shortened.
var ErrTooLong = errors.New("the label does not fit a QR code of version 15")

// maxBits is what a QR code of version 15 holds at level M (ISO/IEC 18004,
// table 7: 415 data codewords).
const maxBits = 415 * 8

// Text gives the text of the QR code for a signed compact label. Address is the
// issuer's, from the statement; gtin may be empty.
func Text(address, gtin string, message []byte) (string, error) {
	head, err := head(address, gtin)
	if err != nil {
		return "", err
	}
	text := head + "#" + string(opening) + base43(message) + string(closing)
	if bits(text) > maxBits {
		return "", fmt.Errorf("%w: %d bits of %d", ErrTooLong, bits(text), maxBits)
	}
	return text, nil
}

// Code gives the text of the QR code on a label.
func Code(l *labels.Label, message []byte) (string, error) {
	return Text(l.Issuer.Address, gtin14(l.Product.GTIN), message)
}

// ErrAddress says that an issuer's address cannot stand in a QR code.
var ErrAddress = errors.New("a compact label needs the issuer's address, https and in plain ASCII")

// head is the part of the text before the fragment.
func head(address, gtin string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return "", ErrAddress
	}
	u.Host = strings.ToLower(u.Host)
	if gtin != "" {
		u = u.JoinPath("01", gtin)
	}
	if s := u.String(); labels.IsPlainAddress(s) || len(s) > labels.MaxAddr && labels.IsPlainAddress(s[:labels.MaxAddr]) {
		return s, nil
	}
	return "", fmt.Errorf("%w: %.120q", ErrAddress, address)
}

// Split parts the text of a QR code into what is best written in byte mode and
// what in alphanumeric mode.
func Split(text string) (byteMode, alphanumeric string) {
	i := strings.IndexByte(text, '#') + 1
	return text[:i], text[i:]
}

// bits is the length of the text in a QR code of versions 10 to 26 (ISO/IEC
// 18004, 7.4): two segments, each with a mode of 4 bits and a count.
func bits(text string) int {
	b, a := Split(text)
	return 4 + 16 + 8*len(b) + 4 + 11 + 11*(len(a)/2) + 6*(len(a)%2)
}

// base43 writes data, whose first byte is not zero, as one number in base 43.
func base43(data []byte) string {
	n, digit, base := new(big.Int).SetBytes(data), new(big.Int), big.NewInt(int64(len(alphabet)))
	var out []byte
	for n.Sign() > 0 {
		n.DivMod(n, base, digit)
		out = append(out, alphabet[digit.Int64()])
	}
	slices.Reverse(out)
	return string(out)
}

// unbase43 reads what base43 writes and nothing else.
func unbase43(s string) ([]byte, error) {
	if strings.HasPrefix(s, alphabet[:1]) {
		return nil, fmt.Errorf("%w: the part behind # begins with a zero", ErrNotCompact)
	}
	n, base := new(big.Int), big.NewInt(int64(len(alphabet)))
	for i, c := range []byte(s) {
		digit := strings.IndexByte(alphabet, c)
		if digit < 0 {
			return nil, fmt.Errorf("%w: character %q at %d of the part behind #", ErrNotCompact, c, i+1)
		}
		n.Mul(n, base)
		n.Add(n, big.NewInt(int64(digit)))
	}
	return n.Bytes(), nil
}

// IsText reports whether data look like the text of a QR code rather than like
// bytes of a label.
func IsText(data []byte) bool {
	return bytes.HasPrefix(data, []byte("https://")) || bytes.HasPrefix(data, []byte("#"))
}

// FromText takes the compact label out of the text of a QR code. Of the address
// it takes no notice: anybody can print one. White space around the text is no
// part of it.
func FromText(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxText {
		return nil, fmt.Errorf("%w: a text of %d characters", ErrNotCompact, len(text))
	}
	_, s, found := strings.Cut(text, "#")
	switch {
	case !found || s == "":
		return nil, fmt.Errorf("%w: the text has no part behind #", ErrNotCompact)
	case strings.HasPrefix(s, digestMark):
		return nil, fmt.Errorf("%w: the code holds the address of a label, and the label itself must be fetched", ErrNotCompact)
	case s[0] != opening:
		return nil, fmt.Errorf("%w: the part behind # does not begin with %c", ErrNotCompact, opening)
	case len(s) < 2 || s[len(s)-1] != closing:
		return nil, fmt.Errorf("%w: the text is cut off", ErrNotCompact)
	case len(s) == 2:
		return nil, fmt.Errorf("%w: there is nothing between %c and %c", ErrNotCompact, opening, closing)
	}
	return unbase43(s[1 : len(s)-1])
}

// digestMark begins the fragment of a code that holds the address and the digest of
// a label, not the label: that of a mark for a box, and of a label that was signed in
// a workflow, whose signature no code has room for.
const digestMark = "sha256:"

// Pointer parts the text of such a code into the address that it names and the digest
// of the label. Nothing in it is signed: anybody can print one.
func Pointer(text string) (address string, digest assay.Digest, ok bool) {
	address, s, _ := strings.Cut(strings.TrimSpace(text), "#")
	if !labels.IsPlainAddress(address) || !strings.HasPrefix(s, digestMark) {
		return "", "", false
	}
	digest, err := assay.ParseDigest(s)
	return address, digest, err == nil && string(digest) == s
}

// Host gives the host that the text of a QR code leads to; empty if there is
// none.
func Host(text string) string {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// LinkedGTIN gives the GTIN of 14 digits in the path of an address that has the shape of
// a GS1 Digital Link, …/01/GTIN; empty if there is none. Nothing of it is signed.
func LinkedGTIN(text string) string {
	address, _, _ := strings.Cut(strings.TrimSpace(text), "#")
	_, gtin, found := strings.Cut(address, "/01/")
	if !found || len(gtin) != 14 || strings.Trim(gtin, "0123456789") != "" {
		return ""
	}
	return gtin
}
