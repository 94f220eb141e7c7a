package product

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/assay-iot/assay/internal/nearest"
)

// body stands between gohcl and the parsed files. gohcl fills the structs; body
// hands it only what fits them, and says in our own words, with a fix, what
// does not. A body has several parts at the top, one for each file.
type body struct {
	scope *scope
	typ   *blockType
	parts []hcl.Body
}

// Content gives what stands in the block, with every mistake in it.
func (b *body) Content(schema *hcl.BodySchema) (*hcl.BodyContent, hcl.Diagnostics) {
	out := &hcl.BodyContent{Attributes: hcl.Attributes{}, MissingItemRange: b.MissingItemRange()}
	var diags hcl.Diagnostics
	for _, part := range b.parts {
		content, d := b.read(part, relaxed(schema))
		diags = append(diags, d...)
		diags = append(diags, addAttributes(out, content.Attributes)...)
		out.Blocks = append(out.Blocks, content.Blocks...)
	}
	diags = append(diags, b.missing(out)...)
	diags = append(diags, b.dropDuplicates(out)...)
	for name, a := range out.Attributes {
		wrapped := *a
		wrapped.Expr = &value{scope: b.scope, want: b.typ.attribute(name), source: a}
		out.Attributes[name] = &wrapped
	}
	for i, inner := range out.Blocks {
		typ := b.typ.block(inner.Type)
		diags = append(diags, b.checkLabel(typ, inner)...)
		wrapped := *inner
		wrapped.Body = &body{scope: b.scope, typ: typ, parts: []hcl.Body{inner.Body}}
		out.Blocks[i] = &wrapped
	}
	return out, diags
}

// PartialContent is as Content; no struct of ours asks for a remainder.
func (b *body) PartialContent(schema *hcl.BodySchema) (*hcl.BodyContent, hcl.Body, hcl.Diagnostics) {
	content, diags := b.Content(schema)
	return content, hcl.EmptyBody(), diags
}

// JustAttributes gives none; no struct of ours has free attributes.
func (b *body) JustAttributes() (hcl.Attributes, hcl.Diagnostics) { return nil, nil }

// MissingItemRange is where something that is missing could be written.
func (b *body) MissingItemRange() hcl.Range { return b.parts[0].MissingItemRange() }

// relaxed is the schema without required attributes: body reports those itself.
func relaxed(schema *hcl.BodySchema) *hcl.BodySchema {
	out := &hcl.BodySchema{Blocks: schema.Blocks}
	for _, a := range schema.Attributes {
		out.Attributes = append(out.Attributes, hcl.AttributeSchema{Name: a.Name})
	}
	return out
}

// read reads one part and reports the names that do not belong there.
func (b *body) read(part hcl.Body, schema *hcl.BodySchema) (*hcl.BodyContent, hcl.Diagnostics) {
	native, ok := part.(*hclsyntax.Body)
	if !ok {
		content, diags := part.Content(schema) // JSON
		for i, d := range diags {
			if d.Summary == "Extraneous JSON object property" && d.Subject != nil {
				name := strings.Trim(b.scope.written(*d.Subject), `"`)
				diags[i] = b.unknown(name, *d.Subject, true)
			}
		}
		return content, diags
	}
	content, _, diags := native.PartialContent(schema)
	for i, d := range diags {
		diags[i] = b.labelMistake(native, d)
	}
	for _, a := range inOrder(native.Attributes) {
		if b.typ.attribute(a.Name) == nil {
			diags = append(diags, b.unknown(a.Name, a.NameRange, false))
		}
	}
	for _, inner := range native.Blocks {
		if b.typ.block(inner.Type) == nil {
			diags = append(diags, b.unknown(inner.Type, inner.TypeRange, false))
		}
	}
	return content, diags
}

// inOrder gives the attributes of a body as they stand in the file.
func inOrder(attributes hclsyntax.Attributes) []*hclsyntax.Attribute {
	return slices.SortedFunc(maps.Values(attributes), func(a, b *hclsyntax.Attribute) int {
		return cmp.Compare(a.NameRange.Start.Byte, b.NameRange.Start.Byte)
	})
}

// unknown reports a name that does not belong into the block.
func (b *body) unknown(name string, at hcl.Range, inJSON bool) *hcl.Diagnostic {
	where := "a product file's top level"
	if b.typ.Name != "" {
		where = article(b.typ.Name) + " block"
	}
	if inner := b.typ.block(name); inner != nil {
		return mistake(at, "Write "+inner.header()+" { … }, without an equals sign.", "%s is a block", quoted(name))
	}
	if b.typ.attribute(name) != nil {
		return mistake(at, "Write "+name+" = …, with an equals sign.", "%s is an attribute, not a block", quoted(name))
	}
	todo := ""
	if b.scope.unknown++; b.scope.unknown > maxDiagnostics { // of so many only the first are shown
		todo = "Correct those above first."
	} else if near := nearest.Name(name, b.typ.names()); near != "" {
		todo = "Did you mean " + near + "?"
	} else if home := homes(b.scope.grammar, name); len(home) > 0 {
		todo = fmt.Sprintf("%s belongs into %s.", name, either(home))
	} else {
		todo = "There are: " + strings.Join(b.typ.names(), ", ") + "."
	}
	return mistake(at, todo, "%s does not exist in %s", quoted(name), where)
}

