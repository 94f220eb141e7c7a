package facts

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Limits of an ELF file, far above what devices have.
const (
	maxSegments = 256      // program headers
	maxDynamic  = 4096     // entries of the dynamic section
	maxNeeded   = 512      // libraries that a program needs
	maxELFText  = 4096     // bytes of one string
	maxDynText  = 16 << 20 // bytes of the dynamic string table that are searched
)

// errNotELF says that the content is no ELF file.
var errNotELF = errors.New("not an ELF file")

// elfFile is what the program headers and PT_DYNAMIC of an ELF file say.
// Section headers are never read: half of all router images have none, and a
// loader does not look at them either (System V ABI, chapter 5).
type elfFile struct {
	bits        int // 32 or 64
	order       binary.ByteOrder
	machine     uint16
	kind        uint16 // ET_REL 1, ET_EXEC 2, ET_DYN 3, ET_CORE 4
	interpreter string
	needed      []string
	soname      string
	runpath     []string
	stack       string // of PT_GNU_STACK: "", "rw", "rwx"
	relro       bool
	bindNow     bool
	pieFlag     bool
	dynamic     bool
	names       []byte // the dynamic string table

	symtab, strtab, hash uint64 // their addresses
	rela, relasz         uint64 // address and size in bytes of the relocations with addends

	data     []byte
	segments []elfSegment
}

type elfSegment struct {
	kind, flags         uint32
	offset, vaddr, size uint64
}

// The few constants of the ABI that are needed here.
const (
	ptLoad, ptDynamic, ptInterp = 1, 2, 3
	ptGNUStack, ptGNURelro      = 0x6474e551, 0x6474e552

	dtNeeded, dtHash, dtStrtab, dtSymtab, dtStrsz, dtSoname, dtRpath = 1, 4, 5, 6, 10, 14, 15
	dtRela, dtRelasz                                                 = 7, 8
	dtBindNow, dtRunpath, dtFlags, dtFlags1                          = 24, 29, 30, 0x6ffffffb

	dfBindNow, df1Now, df1PIE = 0x8, 0x1, 0x08000000
)

// parseELF reads an ELF file of either endianness and word size. A file that
// is cut off is an error, with the offset.
func parseELF(data []byte) (*elfFile, error) {
	if len(data) < 52 || string(data[:4]) != "\x7fELF" {
		return nil, errNotELF
	}
	e := &elfFile{data: data}
	switch data[4] {
	case 1:
		e.bits = 32
	case 2:
		e.bits = 64
	default:
		return nil, fmt.Errorf("elf: unknown class %d at offset 4", data[4])
	}
	switch data[5] {
	case 1:
		e.order = binary.LittleEndian
	case 2:
		e.order = binary.BigEndian
	default:
		return nil, fmt.Errorf("elf: unknown byte order %d at offset 5", data[5])
	}
	e.kind, e.machine = e.order.Uint16(data[16:]), e.order.Uint16(data[18:])
	if err := e.readSegments(); err != nil {
		return nil, err
	}
	return e, e.readDynamic()
}

func (e *elfFile) readSegments() error {
	var at uint64
	var size, n int
	if e.bits == 32 {
		at, size, n = uint64(e.order.Uint32(e.data[28:])), int(e.order.Uint16(e.data[42:])), int(e.order.Uint16(e.data[44:]))
	} else {
		if len(e.data) < 64 {
			return fmt.Errorf("elf: cut off at offset %d", len(e.data))
		}
		at, size, n = e.order.Uint64(e.data[32:]), int(e.order.Uint16(e.data[54:])), int(e.order.Uint16(e.data[56:]))
	}
	least := map[int]int{32: 32, 64: 56}[e.bits]
	if n == 0 {
		return nil
	}
	if n > maxSegments || size < least {
		return fmt.Errorf("elf: %d program headers of %d bytes", n, size)
	}
	table := e.slice(at, uint64(n*size))
	if table == nil {
		return fmt.Errorf("elf: program headers at offset %d lie outside the file", at)
	}
	for i := range n {
		e.addSegment(table[i*size:])
	}
	return nil
}

func (e *elfFile) addSegment(h []byte) {
	o := e.order
	var s elfSegment
	if e.bits == 32 {
		s = elfSegment{kind: o.Uint32(h), offset: uint64(o.Uint32(h[4:])), vaddr: uint64(o.Uint32(h[8:])), size: uint64(o.Uint32(h[16:])), flags: o.Uint32(h[24:])}
	} else {
		s = elfSegment{kind: o.Uint32(h), flags: o.Uint32(h[4:]), offset: o.Uint64(h[8:]), vaddr: o.Uint64(h[16:]), size: o.Uint64(h[32:])}
	}
	e.segments = append(e.segments, s)
	switch s.kind {
	case ptInterp:
		e.interpreter = cString(e.slice(s.offset, min(s.size, maxELFText)))
	case ptGNURelro:
		e.relro = true
	case ptGNUStack:
		e.stack = "rw"
		if s.flags&1 != 0 {
			e.stack = "rwx"
		}
	}
}

