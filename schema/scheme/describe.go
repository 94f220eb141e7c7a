package scheme

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/assay-iot/assay"
)

// Describe reads what is declared from the Go values into which product files
// were decoded: structs with hcl tags, or pointers to them. The blocks of all of
// them stand side by side, so that the product and its manufacturer make one
// declaration:
//
//	scheme.Describe(p, p.Manufacturer)
func Describe(blocks ...any) Declaration {
	d := Declaration{}
	for _, b := range blocks {
		if v := follow(reflect.ValueOf(b)); v.IsValid() {
			d.group("", []reflect.Value{v})
		}
	}
	return d
}

// Paths lists all that can be said in such blocks, sorted: the paths, without
// values, that a scheme file may name.
func Paths(blocks ...any) []string {
	known := map[string]bool{}
	for _, b := range blocks {
		paths(reflect.TypeOf(b), "", known)
	}
	return slices.Sorted(maps.Keys(known))
}

func paths(t reflect.Type, block string, into map[string]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	for i := range t.NumField() {
		name, kind, _ := strings.Cut(t.Field(i).Tag.Get("hcl"), ",")
		switch kind {
		case "block":
			into[join(block, name)] = true
			paths(t.Field(i).Type, join(block, name), into)
		case "", "attr", "optional":
			if name != "" {
				into[join(block, name)] = true
			}
		}
	}
}

// group takes all blocks of one kind, at one path.
func (d Declaration) group(path string, blocks []reflect.Value) {
	if path != "" {
		present := reflectPresent(blocks)
		if len(present) == 0 {
			d[path] = Said{Answer: No, Each: true, Location: place(blocks[0], "")}
			return
		}
		d[path] = Said{Answer: Yes, Each: true, Location: place(present[0], "")}
		blocks = present
	}
	t := blocks[0].Type()
	for i := range t.NumField() {
		name, kind, _ := strings.Cut(t.Field(i).Tag.Get("hcl"), ",")
		switch kind {
		case "block":
			if inner := children(blocks, i); len(inner) > 0 {
				d.group(join(path, name), inner)
			}
		case "", "attr", "optional":
			if name != "" {
				d.attribute(path, name, blocks, i)
			}
		}
	}
}

// attribute takes one attribute of all blocks of one kind.
func (d Declaration) attribute(block, name string, blocks []reflect.Value, field int) {
	path := join(block, name)
	if _, ok := d[path]; ok { // of an earlier of the blocks that stand side by side
		return
	}
	said := Said{Each: true}
	for _, b := range blocks {
		values := texts(b.Field(field))
		if len(values) == 0 {
			said.Each = false
			continue
		}
		at := place(b, name)
		for _, v := range values {
			if _, ok := d[path+"="+v]; !ok {
				d[path+"="+v] = Said{Answer: Yes, Location: at}
			}
			if said.Answer != Yes && v != "false" && v != "none" {
				said.Answer, said.Location = Yes, at
			}
		}
		if said.Location.Path == "" {
			said.Location = at
		}
	}
	if said.Answer != Yes && said.Each {
		said.Answer = No
	}
	if said.Answer != Silent {
		d[path] = said
	}
}

// reflectPresent leaves out the blocks that declare their thing absent.
func reflectPresent(blocks []reflect.Value) []reflect.Value {
	var there []reflect.Value
	for _, b := range blocks {
		if p, ok := tagged(b, "present,optional"); ok {
			if p = follow(p); p.IsValid() && p.Kind() == reflect.Bool && !p.Bool() {
				continue
			}
		}
		there = append(there, b)
	}
	return there
}

func children(blocks []reflect.Value, field int) []reflect.Value {
	var inner []reflect.Value
	for _, b := range blocks {
		f := b.Field(field)
		if f.Kind() != reflect.Slice {
			if v := follow(f); v.IsValid() {
				inner = append(inner, v)
			}
			continue
		}
		for i := range f.Len() {
			if v := follow(f.Index(i)); v.IsValid() {
				inner = append(inner, v)
			}
		}
	}
	return inner
}

// texts gives the values of an attribute as they are written; none if it is not
// set.
func texts(v reflect.Value) []string {
	given := v.Kind() == reflect.Pointer
	switch v = follow(v); v.Kind() {
	case reflect.Slice:
		var all []string
		for i := range v.Len() {
			all = append(all, texts(v.Index(i))...)
		}
		return all
	case reflect.Struct: // a reference
		if id, ok := reference(v); ok && id != "" {
			return []string{id}
		}
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64:
		if given || !v.IsZero() {
			return []string{fmt.Sprint(v.Interface())}
		}
	}
	return nil
}

// reference gives the id of a reference to another block.
func reference(v reflect.Value) (string, bool) {
	t := v.Type()
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("cty") == "id" && v.Field(i).Kind() == reflect.String {
			return v.Field(i).String(), true
		}
	}
	return "", false
}

// place is where an attribute stands, or its block, where that is not kept.
func place(block reflect.Value, attribute string) assay.Location {
	for _, tag := range []string{attribute + ",attr_range", ",def_range"} {
		v, ok := tagged(block, tag)
		if !ok {
			continue
		}
		if r, ok := v.Interface().(hcl.Range); ok && r.Filename != "" {
			return assay.Location{Path: r.Filename, Line: r.Start.Line}
		}
	}
	return assay.Location{}
}

func tagged(block reflect.Value, tag string) (reflect.Value, bool) {
	t := block.Type()
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("hcl") == tag {
			return block.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// follow goes through pointers; the result is invalid for a nil one.
func follow(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
