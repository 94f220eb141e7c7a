// Package hex reads the files that flash tools are fed with: Intel HEX, S-records
// of Motorola, and UF2 of Microsoft. Each becomes pieces of memory, named by their
// addresses.
//
// Intel HEX is read as Intel's "Hexadecimal Object File Format Specification",
// revision A, has it, with 16, 20 and 32 bits of address, and as the "Universal Hex
// Format" of the Micro:bit Educational Foundation, which holds programs of several
// boards in one file. S-records are read as srec(5) has them, UF2 as
// github.com/microsoft/uf2 describes it; its MD5 checksums of flash regions are
// not compared.
//
// Every record's checksum is compared. A record that is wrong is left out, and
// said with its line, for no tool would write it either.
package hex

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/memory"
)

// Intel is Intel HEX.
var Intel = &format.Format{Name: "intel-hex", Probe: probeIntel, Open: openIntel}

// Types of records; those from 0x0a on are of the Universal Hex Format.
const (
	recordData = iota
	recordEnd
	recordSegment
	recordStartSegment
	recordLinear
	recordStartLinear
)

// recordSizes are the bytes in records that have so many always.
var recordSizes = [256]int{recordSegment: 2, recordStartSegment: 4, recordLinear: 2, recordStartLinear: 4}

const (
	recordBlockStart = 0x0a + iota
	recordBlockEnd
	recordPadding
	recordBoardData
	recordOther
)

// maxBoards is how many boards have a program in one file.
const maxBoards = 64

// intelRecord is a record that was decoded.
type intelRecord struct {
	kind byte
	off  uint16
	data []byte
}

// parse decodes a line and compares its checksum.
func (r *intelRecord) parse(line, buf []byte) (problem string) {
	raw, ok := digits(buf, line[1:])
	switch {
	case !ok:
		return "not hexadecimal"
	case len(raw) < 5 || len(raw) != 5+int(raw[0]):
		return "its length is not as it says"
	}
	sum := byte(0)
	for _, c := range raw {
		sum += c
	}
	if sum != 0 {
		return fmt.Sprintf("checksum differs: %02x, not %02x", raw[len(raw)-1], raw[len(raw)-1]-sum)
	}
	r.kind, r.off, r.data = raw[3], binary.BigEndian.Uint16(raw[1:]), raw[4:len(raw)-1]
	return ""
}

// probeIntel is sure of two records whose checksums hold.
func probeIntel(in format.Input) format.Likeness {
	return probeLines(in, ':', func(line []byte) bool {
		var r intelRecord
		return r.parse(line, make([]byte, maxLine/2)) == ""
	})
}

// probeLines looks at the first two lines.
func probeLines(in format.Input, first byte, good func(line []byte) bool) format.Likeness {
	if h := in.Head(2); len(h) < 2 || h[0] != first {
		return format.No
	}
	head := string(in.Head(2 * maxLine))
	one, rest, _ := strings.Cut(head, "\n")
	if one = strings.TrimRight(one, "\r \t"); !good([]byte(one)) {
		return format.No
	}
	two, _, _ := strings.Cut(rest, "\n")
	if two = strings.TrimRight(two, "\r \t"); len(two) > 0 && two[0] == first && good([]byte(two)) {
		return format.Sure
	}
	return format.Likely
}

// intel is the state of reading.
type intel struct {
	lines   *lines
	budget  *format.Budget
	bad     problems
	base    uint64
	segment bool
	board   int // of the block; -1 outside
	boards  map[int]*memory.Map
	entry   string
	ended   bool
	records int
}

const noBoard, otherData = -1, -2

func openIntel(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	x := &intel{lines: newLines(ctx, in), budget: b, board: noBoard, boards: map[int]*memory.Map{}}
	length, err := x.read()
	if err != nil {
		return nil, err
	}
	if x.records == 0 {
		return nil, format.Errorf(0, "no record whose checksum holds")
	}
	if !x.ended {
		x.bad.add(length, 0, "the file ends without an end record, after line %d", x.lines.number)
	}
	o := &format.Opened{Length: length, Attributes: map[string]string{"records": strconv.Itoa(x.records)}}
	if x.entry != "" {
		o.Attributes["entry"] = x.entry
	}
	x.parts(o)
	return o, nil
}

