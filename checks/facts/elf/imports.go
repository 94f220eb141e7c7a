package elf

import "bytes"

// maxSymbols bounds the dynamic symbols of one file that are looked at.
const maxSymbols = 1 << 18

// Imports reports which of the names the file takes from its libraries: symbols
// of the dynamic symbol table that it does not define.
func (e *File) Imports(names ...string) map[string]bool {
	found := map[string]bool{}
	table := e.symbols()
	size := map[int]int{32: 16, 64: 24}[e.Bits]
	for n := 0; n < maxSymbols && len(table) >= size; n++ {
		s := table[:size]
		table = table[size:]
		section := e.Order.Uint16(s[14:])
		if e.Bits == 64 {
			section = e.Order.Uint16(s[6:])
		}
		at := uint64(e.Order.Uint32(s))
		if section != 0 || at == 0 || at >= uint64(len(e.names)) {
			continue
		}
		for _, name := range names {
			if rest := e.names[at:]; len(rest) > len(name) && rest[len(name)] == 0 && bytes.HasPrefix(rest, []byte(name)) {
				found[name] = true
			}
		}
	}
	return found
}

// Variable gives the offset in the file of a variable that the file exports, of which
// at least four bytes are there.
func (e *File) Variable(name string) (at int, ok bool) {
	table := e.symbols()
	size := map[int]int{32: 16, 64: 24}[e.Bits]
	for n := 0; n < maxSymbols && len(table) >= size; n++ {
		s := table[:size]
		table = table[size:]
		kind, section, value := s[12]&15, e.Order.Uint16(s[14:]), uint64(e.Order.Uint32(s[4:]))
		if e.Bits == 64 {
			kind, section, value = s[4]&15, e.Order.Uint16(s[6:]), e.Order.Uint64(s[8:])
		}
		if kind != sttObject || section == 0 || e.name(uint64(e.Order.Uint32(s))) != name {
			continue
		}
		offset, left := e.offsetOf(value)
		return int(offset), left >= 4
	}
	return 0, false
}

// sttObject is the type of a symbol that is a variable (System V ABI, chapter 4).
const sttObject = 1

// symbols gives the dynamic symbol table. Its length stands in DT_HASH; without
// that it ends, as linkers lay it out, where the names begin.
func (e *File) symbols() []byte {
	if e.symtab == 0 {
		return nil
	}
	size := map[int]uint64{32: 16, 64: 24}[e.Bits]
	if head := e.At(e.hash, 8); e.hash != 0 && len(head) == 8 {
		return e.At(e.symtab, min(uint64(e.Order.Uint32(head[4:])), maxSymbols)*size)
	}
	if e.strtab > e.symtab {
		return e.At(e.symtab, min(e.strtab-e.symtab, maxSymbols*size))
	}
	return nil
}
