package labels

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
)

func TestCanonical(t *testing.T) {
	for _, c := range []struct {
		in   any
		want string
	}{
		{map[string]any{"b": 1, "a": []any{nil, true, "x"}}, `{"a":[null,true,"x"],"b":1}`},
		{"<&>\u2028é€\U0001F600", "\"<&>\u2028é€\U0001F600\""},
		{"\x00\b\t\n\f\r\x1f\"\\/\x7f", `"\u0000\b\t\n\f\r\u001f\"\\/` + "\x7f\""},
		// RFC 8785, section 3.2.3: by UTF-16 code units, not by code points
		{map[string]int{"\ufb33": 1, "\U0001F600": 2, "\u20ac": 3, "1": 4, "\r": 5}, "{\"\\r\":5,\"1\":4,\"\u20ac\":3,\"\U0001F600\":2,\"\ufb33\":1}"},
		{int64(1<<53 - 1), "9007199254740991"},
	} {
		got, err := Canonical(c.in)
		if err != nil || string(got) != c.want {
			t.Errorf("%v: %s, %v; want %s", c.in, got, err, c.want)
		}
	}
	for _, bad := range []any{1.5, int64(1 << 53), "\xff", map[string]any{"\xff": 1}} {
		if got, err := Canonical(bad); err == nil {
			t.Errorf("%v: %s, want an error", bad, got)
		}
	}
}

func TestOneFormOnly(t *testing.T) {
	payload, err := os.ReadFile("testdata/payload.json")
	if err != nil {
		t.Fatal(err)
	}
	good, err := NewBundle(strings.Repeat("k", 43)+"=", payload, []byte("si")).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseBundle(good); err != nil {
		t.Fatal(err)
	}
	text := string(good)
	for _, c := range []struct {
		name, data string
		changed    bool // of the right shape, in another form
	}{
		{"white space", strings.Replace(text, ":", ": ", 1), true},
		{"a line feed behind", text + "\n", true},
		{"bytes behind", text + "x", true},
		{"another value behind", text + text, true},
		{"a key twice", strings.Replace(text, `"mediaType":`, `"mediaType":"x","mediaType":`, 1), true},
		{"a key in capitals", strings.Replace(text, `"mediaType"`, `"MEDIATYPE"`, 1), true},
		{"an escape", strings.Replace(text, `"hint":"k`, `"hint":"\u006b`, 1), true},
		{"base64 with other spare bits", strings.Replace(text, "c2k=", "c2l=", 1), true},
		{"an unknown field", strings.Replace(text, `{"dsse`, `{"a":1,"dsse`, 1), false},
		{"cut off", text[:len(text)-1], false},
		{"empty", "", false},
		{"another type", strings.Replace(text, "v0.3", "v0.2", 1), false},
		{"too large", text + strings.Repeat(" ", MaxBundle), false},
		{"deep", strings.Repeat("[", 100_000), false},
	} {
		_, err := ParseBundle([]byte(c.data))
		var form *CanonicalError
		if err == nil || errors.As(err, &form) != c.changed {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestStatementOneFormOnly(t *testing.T) {
	payload, err := os.ReadFile("testdata/payload.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"unknown field":  bytes.Replace(payload, []byte(`"asOf"`), []byte(`"asOff"`), 1),
		"a key twice":    bytes.Replace(payload, []byte(`"asOf":`), []byte(`"asOf":"2026-01-01","asOf":`), 1),
		"other proof":    bytes.Replace(payload, []byte(`"observed"`), []byte(`"proven"`), 1),
		"other type":     bytes.Replace(payload, []byte("label/v1"), []byte("label/v2"), 1),
		"other subject":  bytes.Replace(payload, []byte(`{"sha256":"`), []byte(`{"sha256":"0`), 1),
		"no date":        bytes.Replace(payload, []byte(`"issued":"2026-10`), []byte(`"issued":"2026-13`), 1),
		"valid too long": bytes.Replace(payload, []byte(`"validUntil":"2027`), []byte(`"validUntil":"2037`), 1),
		"cut off":        payload[:len(payload)-2],
	} {
		if bytes.Equal(data, payload) {
			t.Fatalf("%s: the case changes nothing", name)
		}
		if _, err := ParseStatement(data); !errors.Is(err, ErrNotLabel) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
