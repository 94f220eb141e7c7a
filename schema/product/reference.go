package product

import (
	"fmt"
	"strings"

	"github.com/assay-iot/assay"
)

//go:generate go run ./internal/generate

// Reference is the reference page of the language, in Markdown, made from the
// types.
func Reference() []byte {
	var out strings.Builder
	out.WriteString(referenceHead + limits())
	root := grammar()
	writeBlock(&out, root, "")
	return []byte(out.String())
}

const referenceHead = `# The product language

<!-- Made by "go generate ./schema/..." from schema/product/types.go; do not edit. -->

What a manufacturer writes about a product, in HCL. A folder is one product: all its ` + "`*.hcl`" + ` and ` + "`*.hcl.json`" + ` files are
read together, in the order of their names. The file only declares; checks judge whether it holds. A block that is left out is
no mistake of the language, and may be a finding: "not described".

- Names of blocks are labels: ` + "`firmware \"main\" { … }`" + `. Others refer to it without quotes, as ` + "`firmware.main`" + `; in JSON as
  ` + "`\"${firmware.main}\"`" + `. ` + "`lan`" + ` and ` + "`internet`" + ` are places that a connection can go to.
- Days are written ` + "`\"2031-12-31\"`" + `, lengths of time ` + "`\"24h\"`" + `, ` + "`\"30d\"`" + ` or ` + "`\"5y\"`" + `.
- Paths lead to files inside the folder, and never out of it.
- A variable block is set from outside with ` + "`--var NAME=VALUE`" + ` and used as ` + "`var.NAME`" + ` or ` + "`\"dist/${var.NAME}.bin\"`" + `.
- There are three functions: ` + "`file(path)`" + ` gives the text of a file inside the folder, ` + "`join(separator, list)`" + ` joins texts,
  ` + "`lower(text)`" + ` makes letters small. There are no operators, conditions or loops, and nothing reads the environment, a clock or
  the network: the same files give the same product.
- Private keys are refused, in a product file and in what ` + "`file()`" + ` reads.
`

// limits is the part of the page that says how large things may be.
func limits() string {
	return fmt.Sprintf("- A folder holds at most %d product files, each of at most %s, together at most %s, with at most %d brackets inside one another.\n"+
		"  A document has at most %s, all together at most %s.\n",
		MaxFiles, size(MaxFileBytes), size(MaxBytes), MaxDepth, size(MaxDocumentBytes), size(MaxDocumentsBytes))
}

// writeBlock writes the tables of a block and of those inside it.
func writeBlock(out *strings.Builder, b *blockType, path string) {
	title := "Top level"
	if b.Name != "" {
		title = path + b.header()
		path = title + " › "
	}
	fmt.Fprintf(out, "\n## %s\n\n%s\n", title, b.Doc)
	if p := assay.Principle(b.Principle); p.Valid() {
		fmt.Fprintf(out, "\nPrinciple: %s (`%s`).\n", p.Title(), p)
	}
	if b.LabelDoc != "" {
		fmt.Fprintf(out, "\nThe label: %s\n", b.LabelDoc)
	}
	if len(b.Attributes) > 0 {
		out.WriteString("\n| attribute | type | required | values | meaning |\n|---|---|---|---|---|\n")
	}
	for i := range b.Attributes {
		a := &b.Attributes[i]
		meaning := a.Doc
		if (item{block: b, attribute: a}).isUnread() {
			meaning += " *" + unread + "*"
		}
		fmt.Fprintf(out, "| `%s` | %s | %s | %s | %s |\n", a.Name, a.typeName(), yes(a.Required), cell(a.values("`")), cell(meaning))
	}
	if len(b.Blocks) > 0 {
		out.WriteString("\n| block | how often | principle | meaning |\n|---|---|---|---|\n")
	}
	for _, inner := range b.Blocks {
		fmt.Fprintf(out, "| `%s` | %s | %s | %s |\n", inner.header(), inner.often(), inner.Principle, cell(inner.Doc))
	}
	for _, inner := range b.Blocks {
		writeBlock(out, inner, path)
	}
}

// cell makes a text fit a cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// typeName is the attribute's type, for people.
func (a *attribute) typeName() string {
	if a.List {
		return "list of " + string(a.Kind) + "s"
	}
	return string(a.Kind)
}

// values says which values the attribute can have; each literal value stands
// between quotes.
func (a *attribute) values(quote string) string {
	switch {
	case len(a.Enum) > 0:
		return quote + strings.Join(a.Enum, quote+", "+quote) + quote
	case len(a.Refs) > 0:
		var refs []string
		for _, r := range a.Refs {
			if r != "lan" && r != "internet" {
				r += ".NAME"
			}
			refs = append(refs, quote+r+quote)
		}
		return strings.Join(refs, ", ")
	case a.Format == "port":
		return "1 to 65535"
	case a.Format == "positive":
		return "1 or above"
	}
	return formats[a.Format].doc
}

// often says how often the block may stand.
func (b *blockType) often() string {
	switch {
	case b.Name == "product":
		return "once"
	case b.Single:
		return "at most once"
	case b.Repeat:
		return "any number"
	}
	return "any number, each with its own name"
}
