package vectors

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/cose"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/page"
	"github.com/assay-iot/assay/labels/status"
)

// tries is how many mutated inputs each comparison takes.
const tries = 6000

var key = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

// random is the same in every run, so that a difference can be found again.
func random() *rand.Rand { return rand.New(rand.NewPCG(6, 2026)) }

// odd are bytes that CBOR decoders stumble over.
var odd = []byte{0x00, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1F, 0x20, 0x38, 0x3B, 0x40, 0x58, 0x5B, 0x5F, 0x60, 0x78, 0x7F, 0x80, 0x81, 0x84, 0x9B, 0x9F, 0xA0, 0xA1, 0xBB, 0xBF, 0xC0, 0xD2, 0xD8, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA, 0xFB, 0xFF}

// mutate changes a few bytes, in one of the ways that break decoders.
func mutate(r *rand.Rand, in []byte) []byte {
	out := bytes.Clone(in)
	for range 1 + r.IntN(3) {
		if len(out) == 0 {
			return out
		}
		at := r.IntN(len(out))
		end := at + r.IntN(min(12, len(out)-at))
		switch r.IntN(7) {
		case 0:
			out[at] ^= 1 << r.IntN(8)
		case 1:
			out[at] = odd[r.IntN(len(odd))]
		case 2:
			out = slices.Insert(out, at, odd[r.IntN(len(odd))])
		case 3:
			out = slices.Delete(out, at, end)
		case 4:
			out = slices.Insert(out, at, out[at:end]...)
		case 5:
			out = out[:at]
		case 6:
			out = append(out, odd[r.IntN(len(odd))])
		}
	}
	return out
}

func statement(t testing.TB) *labels.Statement {
	s := labeltest.Statement(t)
	s.Predicate.Status = &labels.Status{List: "https://labels.acme.example/status/2026", Index: 4711}
	return s
}

