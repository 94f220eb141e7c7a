package compact_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"reflect"
	"strings"
	"testing"

	"rsc.io/qr/coding"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/cose"
	"github.com/assay-iot/assay/labels/labeltest"
)

func newECDSA(t testing.TB, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// listed is a statement with a place in a status list.
func listed(t testing.TB) *labels.Statement {
	t.Helper()
	s := labeltest.Statement(t)
	s.Predicate.Status = &labels.Status{List: "https://labels.acme.example/status/2026", Index: 87123}
	s.Predicate.Schemes[0].Edition, s.Predicate.Schemes[1].Edition = "2019-11", "2023"
	return s
}

func make1(t testing.TB, key crypto.Signer, s *labels.Statement) (message []byte, text string) {
	t.Helper()
	l, err := compact.FromStatement(s, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	if message, err = l.Sign(key); err != nil {
		t.Fatal(err)
	}
	if text, err = compact.Text(s.Predicate.Issuer.Address, l.GTIN, message); err != nil {
		t.Fatal(err)
	}
	return message, text
}

// version is the version of the QR code that the text takes at level M.
func version(t testing.TB, text string) coding.Version {
	t.Helper()
	b, a := compact.Split(text)
	for v := coding.Version(1); v <= coding.MaxVersion; v++ {
		if coding.String(b).Bits(v)+coding.Alpha(a).Bits(v) <= v.DataBytes(coding.M)*8 {
			return v
		}
	}
	t.Fatal("fits no QR code")
	return 0
}

func TestRoundTrip(t *testing.T) {
	for name, key := range map[string]crypto.Signer{
		"P-256": newECDSA(t, elliptic.P256()), "P-384": newECDSA(t, elliptic.P384()), "Ed25519": labeltest.Key(),
	} {
		s := listed(t)
		if name == "P-384" { // its signature has 32 bytes more
			s.Predicate.Status = nil
		}
		message, text := make1(t, key, s)
		for what, data := range map[string][]byte{"bytes": message, "text": []byte(text), "text with a line feed": []byte(text + "\n"), "fragment": []byte(text[strings.IndexByte(text, '#'):])} {
			m, err := compact.Parse(data)
			if err != nil {
				t.Fatalf("%s, %s: %v", name, what, err)
			}
			l, err := m.Verify(key.Public())
			if err != nil {
				t.Fatalf("%s, %s: %v", name, what, err)
			}
			digest, _ := s.Digest()
			want := &compact.Label{
				Issuer: "labels.acme.example", Issued: "2026-10-01", ValidUntil: "2027-10-01", Statement: digest, Status: s.Predicate.Status,
				Maker: "Acme Devices GmbH", Product: "Aurora Cam 2", Models: []string{"AC2-W", "AC2-B"}, GTIN: "09506000134352",
				SupportUntil: "2031-06-30", Schemes: []compact.Scheme{{ID: "platform-statement", Edition: "2019-11"}, {ID: "uk-psti", Edition: "2023"}},
				Firmware: "2.4.1", Minimum: "2.2.0", Standing: compact.Maker,
			}
			if !reflect.DeepEqual(l, want) {
				t.Errorf("%s, %s:\n%+v, want\n%+v", name, what, l, want)
			}
			if err := l.Speaks(s, key.Public()); err != nil {
				t.Error(err)
			}
		}
		v := version(t, text)
		t.Logf("%s: %d bytes, text of %d characters, QR version %d-M", name, len(message), len(text), v)
		if !strings.HasPrefix(text, "https://labels.acme.example/l/01/09506000134352#A") || v > 15 {
			t.Errorf("%s: version %d: %s", name, v, text)
		}
	}
}

// Whatever the names, the code fits version 15, and what was cut is marked.
func TestShortened(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	for name, change := range map[string]func(*labels.Label){
		"as it is":     func(*labels.Label) {},
		"without GTIN": func(l *labels.Label) { l.Product.GTIN = "" },
		"without list": func(l *labels.Label) { l.Status = nil },
		"demo":         func(l *labels.Label) { l.Demo = true },
		"many models":  func(l *labels.Label) { l.Product.Models = strings.Fields(strings.Repeat("AC2-W/DE ", 40)) },
		"long names":   func(l *labels.Label) { l.Product.Name = strings.Repeat("Aurora-", 16); long(l, "Acme-") },
		"Japanese":     func(l *labels.Label) { l.Product.Name = strings.Repeat("監視カメラ", 20); long(l, "暁電子") },
		"no models":    func(l *labels.Label) { l.Product.Models = nil },
		"a long model": func(l *labels.Label) { l.Product.Models = []string{strings.Repeat("M", 300)} },
		"long versions": func(l *labels.Label) {
			l.Firmware[0].Version, l.Firmware[0].Minimum = strings.Repeat("1.", 100), strings.Repeat("1.", 99)
		},
		"a long list": func(l *labels.Label) { l.Status.List = "https://labels.acme.example/" + strings.Repeat("s", 40) },
		"all at once": func(l *labels.Label) {
			l.Product.Name, l.Product.Models = strings.Repeat("監視カメラ", 20), []string{strings.Repeat("型", 120)}
			long(l, "暁電子")
			l.Status.List = "https://labels.acme.example/status/2026/a/b/c"
		},
	} {
		s := listed(t)
		change(&s.Predicate)
		_, text := make1(t, key, s)
		v := version(t, text)
		m, err := compact.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		l, err := m.Verify(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		if v > 15 || l.Speaks(s, key.Public()) != nil {
			t.Errorf("%s: version %d: %+v", name, v, l)
		}
		p := s.Predicate.Product
		if cut := l.Product != p.Name; cut != l.IsShortened(compact.FieldProduct) || !strings.HasPrefix(p.Name, l.Product) {
			t.Errorf("%s: %q for %q, marked %v", name, l.Product, p.Name, l.Shortened)
		}
		if cut := l.Maker != p.Maker.Name; cut != l.IsShortened(compact.FieldMaker) || !strings.HasPrefix(p.Maker.Name, l.Maker) {
			t.Errorf("%s: %q for %q, marked %v", name, l.Maker, p.Maker.Name, l.Shortened)
		}
		if len(l.Models)+l.MoreModels != len(p.Models) {
			t.Errorf("%s: %d models and %d more, of %d", name, len(l.Models), l.MoreModels, len(p.Models))
		}
		t.Logf("%s: version %d, %q %q %q, shortened %v", name, v, l.Maker, l.Product, l.Models, l.Shortened)
	}
}

func long(l *labels.Label, s string) {
	l.Product.Maker.Name = strings.TrimSpace(strings.Repeat(s, 120/len([]rune(s))))
	l.Issuer.Name = l.Product.Maker.Name
}

func TestTooLong(t *testing.T) {
	s := listed(t)
	s.Predicate.Issuer.Address = "https://labels.acme.example/" + strings.Repeat("l", 90)
	s.Predicate.Status.List = "https://labels.acme.example/" + strings.Repeat("s", 90)
	if _, err := compact.FromStatement(s, labeltest.Key().Public()); !errors.Is(err, compact.ErrTooLong) {
		t.Error(err)
	}
	for _, address := range []string{"", "http://acme.example", "https://ACMÉ.example", "https://a b.example", "https://acme.example/ü"} {
		s := labeltest.Statement(t)
		s.Predicate.Issuer.Address = address
		if l, err := compact.FromStatement(s, labeltest.Key().Public()); !errors.Is(err, compact.ErrAddress) && address != "https://acme.example/ü" {
			t.Errorf("%q: %v, %v", address, l, err)
		}
	}
}

func TestSpeaks(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	s := listed(t)
	l, err := compact.FromStatement(s, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	better := *l
	better.SupportUntil = "2039-06-30"
	if err := better.Speaks(s, key.Public()); err == nil {
		t.Error("a code with a later support end speaks for the label")
	}
	other := listed(t)
	other.Predicate.ID = "another"
	if err := l.Speaks(other, key.Public()); err == nil {
		t.Error("a code of another label speaks for this one")
	}
}

func TestEveryByte(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	message, text := make1(t, key, listed(t))
	verified := func(data []byte) bool {
		m, err := compact.Parse(data)
		if err != nil {
			if !errors.Is(err, compact.ErrNotCompact) {
				t.Fatal(err)
			}
			return false
		}
		_, err = m.Verify(key.Public())
		return err == nil
	}
	if !verified(message) || !verified([]byte(text)) {
		t.Fatal("the label itself does not verify")
	}
	for i := range message {
		for bit := range 8 {
			changed := bytes.Clone(message)
			changed[i] ^= 1 << bit
			if verified(changed) {
				t.Fatalf("bit %d of byte %d changes nothing", bit, i)
			}
		}
	}
	for i := strings.IndexByte(text, '#'); i < len(text); i++ {
		for c := byte(' ' + i%5); c < 0x7F; c += 5 {
			if changed := text[:i] + string(rune(c)) + text[i+1:]; c != text[i] && verified([]byte(changed)) {
				t.Fatalf("character %d as %q changes nothing", i, c)
			}
		}
	}
	for n := range text {
		if verified([]byte(text[:n])) {
			t.Fatalf("cut to %d characters it verifies", n)
		}
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"https://a.example":                                      "has no part behind #",
		"https://a.example/01/09506000134352#":                   "has no part behind #",
		"https://a.example#B00Z":                                 "does not begin with A",
		"https://a.example#A00":                                  "cut off",
		"https://a.example#A00z":                                 "cut off",
		"https://a.example#AZ":                                   "nothing between",
		"https://a.example#A0Z":                                  "begins with a zero",
		"https://a.example#A:::Z":                                "tag 18",
		"https://a.example#A1 0Z":                                "character ' ' at 2",
		"https://a.example#Aa00Z":                                "character 'a'",
		"https://a.example#sha256:0011":                          "the address of a label",
		"#A" + strings.Repeat("111", 2*compact.MaxMessage) + "Z": "characters",
		"#A" + strings.Repeat("000", compact.MaxMessage/2+1):     "cut off",
	} {
		_, err := compact.Parse([]byte(text))
		if !errors.Is(err, compact.ErrNotCompact) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %q", text, err, want)
		}
	}
	if got := compact.Host("https://Labels.ACME.example:444/01/1#A"); got != "labels.acme.example:444" {
		t.Error(got)
	}
}

// What is signed by a trusted key and is yet no compact label.
func TestClaims(t *testing.T) {
	key := labeltest.Key()
	id := sha256.Sum256(nil)
	scheme := []any{[]any{"uk-psti", "2023", 0}}
	type m = map[int]any
	body := func(more m) m {
		b := m{1: 1, 2: "Acme", 3: "Cam", 7: 22000, 8: scheme}
		for k, v := range more {
			b[k] = v
			if v == nil {
				delete(b, k)
			}
		}
		return b
	}
	claims := func(b any, more m) m {
		c := m{1: "a.example", 4: 1830297600, 6: 1790812800, 7: id[:], -65537: b}
		for k, v := range more {
			c[k] = v
			if v == nil {
				delete(c, k)
			}
		}
		return c
	}
	place := func(index, uri any) m {
		return m{65535: map[string]any{"status_list": map[string]any{"idx": index, "uri": uri}}}
	}
	verify := func(payload any) error {
		data, err := cose.Marshal(payload)
		if err != nil {
			t.Fatal(err)
		}
		if data, err = cose.Sign(key, "", data); err != nil {
			t.Fatal(err)
		}
		p, err := compact.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Verify(key.Public())
		return err
	}
	for name, payload := range map[string]any{
		"a lowest version as its own": claims(body(m{10: "v2.4.0", 11: "2.4"}), nil), "versions without an order": claims(body(m{10: "r1", 11: "r2"}), nil),
		"a beginning of a version": claims(body(m{10: "1.23.456", 11: "2", 14: []int{10}}), nil), "a list at a port": claims(body(nil), place(1, "https://a.example:65535/s")), "a denial": claims(body(m{3: "Not completely secure"}), nil),
		"the least": claims(body(nil), nil), "a place": claims(body(nil), place(0, "https://a.example/s")),
		"the last day": claims(body(m{7: 2932896}), m{4: 2932897 * 86400}),
	} {
		if err := verify(payload); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, payload := range map[string]any{
		"a list": []int{1}, "an empty map": m{}, "no issuer": claims(body(nil), m{1: nil}), "an empty issuer": claims(body(nil), m{1: ""}),
		"an issuer in capitals": claims(body(nil), m{1: "A.example"}), "an issuer with a path": claims(body(nil), m{1: "a.example/x"}),
		"no digest": claims(body(nil), m{7: nil}), "half a digest": claims(body(nil), m{7: id[:16]}), "a digest as text": claims(body(nil), m{7: strings.Repeat("a", 32)}),
		"no end": claims(body(nil), m{4: nil}), "an end at noon": claims(body(nil), m{4: 1830297600 + 43200}), "an end before the beginning": claims(body(nil), m{4: 1790812800}),
		"a negative time": claims(body(nil), m{6: -86400}), "the year 10000": claims(body(m{7: 2932897}), nil), "a time as fraction": claims(body(nil), m{6: 1790812800.5}),
		"valid after the support": claims(body(m{7: 20000}), nil), "an unknown claim": claims(body(nil), m{8: 1}), "not before": claims(body(nil), m{5: 1790812800}),
		"an unknown member": claims(body(m{15: 1}), nil), "no maker": claims(body(m{2: ""}), nil), "no product": claims(body(m{3: nil}), nil),
		"no scheme": claims(body(m{8: []any{}}), nil), "schemes missing": claims(body(m{8: nil}), nil), "a scheme of two": claims(body(m{8: []any{[]any{"uk-psti", "2023"}}}), nil),
		"a level below 0": claims(body(m{8: []any{[]any{"uk-psti", "2023", -1}}}), nil), "standing 3": claims(body(m{12: 3}), nil), "standing 0 written out": claims(body(m{12: 0}), nil),
		"no demo, written out": claims(body(m{13: false}), nil), "demo as a number": claims(body(m{13: 1}), nil), "a sentence for an edition": claims(body(m{8: []any{[]any{"uk-psti", "tested and approved, top grade", 0}}}), nil),
		"a letter for a maker":   claims(body(m{2: "E", 14: []int{2}}), nil),
		"shortened out of order": claims(body(m{14: []int{3, 2}}), nil),
		"a text that turns":      claims(body(m{2: "Acme \u202e"}), nil), "a text with a bell": claims(body(m{2: "Acme\a"}), nil), "an empty model": claims(body(m{4: []string{""}}), nil),
		"version 0": claims(body(m{1: 0}), nil), "no version": claims(body(m{1: nil}), nil), "a GTIN of 15 digits": claims(body(m{6: 100000000000000}), nil),
		"a lowest version above its own": claims(body(m{10: "2.4.1", 11: "2.5"}), nil), "a scheme twice": claims(body(m{8: []any{[]any{"uk-psti", "2023", 0}, []any{"uk-psti", "2019", 0}}}), nil),
		"a scheme that looks the same": claims(body(m{8: []any{[]any{"uk-psti", "2023", 0}, []any{"uk-ps\u0442i", "2023", 0}}}), nil),
		"a list at port 99999":         claims(body(nil), place(1, "https://a.example:99999/s")), "a list at port 0": claims(body(nil), place(1, "https://a.example:0/s")), "a number of stars": claims(body(m{3: "Hub ✯✯"}), nil), "a level": claims(body(m{3: "Hub CLS-4"}), nil),
		"a boast": claims(body(m{3: "Completelysecure Hub"}), nil), "stars": claims(body(m{2: "Acme ★★★★"}), nil), "a mark for a model": claims(body(m{4: []string{"CLS level 4"}}), nil),
		"a mark for an edition": claims(body(m{8: []any{[]any{"uk-psti", "CLS level 4", 0}}}), nil), "a product that is not seen": claims(body(m{3: "\u3164"}), nil),
		"a maker of blanks": claims(body(m{2: "\u00a0"}), nil), "a letter that is not seen": claims(body(m{2: "Acme\u3164Ltd"}), nil), "a blank of Braille": claims(body(m{2: "\u2800"}), nil),
		"a blank at the end": claims(body(m{10: "2.4 "}), nil), "a GTIN with a wrong digit": claims(body(m{6: 9506000134353}), nil),
		"an index below 0": claims(body(nil), place(-1, "https://a.example/s")), "a huge index": claims(body(nil), place(uint64(1)<<63, "https://a.example/s")),
		"a list over http": claims(body(nil), place(1, "http://a.example/s")), "a list with a fragment": claims(body(nil), place(1, "https://a.example/s#x")),
		"a list with a user": claims(body(nil), place(1, "https://u@a.example/s")), "a script as list": claims(body(nil), place(1, "javascript:alert(1)")),
		"a status of another kind": claims(body(nil), m{65535: map[string]any{"identifier_list": 1}}), "65 models": claims(body(m{4: strings.Fields(strings.Repeat("m ", 65))}), nil),
	} {
		if err := verify(payload); !errors.Is(err, compact.ErrNotCompact) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, payload := range map[string]any{
		"version 2": claims(body(m{1: 2}), nil), "version 2 with a new member": claims(body(m{1: 2, 20: "x"}), m{9: 1}),
	} {
		if err := verify(payload); !errors.Is(err, compact.ErrVersion) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Another kind of message of the same key is no label.
func TestTyped(t *testing.T) {
	data, err := cose.Sign(labeltest.Key(), "application/statuslist+cwt", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := compact.Parse(data); !errors.Is(err, compact.ErrNotCompact) || !strings.Contains(err.Error(), "statuslist") {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	key := labeltest.Key()
	message, text := make1(f, key, listed(f))
	f.Add(message)
	f.Add([]byte(text))
	f.Add([]byte(text[:100]))
	f.Add([]byte("#A000Z"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := compact.Parse(data)
		if err != nil {
			if !errors.Is(err, compact.ErrNotCompact) {
				t.Fatal(err)
			}
			return
		}
		if _, err := m.Verify(key.Public()); err != nil {
			return
		}
		got := data
		if compact.IsText(data) {
			got, _ = compact.FromText(string(data))
		}
		if !bytes.Equal(got, message) {
			t.Fatal("verifies, but was never signed")
		}
	})
}

// FuzzClaims reads claims as if a trusted key had signed them.
func FuzzClaims(f *testing.F) {
	key := labeltest.Key()
	message, _ := make1(f, key, listed(f))
	m, err := cose.Parse(message)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(m.Payload)
	f.Fuzz(func(t *testing.T, payload []byte) {
		if len(payload) > compact.MaxMessage-100 {
			return
		}
		data, err := cose.Sign(key, "", payload)
		if err != nil {
			t.Fatal(err)
		}
		m, err := compact.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		l, err := m.Verify(key.Public())
		if err != nil {
			return
		}
		if again, err := l.Sign(key); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("read and written again it is another: %v", err)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	key := newECDSA(b, elliptic.P256())
	_, text := make1(b, key, listed(b))
	for b.Loop() {
		m, err := compact.Parse([]byte(text))
		if err == nil {
			_, err = m.Verify(key.Public())
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// What must be said first has no room in a code: there is none then.
func TestDespite(t *testing.T) {
	s := labeltest.Statement(t)
	s.Predicate.Despite = []labels.Decision{{Requirement: "uk-psti:1", By: "J. Roe", Reason: "r"}}
	if _, err := compact.FromStatement(s, labeltest.Key().Public()); !errors.Is(err, compact.ErrDespite) {
		t.Errorf("got %v", err)
	}
}
