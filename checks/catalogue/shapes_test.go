package catalogue

import (
	"encoding"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts"
)

const shapesFile = "testdata/fact_shapes.txt"

// TestShapes holds the form in which a fact is stored with an assessment to its version:
// "assay check --from" judges stored facts again, and takes one of the same version for
// one of the same form. Whoever changes the form raises the Version of the fact; then
// -update writes the list anew.
func TestShapes(t *testing.T) {
	data, err := os.ReadFile(shapesFile)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var lines []string
	for _, n := range storedNodes() {
		lines = append(lines, shapeLine(n))
	}
	if wrong := unversioned(strings.Split(string(data), "\n"), lines); len(wrong) > 0 {
		t.Fatalf("the stored form changed, but not the Version: %s", strings.Join(wrong, ", "))
	}
	got := strings.Join(lines, "\n") + "\n"
	if got == string(data) {
		return
	}
	if update.Value.String() != "true" {
		t.Fatalf("%s is not current: run with -update and look at the difference", shapesFile)
	}
	if err := os.WriteFile(shapesFile, []byte(got), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestUnversioned(t *testing.T) {
	old := []string{"a 1 []text", "b 2 {x number}", "gone 1 text", ""}
	for line, want := range map[string]bool{
		"a 1 []text": false, "a 1 []number": true, "a 2 []number": false, "b 1 {x text}": true, "new 1 text": false,
	} {
		if got := unversioned(old, []string{line}); (len(got) == 1) != want {
			t.Errorf("%s: %v, want %v", line, got, want)
		}
	}
}

// unversioned lists the facts of which the form differs under the same version, or under
// one that was used before.
func unversioned(old, now []string) []string {
	type stored struct{ version, shape string }
	was := map[string]stored{}
	split := func(line string) (id string, s stored) {
		f := strings.SplitN(line+"  ", " ", 3)
		return f[0], stored{f[1], f[2]}
	}
	for _, line := range old {
		id, s := split(line)
		was[id] = s
	}
	var wrong []string
	for _, line := range now {
		id, s := split(line)
		if w, ok := was[id]; ok && w.shape != s.shape && !(len(s.version) > len(w.version) || len(s.version) == len(w.version) && s.version > w.version) {
			wrong = append(wrong, id)
		}
	}
	return wrong
}

// storedNodes are the facts that checks ask for, and that so stand in an assessment.
func storedNodes() []facts.Node {
	var all []facts.Node
	for _, c := range Checks() {
		for _, n := range c.Needs {
			if !slices.Contains(all, n) {
				all = append(all, n)
			}
		}
	}
	slices.SortFunc(all, func(a, b facts.Node) int { return strings.Compare(a.ID(), b.ID()) })
	return all
}

// shapeLine is the id of a fact, its version and the form of its value.
func shapeLine(n facts.Node) string {
	version := facts.NewObservation().Store(n)[n.ID()].Version
	of, _ := reflect.TypeOf(n).MethodByName("Of")
	return fmt.Sprintf("%s %d %s", n.ID(), version, shapeOf(of.Type.Out(0), nil))
}

// shapeOf describes what encoding/json makes of a type.
func shapeOf(t reflect.Type, inside []reflect.Type) string {
	if slices.Contains(inside, t) {
		return "again " + t.Name()
	}
	inside = append(inside, t)
	switch {
	case has[json.Marshaler](t):
		return "own " + t.String()
	case has[encoding.TextMarshaler](t):
		return "text of " + t.String()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "maybe " + shapeOf(t.Elem(), inside)
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "[]" + shapeOf(t.Elem(), inside)
	case reflect.Map:
		return "map of " + shapeOf(t.Key(), inside) + " to " + shapeOf(t.Elem(), inside)
	case reflect.Struct:
		var members []string
		for i := range t.NumField() {
			f := t.Field(i)
			tag := f.Tag.Get("json")
			name, _, _ := strings.Cut(tag, ",")
			if tag == "-" || !f.IsExported() && !f.Anonymous {
				continue
			}
			if name == "" {
				name = f.Name
			}
			members = append(members, name+" "+shapeOf(f.Type, inside))
		}
		return "{" + strings.Join(members, ", ") + "}"
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "bool"
	case reflect.Float32, reflect.Float64:
		return "decimal"
	}
	return "number"
}

// has reports whether a type, or a pointer to it, is a T.
func has[T any](t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[T]()) || reflect.PointerTo(t).Implements(reflect.TypeFor[T]())
}