func message(t testing.TB) []byte {
	t.Helper()
	l, err := compact.FromStatement(statement(t), key.Public())
	if err != nil {
		t.Fatal(err)
	}
	m, err := l.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// compare wants the same answer for each input from both verifiers: nil if it
// is refused, else what was read.
func compare(t *testing.T, inputs [][]byte, function string, inGo func([]byte) any) {
	t.Helper()
	asks := make([]string, len(inputs))
	for i, in := range inputs {
		asks[i] = base64.StdEncoding.EncodeToString(in)
	}
	var answers []json.RawMessage
	labeltest.Node(t, string(page.Verifier()), "async ask => { try { const bytes = fromBase64(ask); "+function+" } catch { return null; } }", asks, &answers)
	accepted := 0
	for i, in := range inputs {
		want, err := json.Marshal(inGo(in))
		if err != nil {
			t.Fatal(err)
		}
		if string(want) != "null" {
			accepted++
		}
		if !same(t, want, answers[i]) {
			t.Errorf("input %x:\n  Go:         %s\n  JavaScript: %s", in, want, answers[i])
		}
		if t.Failed() && i > 200 {
			break
		}
	}
	t.Logf("%d inputs, %d of them accepted by both", len(inputs), accepted)
	if accepted == 0 {
		t.Error("nothing was accepted: the test tests nothing")
	}
}

func same(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal(a, &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &y); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

// mutated gives a seed and its mutations, and every single byte flipped.
func mutated(seed []byte) [][]byte {
	r := random()
	inputs := [][]byte{seed}
	for i := range seed {
		flipped := bytes.Clone(seed)
		flipped[i] ^= 0xFF
		inputs = append(inputs, flipped)
	}
	for len(inputs) < tries {
		inputs = append(inputs, mutate(r, seed))
	}
	return inputs
}

// The envelope.
func TestSameMessages(t *testing.T) {
	const read = `const m = parse(bytes);
		return {alg: m.alg, key: m.key ? hex(m.key) : "", type: m.type || "", payload: hex(m.payload), signature: hex(m.signature)};`
	for name, typ := range map[string]string{"label": "", "list": status.Type} {
		t.Run(name, func(t *testing.T) {
			seed, err := cose.Sign(key, typ, []byte{0xA1, 1, 2})
			if err != nil {
				t.Fatal(err)
			}
			compare(t, mutated(seed), read, func(in []byte) any {
				m, err := cose.Parse(in)
				if err != nil {
					return nil
				}
				return map[string]any{
					"alg": m.Header.Algorithm, "key": fmt.Sprintf("%x", m.Header.KeyID), "type": m.Header.Type,
					"payload": fmt.Sprintf("%x", m.Payload), "signature": fmt.Sprintf("%x", m.Signature),
				}
			})
		})
	}
}

// The text of the code.
func TestSameTexts(t *testing.T) {
	seed, err := compact.Code(&statement(t).Predicate, message(t))
	if err != nil {
		t.Fatal(err)
	}
	r := random()
	inputs := [][]byte{[]byte(seed), []byte(seed[strings.IndexByte(seed, '#'):]), []byte("#AZ"), []byte("#A0Z"), []byte("#A1Z"), []byte("#A:Z"), []byte("#A11Z ")}
	for len(inputs) < 500 {
		in := mutate(r, []byte(seed))
		for i, c := range in { // texts, not bytes; and no space that only one side trims
			if c < ' ' || c > '~' {
				in[i] = '$'
			}
		}
		if compact.IsText(in) {
			inputs = append(inputs, in)
		}
	}
	compare(t, inputs, `return hex(fromText(new TextDecoder().decode(bytes)));`, func(in []byte) any {
		data, err := compact.FromText(string(in))
		if err != nil || len(data) > compact.MaxMessage {
			return nil
		}
		return fmt.Sprintf("%x", data)
	})
}

const readLabelJS = `const l = readLabel(bytes);
	return [l.issuer, l.issued, l.expires, hex(l.id), l.maker, l.product, l.models, l.moreModels, l.gtin, l.support, l.schemes.map(s => [s.id, s.edition, s.level]),
		l.moreSchemes, l.firmware || "", l.minimum || "", l.standing, l.demo, l.shortened, l.status ? [l.status.list, l.status.index] : []];`

func readLabelGo(t *testing.T) func([]byte) any {
	return func(payload []byte) any {
		if len(payload) > compact.MaxMessage-100 {
			return nil
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
			return nil
		}
		schemes, place := []any{}, []any{}
		for _, s := range l.Schemes {
			schemes = append(schemes, []any{s.ID, s.Edition, s.Level})
		}
		if l.Status != nil {
			place = []any{l.Status.List, l.Status.Index}
		}
		return []any{
			l.Issuer, second(t, l.Issued), second(t, l.ValidUntil) + 86400, l.Statement.Hex(), l.Maker, l.Product, append([]string{}, l.Models...), l.MoreModels, l.GTIN,
			second(t, l.SupportUntil), schemes, l.MoreSchemes, l.Firmware, l.Minimum, int(l.Standing), l.Demo, append([]compact.Field{}, l.Shortened...), place,
		}
	}
}

func second(t *testing.T, date string) int64 {
	d, err := assay.Date(date)
	if err != nil {
		t.Fatal(err)
	}
	return d.Unix()
}

// The claims of a label, as bytes that were changed.
func TestSameLabels(t *testing.T) {
	m, err := cose.Parse(message(t))
	if err != nil {
		t.Fatal(err)
	}
	compare(t, mutated(m.Payload), readLabelJS, readLabelGo(t))
}

// The claims of a label, well formed, each value now and then another.
func TestSameClaims(t *testing.T) {
	r := random()
	numbers := []any{0, 1, 2, 3, -1, 14, 64, 65, 1000, 1001, 86400, 1790812800, 1790812801, 1822348800, 22461, 2932896, 2932897, 253402214400, 253402300800, 99999999999999, 100000000000000, int64(1) << 53, uint64(1) << 63, -86400, 1.5, 1790812800.0}
	texts := []any{"", "a", "a.example", "a.example:443", "A.example", "a.example/x", "Acme", "監視カメラ", "e\u0301", "a\u202eb", "a\u00a0b", "a\u2028b", "a\tb", "\ufeff", "😀", "a\u200bb", "\u0378", strings.Repeat("x", 121), "https://a.example/s", "https://a.example", "https://a.example/s?x=1", "https://a.example/s#x", "http://a.example", "https://a.example:99999/", "https://a..example/", "https://a.example/b/../s", "https://a.example/b/%2e%2E/s", "https://a.example/./s", "https://a.example/s/..", "https://a.example/..s", "https://a.example/.well-known/s", "https://a.example:443/s", "https://a.example:65535/", "https://a.example:0/", "2.0", "v1.2.0", "0.9", "CLS-4", "✯✯", "not completely secure", "https://a.example/%zz", "https://a.example/\\"}
	others := []any{nil, true, false, []byte{}, make([]byte, 32), make([]byte, 31), []any{}, []any{"a"}, []any{""}, []any{1}, []any{2, 3}, []any{3, 2}, []any{[]any{"uk-psti", "2023", 0}}, []any{[]any{"uk-psti", "2023", 1001}}, []any{[]any{"uk-psti", "2023", 0}, []any{"uk-psti", "2019", 0}}, []any{[]any{"uk-psti", "2023", 0}, []any{"UK-PSTI", "2023", 0}}, []any{[]any{"uk-psti", "2023", 0}, []any{"sg-cls", "CLS-4", 0}}, []any{[]any{"uk-psti", "", 0}}, []any{[]any{"a", "b"}}, map[int]any{}, map[string]any{}}
	everything := slices.Concat(numbers, texts, others)
	pick := func(list []any) any { return list[r.IntN(len(list))] }
	var inputs [][]byte
	for len(inputs) < tries {
		place := map[string]any{"idx": 5, "uri": "https://a.example/s"}
		body := map[int]any{1: 1, 2: "Acme", 3: "Cam", 7: 22461, 8: []any{[]any{"uk-psti", "2023", 0}}}
		claims := map[int]any{1: "a.example", 4: 1822348800, 6: 1790812800, 7: make([]byte, 32), -65537: body}
		optional := map[int]any{4: []any{"C1", "C2"}, 5: 3, 6: 9506000134352, 9: 1, 10: "1.2", 11: "1.0", 12: 1, 13: true, 14: []any{2, 4}}
		for _, k := range slices.Sorted(maps.Keys(optional)) {
			if r.IntN(3) == 0 {
				body[k] = optional[k]
			}
		}
		if r.IntN(2) == 0 {
			claims[65535] = map[string]any{"status_list": place}
		}
		for range r.IntN(3) {
			switch r.IntN(6) {
			case 0:
				claims[[]int{1, 4, 6, 7, 65535, 5, -65537}[r.IntN(7)]] = pick(everything)
			case 1:
				place[[]string{"idx", "uri", "x"}[r.IntN(3)]] = pick(everything)
			case 2:
				claims[[]int{4, 6}[r.IntN(2)]] = pick(numbers)
			case 3:
				body[r.IntN(16)] = pick(texts)
			case 4:
				body[r.IntN(16)] = pick(numbers)
			case 5:
				body[r.IntN(16)] = pick(everything)
			}
		}
		data, err := cose.Marshal(claims)
		if err != nil {
			t.Fatal(err)
		}
		inputs = append(inputs, data)
	}
	compare(t, inputs, readLabelJS, readLabelGo(t))
}

// Status lists.
func TestSameLists(t *testing.T) {
	day := int(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	signed, err := status.New{
		Address: "https://a.example/s", Issuer: "a.example", Size: 64, Signed: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), Life: 100 * time.Hour, TTL: 10 * time.Hour,
		Changes: []status.Change{{Index: 3, Day: day - 2, Value: 2}, {Index: 3, Day: day - 1, Value: 0}, {Index: 60, Day: day, Value: 1}},
	}.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	m, err := cose.Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, mutated(m.Payload)[:3000], `const l = await readList(bytes);
		return [l.issuer, l.list, l.issued, l.end, l.size, l.size > 60 ? l.value(60) : -1];`, func(payload []byte) any {
		data, err := cose.Sign(key, status.Type, payload)
		if err != nil {
			t.Fatal(err)
		}
		token, err := status.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		l, err := token.Verify(key.Public())
		if err != nil {
			return nil
		}
		value := -1
		if l.Size > 60 {
			v, err := l.Answer(status.Place{List: l.Address, Issuer: l.Issuer, Index: 60}, l.Signed.Format(time.DateOnly), l.Signed)
			if err != nil {
				t.Fatal(err)
			}
			value = int(v)
		}
		return []any{l.Issuer, l.Address, l.Signed.Unix(), l.End().Unix(), l.Size, value}
	})
}

// Forms that a lenient decoder takes, each written by hand: both verifiers
// refuse them all, and take the one beside them.
func TestSameForms(t *testing.T) {
	signature := "\x58\x40" + strings.Repeat("s", 64)
	around := func(header string) string { // with a payload of one byte
		return "\xd2\x84" + string([]byte{0x40 + byte(len(header))}) + header + "\xa0\x41p" + signature
	}
	good := []string{around("\xa1\x01\x26"), around("\xa2\x01\x26\x04\x42id"), around("\xa3\x01\x27\x04\x42id\x10\x61t"), around("\xa1\x01\x38\x22")}
	bad := []string{
		around("\xa2\x01\x26\x01\x26"), around("\xa2\x01\x26\x01\x27"), around("\xa3\x01\x26\x04\x41a\x04\x41b"), // twice
		around("\xa2\x04\x42id\x01\x26"), around("\xa3\x01\x26\x10\x61t\x04\x42id"), // out of order
		around("\xa2\x18\x01\x26\x04\x42id"), around("\xa1\x01\x38\x06"), around("\xa1\x01\x39\x00\x06"), around("\xa1\x01\x3b\x00\x00\x00\x00\x00\x00\x00\x06"), around("\xb8\x01\x01\x26"), // longer than need be
		around("\xbf\x01\x26\xff"), around("\xa2\x01\x26\x04\x5f\x41i\xff"), around("\xa2\x01\x26\x10\x7f\x61t\xff"), // of indefinite length
		around("\xa1\x01\x65ES256"), around("\xa1\x01\x25"), around("\xa1\x01\x05"), around("\xa1\x01\xf9\xc7\x00"), around("\xa1\x01\xc2\x41\x06"), around("\xa1\x01\xf6"), // no algorithm, or another
		around("\xa0"), around(""), around("\xa1\x04\x42id"), around("\xa2\x01\x26\x05\x00"), around("\xa2\x01\x26\x02\x81\x01"), around("\xa2\x01\x26\x61a\x00"), // without, or with more
		around("\xa2\x01\x26\x04\x40"), around("\xa2\x01\x26\x04\xf6"), around("\xa2\x01\x26\x10\x60"), around("\xa2\x01\x26\x10\x18\x3d"), around("\xa2\x01\x26\x10\x61\xff"), // empty, or of another kind
		around("\xa1\x01\x26\x00"), around("\xa2\x01\x26"), around("\x82\x01\x26"), around("\xa2\xf4\x00\x01\x26"), around("\xa2\x01\x26\x81\x00\x00"), // something behind, or missing, or no map
	}
	base := good[0]
	for from, to := range map[string]string{
		"\xd2\x84": "\xd2\x85", "\xd2": "\xd1", "\xa0\x41p": "\xa1\x04\x41i\x41p", "\xa0\x41": "\xa0\x61", "\x41p": "\xf6",
		"\x41p\x58\x40": "\x58\x01p\x58\x40", "\x43\xa1": "\x58\x03\xa1", "p\x58\x40": "p\x59\x00\x40", "p\x58\x40ss": "p\x5b\x00\x00\x00\x00\x00\x00\x00\x40ss",
		"\x84\x43": "\x9f\x43", "\xa0": "\x80", "p\x58": "p\x78", "p\x58\x40s": "p\x5b\xff\xff\xff\xff\xff\xff\xff\xffs", "\x41": "\x5b\x7f\xff\xff\xff\xff\xff\xff\xff", "\x26\xa0": "\x26\xb8\x00",
	} {
		bad = append(bad, strings.Replace(base, from, to, 1))
	}
	bad = append(bad, base+"\x00", base[1:], "\xd8\x12"+base[1:], "\xd2"+strings.Repeat("\x81", 50000), "\xd2"+strings.Repeat("\xa1\x00", 50000), "\xd2\x9b\x00\x00\x00\xff\xff\xff\xff\xff", "\xd2", "")
	var inputs [][]byte
	for _, s := range append(good, bad...) {
		inputs = append(inputs, []byte(s))
	}
	n := 0
	compare(t, inputs, `const m = parse(bytes); return [m.alg, m.key ? hex(m.key) : "", m.type || ""];`, func(in []byte) any {
		m, err := cose.Parse(in)
		if n++; (err == nil) != (n <= len(good)) {
			t.Errorf("input %x: %v", in[:min(len(in), 100)], err)
		}
		if err != nil {
			return nil
		}
		return []any{m.Header.Algorithm, fmt.Sprintf("%x", m.Header.KeyID), m.Header.Type}
	})
}
