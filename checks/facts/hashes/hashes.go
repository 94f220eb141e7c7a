// Package hashes tells the forms in which devices keep passwords, how weak each is, what a
// try costs, and whether a password has a hash. It gets strings and knows neither
// accounts nor images: whose hash it is, which passwords are tried, and when to stop is
// for the facts to say.
//
//	kind, rounds := hashes.KindOf("$1$ab$oKsM6dtDD2L1bKowOBX.7.")
//	if cost, _, why := hashes.Cost(kind, rounds, hash); why == "" && cost < budget {
//		opened = hashes.Fits(kind, hash, "password")
//	}
package hashes

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/internal/lazyregexp"
)

// Kind is the format of a password hash, in the words of crypt(5).
type Kind string

// The formats that devices use. SunMD5, GostYescrypt and Argon2 are
// recognised but cannot be guessed here; Unknown has a "$id$" that nobody
// here knows.
const (
	DES             Kind = "descrypt"
	BSDi            Kind = "bsdicrypt"
	MD5Crypt        Kind = "md5crypt"
	APR1            Kind = "apr1"
	SHA1Crypt       Kind = "sha1crypt"
	SHA256Crypt     Kind = "sha256crypt"
	SHA512Crypt     Kind = "sha512crypt"
	Bcrypt          Kind = "bcrypt"
	Yescrypt        Kind = "yescrypt"
	GostYescrypt    Kind = "gost-yescrypt"
	Scrypt          Kind = "scrypt"
	SunMD5          Kind = "sunmd5"
	NTHash          Kind = "nthash"
	Argon2          Kind = "argon2"
	SHA1Base64      Kind = "sha1"             // "{SHA}" of htpasswd
	SaltedSHA1      Kind = "salted-sha1"      // "{SSHA}"
	MosquittoSHA512 Kind = "mosquitto-sha512" // mosquitto's "$6$": one salted SHA-512
	MosquittoPBKDF2 Kind = "mosquitto-pbkdf2" // mosquitto's "$7$": PBKDF2 with HMAC-SHA-512
	PBKDF2          Kind = "pbkdf2"           // of Werkzeug and Django, in text
	RawMD5          Kind = "md5"              // of the password alone, or salted from elsewhere
	RawSHA1         Kind = "sha1-digest"      // likewise
	RawSHA256       Kind = "sha256-digest"    // likewise
	MySQL323        Kind = "mysql-323"        // MySQL's OLD_PASSWORD, and that of MySQL before 4.1
	Sofia           Kind = "sofia"            // of Xiongmai and Dahua; see [SofiaHash]
	Unknown         Kind = "unknown-hash"
	Digest          Kind = "htdigest"  // MD5 of user, realm and password (RFC 7616)
	PlainText       Kind = "plaintext" // no hash: the password itself
)

const (
	defaultSHARounds   = 5000 // where a sha-crypt hash names none
	sunMD5BasicRounds  = 4096
	desLength          = 13
	mosquittoSHA512Sum = 64 // bytes
)

// hashShapes are the formats that a pattern alone tells; the first that fits
// counts. crypt(5) of libxcrypt describes them.
var hashShapes = []struct {
	kind  Kind
	start string // without it the pattern is not asked
	shape *lazyregexp.Regexp
}{
	{MD5Crypt, "$1$", lazyregexp.New(`^\$1\$[^$:]{0,8}\$[./0-9A-Za-z]{22}$`)},
	{APR1, "$apr1$", lazyregexp.New(`^\$apr1\$[^$:]{0,8}\$[./0-9A-Za-z]{22}$`)},
	{SHA1Crypt, "$sha1$", lazyregexp.New(`^\$sha1\$[0-9]{1,10}\$[^$:]{0,64}\$[./0-9A-Za-z]{28}$`)},
	{SHA256Crypt, "$5$", lazyregexp.New(`^\$5\$(rounds=[0-9]{1,10}\$)?[^$:]{0,16}\$[./0-9A-Za-z]{43}$`)},
	{SHA512Crypt, "$6$", lazyregexp.New(`^\$6\$(rounds=[0-9]{1,10}\$)?[^$:]{0,16}\$[./0-9A-Za-z]{86}$`)},
	{Bcrypt, "$2", lazyregexp.New(`^\$2[abxy]?\$[0-3][0-9]\$[./0-9A-Za-z]{53}$`)},
	{Yescrypt, "$y$", lazyregexp.New(`^\$y\$[./0-9A-Za-z]+\$[./0-9A-Za-z]{0,86}\$[./0-9A-Za-z]{43}$`)},
	{GostYescrypt, "$gy$", lazyregexp.New(`^\$gy\$[./0-9A-Za-z]+\$[./0-9A-Za-z]{0,86}\$[./0-9A-Za-z]{43}$`)},
	{Scrypt, "$7$", lazyregexp.New(`^\$7\$[./0-9A-Za-z]{11}[^$:]{0,86}\$[./0-9A-Za-z]{43}$`)},
	{SunMD5, "$md5", lazyregexp.New(`^\$md5[,$].*\$[./0-9A-Za-z]{22}$`)},
	{NTHash, "$3$$", lazyregexp.New(`^\$3\$\$[0-9a-f]{32}$`)},
	{Argon2, "$argon2", lazyregexp.New(`^\$argon2(id|i|d)\$`)},
	{BSDi, "_", lazyregexp.New(`^_[./0-9A-Za-z]{19}$`)},
	{DES, "", lazyregexp.New(`^[./0-9A-Za-z]{13}$`)},
	{Unknown, "$", lazyregexp.New(`^\$[0-9A-Za-z-]{1,12}[$,].{8,}$`)},
}

