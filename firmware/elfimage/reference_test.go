package elfimage_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware/elfimage"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/hex"
)

const script = `
MEMORY { flash (rx) : ORIGIN = %s, LENGTH = 256K  ram (rwx) : ORIGIN = %s, LENGTH = 64K  fuse (r) : ORIGIN = %s, LENGTH = 64 }
SECTIONS {
  .text : { KEEP(*(.vectors)) *(.text) . = ALIGN(4); } > flash
  .rodata : { *(.rodata) . = ALIGN(8); } > flash
  .data : { *(.data) } > ram AT > flash
  .bss : { *(.bss) } > ram
  .fuse : { KEEP(*(.fuse)) } > fuse
}
`

// arm is a program of a Cortex-M3, the others are the same with other words.
const arm = `
.syntax unified
.cpu cortex-m3
.thumb
.section .vectors, "a"
.word 0x20004000, reset, hang, hang, 0, 0, 0, 0, 0, 0, 0, hang, 0, 0, hang, hang
.text
.thumb_func
reset: ldr r0, =value
 bl hang
.thumb_func
hang: b hang
.ltorg
.fill 3000, 1, 0x42
.section .rodata, "a"
.asciz "a text to read"
.data
value: .word 1, 2, 3
.bss
.space 100
.section .fuse, "a"
.word 0xdeadbeef
.globl reset
`

const riscv = `
.text
.globl reset
reset: la a0, value
 j reset
.fill 3000, 1, 0x42
.section .rodata, "a"
.asciz "a text to read"
.data
value: .word 1, 2, 3
.section .fuse, "a"
.word 0xdeadbeef
`

const avr = `
.text
.globl reset
reset: rjmp reset
.fill 3000, 1, 0x42
.section .rodata, "a"
.asciz "a text to read"
.data
.word 1, 2, 3
.section .fuse, "a"
.word 0xdead
`

// memoryOf joins the parts of a file by their addresses.
func memoryOf(t *testing.T, f *format.Format, file []byte) map[uint64]byte {
	t.Helper()
	in := format.InMemory(file)
	if f.Probe(in) != format.Sure {
		t.Fatalf("%s: not recognised", f.Name)
	}
	o, err := f.Open(t.Context(), in, format.NewBudget(1000, 64<<20, 16<<20, 256))
	if err != nil || o.Damage != nil {
		t.Fatalf("%s: %v, %v", f.Name, err, o)
	}
	all := map[uint64]byte{}
	for _, p := range o.Parts {
		at, content := uint64(0), p.Bytes
		if content.ReaderAt == nil {
			content = in.Section(p.Offset, p.Length)
		}
		if _, err := fmt.Sscanf(p.Name, "0x%x", &at); err != nil {
			t.Fatal(err)
		}
		b, err := content.Bytes(0, content.Size)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range b {
			all[at+uint64(i)] = c
		}
	}
	return all
}

// TestAgainstBinutils reads what as and ld made, and compares it with what objcopy
// writes to flash.
func TestAgainstBinutils(t *testing.T) {
	for name, c := range map[string]struct {
		prefix, source    string
		flash, ram, fuse  string
		assembler, linker []string
		trim              bool // of its sections
	}{
		"Cortex-M3":          {"arm-none-eabi-", arm, "0x08000000", "0x20000000", "0x1ffff800", nil, nil, false},
		"Cortex-M3 stripped": {"arm-none-eabi-", arm, "0x08000000", "0x20000000", "0x1ffff800", nil, nil, true},
		"RISC-V":             {"riscv64-unknown-elf-", riscv, "0x20400000", "0x80000000", "0x10000000", []string{"-march=rv32imac", "-mabi=ilp32"}, []string{"-m", "elf32lriscv"}, false},
		"AVR":                {"avr-", avr, "0x0", "0x800100", "0x820000", []string{"-mmcu=avr5"}, []string{"-m", "avr5"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			as, ld, objcopy := reference.Need(t, c.prefix+"as"), reference.Need(t, c.prefix+"ld"), reference.Need(t, c.prefix+"objcopy")
			dir := t.TempDir()
			for name, content := range map[string]string{"a.s": c.source, "a.ld": fmt.Sprintf(script, c.flash, c.ram, c.fuse)} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			reference.Run(t, dir, as, append(c.assembler, "-o", "a.o", "a.s")...)
			reference.Run(t, dir, ld, append(c.linker, "-T", "a.ld", "-e", "reset", "-o", "a.elf", "a.o")...)
			reference.Run(t, dir, objcopy, "-O", "ihex", "a.elf", "a.hex")
			file, err := os.ReadFile(filepath.Join(dir, "a.elf"))
			if err != nil {
				t.Fatal(err)
			}
			if c.trim {
				clear(file[32:36]) // e_shoff
				clear(file[48:52]) // e_shnum, e_shstrndx
			}
			flashed, err := os.ReadFile(filepath.Join(dir, "a.hex"))
			if err != nil {
				t.Fatal(err)
			}
			got, want := memoryOf(t, elfimage.Format, file), memoryOf(t, hex.Intel, flashed)
			// What ld puts in front of the program, the headers of the file, objcopy leaves out.
			for at, b := range want {
				if got[at] != b {
					t.Fatalf("0x%x is %02x, objcopy says %02x", at, got[at], b)
				}
			}
			if extra := len(got) - len(want); extra > 0x1000+16 {
				t.Errorf("%d bytes more than objcopy writes", extra)
			}
			if o, err := elfimage.Format.Open(t.Context(), format.InMemory(slices.Concat(file, bytes.Repeat([]byte{1}, 99))), format.NewBudget(1000, 64<<20, 16<<20, 256)); err != nil || (o.Length != int64(len(file))) != c.trim {
				t.Errorf("%d bytes of %d belong to it, %v", o.Length, len(file), err)
			}
		})
	}
}
