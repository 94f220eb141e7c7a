package verify_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/verify"
)

// hostile clears a screen, begins a line of its own, and turns the direction of
// writing; the last three are the one-byte forms of ESC [ and a line of Unicode.
const hostile = "\x1b[2J\x1b[H\nThis label is genuine\r\t\u202e\u009b2J\u2028\x9b"

// spoil puts hostile text behind each text that a value holds, except empty ones.
func spoil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				spoil(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i))
		}
	case reflect.String:
		if v.String() != "" {
			v.SetString(v.String() + hostile)
		}
	}
}

func mustText(t *testing.T, r *verify.Report) string {
	t.Helper()
	var b strings.Builder
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever a report holds, nothing of it reaches a terminal as more than letters on its
// own line.
func TestTextIsSafe(t *testing.T) {
	key := labeltest.Key()
	o := today()
	o.Image = &verify.Image{Name: "evil.bin", Read: func() verify.Stated {
		return verify.Stated{Products: []string{"Aurora Cam 2"}, Versions: []string{"2.5"}}
	}}
	whole := mustBundle(t, labeltest.Bundle(t, key, labeltest.Statement(t)), keys(t, key.Public()), o)
	whole.Signer = &verify.Signer{Identity: &verify.Identity{Subject: "s", Issuer: "i", Repository: "r"}}
	whole.Seal = &verify.Seal{Subject: "CN=a", Certified: "CN=b", StampDoubted: "why"}
	whole.List = &verify.ListAnswer{Address: "https://a"}
	whole.Logs = []verify.LogAnswer{{Origin: "log", Holds: true}, {Why: "why"}}
	short := &verify.Report{Summary: "s", Key: "k", Compact: &compact.Label{
		Maker: "m", Product: "p", Models: []string{"a"}, Schemes: []compact.Scheme{{ID: "a", Edition: "1"}}, Firmware: "1", Minimum: "1",
	}}
	for name, r := range map[string]*verify.Report{"whole": whole, "compact": short} {
		before := mustText(t, r)
		spoil(reflect.ValueOf(r))
		after := mustText(t, r)
		if i := strings.IndexFunc(after, func(r rune) bool { return r < ' ' && r != '\n' || strings.ContainsRune("\u202e\u009b\u2028\ufffd", r) }); i >= 0 {
			t.Errorf("%s: raw at %d: %q", name, i, after[max(0, i-40):i+10])
		}
		if b, a := strings.Count(before, "\n"), strings.Count(after, "\n"); a != b {
			t.Errorf("%s: %d lines, %d before", name, a, b)
		}
	}
}

// What an image says of itself stands in the first line.
func TestFirmwareIsSafe(t *testing.T) {
	key := labeltest.Key()
	o := today()
	o.Image = &verify.Image{Name: "a" + hostile, Read: func() verify.Stated {
		return verify.Stated{Products: []string{"Aurora Cam 2"}, Versions: []string{"2.5" + hostile}}
	}}
	text := mustText(t, mustBundle(t, labeltest.Bundle(t, key, labeltest.Statement(t)), keys(t, key.Public()), o))
	if strings.ContainsAny(text, "\x1b\u202e\r") || strings.Contains(text, "\nThis label is genuine\n") || !strings.Contains(text, `version "2.5`) {
		t.Errorf("%q", text)
	}
}

func TestHint(t *testing.T) {
	data := labeltest.Bundle(t, labeltest.Key(), labeltest.Statement(t))
	for _, hint := range []string{"", "k", hostile, strings.Repeat("A", 44), strings.Repeat("A", 43) + "=" + "AAAA"} {
		b, err := labels.ParseBundle(data)
		if err != nil {
			t.Fatal(err)
		}
		b.Material.PublicKey.Hint = strings.ToValidUTF8(hint, "")
		forged, err := b.Bytes()
		if err != nil {
			forged, _ = json.Marshal(b)
		}
		if _, err := labels.ParseBundle(forged); err == nil || hint != hostile && !errors.Is(err, labels.ErrNotLabel) {
			t.Errorf("hint %q: %v", hint, err)
		}
	}
}
