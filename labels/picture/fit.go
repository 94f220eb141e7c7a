package picture

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// block is text that was made to fit.
type block struct {
	lines []string
	style style
}

// height of the block in mm, from the first baseline to the last.
func (b block) height() float64 { return float64(len(b.lines)-1) * b.leading() }

func (b block) leading() float64 { return b.style.size * pointMM * 1.28 }

// fit makes a text fit a width in at most n lines. It shrinks the text, half a
// point at a time, down to least; what is still too long ends with an ellipsis.
// Nothing ever runs over.
func (s *sheet) fit(text string, st style, width, least float64, n int) block {
	text = s.clean(text)
	for {
		lines := wrap(text, st, width)
		if len(lines) <= n {
			return block{lines, st}
		}
		if st.size-0.5 < least {
			last := lines[n-1]
			for _, next := range lines[n:] {
				last = joined(last, next)
			}
			lines[n-1] = shorten(last, st, width)
			lines = carry(lines[:n])
			return block{lines, st}
		}
		st.size -= 0.5
	}
}

// fitOne makes a text fit in one line if it need not be smaller than least for
// that, else in n lines, smaller if it must.
func (s *sheet) fitOne(text string, st style, width, least, smallest float64, n int) block {
	one := st
	for text := s.clean(text); one.size >= least; one.size -= 0.25 {
		if len(wrap(text, one, width)) == 1 {
			return s.fit(text, one, width, one.size, 1)
		}
	}
	return s.fit(text, st, width, smallest, n)
}

// whole makes a text fit that must never be shortened, such as a date: in one
// line if it need not be smaller than least for that, else in n lines, as small as
// it takes. What would be too small to read is an error.
func (s *sheet) whole(text string, st style, width, least float64, n int) block {
	const smallest = 3
	b := s.fitOne(text, st, width, least, smallest, n)
	if s.err == nil && cut(b) {
		s.err = fmt.Errorf("draw label: no room for %q", text)
	}
	return b
}

// cut reports whether a text was too long.
func cut(b block) bool {
	return strings.HasSuffix(strings.TrimRight(b.lines[len(b.lines)-1], leftMark), "…")
}

// flow wraps a text into as many lines as it takes.
func (s *sheet) flow(text string, st style, width float64) block {
	return block{wrap(s.clean(text), st, width), st}
}

// listed writes a text with at most n entries of each list in it; "and 3 more"
// stands for the others. fitLists takes the largest n that fits.
type listed func(n int) string

// mostListed is how many entries of a list a label names at most.
const mostListed = 6

// fitLists makes a text with lists in it fit. As many entries are named as have
// room at the smallest size, so that "and 3 more" is never cut away; only where
// a single entry is too long does the text end with an ellipsis.
func (s *sheet) fitLists(text listed, st style, width, least float64, n int) block {
	smallest := st
	smallest.size = least
	for entries := mostListed; ; entries-- {
		if entries <= 1 || len(wrap(s.clean(text(entries)), smallest, width)) <= n {
			return s.fit(text(entries), st, width, least, n)
		}
	}
}

// wrap breaks a text at spaces and between Japanese characters, and inside words
// that are wider than a line.
func wrap(text string, st style, limit float64) []string {
	const slack = 1e-9
	var lines []string
	line, filled := "", 0.0
	for _, piece := range pieces(text) {
		w := width(piece, st)
		if line != "" && filled+w <= limit+slack {
			line, filled = line+piece, filled+w
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		piece = strings.TrimLeft(piece, " ")
		for w = width(piece, st); w > limit+slack; w = width(piece, st) {
			head := head(piece, st, limit)
			lines, piece = append(lines, head), piece[len(head):]
		}
		line, filled = piece, w
	}
	return carry(append(lines, line))
}

const leftMark = "\u200E"

// carry closes and opens again, at the end of each line, a run from left to right
// that goes on in the next: the order of a line's characters is found line by
// line, and the run must keep its direction. Marks come in pairs (words.Fill).
func carry(lines []string) []string {
	open := false
	for i, line := range lines {
		odd := strings.Count(line, leftMark)%2 == 1
		if open {
			lines[i] = leftMark + lines[i]
		}
		if open = open != odd; open {
			lines[i] += leftMark
		}
	}
	return lines
}

// Characters that no line may begin with, and that none may end with (a small
// part of JIS X 4051).
const (
	notFirst = "、。，．・：；？！）」』】〕〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々％)]}!?,.:;%"
	notLast  = "（「『【〔〈《([{"
)

// pieces cuts a text where a line may break. Each piece keeps the space before
// it.
func pieces(text string) []string {
	text = strings.Join(strings.Fields(text), " ")
	var list []string
	start, last := 0, rune(0)
	for i, r := range text {
		if i > 0 && breaks(last, r) && !(r == ' ' && stays(text[i+1:])) {
			list = append(list, text[start:i])
			start = i
		}
		last = r
	}
	if start < len(text) {
		list = append(list, text[start:])
	}
	return list
}

// stays reports whether a text may not begin a line although a space stands before
// it: French marks, and the sign of per cent.
func stays(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return strings.ContainsRune(":;!?»%", r)
}

func breaks(a, b rune) bool {
	switch {
	case katakana(a) && katakana(b): // a foreign word
		return false
	case b == ' ':
		return a != ' '
	case a == ' ' || !wide(a) && !wide(b):
		return false
	}
	return !strings.ContainsRune(notFirst, b) && !strings.ContainsRune(notLast, a)
}

// wide reports whether a character stands for itself, as Japanese ones do.
func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF || r == 'ー'
}

func katakana(r rune) bool { return unicode.Is(unicode.Katakana, r) || r == 'ー' }

// head is as much of a word as a line takes, at least one character.
func head(word string, st style, limit float64) string {
	end := 0
	for i, r := range word {
		next := i + len(string(r))
		if end > 0 && width(word[:next], st) > limit {
			break
		}
		end = next
	}
	return word[:end]
}

// joined undoes a line break.
func joined(a, b string) string {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	if wide(last) || wide(first) {
		return a + b
	}
	return a + " " + b
}

func shorten(line string, st style, limit float64) string {
	runes := []rune(line)
	for len(runes) > 0 && width(string(runes)+"…", st) > limit {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ,;、") + "…"
}
