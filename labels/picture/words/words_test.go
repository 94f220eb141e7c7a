package words

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
)

// texts lists every text of a language by its place in the structure.
func texts(v reflect.Value, path string, out map[string]string) {
	switch v.Kind() {
	case reflect.String:
		out[path] = v.String()
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Tag" {
				texts(v.Field(i), path+"."+f.Name, out)
			}
		}
	case reflect.Array, reflect.Slice:
		for i := range v.Len() {
			texts(v.Index(i), fmt.Sprintf("%s[%d]", path, i), out)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			texts(v.MapIndex(k), fmt.Sprintf("%s[%v]", path, k), out)
		}
	}
}

var place = regexp.MustCompile(`\{\w+\}`)

func places(s string) []string {
	list := place.FindAllString(s, -1)
	slices.Sort(list)
	return slices.Compact(list)
}

// Every language has every word, with the same places to fill.
func TestEveryLanguageHasEveryWord(t *testing.T) {
	want := map[string]string{}
	texts(reflect.ValueOf(english), "", want)
	for _, l := range Languages() {
		w := Of(l)
		got := map[string]string{}
		texts(reflect.ValueOf(*w), "", got)
		if w.Tag != l || len(got) != len(want) {
			t.Errorf("%s: tag %s, %d texts, want %d", l, w.Tag, len(got), len(want))
		}
		for path, text := range want {
			counted := strings.Contains(path, "DecidedOf") || strings.Contains(path, "ExceptionCount")
			switch {
			case counted:
			case strings.TrimSpace(got[path]) == "":
				t.Errorf("%s: no word for %s", l, path)
			case !slices.Equal(places(got[path]), places(text)):
				t.Errorf("%s: %s has the places %v, want %v", l, path, places(got[path]), places(text))
			}
		}
		for _, c := range []Counted{w.DecidedOf, w.ExceptionCount} {
			for _, f := range w.forms {
				if reflect.ValueOf(c).FieldByName(Sentence(f)).String() == "" {
					t.Errorf("%s: no form %q of %v", l, f, c)
				}
			}
		}
		for n := range 250 {
			if f := w.plural(n); !slices.Contains(w.forms, f) {
				t.Errorf("%s: %d gives the form %q", l, n, f)
			}
		}
	}
	if Of("xx") != nil {
		t.Error("words of a language that is not there")
	}
}

// All principles and proofs have words.
func TestVocabulary(t *testing.T) {
	for _, l := range Languages() {
		w := Of(l)
		for _, p := range assay.Principles() {
			if w.Principles[p].Long == "" || w.Principles[p].Short == "" {
				t.Errorf("%s: no words for %s", l, p)
			}
		}
		for _, p := range []assay.Proof{assay.Declared, assay.Documented, assay.Observed, assay.Verified} {
			if w.Proofs[p].Word == "" {
				t.Errorf("%s: no word for %v", l, p)
			}
		}
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct {
		l          Language
		date, want string
	}{
		{English, "2031-06-30", "30 June 2031"},
		{German, "2031-03-01", "1. März 2031"},
		{French, "2031-08-01", "1er août 2031"},
		{French, "2031-08-02", "2 août 2031"},
		{Japanese, "2031-06-30", "2031年6月30日"},
		{Arabic, "2031-06-30", "30 يونيو 2031"},
		{English, "nonsense", "nonsense"},
	} {
		if got := Of(c.l).Long(c.date); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.l, c.date, got, c.want)
		}
	}
}

func TestCount(t *testing.T) {
	for _, c := range []struct {
		l    Language
		n    int
		want string
	}{
		{English, 0, "The maker wrote 0 exceptions."},
		{English, 1, "The maker wrote 1 exception."},
		{German, 1, "1 Ausnahme "},
		{German, 2, "2 Ausnahmen"},
		{French, 0, "0 exception."},
		{French, 2, "2 exceptions"},
		{Japanese, 3, "3件"},
		{Arabic, 0, "أي استثناء"},
		{Arabic, 2, "استثناءين"},
		{Arabic, 5, "5 استثناءات"},
		{Arabic, 11, "11 استثناء "},
		{Arabic, 100, "100 استثناء"},
	} {
		if got := Of(c.l).Count(Of(c.l).ExceptionCount, c.n); !strings.Contains(got, c.want) {
			t.Errorf("%s %d: %q, want %q", c.l, c.n, got, c.want)
		}
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		up          bool
		want        string
	}{
		{0, 100, true, "0 %"},
		{100, 100, false, "100 %"},
		{99999, 100000, false, "99.9 %"},
		{1, 1 << 52, true, "under 0.1 %"},
		{1, 1000, true, "0.1 %"},
		{1, 1 << 52, false, "0 %"},
		{1<<52 - 1, 1 << 52, false, "99.9 %"},
		{1, 3, false, "33.3 %"},
		{1, 3, true, "33.4 %"},
		{5, 0, false, "0 %"},
	} {
		if got := english.Share(c.part, c.whole, c.up); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.part, c.whole, got, c.want)
		}
	}
	if got := german.Share(1, 3, true); got != "33,4 %" {
		t.Error(got)
	}
}

// No label promises what none can keep, in any language (labels, decision 3).
func TestForbiddenWords(t *testing.T) {
	for _, l := range Languages() {
		all := map[string]string{}
		texts(reflect.ValueOf(*Of(l)), "", all)
		for path, text := range all {
			lower := strings.ToLower(text)
			for _, forbidden := range []string{
				"completely secure", "no vulnerabilities", "officially endorsed", "certified", "guarantee",
				"vollkommen sicher", "ohne schwachstellen", "zertifiziert", "garant", "totalement sûr", "sans faille", "certifié",
				"完全に安全", "脆弱性なし", "公認", "認証済", "آمن تماما", "معتمد",
			} {
				if strings.Contains(lower, forbidden) {
					t.Errorf("%s: %s says %q", l, path, forbidden)
				}
			}
		}
	}
}
