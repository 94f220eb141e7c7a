package firmware

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestIsText compares what eight bytes at a time say with what each byte says.
func TestIsText(t *testing.T) {
	plainly := func(b []byte) bool {
		odd := 0
		for _, c := range b {
			if c < ' ' && !strings.ContainsRune("\n\r\t\f", rune(c)) {
				odd++
			}
		}
		return odd*100 <= len(b)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for try := range 2000 {
		b := []byte(strings.Repeat("a line of text, \x7f ~ é\n", 1+r.IntN(30)))
		for range r.IntN(1 + try/100) {
			b[r.IntN(len(b))] = byte(1 + r.IntN(127))
		}
		if !bytes.Contains(b, []byte("é")) {
			continue
		}
		valid := bytes.ToValidUTF8(b, []byte("e"))
		if got, want := isText(valid), plainly(valid); got != want {
			t.Fatalf("%q: text %v, want %v", valid, got, want)
		}
	}
}
