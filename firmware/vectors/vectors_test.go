package vectors_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/vectors"
)

// table are the words of a table.
type table [18]uint32

// program is a table and code behind it.
func program(w table, code []byte) []byte {
	var b []byte
	for _, v := range w {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return append(b, code...)
}

// usual is the table of a program of an STM32.
var usual = table{
	0x20005000, 0x08000401, 0x08000411, 0x08000421, 0x08000431, 0x08000441, 0x08000451, 0, 0, 0, 0,
	0x08000461, 0x08000471, 0, 0x08000481, 0x08000491, 0x080004a1, 0x080004b1,
}

func code() []byte { return bytes.Repeat([]byte{0x00, 0xb5, 0xfe, 0xe7, 0x10, 0xbd, 0x01, 0x20}, 1000) }

func with(change func(w *table)) table {
	w := usual
	change(&w)
	return w
}

func TestTables(t *testing.T) {
	for name, c := range map[string]struct {
		w    table
		want bool
	}{
		"usual":               {usual, true},
		"Cortex-M0":           {with(func(w *table) { w[4], w[5], w[6], w[12] = 0, 0, 0, 0 }), true},
		"checksum of NXP":     {with(func(w *table) { w[7] = 0xefff1234 }), true},
		"memory below":        {with(func(w *table) { w[0] = 0x10008000 }), true},
		"all in reserved too": {with(func(w *table) { w[7], w[8], w[9], w[10], w[13] = w[3], w[3], w[3], w[3], w[3] }), true},
		"stack in flash":      {with(func(w *table) { w[0] = 0x08005000 }), false},
		"stack not aligned":   {with(func(w *table) { w[0]++ }), false},
		"no stack":            {with(func(w *table) { w[0] = 0 }), false},
		"stack at the start":  {with(func(w *table) { w[0] = 0x10000000 }), false},
		"reset without thumb": {with(func(w *table) { w[1]-- }), false},
		"no NMI":              {with(func(w *table) { w[2] = 0 }), false},
		"HardFault far away":  {with(func(w *table) { w[3] = 0x08100001 }), false},
		"SVCall far away":     {with(func(w *table) { w[11] = 0x20000001 }), false},
		"SysTick in no thumb": {with(func(w *table) { w[15]-- }), false},
		"reserved is used":    {with(func(w *table) { w[8], w[9], w[10] = 1, 2, 3 }), false},
		"reset below":         {with(func(w *table) { w[1], w[2], w[3] = 5, 7, 9 }), false},
		"interrupt is none":   {with(func(w *table) { w[16] = 0x20000000 }), true},
	} {
		ok := vectors.Plausible(program(c.w, code()), 8000)
		if ok != c.want {
			t.Errorf("%s: %v, want %v", name, ok, c.want)
		}
	}
	if vectors.Plausible(program(usual, nil)[:60], 8000) {
		t.Error("half a table")
	}
	if vectors.Plausible(program(usual, nil), 500) {
		t.Error("a tiny program")
	}
}

func TestOpen(t *testing.T) {
	b := program(usual, code())
	o, err := vectors.Format.Open(t.Context(), format.InMemory(b), nil)
	if err != nil {
		t.Fatal(err)
	}
	if p := o.Parts[0]; o.Attributes["initial-sp"] != "0x20005000" || o.Attributes["reset"] != "0x08000401" || o.Attributes["vectors"] != "18" ||
		p.Offset != 72 || p.Length != 8000 || p.Role != format.Flat || o.Length != int64(len(b)) {
		t.Errorf("%+v", o)
	}
}

// TestExplains asks that flat code is examined but for what is encrypted in it.
func TestExplains(t *testing.T) {
	noise := make([]byte, 64<<10)
	random := rand.New(rand.NewPCG(7, 8))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	inner := firmwaretest.Squashfs(firmwaretest.Text("etc/passwd", 0o644, "root"))
	flash := bytes.Repeat([]byte{0xff}, 512<<10)
	copy(flash, program(usual, bytes.Repeat(code(), 8)))
	copy(flash[128<<10:], noise)
	copy(flash[256<<10:], inner)
	img := reference.Open(t, flash)
	class := map[firmware.Class]int64{}
	for _, r := range img.Ranges {
		class[r.Class] += r.Length
	}
	if n := class[firmware.Unexplained]; n != int64(len(noise)) || class[firmware.Padding] < 256<<10 || img.Opaque {
		t.Errorf("%v", class)
	}
	reference.Find(t, img, "!cortex-m!squashfs!etc/passwd")
	if f := reference.Find(t, img, "!cortex-m!code-0x00000048"); f.Size != 256<<10-72 {
		t.Errorf("%+v", f)
	}
	if img := reference.Open(t, program(usual, noise)); len(img.Ranges) != 2 || img.Ranges[1].Class != firmware.Unexplained {
		t.Errorf("%v", img.Ranges)
	}
}

// TestChance looks at a lot of noise with a stack in front.
func TestChance(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	b := make([]byte, 64)
	for range 1_000_000 {
		for i := range 16 {
			binary.LittleEndian.PutUint32(b[4*i:], random.Uint32())
		}
		binary.LittleEndian.PutUint32(b, 0x20000000|random.Uint32()&0xfffc)
		if vectors.Plausible(b, 1<<20) {
			t.Fatalf("chance bytes: %x", b)
		}
	}
}

func TestCorpus(t *testing.T) {
	b, err := os.ReadFile("../../../shared/corpus/syn-tag-mcuboot-p256.bin")
	if err != nil {
		t.Skip("no corpus beside the project")
	}
	img := reference.Open(t, b)
	if !slices.ContainsFunc(img.Containers, func(c *firmware.Container) bool {
		return c.Type == "cortex-m" && c.Attributes["initial-sp"] == "0x10003fe0" && c.Attributes["reset"] == "0x00008cc9"
	}) {
		t.Error("the program of an LPC17xx is not recognised")
	}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, vectors.Format, program(usual, code())) }

func FuzzVectors(f *testing.F) { formattest.Fuzz(f, vectors.Format, program(usual, code())) }

func BenchmarkPlausible(b *testing.B) {
	p := program(usual, code())
	b.SetBytes(64)
	for b.Loop() {
		vectors.Plausible(p, int64(len(p)))
	}
}
