package facts

import (
	"bytes"

	"github.com/assay-iot/assay/firmware"
)

// Limits of reading a file of records that end in a NUL byte.
const (
	maxRecordsHead = 32 // bytes before the first record, of a length or sum
	maxRecordName  = 64
	leastRecords   = 3
)

// readAsRecords gives the settings of a file of records that end in a NUL byte, as
// NVRAM and its defaults are kept: "name=value", or name and value as a record each.
// Each becomes a line, and every byte keeps its place.
func readAsRecords(f *firmware.File, content []byte) (Text, bool) {
	if len(content) > MaxText || bytes.IndexByte(content[:min(len(content), 4096)], 0) < 0 || bytes.HasPrefix(content, elfStart) {
		return Text{}, false
	}
	start := 0
	for start < min(len(content), maxRecordsHead) && !beginsRecord(content[start:]) {
		start++
	}
	records := bytes.TrimRight(content[start:], "\x00\xff")
	lines := bytes.Repeat([]byte("\n"), start)
	for _, asPair := range []bool{false, true} {
		if body, ok := recordLines(records, asPair); ok {
			return Text{File: f, Content: string(append(lines, body...))}, true
		}
	}
	return Text{}, false
}

// beginsRecord reports whether a name stands here, and then "=" or the end of a record.
func beginsRecord(b []byte) bool {
	n := recordName(b)
	return n > 0 && n < len(b) && (b[n] == '=' || b[n] == 0)
}

// recordName is the length of the name of a setting at the start.
func recordName(b []byte) int {
	n := 0
	for n < len(b) && n <= maxRecordName && (isLetter(b[n]) || isDigit(b[n]) || bytes.IndexByte([]byte("_.:-/"), b[n]) >= 0) {
		n++
	}
	if n > maxRecordName || n > 0 && !isLetter(b[0]) {
		return 0
	}
	return n
}

// recordLines writes the records as lines; as pairs, name and value are a record each,
// and most names are of several words, unlike those of other lists.
func recordLines(records []byte, asPair bool) ([]byte, bool) {
	out := bytes.Clone(records)
	count, long, name := 0, 0, true
	for at := 0; at <= len(records); {
		record, _, _ := bytes.Cut(records[at:], []byte{0})
		end := at + len(record)
		switch n := recordName(record); {
		case !isPrintable(string(record)):
			return nil, false
		case asPair && name:
			if n == 0 || n != len(record) {
				return nil, false
			}
			if bytes.IndexByte(record, '_') > 0 {
				long++
			}
			if end < len(out) {
				out[end] = '='
			}
		case asPair:
			count++
		case n == 0 || n == len(record) || record[n] != '=':
			return nil, false
		default:
			count++
		}
		if (!asPair || !name) && end < len(out) {
			out[end] = '\n'
		}
		name = !name
		at = end + 1
	}
	return out, count >= leastRecords && (!asPair || name && 2*long >= count)
}
