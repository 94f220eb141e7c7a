package firmware

import (
	"encoding/binary"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// isBytecode reports whether a file is a compiled module of CPython, to its end: a magic
// number of its version and a header (importlib's _bootstrap_external.py), then one object
// of module marshal (marshal.c). A long constant that looks encrypted makes it none.
func isBytecode(b []byte) bool {
	if len(b) < 16 || b[2] != '\r' || b[3] != '\n' {
		return false
	}
	m := &marshalled{version: binary.LittleEndian.Uint16(b)}
	switch v := m.version; {
	case v >= 62171 && v <= 62211: // 2.7
		m.b, m.numbers, m.objects = b[8:], 4, 8
	case v < 3000 || v > 3999:
		return false
	case v < 3190: // 3.0 to 3.2
		m.b, m.numbers, m.objects = b[8:], 5, 8
	case v < 3390: // to 3.6: with the size of the source
		m.b, m.numbers, m.objects = b[12:], 5, 8
	case v < 3410: // 3.7: with flags
		m.b, m.numbers, m.objects = b[16:], 5, 8
	case v < 3450: // to 3.10: parameters that have no name
		m.b, m.numbers, m.objects = b[16:], 6, 8
	default: // one list of all variables, and tables of lines and exceptions
		m.b, m.numbers, m.objects = b[16:], 5, 8
	}
	if len(m.b) == 0 || m.b[0]&^reference != 'c' {
		return false
	}
	return m.object(0) && len(m.b) == 0
}

const (
	reference  = 0x80 // flag of an object that is referred to
	maxMarshal = 200  // objects in one another
)

// marshalled is what is left of a file. Versions differ in how many numbers and objects a
// code object has.
type marshalled struct {
	b                []byte
	version          uint16
	numbers, objects int
}

// pass goes over so many bytes.
func (m *marshalled) pass(n int) bool {
	if n < 0 || n > len(m.b) {
		return false
	}
	m.b = m.b[n:]
	return true
}

// count reads a number of one or four bytes.
func (m *marshalled) count(size int) (n int, ok bool) {
	if len(m.b) < size {
		return 0, false
	}
	n = int(m.b[0])
	if size == 4 {
		n = int(int32(binary.LittleEndian.Uint32(m.b))) //nolint:gosec // as marshal reads it
	}
	return n, m.pass(size)
}

// object goes over one object, if it is one.
func (m *marshalled) object(depth int) bool {
	if len(m.b) == 0 || depth > maxMarshal {
		return false
	}
	kind := m.b[0] &^ reference
	m.b = m.b[1:]
	switch kind {
	case 'N', 'F', 'T', 'S', '.':
		return true
	case 'i', 'r', 'R':
		return m.pass(4)
	case 'I', 'g':
		return m.pass(8)
	case 'y':
		return m.pass(16)
	case 'f', 'z', 'Z':
		n, ok := m.count(1)
		return ok && m.pass(n)
	case 'l':
		n, ok := m.count(4)
		return ok && n != -1<<31 && m.pass(2*max(n, -n))
	case 's', 't', 'u', 'a', 'A':
		return m.text()
	case ')':
		n, ok := m.count(1)
		return ok && m.several(n, depth)
	case '(', '[', '<', '>':
		n, ok := m.count(4)
		return ok && m.several(n, depth)
	case '{':
		for len(m.b) > 0 && m.b[0] != '0' {
			if !m.several(2, depth) {
				return false
			}
		}
		return m.pass(1)
	case ':':
		return m.several(3, depth)
	case 'c':
		tables := 1
		if m.version >= 3450 && m.version < 4000 {
			tables = 2
		}
		return m.pass(4*m.numbers) && m.several(m.objects, depth) && m.pass(4) && m.several(tables, depth)
	}
	return false
}

// text goes over a string.
func (m *marshalled) text() bool {
	n, ok := m.count(4)
	if !ok || n < 0 || n > len(m.b) {
		return false
	}
	if n >= minOpaque && strings.HasPrefix(looks(format.InMemory(m.b[:n])), "encrypted") {
		return false
	}
	return m.pass(n)
}

func (m *marshalled) several(n, depth int) bool {
	if n < 0 || n > len(m.b) {
		return false
	}
	for range n {
		if !m.object(depth + 1) {
			return false
		}
	}
	return true
}
