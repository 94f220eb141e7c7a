package letters

import (
	"slices"

	"golang.org/x/text/unicode/bidi"
)

// order puts the characters of a line in the order in which they stand from
// left to right, by the Unicode Bidirectional Algorithm (UAX #9). Embeddings and
// isolates do not occur: labels.Validate refuses them. The base direction is
// given.
func order(text []rune, rightToLeft bool) []rune {
	if !rightToLeft && !slices.ContainsFunc(text, isRight) {
		return text
	}
	l := newLine(text, rightToLeft)
	l.weak()
	l.brackets()
	l.neutral()
	return l.visual()
}

func isRight(r rune) bool {
	c := class(r)
	return c == bidi.R || c == bidi.AL
}

func class(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

// line is a text with the class of each character, which the rules change.
type line struct {
	text  []rune
	class []bidi.Class
	was   []bidi.Class
	base  bidi.Class // L or R: of the paragraph, and what stands before and after it
}

func newLine(text []rune, rightToLeft bool) *line {
	l := &line{text: text, base: bidi.L}
	if rightToLeft {
		l.base = bidi.R
	}
	for _, r := range text {
		l.class = append(l.class, class(r))
	}
	l.was = slices.Clone(l.class)
	return l
}

// weak applies W1 to W7.
func (l *line) weak() {
	strong, before := l.base, l.base
	for i, c := range l.class {
		switch c {
		case bidi.NSM:
			l.class[i] = before // W1
		case bidi.EN:
			if strong == bidi.AL {
				l.class[i] = bidi.AN // W2
			}
		case bidi.L, bidi.R, bidi.AL:
			strong = c
		}
		before = l.class[i]
	}
	for i, c := range l.class {
		if c == bidi.AL {
			l.class[i] = bidi.R // W3
		}
	}
	l.separators()
	l.terminators()
	strong = l.base
	for i, c := range l.class {
		switch {
		case c == bidi.EN && strong == bidi.L:
			l.class[i] = bidi.L // W7
		case c == bidi.L || c == bidi.R:
			strong = c
		}
	}
}

// separators applies W4: one separator between two numbers of a kind.
func (l *line) separators() {
	for i := 1; i+1 < len(l.class); i++ {
		a, c, b := l.class[i-1], l.class[i], l.class[i+1]
		if a == b && (a == bidi.EN && (c == bidi.ES || c == bidi.CS) || a == bidi.AN && c == bidi.CS) {
			l.class[i] = a
		}
	}
}

// terminators applies W5 and W6.
func (l *line) terminators() {
	for i := 0; i < len(l.class); i++ {
		end := i
		for end < len(l.class) && l.class[end] == bidi.ET {
			end++
		}
		if end == i {
			continue
		}
		to := bidi.ON
		if i > 0 && l.class[i-1] == bidi.EN || end < len(l.class) && l.class[end] == bidi.EN {
			to = bidi.EN
		}
		for ; i < end; i++ {
			l.class[i] = to
		}
		i--
	}
	for i, c := range l.class {
		if c == bidi.ES || c == bidi.CS {
			l.class[i] = bidi.ON
		}
	}
}

// strength gives the direction that a character lends to neutral ones beside
// it: numbers count as right to left.
func strength(c bidi.Class) (bidi.Class, bool) {
	switch c {
	case bidi.L:
		return bidi.L, true
	case bidi.R, bidi.EN, bidi.AN:
		return bidi.R, true
	}
	return 0, false
}

const maxBrackets = 63 // BD16

// brackets applies N0.
func (l *line) brackets() {
	type pair struct{ open, end int }
	var stack []int
	var pairs []pair
	for i, r := range l.text {
		if l.class[i] != bidi.ON {
			continue
		}
		switch {
		case opens(r):
			if len(stack) == maxBrackets {
				return
			}
			stack = append(stack, i)
		case closes(r):
			for n := len(stack) - 1; n >= 0; n-- {
				if mirrored[l.text[stack[n]]] == r {
					pairs = append(pairs, pair{stack[n], i})
					stack = stack[:n]
					break
				}
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return a.open - b.open })
	for _, p := range pairs {
		if c, ok := l.inside(p.open, p.end); ok {
			l.class[p.open], l.class[p.end] = c, c
		}
	}
}

// inside says which direction a pair of brackets takes, if any.
func (l *line) inside(open, end int) (bidi.Class, bool) {
	found := false
	for _, c := range l.class[open+1 : end] {
		switch s, ok := strength(c); {
		case ok && s == l.base:
			return l.base, true
		case ok:
			found = true
		}
	}
	if !found {
		return 0, false
	}
	for i := open - 1; i >= 0; i-- {
		if s, ok := strength(l.class[i]); ok {
			return s, true
		}
	}
	return l.base, true
}

func opens(r rune) bool  { return r == '(' || r == '[' || r == '{' }
func closes(r rune) bool { return r == ')' || r == ']' || r == '}' }

// neutral applies N1 and N2.
func (l *line) neutral() {
	before := l.base
	for i := 0; i < len(l.class); i++ {
		if s, ok := strength(l.class[i]); ok {
			before = s
			continue
		}
		end, after := i, l.base
		for ; end < len(l.class); end++ {
			if s, ok := strength(l.class[end]); ok {
				after = s
				break
			}
		}
		to := l.base
		if before == after {
			to = before
		}
		for ; i < end; i++ {
			l.class[i] = to
		}
		i--
	}
}

// visual applies I1, I2, L1 for the end of the line, L2 and L4.
func (l *line) visual() []rune {
	levels := make([]int, len(l.text))
	for i, c := range l.class {
		switch {
		case l.base == bidi.L && c == bidi.R, l.base == bidi.R && c == bidi.R:
			levels[i] = 1
		case l.base == bidi.L && c == bidi.L:
		default:
			levels[i] = 2 // numbers, and what runs left to right in a line that does not
		}
	}
	for i := len(levels) - 1; i >= 0 && l.was[i] == bidi.WS; i-- {
		levels[i] = 0
		if l.base == bidi.R {
			levels[i] = 1
		}
	}
	out := slices.Clone(l.text)
	for i, r := range out {
		if m := mirrored[r]; levels[i] == 1 && m != 0 {
			out[i] = m
		}
	}
	for least := 2; least >= 1; least-- {
		for i := 0; i < len(levels); i++ {
			end := i
			for end < len(levels) && levels[end] >= least {
				end++
			}
			slices.Reverse(out[i:end])
			slices.Reverse(levels[i:end])
			i = max(i, end-1)
		}
	}
	return out
}

// mirrored has the characters that face the other way in a text from right to
// left (L4).
var mirrored = map[rune]rune{
	'(': ')', ')': '(', '[': ']', ']': '[', '{': '}', '}': '{', '<': '>', '>': '<', '«': '»', '»': '«', '‹': '›', '›': '‹',
}
