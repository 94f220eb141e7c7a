package product

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// setVariables evaluates the variable blocks. A default may name other
// variables, as long as it does not come back to itself.
func (s *scope) setVariables(bodies []hcl.Body, given map[string]string) hcl.Diagnostics {
	v := &variables{scope: s, given: given, blocks: map[string]*hcl.Block{}}
	for _, b := range bodies {
		for _, block := range blocksOf(b, &blockType{Blocks: []*blockType{s.grammar.block("variable")}}) {
			if name := block.Labels[0]; v.blocks[name] == nil {
				v.blocks[name] = block
			}
		}
	}
	names := slices.Sorted(maps.Keys(v.blocks))
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if v.blocks[name] == nil {
			v.diags = append(v.diags, mistake(wholeFile("--var "+name), suggestion(name, names), "there is no variable %s", quoted(name)))
		}
	}
	for _, name := range names {
		v.set(name, nil)
	}
	return v.diags
}

// variables evaluates variable blocks.
type variables struct {
	scope  *scope
	given  map[string]string
	blocks map[string]*hcl.Block
	diags  hcl.Diagnostics
}

// set gives a variable its value; path holds those that wait for it.
func (v *variables) set(name string, path []string) {
	if _, done := v.scope.variables[name]; done || v.scope.broken[name] {
		return
	}
	val, d := v.value(name, path)
	if d != nil {
		v.scope.broken[name] = true
		if d.Summary != alreadyReported {
			v.diags = append(v.diags, d)
		}
		return
	}
	v.scope.variables[name] = val
	v.scope.context = nil
}

func (v *variables) value(name string, path []string) (cty.Value, *hcl.Diagnostic) {
	block := v.blocks[name]
	content, _, _ := block.Body.PartialContent(&hcl.BodySchema{Attributes: []hcl.AttributeSchema{{Name: "default"}}})
	written, isGiven := v.given[name]
	if content == nil || content.Attributes["default"] == nil {
		if !isGiven {
			return cty.DynamicVal, mistake(block.DefRange, fmt.Sprintf("Give it: --var %s=VALUE; or write a default.", name), "variable %s has no value", quoted(name))
		}
		return cty.StringVal(written), nil
	}
	attr := content.Attributes["default"]
	val, d := v.defaultValue(name, attr, append(path, name))
	if d != nil || !isGiven {
		return val, d
	}
	converted, ok := parseKind(written, kindOf(val))
	if !ok {
		return val, mistake(wholeFile("--var "+name), fmt.Sprintf("Its default at %s is %s.", place(attr.NameRange), kindOf(val).phrase()), "%s is not %s", quoted(written), kindOf(val).phrase())
	}
	return converted, nil
}

func (v *variables) defaultValue(name string, attr *hcl.Attribute, path []string) (cty.Value, *hcl.Diagnostic) {
	expr, diags := v.scope.native(attr.Expr)
	if diags.HasErrors() {
		return cty.DynamicVal, diags[0]
	}
	for _, t := range hclsyntax.Variables(expr) {
		if t.RootName() != "var" || len(t) < 2 {
			continue
		}
		other, _ := stepName(t[1])
		if at := slices.Index(path, other); at >= 0 {
			for _, in := range path[at:] {
				v.scope.broken[in] = true
			}
			return cty.DynamicVal, mistake(expr.Range(), "Give one of them a value of its own.", "variables go in a circle: %s", strings.Join(append(path[at:], other), " -> "))
		}
		if v.blocks[other] != nil {
			v.set(other, path)
		}
	}
	val, diags := v.scope.evaluate(expr)
	if diags.HasErrors() {
		return val, diags[0]
	}
	switch kindOf(val) {
	case text, number, truth:
		return val, nil
	}
	return val, mistake(expr.Range(), "Write a text, a number, true or false.", "the default of variable %s is %s", quoted(name), kindOf(val).phrase())
}
