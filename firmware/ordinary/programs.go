package ordinary

import "encoding/binary"

// peEnd is where the sections and the signatures of a program of Windows or UEFI end.
func peEnd(b []byte) int {
	const section = 40
	at := little32(b, 0x3c)
	if at < 0 || at > len(b)-24 || !has(b, at, "PE\x00\x00") {
		return 0
	}
	n, optional := little16(b, at+6), little16(b, at+20)
	table := at + 24 + optional
	if n == 0 || table > len(b)-n*section {
		return 0
	}
	end := table + n*section
	for i := range n {
		size, off := little32(b, table+i*section+16), little32(b, table+i*section+20)
		if off > 0 && off < len(b) {
			end = max(end, off+size)
		}
	}
	directories := at + 24 + 96
	if little16(b, at+24) == 0x20b {
		directories += 16
	}
	if off, size := little32(b, directories+4*8), little32(b, directories+4*8+4); directories+5*8 <= table && off > 0 && size <= len(b)-off {
		end = max(end, off+size)
	}
	return end
}

// classEnd walks a class of Java: its constants, fields, methods and attributes.
func classEnd(b []byte) int {
	sizes := [...]int{3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
	if major := big16(b, 6); major < 45 || major > 100 {
		return 0
	}
	at := 10
	for i, n := 1, big16(b, 8); i < n; i++ {
		switch {
		case at >= len(b):
			return 0
		case b[at] == 1:
			at += 3 + max(0, big16(b, at+1))
		case int(b[at]) >= len(sizes) || sizes[b[at]] == 0:
			return 0
		default:
			i += sizes[b[at]] >> 3 // long and double take two
			at += 1 + sizes[b[at]]
		}
	}
	at += 6
	n := big16(b, at)
	if n < 0 {
		return 0
	}
	at += 2 + 2*n // interfaces
	attributes := func() {
		n := big16(b, at)
		for at += 2; n > 0 && at < len(b); n-- {
			at += 6 + max(0, big32(b, at+2))
		}
	}
	for range 2 {
		n := big16(b, at)
		for at += 2; n > 0 && at < len(b); n-- {
			at += 6
			attributes()
		}
	}
	attributes()
	return at
}

// wasmEnd walks the sections: a kind, and a length in LEB128.
func wasmEnd(b []byte) int {
	at := 8
	for at < len(b) && b[at] <= 13 {
		n, used := binary.Uvarint(b[at+1:])
		if used <= 0 || used > 5 || n > uint64(len(b)-at-1-used) { //nolint:gosec // not negative: used is within
			break
		}
		at += 1 + used + int(n) //nolint:gosec // within the file
	}
	return at
}

// bitcodeEnd walks the blocks of LLVM's bitstream: at the outer level each begins with
// the abbreviation 1 in two bits, its kind and the width of abbreviations inside, filled
// up to 32 bits, and then its length in words of 32 bits.
func bitcodeEnd(b []byte) int {
	const enter, kinds = 1, 32 // LLVM names blocks 0 and 8 to 26
	at := 4
	for at+8 <= len(b) {
		head, n := little32(b, at), little32(b, at+4)
		width := head >> 10
		if head&3 != enter || head>>2&0xff >= kinds || width < 2 || width > 15 || n > (len(b)-at-8)/4 {
			break
		}
		at += 8 + 4*n
	}
	if at == 4 {
		return 0
	}
	return at
}

// wrappedBitcodeEnd reads the header that Apple's tools put around bitcode: version,
// place and length of the bitcode, and the processor.
func wrappedBitcodeEnd(b []byte) int {
	const header = 20
	start, n := little32(b, 8), little32(b, 12)
	if start < header || n < 4 || n > len(b)-start || string(b[start:start+4]) != bitcodeMagic {
		return 0
	}
	return start + n
}

// beamEnd walks the chunks of a module of Erlang: name, length and data, up to a multiple of
// four (beam_file.c in Erlang/OTP).
func beamEnd(b []byte) int {
	const head = 12
	size, at := big32(b, 4), head
	if !has(b, 8, "BEAM") || size < head || size > len(b)-8 {
		return 0
	}
	for at < 8+size {
		n := big32(b, at+4)
		if n < 0 || !printable(b, at) || n > 8+size-at-8 {
			return 0
		}
		at += 8 + (n+3)&^3
	}
	return at
}
