package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Difference is a place in which two documents differ.
type Difference struct{ At, Old, New string }

// JSON gives the places in which two documents differ, in the order of their
// members: images[0].digest.
func JSON(before, after []byte) ([]Difference, error) {
	if bytes.Equal(before, after) {
		return nil, nil
	}
	var a, b any
	if err := json.Unmarshal(before, &a); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(after, &b); err != nil {
		return nil, err
	}
	list := differ(nil, "", a, b)
	if list == nil {
		list = []Difference{{At: "the bytes", Old: fmt.Sprint(len(before)), New: fmt.Sprint(len(after))}}
	}
	return list, nil
}

func differ(list []Difference, at string, a, b any) []Difference {
	switch a := a.(type) {
	case map[string]any:
		if b, ok := b.(map[string]any); ok {
			keys := slices.Sorted(maps.Keys(a))
			for k := range b {
				if _, ok := a[k]; !ok {
					keys = append(keys, k)
				}
			}
			slices.Sort(keys)
			for _, k := range keys {
				list = differ(list, member(at, k), a[k], b[k])
			}
			return list
		}
	case []any:
		if b, ok := b.([]any); ok {
			for i := range max(len(a), len(b)) {
				list = differ(list, fmt.Sprintf("%s[%d]%s", at, i, named(a, b, i)), item(a, i), item(b, i))
			}
			return list
		}
	}
	if before, after := words(a), words(b); before != after {
		list = append(list, Difference{at, short(before), short(after)})
	}
	return list
}

func member(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

func item(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

// named gives the check or firmware that an item is about, for people.
func named(a, b []any, i int) string {
	for _, v := range []any{item(a, i), item(b, i)} {
		object, ok := v.(map[string]any)
		if !ok {
			continue
		}
		for _, key := range []string{"check", "scheme", "id"} {
			if s, ok := object[key].(string); ok {
				return "(" + s + ")"
			}
		}
	}
	return ""
}

// maxWords bounds the text of a value that is shown.
const maxWords = 120

func words(v any) string {
	if v == nil {
		return "nothing"
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func short(s string) string {
	if len(s) > maxWords {
		return s[:maxWords] + "…"
	}
	return s
}
