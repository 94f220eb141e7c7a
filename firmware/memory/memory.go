// Package memory puts together what records write to addresses of a memory: the
// lines of Intel HEX and S-records, the blocks of UF2, the segments of an ELF
// file.
//
// What lies close together becomes one part, as it does in the device, with
// 0xff, the byte of erased flash, in the small gaps between. Wide gaps take no
// memory. Where records overlap the later one counts, and it is said.
package memory

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/assay-iot/assay/firmware/format"
)

const (
	// maxGap is the widest gap inside of one part: a sector of flash.
	maxGap = 4 << 10
	// maxParts is how many parts a memory falls into at most.
	maxParts = 1024
	// maxWords is how many bytes of small pieces, all together, are taken for what
	// stands beside a program: option bytes, fuses, the word of a boot loader.
	maxWords = 4 << 10
	// maxApart is how far apart the pieces of one file may lie: the memories of a
	// microcontroller span 2.5 GiB at most.
	maxApart = 3 << 30
	// erased is what flash reads as where nothing was written.
	erased = 0xff
	// batch is how much memory is asked for at a time.
	batch = 64 << 10
)

// Map is a memory with what was written to it so far.
type Map struct {
	// Near says that the addresses are those of a microcontroller: pieces that lie
	// gigabytes apart are named.
	Near   bool
	budget *format.Budget
	unit   string // what a record is called: "line"
	runs   []run
	bytes  int64
	asked  int64
}

// run is what records wrote that follow one another.
type run struct {
	at     uint64
	data   []byte
	order  int
	record int   // number of the first record
	off    int64 // of the first record
	length int64 // of all its records
}

func (r *run) end() uint64 { return r.at + uint64(len(r.data)) }

// New makes an empty memory. A record is called unit: "line", "block".
func New(b *format.Budget, unit string) *Map { return &Map{budget: b, unit: unit} }

// Record is where something stands in the container that is written to memory.
type Record struct {
	Number         int
	Offset, Length int64
}

// Write copies data to an address, which must not wrap.
func (m *Map) Write(at uint64, data []byte, from Record) error {
	if len(data) == 0 {
		return nil
	}
	if at+uint64(len(data)) < at {
		return fmt.Errorf("0x%x and %d bytes more: behind the end of the memory", at, len(data))
	}
	if err := m.take(int64(len(data))); err != nil {
		return err
	}
	if n := len(m.runs); n > 0 && m.runs[n-1].end() == at {
		last := &m.runs[n-1]
		last.data = append(last.data, data...)
		last.length = from.Offset + from.Length - last.off
		return nil
	}
	m.runs = append(m.runs, run{at, slices.Clone(data), len(m.runs), from.Number, from.Offset, from.Length})
	return nil
}

// take asks for the memory of n bytes.
func (m *Map) take(n int64) error {
	if m.bytes += n; m.bytes > m.budget.FileBytes {
		return fmt.Errorf("more than %d bytes of memory: %w", m.budget.FileBytes, format.ErrLimit)
	}
	for m.asked < m.bytes {
		if err := m.budget.Live(batch); err != nil {
			return err
		}
		m.asked += batch
	}
	return nil
}

// Parts gives what was written, in the order of the addresses, each part named
// by its address behind the prefix; and what is wrong with it.
func (m *Map) Parts(prefix string, role format.Role) (parts []format.Part, damage []format.Damage) {
	slices.SortStableFunc(m.runs, func(a, b run) int { return cmp.Compare(a.at, b.at) })
	words, before := maxWords, uint64(0)
	for i := 0; i < len(m.runs); {
		n, end := m.cluster(i)
		cluster, base := m.runs[i:i+n], m.runs[i].at
		if m.Near && i > 0 && base-before > maxApart {
			damage = append(damage, format.Damage{Offset: cluster[0].off, Reason: fmt.Sprintf(
				"a gap of %d bytes: nothing from 0x%08x up to 0x%08x", base-before, before, base)})
		}
		before = end
		i += n
		if len(parts) == maxParts {
			damage = append(damage, span(cluster, fmt.Sprintf("more than %d pieces of memory: those from 0x%08x on are not read", maxParts, base)))
			break
		}
		damage = append(damage, m.overlaps(cluster)...)
		places := places(cluster)
		data, err := m.join(cluster, end)
		if err != nil {
			damage = append(damage, span(cluster, err.Error()))
			continue
		}
		part := format.Part{
			Name: fmt.Sprintf("%s0x%08x", prefix, base), Role: role,
			Bytes: format.InMemory(data), Places: places,
		}
		if len(data) < words {
			words -= len(data)
			part.Role = format.Flat
		}
		parts = append(parts, part)
	}
	return parts, damage
}