// read reads records up to the last, and gives where the file ends.
func (x *intel) read() (end int64, err error) {
	buf := make([]byte, maxLine)
	for !x.ended {
		ok, err := x.lines.read()
		if err != nil {
			return 0, err
		}
		if !ok || !printable(x.lines.text) {
			return end, nil
		}
		if err := x.line(buf); err != nil {
			return 0, err
		}
		end = x.lines.next
	}
	return x.lines.blank()
}

func (x *intel) line(buf []byte) error {
	l := x.lines
	if len(l.text) == 0 {
		return nil
	}
	if l.text[0] != ':' {
		x.bad.add(l.off, l.length(), "line %d: not a record", l.number)
		return nil
	}
	var r intelRecord
	if problem := r.parse(l.text, buf); problem != "" {
		x.bad.add(l.off, l.length(), "line %d: %s", l.number, problem)
		return nil
	}
	x.records++
	return x.record(&r)
}

// record takes one record.
func (x *intel) record(r *intelRecord) error {
	if n := recordSizes[r.kind]; r.kind > recordData && r.kind <= recordStartLinear && n != len(r.data) {
		x.bad.add(x.lines.off, x.lines.length(), "line %d: record of type %d with %d bytes", x.lines.number, r.kind, len(r.data))
		return nil
	}
	switch r.kind {
	case recordData, recordBoardData:
		return x.write(x.board, r)
	case recordEnd:
		x.ended = true
	case recordSegment:
		x.base, x.segment = uint64(binary.BigEndian.Uint16(r.data))<<4, true
	case recordLinear:
		x.base, x.segment = uint64(binary.BigEndian.Uint16(r.data))<<16, false
	case recordStartSegment:
		x.entry = fmt.Sprintf("0x%08x", uint32(binary.BigEndian.Uint16(r.data))<<4+uint32(binary.BigEndian.Uint16(r.data[2:])))
	case recordStartLinear:
		x.entry = fmt.Sprintf("0x%08x", binary.BigEndian.Uint32(r.data))
	case recordBlockStart:
		if len(r.data) < 2 {
			x.bad.add(x.lines.off, x.lines.length(), "line %d: a block without a board", x.lines.number)
			return nil
		}
		x.board = int(binary.BigEndian.Uint16(r.data))
	case recordBlockEnd, recordPadding:
	case recordOther:
		return x.write(otherData, r)
	default:
		x.bad.add(x.lines.off, x.lines.length(), "line %d: record of unknown type %d", x.lines.number, r.kind)
	}
	return nil
}

// write writes a record to the memory of a board. In a segment the address wraps
// after 64 KiB, otherwise it goes on; behind 4 GiB there is nothing.
func (x *intel) write(board int, r *intelRecord) error {
	m := x.boards[board]
	if m == nil {
		if len(x.boards) == maxBoards {
			x.bad.add(x.lines.off, x.lines.length(), "line %d: more than %d boards", x.lines.number, maxBoards)
			return nil
		}
		m = memory.New(x.budget, "line")
		m.Near = true
		x.boards[board] = m
	}
	from := memory.Record{Number: x.lines.number, Offset: x.lines.off, Length: x.lines.length()}
	first := r.data
	if room := 1<<16 - int(r.off); x.segment && len(first) > room {
		first = first[:room]
	}
	if x.base+uint64(r.off)+uint64(len(first)) > 1<<32 {
		x.bad.add(x.lines.off, x.lines.length(), "line %d: behind the end of the memory", x.lines.number)
		return nil
	}
	if err := m.Write(x.base+uint64(r.off), first, from); err != nil {
		return err
	}
	return m.Write(x.base, r.data[len(first):], from)
}

// parts gives the memory of each board.
func (x *intel) parts(o *format.Opened) {
	var names []string
	for _, board := range sortedKeys(x.boards) {
		prefix := ""
		switch {
		case board == otherData:
			prefix = "other-"
		case board >= 0:
			names = append(names, fmt.Sprintf("0x%04x", board))
			prefix = fmt.Sprintf("board-%04x-", board)
		}
		parts, damage := x.boards[board].Parts(prefix, format.Code)
		o.Parts = append(o.Parts, parts...)
		for _, d := range damage {
			x.bad.add(d.Offset, d.Length, "%s", d.Reason)
		}
	}
	if names != nil {
		o.Attributes["boards"] = strings.Join(names, " ")
	}
	o.Damage = x.bad.damage
}

func sortedKeys[K int | uint32, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
