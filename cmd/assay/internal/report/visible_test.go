package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestVisible(t *testing.T) {
	const hostile = "a\x1b[2J\x1b[8mb\r\x7f\u202e\u009b2J\u2028\U000e0041\x9b ✓ öع"
	for _, c := range []struct {
		colors     bool
		text, want string
	}{
		{false, hostile + "\n\tz\n", `a\u001b[2J\u001b[8mb\u000d\u007f\u202e\u009b2J\u2028\udb40\udc41\x9b ✓ öع` + "\n\tz\n"},
		{true, "\x1b[32m✓\x1b[0m \x1b[1;4mx\x1b[0m \x1b[8mhid\x1b[5mden", "\x1b[32m✓\x1b[0m \x1b[1;4mx\x1b[0m " + `\u001b[8mhid\u001b[5mden`},
		{false, "\x1b[32m✓\x1b[0m", `\u001b[32m✓\u001b[0m`},
		{false, "cut \xe2\x9c", `cut \xe2\x9c`},
		{false, "", ""},
	} {
		var whole, bits bytes.Buffer
		w, b := &Visible{To: &whole, Colors: c.colors}, &Visible{To: &bits}
		if n, err := w.Write([]byte(c.text)); err != nil || n != len(c.text) || w.Flush() != nil || whole.String() != c.want {
			t.Errorf("%q: %q, want %q", c.text, whole.String(), c.want)
		}
		for i := range len(c.text) {
			_, _ = b.Write([]byte{c.text[i]})
		}
		if _ = b.Flush(); !c.colors && bits.String() != c.want {
			t.Errorf("%q, byte by byte: %q, want %q", c.text, bits.String(), c.want)
		}
	}
}

// JSON means what it meant, and moves nothing on a terminal.
func TestJSONIsVisible(t *testing.T) {
	const hostile = "a\x1b[2J\x7f\u202e\u009b2J\u2028\U000e0041 \\ \" ✓ ö"
	var b strings.Builder
	if err := JSON(&b, map[string]string{hostile: hostile}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(b.String(), "\x1b\x7f\u202e\u009b\u2028\U000e0041") || !strings.Contains(b.String(), "✓ ö") {
		t.Errorf("%q", b.String())
	}
	var back map[string]string
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil || back[hostile] != hostile {
		t.Errorf("%q, %v", back, err)
	}
}
