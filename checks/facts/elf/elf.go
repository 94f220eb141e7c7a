// Package elf reads ELF files as their loader does: by program headers and PT_DYNAMIC
// (System V ABI, chapter 5). Section headers are never read: half of all router images
// have none. It knows nothing of images and facts; it gets bytes, which may be hostile,
// and allocates no more than they hold.
package elf

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

// MinSize is the size in bytes of the least ELF file, a header for 32 bits.
const MinSize = 52

// GoBuildInfo is what stands before the build information that Go's linker writes into
// every program (debug/buildinfo).
const GoBuildInfo = "\xff Go buildinf:"

// ErrNotELF says that the content is no ELF file at all; other errors are of one that is
// damaged.
var ErrNotELF = errors.New("not an ELF file")

// File is what the program headers and PT_DYNAMIC of an ELF file say.
type File struct {
	Bits        int // 32 or 64
	Order       binary.ByteOrder
	Machine     uint16   // e_machine
	Kind        uint16   // ET_REL 1, ET_EXEC 2, ET_DYN 3, ET_CORE 4
	Interpreter string   // the loader, of PT_INTERP; empty for a static program
	Needed      []string // file names of libraries
	Soname      string   // its own name, of a library
	RunPath     []string // folders in which libraries are looked for, of DT_RPATH and DT_RUNPATH
	Stack       string   // of PT_GNU_STACK: "", "rw", "rwx"
	Relro       bool     // it has PT_GNU_RELRO
	BindNow     bool
	PIE         bool // by DF_1_PIE
	dynamic     bool
	names       []byte // the dynamic string table

	symtab, strtab, hash uint64 // their addresses
	Rela, RelaSize       uint64 // address and size in bytes of the relocations with addends

	Data     []byte // the file's content
	Segments []Segment
}

// Segment is a program header.
type Segment struct {
	Kind, Flags           uint32
	Offset, Address, Size uint64 // place in the file and in memory, and bytes in the file
}

// Load is the kind of the segments that are in memory when the program runs, PT_LOAD.
const Load = 1

// The few constants of the ABI that are needed here.
const (
	ptDynamic, ptInterp    = 2, 3
	ptGNUStack, ptGNURelro = 0x6474e551, 0x6474e552

	dtNeeded, dtHash, dtStrtab, dtSymtab, dtStrsz, dtSoname, dtRpath = 1, 4, 5, 6, 10, 14, 15
	dtRela, dtRelasz                                                 = 7, 8
	dtBindNow, dtRunpath, dtFlags, dtFlags1                          = 24, 29, 30, 0x6ffffffb

	dfBindNow, df1Now, df1PIE = 0x8, 0x1, 0x08000000
)

// Parse reads an ELF file of either endianness and word size. A file that
// is cut off is an error, with the offset.
func Parse(data []byte) (*File, error) {
	if len(data) < MinSize || string(data[:4]) != "\x7fELF" {
		return nil, ErrNotELF
	}
	e := &File{Data: data}
	switch data[4] {
	case 1:
		e.Bits = 32
	case 2:
		e.Bits = 64
	default:
		return nil, fmt.Errorf("elf: unknown class %d at offset 4", data[4])
	}
	switch data[5] {
	case 1:
		e.Order = binary.LittleEndian
	case 2:
		e.Order = binary.BigEndian
	default:
		return nil, fmt.Errorf("elf: unknown byte order %d at offset 5", data[5])
	}
	e.Kind, e.Machine = e.Order.Uint16(data[16:]), e.Order.Uint16(data[18:])
	if err := e.readSegments(); err != nil {
		return nil, err
	}
	return e, e.readDynamic()
}

