package wordsearch

// MaxSights is the number of places in one content that are kept; with more, the content
// is searched again.
const MaxSights = 1 << 16

// Sights are the places of a list's words in a content. Without a list there are none.
type Sights struct {
	Of      *List // whose words they are
	content []byte
	found   []spot
	tooMany bool // found has only the first
}

// Sights are what the list finds by itself, when it is asked for.
func (l *List) Sights(content []byte) Sights {
	return Sights{Of: l, content: content, tooMany: true}
}

// None are no places yet, to which a search for the words of several lists adds.
func (l *List) None(content []byte) Sights { return Sights{Of: l, content: content} }

// Reset makes them none in another content, in the same memory.
func (s *Sights) Reset(content []byte) {
	s.content, s.found, s.tooMany = content, s.found[:0], false
}

// Add keeps the place of a word; places come by offset.
func (s *Sights) Add(at, word int) {
	if len(s.found) == MaxSights {
		s.tooMany = true
		return
	}
	s.found = append(s.found, spot{at, word})
}

// Each calls found with the number of the word and its offset, by offset, until it
// returns false.
func (s Sights) Each(found func(word, at int) bool) {
	if s.tooMany {
		s.Of.Find(s.content, found)
		return
	}
	for _, one := range s.found {
		if !found(one.word, one.at) {
			return
		}
	}
}

// Has reports whether any of the words from number first on, before number end, is
// there.
func (s Sights) Has(first, end int) bool {
	found := false
	s.Each(func(word, _ int) bool {
		found = word >= first && word < end
		return !found
	})
	return found
}

// Any reports whether there is one at all; there must be a list.
func (s Sights) Any() bool { return s.Has(0, len(s.Of.Words)) }
