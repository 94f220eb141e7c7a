package elf

import (
	"encoding/binary"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/assay-iot/assay/checks/facts/elf/elftest"
)

func TestParseELF(t *testing.T) {
	for _, bits := range []int{32, 64} {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			e, err := Parse(elftest.Image(bits, order, []string{"libssl.so.3", "libc.so.6"}, df1Now|df1PIE))
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
			e, err := Parse(elftest.Image(bits, order, []string{"libc.so.6"}, 0))
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
	whole := elftest.Image(32, binary.BigEndian, []string{"libc.so.0"}, 0)
	for n := range whole {
		if _, err := Parse(whole[:n]); err == nil && n < 52+4*32 {
			t.Errorf("cut off at %d bytes: no error", n)
		}
		for _, v := range []byte{0, 0x7f, 0xff} {
			changed := slices.Clone(whole)
			changed[n] = v
			if e, err := Parse(changed); err == nil {
				e.Imports("listen")
			}
		}
	}
	if _, err := Parse([]byte("#!/bin/sh\nexit 0 # long enough to be read as a header, but it is no ELF\n")); !errors.Is(err, ErrNotELF) {
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
	if _, err := Parse(data); errors.Is(err, ErrNotELF) {
		t.Skip("this system's programs are no ELF files")
	} else if err != nil {
		t.Error(err)
	}
}

func FuzzParseELF(f *testing.F) {
	for _, bits := range []int{32, 64} {
		f.Add(elftest.Image(bits, binary.LittleEndian, []string{"libc.so.6"}, df1PIE))
		f.Add(elftest.Image(bits, binary.BigEndian, nil, 0))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := Parse(data)
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
