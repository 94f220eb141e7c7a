package labels

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// phrase is words and the form in which they are looked for.
type phrase struct {
	words    string
	form     string   // letters and digits, as texts have them
	pattern  string   // the form with "#" for a digit of a level
	unless   []string // what may not follow
	after    []string // what may not stand before
	anywhere bool     // found inside of longer words too
}

// shortPhrase is the number of letters below which a phrase is only looked for as
// whole words: "CE mark" stands in "nice market".
const shortPhrase = 10

// levels are the digits that "#" stands for in a phrase.
const levels = "12345"

// phrases brings words into that form, once.
func phrases(words ...string) func() []phrase {
	return sync.OnceValue(func() []phrase {
		var list []phrase
		for _, w := range words {
			after, w, found := strings.Cut(w, "<")
			if !found {
				after, w = "", after
			}
			w, unless, _ := strings.Cut(w, "!")
			const digit = "9" // that no phrase has
			pattern := strings.ReplaceAll(wordsOf(strings.ReplaceAll(w, "#", digit)).letters, digit, "#")
			for _, d := range levels {
				t := wordsOf(strings.ReplaceAll(w, "#", string(d)))
				whole := len([]rune(t.letters)) < shortPhrase || t.ends[2] || w[0] == '1' || strings.Contains(w, "#")
				list = append(list, phrase{strings.ReplaceAll(w, "#", string(d)), t.letters, pattern, choices(unless), choices(after), !whole || unspaced(w)})
				if !strings.Contains(w, "#") {
					break
				}
			}
		}
		return list
	})
}

// choices are the forms of words with "/" between.
func choices(words string) []string {
	if words == "" {
		return nil
	}
	return strings.Split(seen(words), "/")
}

// spoken brings words into the form of a text, with one blank between words.
func spoken(all ...string) func() []string {
	return sync.OnceValue(func() []string {
		var list []string
		for _, s := range all {
			list = append(list, strings.Join(wordsOf(s).words, " "))
		}
		return list
	})
}

// Never gives the phrases that never stand in a name on a label, by the id of the
// scheme that may be called so, in the form in which they are looked for: for
// verifiers in other languages. "*" stands before one that is found inside of longer
// words too, "#" for each digit of [Levels], "!" before what may not follow, and a
// second one before what may not stand in front, each with "/" between several.
func Never() map[string][]string {
	never := map[string][]string{"": forms(boasts())}
	for _, m := range marks {
		never[m.scheme] = append(never[m.scheme], forms(m.words())...)
	}
	return never
}

// Levels are the digits of levels, in the form of a text.
func Levels() string { return seen(levels) }

// Denials gives what turns a boast into its opposite, in the form of texts with one
// blank between words: before it, and behind it.
func Denials() (before, after []string) { return denials(), behind() }

func forms(all []phrase) []string {
	var list []string
	for _, w := range all {
		form := w.pattern
		if w.anywhere {
			form = "*" + form
		}
		if w.unless != nil || w.after != nil {
			form += "!" + strings.Join(w.unless, "/")
		}
		if w.after != nil {
			form += "!" + strings.Join(w.after, "/")
		}
		list = append(list, form)
	}
	return slices.Compact(list)
}

func unspaced(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) })
}

// text is the letters and digits of a text as they look, without accents and what
// stands between: its words, the words together, and where among these bytes words
// begin or end.
type text struct {
	words   []string
	letters string
	ends    map[int]bool
}

func wordsOf(s string) text {
	plain := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return r
		case unicode.IsMark(r):
			return -1
		}
		return ' '
	}, seen(s))
	t := text{words: strings.Fields(plain), ends: map[int]bool{0: true}}
	at := 0
	for _, w := range t.words {
		at += len(w)
		t.ends[at] = true
	}
	t.letters = strings.Join(t.words, "")
	return t
}

// says reports whether the text holds a phrase, however it is spaced, and does not
// deny it.
func (t text) says(w phrase) bool {
	for from := 0; ; {
		i := strings.Index(t.letters[from:], w.form)
		if i < 0 {
			return false
		}
		at := from + i
		end := at + len(w.form)
		whole := w.anywhere || t.ends[at] && t.ends[end]
		other := slices.ContainsFunc(w.unless, func(s string) bool { return strings.HasPrefix(t.letters[end:], s) }) ||
			slices.ContainsFunc(w.after, func(s string) bool { return strings.HasSuffix(t.letters[:at], s) })
		if whole && !other && !t.denies(at, end) {
			return true
		}
		from = at + 1
	}
}

// holds reports whether whole words of the text, written together, are form.
func (t text) holds(form string) bool {
	for from := 0; ; {
		i := strings.Index(t.letters[from:], form)
		if i < 0 {
			return false
		}
		if at := from + i; t.ends[at] && t.ends[at+len(form)] {
			return true
		}
		from += i + 1
	}
}

// denies reports whether what stands between two places of the text is said not to
// be so.
func (t text) denies(at, end int) bool {
	if slices.ContainsFunc(behind(), func(d string) bool { return strings.HasPrefix(t.letters[end:], d) }) {
		return true
	}
	n := 0
	for i, w := range t.words {
		if n == at {
			return denied(" " + strings.Join(t.words[:i], " "))
		}
		n += len(w)
	}
	return false // in the middle of a word
}

// denied reports whether words end in a denial that is not denied itself.
func denied(before string) bool {
	return slices.ContainsFunc(denials(), func(d string) bool {
		rest, ok := strings.CutSuffix(before, " "+d)
		return ok && !denied(rest)
	})
}
