package hex

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/memory"
)

// SRecord is Motorola's format.
var SRecord = &format.Format{Name: "srec", Probe: probeSRecord, Open: openSRecord}

// addressBytes has the width of the address of each type; 0 where there is no such
// type. S5 and S6 count records there.
var addressBytes = [10]int{2, 2, 3, 4, 0, 2, 3, 4, 3, 2}

// sRecord is a record that was decoded.
type sRecord struct {
	kind    byte // '0' to '9'
	address uint64
	data    []byte
}

// parse decodes a line and compares its checksum.
func (r *sRecord) parse(line, buf []byte) (problem string) {
	if len(line) < 2 || line[1] < '0' || line[1] > '9' || addressBytes[line[1]-'0'] == 0 {
		return "record of an unknown type"
	}
	raw, ok := digits(buf, line[2:])
	width := addressBytes[line[1]-'0']
	switch {
	case !ok:
		return "not hexadecimal"
	case len(raw) < 1 || len(raw) != 1+int(raw[0]) || len(raw) < 2+width:
		return "its length is not as it says"
	}
	sum := byte(0)
	for _, c := range raw {
		sum += c
	}
	if sum != 0xff {
		return fmt.Sprintf("checksum differs: %02x, not %02x", raw[len(raw)-1], raw[len(raw)-1]-sum-1)
	}
	r.kind, r.address = line[1], 0
	for _, c := range raw[1 : 1+width] {
		r.address = r.address<<8 | uint64(c)
	}
	r.data = raw[1+width : len(raw)-1]
	return ""
}

func probeSRecord(in format.Input) format.Likeness {
	return probeLines(in, 'S', func(line []byte) bool {
		var r sRecord
		return r.parse(line, make([]byte, maxLine/2)) == ""
	})
}

// srec is the state of reading.
type srec struct {
	lines         *lines
	memory        *memory.Map
	bad           problems
	attributes    map[string]string
	records, data int
	counted       bool // the last record was a count
	ended         bool
}

func openSRecord(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	s := &srec{lines: newLines(ctx, in), memory: memory.New(b, "line"), attributes: map[string]string{}}
	s.memory.Near = true
	length, err := s.read()
	if err != nil {
		return nil, err
	}
	if s.records == 0 {
		return nil, format.Errorf(0, "no record whose checksum holds")
	}
	if !s.ended && !s.counted {
		s.bad.add(length, 0, "the file ends without an end record and a count, after line %d", s.lines.number)
	}
	s.attributes["records"] = strconv.Itoa(s.records)
	parts, damage := s.memory.Parts("", format.Code)
	for _, d := range damage {
		s.bad.add(d.Offset, d.Length, "%s", d.Reason)
	}
	return &format.Opened{Length: length, Attributes: s.attributes, Parts: parts, Damage: s.bad.damage}, nil
}

func (s *srec) read() (end int64, err error) {
	buf := make([]byte, maxLine)
	for !s.ended {
		ok, err := s.lines.read()
		if err != nil {
			return 0, err
		}
		if !ok || !printable(s.lines.text) {
			return end, nil
		}
		if err := s.line(buf); err != nil {
			return 0, err
		}
		end = s.lines.next
	}
	return s.lines.blank()
}

func (s *srec) line(buf []byte) error {
	l := s.lines
	var r sRecord
	problem := "not a record"
	switch {
	case len(l.text) == 0:
		return nil
	case l.text[0] == 'S':
		problem = r.parse(l.text, buf)
	}
	if problem != "" {
		s.bad.add(l.off, l.length(), "line %d: %s", l.number, problem)
		return nil
	}
	s.records++
	return s.record(&r)
}

// record takes one record.
func (s *srec) record(r *sRecord) error {
	l := s.lines
	s.counted = false
	switch r.kind {
	case '0':
		if text := strings.TrimRight(string(r.data), "\x00 "); text != "" && printable([]byte(text)) {
			s.attributes["header"] = text
		}
	case '1', '2', '3':
		s.data++
		if r.address+uint64(len(r.data)) > 1<<32 {
			s.bad.add(l.off, l.length(), "line %d: behind the end of the memory", l.number)
			return nil
		}
		return s.memory.Write(r.address, r.data, memory.Record{Number: l.number, Offset: l.off, Length: l.length()})
	case '5', '6':
		s.counted = true
		if r.address != uint64(s.data) {
			s.bad.add(l.off, l.length(), "line %d: %d records, %d were read", l.number, r.address, s.data)
		}
	default:
		s.ended = true
		s.attributes["entry"] = fmt.Sprintf("0x%08x", r.address)
	}
	return nil
}
