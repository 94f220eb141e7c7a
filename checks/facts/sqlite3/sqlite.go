// Package sqlite3 reads the tables of an SQLite 3 database ("Database File Format",
// sqlite.org): enough to see what the rows hold, not more. The write-ahead log
// beside a database, indexes and tables without rowid are not read.
package sqlite3

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Reader reads one database.
type Reader struct {
	content []byte
	page    int // bytes
	usable  int // bytes of a page without its reserved end
	wide    binary.ByteOrder
	pages   int // that may still be visited: each belongs to one tree
	cells   int // that may still be read
	short   bool
}

// Limits of one database.
const (
	maxTables    = 500
	maxRows      = 20000
	maxColumns   = 500
	maxPageDepth = 20
	maxRecord    = 16 << 20 // bytes
)

// Table is a table with the names of its columns.
type Table struct {
	Name    string
	Columns []string
	root    int // page
}

// Value is one value of a row: of a number the text in decimal; Blob is set for
// bytes only.
type Value struct {
	Text string
	Blob []byte
}

// Open takes the content of a file; nil if that is no database.
func Open(content []byte) *Reader {
	if !bytes.HasPrefix(content, []byte("SQLite format 3\x00")) || len(content) < 512 {
		return nil
	}
	d := &Reader{content: content, page: int(binary.BigEndian.Uint16(content[16:])), cells: maxRows}
	if d.page == 1 {
		d.page = 65536
	}
	d.usable = d.page - int(content[20])
	if d.page < 512 || d.page&(d.page-1) != 0 || d.usable < 480 {
		return nil
	}
	if pages := binary.BigEndian.Uint32(content[28:]); string(content[24:28]) == string(content[92:96]) { // else an old writer left it
		d.short = uint64(pages)*uint64(d.page) > uint64(len(content))
	}
	d.pages = 2 * (len(content)/d.page + 1) // the first is visited for every list of tables
	switch binary.BigEndian.Uint32(content[56:]) {
	case 2:
		d.wide = binary.LittleEndian
	case 3:
		d.wide = binary.BigEndian
	}
	return d
}

// Short reports whether something could not be read: the file is cut off or
// contradicts itself, or a limit was reached.
func (d *Reader) Short() bool { return d.short }

// Tables lists the ordinary tables.
func (d *Reader) Tables() []Table {
	var all []Table
	d.rows(1, func(v []Value) bool {
		if len(v) >= 5 && v[0].Text == "table" && !strings.HasPrefix(v[1].Text, "sqlite_") {
			root, _ := strconv.Atoi(v[3].Text)
			all = append(all, Table{v[1].Text, columnsOf(v[4].Text), root})
		}
		return len(all) < maxTables
	})
	return all
}

