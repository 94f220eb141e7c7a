package memory_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/memory"
)

func budget() *format.Budget { return format.NewBudget(1000, 64<<20, 1<<20, 256) }

func content(t *testing.T, p format.Part) []byte {
	t.Helper()
	b, err := p.Bytes.Bytes(0, p.Bytes.Size)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestAgainstPlain writes at random, and compares with a plain array.
func TestAgainstPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		m := memory.New(budget(), "record")
		plain := map[uint64]byte{}
		overlap := false
		for i := range 1 + r.IntN(60) {
			at := uint64(r.IntN(200_000))
			data := bytes.Repeat([]byte{byte(i + 1)}, 1+r.IntN(900))
			for k := range data {
				if _, ok := plain[at+uint64(k)]; ok {
					overlap = true
				}
				plain[at+uint64(k)] = data[k]
			}
			if err := m.Write(at, data, memory.Record{Number: i}); err != nil {
				t.Fatal(err)
			}
		}
		parts, damage := m.Parts("", format.Code)
		if overlap != (len(damage) > 0) {
			t.Fatalf("round %d: overlap %v, but %v", round, overlap, damage)
		}
		seen := 0
		for _, p := range parts {
			var base uint64
			if _, err := fmt.Sscanf(p.Name, "0x%x", &base); err != nil {
				t.Fatal(err)
			}
			for k, c := range content(t, p) {
				want, ok := plain[base+uint64(k)]
				if ok {
					seen++
				} else {
					want = 0xff
				}
				if c != want {
					t.Fatalf("round %d: 0x%x is %02x, want %02x", round, base+uint64(k), c, want)
				}
			}
		}
		if seen != len(plain) {
			t.Fatalf("round %d: %d of %d bytes", round, seen, len(plain))
		}
	}
}

func TestGaps(t *testing.T) {
	for name, c := range map[string]struct {
		at    []uint64
		parts string
	}{
		"small gap":         {[]uint64{0, 0x1000}, "0x00000000:4112"},
		"wide gap":          {[]uint64{0, 0x1020}, "0x00000000:16 0x00001020:16"},
		"four gigabytes":    {[]uint64{0, 0xfffffff0}, "0x00000000:16 0xfffffff0:16"},
		"out of order":      {[]uint64{0x30, 0x10, 0x20}, "0x00000010:48"},
		"end of everything": {[]uint64{1<<64 - 16}, ""},
	} {
		m := memory.New(budget(), "line")
		for i, at := range c.at {
			err := m.Write(at, make([]byte, 16), memory.Record{Number: i})
			if (err != nil) != (name == "end of everything") {
				t.Errorf("%s: %v", name, err)
			}
		}
		parts, damage := m.Parts("", format.Code)
		var got []string
		for _, p := range parts {
			got = append(got, fmt.Sprintf("%s:%d", p.Name, p.Bytes.Size))
		}
		if s := strings.Join(got, " "); s != c.parts || damage != nil {
			t.Errorf("%s: %s, %v; want %s", name, s, damage, c.parts)
		}
	}
}

func TestOverlap(t *testing.T) {
	m := memory.New(budget(), "line")
	_ = m.Write(0x100, []byte("aaaaaaaa"), memory.Record{Number: 3, Offset: 30, Length: 10})
	_ = m.Write(0x104, []byte("bb"), memory.Record{Number: 5, Offset: 50, Length: 10})
	parts, damage := m.Parts("", format.Code)
	if len(damage) != 1 || damage[0].Offset != 50 || !strings.Contains(damage[0].Reason, "0x00000104 is written twice: from line 3 on, and again from line 5 on") {
		t.Errorf("%v", damage)
	}
	if got := string(content(t, parts[0])); got != "aaaabbaa" {
		t.Errorf("%q", got)
	}
}

func TestLimits(t *testing.T) {
	m := memory.New(budget(), "line")
	if err := m.Write(0, make([]byte, 1<<20+1), memory.Record{}); !errors.Is(err, format.ErrLimit) {
		t.Errorf("a file of more than its limit: %v", err)
	}
	m = memory.New(budget(), "line")
	for i := range 2000 {
		_ = m.Write(uint64(i)<<16, []byte{1}, memory.Record{Number: i, Offset: int64(i), Length: 1})
	}
	parts, damage := m.Parts("", format.Code)
	if len(parts) != 1024 || len(damage) != 1 || !strings.Contains(damage[0].Reason, "more than 1024 pieces") || damage[0].Offset != 1024 {
		t.Errorf("%d parts, %v", len(parts), damage)
	}
	m = memory.New(format.NewBudget(0, 64<<20, 64<<10, 4), "line")
	for i := range 60 {
		_ = m.Write(uint64(i)*4096, []byte{1}, memory.Record{Number: i})
	}
	if parts, damage := m.Parts("", format.Code); len(parts) != 0 || len(damage) != 1 {
		t.Errorf("60 bytes became %v, %v", parts, damage)
	}
}
