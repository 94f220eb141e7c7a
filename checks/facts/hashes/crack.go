package hashes

import (
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strings"
	"unicode/utf16"

	"github.com/go-crypt/x/crypt"
	"github.com/go-crypt/x/yescrypt"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/md4" //lint:ignore SA1019 what devices keep is read, nothing is protected with it
	"golang.org/x/crypto/scrypt"
)

// Fits reports whether a password has this hash. The hash has the shape
// that KindOf demands. It is false for kinds that are not computed here;
// Cost knows them.
func Fits(kind Kind, hashed, password string) bool {
	part := strings.Split(hashed, "$")
	last := part[len(part)-1]
	switch kind {
	case PlainText:
		return same(password, hashed)
	case Digest:
		i := strings.LastIndexByte(hashed, ':')
		sum := md5.Sum([]byte(hashed[:i+1] + password))
		return same(hex.EncodeToString(sum[:]), hashed[i+1:])
	case DES:
		return same(desCrypt(password, hashed), hashed)
	case BSDi:
		return same(bsdiCrypt(password, hashed), hashed)
	case MD5Crypt:
		return same(md5Crypt("$1$", password, part[2]), last)
	case APR1:
		return same(md5Crypt("$apr1$", password, part[2]), last)
	case SHA1Crypt:
		return same(string(crypt.KeySHA1Crypt([]byte(password), []byte(part[3]), uint32(atoi(part[2])))), last)
	case SHA256Crypt:
		return same(shaCrypt(sha256.New, password, part), last)
	case SHA512Crypt:
		return same(shaCrypt(sha512.New, password, part), last)
	case Bcrypt:
		return bcrypt.CompareHashAndPassword([]byte(hashed), []byte(password)) == nil
	case Yescrypt:
		sum, err := yescrypt.Hash([]byte(password), []byte(hashed))
		return err == nil && same(string(sum), hashed)
	case Scrypt:
		return scryptFits(password, part[2], last)
	case PBKDF2:
		return webHashFits(hashed, password)
	case Sofia:
		return same(SofiaLabel+SofiaHash(password), hashed)
	case RawMD5:
		sum := md5.Sum([]byte(password))
		return same(hex.EncodeToString(sum[:]), strings.ToLower(hashed))
	case RawSHA1:
		sum := sha1.Sum([]byte(password))
		return same(hex.EncodeToString(sum[:]), strings.ToLower(hashed))
	case RawSHA256:
		sum := sha256.Sum256([]byte(password))
		return same(hex.EncodeToString(sum[:]), strings.ToLower(hashed))
	case SaltedDigest:
		return saltedFits(hashed, password)
	case NTHash:
		return same(ntHash(password), last)
	case SHA1Base64, SaltedSHA1:
		return sha1Fits(hashed, password)
	case MosquittoSHA512:
		salt, err := base64.StdEncoding.DecodeString(part[2])
		sum := sha512.Sum512(append([]byte(password), salt...))
		return err == nil && same(base64.StdEncoding.EncodeToString(sum[:]), last)
	case MosquittoPBKDF2:
		salt, err := base64.StdEncoding.DecodeString(part[3])
		if err != nil {
			return false
		}
		sum, err := pbkdf2.Key(sha512.New, password, salt, atoi(part[2]), sha512.Size)
		return err == nil && same(base64.StdEncoding.EncodeToString(sum), last)
	}
	return false
}

// ntHash is MD4 of the password in UTF-16, in hexadecimal digits ([MS-NLMP] 3.3.1).
func ntHash(password string) string {
	h := md4.New()
	for _, unit := range utf16.Encode([]rune(password)) {
		h.Write([]byte{byte(unit), byte(unit >> 8)})
	}
	return hex.EncodeToString(h.Sum(nil))
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// shaCrypt computes the last part of "$5$" and "$6$"; below 1000 rounds are
// 1000, as crypt(5) has it.
func shaCrypt(h func() hash.Hash, password string, part []string) string {
	rounds, salt := defaultSHARounds, part[2]
	if r, ok := strings.CutPrefix(part[2], "rounds="); ok {
		rounds, salt = max(atoi(r), 1000), part[3]
	}
	return string(crypt.KeySHACrypt(h, []byte(password), []byte(salt), rounds))
}

// md5Crypt is the MD5 hash of FreeBSD with its magic word "$1$", and of Apache
// with "$apr1$".
func md5Crypt(magic, password, salt string) string {
	sum := func(parts ...string) string {
		b := md5.Sum([]byte(strings.Join(parts, "")))
		return string(b[:])
	}
	b := sum(password, salt, password)
	start := password + magic + salt + strings.Repeat(b, len(password)/16) + b[:len(password)%16]
	for i := len(password); i > 0; i >>= 1 {
		if i&1 == 1 {
			start += "\x00"
		} else {
			start += password[:1]
		}
	}
	a := sum(start)
	for i := range 1000 {
		first, second := a, password
		if i&1 == 1 {
			first, second = password, a
		}
		middle := ""
		if i%3 != 0 {
			middle += salt
		}
		if i%7 != 0 {
			middle += password
		}
		a = sum(first, middle, second)
	}
	var out strings.Builder
	for _, i := range [][3]int{{0, 6, 12}, {1, 7, 13}, {2, 8, 14}, {3, 9, 15}, {4, 10, 5}} {
		encode64(&out, uint32(a[i[0]])<<16|uint32(a[i[1]])<<8|uint32(a[i[2]]), 4)
	}
	encode64(&out, uint32(a[11]), 2)
	return out.String()
}

// encode64 writes n characters of a number, least significant first.
func encode64(out *strings.Builder, v uint32, n int) {
	for range n {
		out.WriteByte(alphabet64[v&0x3f])
		v >>= 6
	}
}

// scryptFits computes "$7$": the setting is log2 N in one character, r and p in
// five each, and the salt as it is written.
func scryptFits(password, setting, want string) bool {
	logN, r, p := decode64(setting[:1]), decode64(setting[1:6]), decode64(setting[6:11])
	key, err := scrypt.Key([]byte(password), []byte(setting[11:]), 1<<logN, r, p, 32)
	return err == nil && same(string(yescrypt.Encode64(key)), want)
}

// sha1Fits computes "{SHA}" and "{SSHA}" (RFC 2307).
func sha1Fits(hashed, password string) bool {
	_, encoded, _ := strings.Cut(hashed, "}")
	b, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(b) < sha1.Size {
		return false
	}
	sum := sha1.Sum(append([]byte(password), b[sha1.Size:]...))
	return subtle.ConstantTimeCompare(sum[:], b[:sha1.Size]) == 1
}
