package hashes

import (
	"math/bits"
	"strings"
	"sync"
)

// The password hash of Unix Seventh Edition, and its extension by BSDi, are
// DES (FIPS 46-3) run many times over a block of zeros, the password being the
// key and the salt swapping bits of the expansion E.

// alphabet64 is the alphabet of crypt(3).
const alphabet64 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// decode64 reads a number written least significant character first; -1 if a
// character is not of the alphabet.
func decode64(s string) int {
	n := 0
	for i := len(s) - 1; i >= 0; i-- {
		v := strings.IndexByte(alphabet64, s[i])
		if v < 0 {
			return -1
		}
		n = n<<6 | v
	}
	return n
}

// desCrypt computes the traditional hash: two characters of salt, 25 rounds of
// DES, 8 characters of password.
func desCrypt(password, salt string) string {
	key := desKey(password)
	return salt[:2] + encodeBlock(desRuns(desSchedule(key), 0, uint32(decode64(salt[:2])), 25))
}

// bsdiCrypt computes BSDi's hash: setting is "_", four characters of count and
// four of salt. The password may be of any length.
func bsdiCrypt(password, setting string) string {
	count, salt := decode64(setting[1:5]), uint32(decode64(setting[5:9]))
	key := desKey(password)
	for len(password) > 8 {
		password = password[8:]
		key = desRuns(desSchedule(key), key, 0, 1) ^ desKey(password)
	}
	return setting[:9] + encodeBlock(desRuns(desSchedule(key), 0, salt, count))
}

// desKey puts seven bits of each of the first eight characters into a key.
func desKey(password string) uint64 {
	var key uint64
	for i := range 8 {
		key <<= 8
		if i < len(password) {
			key |= uint64(password[i]&0x7f) << 1
		}
	}
	return key
}

// encodeBlock writes 64 bits as eleven characters, the first bits first.
func encodeBlock(block uint64) string {
	var s [11]byte
	for i := range 10 {
		s[i] = alphabet64[block>>(58-6*i)&0x3f]
	}
	s[10] = alphabet64[block<<2&0x3f]
	return string(s[:])
}

// desRuns encrypts a block n times. The final and the initial permutation
// between two runs undo each other, so they are done once.
func desRuns(schedule [16]uint64, block uint64, salt uint32, n int) uint64 {
	sp := desBoxes()
	swap := uint64(bits.Reverse32(salt) >> 8) // bit i of the salt swaps bits i and i+24 of E
	block = permute(block, 64, desIP)
	l, r := uint32(block>>32), uint32(block)
	for range n {
		for _, key := range schedule {
			var e uint64
			for i := range 8 {
				e = e<<6 | uint64(bits.RotateLeft32(r, 4*i+5)&0x3f)
			}
			both := (e>>24 ^ e) & swap
			e ^= both<<24 | both
			e ^= key
			var f uint32
			for i := range 8 {
				f |= sp[i][e>>(42-6*i)&0x3f]
			}
			l, r = r, l^f
		}
		l, r = r, l
	}
	return permute(uint64(l)<<32|uint64(r), 64, desFP)
}

func desSchedule(key uint64) (schedule [16]uint64) {
	cd := permute(key, 64, desPC1)
	c, d := uint32(cd>>28), uint32(cd&0xfffffff)
	for i, shift := range desShifts {
		c = (c<<shift | c>>(28-shift)) & 0xfffffff
		d = (d<<shift | d>>(28-shift)) & 0xfffffff
		schedule[i] = permute(uint64(c)<<28|uint64(d), 56, desPC2)
	}
	return schedule
}

// permute picks bits of a value that is width bits wide; tables count from 1 at
// the most significant bit, as the standard prints them.
func permute(v uint64, width int, table []byte) uint64 {
	var out uint64
	for _, from := range table {
		out = out<<1 | v>>(width-int(from))&1
	}
	return out
}

// desBoxes are the substitution boxes with the permutation P already applied.
var desBoxes = sync.OnceValue(func() *[8][64]uint32 {
	var sp [8][64]uint32
	for box := range 8 {
		for in := range 64 {
			row, column := in>>4&2|in&1, in>>1&0xf
			out := uint64(desS[box][row*16+column]) << (28 - 4*box)
			sp[box][in] = uint32(permute(out, 32, desP))
		}
	}
	return &sp
})

