package android

import "hash/crc32"

// A CRC is a remainder of polynomials over GF(2), so that of a run of the same
// four bytes, which may stand for a terabyte, needs no look at each of them.

// times multiplies two remainders, reflected as in CRC-32: bit 31 is x^0.
func times(a, b uint32) uint32 {
	product := uint32(0)
	for bit := 31; bit >= 0; bit-- {
		if a>>bit&1 == 1 {
			product ^= b
		}
		b = b>>1 ^ b&1*crc32.IEEE // b times x
	}
	return product
}

// shift is x to the power of 8n: what n more bytes do to a remainder.
func shift(n int64) uint32 {
	power, square := uint32(1)<<31, uint32(1)<<23
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			power = times(power, square)
		}
		square = times(square, square)
	}
	return power
}

// join gives the checksum of a text of two parts, of which the second has n
// bytes, from the checksums of both.
func join(first, second uint32, n int64) uint32 {
	return times(shift(n), first) ^ second
}

// repeated gives the checksum of a piece that is repeated up to n bytes, a
// multiple of its length.
func repeated(piece []byte, n int64) uint32 {
	sum, one, length := uint32(0), crc32.ChecksumIEEE(piece), int64(len(piece))
	for times := n / length; times > 0; times >>= 1 {
		if times&1 == 1 {
			sum = join(sum, one, length)
		}
		one, length = join(one, one, length), 2*length
	}
	return sum
}
