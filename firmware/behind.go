package firmware

import (
	"bytes"
	"debug/elf"

	"github.com/assay-iot/assay/firmware/format"
)

// maxVendorHeader is how far from the first byte of a file that nobody knows a container
// may begin that has a header of a maker's own in front.
const maxVendorHeader = 4 << 10

// behind finds where in a file that is not looked into at every byte a container begins that
// follows a program, a script or a short header: an AppImage, an archive that unpacks itself, a
// part with a header of its maker. 0 if none does.
func (w *walker) behind(content []byte) int64 {
	if len(content) < minSmall {
		return 0
	}
	from, to := int64(1), int64(maxVendorHeader)
	switch script := bytes.HasPrefix(content, []byte("#!")); {
	case bytes.HasPrefix(content, []byte(elf.ELFMAG)):
		if from = elfEnd(content); from == 0 {
			return 0
		}
		to = from + maxVendorHeader
	case script && !isText(content):
		to = int64(len(content))
	case script || isKnown(content):
		return 0
	}
	s := w.matcher.scan(format.InMemory(content))
	for from < to && from < int64(len(content)) {
		found, err := s.next(from)
		if err != nil || len(found) == 0 || found[0].off >= to {
			return 0
		}
		at := found[0].off
		if content[0] != '#' || content[at-1] == '\n' {
			return at
		}
		from = at + 1
	}
	return 0
}

// elfEnd is where the sections, the segments and the table of sections of an ELF file
// end; 0 if that is not before the file does, or it cannot be read.
func elfEnd(content []byte) (end int64) {
	size := uint64(len(content))
	err := format.Guard(func() error {
		f, err := elf.NewFile(bytes.NewReader(content))
		if err != nil {
			return err
		}
		last := uint64(0)
		for _, p := range f.Progs {
			last = max(last, p.Off+p.Filesz)
		}
		for _, s := range f.Sections {
			if s.Type != elf.SHT_NOBITS {
				last = max(last, s.Offset+s.FileSize)
			}
		}
		table, entry := uint64(0), uint64(40)
		if f.Class == elf.ELFCLASS64 {
			table, entry = f.ByteOrder.Uint64(content[0x28:]), 64
		} else {
			table = uint64(f.ByteOrder.Uint32(content[0x20:]))
		}
		if last = max(last, table+entry*uint64(len(f.Sections))); last < size {
			end = int64(last) //nolint:gosec // less than the length of a slice
		}
		return nil
	})
	if err != nil {
		return 0
	}
	return end
}
