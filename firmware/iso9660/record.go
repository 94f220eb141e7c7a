package iso9660

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/assay-iot/assay/firmware/format"
)

// Places in a directory record.
const (
	extentAt   = 2
	sizeAt     = 10
	timeAt     = 18
	flagsAt    = 25
	unitAt     = 26
	nameSizeAt = 32
	nameAt     = 33
)

// Flags of a directory record.
const (
	isFolder = 0x02
	goesOn   = 0x80 // the next record holds the next part of the file
)

// record is a directory record.
type record struct {
	at     int64 // of the record
	start  int64 // of the content
	size   int64
	flags  byte
	name   string // as it stands there
	use    []byte // the system use area
	time   time.Time
	length int   // of the record
	err    error // the content cannot be found
}

// readRecord reads the record at the start of raw, which stands at a place.
func (r *reader) readRecord(raw []byte, at int64) (rec record, err error) {
	rec.at, rec.length = at, int(raw[0])
	if rec.length <= nameAt || rec.length > len(raw) {
		return rec, format.Errorf(at, "directory record of %d bytes", rec.length)
	}
	raw = raw[:rec.length]
	end := nameAt + int(raw[nameSizeAt])
	if end > len(raw) || raw[nameSizeAt] == 0 {
		return rec, format.Errorf(at, "name of %d bytes in a record of %d", raw[nameSizeAt], rec.length)
	}
	rec.name = string(raw[nameAt:end])
	rec.use = raw[min(end+(end&1), len(raw)):] // the record begins at an even place
	rec.flags, rec.time = raw[flagsAt], shortTime(raw[timeAt:timeAt+7])
	extent, same1 := both32(raw[extentAt:])
	size, same2 := both32(raw[sizeAt:])
	rec.start, rec.size = (int64(extent)+int64(raw[1]))*r.block, int64(size)
	switch {
	case !same1:
		rec.err = format.Errorf(at+extentAt, "the place of the content differs in its two byte orders")
	case !same2:
		rec.err = format.Errorf(at+sizeAt, "the size differs in its two byte orders")
	case raw[unitAt] != 0 || raw[unitAt+1] != 0:
		rec.err = format.Errorf(at+unitAt, "the file is interleaved, which is not read")
	case rec.size > 0 && (rec.start > r.in.Size || rec.size > r.in.Size-rec.start):
		rec.err = format.Errorf(at+extentAt, "%d bytes at 0x%x, the volume ends at 0x%x", rec.size, rec.start, r.in.Size)
	}
	return rec, nil
}

// useAt is where the system use area stands, which ends the record.
func (rec *record) useAt() int64 { return rec.at + int64(rec.length-len(rec.use)) }

func (rec *record) folder() bool { return rec.flags&isFolder != 0 }

// itself reports whether the record is that of the directory or of its parent.
func (rec *record) itself() bool { return rec.name == "\x00" || rec.name == "\x01" }

// plainName is the name without Rock Ridge: the version number after a semicolon
// and the dot of an empty extension are no part of it.
func (rec *record) plainName(joliet bool) string {
	name := rec.name
	if joliet {
		units := make([]uint16, len(name)/2)
		for i := range units {
			units[i] = uint16(name[2*i])<<8 | uint16(name[2*i+1])
		}
		name = string(utf16.Decode(units))
	}
	if i := strings.LastIndexByte(name, ';'); i > 0 && strings.Trim(name[i+1:], "0123456789") == "" {
		name = name[:i]
	}
	if !joliet && len(name) > 1 && !rec.folder() {
		name = strings.TrimSuffix(name, ".")
	}
	return name
}

// shortTime reads seven bytes: year to second, and quarters of an hour from UTC.
func shortTime(b []byte) time.Time {
	if b[1] == 0 {
		return time.Time{}
	}
	t := time.Date(1900+int(b[0]), time.Month(b[1]), int(b[2]), int(b[3]), int(b[4]), int(b[5]), 0, time.UTC)
	return t.Add(-time.Duration(int8(b[6])) * 15 * time.Minute)
}

// longTime reads digits: year to hundredth, and quarters of an hour.
func longTime(b []byte) time.Time {
	var n [7]int
	rest := string(b)
	for i, width := range [...]int{4, 2, 2, 2, 2, 2, 2} {
		v, err := strconv.ParseUint(rest[:width], 10, 16)
		if err != nil {
			return time.Time{}
		}
		n[i], rest = int(v), rest[width:]
	}
	if slices.Max(n[:]) == 0 {
		return time.Time{}
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], n[6]*1e7, time.UTC)
	return t.Add(-time.Duration(int8(rest[0])) * 15 * time.Minute)
}
