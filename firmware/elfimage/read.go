package elfimage

import (
	"debug/elf"
	"encoding/binary"

	"github.com/assay-iot/assay/firmware/format"
)

// read reads the header and the tables of segments and sections.
func read(in format.Input) (*file, error) {
	raw := in.Head(headerSize)
	if len(raw) < headerSize || string(raw[:4]) != elf.ELFMAG || elf.Class(raw[elf.EI_CLASS]) != elf.ELFCLASS32 {
		return nil, format.Errorf(0, "no header of an ELF file of 32 bits")
	}
	var order binary.ByteOrder = binary.LittleEndian
	if elf.Data(raw[elf.EI_DATA]) == elf.ELFDATA2MSB {
		order = binary.BigEndian
	}
	var h elf.Header32
	if _, err := binary.Decode(raw, order, &h); err != nil {
		return nil, err
	}
	f := &file{machine: elf.Machine(h.Machine), entry: h.Entry, end: headerSize}
	switch {
	case elf.Type(h.Type) != elf.ET_EXEC || h.Version != 1 || h.Ehsize != headerSize:
		return nil, format.Errorf(16, "not a program with a fixed address")
	case machines[f.machine] == "":
		return nil, format.Errorf(18, "not for a microcontroller")
	case h.Phnum == 0 || h.Phnum > maxSegments || h.Phentsize != segmentSize:
		return nil, format.Errorf(44, "%d segments", h.Phnum)
	}
	var err error
	if f.segments, err = table[elf.Prog32](f, in, order, int64(h.Phoff), int(h.Phnum)); err != nil {
		return nil, err
	}
	for _, s := range f.segments {
		if elf.ProgType(s.Type) != elf.PT_NULL {
			f.reach(in, int64(s.Off)+int64(s.Filesz))
		}
	}
	if h.Shnum > 0 && h.Shnum <= maxSections && h.Shentsize == 40 {
		// Where they were cut off, the segments are enough.
		f.sections, _ = table[elf.Section32](f, in, order, int64(h.Shoff), int(h.Shnum))
	}
	for _, s := range f.sections {
		if t := elf.SectionType(s.Type); t != elf.SHT_NOBITS && t != elf.SHT_NULL {
			f.reach(in, int64(s.Off)+int64(s.Size))
		}
	}
	return f, nil
}

// table reads n entries of a table.
func table[T any](f *file, in format.Input, order binary.ByteOrder, off int64, n int) ([]T, error) {
	entries := make([]T, n)
	size := int64(binary.Size(entries))
	raw, err := in.Bytes(off, size)
	if err != nil {
		return nil, err
	}
	f.reach(in, off+size)
	_, err = binary.Decode(raw, order, entries)
	return entries, err
}

// reach notes that something of the file ends there.
func (f *file) reach(in format.Input, end int64) {
	f.end = min(max(f.end, end), in.Size)
}
