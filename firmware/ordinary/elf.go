package ordinary

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// elfFile is an ELF file of which the header was read.
type elfFile struct {
	b                  []byte
	wide               bool
	order              binary.ByteOrder
	header             int
	segments, sections elfTable
}

// elfTable is a table of an ELF file: where it is, how long an entry is, and how many
// there are within the file.
type elfTable struct{ off, entry, n int }

// readELF reads the header; false if it is none.
func readELF(b []byte) (e elfFile, ok bool) {
	if len(b) < 52 || b[4] != 1 && b[4] != 2 || b[5] != 1 && b[5] != 2 || b[6] != 1 {
		return e, false
	}
	e = elfFile{b: b, wide: b[4] == 2}
	if e.order = binary.ByteOrder(binary.LittleEndian); b[5] == 2 {
		e.order = binary.BigEndian
	}
	// Places in the header, and the least lengths, of 32 and 64 bits.
	segments, sections, counts := 0x1c, 0x20, 0x2a
	least, leastSegment, leastSection, size := 52, 32, 40, 20
	if e.wide {
		segments, sections, counts = 0x20, 0x28, 0x36
		least, leastSegment, leastSection, size = 64, 56, 64, 32
	}
	if len(b) < least {
		return e, false
	}
	e.header = least
	e.segments = e.table(e.word(segments), e.half(counts), e.half(counts+2), leastSegment)
	n, first := e.half(counts+6), e.word(sections)
	if n == 0 && first > 0 && first < uint64(len(b)-leastSection) {
		n = int(min(e.word(int(first)+size), uint64(len(b)))) //nolint:gosec // as many as do not fit into the header
	}
	e.sections = e.table(first, e.half(counts+4), n, leastSection)
	return e, true
}

// table is a table as far as it lies within the file.
func (e *elfFile) table(off uint64, entry, n, least int) elfTable {
	if entry < least || off >= uint64(len(e.b)) {
		return elfTable{}
	}
	at := int(off) //nolint:gosec // within the file
	return elfTable{at, entry, min(n, (len(e.b)-at)/entry)}
}

func (e *elfFile) half(at int) int { return int(e.order.Uint16(e.b[at:])) }

func (e *elfFile) word(at int) uint64 {
	if e.wide {
		return e.order.Uint64(e.b[at:])
	}
	return uint64(e.order.Uint32(e.b[at:]))
}

// span is a run of bytes of a file: where it begins, and where it ends.
type span struct{ from, to int }

// within is a run as far as it lies within the file; empty if none does.
func (e *elfFile) within(off, size uint64) span {
	all := uint64(len(e.b))
	if off >= all || size == 0 {
		return span{}
	}
	return span{int(off), int(off + min(size, all-off))} //nolint:gosec // within the file
}

// all is the run of a table.
func (e *elfFile) all(t elfTable) span { return e.within(uint64(t.off), uint64(t.n*t.entry)) } //nolint:gosec // not negative

// segment is the run of a segment that begins with this entry.
func (e *elfFile) segment(at int) span {
	if e.wide {
		return e.within(e.word(at+8), e.word(at+32))
	}
	return e.within(e.word(at+4), e.word(at+16))
}

// What the type of a section, and the flags of it and of a segment, say.
const (
	noBits      = 8
	sectionCode = 4 // SHF_EXECINSTR
	loaded      = 1 // PT_LOAD
	segmentCode = 1 // PF_X
	segmentData = 2 // PF_W
)

// section is the run of a section that begins with this entry.
func (e *elfFile) section(at int) span {
	switch {
	case e.order.Uint32(e.b[at+4:]) == noBits:
		return span{}
	case e.wide:
		return e.within(e.word(at+24), e.word(at+32))
	}
	return e.within(e.word(at+16), e.word(at+20))
}

// elfEnd is where the sections, the segments and their tables end, as far as they lie
// within the file.
func elfEnd(b []byte) int {
	e, ok := readELF(b)
	if !ok {
		return 0
	}
	end := max(e.header, e.all(e.segments).to, e.all(e.sections).to)
	for i := range e.segments.n {
		end = max(end, e.segment(e.segments.off+i*e.segments.entry).to)
	}
	for i := range e.sections.n {
		end = max(end, e.section(e.sections.off+i*e.sections.entry).to)
	}
	return end
}

// Data lists the runs of a program of at least so many bytes that are neither code nor
// tables for the linker or the debugger: where each begins and ends, in their order. What
// no section covers is among them. Without sections the segments tell: all is data but
// the code, and of old programs, which have their constants in one segment with the code,
// all. Nothing is data of what is no program (ELF) that is loaded or linked.
func Data(program []byte, least int) (runs [][2]int) {
	if !has(program, 0, "\x7fELF") {
		return nil
	}
	e, ok := readELF(program)
	if !ok {
		return nil
	}
	var room [64]span
	other := e.code(append(room[:0], span{0, e.header}, e.all(e.segments), e.all(e.sections)))
	slices.SortFunc(other, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	at, end := 0, min(elfEnd(program), len(program))
	for _, s := range append(other, span{end, end}) {
		if s.from-at >= least {
			runs = append(runs, [2]int{at, s.from})
		}
		at = max(at, s.to)
	}
	return runs
}

// code adds what is no data.
func (e *elfFile) code(runs []span) []span {
	if e.sections.n == 0 {
		return e.codeSegments(runs)
	}
	names := e.names()
	for i := range e.sections.n {
		at := e.sections.off + i*e.sections.entry
		flags := e.word(at + 8)
		if kind := e.order.Uint32(e.b[at+4:]); flags&sectionCode != 0 || isTable(kind) || isDebug(e.name(names, at)) {
			runs = append(runs, e.section(at))
		}
	}
	return runs
}

func (e *elfFile) codeSegments(runs []span) []span {
	before, constants := len(runs), false // in a segment of their own
	for i := range e.segments.n {
		at := e.segments.off + i*e.segments.entry
		flags := at + 24
		if e.wide {
			flags = at + 4
		}
		switch f := e.order.Uint32(e.b[flags:]); {
		case e.order.Uint32(e.b[at:]) != loaded:
		case f&segmentCode != 0:
			runs = append(runs, e.segment(at))
		case f&segmentData == 0:
			constants = true
		}
	}
	if !constants {
		return runs[:before]
	}
	return runs
}

// isTable reports whether a section is one of the linker, by its type: symbols, strings,
// relocations, hashes and what is linked at the start, and the versions of GNU.
func isTable(kind uint32) bool {
	return kind >= 2 && kind <= 6 || kind == 9 || kind == 11 || kind >= 17 && kind <= 19 || kind >= 0x6ffffff5 && kind <= 0x6fffffff
}

// isDebug reports whether a section is for a debugger or for the linker, by its name.
func isDebug(name []byte) bool {
	return has(name, 0, ".debug_") || has(name, 0, ".zdebug_") || has(name, 0, ".gnu.lto_")
}

// names is the run with the names of the sections.
func (e *elfFile) names() span {
	n := e.half(e.header - 2)
	if n >= e.sections.n {
		return span{}
	}
	return e.section(e.sections.off + n*e.sections.entry)
}

// name is the name of a section, and the names that follow.
func (e *elfFile) name(names span, at int) []byte {
	off := e.order.Uint32(e.b[at:])
	if int64(off) >= int64(names.to-names.from) {
		return nil
	}
	return e.b[names.from+int(off) : names.to]
}
