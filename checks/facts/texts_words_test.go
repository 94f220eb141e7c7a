package facts

import (
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// TestTextWords compares what the scan saw in texts with a search of each.
func TestTextWords(t *testing.T) {
	if len(textLists) > 8 {
		t.Fatal("too many lists for the bits of textWords")
	}
	find := newLiterals(wordsOf(textLists))
	for _, content := range []string{"", "nothing", "a hash", "SG.x and hf_y", "verify = none\nAuthUserFile /x", "JWT pw"} {
		seen := Text{Content: content, words: spotWords([]byte(content), find.Sights([]byte(content)))}
		unseen := Text{Content: content, File: &firmware.File{}}
		for i, list := range textLists {
			if got, want := seen.holds(list), list.In(content); got != want || unseen.holds(list) != want {
				t.Errorf("%q: list %d: %t and by itself %t, want %t", content, i, got, unseen.holds(list), want)
			}
		}
	}
	if changed := (Text{Content: "JWT", words: textWords{size: 9}}); !changed.holds(signingWords) {
		t.Error("a text that became another is not searched")
	}
}
