package product

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/internal/nearest"
)

// Explain says what a block or an attribute is: "support", "support.until",
// "product.firmware.image". If there is none such it gives false, and the names
// that may have been meant.
func Explain(path string) (string, bool) {
	for _, p := range paths(grammar(), nil) {
		if p.name() == path || p.full() == path {
			return p.explain(), true
		}
	}
	var near []string
	for _, name := range Paths() {
		if nearest.Name(path, []string{name}) != "" || strings.HasSuffix(name, "."+path) {
			near = append(near, name)
		}
	}
	if len(near) == 0 {
		return "", false
	}
	near = slices.DeleteFunc(near, func(n string) bool { return !strings.HasSuffix(n, "."+path) && n != nearest.Name(path, near) })
	return "Did you mean " + either(near) + "?", false
}

// Paths lists all blocks and attributes as Explain names them, in the order of
// the language.
func Paths() []string {
	var names []string
	for _, p := range paths(grammar(), nil) {
		names = append(names, p.name())
	}
	return names
}

// item is a block, or an attribute of one, and the blocks around it.
type item struct {
	around    []*blockType // outermost first
	block     *blockType
	attribute *attribute // nil for the block itself
}

func paths(b *blockType, around []*blockType) []item {
	var all []item
	if b.Name != "" {
		all = append(all, item{around: around, block: b})
		around = append(slices.Clone(around), b)
	}
	for i := range b.Attributes {
		all = append(all, item{around: around, block: b, attribute: &b.Attributes[i]})
	}
	for _, inner := range b.Blocks {
		all = append(all, paths(inner, around)...)
	}
	return all
}

// name is the short name, which no other item has: "firmware.image".
func (p item) name() string {
	switch {
	case p.attribute == nil:
		return p.block.Name
	case p.block.Name == "":
		return p.attribute.Name
	}
	return p.block.Name + "." + p.attribute.Name
}

// full is the name with all blocks around: "product.firmware.image".
func (p item) full() string {
	var parts []string
	for _, b := range p.around {
		parts = append(parts, b.Name)
	}
	if p.attribute == nil {
		return strings.Join(append(parts, p.block.Name), ".")
	}
	return strings.Join(append(parts, p.attribute.Name), ".")
}

func (p item) explain() string {
	var out strings.Builder
	if p.attribute != nil {
		p.explainAttribute(&out)
	} else {
		p.explainBlock(&out)
	}
	for i := len(p.around) - 1; i >= 0 && p.block.Principle == ""; i-- {
		p.block = p.around[i]
	}
	if principle := assay.Principle(p.block.Principle); principle.Valid() {
		fmt.Fprintf(&out, "\nPrinciple: %s (%s).\n", principle.Title(), principle)
	}
	return out.String()
}

func (p item) explainAttribute(out *strings.Builder) {
	a := p.attribute
	need := "may be left out"
	if a.Required {
		need = "required"
	}
	fmt.Fprintf(out, "%s: %s, %s\n\n%s\n", p.name(), a.typeName(), need, a.Doc)
	if values := a.values(""); values != "" {
		fmt.Fprintf(out, "Values: %s.\n", values)
	}
	if p.isUnread() {
		fmt.Fprintf(out, "\n%s\n", unread)
	}
	out.WriteString("\n" + p.written(a.Name+" = "+a.example()))
}

func (p item) explainBlock(out *strings.Builder) {
	fmt.Fprintf(out, "%s: block, %s\n\n%s\n", p.name(), p.block.often(), p.block.Doc)
	if p.block.LabelDoc != "" {
		fmt.Fprintf(out, "The label: %s\n", p.block.LabelDoc)
	}
	out.WriteString("\n" + p.written(p.block.header()+" { … }"))
	width := 0
	for _, name := range p.block.names() {
		width = max(width, len(name))
	}
	out.WriteByte('\n')
	for _, a := range p.block.Attributes {
		fmt.Fprintf(out, "  %-*s  %s\n", width, a.Name, a.Doc)
	}
	for _, b := range p.block.Blocks {
		fmt.Fprintf(out, "  %-*s  %s\n", width, b.Name, b.Doc)
	}
}

// written shows a line inside the blocks around it.
func (p item) written(line string) string {
	var out strings.Builder
	depth := 1
	for _, b := range p.around {
		fmt.Fprintf(&out, "%s%s {\n", strings.Repeat("  ", depth), b.header())
		depth++
	}
	fmt.Fprintf(&out, "%s%s\n", strings.Repeat("  ", depth), line)
	for depth--; depth > 0; depth-- {
		fmt.Fprintf(&out, "%s}\n", strings.Repeat("  ", depth))
	}
	return out.String()
}
