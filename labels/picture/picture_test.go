package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/picture/words"
)

func message(t testing.TB) []byte {
	t.Helper()
	c, err := compact.FromStatement(labeltest.Statement(t), labeltest.Key().Public())
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Sign(labeltest.Key())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// zbar reads the code off a picture; the test is skipped where it is not there.
func zbar(t *testing.T, data []byte) string {
	t.Helper()
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("zbarimg is not installed")
	}
	file := filepath.Join(t.TempDir(), "label.png")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("zbarimg", "-q", "--raw", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(out), "\n")
}

func TestPNG(t *testing.T) {
	s, m := labeltest.Statement(t), message(t)
	want, _ := compact.Code(&s.Predicate, m)
	for _, f := range []Format{A5, A6} {
		d, err := Draw(s, m, Variant{f, words.Arabic})
		if err != nil {
			t.Fatal(err)
		}
		data, err := d.PNG(150)
		if err != nil {
			t.Fatal(err)
		}
		if got := zbar(t, data); got != want {
			t.Errorf("%s: the code says %q", f, got)
		}
	}
	d, err := QR(s, m)
	if err != nil {
		t.Fatal(err)
	}
	data, err := d.PNG(150)
	if err != nil {
		t.Fatal(err)
	}
	if got := zbar(t, data); got != want {
		t.Errorf("the code alone says %q", got)
	}
	if c, err := png.DecodeConfig(bytes.NewReader(data)); err != nil || c.Width != c.Height || c.Width < 200 {
		t.Errorf("%+v, %v", c, err)
	}
	for _, dpi := range []int{0, -1, MaxDPI + 1} {
		if _, err := d.PNG(dpi); err == nil {
			t.Errorf("%d dots per inch are accepted", dpi)
		}
	}
}

// The SVG is well-formed, refers to nothing outside, says in words what it
// shows, and looks like a label to another renderer.
func TestSVG(t *testing.T) {
	s, m := labeltest.Statement(t), message(t)
	s.Predicate.Product.Name = `Cam <script>&"`
	for _, v := range Variants() {
		d, err := Draw(s, m, v)
		if err != nil {
			t.Fatal(err)
		}
		data, err := d.SVG()
		if err != nil {
			t.Fatal(err)
		}
		again, _ := d.SVG()
		if !bytes.Equal(data, again) {
			t.Errorf("%s: other bytes the second time", v)
		}
		for dec := xml.NewDecoder(bytes.NewReader(data)); ; {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", v, err)
			}
		}
		text := string(data)
		if strings.Contains(text, "<script") || regexp.MustCompile(`href="[^#]`).MatchString(text) || !strings.Contains(text, words.Of(v.Language).Support) {
			t.Errorf("%s: not as it should be", v)
		}
		if len(data) > 1<<20 {
			t.Errorf("%s: %d bytes", v, len(data))
		}
	}
	if _, err := exec.LookPath("rsvg-convert"); err != nil {
		t.Skip("rsvg-convert is not installed")
	}
	d, _ := Draw(s, m, Default)
	data, _ := d.SVG()
	cmd := exec.Command("rsvg-convert", "-d", "150", "-p", "150")
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	want, _ := compact.Code(&s.Predicate, m)
	if got := zbar(t, out); got != want {
		t.Errorf("the code says %q", got)
	}
}

// The smallest label says to the last letter until when updates come, in every
// language and month.
func TestMarkDate(t *testing.T) {
	for _, l := range words.Languages() {
		for month := range 12 {
			s := labeltest.Statement(t)
			s.Predicate.Product.SupportUntil = fmt.Sprintf("2031-%02d-28", month+1)
			c, err := newContent(s, message(t), Variant{Mark, l})
			if err != nil {
				t.Fatal(err)
			}
			d, err := c.draw()
			if err != nil {
				t.Fatal(err)
			}
			var year bool
			for _, shape := range d.Pages[0] {
				year = year || strings.Contains(shape.Text, "2031")
			}
			if !year {
				t.Errorf("%s: the year is cut off %s", l, c.Long(s.Predicate.Product.SupportUntil))
			}
		}
	}
}

func TestHTML(t *testing.T) {
	for _, l := range words.Languages() {
		s, m := labeltest.Statement(t), message(t)
		s.Predicate.Product.Name = `Cam <script>alert(1)</script> "x"`
		data, err := HTML(s, m, l)
		if err != nil {
			t.Fatal(err)
		}
		text, w := string(data), words.Of(l)
		code, _ := compact.Code(&s.Predicate, m)
		direction := "ltr"
		if w.RightToLeft {
			direction = "rtl"
		}
		for _, want := range []string{
			`<html lang="` + string(l) + `" dir="` + direction + `">`, "default-src 'none'", w.Support, w.Disclaimer, `<time datetime="2031-06-30">`,
			`role="img"`, `<th scope="row" role="rowheader">`, strings.ReplaceAll(code[:40], "+", "&#43;"), w.NinePrinciples,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the page lacks %q", l, want)
			}
		}
		for _, bad := range []string{"<script", "src=\"", "<link", "@import", "url(", "ZgotmplZ", "<no value>"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s: the page has %q", l, bad)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	st := style{regular, 10, ink}
	for _, c := range []struct {
		text  string
		limit float64
		want  string
	}{
		{"one two", 100, "one two"},
		{"one two", width("one", st), "one|two"},
		{"一二三。", width("一二三", st), "一二|三。"},
		{"一（二）", width("一（", st), "一|（二|）"},
		{"", 10, ""},
	} {
		if got := strings.Join(wrap(c.text, st, c.limit), "|"); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

// BenchmarkRender draws a label as the kinds of file that are no PDF.
func BenchmarkRender(b *testing.B) {
	s, m := labeltest.Statement(b), message(b)
	draw := func(f Format, write func(*Drawing) ([]byte, error)) func() ([]byte, error) {
		return func() ([]byte, error) {
			d, err := Draw(s, m, Variant{f, words.English})
			if err != nil {
				return nil, err
			}
			return write(d)
		}
	}
	for _, c := range []struct {
		name string
		do   func() ([]byte, error)
	}{
		{"svg-a5", draw(A5, (*Drawing).SVG)},
		{"svg-a6", draw(A6, (*Drawing).SVG)},
		{"png-a6", draw(A6, func(d *Drawing) ([]byte, error) { return d.PNG(200) })},
		{"html", func() ([]byte, error) { return HTML(s, m, words.English) }},
		{"qr-svg", func() ([]byte, error) {
			d, err := QR(s, m)
			if err != nil {
				return nil, err
			}
			return d.SVG()
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := c.do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
