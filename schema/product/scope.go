package product

import (
	"fmt"
	"maps"
	"math/big"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/assay-iot/assay/internal/nearest"
)

// scope is what expressions can name: variables, the labels of blocks, and a
// few functions.
type scope struct {
	root      *os.Root
	grammar   *blockType
	sources   map[string]source
	labels    map[string][]string // block type to labels, in the order of the files
	variables map[string]cty.Value
	broken    map[string]bool // variables whose own mistake has been reported
	read      map[string][]byte
	damaged   bool     // a file did not parse: what is missing may stand there
	unknown   int      // names that belong nowhere, so far
	outside   *Outside // nil for the language alone
	documents map[string]Document
	left      int64            // bytes that the documents may still have
	context   *hcl.EvalContext // made of the above when first asked for
}

// referable lists the blocks that others refer to.
func referable() []string {
	return []string{"manufacturer", "key", "firmware", "cloud", "credential", "data"}
}

// places are references that point at no block.
func places() []string { return []string{"lan", "internet"} }

var refType = cty.Object(map[string]cty.Type{"id": cty.String})

func refValue(id string) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{"id": cty.StringVal(id)})
}

// known reports whether a word can begin a reference.
func (s *scope) known(word string) bool {
	return word == "var" || slices.Contains(referable(), word) || slices.Contains(places(), word)
}

// written is the text of a range of a product file.
func (s *scope) written(r hcl.Range) string {
	src := s.sources[r.Filename].src
	if r.Start.Byte > r.End.Byte || r.End.Byte > len(src) {
		return ""
	}
	return string(src[r.Start.Byte:r.End.Byte])
}

func (s *scope) inJSON(r hcl.Range) bool { return s.sources[r.Filename].json }

// declare collects what expressions can name: labels first, then variables.
func (s *scope) declare(bodies []hcl.Body, opts Options) hcl.Diagnostics {
	for _, b := range bodies {
		for _, block := range blocksOf(b, s.grammar) {
			s.addLabel(block)
			if block.Type == "product" {
				for _, inner := range blocksOf(block.Body, s.grammar.block("product")) {
					s.addLabel(inner)
				}
			}
		}
	}
	return s.setVariables(bodies, opts.Vars)
}

func (s *scope) addLabel(b *hcl.Block) {
	if len(b.Labels) == 1 && slices.Contains(referable(), b.Type) && !slices.Contains(s.labels[b.Type], b.Labels[0]) {
		s.labels[b.Type] = append(s.labels[b.Type], b.Labels[0])
	}
}

// blocksOf gives the blocks of a body that can be read.
func blocksOf(b hcl.Body, typ *blockType) hcl.Blocks {
	schema := &hcl.BodySchema{}
	for _, inner := range typ.Blocks {
		header := hcl.BlockHeaderSchema{Type: inner.Name}
		if inner.Label != "" {
			header.LabelNames = []string{inner.Label}
		}
		schema.Blocks = append(schema.Blocks, header)
	}
	content, _, _ := b.PartialContent(schema)
	if content == nil {
		return nil
	}
	return content.Blocks
}

// native gives an expression in native syntax, whatever the file is written in.
func (s *scope) native(expr hcl.Expression) (hclsyntax.Expression, hcl.Diagnostics) {
	if e, ok := expr.(hclsyntax.Expression); ok {
		return e, nil
	}
	val, diags := expr.Value(nil) // JSON: the literal value
	switch {
	case diags.HasErrors():
		return nil, diags
	case val.IsKnown() && !val.IsNull() && val.Type() == cty.String:
		return s.template(val.AsString(), expr.Range())
	case val.Type().IsTupleType():
		items, diags := hcl.ExprList(expr)
		list := &hclsyntax.TupleConsExpr{SrcRange: expr.Range(), OpenRange: expr.StartRange()}
		for _, item := range items {
			e, d := s.native(item)
			diags = append(diags, d...)
			list.Exprs = append(list.Exprs, e)
		}
		return list, diags
	}
	return &hclsyntax.LiteralValueExpr{Val: val, SrcRange: expr.Range()}, nil
}

// template parses a JSON text, which may hold "${…}".
func (s *scope) template(src string, at hcl.Range) (hclsyntax.Expression, hcl.Diagnostics) {
	if !strings.Contains(src, "${") && !strings.Contains(src, "%{") {
		return &hclsyntax.LiteralValueExpr{Val: cty.StringVal(src), SrcRange: at}, nil
	}
	start := hcl.Pos{Line: at.Start.Line, Column: at.Start.Column + 1, Byte: at.Start.Byte + 1}
	diags := guardTokens([]byte(src), func(b []byte) (hclsyntax.Tokens, hcl.Diagnostics) {
		return hclsyntax.LexTemplate(b, at.Filename, start)
	})
	if diags.HasErrors() {
		return nil, diags
	}
	return hclsyntax.ParseTemplate([]byte(src), at.Filename, start)
}

// evaluate gives the value of an expression, after a look at all that it names.
func (s *scope) evaluate(expr hclsyntax.Expression) (cty.Value, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	silent := false
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		if last := len(diags) - 1; last >= 0 && contains(*diags[last].Subject, n.Range()) {
			return nil
		}
		d, quiet := s.vet(n)
		if d != nil {
			diags = append(diags, d)
		}
		silent = silent || quiet
		return nil
	})
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if silent {
		return reported(expr.Range())
	}
	if s.context == nil {
		s.context = &hcl.EvalContext{Variables: s.values(), Functions: s.functions()}
	}
	val, diags := expr.Value(s.context)
	for i, d := range diags {
		diags[i] = functionMistake(d)
	}
	if !diags.HasErrors() && !val.IsWhollyKnown() { // the parser put it where it reported a mistake
		return reported(expr.Range())
	}
	return val, diags
}

