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
