package trust

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Load reads a policy file and the files that it names, all inside its folder. It
// gives the policy or every mistake at once, each with its place.
func Load(path string) (*Policy, hcl.Diagnostics) {
	dir, name := filepath.Split(path)
	root, err := os.OpenRoot(filepath.Clean("./" + dir))
	if filepath.IsAbs(path) {
		root, err = os.OpenRoot(filepath.Clean(dir))
	}
	if err != nil {
		return nil, hcl.Diagnostics{mistake(hcl.Range{Filename: name}, "Name the file that holds the policy.", "the policy cannot be read: %v", err)}
	}
	defer root.Close()
	src, err := readInside(root, name, MaxBytes)
	if err != nil {
		return nil, hcl.Diagnostics{mistake(hcl.Range{Filename: name}, "Name the file that holds the policy.", "the policy cannot be read: %v", err)}
	}
	return Parse(name, src, func(file string) ([]byte, error) { return readInside(root, file, MaxIncluded) })
}

// readInside reads a plain file of a folder, and no more than limit bytes.
func readInside(root *os.Root, name string, limit int64) ([]byte, error) {
	info, err := root.Stat(name)
	var path *fs.PathError
	switch {
	case errors.As(err, &path): // what the system calls the question says nothing to people
		return nil, fmt.Errorf("%s: %w", name, path.Err)
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no plain file", name)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s has more than %d bytes", name, limit)
	}
	return data, err
}

// Parse reads a policy from the bytes of a file. read gives the files that it
// names with file("…").
func Parse(name string, src []byte, read func(string) ([]byte, error)) (*Policy, hcl.Diagnostics) {
	if d := guard(name, src); d != nil {
		return nil, hcl.Diagnostics{d}
	}
	file, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	if diags := plainValues(file); diags.HasErrors() {
		return nil, diags
	}
	var raw fileBlock
	diags = gohcl.DecodeBody(file.Body, context(read), &raw)
	if diags.HasErrors() {
		return nil, diags
	}
	r := &reader{file: hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}}
	p := r.policy(&raw)
	if r.diags.HasErrors() {
		return nil, r.diags
	}
	return p, nil
}

// maxOpen is how many brackets may stand inside one another.
const maxOpen = 16

// guard refuses what the parser should not see: too much, too deep, and private
// keys, before any message could show one.
func guard(name string, src []byte) *hcl.Diagnostic {
	at := hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
	if len(src) > MaxBytes {
		return mistake(at, "Split the policy.", "the policy has more than %d bytes", MaxBytes)
	}
	if strings.Contains(string(src), "PRIVATE KEY-----") {
		return mistake(at, "Take it out, and replace the key if anyone else has seen this file. A policy holds public keys.", "a private key stands in the policy")
	}
	tokens, _ := hclsyntax.LexConfig(src, name, hcl.InitialPos)
	open := 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			open++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
			open--
		case hclsyntax.TokenBang, hclsyntax.TokenMinus:
			return mistake(t.Range, "Write the value itself.", "%q is no part of the policy language", t.Bytes)
		}
		if open > maxOpen {
			return mistake(t.Range, "Take brackets away.", "more than %d brackets stand inside one another", maxOpen)
		}
	}
	return nil
}

// plainValues refuses every expression but values, lists and file("…"): a policy
// computes nothing.
func plainValues(file *hcl.File) hcl.Diagnostics {
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		return nil
	}
	return hclsyntax.VisitAll(body, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n := n.(type) {
		case *hclsyntax.Body, hclsyntax.Blocks, *hclsyntax.Block, hclsyntax.Attributes, *hclsyntax.Attribute,
			*hclsyntax.LiteralValueExpr, *hclsyntax.TupleConsExpr:
			return nil
		case *hclsyntax.TemplateExpr:
			if n.IsStringLiteral() {
				return nil
			}
		case *hclsyntax.FunctionCallExpr:
			if n.Name == "file" && !n.ExpandFinal {
				return nil
			}
		}
		return hcl.Diagnostics{mistake(n.Range(), `Write the value itself, a list of values, or file("NAME").`, "a policy computes nothing")}
	})
}

func context(read func(string) ([]byte, error)) *hcl.EvalContext {
	file := function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}}, Type: function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if read == nil {
				return cty.DynamicVal, errors.New("no file can be read here")
			}
			data, err := read(args[0].AsString())
			if err != nil {
				return cty.DynamicVal, err
			}
			if strings.Contains(string(data), "PRIVATE KEY-----") {
				return cty.DynamicVal, errors.New("the file holds a private key; name the public half")
			}
			return cty.StringVal(string(data)), nil
		},
	})
	return &hcl.EvalContext{Functions: map[string]function.Function{"file": file}}
}

// fix marks a diagnostic whose Detail says what to do.
type fix struct{}

// SaysWhatToDo tells a printer of diagnostics that the Detail is a fix.
func (fix) SaysWhatToDo() {}

func mistake(at hcl.Range, todo, format string, args ...any) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: fmt.Sprintf(format, args...), Detail: todo, Subject: &at, Extra: fix{}}
}
