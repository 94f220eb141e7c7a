package hashes

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/assay-iot/assay/internal/lazyregexp"
)

// SaltedDigest is a digest in hexadecimal digits whose salt stands in a setting beside it,
// or is the user as in RFC 7616 ("user:realm:password"). It is written here as
// "salted$SALT$DIGEST", both in hexadecimal digits.
const SaltedDigest Kind = "salted-digest"

var saltedForm = lazyregexp.New(`^salted\$((?:[0-9a-f]{2}){1,160})\$([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$`)

// IsSalted reports whether a hash is written as [SaltedDigest] is.
func IsSalted(hash string) bool { return saltedForm.Get().MatchString(hash) }

// WithSalt writes a salted digest, given in hexadecimal digits, as its hash.
func WithSalt(salt, digest string) string {
	return "salted$" + hex.EncodeToString([]byte(salt)) + "$" + strings.ToLower(digest)
}

// saltedFits tries a password on a digest with its salt.
func saltedFits(form, password string) bool {
	salts, digest := Salts(form)
	return FitsSalted(salts, digest, password)
}

// Salts gives the digest, and its salt as it is written and, if it is in hexadecimal digits,
// as the bytes that they stand for.
func Salts(form string) (salts []string, digest []byte) {
	m := saltedForm.Get().FindStringSubmatch(form)
	if m == nil {
		return labelledSalts(form)
	}
	written, err1 := hex.DecodeString(m[1])
	digest, err2 := hex.DecodeString(m[2])
	if err1 != nil || err2 != nil {
		return nil, nil
	}
	salts = []string{string(written)}
	if b, err := hex.DecodeString(string(written)); err == nil && len(b) > 0 {
		salts = append(salts, string(b))
	}
	return salts, digest
}

// FitsSalted tries salts before and behind a password; [Fits] does the same for one hash
// that is not taken apart yet.
func FitsSalted(salts []string, digest []byte, password string) bool {
	var room [256]byte
	for _, salt := range salts {
		if hasDigest(append(append(room[:0], salt...), password...), digest) || hasDigest(append(append(room[:0], password...), salt...), digest) {
			return true
		}
	}
	return false
}

// hasDigest compares with the digest that is so long.
func hasDigest(data, digest []byte) bool {
	switch len(digest) {
	case md5.Size:
		sum := md5.Sum(data)
		return bytes.Equal(sum[:], digest)
	case sha1.Size:
		sum := sha1.Sum(data)
		return bytes.Equal(sum[:], digest)
	}
	sum := sha256.Sum256(data)
	return bytes.Equal(sum[:], digest)
}
