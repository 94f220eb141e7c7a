package main

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/schema/product"
	"github.com/assay-iot/assay/schema/scheme"
)

const languagePackage = "github.com/assay-iot/assay/schema/product"

// loading lists the attributes that do all their work while the files are loaded.
var loading = []string{"label.languages", "product.manufacturer"}

// TestUnread holds the list of attributes that nothing reads to the truth. One is
// read if a check or the program selects its field, if it goes onto the label, or
// if a scheme names its path.
func TestUnread(t *testing.T) {
	read := selected(t)
	maps.Copy(read, bySchemes(t))
	var unread []string
	for block, typ := range topLevel() {
		for _, path := range attributes(typ, block) {
			if !read[path] && !slices.Contains(loading, path) {
				unread = append(unread, path)
			}
		}
	}
	slices.Sort(unread)
	if listed := product.Unread(); !slices.Equal(unread, listed) {
		for _, path := range unread {
			if !slices.Contains(listed, path) {
				t.Errorf("nothing reads %s: put it on the list in schema/product/unread.go", path)
			}
		}
		for _, path := range listed {
			if !slices.Contains(unread, path) {
				t.Errorf("%s is read now: take it off the list in schema/product/unread.go", path)
			}
		}
		t.Error("the list is not that of the attributes that nothing reads, sorted; go generate ./schema/... then writes the reference page anew")
	}
	if !read["firmware.image"] || !read["support.until"] || !read["product.models"] || !read["vulnerability_disclosure.policy"] {
		t.Error("the test does not see what is read")
	}
}

// topLevel are the blocks that stand at the top of a product file.
func topLevel() map[string]reflect.Type {
	return map[string]reflect.Type{
		"product": reflect.TypeFor[product.Product](), "manufacturer": reflect.TypeFor[product.Manufacturer](), "key": reflect.TypeFor[product.Key](),
	}
}

// attributes lists the attributes of a block and of those in it, as assay explain
// names them: by the block and the name.
func attributes(t reflect.Type, block string) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	var all []string
	for i := range t.NumField() {
		name, role, _ := strings.Cut(t.Field(i).Tag.Get("hcl"), ",")
		switch role {
		case "", "optional":
			if name != "" {
				all = append(all, block+"."+name)
			}
		case "block":
			all = append(all, attributes(t.Field(i).Type, name)...)
		}
	}
	return all
}

// bySchemes gives the paths that a bundled scheme names.
func bySchemes(t *testing.T) map[string]bool {
	t.Helper()
	all, err := scheme.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	has := regexp.MustCompile(`has\("([^"]+)"\)`)
	for _, s := range all.All() {
		for _, r := range s.Requirements {
			var paths []string
			for _, f := range r.Declared {
				paths = append(paths, f.Paths()...)
			}
			for _, m := range has.FindAllStringSubmatch(r.When.String(), -1) {
				paths = append(paths, m[1])
			}
			for _, p := range paths {
				p, _, _ = strings.Cut(p, "=")
				parts := strings.Split("product."+p, ".")
				named[strings.Join(parts[len(parts)-2:], ".")] = true
			}
		}
	}
	return named
}

// selected gives the attributes whose fields are selected in a check, in the
// program, or in what makes the label's part of the declaration.
func selected(t *testing.T) map[string]bool {
	t.Helper()
	export, files := compiled(t)
	fset := token.NewFileSet()
	importer := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(export[path]) })
	names := map[string]string{}
	for block, typ := range topLevel() {
		maps.Copy(names, fieldNames(typ, block))
	}
	read := map[string]bool{}
	for path, sources := range files {
		var parsed []*ast.File
		for _, name := range sources {
			f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			parsed = append(parsed, f)
		}
		info := types.Info{Selections: map[*ast.SelectorExpr]*types.Selection{}}
		if _, err := (&types.Config{Importer: importer}).Check(path, fset, parsed, &info); err != nil {
			t.Fatal(err)
		}
		for at, s := range info.Selections {
			file := filepath.Base(fset.Position(at.Pos()).Filename)
			if path == languagePackage && file != "info.go" {
				continue // the language's own look at it
			}
			if owner := typeName(s.Recv()); s.Kind() == types.FieldVal && owner != "" {
				read[names[owner+"."+s.Obj().Name()]] = true
			}
		}
	}
	return read
}

// compiled gives the export data of all packages, and the files of those that may
// read a declaration.
func compiled(t *testing.T) (export map[string]string, files map[string][]string) {
	t.Helper()
	out, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}\t{{.Dir}}\t{{join .GoFiles \" \"}}", "../../checks/...", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	export, files = map[string]string{}, map[string][]string{}
	for line := range strings.Lines(string(out)) {
		field := strings.Split(strings.TrimSpace(line), "\t")
		path := field[0]
		export[path] = field[1]
		checks := strings.HasPrefix(path, "github.com/assay-iot/assay/checks") && !strings.HasSuffix(path, "/checktest")
		if checks || path == languagePackage || path == "github.com/assay-iot/assay/cmd/assay" {
			for name := range strings.FieldsSeq(field[3]) {
				files[path] = append(files[path], filepath.Join(field[2], name))
			}
		}
	}
	return export, files
}

// fieldNames gives for each field, as Type.Field, the name of its attribute.
func fieldNames(t reflect.Type, block string) map[string]string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	names := map[string]string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, role, _ := strings.Cut(f.Tag.Get("hcl"), ",")
		switch {
		case role == "block":
			maps.Copy(names, fieldNames(f.Type, name))
		case name != "" && (role == "" || role == "optional"):
			names[t.Name()+"."+f.Name] = block + "." + name
		}
	}
	return names
}

// typeName is the name of a type of the product language; empty for others.
func typeName(t types.Type) string {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == languagePackage {
		return n.Obj().Name()
	}
	return ""
}
