package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/picture"
	"github.com/assay-iot/assay/labels/picture/letters"
)

var update = flag.Bool("update", false, "write the golden digests, after a look at the pages")

// cases are statements that together reach every branch of the page.
func cases(t testing.TB) map[string]*labels.Statement {
	plain, demo, long, bare := labeltest.Statement(t), labeltest.Statement(t), labeltest.Statement(t), labeltest.Statement(t)
	demo.Predicate.Demo = true
	lengthen(&long.Predicate)
	l := &bare.Predicate
	l.Declared, l.Parts, l.AlsoAssessed, l.Exceptions, l.Product.Models = labels.Face{}, nil, nil, 0, nil
	l.Issuer.Address = ""
	l.Coverage = labels.Coverage{Bytes: 4096, DeclaredOpaque: 4096}
	l.Firmware[0].Opaque = true
	for i := range l.Principles {
		p := &l.Principles[i]
		conclude(l, p.Principle, false, assay.Undecided, assay.NotAssessed)
		p.Examined, p.Decided = nil, 0
	}
	return map[string]*labels.Statement{"plain": plain, "demo": demo, "long": long, "bare": bare, "closed": closed(t), "despite": despite(t)}
}

// despite is a label that its issuer made although a requirement is not met.
func despite(t testing.TB) *labels.Statement {
	a, o := labeltest.Assessment(), labeltest.Options()
	a.Conclusions[0].Requirements[6].Outcome = assay.NotMet
	o.Issuer = "Example Body"
	o.Despite = []labels.Decision{{Requirement: "platform-statement:credentials", By: "J. Roe, certification committee", Reason: "The maker replaces the devices of the first batch until 2026-12-31; no other batch has the shared password."}}
	s, err := labels.New(a, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// closed is a label that another than the maker issued, for a product with
// sensors declared absent, many recipients, and parts that nobody examined.
func closed(t testing.TB) *labels.Statement {
	a, o := labeltest.Assessment(), labeltest.Options()
	o.Issuer = "Example Body"
	p := &a.Product
	p.Models = []string{"AC2-W", "AC2-B", "AC2-W-EU", "AC2-B-EU", "AC2-W-US", "AC2-B-US", "AC2-W-UK", "AC2-B-UK", "AC2-W-AU", "AC2-B-AU", "AC2-W-JP", "AC2-B-JP"}
	p.Face.Sensors, p.Face.WithoutSensors = nil, []string{"camera", "microphone"}
	p.Face.Recipients = nil
	for i := range 9 {
		p.Face.Recipients = append(p.Face.Recipients, fmt.Sprintf("telemetry-%d.region-%d.acme.example", i, i))
	}
	p.Parts = append(p.Parts, assay.DeclaredPart{Kind: "firmware", Name: "radio", Version: "11.3"})
	p.Closed = []assay.ClosedPart{
		{Firmware: "main", Range: "calibration", Supplier: "Optics Ltd"}, {Firmware: "radio", Supplier: "Example Semiconductor"},
	}
	s, err := labels.New(a, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// conclude lets the requirements of a principle, and it, come to something else.
func conclude(l *labels.Label, p assay.Principle, mandatory bool, outcome assay.Outcome, proof assay.Proof) {
	for _, s := range l.Schemes {
		for i := range s.Requirements {
			if r := &s.Requirements[i]; r.Principle == p {
				r.Mandatory, r.Outcome, r.Proof = mandatory, outcome, proof
			}
		}
	}
	for i := range l.Principles {
		if l.Principles[i].Principle == p {
			l.Principles[i].Outcome, l.Principles[i].Proof = outcome, proof
		}
	}
}

// lengthen fills a label with the longest that Validate lets through.
func lengthen(l *labels.Label) {
	long := func(n int) string { return strings.Repeat("W", n) }
	no := false
	l.Product.Name = strings.TrimSpace(strings.Repeat("Überwachungskamera Максимум ", 4))
	l.Product.Maker.Name, l.Issuer.Name = long(labels.MaxName), strings.Repeat("Σύνολο für Ge", 9)
	l.Issuer.Standing, l.Policy = labels.Authorised, assay.Digest("sha256:"+strings.Repeat("0", 64))
	l.Issuer.Address = "https://" + strings.Repeat("a", 60) + ".example/" + strings.Repeat("b", 43)
	l.Schemes[0].Level = 3
	l.Declared.AutomaticUpdates = &no
	l.Declared.Passwords = []string{"unique-per-device", "user-set", "none", "fixed", long(labels.MaxText)}
	for range labels.MaxModels {
		l.Product.Models = append(l.Product.Models, long(labels.MaxText))
	}
	l.Product.Models = l.Product.Models[2:]
	for range 40 {
		l.Declared.Sensors = append(l.Declared.Sensors, long(60))
		l.Parts = append(l.Parts, labels.Part{Kind: "cloud", Name: strings.TrimSpace(strings.Repeat("very long ", 20))})
		l.AlsoAssessed = append(l.AlsoAssessed, l.AlsoAssessed[0])
	}
	l.Declared.Recipients, l.Declared.PersonalData = l.Declared.Sensors, l.Declared.Sensors
	for _, s := range l.Schemes {
		s.ID, s.Title, s.Edition = "x-"+s.ID+"s", long(labels.MaxText), "2026"
		l.Schemes = append(l.Schemes, s)
	}
	for i := range l.Principles {
		l.Principles[i].Requirements *= 2
		l.Principles[i].Decided *= 2
	}
	conclude(l, assay.Lifecycle, false, assay.NotMet, assay.Documented)
	conclude(l, assay.PersonalData, true, assay.DoesNotApply, assay.NotAssessed)
	conclude(l, assay.Deletion, false, assay.Undecided, assay.NotAssessed)
	l.Principles[2].Decided = 0
	l.Exceptions = 1 << 40
	l.Coverage = labels.Coverage{Bytes: 1 << 52, Opened: 1 << 51, Unexplained: 1 << 51}
}

func render(t testing.TB, s *labels.Statement) []byte { return draw(t, s, picture.Default) }

func draw(t testing.TB, s *labels.Statement, v picture.Variant) []byte {
	t.Helper()
	if err := s.Validate(); err != nil {
		t.Fatalf("the case is not a label: %v", err)
	}
	out, err := Render(s, []byte("the bundle of "+s.Predicate.Product.Name), nil, v)
	if err != nil {
		t.Fatalf("%s: %v", v, err)
	}
	if len(out) > 1<<20 {
		t.Errorf("a label of %d bytes", len(out))
	}
	return out
}

// golden has one line for each case and variant.
const golden = "testdata/renderer1.sha256"

// A renderer never changes once it is released. If this fails, put the drawing
// back as it was, or make renderer 2. It also shows that no text leaves its page
// in any format and language, however long it is.
func TestRenderer1NeverChanges(t *testing.T) {
	var got strings.Builder
	for _, name := range slices.Sorted(maps.Keys(cases(t))) {
		for _, v := range picture.Variants() {
			fmt.Fprintf(&got, "%x  %s %s\n", sha256.Sum256(draw(t, cases(t)[name], v)), name, v)
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(string(data), "\n")
	for i, line := range strings.Split(got.String(), "\n") {
		if i >= len(want) || want[i] != line {
			t.Errorf("renderer 1 draws other bytes than before: %s", line)
		}
	}
}

func TestSameBytes(t *testing.T) {
	s := labeltest.Statement(t)
	first := render(t, s)
	for range 5 {
		if !bytes.Equal(first, render(t, s)) {
			t.Fatal("the same statement gave other bytes")
		}
	}
	if bytes.Contains(first, []byte("FlateDecode")) {
		t.Error("a stream is compressed: its bytes would hang on the release of Go")
	}
}

func TestRefuses(t *testing.T) {
	s := labeltest.Statement(t)
	s.Predicate.Renderer = 2
	if _, err := Render(s, nil, nil, picture.Default); !errors.Is(err, labels.ErrUnknownRenderer) {
		t.Error(err)
	}
	for _, name := range []string{"מצלמה", "กล้อง", "دوربین گ", "카메라", "كِتاب", "Cam \U0001F4F7", "Cam e\u0301\u0323\u0489"} {
		s := labeltest.Statement(t)
		s.Predicate.Product.Name = name
		var glyph *letters.GlyphError
		if _, err := Render(s, nil, nil, picture.Default); !errors.As(err, &glyph) {
			t.Errorf("%q: %v", name, err)
		}
	}
	s = labeltest.Statement(t)
	s.Predicate.Product.Name = "Kamera Cafe\u0301 №1 ½″ — ★" // composed, then set
	render(t, s)
}

// tool runs a program on a rendered label; the test is skipped where the
// program is not installed.
func tool(t *testing.T, pdf []byte, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "label.pdf"), pdf, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", name, err, out, errs.String())
	}
	if name == "pdftoppm" {
		if out, err = os.ReadFile(filepath.Join(dir, "page.png")); err != nil {
			t.Fatal(err)
		}
	}
	return string(out)
}

func TestQPDF(t *testing.T) {
	for _, s := range cases(t) {
		if out := tool(t, render(t, s), "qpdf", "--check", "label.pdf"); !strings.Contains(out, "No syntax or stream encoding errors") {
			t.Error(out)
		}
	}
	out := tool(t, render(t, labeltest.Statement(t)), "qpdf", "--show-attachment=Attachement1", "label.pdf")
	if out != "the bundle of Aurora Cam 2" {
		t.Errorf("attached is %q", out)
	}
}

func TestPageText(t *testing.T) {
	out := tool(t, render(t, labeltest.Statement(t)), "pdftotext", "-layout", "label.pdf", "-")
	digest, _ := labeltest.Statement(t).Digest()
	for _, want := range []string{
		"Aurora Cam 2", "Acme Devices GmbH", "models AC2-W, AC2-B", "Self-declared", "30 June 2031", "Install by themselves",
		"Different on every device", "Camera, microphone", "Acme Cloud", "87.5 % examined", "under 0.1 % unexplained",
		"as a declaration of its own", "ETSI EN 303 645 V3.1.3: no conclusion", "No label can promise complete security", string(digest),
	} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, row := range []struct{ text, proof string }{
		{"Updates reach the device securely", "Verified"},
		{"No password is shared", "Observed"},
		{"with security in mind", "Documented"},
		{"delete your data", "Declared only"},
	} {
		for line := range strings.Lines(out) {
			if strings.Contains(line, row.text) && !strings.HasSuffix(strings.TrimSpace(line), row.proof) {
				t.Errorf("%q, want %s", line, row.proof)
			}
		}
	}
	lower := strings.ToLower(out)
	for _, forbidden := range []string{"completely secure", "no vulnerabilities", "officially endorsed", "level"} {
		if strings.Contains(lower, forbidden) {
			t.Errorf("the page says %q", forbidden)
		}
	}
	out = strings.Join(strings.Fields(tool(t, render(t, cases(t)["closed"]), "pdftotext", "-layout", "label.pdf", "-")), " ")
	for _, want := range []string{
		"Issued by Example Body", "Issued by Example Body, who assessed it against", "No camera, no microphone (declared)",
		"Not examined: calibration in main firmware (Optics Ltd), radio firmware (Example Semiconductor).",
		"models AC2-W, AC2-B, AC2-W-EU, AC2-B-EU, AC2-W-US, AC2-B-US and 6 more", "more",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the page does not say %q:\n%s", want, out)
		}
	}
	for _, forbidden := range []string{"Self-declared", "declaration of its own", "…", "device software radio"} {
		if strings.Contains(out, forbidden) {
			t.Errorf("the page says %q", forbidden)
		}
	}
	if demo := tool(t, render(t, cases(t)["demo"]), "pdftotext", "label.pdf", "-"); !strings.Contains(demo, "DEMO · proves nothing") {
		t.Error("a demo label does not say DEMO")
	}
}

func TestQRReadsBack(t *testing.T) {
	all := cases(t)
	for _, name := range []string{"plain", "long"} { // the usual code and the largest
		s := all[name]
		t.Run(name, func(t *testing.T) {
			digest, _ := s.Digest()
			want, err := picture.Code(&s.Predicate, digest, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := readBack(t, render(t, s)); got != want || !strings.HasSuffix(got, string(digest)) {
				t.Errorf("the code says %q", got)
			}
		})
	}
}

// readBack reads the code off the page as a phone would.
func readBack(t *testing.T, page []byte) string {
	t.Helper()
	png := tool(t, page, "pdftoppm", "-r", "150", "-singlefile", "-png", "label.pdf", "page")
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("zbarimg is not installed")
	}
	file := filepath.Join(t.TempDir(), "page.png")
	if err := os.WriteFile(file, []byte(png), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("zbarimg", "-q", "-Sdisable", "-Sqrcode.enable", "--raw", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(out), "\n")
}

// The compact label comes back from the printed page, character for character,
// and verifies.
func TestCompactReadsBack(t *testing.T) {
	key := labeltest.Key()
	for name, change := range map[string]func(*labels.Label){
		"plain": func(*labels.Label) {},
		"listed": func(l *labels.Label) {
			l.Status = &labels.Status{List: "https://labels.acme.example/status/2026", Index: 87123}
		},
		"without GTIN": func(l *labels.Label) { l.Product.GTIN = "" },
		"long":         func(l *labels.Label) { l.Product.Name = strings.TrimSpace(strings.Repeat("Überwachungskamera ", 6)) },
	} {
		t.Run(name, func(t *testing.T) {
			s := labeltest.Statement(t)
			change(&s.Predicate)
			c, err := compact.FromStatement(s, key.Public())
			if err != nil {
				t.Fatal(err)
			}
			message, err := c.Sign(key)
			if err != nil {
				t.Fatal(err)
			}
			page, err := Render(s, []byte("the bundle"), message, picture.Default)
			if err != nil {
				t.Fatal(err)
			}
			want, err := compact.Code(&s.Predicate, message)
			if err != nil {
				t.Fatal(err)
			}
			got := readBack(t, page)
			if got != want {
				t.Fatalf("the code says %q, want %q", got, want)
			}
			m, err := compact.Parse([]byte(got))
			if err != nil {
				t.Fatal(err)
			}
			if l, err := m.Verify(key.Public()); err != nil || l.Speaks(s, key.Public()) != nil {
				t.Errorf("%+v, %v", l, err)
			}
		})
	}
}

func TestRunLengths(t *testing.T) {
	for _, in := range []string{"", "a", "aa", "abc", "aab", strings.Repeat("x", 300), "ab" + strings.Repeat("\x00", 129) + "c", strings.Repeat("ab", 200)} {
		if got := decodeRuns(t, runLengths([]byte(in))); got != in {
			t.Errorf("%.20q reads back as %.20q", in, got)
		}
	}
}

// decodeRuns is ISO 32000-1, 7.4.5, as a reader does it.
func decodeRuns(t *testing.T, b []byte) string {
	t.Helper()
	var out []byte
	for b[0] != 128 {
		if n := int(b[0]); n < 128 {
			out, b = append(out, b[1:n+2]...), b[n+2:]
		} else {
			out, b = append(out, bytes.Repeat(b[1:2], 257-n)...), b[2:]
		}
	}
	if len(b) != 1 {
		t.Fatal("more behind the end")
	}
	return string(out)
}

func TestPlainRefusesWhatItDoesNotKnow(t *testing.T) {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write([]byte("hello"))
	_ = w.Close()
	for _, in := range []string{
		"", "%PDF-1.3\n", "%PDF-1.3\nxref\n", "%PDF-1.3\n1 0 obj\n<<>>\n", "%PDF-1.3\nx 0 obj\n<<>>\nendobj\nxref\n",
		"%PDF-1.3\n1 0 obj\n<</Length 99>>\nstream\nx\nendstream\nendobj\nxref\n",
		"%PDF-1.3\n1 0 obj\n<</Filter /FlateDecode /Length 1>>\nstream\nx\nendstream\nendobj\nxref\n",
		fmt.Sprintf("%%PDF-1.3\n1 0 obj\n<</Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream", z.Len(), z.String()),
	} {
		if _, err := plain([]byte(in), info{}); err == nil {
			t.Errorf("%q is accepted", in)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	s := labeltest.Statement(b)
	bundle := labeltest.Bundle(b, labeltest.Key(), s)
	for _, v := range picture.Variants() {
		b.Run(v.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := Render(s, bundle, nil, v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
