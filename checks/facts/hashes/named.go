package hashes

import (
	"encoding/hex"
	"strings"

	"github.com/assay-iot/assay/internal/lazyregexp"
)

// labelledDigest is a salted digest that says its own kind, as Jupyter keeps it:
// "sha1:<salt>:<digest>". The salt is taken as it is written.
var labelledDigest = lazyregexp.New(`^(?:sha1:([0-9a-f]{4,64}):([0-9a-f]{40})|sha256:([0-9a-f]{4,64}):([0-9a-f]{64}))$`)

// goaheadHash is a hash by Blowfish as GoAhead keeps it: "BF1:<rounds>:<salt>:<hash>".
var goaheadHash = lazyregexp.New(`^BF1:[0-9A-Fa-f]{1,8}:[^:\s]{4,64}:[^\s]{16,128}$`)

// Labelled tells the hash of a password behind the name of its kind and a colon. It answers as
// [KindOf] does.
func Labelled(value string) (Kind, int) {
	if labelledDigest.Get().MatchString(value) {
		return SaltedDigest, 1
	}
	if strings.HasPrefix(value, SofiaLabel) && sofiaHash.Get().MatchString(value) {
		return Sofia, 1
	}
	if strings.HasPrefix(value, "BF1:") && goaheadHash.Get().MatchString(value) {
		return Unknown, 0
	}
	if hash, ok := strings.CutPrefix(value, "argon2:"); ok {
		if kind, rounds := KindOf(hash); kind == Argon2 {
			return kind, rounds
		}
	}
	return "", 0
}

// labelledSalts gives salt and digest of a labelled digest; nothing of another form.
func labelledSalts(value string) (salts []string, digest []byte) {
	m := labelledDigest.Get().FindStringSubmatch(value)
	if m == nil {
		return nil, nil
	}
	digest, err := hex.DecodeString(m[2] + m[4])
	if err != nil {
		return nil, nil
	}
	return []string{m[1] + m[3]}, digest
}
