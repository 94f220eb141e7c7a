// Package elfimage reads ELF files that are the firmware of a microcontroller: what
// a build leaves, and what some tools flash. Each segment that is loaded becomes a
// part, named by the address at which it lies in flash; segments that follow one
// another in flash are one.
//
// An ELF file of an operating system is a program among others and not opened
// here. A firmware is told by this: it is 32 bits wide, fixed to its address,
// linked with nothing, and made for a microcontroller; for Arm, the profile of its
// build attributes says so, or it has a table of vectors. The layout is that of the
// System V ABI and of "Addenda to, and Errata in, the ABI for the Arm Architecture".
package elfimage

import (
	"bytes"
	"cmp"
	"context"
	"debug/elf"
	"fmt"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/memory"
	"github.com/assay-iot/assay/firmware/vectors"
)

// Format is the ELF file of a microcontroller.
var Format = &format.Format{
	Name:   "elf",
	Magics: []format.Magic{{Bytes: "\x7fELF\x01"}},
	Probe:  probe,
	Open:   open,
}

const (
	headerSize  = 52
	segmentSize = 32
	maxSegments = 256
	maxSections = 4096
	maxNotes    = 64 << 10 // of build attributes
)

// machines are those that run no operating system with ELF programs of its own, or
// hardly ever one of 32 bits.
var machines = map[elf.Machine]string{
	elf.EM_ARM: "arm", elf.EM_RISCV: "riscv", elf.EM_XTENSA: "xtensa", elf.EM_AVR: "avr", elf.EM_MSP430: "msp430",
	elf.EM_ARC_COMPACT: "arc", elf.EM_ARC_COMPACT2: "arc", elf.EM_RX: "rx", elf.EM_RL78: "rl78", elf.EM_V850: "v850",
	elf.EM_TRICORE: "tricore", elf.EM_STM8: "stm8", elf.EM_LATTICEMICO32: "lm32",
}

// file is an ELF file that was looked at.
type file struct {
	machine  elf.Machine
	entry    uint32
	segments []elf.Prog32
	sections []elf.Section32
	end      int64 // of all that belongs to it
}

// probe reads header and segments.
func probe(in format.Input) format.Likeness {
	f, err := read(in)
	if err != nil || f.system() || f.machine == elf.EM_ARM && !f.cortex(in) {
		return format.No
	}
	return format.Sure
}

// system reports whether a program needs an operating system.
func (f *file) system() bool {
	loads := 0
	for _, s := range f.segments {
		switch elf.ProgType(s.Type) {
		case elf.PT_INTERP, elf.PT_DYNAMIC:
			return true
		case elf.PT_LOAD:
			loads++
		}
	}
	return loads == 0
}

func open(_ context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	f, err := read(in)
	if err != nil {
		return nil, err
	}
	o := &format.Opened{Length: f.end, Attributes: map[string]string{
		"machine": machines[f.machine], "entry": fmt.Sprintf("0x%08x", f.entry),
	}}
	f.parts(in, b, o)
	if len(o.Parts) == 0 {
		return nil, format.Errorf(0, "no segment is loaded")
	}
	return o, nil
}

// loaded are the segments that are written to flash, by address.
func (f *file) loaded() (s []elf.Prog32) {
	for _, p := range f.segments {
		if elf.ProgType(p.Type) == elf.PT_LOAD && p.Filesz > 0 {
			s = append(s, p)
		}
	}
	slices.SortStableFunc(s, func(a, b elf.Prog32) int { return cmp.Compare(a.Paddr, b.Paddr) })
	return s
}

// parts gives a part for each run of segments.
func (f *file) parts(in format.Input, b *format.Budget, o *format.Opened) {
	segments := f.loaded()
	apart := true
	for i := 1; i < len(segments); i++ {
		apart = apart && segments[i].Off >= segments[i-1].Off+segments[i-1].Filesz && segments[i].Paddr > segments[i-1].Paddr+segments[i-1].Filesz
	}
	m := memory.New(b, "segment")
	for i, s := range segments {
		role := format.Data
		if elf.ProgFlag(s.Flags)&elf.PF_X != 0 {
			role = format.Code
		}
		content, err := in.Bytes(int64(s.Off), int64(s.Filesz))
		if err == nil && !apart {
			err = m.Write(uint64(s.Paddr), content, memory.Record{Number: i, Offset: int64(s.Off), Length: int64(s.Filesz)})
		}
		switch {
		case err != nil:
			o.Damage = append(o.Damage, format.Damage{Offset: int64(s.Off), Length: int64(s.Filesz), Reason: fmt.Sprintf("segment 0x%08x: %v", s.Paddr, err)})
		case apart:
			o.Parts = append(o.Parts, format.Part{Name: fmt.Sprintf("0x%08x", s.Paddr), Offset: int64(s.Off), Length: int64(s.Filesz), Role: role})
		}
	}
	parts, damage := m.Parts("", format.Code)
	o.Parts, o.Damage = append(o.Parts, parts...), append(o.Damage, damage...)
}

// cortex reports whether an Arm program is one of a microcontroller.
func (f *file) cortex(in format.Input) bool {
	for _, s := range f.loaded() {
		if vectors.Plausible(in.Peek(int64(s.Off), min(int(s.Filesz), 4*64)), f.extent(s)) {
			return true
		}
	}
	for _, s := range f.sections {
		if elf.SectionType(s.Type) == 0x70000003 && s.Size <= maxNotes { // SHT_ARM_ATTRIBUTES
			if p := profile(in.Peek(int64(s.Off), int(s.Size))); p == 'M' || p == 'R' {
				return true
			}
		}
	}
	return false
}

// extent is how much of memory a program takes that begins with a segment: to the
// end of the last one that lies near.
func (f *file) extent(first elf.Prog32) (n int64) {
	const near = 16 << 20
	for _, s := range f.loaded() {
		if end := int64(s.Paddr) + int64(s.Filesz) - int64(first.Paddr); s.Paddr >= first.Paddr && end <= near {
			n = max(n, end)
		}
	}
	return n
}

// Tags of build attributes: "Addenda", 3.3.
const (
	tagCPUArch        = 6
	tagCPUArchProfile = 7
	tagCPURawName     = 4
	tagCPUName        = 5
	tagCompatibility  = 32
)

// profile finds the profile of the processor in build attributes: 'A', 'R', 'M'.
func profile(b []byte) byte {
	const vendor = "aeabi\x00"
	i := bytes.Index(b, []byte(vendor))
	if len(b) == 0 || b[0] != 'A' || i < 0 || len(b) < i+len(vendor)+5 {
		return 0
	}
	b = b[i+len(vendor)+5:] // behind the tag of the file and its size
	for len(b) > 0 {
		tag := number(&b)
		switch {
		case tag == tagCPUArchProfile:
			return byte(number(&b))
		case tag == tagCPURawName, tag == tagCPUName, tag > tagCompatibility && tag%2 == 1:
			skipText(&b)
		case tag == tagCompatibility:
			number(&b)
			skipText(&b)
		default:
			number(&b)
		}
	}
	return 0
}

// number takes a number in LEB128.
func number(b *[]byte) (n uint32) {
	for shift := 0; len(*b) > 0 && shift < 32; shift += 7 {
		c := (*b)[0]
		*b = (*b)[1:]
		n |= uint32(c&0x7f) << shift
		if c < 0x80 {
			break
		}
	}
	return n
}

// skipText goes past a text with a NUL at its end.
func skipText(b *[]byte) {
	*b = (*b)[min(len(*b), 1+max(bytes.IndexByte(*b, 0), 0)):]
}
