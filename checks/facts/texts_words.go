package facts

// textWords tells of each of textLists whether a text holds one of its words.
type textWords struct {
	held uint8 // by bits, the lowest first
	size int   // of the content in which they were looked for
}

// textLists are the words without which facts do not look closer at a text. The pass that
// the scans share finds them, so that not each fact has to go through all texts.
var textLists = []*literals{userFileAnchors, hashMarks, shortTokens.anchors, signingWords, ruleLiterals}

// wordsOf gives the words of lists, one after the other.
func wordsOf(lists []*literals) (words []string) {
	for _, l := range lists {
		words = append(words, l.Words...)
	}
	return words
}

// spotWords sums up the places of such words.
func spotWords(content []byte, words sights) textWords {
	seen := textWords{size: len(content)}
	words.Each(func(word, _ int) bool {
		for i, l := range textLists {
			if word < len(l.Words) {
				seen.held |= 1 << i
				break
			}
			word -= len(l.Words)
		}
		return true
	})
	return seen
}

// holds reports whether a text holds a word of a list. One in which something was
// blanked may be said to hold what stood there.
func (t Text) holds(list *literals) bool {
	for i, l := range textLists {
		if l == list && t.words.size == len(t.Content) {
			return t.words.held&(1<<i) != 0
		}
	}
	return list.In(t.Content)
}
