package ordinary

import "encoding/binary"

// elfEnd is where the sections, the segments and their tables end, as far as they lie
// within the file.
func elfEnd(b []byte) int {
	if len(b) < 52 || b[4] != 1 && b[4] != 2 || b[5] != 1 && b[5] != 2 || b[6] != 1 {
		return 0
	}
	e := elfFile{b: b, wide: b[4] == 2}
	if e.order = binary.ByteOrder(binary.LittleEndian); b[5] == 2 {
		e.order = binary.BigEndian
	}
	// Places in the header, an entry of segments and one of sections, of 32 and 64 bits.
	segments, sections, counts := 0x1c, 0x20, 0x2a
	segment, section := [2]int{4, 16}, [2]int{16, 20}
	least, leastSegment, leastSection := 52, 32, 40
	if e.wide {
		segments, sections, counts = 0x20, 0x28, 0x36
		segment, section = [2]int{8, 32}, [2]int{24, 32}
		least, leastSegment, leastSection = 64, 56, 64
	}
	if len(b) < least {
		return 0
	}
	end := e.table(least, e.word(segments), e.half(counts), e.half(counts+2), leastSegment, func(at int) (off, size uint64) {
		return e.word(at + segment[0]), e.word(at + segment[1])
	})
	n, first := e.half(counts+6), e.word(sections)
	if n == 0 && first > 0 && first < uint64(len(b)-leastSection) {
		n = int(min(e.word(int(first)+section[1]), uint64(len(b)))) //nolint:gosec // as many as do not fit into the header
	}
	return e.table(end, first, e.half(counts+4), n, leastSection, func(at int) (off, size uint64) {
		const nobits = 8
		if e.order.Uint32(b[at+4:]) == nobits {
			return 0, 0
		}
		return e.word(at + section[0]), e.word(at + section[1])
	})
}

type elfFile struct {
	b     []byte
	wide  bool
	order binary.ByteOrder
}

func (e *elfFile) half(at int) int { return int(e.order.Uint16(e.b[at:])) }

func (e *elfFile) word(at int) uint64 {
	if e.wide {
		return e.order.Uint64(e.b[at:])
	}
	return uint64(e.order.Uint32(e.b[at:]))
}

// table moves the end behind a table and what its entries say where they are.
func (e *elfFile) table(end int, off uint64, entry, n, least int, entryAt func(at int) (off, size uint64)) int {
	all := uint64(len(e.b))
	move := func(off, size uint64) {
		if off < all && size > 0 {
			end = max(end, int(off+min(size, all-off))) //nolint:gosec // within the file
		}
	}
	if entry < least || off >= all {
		return end
	}
	n = min(n, (len(e.b)-int(off))/entry) //nolint:gosec // less than the length of a slice
	move(off, uint64(n*entry))            //nolint:gosec // within the file
	for i := range n {
		move(entryAt(int(off) + i*entry)) //nolint:gosec // within the file
	}
	return end
}

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
