package product

import (
	"reflect"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// kind is the sort of value that an attribute takes.
type kind string

// The kinds of value.
const (
	text      kind = "text"
	number    kind = "number"
	truth     kind = "true or false"
	reference kind = "reference"
	anything  kind = "text, number, true or false"
)

// attribute describes one attribute of a block, as its struct field and tags
// have it.
type attribute struct {
	Name     string
	Doc      string
	Kind     kind
	List     bool
	Required bool
	Enum     []string // values allowed; nil for any
	Refs     []string // kinds of block that a reference may point at
	Format   string   // name of the form that a text has; "" for any
}

// blockType describes a block: what may stand in it and what it is for.
type blockType struct {
	Name       string
	Label      string // what its label is called; "" if it has none
	LabelDoc   string
	LabelForm  string // name of the form that the label has
	Doc        string
	Principle  string
	Single     bool // may stand only once
	Repeat     bool // several may share a label
	Attributes []attribute
	Blocks     []*blockType
}

// grammar describes the whole language, from the types and their tags.
func grammar() *blockType {
	root := describe(reflect.TypeFor[file]())
	root.Doc = "The files of a folder, read together."
	root.Single = true
	return root
}

// describe reads the tags of one struct.
func describe(t reflect.Type) *blockType {
	b := &blockType{}
	for field := range fields(t) {
		name, role, _ := strings.Cut(field.Tag.Get("hcl"), ",")
		switch role {
		case "", "optional":
			b.Attributes = append(b.Attributes, describeAttribute(field, name, role == ""))
		case "label":
			b.Label, b.LabelDoc, b.LabelForm = name, field.Tag.Get("doc"), field.Tag.Get("format")
		case "block":
			inner := describe(under(field.Type))
			inner.Name = name
			inner.Doc = field.Tag.Get("doc")
			inner.Principle = field.Tag.Get("principle")
			inner.Single = field.Type.Kind() != reflect.Slice
			inner.Repeat = field.Tag.Get("repeat") != ""
			b.Blocks = append(b.Blocks, inner)
		}
	}
	return b
}

// fields gives the fields of a struct that have an hcl tag.
func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for field := range t.Fields() {
			if field.Tag.Get("hcl") != "" && !yield(field) {
				return
			}
		}
	}
}

func describeAttribute(field reflect.StructField, name string, required bool) attribute {
	a := attribute{
		Name: name, Doc: field.Tag.Get("doc"), Required: required,
		Enum: strings.Fields(field.Tag.Get("enum")), Refs: strings.Fields(field.Tag.Get("ref")),
		Format: field.Tag.Get("format"),
	}
	a.List = field.Type.Kind() == reflect.Slice
	t := under(field.Type)
	switch {
	case t == reflect.TypeFor[hcl.Expression]():
		a.Kind = anything
	case t == reflect.TypeFor[Ref]():
		a.Kind = reference
	case t.Kind() == reflect.Bool:
		a.Kind = truth
	case t.Kind() == reflect.String:
		a.Kind = text
	default:
		a.Kind = number
	}
	switch t {
	case reflect.TypeFor[Date]():
		a.Format = "date"
	case reflect.TypeFor[Duration]():
		a.Format = "duration"
	}
	return a
}

// under is the type below slices and pointers.
func under(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// attribute finds an attribute by name; nil if the block has none such.
func (b *blockType) attribute(name string) *attribute {
	for i := range b.Attributes {
		if b.Attributes[i].Name == name {
			return &b.Attributes[i]
		}
	}
	return nil
}

// block finds a nested block by name; nil if there is none such.
func (b *blockType) block(name string) *blockType {
	for _, inner := range b.Blocks {
		if inner.Name == name {
			return inner
		}
	}
	return nil
}

// names lists the attributes and blocks that may stand in the block.
func (b *blockType) names() []string {
	var all []string
	for _, a := range b.Attributes {
		all = append(all, a.Name)
	}
	for _, inner := range b.Blocks {
		all = append(all, inner.Name)
	}
	return all
}

// header is the block's first line, as product "NAME".
func (b *blockType) header() string {
	if b.Label == "" {
		return b.Name
	}
	label := strings.ToUpper(b.Label)
	if b.Label == "id" {
		label = "NAME"
	}
	return b.Name + ` "` + label + `"`
}
