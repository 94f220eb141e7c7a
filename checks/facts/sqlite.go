package facts

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf16"
)

// sqliteReader reads the tables of an SQLite 3 database ("Database File Format",
// sqlite.org): enough to see what the rows hold, not more. What lies on overflow
// pages is left out.
type sqliteReader struct {
	content []byte
	page    int // bytes
	usable  int // bytes of a page without its reserved end
	wide    binary.ByteOrder
	pages   int // that may still be visited
	cells   int // that may still be read
}

// Limits of one database.
const (
	maxTables     = 500
	maxTablePages = 4000
	maxRows       = 20000
	maxColumns    = 500
	maxPageDepth  = 20
)

// sqliteTable is a table and the page that its rows start at.
type sqliteTable struct {
	name    string
	columns []string
	root    int
}

func openSQLite(content []byte) *sqliteReader {
	if !bytes.HasPrefix(content, []byte("SQLite format 3\x00")) || len(content) < 512 {
		return nil
	}
	d := &sqliteReader{content: content, page: int(binary.BigEndian.Uint16(content[16:])), pages: maxTablePages, cells: maxRows}
	if d.page == 1 {
		d.page = 65536
	}
	d.usable = d.page - int(content[20])
	if d.page < 512 || d.page&(d.page-1) != 0 || d.usable < 480 {
		return nil
	}
	switch binary.BigEndian.Uint32(content[56:]) {
	case 2:
		d.wide = binary.LittleEndian
	case 3:
		d.wide = binary.BigEndian
	}
	return d
}

// tables lists the ordinary tables.
func (d *sqliteReader) tables() []sqliteTable {
	var all []sqliteTable
	d.rows(1, func(v []string) bool {
		if len(v) >= 5 && v[0] == "table" && !strings.HasPrefix(v[1], "sqlite_") {
			root, _ := strconv.Atoi(v[3])
			all = append(all, sqliteTable{v[1], columnsOf(v[4]), root})
		}
		return len(all) < maxTables
	})
	return all
}

// columnsOf reads the names of columns from "CREATE TABLE name (…)".
func columnsOf(sql string) []string {
	_, body, ok := strings.Cut(sql, "(")
	if !ok {
		return nil
	}
	var columns []string
	depth, start := 0, 0
	add := func(end int) {
		w := strings.Fields(body[start:end])
		start = end + 1
		if len(w) > 0 && len(columns) < maxColumns && !holdsAny(" primary unique foreign check constraint ", []string{" " + strings.ToLower(w[0]) + " "}) {
			columns = append(columns, strings.Trim(w[0], "\"'`[]"))
		}
	}
	for i := range len(body) {
		switch body[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				add(i)
				return columns
			}
		case ',':
			if depth == 0 {
				add(i)
			}
		}
	}
	return columns
}

// rows calls found with the values of each row of the tree at a page until it
// returns false.
func (d *sqliteReader) rows(root int, found func([]string) bool) {
	w := &sqliteWalk{sqliteReader: d, found: found}
	w.visit(root, 0)
}

type sqliteWalk struct {
	*sqliteReader
	found   func([]string) bool
	stopped bool
}

func (w *sqliteWalk) visit(number, depth int) {
	if w.pages--; w.stopped || number < 1 || number > len(w.content)/w.page || w.pages < 0 || depth > maxPageDepth {
		return
	}
	page, head := w.content[(number-1)*w.page:number*w.page], 0
	if number == 1 {
		head = 100
	}
	kind, cells := page[head], int(binary.BigEndian.Uint16(page[head+3:]))
	pointers := head + 8
	if kind == 5 {
		pointers = head + 12
	}
	for i := 0; i < cells && pointers+2*i+2 <= len(page) && !w.stopped; i++ {
		at := int(binary.BigEndian.Uint16(page[pointers+2*i:]))
		switch {
		case kind == 5 && at+4 <= len(page):
			w.visit(int(binary.BigEndian.Uint32(page[at:])), depth+1)
		case kind == 13 && at < len(page):
			w.row(page[at:])
		}
	}
	if kind == 5 {
		w.visit(int(binary.BigEndian.Uint32(page[head+8:])), depth+1)
	}
}

// row reads a cell: the length of the record, the number of the row, the record.
func (w *sqliteWalk) row(cell []byte) {
	length, n := sqliteVarint(cell)
	_, m := sqliteVarint(cell[n:])
	record := cell[n+m:]
	if local := w.local(length); local < uint64(len(record)) {
		record = record[:local]
	}
	w.cells--
	w.stopped = w.cells < 0 || !w.found(w.values(record))
}

// local is how much of a record lies on its page.
func (w *sqliteWalk) local(length uint64) uint64 {
	u := uint64(w.usable)
	if length <= u-35 {
		return length
	}
	least := (u-12)*32/255 - 23
	if k := least + (length-least)%(u-4); k <= u-35 {
		return k
	}
	return least
}

// values reads a record: its header names the kind of each value.
func (d *sqliteReader) values(record []byte) []string {
	size, n := sqliteVarint(record)
	if size > uint64(len(record)) || n == 0 || size < uint64(n) {
		return nil
	}
	kinds, body := record[n:size], record[size:]
	var values []string
	for len(kinds) > 0 && len(values) < maxColumns {
		kind, n := sqliteVarint(kinds)
		kinds = kinds[n:]
		length := sqliteLength(kind)
		if n == 0 || length > uint64(len(body)) {
			break
		}
		values = append(values, d.value(kind, body[:length]))
		body = body[length:]
	}
	return values
}

func sqliteLength(kind uint64) uint64 {
	switch {
	case kind >= 12:
		return (kind - 12) / 2
	case kind <= 4:
		return kind
	case kind == 5:
		return 6
	case kind <= 7:
		return 8
	}
	return 0
}

// value gives a number or text as text; others are empty.
func (d *sqliteReader) value(kind uint64, b []byte) string {
	switch {
	case kind >= 13 && kind%2 == 1 && d.wide != nil:
		units := make([]uint16, len(b)/2)
		for i := range units {
			units[i] = d.wide.Uint16(b[2*i:])
		}
		return string(utf16.Decode(units))
	case kind >= 13 && kind%2 == 1:
		return string(b)
	case kind == 8 || kind == 9:
		return strconv.FormatUint(kind-8, 10)
	case kind >= 1 && kind <= 6:
		n := int64(int8(b[0]))
		for _, c := range b[1:] {
			n = n<<8 | int64(c)
		}
		return strconv.FormatInt(n, 10)
	}
	return ""
}

// sqliteVarint reads a number of one to nine bytes, seven bits in each but the
// ninth, and how many bytes it has; 0 if it is cut off.
func sqliteVarint(b []byte) (uint64, int) {
	var v uint64
	for i := range min(len(b), 9) {
		if i == 8 {
			return v<<8 | uint64(b[i]), 9
		}
		v = v<<7 | uint64(b[i]&0x7f)
		if b[i] < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}