// constraints are words that a part of "CREATE TABLE" begins with that is no
// column.
var constraints = []string{"primary", "unique", "foreign", "check", "constraint"}

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
		if len(w) > 0 && len(columns) < maxColumns && !slices.Contains(constraints, strings.ToLower(w[0])) {
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

// Rows calls found with the values of each row of a table until it returns
// false.
func (d *Reader) Rows(t Table, found func([]Value) bool) {
	d.rows(t.root, found)
}

func (d *Reader) rows(root int, found func([]Value) bool) {
	w := &walk{Reader: d, found: found}
	w.visit(root, 0)
}

type walk struct {
	*Reader
	found   func([]Value) bool
	stopped bool
}

func (w *walk) visit(number, depth int) {
	if w.stopped {
		return
	}
	page := w.at(number)
	if page == nil || depth > maxPageDepth {
		w.short = true
		return
	}
	head := 0
	if number == 1 {
		head = 100
	}
	kind, cells := page[head], int(binary.BigEndian.Uint16(page[head+3:]))
	pointers := head + 8
	if kind == innerPage {
		pointers = head + 12
	}
	if kind != innerPage && kind != leafPage || pointers+2*cells > len(page) {
		w.short = true
		return
	}
	for i := 0; i < cells && !w.stopped; i++ {
		at := int(binary.BigEndian.Uint16(page[pointers+2*i:]))
		switch {
		case kind == innerPage && at+4 <= len(page):
			w.visit(int(binary.BigEndian.Uint32(page[at:])), depth+1)
		case kind == leafPage && at < len(page):
			w.row(page[at:])
		default:
			w.short = true
		}
	}
	if kind == innerPage {
		w.visit(int(binary.BigEndian.Uint32(page[head+8:])), depth+1)
	}
}

// Kinds of pages of a table.
const innerPage, leafPage = 5, 13

// at gives a page by its number, counted from 1; nil if it is not there or too
// many were asked for.
func (d *Reader) at(number int) []byte {
	if number < 1 || number > len(d.content)/d.page || d.pages <= 0 {
		return nil
	}
	d.pages--
	return d.content[(number-1)*d.page : number*d.page]
}

// row reads a cell: the length of the record, the number of the row, the record,
// and the first of the pages that hold the rest of it.
func (w *walk) row(cell []byte) {
	length, n := varint(cell)
	_, m := varint(cell[n:])
	record := cell[n+m:]
	if local := w.local(length); local < uint64(len(record)) {
		rest := record[local:]
		record = record[:local]
		if local < length {
			record = w.overflow(record, length, rest)
		}
	}
	if uint64(len(record)) < length {
		w.short = true
	}
	w.cells--
	if w.cells < 0 {
		w.short, w.stopped = true, true
		return
	}
	w.stopped = !w.found(w.values(record))
}

// overflow gathers a record that does not fit on its page: a chain of pages, each
// beginning with the number of the next.
func (d *Reader) overflow(record []byte, length uint64, pointer []byte) []byte {
	if length > maxRecord {
		return record
	}
	whole := append(make([]byte, 0, min(length, uint64(len(d.content)))), record...)
	for uint64(len(whole)) < length {
		if len(pointer) < 4 {
			return whole
		}
		page := d.at(int(binary.BigEndian.Uint32(pointer)))
		if page == nil {
			return whole
		}
		pointer, page = page[:4], page[4:d.usable]
		whole = append(whole, page[:min(uint64(len(page)), length-uint64(len(whole)))]...)
	}
	return whole
}

// local is how much of a record lies on its page.
func (w *walk) local(length uint64) uint64 {
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
func (d *Reader) values(record []byte) []Value {
	size, n := varint(record)
	if size > uint64(len(record)) || n == 0 || size < uint64(n) {
		return nil
	}
	kinds, body := record[n:size], record[size:]
	var values []Value
	for len(kinds) > 0 && len(values) < maxColumns {
		kind, n := varint(kinds)
		kinds = kinds[n:]
		length := lengthOf(kind)
		if n == 0 || length > uint64(len(body)) {
			break
		}
		values = append(values, d.value(kind, body[:length]))
		body = body[length:]
	}
	return values
}

func lengthOf(kind uint64) uint64 {
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

func (d *Reader) value(kind uint64, b []byte) Value {
	switch {
	case kind >= 12 && kind%2 == 0:
		return Value{Blob: b}
	case kind >= 13 && d.wide != nil:
		units := make([]uint16, len(b)/2)
		for i := range units {
			units[i] = d.wide.Uint16(b[2*i:])
		}
		return Value{Text: string(utf16.Decode(units))}
	case kind >= 13:
		return Value{Text: string(b)}
	case kind == 8 || kind == 9:
		return Value{Text: strconv.FormatUint(kind-8, 10)}
	case kind >= 1 && kind <= 6:
		n := int64(int8(b[0]))
		for _, c := range b[1:] {
			n = n<<8 | int64(c)
		}
		return Value{Text: strconv.FormatInt(n, 10)}
	}
	return Value{}
}

// varint reads a number of one to nine bytes, seven bits in each but the
// ninth, and how many bytes it has; 0 if it is cut off.
func varint(b []byte) (uint64, int) {
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