// KindOf tells the format of field 2 of a passwd or shadow line, and how
// many rounds it takes (for bcrypt the cost, a power of two; 0 where the format
// has no such number). The kind is empty if it is no hash.
func KindOf(field string) (kind Kind, rounds int) {
	if len(field) != desLength && !strings.HasPrefix(field, "$") && !strings.HasPrefix(field, "_") {
		return "", 0
	}
	for _, h := range hashShapes {
		if strings.HasPrefix(field, h.start) && h.shape.Get().MatchString(field) {
			return h.kind, roundsOf(h.kind, field)
		}
	}
	return "", 0
}

func roundsOf(kind Kind, hash string) int {
	parts := strings.Split(hash, "$")
	switch kind {
	case BSDi:
		return decode64(hash[1:5])
	case MD5Crypt, APR1:
		return 1000
	case SHA1Crypt, Bcrypt, MosquittoPBKDF2:
		return atoi(parts[2])
	case SHA256Crypt, SHA512Crypt:
		if r, ok := strings.CutPrefix(parts[2], "rounds="); ok {
			return atoi(r)
		}
		return defaultSHARounds
	case SunMD5:
		return sunMD5BasicRounds
	case DES:
		return 25
	case SHA1Base64, SaltedSHA1, MosquittoSHA512, NTHash:
		return 1
	}
	return 0
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// Mosquitto tells the formats of mosquitto's password file: "$6$salt$hash"
// and "$7$iterations$salt$hash" in base64, which are not those of crypt(5).
func Mosquitto(field string) (Kind, int) {
	parts := strings.Split(field, "$")
	base64Len := func(s string) int {
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return -1
		}
		return len(b)
	}
	switch {
	case len(parts) == 4 && parts[1] == "6" && base64Len(parts[2]) > 0 && base64Len(parts[3]) == mosquittoSHA512Sum:
		return MosquittoSHA512, 1
	case len(parts) == 5 && parts[1] == "7" && atoi(parts[2]) > 0 && base64Len(parts[3]) > 0 && base64Len(parts[4]) == mosquittoSHA512Sum:
		return MosquittoPBKDF2, atoi(parts[2])
	case len(parts) >= 5 && strings.HasPrefix(parts[1], "argon2"):
		return Argon2, 0
	}
	return "", 0
}

// Htpasswd tells the formats of htpasswd files. It answers as
// [KindOf] does.
func Htpasswd(field string) (Kind, int) {
	for prefix, kind := range map[string]Kind{"{SHA}": SHA1Base64, "{SSHA}": SaltedSHA1} {
		sum, ok := strings.CutPrefix(field, prefix)
		if b, err := base64.StdEncoding.DecodeString(sum); ok && err == nil && len(b) >= 20 {
			return kind, 1
		}
	}
	return KindOf(field)
}

// Weak says in a few words why a hash of this kind is cheap to guess; empty if
// it is not. The limits are those of the check catalogue: sha-crypt below 5000
// rounds, its own default, and bcrypt below cost 8.
func (k Kind) Weak(rounds int) string {
	switch k {
	case DES, BSDi, MD5Crypt, APR1, SHA1Crypt, SunMD5, Digest, NTHash, Sofia, RawMD5, RawSHA1, RawSHA256, MySQL323, SaltedDigest, SHA1Base64, SaltedSHA1, MosquittoSHA512:
		return "is " + string(k)
	case SHA256Crypt, SHA512Crypt, MosquittoPBKDF2:
		if rounds < defaultSHARounds {
			return "is " + string(k) + " with " + strconv.Itoa(rounds) + " rounds"
		}
	case Bcrypt:
		if rounds < 8 {
			return "is bcrypt of cost " + strconv.Itoa(rounds)
		}
	}
	return ""
}
