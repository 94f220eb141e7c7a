package labels

// Two characters that are not seen and steer how letters join (Unicode 15.0, 23.2): Persian is
// not written right without the one, Sinhala and Malayalam not without the other.
const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
)

// mayJoin reports whether one of them may stand between two characters: where it changes how
// they are drawn, in scripts that need it. That is between two letters of Arabic script, and
// between a letter and the sign that takes its vowel (virama) in one of the ten scripts of India and
// Sri Lanka. The verifier in the browser computes the same.
func mayJoin(before, after rune) bool {
	a, b := script(before), script(after)
	if a != b || a == 0 {
		return false
	}
	return a == arabicScript || isVirama(before) && isIndic(after) || isIndic(before) && isVirama(after)
}

const arabicScript = 1

// script numbers the script of a character: 1 for Arabic letters, and 18 to 27, each a block of 128
// characters from U+0900, for those of India; 0 for all others.
func script(r rune) rune {
	switch block := r >> 7; {
	case r >= 0x620 && r <= 0x64A, r >= 0x66E && r <= 0x6D3, r >= 0x6FA && r <= 0x6FC:
		return arabicScript
	case block >= 18 && block <= sinhala:
		return block
	}
	return 0
}

const sinhala = 27 // the one block whose letters lie elsewhere

func isVirama(r rune) bool {
	if r>>7 == sinhala {
		return r&127 == 0x4A
	}
	return r&127 == 0x4D
}

func isIndic(r rune) bool {
	last := rune(0x39)
	if r>>7 == sinhala {
		last = 0x46
	}
	return r&127 >= 5 && r&127 <= last
}

// isJoined reports whether the character at i of a text is one of the two, where it may stand.
func isJoined(text []rune, i int) bool {
	return (text[i] == nonJoiner || text[i] == joiner) && i > 0 && i+1 < len(text) && mayJoin(text[i-1], text[i+1])
}
