package product

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/assay-iot/assay/internal/nearest"
)

// value is the expression of an attribute, as gohcl sees it: when asked, it
// checks itself against what the attribute wants, and gives either a value
// that fits or its mistakes and an empty value of the right type.
type value struct {
	scope  *scope
	want   *attribute
	source *hcl.Attribute
}

// Value gives the checked value. Everything it needs it has from its scope.
func (v *value) Value(*hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if v.want.Kind == anything {
		return cty.DynamicVal, nil // variables are evaluated before all else
	}
	expr, diags := v.scope.native(v.source.Expr)
	if diags.HasErrors() {
		return v.want.empty(), diags
	}
	if !v.want.List {
		return v.single(expr)
	}
	list, ok := unwrap(expr).(*hclsyntax.TupleConsExpr)
	if !ok {
		return v.want.empty(), hcl.Diagnostics{mistake(expr.Range(), "Put it in brackets: "+v.want.Name+" = "+v.want.example()+".", "%s wants a list", v.want.Name)}
	}
	return v.list(list)
}

func (v *value) list(list *hclsyntax.TupleConsExpr) (cty.Value, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	var items []cty.Value
	for _, item := range list.Exprs {
		val, d := v.single(item)
		if d.HasErrors() {
			diags = append(diags, d...)
			continue
		}
		if slices.ContainsFunc(items, func(other cty.Value) bool { return other.RawEquals(val) }) {
			diags = append(diags, mistake(item.Range(), "Keep one of the two.", "%s names the same twice", v.want.Name))
		}
		items = append(items, val)
	}
	if len(items) == 0 {
		return v.want.empty(), diags
	}
	return cty.ListVal(items), diags
}

// single evaluates one value and checks its type, and then its form.
func (v *value) single(expr hclsyntax.Expression) (cty.Value, hcl.Diagnostics) {
	zero := v.want.zero()
	if d := v.bareWord(expr); d != nil {
		return zero, hcl.Diagnostics{d}
	}
	val, diags := v.scope.evaluate(expr)
	if diags.HasErrors() {
		return zero, diags
	}
	got := kindOf(val)
	if got != v.want.Kind {
		converted, ok := fromVariable(expr, val, v.want.Kind)
		if !ok {
			return zero, hcl.Diagnostics{v.wrongKind(expr, got)}
		}
		val = converted
	}
	if todo, what := v.want.check(val); what != "" {
		return zero, hcl.Diagnostics{mistake(expr.Range(), todo, "%s: %s", v.want.Name, what)}
	}
	if v.want.Kind == text {
		if d := v.scope.vetText(v.want, val.AsString(), expr.Range()); d != nil {
			return zero, hcl.Diagnostics{d}
		}
	}
	return val, nil
}

// bareWord reports a word without quotes where a text is wanted.
func (v *value) bareWord(expr hclsyntax.Expression) *hcl.Diagnostic {
	t, ok := unwrap(expr).(*hclsyntax.ScopeTraversalExpr)
	if !ok || len(t.Traversal) != 1 || v.want.Kind == reference || v.scope.known(t.Traversal.RootName()) {
		return nil
	}
	word := t.Traversal.RootName()
	todo := fmt.Sprintf("Write it in quotes: %q.", word)
	switch near := nearest.Name(word, v.want.Enum); {
	case near != "":
		todo = fmt.Sprintf("Write it in quotes: %q.", near)
	case v.want.Kind == truth:
		todo = "Write true or false."
	case v.want.Kind == number:
		todo = "Write a number, as " + v.want.Name + " = " + v.want.example() + "."
	}
	return mistake(expr.Range(), todo, "%s is a word without quotes", quoted(word))
}

func (v *value) wrongKind(expr hclsyntax.Expression, got kind) *hcl.Diagnostic {
	todo := "Write " + v.want.Name + " = " + v.want.example() + "."
	if v.want.Kind == reference {
		todo = "Refer to a block without quotes, as " + v.want.Name + " = " + v.want.example() + "."
		if v.scope.inJSON(expr.Range()) {
			todo = "Refer to a block as \"${" + v.want.Refs[0] + ".NAME}\"."
		}
	}
	return mistake(expr.Range(), todo, "%s wants %s, not %s", v.want.Name, v.want.Kind.phrase(), got.phrase())
}

