package facts

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestBlockComments(t *testing.T) {
	for in, want := range map[string][]string{
		"/* a */ b":                     {"/* a */"},
		" \t/* a\n b */ c":              {" \t/* a\n b */"[2:]},
		"x /* a */\n/* b */":            {"/* b */"},
		"x /* a\n/* b */":               {"/* b */"},
		"/* a */ /* b */":               {"/* a */"},
		"<!-- a --> x <!-- b -->/* c*/": {"<!-- a -->", "<!-- b -->"},
		"/* open":                       nil,
		"x /* a /* b */":                nil,
	} {
		var got []string
		blockComments([]byte(in), func(from, to int) { got = append(got, in[from:to]) })
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q", in, got)
		}
	}
	// Marks of which each would look back to the start of the line, and on to the end,
	// take no longer by their number: these would take hours.
	for _, mark := range []string{"/*", "/* ", "x/*", " /*"} {
		n := 0
		blockComments(append(bytes.Repeat([]byte(mark), 4<<20), "*/"...), func(int, int) { n++ })
		if n > 1 && !strings.HasPrefix(mark, "/*") {
			t.Errorf("%q: %d", mark, n)
		}
	}
}
