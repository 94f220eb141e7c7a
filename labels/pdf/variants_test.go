package pdf

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/picture"
	"github.com/assay-iot/assay/labels/picture/letters"
	"github.com/assay-iot/assay/labels/picture/words"
	"github.com/assay-iot/assay/labels/sign"
)

// Each variant, signed itself too, is a PDF that others read without complaint,
// whose signature covers all of it, and whose code a phone reads.
func TestOthersReadEveryVariant(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := labeltest.Statement(t)
	bundle := labeltest.Bundle(t, key, s)
	c, err := compact.FromStatement(s, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	message, err := c.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	whole, _ := compact.Code(&s.Predicate, message)
	digest, _ := s.Digest()
	for _, v := range picture.Variants() {
		t.Run(v.String(), func(t *testing.T) {
			plain, err := Render(s, bundle, message, v)
			if err != nil {
				t.Fatal(err)
			}
			page, err := sign.PDF(key, s, plain, sign.Seal{})
			if err != nil {
				t.Fatal(err)
			}
			if out := tool(t, page, "qpdf", "--check", "label.pdf"); !strings.Contains(out, "No syntax or stream encoding errors") {
				t.Error(out)
			}
			if out := tool(t, page, "pdfsig", "-nocert", "label.pdf"); !strings.Contains(out, "Signature is Valid") || !strings.Contains(out, "Total document signed") {
				t.Error(out)
			}
			want := whole
			if v.Format == picture.Mark {
				want, _ = picture.Code(&s.Predicate, digest, nil)
			}
			if got := readBack(t, page); got != want {
				t.Errorf("the code says %q, want %q", got, want)
			}
			says(t, v, tool(t, page, "pdftotext", "label.pdf", "-"))
		})
	}
}

// says looks for words of the language in the text of a page. A reader of
// Arabic gets the letters in their joined forms, so only their number counts.
func says(t *testing.T, v picture.Variant, text string) {
	w := words.Of(v.Language)
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	want := []string{"AuroraCam2"}
	if !w.RightToLeft {
		want = append(want, w.Long("2031-06-30"), w.Support)
	}
	for _, s := range want {
		if !strings.Contains(squeeze(text), squeeze(s)) {
			t.Errorf("the page does not say %q:\n%s", s, text)
		}
	}
	letters := 0
	for _, r := range text {
		if r >= 0xFE80 && r <= 0xFEFC || r >= 0x0620 && r <= 0x064A {
			letters++
		}
	}
	if w.RightToLeft && letters < 20 {
		t.Errorf("%d Arabic letters on the page:\n%s", letters, text)
	}
}

func TestUnknownVariant(t *testing.T) {
	s := labeltest.Statement(t)
	for _, v := range []string{"", "a5", "a5 xx", "a7 en", " en", "a5 en ", "a5  en"} {
		if _, err := Again(s, nil, nil, v); !errors.Is(err, labels.ErrUnknownVariant) {
			t.Errorf("%q: %v", v, err)
		}
	}
	s.Predicate.Renderer = 2 // which may have more
	if _, err := Again(s, nil, nil, "a5 xx"); !errors.Is(err, labels.ErrUnknownRenderer) {
		t.Error(err)
	}
}

// Names in every script that can be set are set, in every language.
func TestScripts(t *testing.T) {
	for _, name := range []string{"カメラ 龠", "كاميرا لا 2", "Камера", "Κάμερα", "摄", "Cafe\u0301 №1 ½″"} {
		for _, l := range words.Languages() {
			s := labeltest.Statement(t)
			s.Predicate.Product.Name = name
			for _, f := range picture.Formats() {
				_, err := Render(s, nil, nil, picture.Variant{Format: f, Language: l})
				var glyph *letters.GlyphError
				if refused := errors.As(err, &glyph); refused != (name == "摄") || err != nil && !refused { // not in JIS X 0208
					t.Errorf("%q in %s %s: %v", name, f, l, err)
				}
			}
		}
	}
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"Aurora", "カメラ（改）", "كاميرا (2)", "a\u0301", "\u200F", "W", "\u0640\u0644\u0627", "😀", "(((((", "١٢٣", "ﻻ"} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(19))
	}
	f.Fuzz(func(t *testing.T, name string, n uint8) {
		s := labeltest.Statement(t)
		s.Predicate.Product.Name = name
		if s.Validate() != nil || !utf8.ValidString(name) {
			return
		}
		all := picture.Variants()
		v := all[int(n)%len(all)]
		out, err := Render(s, []byte("b"), nil, v)
		var glyph *letters.GlyphError
		if err != nil && !errors.As(err, &glyph) {
			t.Fatalf("%q in %s: %v", name, v, err)
		}
		if err == nil && len(out) == 0 {
			t.Fatal("nothing is drawn")
		}
	})
}
