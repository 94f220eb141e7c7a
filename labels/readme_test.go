package labels_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/assay-iot/assay/labels"
)

// The README names every member of the predicate.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	members(reflect.TypeFor[labels.Label](), func(name string) {
		for _, form := range []string{"`" + name + "`", "`" + name + ".", "`" + name + "[]`", "." + name + "`"} {
			if strings.Contains(string(readme), form) {
				return
			}
		}
		t.Errorf("README.md does not say what %q means", name)
	})
}

func members(t reflect.Type, visit func(string)) {
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer:
		members(t.Elem(), visit)
	case reflect.Struct:
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			visit(name)
			members(t.Field(i).Type, visit)
		}
	}
}