func (e *File) readSegments() error {
	var at uint64
	var size, n int
	if e.Bits == 32 {
		at, size, n = uint64(e.Order.Uint32(e.Data[28:])), int(e.Order.Uint16(e.Data[42:])), int(e.Order.Uint16(e.Data[44:]))
	} else {
		if len(e.Data) < 64 {
			return fmt.Errorf("elf: cut off at offset %d", len(e.Data))
		}
		at, size, n = e.Order.Uint64(e.Data[32:]), int(e.Order.Uint16(e.Data[54:])), int(e.Order.Uint16(e.Data[56:]))
	}
	least := map[int]int{32: 32, 64: 56}[e.Bits]
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

func (e *File) addSegment(h []byte) {
	o := e.Order
	var s Segment
	if e.Bits == 32 {
		s = Segment{Kind: o.Uint32(h), Offset: uint64(o.Uint32(h[4:])), Address: uint64(o.Uint32(h[8:])), Size: uint64(o.Uint32(h[16:])), Flags: o.Uint32(h[24:])}
	} else {
		s = Segment{Kind: o.Uint32(h), Flags: o.Uint32(h[4:]), Offset: o.Uint64(h[8:]), Address: o.Uint64(h[16:]), Size: o.Uint64(h[32:])}
	}
	e.Segments = append(e.Segments, s)
	switch s.Kind {
	case ptInterp:
		e.Interpreter = untilNUL(e.slice(s.Offset, min(s.Size, maxELFText)))
	case ptGNURelro:
		e.Relro = true
	case ptGNUStack:
		e.Stack = "rw"
		if s.Flags&1 != 0 {
			e.Stack = "rwx"
		}
	}
}

// slice gives n bytes at an offset of the file; nil if they are not all there.
func (e *File) slice(at, n uint64) []byte {
	size := uint64(len(e.Data))
	if at > size || n > size-at {
		return nil
	}
	return e.Data[at : at+n]
}

// At gives up to n bytes at a virtual address; none if no segment holds it.
func (e *File) At(addr, n uint64) []byte {
	at, left := e.offsetOf(addr)
	if left == 0 {
		return nil
	}
	return e.Data[at : at+min(n, left)]
}

// offsetOf gives where in the file a virtual address is, and how many bytes are there
// from it on; 0 if none.
func (e *File) offsetOf(addr uint64) (at, left uint64) {
	for _, s := range e.Segments {
		if s.Kind == Load && addr >= s.Address && addr-s.Address < s.Size {
			at, end := s.Offset+addr-s.Address, uint64(len(e.Data))
			if at >= end || at < s.Offset {
				return 0, 0
			}
			return at, min(s.Size-(addr-s.Address), end-at)
		}
	}
	return 0, 0
}

// readDynamic reads PT_DYNAMIC.
func (e *File) readDynamic() error {
	i := slices.IndexFunc(e.Segments, func(s Segment) bool { return s.Kind == ptDynamic })
	if i < 0 {
		return nil
	}
	e.dynamic = true
	s := e.Segments[i]
	word := uint64(e.Bits / 8)
	table := e.slice(s.Offset, s.Size)
	if table == nil {
		return fmt.Errorf("elf: dynamic section at offset %d lies outside the file", s.Offset)
	}
	var needed, runpath []uint64
	var soname, strtab, strsz uint64
	for n := 0; n < maxDynamic && uint64(len(table)) >= 2*word; n++ {
		tag, val := e.Word(table), e.Word(table[word:])
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
			e.Rela = val
		case dtRelasz:
			e.RelaSize = val
		case dtBindNow:
			e.BindNow = true
		case dtFlags:
			e.BindNow = e.BindNow || val&dfBindNow != 0
		case dtFlags1:
			e.BindNow = e.BindNow || val&df1Now != 0
			e.PIE = val&df1PIE != 0
		}
	}
	e.strtab = strtab
	e.names = e.At(strtab, min(strsz, maxDynText))
	for _, at := range needed[:min(len(needed), maxNeeded)] {
		if s := e.name(at); s != "" {
			e.Needed = append(e.Needed, s)
		}
	}
	for _, at := range runpath[:min(len(runpath), maxNeeded)] {
		e.RunPath = append(e.RunPath, strings.FieldsFunc(e.name(at), func(r rune) bool { return r == ':' })...)
	}
	if soname != 0 {
		e.Soname = e.name(soname)
	}
	return nil
}

// Word reads an address or a size, of 4 or 8 bytes; b has as many.
func (e *File) Word(b []byte) uint64 {
	if e.Bits == 32 {
		return uint64(e.Order.Uint32(b))
	}
	return e.Order.Uint64(b)
}

func (e *File) name(at uint64) string {
	if at >= uint64(len(e.names)) {
		return ""
	}
	return untilNUL(e.names[at:min(at+maxELFText, uint64(len(e.names)))])
}

// hasName reports whether a symbol's name is in the dynamic string table.
func (e *File) hasName(name string) bool {
	return bytes.Contains(e.names, []byte("\x00"+name+"\x00"))
}

// Fortified reports whether one of the C library's checked functions is
// called: __strcpy_chk and its like, but not __stack_chk_fail.
func (e *File) Fortified() bool {
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

// Needs reports whether the file is linked with a library; see [Links].
func (e *File) Needs(library string) bool { return Links(e.Needed, library) }

// Links reports whether a library is among file names, by the start of its
// name: "libssl" is also libssl.so.3 and libssl-1.1.so.
func Links(needed []string, library string) bool {
	for _, n := range needed {
		if rest, ok := strings.CutPrefix(n, library); ok && (rest == "" || rest[0] == '.' || rest[0] == '-') {
			return true
		}
	}
	return false
}

// untilNUL gives the bytes up to the first NUL.
func untilNUL(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}
