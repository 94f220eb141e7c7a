package facts

import "sync"

// literals finds many literals in one pass over the bytes. It looks at the last
// two bytes of a window as long as the shortest literal and mostly skips ahead
// by nearly that length (Wu and Manber, "A fast algorithm for multi-pattern
// searching", 1994), so rules with expensive expressions run only where their
// literal was found. Its tables are made when it first searches.
type literals struct {
	words []string
	once  sync.Once
	least int              // length of the shortest word, at least 2
	shift []uint8          // by the last two bytes of the window
	ends  map[uint16][]int // words whose first least bytes end in these two
}

func newLiterals(words []string) *literals { return &literals{words: words} }

func (l *literals) build() {
	l.least, l.shift, l.ends = 255, make([]uint8, 1<<16), map[uint16][]int{}
	for _, w := range l.words {
		l.least = min(l.least, len(w))
	}
	if l.least < 2 {
		panic("facts: a literal is shorter than two bytes")
	}
	for i := range l.shift {
		l.shift[i] = uint8(l.least - 1)
	}
	for i, w := range l.words {
		for j := 1; j < l.least; j++ {
			at := pair(w[j-1], w[j])
			l.shift[at] = min(l.shift[at], uint8(l.least-1-j))
		}
		last := pair(w[l.least-2], w[l.least-1])
		l.ends[last] = append(l.ends[last], i)
	}
}

func pair(a, b byte) uint16 { return uint16(a)<<8 | uint16(b) }

// find calls found with the number of the word and its offset, by offset, until
// it returns false.
func (l *literals) find(data []byte, found func(word, at int) bool) {
	l.once.Do(l.build)
	for i := l.least - 1; i < len(data); {
		p := pair(data[i-1], data[i])
		if s := l.shift[p]; s > 0 {
			i += int(s)
			continue
		}
		start := i - l.least + 1
		for _, w := range l.ends[p] {
			word := l.words[w]
			if len(data)-start >= len(word) && string(data[start:start+len(word)]) == word && !found(w, start) {
				return
			}
		}
		i++
	}
}

// in reports whether any of the words is in the bytes.
func (l *literals) in(data []byte) bool {
	found := false
	l.find(data, func(int, int) bool { found = true; return false })
	return found
}