// fromVariable converts a variable's value: a value given with --var is a text.
func fromVariable(expr hclsyntax.Expression, val cty.Value, want kind) (cty.Value, bool) {
	if len(expr.Variables()) == 0 || val.Type() != cty.String {
		return val, false
	}
	return parseKind(val.AsString(), want)
}

// check checks a value of the right kind; what is empty if it fits.
func (a *attribute) check(val cty.Value) (todo, what string) {
	switch a.Kind {
	case number:
		return a.checkNumber(val.AsBigFloat())
	case text:
		s := val.AsString()
		if len(a.Enum) > 0 && !slices.Contains(a.Enum, s) {
			return enumFix(s, a.Enum), fmt.Sprintf("%s is none of the values", quoted(s))
		}
		if strings.TrimSpace(s) == "" {
			return "Leave the attribute out if there is nothing to say.", "the text is empty"
		}
		if f, ok := formats[a.Format]; ok {
			if problem := f.check(s); problem != nil && a.Format == "public-key" { // whatever it is, it is not shown
				return problem.fix, "the text " + problem.what
			} else if problem != nil {
				return problem.fix, quoted(s) + " " + problem.what
			}
		}
	case reference:
		if ref := val.GetAttr("id").AsString(); !slices.Contains(a.Refs, Ref{ref}.Kind()) {
			return "Refer to a " + either(a.Refs) + ".", ref + " is no " + either(a.Refs)
		}
	}
	return "", ""
}

func (a *attribute) checkNumber(f *big.Float) (todo, what string) {
	n, exact := f.Int64()
	switch {
	case !f.IsInt() || f.Sign() < 0:
		return "Write a whole number, 0 or above.", f.Text('g', 10) + " is no whole number from 0 up"
	case exact != big.Exact:
		return "Write a smaller number.", "the number is too large"
	case a.Format == "port" && (n < 1 || n > 65535):
		return "Ports go from 1 to 65535.", fmt.Sprintf("%d is no port", n)
	case a.Format == "positive" && n == 0:
		return "Write a whole number, 1 or above.", "0 is too little"
	}
	return "", ""
}

func enumFix(s string, enum []string) string {
	list := make([]string, len(enum))
	for i, e := range enum {
		list[i] = fmt.Sprintf("%q", e)
	}
	if near := nearest.Name(s, enum); near != "" {
		return fmt.Sprintf("Did you mean %q? It can be %s.", near, either(list))
	}
	return "It can be " + either(list) + "."
}

// zero is an empty value of the attribute's kind, for gohcl to go on with.
func (a *attribute) zero() cty.Value {
	switch a.Kind {
	case number:
		return cty.Zero
	case truth:
		return cty.False
	case reference:
		return refValue("")
	}
	return cty.StringVal("")
}

// empty is an empty value of the attribute's type.
func (a *attribute) empty() cty.Value {
	if a.List {
		return cty.ListValEmpty(a.zero().Type())
	}
	return a.zero()
}

// example is a value as it could be written.
func (a *attribute) example() string {
	one := `"…"`
	switch {
	case a.Kind == reference && a.Refs[0] == "lan":
		one = "lan"
	case a.Kind == reference:
		one = a.Refs[0] + ".NAME"
	case a.Kind == truth:
		one = "true"
	case a.Format == "port":
		one = "443"
	case a.Kind == number:
		one = "1"
	case len(a.Enum) > 0:
		one = `"` + a.Enum[0] + `"`
	case formats[a.Format].example != "":
		one = formats[a.Format].example
	}
	if a.List {
		return "[" + one + "]"
	}
	return one
}

// Variables lists none to gohcl: the value looks them up itself.
func (v *value) Variables() []hcl.Traversal { return nil }

// Range is where the value stands.
func (v *value) Range() hcl.Range { return v.source.Expr.Range() }

// StartRange is where the value begins.
func (v *value) StartRange() hcl.Range { return v.source.Expr.StartRange() }

// unwrap takes parentheses and a template's "${…}" off an expression.
func unwrap(expr hclsyntax.Expression) hclsyntax.Expression {
	for {
		switch e := expr.(type) {
		case *hclsyntax.ParenthesesExpr:
			expr = e.Expression
		case *hclsyntax.TemplateWrapExpr:
			expr = e.Wrapped
		default:
			return expr
		}
	}
}
