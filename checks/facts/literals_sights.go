package facts

// maxSights is the number of places in one file that are kept for a scan.
const maxSights = 1 << 16

// Sights are the places of some words in a content.
type sights struct {
	Of      *literals
	content []byte
	found   []spot
	tooMany bool // found has only the first
}

// Sights looks for the words of one scan alone.
func (l *literals) Sights(content []byte) sights {
	return sights{Of: l, content: content, tooMany: true}
}

// None are no places yet, to which a search for the words of several lists adds.
func (l *literals) None(content []byte) sights { return sights{Of: l, content: content} }

// Add keeps the place of a word; places come by offset.
func (s *sights) Add(at, word int) {
	if len(s.found) == maxSights {
		s.tooMany = true
		return
	}
	s.found = append(s.found, spot{at, word})
}

// Each calls found with the number of the word and its offset, by offset, until it
// returns false.
func (s sights) Each(found func(word, at int) bool) {
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
func (s sights) Has(first, end int) bool {
	found := false
	s.Each(func(word, _ int) bool {
		found = word >= first && word < end
		return !found
	})
	return found
}

// Any reports whether there is one at all.
func (s sights) Any() bool { return s.Has(0, len(s.Of.Words)) }