var (
	desIP = []byte{
		58, 50, 42, 34, 26, 18, 10, 2, 60, 52, 44, 36, 28, 20, 12, 4,
		62, 54, 46, 38, 30, 22, 14, 6, 64, 56, 48, 40, 32, 24, 16, 8,
		57, 49, 41, 33, 25, 17, 9, 1, 59, 51, 43, 35, 27, 19, 11, 3,
		61, 53, 45, 37, 29, 21, 13, 5, 63, 55, 47, 39, 31, 23, 15, 7,
	}
	desFP = []byte{
		40, 8, 48, 16, 56, 24, 64, 32, 39, 7, 47, 15, 55, 23, 63, 31,
		38, 6, 46, 14, 54, 22, 62, 30, 37, 5, 45, 13, 53, 21, 61, 29,
		36, 4, 44, 12, 52, 20, 60, 28, 35, 3, 43, 11, 51, 19, 59, 27,
		34, 2, 42, 10, 50, 18, 58, 26, 33, 1, 41, 9, 49, 17, 57, 25,
	}
	desP = []byte{
		16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10,
		2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25,
	}
	desPC1 = []byte{
		57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18,
		10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
		63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22,
		14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
	}
	desPC2 = []byte{
		14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4,
		26, 8, 16, 7, 27, 20, 13, 2, 41, 52, 31, 37, 47, 55, 30, 40,
		51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
	}
	desShifts = [16]uint{1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1}
	desS      = [8][64]byte{
		{
			14, 4, 13, 1, 2, 15, 11, 8, 3, 10, 6, 12, 5, 9, 0, 7,
			0, 15, 7, 4, 14, 2, 13, 1, 10, 6, 12, 11, 9, 5, 3, 8,
			4, 1, 14, 8, 13, 6, 2, 11, 15, 12, 9, 7, 3, 10, 5, 0,
			15, 12, 8, 2, 4, 9, 1, 7, 5, 11, 3, 14, 10, 0, 6, 13,
		},
		{
			15, 1, 8, 14, 6, 11, 3, 4, 9, 7, 2, 13, 12, 0, 5, 10,
			3, 13, 4, 7, 15, 2, 8, 14, 12, 0, 1, 10, 6, 9, 11, 5,
			0, 14, 7, 11, 10, 4, 13, 1, 5, 8, 12, 6, 9, 3, 2, 15,
			13, 8, 10, 1, 3, 15, 4, 2, 11, 6, 7, 12, 0, 5, 14, 9,
		},
		{
			10, 0, 9, 14, 6, 3, 15, 5, 1, 13, 12, 7, 11, 4, 2, 8,
			13, 7, 0, 9, 3, 4, 6, 10, 2, 8, 5, 14, 12, 11, 15, 1,
			13, 6, 4, 9, 8, 15, 3, 0, 11, 1, 2, 12, 5, 10, 14, 7,
			1, 10, 13, 0, 6, 9, 8, 7, 4, 15, 14, 3, 11, 5, 2, 12,
		},
		{
			7, 13, 14, 3, 0, 6, 9, 10, 1, 2, 8, 5, 11, 12, 4, 15,
			13, 8, 11, 5, 6, 15, 0, 3, 4, 7, 2, 12, 1, 10, 14, 9,
			10, 6, 9, 0, 12, 11, 7, 13, 15, 1, 3, 14, 5, 2, 8, 4,
			3, 15, 0, 6, 10, 1, 13, 8, 9, 4, 5, 11, 12, 7, 2, 14,
		},
		{
			2, 12, 4, 1, 7, 10, 11, 6, 8, 5, 3, 15, 13, 0, 14, 9,
			14, 11, 2, 12, 4, 7, 13, 1, 5, 0, 15, 10, 3, 9, 8, 6,
			4, 2, 1, 11, 10, 13, 7, 8, 15, 9, 12, 5, 6, 3, 0, 14,
			11, 8, 12, 7, 1, 14, 2, 13, 6, 15, 0, 9, 10, 4, 5, 3,
		},
		{
			12, 1, 10, 15, 9, 2, 6, 8, 0, 13, 3, 4, 14, 7, 5, 11,
			10, 15, 4, 2, 7, 12, 9, 5, 6, 1, 13, 14, 0, 11, 3, 8,
			9, 14, 15, 5, 2, 8, 12, 3, 7, 0, 4, 10, 1, 13, 11, 6,
			4, 3, 2, 12, 9, 5, 15, 10, 11, 14, 1, 7, 6, 0, 8, 13,
		},
		{
			4, 11, 2, 14, 15, 0, 8, 13, 3, 12, 9, 7, 5, 10, 6, 1,
			13, 0, 11, 7, 4, 9, 1, 10, 14, 3, 5, 12, 2, 15, 8, 6,
			1, 4, 11, 13, 12, 3, 7, 14, 10, 15, 6, 8, 0, 5, 9, 2,
			6, 11, 13, 8, 1, 4, 10, 7, 9, 5, 0, 15, 14, 2, 3, 12,
		},
		{
			13, 2, 8, 4, 6, 15, 11, 1, 10, 9, 3, 14, 5, 0, 12, 7,
			1, 15, 13, 8, 10, 3, 7, 4, 12, 5, 6, 11, 0, 14, 9, 2,
			7, 11, 4, 1, 9, 12, 14, 2, 0, 6, 10, 13, 15, 3, 5, 8,
			2, 1, 14, 7, 4, 10, 8, 13, 15, 12, 9, 0, 3, 5, 6, 11,
		},
	}
)
