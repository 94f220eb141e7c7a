package main

import (
	"strings"
	"testing"
)

func TestCodeText(t *testing.T) {
	const want = "https://a.example/Labels/01/09506000134352#AB:Z"
	wide := func(s, mark string, at int) string {
		var b strings.Builder
		b.WriteString(mark)
		for _, c := range []byte(s) {
			pair := [2]byte{}
			pair[at] = c
			b.Write(pair[:])
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"as it is":             want,
		"line end":             want + "\r\n",
		"capitals":             "HTTPS://A.EXAMPLE/Labels/01/09506000134352#AB:Z",
		"byte-order mark":      byteOrderMark + want + "\n",
		"UTF-16":               wide(want+"\r\n", "\xff\xfe", 0),
		"UTF-16, big end":      wide(want, "\xfe\xff", 1),
		"UTF-16, half a unit":  wide(want, "\xff\xfe", 0) + "x",
		"both":                 byteOrderMark + "Https://a.Example/Labels/01/09506000134352#AB:Z",
		"nothing but fragment": "#AB:Z",
	} {
		if name == "nothing but fragment" {
			if got := string(codeText([]byte(text))); got != text {
				t.Errorf("%s: %q", name, got)
			}
		} else if got := string(codeText([]byte(text))); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, other := range []string{"", "{}", byteOrderMark + "{}", "%PDF-1.3", "\xff\xfe", "http://a.example/#A", "\xff\xfe{\x00"} {
		if got := string(codeText([]byte(other))); got != other {
			t.Errorf("%q became %q", other, got)
		}
	}
	if got := string(codeText([]byte("HTTPS://A.EXAMPLE#sha256:Aa"))); got != "https://a.example#sha256:Aa" {
		t.Errorf("no path: %q", got)
	}
}

func TestNotRead(t *testing.T) {
	for data, want := range map[string]string{
		"<svg/>":                       "for looking at",
		byteOrderMark + "\n<!DOCTYPE>": "for looking at",
		"GIF89a":                       "kind that is not read",
		"RIFF\x00\x00\x00\x00WEBP":     "kind that is not read",
		"\x00\x00\x00\x18ftypheic":     "kind that is not read",
		"{\"a\": \"<\"}":               "",
		"":                             "",
		"RIFF":                         "",
		"%PDF-1.3":                     "",
	} {
		err := notRead("x", []byte(data))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", data, err, want)
		}
	}
}
