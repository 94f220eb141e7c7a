package elfimage_test

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/elfimage"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
)

// segment is a segment to build.
type segment struct {
	kind elf.ProgType
	at   uint32
	data string
}

// build writes an ELF file, its segments one after another behind the header.
func build(machine elf.Machine, kind elf.Type, order binary.ByteOrder, segments ...segment) []byte {
	data := elf.ELFDATA2LSB
	if order == binary.BigEndian {
		data = elf.ELFDATA2MSB
	}
	h := elf.Header32{
		Type: uint16(kind), Machine: uint16(machine), Version: 1, Entry: 0x08000401, Phoff: 52, Ehsize: 52, Phentsize: 32, Phnum: uint16(len(segments)), Shentsize: 40,
	}
	copy(h.Ident[:], "\x7fELF\x01\x00\x01")
	h.Ident[elf.EI_DATA] = byte(data)
	var table, content bytes.Buffer
	for _, s := range segments {
		off := 52 + 32*len(segments) + content.Len()
		_ = binary.Write(&table, order, elf.Prog32{
			Type: uint32(s.kind), Off: uint32(off), Vaddr: s.at, Paddr: s.at, Filesz: uint32(len(s.data)), Memsz: uint32(len(s.data)), Flags: uint32(elf.PF_R | elf.PF_X),
		})
		content.WriteString(s.data)
	}
	var out bytes.Buffer
	_ = binary.Write(&out, order, h)
	return slices.Concat(out.Bytes(), table.Bytes(), content.Bytes())
}

// cortex is code that begins with a table of vectors.
func cortex() string {
	var b []byte
	for _, v := range []uint32{0x20005000, 0x08000401, 0x08000411, 0x08000421, 0, 0, 0, 0, 0, 0, 0, 0x08000461, 0, 0, 0x08000481, 0x08000491} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return string(append(b, firmwaretest.Kernel("", 4000)...))
}

func describe(t *testing.T, b []byte) string {
	t.Helper()
	in := format.InMemory(b)
	if elfimage.Format.Probe(in) == format.No {
		return "none"
	}
	o, err := elfimage.Format.Open(t.Context(), in, format.NewBudget(1000, 64<<20, 16<<20, 256))
	if err != nil {
		return "error: " + err.Error()
	}
	s := []string{o.Attributes["machine"]}
	for _, p := range o.Parts {
		n := p.Length
		if p.Bytes.ReaderAt != nil {
			n = p.Bytes.Size
		}
		s = append(s, fmt.Sprintf("%s+%d", p.Name, n))
	}
	for _, d := range o.Damage {
		s = append(s, "["+d.Reason+"]")
	}
	return strings.Join(s, " ")
}

func TestKinds(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	load := func(at uint32, data string) segment { return segment{elf.PT_LOAD, at, data} }
	cut := build(elf.EM_AVR, elf.ET_EXEC, le, load(0, "abcd"))
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"Cortex-M":         {build(elf.EM_ARM, elf.ET_EXEC, le, load(0x08000000, cortex()), load(0x20000000, "data")), "arm 0x08000000+4064 0x20000000+4"},
		"adjacent":         {build(elf.EM_ARM, elf.ET_EXEC, le, load(0x08000000, cortex()), load(0x08000fe0, "data")), "arm 0x08000000+4068"},
		"RISC-V":           {build(elf.EM_RISCV, elf.ET_EXEC, le, load(0x20400000, "code")), "riscv 0x20400000+4"},
		"V850 big endian":  {build(elf.EM_V850, elf.ET_EXEC, be, load(0, "code")), "v850 0x00000000+4"},
		"overlap":          {build(elf.EM_AVR, elf.ET_EXEC, le, load(0, "abcd"), load(2, "xy")), "avr 0x00000000+4 [0x00000002 is written twice: from segment 0 on, and again from segment 1 on; the later counts]"},
		"cut":              {cut[:len(cut)-1], "error: at 0x0: no segment is loaded"},
		"Arm of a system":  {build(elf.EM_ARM, elf.ET_EXEC, le, load(0x10000, string(firmwaretest.Kernel("", 4000)))), "none"},
		"interpreter":      {build(elf.EM_RISCV, elf.ET_EXEC, le, load(0, "code"), segment{elf.PT_INTERP, 0, "/lib/ld.so"}), "none"},
		"dynamic":          {build(elf.EM_RISCV, elf.ET_EXEC, le, load(0, "code"), segment{elf.PT_DYNAMIC, 0, "x"}), "none"},
		"shared":           {build(elf.EM_RISCV, elf.ET_DYN, le, load(0, "code")), "none"},
		"object":           {build(elf.EM_RISCV, elf.ET_REL, le, load(0, "code")), "none"},
		"MIPS":             {build(elf.EM_MIPS, elf.ET_EXEC, be, load(0x80000000, "code")), "none"},
		"nothing to load":  {build(elf.EM_AVR, elf.ET_EXEC, le, segment{elf.PT_NOTE, 0, "code"}), "none"},
		"segments far off": {build(elf.EM_AVR, elf.ET_EXEC, le)[:52], "none"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := describe(t, c.file); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestInImage opens a firmware, and leaves a program of a root file system alone.
func TestInImage(t *testing.T) {
	file := build(elf.EM_ARM, elf.ET_EXEC, binary.LittleEndian, segment{elf.PT_LOAD, 0x08000000, cortex()})
	img := reference.Open(t, file)
	if f := img.Files[0]; !strings.HasPrefix(f.Path, "image.bin!elf!0x08000000!cortex-m!code-0x") {
		t.Error(f.Path)
	}
	img = reference.Open(t, firmwaretest.Squashfs(
		firmwaretest.Binary("lib/firmware/radio.elf", 0o644, file), firmwaretest.Text("etc/passwd", 0o644, "root"), firmwaretest.Text("bin/sh", 0o755, "#!"),
	))
	for _, c := range img.Containers {
		if c.Type == "elf" {
			t.Errorf("%s was opened", c.Path)
		}
	}
}

func seeds() [][]byte {
	return [][]byte{
		build(elf.EM_ARM, elf.ET_EXEC, binary.LittleEndian, segment{elf.PT_LOAD, 0x08000000, cortex()}),
		build(elf.EM_AVR, elf.ET_EXEC, binary.LittleEndian, segment{elf.PT_LOAD, 0, "abcd"}, segment{elf.PT_LOAD, 4, "efgh"}),
	}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, elfimage.Format, seeds()...) }

func FuzzELF(f *testing.F) { formattest.Fuzz(f, elfimage.Format, seeds()...) }

func BenchmarkOpen(b *testing.B) {
	file := build(elf.EM_AVR, elf.ET_EXEC, binary.LittleEndian, segment{elf.PT_LOAD, 0, string(firmwaretest.Kernel("", 1<<20))}, segment{elf.PT_LOAD, 1 << 20, "more"})
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if _, err := elfimage.Format.Open(b.Context(), format.InMemory(file), format.NewBudget(1000, 1<<40, 16<<20, 256)); err != nil {
			b.Fatal(err)
		}
	}
}
