package hashes

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strings"

	"github.com/assay-iot/assay/internal/lazyregexp"
)

// webHashForm is how Werkzeug ("pbkdf2:sha256:600000$salt$hex") and Django
// ("pbkdf2_sha256$600000$salt$base64") keep PBKDF2; scryptWebForm is Werkzeug's scrypt.
var (
	webHashForm   = lazyregexp.New(`^pbkdf2([:_])(sha1|sha256|sha512)[:$]([0-9]{1,9})\$([^$]{1,64})\$([0-9A-Za-z+/=]{20,128})$`)
	scryptWebForm = lazyregexp.New(`^scrypt:[0-9]{1,9}:[0-9]{1,4}:[0-9]{1,4}\$[^$]{1,64}\$[0-9a-f]{128}$`)
)

// Web tells the formats of hashes that web frameworks of Python keep. It answers as
// [KindOf] does.
func Web(value string) (Kind, int) {
	if !strings.HasPrefix(value, "pbkdf2") && !strings.HasPrefix(value, "scrypt:") {
		return "", 0
	}
	if m := webHashForm.Get().FindStringSubmatch(value); m != nil {
		return PBKDF2, atoi(m[3])
	}
	if scryptWebForm.Get().MatchString(value) {
		return Unknown, 0
	}
	return "", 0
}

var webHashes = map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New}

// webHashFits computes PBKDF2 (RFC 8018, 5.2) as Werkzeug and Django use it: the salt
// is the text as it stands there.
func webHashFits(hashed, password string) bool {
	m := webHashForm.Get().FindStringSubmatch(hashed)
	if m == nil {
		return false
	}
	h := webHashes[m[2]]
	sum, err := pbkdf2.Key(h, password, []byte(m[4]), atoi(m[3]), h().Size())
	if err != nil {
		return false
	}
	if m[1] == ":" {
		return same(hex.EncodeToString(sum), m[5])
	}
	return same(base64.StdEncoding.EncodeToString(sum), m[5])
}
