package hashes

import "strings"

// maxMemory is how many bytes one try may take.
const maxMemory = 64 << 20

// Cost gives the cost of one try in units of about a microsecond, as it was measured on
// one machine, and the bytes of memory that it takes; or why the hash cannot be tried.
// It is a number of the hash alone, so that a budget ends at the same try everywhere.
func Cost(kind Kind, rounds int, hash string) (cost, memory int, why string) {
	switch kind {
	case DES:
		cost = 14
	case BSDi:
		cost = rounds/2 + 10
	case MD5Crypt, APR1:
		cost = 420
	case SHA1Crypt:
		cost = rounds/3 + 10
	case SHA256Crypt:
		cost = max(rounds, 1000)/4 + 10
	case SHA512Crypt:
		cost = max(rounds, 1000)/2 + 10
	case Bcrypt:
		if rounds < 4 || rounds > 31 {
			return 0, 0, "its parameters are out of range"
		}
		cost = 80 << rounds
	case SHA1Base64, SaltedSHA1, MosquittoSHA512, Digest, NTHash, Sofia, RawMD5, RawSHA1, RawSHA256:
		cost = 10
	case SaltedDigest:
		cost = 20
	case PlainText:
		cost = 1
	case MosquittoPBKDF2, PBKDF2:
		cost = rounds + 10
	case Yescrypt, Scrypt:
		return memoryCost(kind, hash)
	default:
		return 0, 0, string(kind) + " cannot be computed here"
	}
	return cost, 0, ""
}

// memoryCost reads N and r of yescrypt (its setting "j", flags as libxcrypt
// writes them) and of scrypt.
func memoryCost(kind Kind, hash string) (cost, memory int, why string) {
	setting := strings.Split(hash, "$")[2]
	logN, r, p := 0, 0, 1
	if kind == Scrypt {
		logN, r, p = decode64(setting[:1]), decode64(setting[1:6]), decode64(setting[6:11])
	} else {
		if len(setting) != 3 || setting[0] != 'j' {
			return 0, 0, "its parameters are not supported"
		}
		logN, r = decode64(setting[1:2])+1, decode64(setting[2:3])+1
	}
	if logN < 1 || logN > 24 || r < 1 || r > 1024 || p < 1 || p > 16 || 128*r<<logN > maxMemory {
		return 0, 0, "its parameters are out of range"
	}
	memory = 128 * r << logN
	return memory*p/200 + 10, memory, ""
}
