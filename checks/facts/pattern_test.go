package facts

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Patterns are compiled late, so a wrong one would show late: here all are
// compiled, as the source has them.
func TestPatterns(t *testing.T) {
	files := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	below, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	inspect := func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		if !isLazy(call.Fun) {
			return true
		}
		lit, ok := call.Args[0].(*ast.BasicLit)
		if !ok {
			t.Errorf("%v: write the expression out, so that it is tested", files.Position(call.Pos()))
			return true
		}
		source, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := regexp.Compile(source); err != nil {
			t.Errorf("%v: %v", files.Position(lit.Pos()), err)
		}
		n++
		return true
	}
	for _, name := range append(names, below...) {
		if strings.HasSuffix(name, "_test.go") || name == "pattern.go" {
			continue
		}
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, inspect)
	}
	if n < 100 {
		t.Errorf("only %d patterns were found", n)
	}
}

// isLazy reports whether what is called is lazy, or lazyregexp.New.
func isLazy(called ast.Expr) bool {
	switch f := called.(type) {
	case *ast.Ident:
		return f.Name == "lazy"
	case *ast.SelectorExpr:
		of, ok := f.X.(*ast.Ident)
		return ok && of.Name == "lazyregexp" && f.Sel.Name == "New"
	}
	return false
}
