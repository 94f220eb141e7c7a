// Package wordsearch finds many words in one pass over bytes or text, fast enough that
// every byte of an image is searched for all words of all scans at once.
//
//	l := wordsearch.New([]string{"telnetd", "dropbear"})
//	l.Find(content, func(word, at int) bool { … ; return true })
//
// A word is known by its number in the list. It has at least two bytes, and capital and
// small letters differ. Several searches can share a pass: [Sights] hold what one of
// them would have found alone.
package wordsearch

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"
)

// List finds its words in one pass over the bytes, so that rules with expensive
// expressions run only where their word was found; it is safe for concurrent use. Every word is
// known by its key, the two bytes of it that are least common; a table over two
// bytes tells eight places at a time where none of the keys is. The tables are made
// when it first searches.
type List struct {
	Words []string // not to be changed
	fold  bool     // capital and small letters of data are the same
	once  sync.Once
	list  *[1 << 16]uint8 // by two bytes: the list of the words whose key they are; 0 if none
	lists [1 << 8][]keyed // some share one if there are more keys
	reach int             // the most bytes between the start of a word and its key
}

// keyed is a word, and where in it its key is.
type keyed struct {
	word, key, size int32
	first, last     byte // of the word: most places are seen not to hold it by these
}

// spot is a word at a place.
type spot struct{ at, word int }

func (s spot) compare(t spot) int {
	return cmp.Or(cmp.Compare(s.at, t.at), cmp.Compare(s.word, t.word))
}

// New makes the list of some words, each of two bytes or more.
func New(words []string) *List { return &List{Words: words} }

// NewFold makes the list of some words in small letters that are found in capitals (A to
// Z) as well.
func NewFold(words []string) *List { return &List{Words: words, fold: true} }

func (l *List) build() {
	l.list = new([1 << 16]uint8)
	keys := 0
	for i, w := range l.Words {
		key := rarestPair(w)
		a, b := w[key], w[key+1]
		list := l.list[pair(a, b)]
		if list == 0 {
			list = uint8(1 + keys%(len(l.lists)-1))
			keys++
			l.list[pair(a, b)] = list
			if l.fold {
				l.list[pair(upper(a), b)], l.list[pair(a, upper(b))], l.list[pair(upper(a), upper(b))] = list, list, list
			}
		}
		l.lists[list] = append(l.lists[list], keyed{int32(i), int32(key), int32(len(w)), w[0], w[len(w)-1]})
		l.reach = max(l.reach, key)
	}
}

func upper(b byte) byte {
	if b >= 'a' && b <= 'z' {
		b -= 'a' - 'A'
	}
	return b
}

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		b += 'a' - 'A'
	}
	return b
}

func pair(a, b byte) uint16 { return uint16(a) | uint16(b)<<8 }

// rarestPair gives the place of the two bytes of a word that are least common in
// programs and texts.
func rarestPair(word string) (at int) {
	if len(word) < 2 {
		panic("wordsearch: a word is shorter than two bytes")
	}
	least := math.MaxInt
	for i := range len(word) - 1 {
		if n := common(word[i]) + common(word[i+1]); n < least {
			least, at = n, i
		}
	}
	return at
}

// byteRanks are bytes of programs and texts, the most common first.
const byteRanks = "\x00 etaoinsr_l\ncdupmhgfby./-v0=1:w2k\"',()3x4z5q6j7890"

func common(b byte) int {
	if i := strings.IndexByte(byteRanks, b); i >= 0 {
		return len(byteRanks) - i
	}
	return 0
}

// Find calls found with the number of the word and its offset, by offset, until
// it returns false.
func (l *List) Find(data []byte, found func(word, at int) bool) { findWords(l, data, found) }

// FindIn is find in a text.
func (l *List) FindIn(text string, found func(word, at int) bool) { findWords(l, text, found) }

func findWords[T string | []byte](l *List, data T, found func(word, at int) bool) {
	l.once.Do(l.build)
	var capital byte // the bit by which it may differ
	if l.fold {
		capital = 'a' - 'A'
	}
	var places [stretch]uint16
	var seen []spot // In order; those in reach of the next key wait for it
	for from := 0; from < len(data); from += stretch {
		for _, place := range places[:keysIn(l.list, data[from:], &places)] {
			i := from + int(place)
			for len(seen) > 0 && seen[0].at < i-l.reach {
				if !found(seen[0].word, seen[0].at) {
					return
				}
				seen = seen[1:]
			}
			for _, k := range l.lists[l.list[pair(data[i], data[i+1])]] {
				at := i - int(k.key)
				end := at + int(k.size)
				if at < 0 || end > len(data) || ((data[at]^k.first)|(data[end-1]^k.last))&^capital != 0 {
					continue
				}
				if word := l.Words[k.word]; string(data[at:end]) == word || l.fold && lowersTo(data[at:end], word) {
					s := spot{at, int(k.word)}
					n, _ := slices.BinarySearchFunc(seen, s, spot.compare)
					seen = slices.Insert(seen, n, s)
				}
			}
		}
	}
	for _, s := range seen {
		if !found(s.word, s.at) {
			return
		}
	}
}

// stretch is the number of bytes of which the keys are listed at a time.
const stretch = 1024

// keysIn lists the places in the first stretch of the data that have the key of a word,
// and says how many there are. Nothing branches on what a place holds, as no processor
// foresees it.
func keysIn[T string | []byte](list *[1 << 16]uint8, data T, places *[stretch]uint16) int {
	const step = 8
	var steps [stretch / step]uint16 // that have a key
	n, i, end := 0, 0, min(stretch, len(data)-1)
	for ; i < end && i+step < len(data); i += step {
		a, b := eightBytes(data[i:]), eightBytes(data[i+1:])
		steps[n] = uint16(i)
		n += one(list[uint16(a)] | list[uint16(a>>16)] | list[uint16(a>>32)] | list[a>>48] |
			list[uint16(b)] | list[uint16(b>>16)] | list[uint16(b>>32)] | list[b>>48])
	}
	keys := 0
	for _, at := range steps[:n] {
		for k := at; k < at+step; k++ {
			places[keys] = k
			keys += one(list[pair(data[k], data[k+1])])
		}
	}
	for ; i < end; i++ {
		places[keys] = uint16(i)
		keys += one(list[pair(data[i], data[i+1])])
	}
	return keys
}

// one is 1 if b is not 0.
func one(b uint8) int { return (int(b) + 0xff) >> 8 }

// lowersTo reports whether data is a word in small letters but for capitals.
func lowersTo[T string | []byte](data T, word string) bool {
	for i := range len(word) {
		if lower(data[i]) != word[i] {
			return false
		}
	}
	return true
}

// eightBytes is the number that stands at the start of b, the lowest byte first.
func eightBytes[T string | []byte](b T) uint64 {
	_ = b[7]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// In reports whether any of the words is in a text.
func (l *List) In(text string) bool {
	found := false
	l.FindIn(text, func(int, int) bool { found = true; return false })
	return found
}

// Are tells of each word whether it is in a text; nil if none is.
func (l *List) Are(text string) (there []bool) {
	l.FindIn(text, func(word, _ int) bool {
		if there == nil {
			there = make([]bool, len(l.Words))
		}
		there[word] = true
		return true
	})
	return there
}
