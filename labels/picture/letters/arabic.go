package letters

// arabic has the letters of the Arabic language, each with its first form in the
// block Arabic Presentation Forms-B of Unicode, and how many it has: isolated,
// final, initial, medial. A letter with two forms does not join the next one.
var arabic = map[rune]struct {
	first rune
	forms int
}{
	0x0621: {0xFE80, 1}, 0x0622: {0xFE81, 2}, 0x0623: {0xFE83, 2}, 0x0624: {0xFE85, 2}, 0x0625: {0xFE87, 2}, 0x0626: {0xFE89, 4},
	0x0627: {0xFE8D, 2}, 0x0628: {0xFE8F, 4}, 0x0629: {0xFE93, 2}, 0x062A: {0xFE95, 4}, 0x062B: {0xFE99, 4}, 0x062C: {0xFE9D, 4},
	0x062D: {0xFEA1, 4}, 0x062E: {0xFEA5, 4}, 0x062F: {0xFEA9, 2}, 0x0630: {0xFEAB, 2}, 0x0631: {0xFEAD, 2}, 0x0632: {0xFEAF, 2},
	0x0633: {0xFEB1, 4}, 0x0634: {0xFEB5, 4}, 0x0635: {0xFEB9, 4}, 0x0636: {0xFEBD, 4}, 0x0637: {0xFEC1, 4}, 0x0638: {0xFEC5, 4},
	0x0639: {0xFEC9, 4}, 0x063A: {0xFECD, 4}, 0x0641: {0xFED1, 4}, 0x0642: {0xFED5, 4}, 0x0643: {0xFED9, 4}, 0x0644: {0xFEDD, 4},
	0x0645: {0xFEE1, 4}, 0x0646: {0xFEE5, 4}, 0x0647: {0xFEE9, 4}, 0x0648: {0xFEED, 2}, 0x0649: {0xFEEF, 2}, 0x064A: {0xFEF1, 4},
}

// lamAlef has the letters that lam joins with into one sign; it has two forms,
// isolated and final.
var lamAlef = map[rune]rune{0x0622: 0xFEF5, 0x0623: 0xFEF7, 0x0625: 0xFEF9, 0x0627: 0xFEFB}

const (
	lam     = 0x0644
	stretch = 0x0640 // joins on both sides and has one form

	// Not drawn: before and behind the one nothing joins, before and behind the other all does.
	nonJoiner = '\u200c'
	joiner    = '\u200d'
)

// joins reports whether a character is an Arabic letter that can be set.
func joins(r rune) bool {
	_, ok := arabic[r]
	return ok || r == stretch
}

// joinsNext reports whether a letter joins the one that follows it.
func joinsNext(r rune) bool { return r == stretch || r == joiner || arabic[r].forms == 4 }

// joinsBefore reports whether a letter joins the one before it.
func joinsBefore(r rune) bool { return r == stretch || r == joiner || arabic[r].forms >= 2 }

// join replaces Arabic letters by their joined forms. The order stays.
func join(text []rune) []rune {
	first := 0
	for first < len(text) && !joins(text[first]) {
		first++
	}
	if first == len(text) {
		return text
	}
	out := append(make([]rune, 0, len(text)), text[:first]...)
	for i := first; i < len(text); i++ {
		r := text[i]
		letter, ok := arabic[r]
		if !ok {
			if r != nonJoiner && r != joiner {
				out = append(out, r)
			}
			continue
		}
		before := i > 0 && joinsNext(text[i-1]) && joinsBefore(r)
		if sign := lamAlef[at(text, i+1)]; r == lam && sign != 0 {
			out = append(out, form(sign, before, false))
			i++
			continue
		}
		out = append(out, form(letter.first, before, letter.forms == 4 && joinsBefore(at(text, i+1))))
	}
	return out
}

func at(text []rune, i int) rune {
	if i >= len(text) {
		return 0
	}
	return text[i]
}

func form(first rune, before, after bool) rune {
	if before {
		first++
	}
	if after {
		first += 2
	}
	return first
}
