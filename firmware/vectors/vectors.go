// Package vectors reads programs of Arm Cortex-M microcontrollers as they lie in
// flash. Such a program has no header: it begins with a table of vectors, the
// stack pointer first, then the addresses of the handlers of the exceptions and
// interrupts, as the Armv6-M, Armv7-M and Armv8-M Architecture Reference Manuals
// have it (B1.5.3 of the second).
//
// There is no magic and no checksum, so that all that must hold of such a table is
// asked for: the stack lies in memory, aligned; reset, NMI and HardFault have
// handlers in Thumb code; so has every other exception that is used; all of them
// lie so close together that the program holds them; what is reserved is not used.
// Programs for other processors have no such table and are not recognised.
package vectors

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// Format is a program of a Cortex-M.
var Format = &format.Format{Name: "cortex-m", Probe: probe, Open: open}

const (
	minProgram    = 512
	maxProgram    = 64 << 20
	exceptions    = 16  // words of the table that the processor uses itself
	maxInterrupts = 480 // of Armv8-M
	thumb         = 1
	stackAlign    = 4
)

// Words of the table.
const (
	stackPointer = 0
	reset        = 1
	nmi          = 2
	hardFault    = 3
	svCall       = 11
	pendSV       = 14
	sysTick      = 15
)

// reserved are the words of which most are zero. Makers put a checksum or a
// pointer of their own into some of them.
var reserved = [...]int{7, 8, 9, 10, 13}

// table is a table of vectors that makes sense.
type table struct {
	stack, reset uint32
	words        int    // with the interrupts
	low, high    uint32 // of the handlers
}

// Plausible reports whether a program of size bytes, which begins with head, has a
// table of vectors that makes sense.
func Plausible(head []byte, size int64) bool {
	_, ok := read(head, size)
	return ok
}

// read reads the table that a program of size bytes begins with.
func read(head []byte, size int64) (t table, ok bool) {
	if size < minProgram || size > maxProgram || len(head) < 4*exceptions {
		return t, false
	}
	word := func(i int) uint32 { return binary.LittleEndian.Uint32(head[4*i:]) }
	t = table{stack: word(stackPointer), reset: word(reset), low: word(reset), high: word(reset)}
	if !isMemory(t.stack) || t.stack%stackAlign != 0 {
		return t, false
	}
	for _, i := range [...]int{reset, nmi, hardFault, 4, 5, 6, svCall, 12, pendSV, sysTick} {
		v := word(i)
		if v == 0 && i > hardFault {
			continue
		}
		if !t.handler(v, size) {
			return t, false
		}
	}
	used := 0
	for _, i := range reserved {
		if word(i) != 0 && !t.near(word(i), size) {
			used++
		}
	}
	if used > 2 || word(svCall)|word(pendSV)|word(sysTick) == 0 && used > 0 {
		return t, false
	}
	t.interrupts(head, size)
	return t, true
}

// interrupts counts the words that go on the table.
func (t *table) interrupts(head []byte, size int64) {
	t.words = exceptions
	for i := exceptions; i < exceptions+maxInterrupts && 4*i+4 <= len(head); i++ {
		v := binary.LittleEndian.Uint32(head[4*i:])
		if v != 0 && !t.handler(v, size) {
			return
		}
		if v != 0 {
			t.words = i + 1
		}
	}
}

// handler takes an address of Thumb code into the table.
func (t *table) handler(v uint32, size int64) bool {
	if v&thumb == 0 || !t.near(v, size) {
		return false
	}
	t.low, t.high = min(t.low, v), max(t.high, v)
	return true
}

// near reports whether an address may be in the program with the others: behind
// the table, and before its end.
func (t *table) near(v uint32, size int64) bool {
	low, high := min(t.low, v), max(t.high, v)
	return low >= 4*exceptions && int64(high-low) <= size-4*exceptions
}

// memory are the places where microcontrollers have memory for a stack; the end
// of the stack is the end of the memory at most.
var memory = [...]struct{ from, to uint32 }{
	{0x10000000, 0x11000000}, // of NXP, core-coupled of ST, Ambiq
	{0x1f000000, 0x40000000}, // where the architecture has it, and just below
}

func isMemory(v uint32) bool {
	for _, m := range memory {
		if v > m.from && v <= m.to {
			return true
		}
	}
	return false
}

func probe(in format.Input) format.Likeness {
	if Plausible(in.Head(4*exceptions), in.Size) {
		return format.Likely
	}
	return format.No
}

func open(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	t, ok := read(in.Head(4*(exceptions+maxInterrupts)), in.Size)
	if !ok {
		return nil, format.Errorf(0, "no table of vectors")
	}
	end := int64(4 * t.words)
	return &format.Opened{
		Length: in.Size,
		Attributes: map[string]string{
			"initial-sp": fmt.Sprintf("0x%08x", t.stack),
			"reset":      fmt.Sprintf("0x%08x", t.reset),
			"vectors":    fmt.Sprint(t.words),
		},
		Parts: []format.Part{{Offset: end, Length: in.Size - end, Role: format.Flat}},
	}, nil
}
