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
	least int // length of the shortest word, at least 2
	// steps says, by the hash of the window's last two bytes, how far the search
	// may go on; from stay on, that the words of groups[step-stay] may begin here.
	steps  [1 << hashBits]uint16
	groups [][]int
}

const (
	hashBits = 13 // the table stays in the cache next to the processor
	stay     = 256
)

func newLiterals(words []string) *literals { return &literals{words: words} }

func (l *literals) build() {
	l.least = stay - 1
	for _, w := range l.words {
		l.least = min(l.least, len(w))
	}
	if l.least < 2 {
		panic("facts: a literal is shorter than two bytes")
	}
	for i := range l.steps {
		l.steps[i] = uint16(l.least - 1)
	}
	for _, w := range l.words {
		for j := 1; j < l.least-1; j++ {
			at := pair(w[j-1], w[j])
			l.steps[at] = min(l.steps[at], uint16(l.least-1-j))
		}
	}
	for i, w := range l.words {
		last := &l.steps[pair(w[l.least-2], w[l.least-1])]
		if *last < stay {
			*last = uint16(stay + len(l.groups))
			l.groups = append(l.groups, nil)
		}
		l.groups[*last-stay] = append(l.groups[*last-stay], i)
	}
}

// pair hashes two bytes. Two pairs of letters that share a hash differ in case.
func pair(a, b byte) uint16 { return (uint16(a)<<5 ^ uint16(b)) & (1<<hashBits - 1) }

// find calls found with the number of the word and its offset, by offset, until
// it returns false.
func (l *literals) find(data []byte, found func(word, at int) bool) {
	l.once.Do(l.build)
	for i := l.least - 1; i < len(data); {
		step := l.steps[pair(data[i-1], data[i])]
		if step < stay {
			i += int(step)
			continue
		}
		start := i - l.least + 1
		for _, w := range l.groups[step-stay] {
			word := l.words[w]
			if data[start] == word[0] && len(data)-start >= len(word) && string(data[start:start+len(word)]) == word && !found(w, start) {
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
