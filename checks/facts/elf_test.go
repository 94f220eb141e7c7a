package facts

import (
	"encoding/binary"
	"errors"
	"os"
	"slices"
	"testing"
)

// elfImage writes a small dynamic ELF file: program headers and PT_DYNAMIC, no
// section headers.
func elfImage(bits int, order binary.ByteOrder, needed []string, flags1 uint64) []byte {
	word, ehdr, phdr := 8, 64, 56
	if bits == 32 {
		word, ehdr, phdr = 4, 52, 32
	}
	names := []byte{0}
	var dyn []uint64
	for _, n := range needed {
		dyn = append(dyn, dtNeeded, uint64(len(names)))
		names = append(append(names, n...), 0)
	}
	listen := len(names) + 1 // the end of a longer name, as linkers share them
	names = append(names, "xlisten\x00accept\x00__stack_chk_fail\x00__strcpy_chk\x00"...)
	interp := "/lib/ld.so.1\x00"
	dynAt := ehdr + 4*phdr
	dynLen := (len(dyn) + 10) * word
	symbolsAt, symbol := dynAt+dynLen, map[int]int{32: 16, 64: 24}[bits]
	namesAt := symbolsAt + 3*symbol
	interpAt := namesAt + len(names)
	dyn = append(dyn, dtSymtab, uint64(0x10000+symbolsAt), dtStrtab, uint64(0x10000+namesAt), dtStrsz, uint64(len(names)), dtFlags1, flags1, 0, 0)
	b := make([]byte, interpAt+len(interp))
	copy(b, "\x7fELF")
	b[4], b[5], b[6] = byte(bits/32), 1, 1
	if order == binary.BigEndian {
		b[5] = 2
	}
	put := func(at int, v uint64) {
		if bits == 32 {
			order.PutUint32(b[at:], uint32(v))
		} else {
			order.PutUint64(b[at:], v)
		}
	}
	order.PutUint16(b[16:], 3)
	order.PutUint16(b[18:], 8)
	if bits == 32 {
		order.PutUint32(b[28:], uint32(ehdr))
		order.PutUint16(b[42:], uint16(phdr))
		order.PutUint16(b[44:], 4)
	} else {
		order.PutUint64(b[32:], uint64(ehdr))
		order.PutUint16(b[54:], uint16(phdr))
		order.PutUint16(b[56:], 4)
	}
	segment := func(i int, kind, flags uint32, at, size int) {
		h := ehdr + i*phdr
		order.PutUint32(b[h:], kind)
		if bits == 32 {
			put(h+4, uint64(at))
			put(h+8, uint64(0x10000+at))
			put(h+16, uint64(size))
			order.PutUint32(b[h+24:], flags)
		} else {
			order.PutUint32(b[h+4:], flags)
			put(h+8, uint64(at))
			put(h+16, uint64(0x10000+at))
			put(h+32, uint64(size))
		}
	}
	segment(0, ptLoad, 5, 0, len(b))
	segment(1, ptDynamic, 6, dynAt, dynLen)
	segment(2, ptInterp, 4, interpAt, len(interp))
	segment(3, ptGNUStack, 6, 0, 0)
	for i, v := range dyn {
		put(dynAt+i*word, v)
	}
	section := map[int]int{32: 14, 64: 6}[bits]
	order.PutUint32(b[symbolsAt+symbol:], uint32(listen)) // taken from a library
	order.PutUint32(b[symbolsAt+2*symbol:], uint32(listen+len("listen ")))
	order.PutUint16(b[symbolsAt+2*symbol+section:], 7) // its own
	copy(b[namesAt:], names)
	copy(b[interpAt:], interp)
	return b
}

func TestParseELF(t *testing.T) {
	for _, bits := range []int{32, 64} {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			e, err := parseELF(elfImage(bits, order, []string{"libssl.so.3", "libc.so.6"}, df1Now|df1PIE))
			if err != nil {
				t.Fatalf("%d bits, %v: %v", bits, order, err)
			}
			if !slices.Equal(e.Needed, []string{"libssl.so.3", "libc.so.6"}) || e.Interpreter != "/lib/ld.so.1" ||
				!e.BindNow || !e.PIE || e.Stack != "rw" || e.Machine != 8 {
				t.Errorf("%d bits, %v: read %+v", bits, order, e)
			}
			if !e.hasName("__stack_chk_fail") || !e.Fortified() {
				t.Errorf("%d bits, %v: names not found in %q", bits, order, e.names)
			}
		}
	}
}

func TestELFImports(t *testing.T) {
	for _, bits := range []int{32, 64} {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			e, err := parseELF(elfImage(bits, order, []string{"libc.so.6"}, 0))
			if err != nil {
				t.Fatal(err)
			}
			if got := e.Imports("listen", "accept", "xlisten", "bind"); !got["listen"] || len(got) != 1 {
				t.Errorf("%d bits, %v: imports %v, want listen alone", bits, order, got)
			}
		}
	}
}

// TestParseELFDamaged holds that a file cut off anywhere, or with any one byte
// changed, is an error or a result, never a panic.
func TestParseELFDamaged(t *testing.T) {
	whole := elfImage(32, binary.BigEndian, []string{"libc.so.0"}, 0)
	for n := range whole {
		if _, err := parseELF(whole[:n]); err == nil && n < 52+4*32 {
			t.Errorf("cut off at %d bytes: no error", n)
		}
		for _, v := range []byte{0, 0x7f, 0xff} {
			changed := slices.Clone(whole)
			changed[n] = v
			if e, err := parseELF(changed); err == nil {
				e.Imports("listen")
			}
		}
	}
	if _, err := parseELF([]byte("#!/bin/sh\nexit 0 # long enough to be read as a header, but it is no ELF\n")); !errors.Is(err, errNotELF) {
		t.Errorf("a script: %v, want errNotELF", err)
	}
}

// TestParseELFOwn reads the test program itself.
func TestParseELFOwn(t *testing.T) {
	name, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parseELF(data); errors.Is(err, errNotELF) {
		t.Skip("this system's programs are no ELF files")
	} else if err != nil {
		t.Error(err)
	}
}

func FuzzParseELF(f *testing.F) {
	for _, bits := range []int{32, 64} {
		f.Add(elfImage(bits, binary.LittleEndian, []string{"libc.so.6"}, df1PIE))
		f.Add(elfImage(bits, binary.BigEndian, nil, 0))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := parseELF(data)
		if err != nil {
			return
		}
		if len(e.Needed) > maxNeeded || len(e.Segments) > maxSegments {
			t.Errorf("%d libraries, %d segments", len(e.Needed), len(e.Segments))
		}
		e.Fortified()
		e.Imports("listen", "bind")
	})
}