// reported is what an expression gives whose mistake stands elsewhere.
func reported(at hcl.Range) (cty.Value, hcl.Diagnostics) {
	return cty.DynamicVal, hcl.Diagnostics{{Severity: hcl.DiagError, Summary: alreadyReported, Subject: &at}}
}

// alreadyReported is the summary of a follow-up, which Load leaves out.
const alreadyReported = "already reported"

// vet looks at one node of an expression. quiet says that it names something
// whose mistake stands elsewhere.
func (s *scope) vet(n hclsyntax.Node) (d *hcl.Diagnostic, quiet bool) {
	switch e := n.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		if e.Traversal.RootName() == "var" && len(e.Traversal) > 1 {
			if name, _ := stepName(e.Traversal[1]); s.broken[name] {
				return nil, true
			}
		}
		d = s.vetReference(e.Traversal)
		if s.damaged && d != nil {
			return nil, true
		}
		return d, false
	case *hclsyntax.FunctionCallExpr:
		if _, ok := s.functions()[e.Name]; !ok {
			return mistake(e.NameRange, functionFix(e.Name), "there is no function %s", quoted(e.Name)), false
		}
	case *hclsyntax.LiteralValueExpr, *hclsyntax.TemplateExpr, *hclsyntax.TemplateWrapExpr,
		*hclsyntax.TupleConsExpr, *hclsyntax.ParenthesesExpr, *hclsyntax.UnaryOpExpr, hclsyntax.ChildScope:
	default:
		r := n.Range()
		return mistake(r, "Write the value itself.", "%s is no part of the product language", quoted(s.written(r))), false
	}
	return nil, false
}

// vetReference checks that what a reference names is there.
func (s *scope) vetReference(t hcl.Traversal) *hcl.Diagnostic {
	root := t.RootName()
	at := t.SourceRange()
	if slices.Contains(places(), root) {
		if len(t) == 1 {
			return nil
		}
		return mistake(at, "Write "+root+" alone.", "%s has no parts to refer to", root)
	}
	if !s.known(root) {
		words := append(append([]string{"var"}, referable()...), places()...)
		return mistake(at, suggestion(root, words), "there is nothing named %s to refer to", quoted(root))
	}
	names := s.names(root)
	if len(t) == 1 {
		return mistake(at, strings.TrimSpace("Write "+root+".NAME. "+listing(names)), "%s alone names no block", root)
	}
	name, ok := stepName(t[1])
	if !ok || len(t) > 2 {
		return mistake(at, "Write "+root+".NAME and no more.", "a reference has two parts")
	}
	if slices.Contains(names, name) {
		return nil
	}
	kind := root
	if kind == "var" {
		kind = "variable"
	}
	todo := fmt.Sprintf("Declare it: %s %q { … }.", kind, name)
	if near := nearest.Name(name, names); near != "" {
		todo = "Did you mean " + root + "." + near + "?"
	} else if len(names) > 0 {
		todo += " " + listing(names)
	}
	return mistake(at, todo, "there is no %s %s", kind, quoted(name))
}

// names lists what can follow the first word of a reference.
func (s *scope) names(root string) []string {
	if root == "var" {
		return append(slices.Sorted(maps.Keys(s.variables)), slices.Sorted(maps.Keys(s.broken))...)
	}
	return s.labels[root]
}

// stepName is the name in ".name" or ["name"].
func stepName(step hcl.Traverser) (string, bool) {
	switch step := step.(type) {
	case hcl.TraverseAttr:
		return step.Name, true
	case hcl.TraverseIndex:
		if step.Key.Type() == cty.String {
			return step.Key.AsString(), true
		}
	}
	return "", false
}

// values gives all that can be named, for HCL to evaluate with.
func (s *scope) values() map[string]cty.Value {
	out := map[string]cty.Value{"var": cty.ObjectVal(s.variables)}
	for _, word := range places() {
		out[word] = refValue(word)
	}
	for typ, labels := range s.labels {
		refs := map[string]cty.Value{}
		for _, l := range labels {
			refs[l] = refValue(typ + "." + l)
		}
		out[typ] = cty.ObjectVal(refs)
	}
	return out
}

// phrase is the kind with its article.
func (k kind) phrase() string {
	switch k {
	case truth, "null":
		return string(k)
	}
	return article(string(k))
}

// kindOf is the kind of a value that was written.
func kindOf(val cty.Value) kind {
	switch {
	case !val.IsWhollyKnown():
		return "unknown"
	case val.IsNull():
		return "null"
	case val.Type() == cty.String:
		return text
	case val.Type() == cty.Number:
		return number
	case val.Type() == cty.Bool:
		return truth
	case val.Type().Equals(refType):
		return reference
	case val.Type().IsTupleType():
		return "list"
	}
	return "object"
}

// parseKind reads a text as a value of another kind.
func parseKind(s string, want kind) (cty.Value, bool) {
	switch want {
	case text:
		return cty.StringVal(s), true
	case number:
		n, err := strconv.ParseInt(s, 10, 64)
		return cty.NumberVal(new(big.Float).SetInt64(n)), err == nil
	case truth:
		return cty.BoolVal(s == "true"), s == "true" || s == "false"
	}
	return cty.DynamicVal, false
}
