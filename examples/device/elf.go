package device

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"path"
	"strings"
)

// Where the parts of a written program lie in it.
const (
	codeAt   = 0x1000
	codeSize = 12 << 10
	dataAt   = codeAt + codeSize
	dataVM   = dataAt + 0x10000 // so that the kernel can protect the page by itself
)

// hardened writes a program for 32-bit Arm as a maker builds one who knows the
// flags of the compiler: position-independent, its tables read-only and bound
// at start, the stack not executable, and the stack protector of the C library
// (musl) in use. It says that it is a stand-in, and ends. A name that ends as
// those of libraries makes a library.
func hardened(name string) []byte {
	library := strings.Contains(path.Base(name), ".so")
	interpreter := "/lib/ld-musl-armhf.so.1\x00"
	names := "\x00libc.so\x00__stack_chk_fail\x00" + path.Base(name) + "\x00"
	symbols := le([]elf.Sym32{{}, {Name: 9, Info: elf.ST_INFO(elf.STB_GLOBAL, elf.STT_FUNC)}})
	hash := le([]uint32{1, 2, 1, 0, 0}) // one bucket, two symbols
	dynamic, table := dataVM, dataVM+12*8
	relocations := le(elf.Rel32{Off: uint32(table), Info: elf.R_INFO32(1, uint32(elf.R_ARM_GLOB_DAT))})

	b := make([]byte, dataAt+12*8+4)
	at := 52 + 6*32
	put := func(part []byte) int {
		at = (at + 3) &^ 3
		copy(b[at:], part)
		at += len(part)
		return at - len(part)
	}
	interpreterAt := put([]byte(interpreter))
	symbolsAt, namesAt, hashAt, relocationsAt := put(symbols), put([]byte(names)), put(hash), put(relocations)
	copy(b[codeAt:], standInCode())

	tags := []elf.Dyn32{
		{Tag: int32(elf.DT_NEEDED), Val: 1},
		{Tag: int32(elf.DT_HASH), Val: uint32(hashAt)},
		{Tag: int32(elf.DT_STRTAB), Val: uint32(namesAt)},
		{Tag: int32(elf.DT_STRSZ), Val: uint32(len(names))},
		{Tag: int32(elf.DT_SYMTAB), Val: uint32(symbolsAt)},
		{Tag: int32(elf.DT_SYMENT), Val: 16},
		{Tag: int32(elf.DT_REL), Val: uint32(relocationsAt)},
		{Tag: int32(elf.DT_RELSZ), Val: 8},
		{Tag: int32(elf.DT_RELENT), Val: 8},
	}
	flags := elf.DF_1_NOW | elf.DF_1_PIE
	if library {
		tags = append(tags, elf.Dyn32{Tag: int32(elf.DT_SONAME), Val: uint32(len(names) - len(path.Base(name)) - 1)})
		flags = elf.DF_1_NOW
	}
	tags = append(tags, elf.Dyn32{Tag: int32(elf.DT_FLAGS_1), Val: uint32(flags)}, elf.Dyn32{})
	copy(b[dataAt:], le(tags))

	data := uint32(len(b) - dataAt)
	segments := []elf.Prog32{
		{Type: uint32(elf.PT_LOAD), Filesz: dataAt, Memsz: dataAt, Flags: uint32(elf.PF_R | elf.PF_X), Align: 0x1000},
		{Type: uint32(elf.PT_LOAD), Off: dataAt, Vaddr: dataVM, Paddr: dataVM, Filesz: data, Memsz: data, Flags: uint32(elf.PF_R | elf.PF_W), Align: 0x1000},
		{Type: uint32(elf.PT_DYNAMIC), Off: dataAt, Vaddr: uint32(dynamic), Paddr: uint32(dynamic), Filesz: uint32(8 * len(tags)), Memsz: uint32(8 * len(tags)), Flags: uint32(elf.PF_R | elf.PF_W), Align: 4},
		{Type: uint32(elf.PT_GNU_RELRO), Off: dataAt, Vaddr: dataVM, Paddr: dataVM, Filesz: data, Memsz: 0x1000, Flags: uint32(elf.PF_R), Align: 1},
		{Type: uint32(elf.PT_GNU_STACK), Flags: uint32(elf.PF_R | elf.PF_W), Align: 16},
		{Type: uint32(elf.PT_INTERP), Off: uint32(interpreterAt), Vaddr: uint32(interpreterAt), Paddr: uint32(interpreterAt), Filesz: uint32(len(interpreter)), Memsz: uint32(len(interpreter)), Flags: uint32(elf.PF_R), Align: 1},
	}
	if library {
		segments = segments[:5]
	}
	copy(b, le(elf.Header32{
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS32), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_DYN), Machine: uint16(elf.EM_ARM), Version: uint32(elf.EV_CURRENT), Entry: codeAt, Phoff: 52,
		Flags:  0x05000400, // version 5 of the interface, floating point in hardware
		Ehsize: 52, Phentsize: 32, Phnum: uint16(len(segments)),
	}))
	copy(b[52:], le(segments))
	return b
}

// standInCode is write(2, message, length) and exit(0), in Arm instructions.
func standInCode() []byte {
	message := "a stand-in of the Assay examples\n"
	code := []uint32{
		0xe3a07004, 0xe3a00002, 0xe28f1010, 0xe3a02000 | uint32(len(message)), 0xef000000,
		0xe3a00000, 0xe3a07001, 0xef000000,
	}
	b := append(le(code), message...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return append(b, bytes.Repeat(le(uint32(0xe7f000f0)), (codeSize-len(b))/4)...) // what is not code traps
}

func le(v any) []byte {
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
		panic(err) // a value of no fixed size
	}
	return b.Bytes()
}
