// Package elftest writes small ELF files for tests.
package elftest

import (
	"debug/elf"
	"encoding/binary"
)

// Image writes a small dynamic ELF file of 32 or 64 bits for MIPS, with a loader:
// program headers and PT_DYNAMIC, no section headers. It needs the libraries, defines
// the symbol accept, and takes listen from a library. flags1 are those of DT_FLAGS_1.
func Image(bits int, order binary.ByteOrder, needed []string, flags1 elf.DynFlag1) []byte {
	word, ehdr, phdr := 8, 64, 56
	if bits == 32 {
		word, ehdr, phdr = 4, 52, 32
	}
	names := []byte{0}
	var dyn []uint64
	for _, n := range needed {
		dyn = append(dyn, uint64(elf.DT_NEEDED), uint64(len(names)))
		names = append(append(names, n...), 0)
	}
	listen := len(names) + 1 // the end of a longer name, as linkers share them
	names = append(names, "xlisten\x00accept\x00__stack_chk_fail\x00__strcpy_chk\x00"...)
	interp := "/lib/ld.so.1\x00"
	dynAt := ehdr + 4*phdr
	dynLen := (len(dyn) + 10) * word
	symbolsAt, symbol := dynAt+dynLen, map[int]int{32: 16, 64: 24}[bits]
	namesAt := symbolsAt + 3*symbol
	interpAt := namesAt + len(names)
	dyn = append(dyn, uint64(elf.DT_SYMTAB), uint64(0x10000+symbolsAt), uint64(elf.DT_STRTAB), uint64(0x10000+namesAt), uint64(elf.DT_STRSZ), uint64(len(names)), uint64(elf.DT_FLAGS_1), uint64(flags1), 0, 0)
	b := make([]byte, interpAt+len(interp))
	copy(b, "\x7fELF")
	b[4], b[5], b[6] = byte(bits/32), 1, 1
	if order == binary.BigEndian {
		b[5] = 2
	}
	put := func(at int, v uint64) {
		if bits == 32 {
			order.PutUint32(b[at:], uint32(v))
		} else {
			order.PutUint64(b[at:], v)
		}
	}
	order.PutUint16(b[16:], 3)
	order.PutUint16(b[18:], 8)
	if bits == 32 {
		order.PutUint32(b[28:], uint32(ehdr))
		order.PutUint16(b[42:], uint16(phdr))
		order.PutUint16(b[44:], 4)
	} else {
		order.PutUint64(b[32:], uint64(ehdr))
		order.PutUint16(b[54:], uint16(phdr))
		order.PutUint16(b[56:], 4)
	}
	segment := func(i int, kind elf.ProgType, flags uint32, at, size int) {
		h := ehdr + i*phdr
		order.PutUint32(b[h:], uint32(kind))
		if bits == 32 {
			put(h+4, uint64(at))
			put(h+8, uint64(0x10000+at))
			put(h+16, uint64(size))
			order.PutUint32(b[h+24:], flags)
		} else {
			order.PutUint32(b[h+4:], flags)
			put(h+8, uint64(at))
			put(h+16, uint64(0x10000+at))
			put(h+32, uint64(size))
		}
	}
	segment(0, elf.PT_LOAD, 5, 0, len(b))
	segment(1, elf.PT_DYNAMIC, 6, dynAt, dynLen)
	segment(2, elf.PT_INTERP, 4, interpAt, len(interp))
	segment(3, elf.PT_GNU_STACK, 6, 0, 0)
	for i, v := range dyn {
		put(dynAt+i*word, v)
	}
	section := map[int]int{32: 14, 64: 6}[bits]
	order.PutUint32(b[symbolsAt+symbol:], uint32(listen)) // taken from a library
	order.PutUint32(b[symbolsAt+2*symbol:], uint32(listen+len("listen ")))
	order.PutUint16(b[symbolsAt+2*symbol+section:], 7) // its own
	copy(b[namesAt:], names)
	copy(b[interpAt:], interp)
	return b
}
