package labels

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Canonical writes v as JSON in the canonical form of RFC 8785, for values
// without fractions: keys sorted, no white space, the shortest escapes, and
// integers that every reader of JSON keeps exact. The same value always gives
// the same bytes.
func Canonical(v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(plain))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	return appendCanonical(make([]byte, 0, len(plain)), tree)
}

func appendCanonical(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case json.Number:
		return appendInteger(b, v)
	case string:
		return appendString(b, v)
	case []any:
		return appendArray(b, v)
	case map[string]any:
		return appendObject(b, v)
	}
	return nil, fmt.Errorf("canonical JSON: no form for %T", v)
}

// maxInteger is 2^53-1: above it JavaScript, and with it RFC 8785, is not exact.
const maxInteger = 1<<53 - 1

func appendInteger(b []byte, n json.Number) ([]byte, error) {
	i, err := strconv.ParseInt(n.String(), 10, 64)
	if err != nil || i > maxInteger || i < -maxInteger {
		return nil, fmt.Errorf("canonical JSON: %s is not an integer that every reader keeps exact", n)
	}
	return strconv.AppendInt(b, i, 10), nil
}

func appendArray(b []byte, list []any) (_ []byte, err error) {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendCanonical(b, v); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func appendObject(b []byte, object map[string]any) (_ []byte, err error) {
	b = append(b, '{')
	for i, key := range slices.SortedFunc(maps.Keys(object), compareUTF16) {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendString(b, key); err != nil {
			return nil, err
		}
		b = append(b, ':')
		if b, err = appendCanonical(b, object[key]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// compareUTF16 orders keys as RFC 8785, section 3.2.3 does.
func compareUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

func appendString(b []byte, s string) ([]byte, error) {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == utf8.RuneError: // what encoding/json makes of bytes that are no text
			return nil, fmt.Errorf("canonical JSON: %q is not valid text", s)
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r >= ' ':
			b = utf8.AppendRune(b, r)
		default:
			b = appendControl(b, r)
		}
	}
	return append(b, '"'), nil
}

func appendControl(b []byte, r rune) []byte {
	if i := bytes.IndexByte([]byte("\b\t\n\f\r"), byte(r)); i >= 0 {
		return append(b, '\\', "btnfr"[i])
	}
	return fmt.Appendf(b, "\\u%04x", r)
}

// CanonicalError says that bytes hold JSON of the right shape, but not in the
// one form that is allowed: there is other white space, another order, a key
// twice, another spelling of the same text, or something behind the end.
type CanonicalError struct {
	What   string // what was read
	Offset int64  // of the first byte that differs
}

func (e *CanonicalError) Error() string {
	return fmt.Sprintf("%s: byte %d is not as it was written when it was signed", e.What, e.Offset)
}

// decodeCanonical reads data into v and accepts one form only: the bytes that
// Canonical writes for v. So every byte counts, and there is no second way to
// say the same.
func decodeCanonical(what string, data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%s, byte %d: %w", what, errorOffset(d, err), err)
	}
	want, err := Canonical(v)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if !bytes.Equal(data, want) {
		return &CanonicalError{What: what, Offset: firstDifference(data, want)}
	}
	return nil
}

func errorOffset(d *json.Decoder, err error) int64 {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset
	case errors.As(err, &typ):
		return typ.Offset
	case errors.Is(err, io.ErrUnexpectedEOF):
		buffered, _ := io.Copy(io.Discard, d.Buffered())
		return d.InputOffset() + buffered
	}
	return d.InputOffset()
}

func firstDifference(a, b []byte) int64 {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return int64(i)
		}
	}
	return int64(n)
}
