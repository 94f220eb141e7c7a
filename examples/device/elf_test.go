package device

import (
	"bytes"
	"debug/elf"
	"testing"
)

// The written programs are what readelf would call position-independent and
// hardened, and a library is one.
func TestHardened(t *testing.T) {
	for name, wantInterp := range map[string]bool{"usr/sbin/lighttpd": true, "usr/lib/libssl.so.3": false} {
		f, err := elf.NewFile(bytes.NewReader(hardened(name)))
		if err != nil {
			t.Fatal(err)
		}
		if f.Type != elf.ET_DYN || f.Machine != elf.EM_ARM || f.Entry != codeAt {
			t.Errorf("%s: %v %v, entry 0x%x", name, f.Type, f.Machine, f.Entry)
		}
		seen := map[elf.ProgType]elf.ProgFlag{}
		for _, p := range f.Progs {
			seen[p.Type] = p.Flags
			if p.Flags&elf.PF_W != 0 && p.Flags&elf.PF_X != 0 {
				t.Errorf("%s: a segment can be written and run", name)
			}
			if p.Type == elf.PT_LOAD && p.Vaddr%p.Align != p.Off%p.Align {
				t.Errorf("%s: segment at 0x%x cannot be mapped at 0x%x", name, p.Off, p.Vaddr)
			}
		}
		for _, want := range []elf.ProgType{elf.PT_LOAD, elf.PT_DYNAMIC, elf.PT_GNU_RELRO, elf.PT_GNU_STACK} {
			if _, ok := seen[want]; !ok {
				t.Errorf("%s has no %v", name, want)
			}
		}
		if _, ok := seen[elf.PT_INTERP]; ok != wantInterp {
			t.Errorf("%s has a loader: %v", name, ok)
		}
	}
}
