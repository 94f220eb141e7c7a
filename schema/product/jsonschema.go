package product

import (
	"encoding/json"
	"slices"
)

// JSONSchema is the JSON Schema (draft 2020-12) of *.hcl.json files, made from
// the types. It lets through all that Load accepts in the plain layout, labels
// as names of members; Load checks more than a schema can say.
func JSONSchema() ([]byte, error) {
	defs := map[string]any{}
	root := blockSchema(grammar(), defs)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Assay product file, schema_version 1"
	root["description"] = "A product folder may be split into several files; what is required may stand in another."
	delete(root, "required")
	root["$defs"] = defs
	out, err := json.MarshalIndent(root, "", "  ")
	return append(out, '\n'), err
}

// blockSchema describes a block's content; defs collects the blocks inside it.
func blockSchema(b *blockType, defs map[string]any) map[string]any {
	properties := map[string]any{"//": map[string]any{"description": "A comment."}}
	required := []string{}
	for i := range b.Attributes {
		a := &b.Attributes[i]
		properties[a.Name] = attributeSchema(a)
		if a.Required {
			required = append(required, a.Name)
		}
	}
	for _, inner := range b.Blocks {
		defs[inner.Name] = blockSchema(inner, defs)
		properties[inner.Name] = nestedSchema(inner)
	}
	schema := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

// nestedSchema describes the member that holds a block, or all blocks of a type
// by their labels.
func nestedSchema(b *blockType) map[string]any {
	content := map[string]any{"$ref": "#/$defs/" + b.Name}
	if b.Label == "" {
		return map[string]any{"$ref": content["$ref"], "description": b.Doc}
	}
	form := b.LabelForm
	switch {
	case form != "":
	case slices.Contains(referable(), b.Name):
		form = "reference-name"
	default:
		form = "name"
	}
	schema := map[string]any{
		"type": "object", "description": b.Doc, "minProperties": 1,
		"propertyNames": map[string]any{"pattern": formats[form].pattern}, "additionalProperties": content,
	}
	if b.Repeat {
		schema["additionalProperties"] = map[string]any{"anyOf": []any{content, map[string]any{"type": "array", "items": content}}}
	}
	return schema
}

// interpolated fits a text that holds "${…}"; what comes of it only Load knows.
var interpolated = map[string]any{"type": "string", "pattern": `\$\{`}

func attributeSchema(a *attribute) map[string]any {
	schema := valueSchema(a)
	if a.List {
		schema = map[string]any{"type": "array", "items": schema, "uniqueItems": true}
	}
	schema["description"] = a.Doc
	return schema
}

// valueSchema describes one value of an attribute.
func valueSchema(a *attribute) map[string]any {
	plain := map[string]any{"type": "string", "minLength": 1}
	switch {
	case a.Name == "schema_version":
		return map[string]any{"const": SchemaVersion}
	case a.Kind == anything:
		return map[string]any{"type": []string{"string", "number", "boolean"}}
	case a.Kind == reference:
		return map[string]any{"type": "string", "pattern": `^\$\{.+\}$`, "examples": referenceExamples(a)}
	case a.Kind == truth:
		plain = map[string]any{"type": "boolean"}
	case a.Format == "port":
		plain = map[string]any{"type": "integer", "minimum": 1, "maximum": 65535}
	case a.Format == "positive":
		plain = map[string]any{"type": "integer", "minimum": 1}
	case a.Kind == number:
		plain = map[string]any{"type": "integer", "minimum": 0}
	case len(a.Enum) > 0:
		plain = map[string]any{"enum": a.Enum}
	case formats[a.Format].pattern != "":
		plain["pattern"] = formats[a.Format].pattern
	default:
		return plain
	}
	return map[string]any{"anyOf": []any{plain, interpolated}}
}

func referenceExamples(a *attribute) []string {
	var out []string
	for _, r := range a.Refs {
		if r != "lan" && r != "internet" {
			r += ".NAME"
		}
		out = append(out, "${"+r+"}")
	}
	return out
}
