package verify

import (
	"strings"
	"unicode"
)

// naming says how well a name that an image bears fits the labelled product.
type naming int

const (
	nameOfAnother naming = iota
	namePerhaps          // it shares words with the product's
	nameOfOurs           // it is the product's, or its maker's
)

const (
	shortestName = 3   // letters and digits, below which any name would fit
	longestName  = 200 // bytes
	mostNames    = 100 // that are compared
)

// namedBy gives the best fit of several names.
func (s *subject) namedBy(names []string) naming {
	best := nameOfAnother
	for _, n := range names[:min(len(names), mostNames)] {
		best = max(best, s.named(n))
	}
	return best
}

// named compares a name with those of the product: its id, its name, its models,
// with or without the maker's in front; or the maker's alone. What is written
// together or apart, large or small, is the same. A name with more to it may be
// that of another product, "hub pro" beside "hub", and one with fewer words too.
func (s *subject) named(name string) naming {
	plain, maker := strings.Join(wordsOf(name), ""), wordsOf(s.maker)
	if len(name) > longestName || len(plain) < shortestName {
		return nameOfAnother
	}
	best := nameOfAnother
	if leads(plain, maker) {
		best = nameOfOurs
	}
	for _, own := range append([]string{s.id, s.product}, s.models...) {
		best = max(best, fits(plain, wordsOf(own), maker))
	}
	return best
}

// fits compares a name, its words written together, with one of the product's.
func fits(plain string, own, maker []string) naming {
	whole := strings.Join(own, "")
	before, ends := strings.CutSuffix(plain, whole)
	switch {
	case len(whole) < shortestName:
		return nameOfAnother
	case ends && (before == "" || leads(before, maker)):
		return nameOfOurs
	case strings.Contains(plain, whole), leads(plain, own):
		return namePerhaps
	}
	return nameOfAnother
}

// leads reports whether the first of words, each of them whole, make plain when
// they are written together.
func leads(plain string, words []string) bool {
	if len(plain) < shortestName {
		return false
	}
	for _, w := range words {
		rest, ok := strings.CutPrefix(plain, w)
		if !ok || rest == "" {
			return ok
		}
		plain = rest
	}
	return false
}

// wordsOf are the letters and digits of a name, in small letters.
func wordsOf(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
