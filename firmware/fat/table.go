package fat

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/assay-iot/assay/firmware/format"
)

// run is clusters that follow one another.
type run struct{ first, count uint32 }

// readTable reads the active copy of the table, or, if that does not begin as it
// must, another one.
func (r *reader) readTable() error {
	if !r.begins(r.in, r.active) {
		was := r.active
		for i := range r.tables {
			if r.begins(r.in, i) {
				r.active = i
			}
		}
		if r.active == was {
			return format.Errorf(r.tableAt, "the table does not begin with the medium 0x%02x", r.media)
		}
		r.hurt(r.tableAt+int64(was)*r.tableSize, fmt.Sprintf("table %d is broken, table %d is read", was, r.active))
	}
	n := r.tableBytes()
	if n > maxTable {
		return format.Errorf(r.tableAt, "table of %d bytes: %w", n, format.ErrLimit)
	}
	var err error
	r.table, err = r.in.Bytes(r.tableAt+int64(r.active)*r.tableSize, n)
	if err != nil {
		return err
	}
	r.taken = make([]uint64, (int64(r.clusters)+2+63)/64)
	switch r.bits {
	case 16:
		r.dirty = r.dirty || r.table[3]&0x80 == 0
	case 32:
		r.dirty = r.dirty || r.table[7]&0x08 == 0
	}
	return nil
}

// tableBytes is how much of a table is in use.
func (v *volume) tableBytes() int64 { return ((int64(v.clusters)+2)*int64(v.bits) + 7) / 8 }

// compareTables says where a copy differs from the table that was read. The
// first two entries hold no chain, and flags that only one copy may have.
func (r *reader) compareTables() {
	if !r.mirrored {
		return
	}
	const step = 64 << 10
	skip := int64(r.bits) * 2 / 8
	for i := range r.tables {
		if i == r.active {
			continue
		}
		at := r.tableAt + int64(i)*r.tableSize
		for off := skip; off < int64(len(r.table)); off += step {
			n := min(step, int64(len(r.table))-off)
			other := r.in.Peek(at+off, int(n))
			if mine := r.table[off : off+n]; !bytes.Equal(mine, other) {
				k := 0
				for k < len(other) && mine[k] == other[k] {
					k++
				}
				bad := off + int64(k)
				r.hurt(at+bad, fmt.Sprintf("table %d differs from table %d, which is read, from cluster %d on", i, r.active, bad*8/int64(r.bits)))
				break
			}
		}
	}
}

// next gives the cluster that follows one. Past the last there is an end.
func (r *reader) next(c uint32) (next uint32, end bool) {
	switch r.bits {
	case 12:
		w := binary.LittleEndian.Uint16(r.table[c*3/2:])
		if c&1 != 0 {
			w >>= 4
		}
		w &= 0xfff
		return uint32(w), w >= 0xff8
	case 16:
		w := binary.LittleEndian.Uint16(r.table[c*2:])
		return uint32(w), w >= 0xfff8
	default:
		w := binary.LittleEndian.Uint32(r.table[c*4:]) & 0xfffffff
		return w, w >= 0xffffff8
	}
}

// chain follows the clusters from first on, whose number stands at a place, until
// the end or until there are enough of them, and takes them. What was found before
// an error stays.
func (r *reader) chain(first uint32, enough, at int64) (runs []run, err error) {
	for c, n := first, int64(0); n < enough; n++ {
		if c < 2 || c >= r.clusters+2 {
			return runs, format.Errorf(at, "cluster %d after %d clusters of the file, there are %d", c, n, r.clusters)
		}
		if r.taken[c/64]>>(c%64)&1 != 0 {
			return runs, format.Errorf(at, "cluster %d is in a chain already", c)
		}
		r.taken[c/64] |= 1 << (c % 64)
		if k := len(runs); k > 0 && runs[k-1].first+runs[k-1].count == c {
			runs[k-1].count++
		} else {
			runs = append(runs, run{c, 1})
		}
		at = r.tableAt + int64(r.active)*r.tableSize + int64(c)*int64(r.bits)/8
		next, end := r.next(c)
		if end {
			return runs, nil
		}
		c = next
	}
	return runs, nil
}

// clusterAt is where a cluster begins.
func (v *volume) clusterAt(c uint32) int64 { return v.dataAt + (int64(c)-2)*v.cluster }

// bytes puts the first n bytes of a chain together.
func (r *reader) bytes(runs []run, n int64) ([]byte, error) {
	if len(runs) == 1 {
		return r.in.Bytes(r.clusterAt(runs[0].first), n)
	}
	content := make([]byte, n)
	for rest := content; len(rest) > 0; runs = runs[1:] {
		if len(runs) == 0 {
			return nil, format.Errorf(r.tableAt, "the chain is too short")
		}
		k := min(int64(len(rest)), int64(runs[0].count)*r.cluster)
		if err := r.in.Full(rest[:k], r.clusterAt(runs[0].first)); err != nil {
			return nil, err
		}
		rest = rest[k:]
	}
	return content, nil
}

func clustersOf(runs []run) (n int64) {
	for _, u := range runs {
		n += int64(u.count)
	}
	return n
}
