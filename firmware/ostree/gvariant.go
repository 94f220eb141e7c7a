// Package ostree reads what OSTree (libostree's ostree(1) and its documentation,
// "Anatomy of an OSTree repository" and "Static deltas") delivers: commits with
// their detached metadata, the folders and files that they are made of by hash,
// and static deltas, which carry the objects of a commit in one file.
//
// Of deltas, those with their parts inside are read; an object that must be put
// together from an older one is listed and not read. Signatures of commits and of
// deltas are parsed and not verified.
package ostree

import (
	"encoding/binary"
	"errors"
	"strings"
)

// Values are serialised as GVariant has them ("GVariant Specification 1.0"): by a
// type, which stands elsewhere, members at multiples of their alignment, and, for
// those without a fixed size, the places of their ends behind the last one.

var errVariant = errors.New("no value of its type")

// value is serialised data with its type.
type value struct {
	kind string
	data []byte
}

// layout says how a type lies in memory: alignment, size if that is fixed, else 0,
// and how many letters of the text are of it.
func layout(kind string, depth int) (align, size, length int, ok bool) {
	if kind == "" || depth > maxDepth {
		return 0, 0, 0, false
	}
	switch kind[0] {
	case 'y', 'b':
		return 1, 1, 1, true
	case 'n', 'q':
		return 2, 2, 1, true
	case 'i', 'u', 'h':
		return 4, 4, 1, true
	case 'x', 't', 'd':
		return 8, 8, 1, true
	case 's', 'o', 'g':
		return 1, 0, 1, true
	case 'v':
		return 8, 0, 1, true
	case 'a', 'm':
		align, _, n, ok := layout(kind[1:], depth+1)
		return align, 0, n + 1, ok
	case '(', '{':
		return groupLayout(kind, depth)
	}
	return 0, 0, 0, false
}

const (
	maxDepth = 16
	maxItems = 1 << 20
)

func groupLayout(kind string, depth int) (align, size, length int, ok bool) {
	align, fixed, at := 1, true, 1
	for at < len(kind) && kind[at] != ')' && kind[at] != '}' {
		a, s, n, ok := layout(kind[at:], depth+1)
		if !ok {
			return 0, 0, 0, false
		}
		align = max(align, a)
		if fixed = fixed && s > 0; fixed {
			size = up(size, a) + s
		}
		at += n
	}
	if at >= len(kind) {
		return 0, 0, 0, false
	}
	if !fixed {
		return align, 0, at + 1, true
	}
	return align, max(1, up(size, align)), at + 1, true
}

func up(n, align int) int { return (n + align - 1) &^ (align - 1) }

// offsetSize is how wide the places of ends are in a container of so many bytes.
func offsetSize(n int) int {
	switch {
	case n <= 0xff:
		return 1
	case n <= 0xffff:
		return 2
	case n <= 0xffffffff:
		return 4
	}
	return 8
}

func offset(b []byte) int {
	var wide [8]byte
	copy(wide[:], b)
	return int(binary.LittleEndian.Uint64(wide[:]) & (1<<62 - 1))
}

// items are the members of a tuple or an entry, the elements of an array, or the
// value in a variant.
func (v value) items() ([]value, error) {
	if v.kind == "" {
		return nil, errVariant
	}
	switch v.kind[0] {
	case '(', '{':
		return v.members()
	case 'a':
		return v.elements()
	case 'v':
		at := strings.LastIndexByte(string(v.data), 0)
		if at < 0 {
			return nil, errVariant
		}
		kind := string(v.data[at+1:])
		if _, _, n, ok := layout(kind, 0); !ok || n != len(kind) {
			return nil, errVariant
		}
		return []value{{kind, v.data[:at]}}, nil
	}
	return nil, errVariant
}

func (v value) members() ([]value, error) {
	width := offsetSize(len(v.data))
	var all []value
	at, ends := 0, len(v.data)
	for rest := v.kind[1 : len(v.kind)-1]; rest != ""; {
		align, size, n, ok := layout(rest, 0)
		if !ok || len(all) > maxDepth {
			return nil, errVariant
		}
		at = up(at, align)
		end := at + size
		switch {
		case size > 0:
		case n == len(rest):
			end = ends
		default:
			if ends -= width; ends < at {
				return nil, errVariant
			}
			end = offset(v.data[ends : ends+width])
		}
		if end < at || end > ends {
			return nil, errVariant
		}
		all = append(all, value{rest[:n], v.data[at:end]})
		at, rest = end, rest[n:]
	}
	return all, nil
}

func (v value) elements() ([]value, error) {
	kind := v.kind[1:]
	align, size, _, ok := layout(kind, 0)
	switch {
	case !ok || size > 0 && len(v.data)%size != 0:
		return nil, errVariant
	case len(v.data) == 0:
		return nil, nil
	case size > 0:
		if len(v.data)/size > maxItems {
			return nil, errVariant
		}
		var all []value
		for at := 0; at < len(v.data); at += size {
			all = append(all, value{kind, v.data[at : at+size]})
		}
		return all, nil
	}
	width := offsetSize(len(v.data))
	if width > len(v.data) {
		return nil, errVariant
	}
	ends := offset(v.data[len(v.data)-width:])
	if ends > len(v.data) || (len(v.data)-ends)%width != 0 || (len(v.data)-ends)/width > maxItems {
		return nil, errVariant
	}
	var all []value
	at := 0
	for i := ends; i < len(v.data); i += width {
		at = up(at, align)
		end := offset(v.data[i : i+width])
		if end < at || end > ends {
			return nil, errVariant
		}
		all = append(all, value{kind, v.data[at:end]})
		at = end
	}
	return all, nil
}

// text is the content of a text, without the zero behind it.
func (v value) text() string { return strings.TrimSuffix(string(v.data), "\x00") }

func (v value) number() uint64 {
	n := uint64(0)
	for _, c := range v.data[:min(len(v.data), 8)] {
		n = n<<8 | uint64(c)
	}
	return n
}

// dictionary reads an a{sv}. Of two entries with one name the first counts.
func (v value) dictionary() (map[string]value, []string, error) {
	entries, err := v.elements()
	if err != nil || v.kind != "a{sv}" {
		return nil, nil, errVariant
	}
	all, order := make(map[string]value, len(entries)), []string(nil)
	for _, e := range entries {
		pair, err := e.members()
		if err != nil {
			return nil, nil, err
		}
		inner, err := pair[1].items()
		if err != nil {
			return nil, nil, err
		}
		name := pair[0].text()
		if _, twice := all[name]; !twice {
			all[name] = inner[0]
			order = append(order, name)
		}
	}
	return all, order, nil
}