// slice gives n bytes at an offset of the file; nil if they are not all there.
func (e *elfFile) slice(at, n uint64) []byte {
	size := uint64(len(e.data))
	if at > size || n > size-at {
		return nil
	}
	return e.data[at : at+n]
}

// atAddress gives up to n bytes at a virtual address.
func (e *elfFile) atAddress(addr, n uint64) []byte {
	at, left := e.offsetOf(addr)
	if left == 0 {
		return nil
	}
	return e.data[at : at+min(n, left)]
}

// offsetOf gives where in the file a virtual address is, and how many bytes are there
// from it on; 0 if none.
func (e *elfFile) offsetOf(addr uint64) (at, left uint64) {
	for _, s := range e.segments {
		if s.kind == ptLoad && addr >= s.vaddr && addr-s.vaddr < s.size {
			at, end := s.offset+addr-s.vaddr, uint64(len(e.data))
			if at >= end || at < s.offset {
				return 0, 0
			}
			return at, min(s.size-(addr-s.vaddr), end-at)
		}
	}
	return 0, 0
}

// readDynamic reads PT_DYNAMIC.
func (e *elfFile) readDynamic() error {
	i := slices.IndexFunc(e.segments, func(s elfSegment) bool { return s.kind == ptDynamic })
	if i < 0 {
		return nil
	}
	e.dynamic = true
	s := e.segments[i]
	word := uint64(e.bits / 8)
	table := e.slice(s.offset, s.size)
	if table == nil {
		return fmt.Errorf("elf: dynamic section at offset %d lies outside the file", s.offset)
	}
	var needed, runpath []uint64
	var soname, strtab, strsz uint64
	for n := 0; n < maxDynamic && uint64(len(table)) >= 2*word; n++ {
		tag, val := e.word(table), e.word(table[word:])
		table = table[2*word:]
		switch tag {
		case 0:
			table = nil
		case dtNeeded:
			needed = append(needed, val)
		case dtRpath, dtRunpath:
			runpath = append(runpath, val)
		case dtSoname:
			soname = val
		case dtStrtab:
			strtab = val
		case dtSymtab:
			e.symtab = val
		case dtHash:
			e.hash = val
		case dtStrsz:
			strsz = val
		case dtRela:
			e.rela = val
		case dtRelasz:
			e.relasz = val
		case dtBindNow:
			e.bindNow = true
		case dtFlags:
			e.bindNow = e.bindNow || val&dfBindNow != 0
		case dtFlags1:
			e.bindNow = e.bindNow || val&df1Now != 0
			e.pieFlag = val&df1PIE != 0
		}
	}
	e.strtab = strtab
	e.names = e.atAddress(strtab, min(strsz, maxDynText))
	for _, at := range needed[:min(len(needed), maxNeeded)] {
		if s := e.name(at); s != "" {
			e.needed = append(e.needed, s)
		}
	}
	for _, at := range runpath[:min(len(runpath), maxNeeded)] {
		e.runpath = append(e.runpath, strings.FieldsFunc(e.name(at), func(r rune) bool { return r == ':' })...)
	}
	if soname != 0 {
		e.soname = e.name(soname)
	}
	return nil
}

func (e *elfFile) word(b []byte) uint64 {
	if e.bits == 32 {
		return uint64(e.order.Uint32(b))
	}
	return e.order.Uint64(b)
}

func (e *elfFile) name(at uint64) string {
	if at >= uint64(len(e.names)) {
		return ""
	}
	return cString(e.names[at:min(at+maxELFText, uint64(len(e.names)))])
}

// hasName reports whether a symbol's name is in the dynamic string table.
func (e *elfFile) hasName(name string) bool {
	return bytes.Contains(e.names, []byte("\x00"+name+"\x00"))
}

// fortified reports whether one of the C library's checked functions is
// called: __strcpy_chk and its like, but not __stack_chk_fail.
func (e *elfFile) fortified() bool {
	for rest := e.names; ; {
		i := bytes.Index(rest, []byte("_chk\x00"))
		if i < 0 {
			return false
		}
		if start := bytes.LastIndexByte(rest[:i], 0); bytes.HasPrefix(rest[start+1:], []byte("__")) {
			return true
		}
		rest = rest[i+4:]
	}
}

// cString gives the bytes up to the first NUL.
func cString(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}
