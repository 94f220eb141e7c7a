package wordsearch

import (
	"math/rand"
	"slices"
	"strings"
	"testing"
)

// TestLiterals compares the search with a plain one.
func TestLiterals(t *testing.T) {
	words := []string{"abc", "bca", "aabc", "ccc"}
	l := New(words)
	r := rand.New(rand.NewSource(1))
	for range 500 {
		b := make([]byte, r.Intn(60))
		for i := range b {
			b[i] = "abc"[r.Intn(3)]
		}
		var want, got, text []spot
		for at := range b {
			for i, w := range words {
				if strings.HasPrefix(string(b[at:]), w) {
					want = append(want, spot{at, i})
				}
			}
		}
		l.Find(b, func(w, at int) bool { got = append(got, spot{at, w}); return true })
		l.FindIn(string(b), func(w, at int) bool { text = append(text, spot{at, w}); return len(text) < 3 })
		if !slices.Equal(got, want) || !slices.Equal(text, want[:min(len(want), 3)]) {
			t.Fatalf("%q: found %v and in text %v, want %v", b, got, text, want)
		}
	}
}
