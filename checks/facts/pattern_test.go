package facts

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Patterns are compiled late, so a wrong one would show late: here all are
// compiled, as the source has them.
func TestPatterns(t *testing.T) {
	files := token.NewFileSet()
	pkgs, err := parser.ParseDir(files, ".", func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(pkgs["facts"], func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "lazy" {
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
	})
	if n < 100 {
		t.Errorf("only %d patterns were found", n)
	}
}
