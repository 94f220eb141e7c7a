package cbor_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/cbor"
)

// show writes an item as RFC 8949, 8, does.
func show(i cbor.Item) string {
	var b strings.Builder
	list := func(open, end string, step int, between string) string {
		b.WriteString(open)
		for k := 0; k < len(i.Items); k += step {
			if k > 0 {
				b.WriteString(", ")
			}
			b.WriteString(show(i.Items[k]))
			if step == 2 {
				b.WriteString(between + show(i.Items[k+1]))
			}
		}
		return b.String() + end
	}
	switch i.Kind {
	case cbor.Uint:
		return fmt.Sprint(i.Number)
	case cbor.Negative:
		n, ok := i.Int()
		if !ok {
			return "below"
		}
		return fmt.Sprint(n)
	case cbor.Bytes:
		return fmt.Sprintf("h'%x'", i.Bytes)
	case cbor.Text:
		return fmt.Sprintf("%q", i.Bytes)
	case cbor.Array:
		return list("[", "]", 1, "")
	case cbor.Map:
		return list("{", "}", 2, ": ")
	case cbor.Tag:
		return fmt.Sprintf("%d(%s)", i.Number, show(i.Items[0]))
	case cbor.Float:
		return fmt.Sprintf("float 0x%x", i.Number)
	}
	return fmt.Sprintf("simple(%d)", i.Number)
}

// Examples of RFC 8949, appendix A, and what a strict decoder says of others.
var examples = []struct{ in, want string }{
	{"00", "0"},
	{"17", "23"},
	{"1818", "24"},
	{"1903e8", "1000"},
	{"1a000f4240", "1000000"},
	{"1bffffffffffffffff", "18446744073709551615"},
	{"3903e7", "-1000"},
	{"3bffffffffffffffff", "below"},
	{"4401020304", "h'01020304'"},
	{"6449455446", `"IETF"`},
	{"62c3bc", `"ü"`},
	{"80", "[]"},
	{"8301820203820405", "[1, [2, 3], [4, 5]]"},
	{"a26161016162820203", `{"a": 1, "b": [2, 3]}`},
	{"a201020304", "{1: 2, 3: 4}"},
	{"c11a514b67b0", "1(1363896240)"},
	{"f4", "simple(20)"},
	{"f6", "simple(22)"},
	{"f8ff", "simple(255)"},
	{"f93c00", "float 0x3c00"},
	{"fb3ff199999999999a", "float 0x3ff199999999999a"},
}

func TestExamples(t *testing.T) {
	for _, e := range examples {
		in, _ := hex.DecodeString(e.in)
		i, err := cbor.Decode(in)
		if err != nil || show(i) != e.want || i.Offset != 0 || i.End != len(in) {
			t.Errorf("%s: %s, %v; want %s", e.in, show(i), err, e.want)
		}
	}
}

func TestRefused(t *testing.T) {
	for in, want := range map[string]error{
		"":                              cbor.ErrShort,
		"18":                            cbor.ErrShort,
		"4301":                          cbor.ErrShort,
		"820":                           cbor.ErrShort,
		"9bffffffffffffffff":            cbor.ErrShort,
		"bbffffffffffffffff":            cbor.ErrShort,
		"bb800000000000000100":          cbor.ErrShort, // twice the number wraps
		"5bffffffffffffffff":            cbor.ErrShort,
		"1817":                          cbor.ErrForm,
		"190017":                        cbor.ErrForm,
		"1a0000ffff":                    cbor.ErrForm,
		"1b00000000ffffffff":            cbor.ErrForm,
		"5801aa":                        cbor.ErrForm,
		"5f4101ff":                      cbor.ErrForm,
		"9f01ff":                        cbor.ErrForm,
		"bf0102ff":                      cbor.ErrForm,
		"1c":                            cbor.ErrReserved,
		"f818":                          cbor.ErrReserved,
		"df00":                          cbor.ErrReserved,
		"0000":                          cbor.ErrTrailing,
		"a201020103":                    cbor.ErrDuplicate,
		"a2616101616102":                cbor.ErrDuplicate,
		"61ff":                          cbor.ErrText,
		strings.Repeat("81", 20) + "00": cbor.ErrLimit,
		"9a00020000" + strings.Repeat("00", 1<<17): cbor.ErrLimit,
	} {
		b, _ := hex.DecodeString(in[:len(in)&^1])
		if _, err := cbor.Decode(b); !errors.Is(err, want) {
			t.Errorf("%.40s: %v, want %v", in, err, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	in, _ := hex.DecodeString("a20241aa0344deadbeef")
	i, err := cbor.Decode(in)
	if err != nil {
		t.Fatal(err)
	}
	v, ok := i.Get(3)
	if !ok || v.Offset != 5 || v.Content() != 6 || v.End != 10 || !bytes.Equal(in[v.Content():v.End], v.Bytes) {
		t.Errorf("%+v, %v", v, ok)
	}
	if _, ok := i.Get(4); ok {
		t.Error("a key that is not there")
	}
	var e *cbor.Error
	if _, err := cbor.Decode([]byte{0x82, 0, 0x18}); !errors.As(err, &e) || e.Offset != 2 {
		t.Errorf("%v: not where it is wrong", err)
	}
}

// encode writes an item in the one form that is accepted.
func encode(i cbor.Item) []byte {
	switch i.Kind {
	case cbor.Bytes, cbor.Text:
		return append(cbor.Head(i.Kind, uint64(len(i.Bytes))), i.Bytes...)
	case cbor.Array, cbor.Map, cbor.Tag:
		n := uint64(len(i.Items))
		switch i.Kind {
		case cbor.Map:
			n /= 2
		case cbor.Tag:
			n = i.Number
		}
		b := cbor.Head(i.Kind, n)
		for _, one := range i.Items {
			b = append(b, encode(one)...)
		}
		return b
	}
	return cbor.Head(i.Kind, i.Number)
}

// FuzzDecode asks that what is accepted has one form only: encoded again, it is
// the same.
func FuzzDecode(f *testing.F) {
	for _, e := range examples {
		b, _ := hex.DecodeString(e.in)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		i, err := cbor.Decode(b)
		if err != nil || hasSimple(i) {
			return
		}
		if again := encode(i); !bytes.Equal(again, b) {
			t.Fatalf("%x became %x", b, again)
		}
	})
}

// hasSimple reports floats and simple values, which Head does not write.
func hasSimple(i cbor.Item) bool {
	for _, one := range i.Items {
		if hasSimple(one) {
			return true
		}
	}
	return i.Kind >= cbor.Simple
}

func BenchmarkDecode(b *testing.B) {
	var in []byte
	in = append(in, cbor.Head(cbor.Array, 4096)...)
	for range 4096 {
		in = append(in, append(cbor.Head(cbor.Bytes, 200), make([]byte, 200)...)...)
	}
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		if _, err := cbor.Decode(in); err != nil {
			b.Fatal(err)
		}
	}
}
