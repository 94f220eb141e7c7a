package scheme

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Condition is a rule over declared features, written in a scheme file as
//
//	has("path")   !rule   any(rule, …)   all(rule, …)
//
// It is answered Yes, No or Silent; a rule that rests on something that is not
// described is Silent, unless the rest decides it.
type Condition struct {
	op   string // "has", "!", "any", "all"
	path string // of has
	of   []*Condition
}

// Holds answers the condition. A nil Condition always holds.
func (c *Condition) Holds(d Declaration) Answer {
	if c == nil {
		return Yes
	}
	switch c.op {
	case "has":
		return d.Says(c.path).Answer
	case "!":
		return [...]Answer{Silent, No, Yes}[c.of[0].Holds(d)]
	case "any":
		return c.fold(d, Yes, No)
	}
	return c.fold(d, No, Yes)
}

// fold gives decisive as soon as one part gives it, otherwise rest if all do.
func (c *Condition) fold(d Declaration, decisive, rest Answer) Answer {
	answer := rest
	for _, part := range c.of {
		switch part.Holds(d) {
		case decisive:
			return decisive
		case Silent:
			answer = Silent
		}
	}
	return answer
}

// String writes the condition as scheme files do.
func (c *Condition) String() string {
	if c == nil {
		return ""
	}
	switch c.op {
	case "has":
		return `has("` + c.path + `")`
	case "!":
		return "!" + c.of[0].String()
	}
	parts := make([]string, len(c.of))
	for i, part := range c.of {
		parts[i] = part.String()
	}
	return c.op + "(" + strings.Join(parts, ", ") + ")"
}

// condition reads a rule. Nothing is evaluated: the rule's form is all there is.
func (r *reader) condition(e hcl.Expression) *Condition {
	switch e := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return r.condition(e.Expression)
	case *hclsyntax.UnaryOpExpr:
		if e.Op == hclsyntax.OpLogicalNot {
			return r.compound("!", e.Val)
		}
	case *hclsyntax.FunctionCallExpr:
		switch e.Name {
		case "has":
			return r.has(e)
		case "any", "all":
			parts := make([]hcl.Expression, len(e.Args))
			for i, a := range e.Args {
				parts[i] = a
			}
			if len(parts) > 0 {
				return r.compound(e.Name, parts...)
			}
		}
	}
	r.errorf(e.Range(), "Not a condition", `A condition is has("path"), !rule, any(rule, …) or all(rule, …).`)
	return nil
}

func (r *reader) compound(op string, parts ...hcl.Expression) *Condition {
	c := &Condition{op: op}
	for _, p := range parts {
		inner := r.condition(p)
		if inner == nil {
			return nil
		}
		c.of = append(c.of, inner)
	}
	return c
}

func (r *reader) has(call *hclsyntax.FunctionCallExpr) *Condition {
	if len(call.Args) != 1 {
		r.errorf(call.Range(), "Not a condition", `has takes one path, as has("credential.initial").`)
		return nil
	}
	path, ok := r.text(call.Args[0])
	if !ok || !r.path(path, call.Args[0].Range()) {
		return nil
	}
	return &Condition{op: "has", path: path}
}

// text reads a string that is written out.
func (r *reader) text(e hcl.Expression) (string, bool) {
	v, diags := e.Value(nil)
	if diags.HasErrors() || v.IsNull() || !v.IsKnown() || v.IsMarked() || v.Type() != cty.String {
		r.errorf(e.Range(), "Not a text", `Write a text in quotes; there are no variables in scheme files.`)
		return "", false
	}
	return v.AsString(), true
}