// cluster counts the runs that belong together from the i-th on.
func (m *Map) cluster(i int) (n int, end uint64) {
	end = m.runs[i].end()
	for n = 1; i+n < len(m.runs); n++ {
		r := &m.runs[i+n]
		if r.at > end && r.at-end > maxGap {
			break
		}
		end = max(end, r.end())
	}
	return n, end
}

// join writes runs into one piece, in the order in which they were written.
func (m *Map) join(cluster []run, end uint64) ([]byte, error) {
	if len(cluster) == 1 {
		return cluster[0].data, nil
	}
	size, packed := int64(end-cluster[0].at), int64(0)
	for i := range cluster {
		packed += int64(len(cluster[i].data))
	}
	if err := m.budget.Stream(size, packed); err != nil {
		return nil, err
	}
	if err := m.take(size); err != nil {
		return nil, err
	}
	data := make([]byte, size)
	for i := range data {
		data[i] = erased
	}
	base := cluster[0].at
	slices.SortFunc(cluster, func(a, b run) int { return cmp.Compare(a.order, b.order) })
	for i := range cluster {
		copy(data[cluster[i].at-base:], cluster[i].data)
		cluster[i].data = nil
	}
	return data, nil
}

// maxSources is how many runs of a part are told apart; no program has as many.
const maxSources = 4096

// places tells which records wrote a piece of memory, as far as records of one
// run have the same length.
func places(cluster []run) func(off, length int64) []format.Span {
	if len(cluster) > maxSources {
		all := span(cluster, "")
		return func(int64, int64) []format.Span { return []format.Span{{Offset: all.Offset, Length: all.Length}} }
	}
	type source struct{ at, size, off, length int64 } // of a run, in the part and in the container
	sources := make([]source, len(cluster))
	for i, r := range cluster {
		sources[i] = source{int64(r.at - cluster[0].at), int64(len(r.data)), r.off, r.length}
	}
	return func(off, length int64) (spans []format.Span) {
		for _, s := range sources {
			from, to := max(off-s.at, 0), min(off+length-s.at, s.size)
			if from >= to {
				continue
			}
			from, to = s.length*from/s.size, (s.length*to+s.size-1)/s.size
			spans = append(spans, format.Span{Offset: s.off + from, Length: to - from})
		}
		return spans
	}
}

// maxOverlaps is how many overlaps of one part are named.
const maxOverlaps = 16

// overlaps says where runs that are sorted by address write what others wrote.
func (m *Map) overlaps(cluster []run) (damage []format.Damage) {
	longest := 0 // the run that reaches farthest so far
	for i := 1; i < len(cluster); i++ {
		a, b := &cluster[longest], &cluster[i]
		if b.at < a.end() {
			if len(damage) == maxOverlaps {
				return append(damage, span(cluster[i:], "more overlaps"))
			}
			later := a
			if b.order > a.order {
				later = b
			}
			damage = append(damage, format.Damage{Offset: later.off, Length: later.length, Reason: fmt.Sprintf(
				"0x%08x is written twice: from %s %d on, and again from %s %d on; the later counts",
				b.at, m.unit, min(a.record, b.record), m.unit, max(a.record, b.record))})
		}
		if b.end() > a.end() {
			longest = i
		}
	}
	return damage
}

// span is damage to all of some runs.
func span(runs []run, reason string) format.Damage {
	from, to := runs[0].off, runs[0].off+runs[0].length
	for i := range runs {
		from, to = min(from, runs[i].off), max(to, runs[i].off+runs[i].length)
	}
	return format.Damage{Offset: from, Length: to - from, Reason: reason}
}