// homes lists the blocks that know the name.
func homes(b *blockType, name string) []string {
	var found []string
	for _, inner := range b.Blocks {
		if inner.attribute(name) != nil || inner.block(name) != nil {
			found = append(found, inner.header()+" { … }")
		}
		found = append(found, homes(inner, name)...)
	}
	if len(found) > 4 {
		found = found[:4]
	}
	return found
}

// labelMistake says in our words that a block has too many or too few labels.
func (b *body) labelMistake(native *hclsyntax.Body, d *hcl.Diagnostic) *hcl.Diagnostic {
	for _, inner := range native.Blocks {
		typ := b.typ.block(inner.Type)
		if typ == nil || d.Subject == nil || !contains(hcl.RangeBetween(inner.TypeRange, inner.OpenBraceRange), *d.Subject) {
			continue
		}
		want := "one name"
		if typ.Label == "" {
			want = "no name"
		}
		return mistake(*d.Subject, "Write "+typ.header()+" { … }.", "%s block has %s", article(inner.Type), want)
	}
	return d
}

func contains(outer, inner hcl.Range) bool {
	return outer.Filename == inner.Filename && outer.Start.Byte <= inner.Start.Byte && inner.End.Byte <= outer.End.Byte
}

// addAttributes adds those of another file; none may stand twice.
func addAttributes(out *hcl.BodyContent, more hcl.Attributes) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for name, a := range more {
		if first, ok := out.Attributes[name]; ok {
			diags = append(diags, mistake(a.NameRange, "Keep one of the two.", "%s is written twice: it stands at %s already", name, place(first.NameRange)))
			continue
		}
		out.Attributes[name] = a
	}
	return diags
}

// missing reports required attributes that are not there.
func (b *body) missing(out *hcl.BodyContent) hcl.Diagnostics {
	var diags hcl.Diagnostics
	if b.scope.damaged {
		return nil
	}
	for _, a := range b.typ.Attributes {
		if a.Required && out.Attributes[a.Name] == nil {
			where := b.typ.Name
			if where == "" {
				where = "folder"
			}
			diags = append(diags, mistake(out.MissingItemRange, fmt.Sprintf("Add %s = %s. %s", a.Name, a.example(), a.Doc), "the %s has no %s", where, a.Name))
		}
	}
	return diags
}

// dropDuplicates keeps the first of blocks that may stand only once, or once
// under a label, and reports the others.
func (b *body) dropDuplicates(out *hcl.BodyContent) hcl.Diagnostics {
	var diags hcl.Diagnostics
	first := map[string]hcl.Range{}
	out.Blocks = slices.DeleteFunc(out.Blocks, func(inner *hcl.Block) bool {
		typ := b.typ.block(inner.Type)
		if typ.Repeat {
			return false
		}
		name := strings.Join(append([]string{inner.Type}, inner.Labels...), " ")
		at, seen := first[name]
		if !seen {
			first[name] = inner.DefRange
			return false
		}
		todo := "Put all of it into one block."
		if typ.Label != "" {
			todo = "Give each its own name."
		}
		diags = append(diags, mistake(inner.DefRange, todo, "%s is written twice: it stands at %s already", headline(inner), place(at)))
		return true
	})
	return diags
}

// headline is a block's type and label as they are written.
func headline(b *hcl.Block) string {
	if len(b.Labels) == 0 {
		return b.Type
	}
	return b.Type + " " + quoted(b.Labels[0])
}

// article puts "a" or "an" before a word.
func article(word string) string {
	if strings.ContainsAny(word[:1], "aeiou") {
		return "an " + word
	}
	return "a " + word
}

func place(r hcl.Range) string { return fmt.Sprintf("%s:%d", r.Filename, r.Start.Line) }

// checkLabel checks the form of a block's label.
func (b *body) checkLabel(typ *blockType, inner *hcl.Block) hcl.Diagnostics {
	if typ.Label == "" || len(inner.Labels) == 0 {
		return nil
	}
	form := typ.LabelForm
	if form == "" {
		form = "name"
	}
	if slices.Contains(referable(), inner.Type) {
		form = "reference-name"
	}
	if problem := formats[form].check(inner.Labels[0]); problem != nil {
		return hcl.Diagnostics{mistake(inner.LabelRanges[0], problem.fix, "%s is no name for %s: %s", quoted(inner.Labels[0]), inner.Type, problem.what)}
	}
	if d := b.scope.vetLabel(typ, inner.Labels[0], inner.LabelRanges[0]); d != nil {
		return hcl.Diagnostics{d}
	}
	return nil
}
