package report

import (
	"bytes"
	"io"
	"regexp"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/assay-iot/assay/labels"
)

// Visible is a writer for what people read: whatever others wrote into it, no control
// character and none that turns the direction of writing reaches a terminal. What
// becomes of them is their escape, which in JSON means the same character.
type Visible struct {
	To     io.Writer
	Colors bool // lets through the few sequences by which the program itself colours
	mu     sync.Mutex
	left   []byte // the begin of a character
}

// colour is a sequence of the program's own, or of the diagnostics of HCL: it
// colours, underlines and ends that, and hides nothing.
var colour = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\x1b\[(0|1|2|4|3[1-6])(;(0|1|2|4|3[1-6]))?m`)
})

// Write writes all of data, but for the begin of a character at its end.
func (v *Visible) Write(data []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	text := data
	if len(v.left) > 0 {
		text = append(v.left, data...)
	}
	n := whole(text)
	v.left = bytes.Clone(text[n:])
	if _, err := v.To.Write(v.visible(text[:n])); err != nil {
		return 0, err
	}
	return len(data), nil
}

// Flush writes what is left at the end.
func (v *Visible) Flush() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	left := v.left
	v.left = nil
	_, err := v.To.Write(v.visible(left))
	return err
}

// whole is the length of text without the begin of a character at its end.
func whole(text []byte) int {
	for n := 1; n <= min(len(text), utf8.UTFMax-1); n++ {
		if i := len(text) - n; utf8.RuneStart(text[i]) {
			if !utf8.FullRune(text[i:]) {
				return i
			}
			break
		}
	}
	return len(text)
}

// anyHidden reports whether a character does not pass as it is. Nearly all are of ASCII,
// and are looked at as bytes.
func anyHidden(text []byte) bool {
	for i := 0; i < len(text); {
		if c := text[i]; c >= ' ' && c < 0x7f || c == '\n' || c == '\t' {
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return true
		}
		i += n
	}
	return false
}

func (v *Visible) visible(text []byte) []byte {
	if !anyHidden(text) {
		return text
	}
	b := make([]byte, 0, len(text)+16)
	for from, i := 0, 0; ; i++ {
		own := 0 // bytes that pass as they are
		switch {
		case i == len(text):
			return append(b, labels.Visible(string(text[from:]))...)
		case text[i] == '\n', text[i] == '\t':
			own = 1
		case v.Colors && text[i] == 0x1b:
			own = len(colour().Find(text[i:]))
		}
		if own > 0 {
			b = append(b, labels.Visible(string(text[from:i]))...)
			b = append(b, text[i:i+own]...)
			i += own - 1
			from = i + 1
		}
	}
}
