package labels_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/labeltest"
)

const schemaFile = "label.schema.json"

// The schema of a statement follows from the types; with -update it is written.
func TestSchema(t *testing.T) {
	root := schemaOf(reflect.TypeFor[labels.Statement]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = labels.PredicateType + "/statement.schema.json"
	root["title"] = "Assay label: an in-toto statement whose predicate is a label"
	properties := root["properties"].(map[string]any)
	properties["_type"] = map[string]any{"const": labels.StatementType}
	properties["predicateType"] = map[string]any{"const": labels.PredicateType}
	data, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, schemaFile, append(data, '\n'))
}

// What a label holds is what the schema says, and nothing else.
func TestSchemaFits(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := labeltest.Statement(t).Payload()
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(t, schema, payload); err != nil {
		t.Error(err)
	}
	for name, change := range map[string][2]string{
		"unknown member": {`"renderer":1`, `"renderer":1,"more":1`}, "no digest": {`"assessment":"sha256:`, `"assessment":"sha512:`},
		"no date": {`"issued":"2026-10-01"`, `"issued":"1 October"`}, "outcome": {`"outcome":"met"`, `"outcome":"fine"`}, "no id": {`"id":"aurora-cam-2/`, `"i":"aurora-cam-2/`},
	} {
		changed := bytes.Replace(payload, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(changed, payload) {
			t.Fatalf("%s: the statement holds no %s", name, change[0])
		}
		if err := validate(t, schema, changed); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func validate(t *testing.T, schema *jsonschema.Schema, data []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(v)
}

// words are those types that are texts of few values or of one form.
var words = map[reflect.Type]map[string]any{
	reflect.TypeFor[assay.Digest]():    {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
	reflect.TypeFor[assay.Outcome]():   {"enum": []string{"inconclusive", "met", "not-met", "not-applicable"}},
	reflect.TypeFor[assay.Proof]():     {"enum": []string{"not-assessed", "declared", "documented", "observed", "verified"}},
	reflect.TypeFor[labels.Standing](): {"enum": []labels.Standing{labels.IsMaker, labels.Other, labels.Authorised}},
	reflect.TypeFor[assay.Principle](): {"enum": assay.Principles()},
}

// dates are the members that hold one.
var dates = map[string]bool{"issued": true, "validUntil": true, "asOf": true, "supportUntil": true}

func schemaOf(t reflect.Type) map[string]any {
	if w, ok := words[t]; ok {
		return w
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer", "minimum": 0, "maximum": 1<<53 - 1}
	case reflect.String:
		return map[string]any{"type": "string"}
	}
	properties, required := map[string]any{}, []string{}
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		properties[name] = schemaOf(t.Field(i).Type)
		if dates[name] {
			properties[name] = map[string]any{"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
		}
		if name == "sha256" {
			properties[name] = map[string]any{"type": "string", "pattern": "^[0-9a-f]{64}$"}
		}
		if !strings.Contains(options, "omitempty") {
			required = append(required, name)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}
