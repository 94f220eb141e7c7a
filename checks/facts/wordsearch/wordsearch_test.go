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

// TestStretches places words where one stretch ends and the next begins, and fills
// stretches with keys.
func TestStretches(t *testing.T) {
	l := New([]string{"abc", "aa"})
	for n := stretch - 12; n < stretch+12; n++ {
		for _, fill := range []string{".", "ab"} {
			before := strings.Repeat(fill, n/len(fill))
			var got []spot
			l.FindIn(before+"abcaa"+fill, func(w, at int) bool { got = append(got, spot{at, w}); return true })
			if want := []spot{{len(before), 0}, {len(before) + 3, 1}}; !slices.Equal(got[:min(len(got), 2)], want) {
				t.Errorf("%d bytes of %q: found %v, want %v first", len(before), fill, got, want)
			}
		}
	}
}

// TestFold finds words in capitals, and no other bytes for their letters.
func TestFold(t *testing.T) {
	l := NewFold([]string{"host", "a_url", "]x"})
	var got []spot
	l.FindIn("Host HOST h\x0fst A_URL A\x7fURL ]X }x", func(w, at int) bool { got = append(got, spot{at, w}); return true })
	if want := []spot{{0, 0}, {5, 0}, {15, 1}, {27, 2}}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}
