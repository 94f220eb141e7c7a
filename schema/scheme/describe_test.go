package scheme_test

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/assay-iot/assay/schema/scheme"
)

// thing is a small language of the same make as the product language.
type thing struct {
	Models  []string  `hcl:"models,optional"`
	Sensors []sensing `hcl:"sensor,block"`
	Update  *updater  `hcl:"update,block"`
	Data    []datum   `hcl:"data,block"`
}

type sensing struct {
	ID      string    `hcl:"id,label"`
	Present *bool     `hcl:"present,optional"`
	Senses  string    `hcl:"senses,optional"`
	Range   hcl.Range `hcl:",def_range"`
}

type updater struct {
	Mechanism      string    `hcl:"mechanism,optional"`
	Automatic      *bool     `hcl:"automatic,optional"`
	Keys           int       `hcl:"keys,optional"`
	Range          hcl.Range `hcl:",def_range"`
	MechanismRange hcl.Range `hcl:"mechanism,attr_range"`
}

type datum struct {
	ID       string    `hcl:"id,label"`
	Personal *bool     `hcl:"personal,optional"`
	Where    []string  `hcl:"where,optional"`
	Range    hcl.Range `hcl:",def_range"`
}

func describe(t *testing.T, src string) scheme.Declaration {
	t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(src), "p.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var v thing
	if diags := gohcl.DecodeBody(file.Body, nil, &v); diags.HasErrors() {
		t.Fatal(diags)
	}
	return scheme.Describe(&v, (*thing)(nil), thing{Models: []string{"beside"}})
}

// TestDescribe holds the rules of Declaration.
func TestDescribe(t *testing.T) {
	const (
		camera     = "sensor \"camera\" {\nsenses = \"video\"\n}\n"
		noCamera   = "sensor \"camera\" {\npresent = false\nsenses = \"video\"\n}\n"
		microphone = "sensor \"microphone\" {\npresent = true\n}\n"
		video      = "data \"video\" {\npersonal = true\nwhere = [\"device\", \"cloud\"]\n}\n"
		schedule   = "data \"schedule\" {\npersonal = false\nwhere = [\"device\"]\n}\n"
		unclear    = "data \"unclear\" {}\n"
	)
	for _, c := range []struct {
		name, src, path string
		want            scheme.Answer
	}{
		{"nothing", "", "sensor", scheme.Silent},
		{"nothing, an attribute", "", "sensor.senses", scheme.Silent},
		{"nothing, a value", "", "sensor.senses=video", scheme.Silent},
		{"a block", camera, "sensor", scheme.Yes},
		{"an absent block", noCamera, "sensor", scheme.No},
		{"an attribute of an absent block", noCamera, "sensor.senses", scheme.No},
		{"a value of an absent block", noCamera, "sensor.senses=video", scheme.No},
		{"one absent, one there", noCamera + microphone, "sensor", scheme.Yes},
		{"what the absent one would be", noCamera + microphone, "sensor.senses", scheme.Silent},
		{"an attribute", camera, "sensor.senses", scheme.Yes},
		{"a value", camera, "sensor.senses=video", scheme.Yes},
		{"another value", camera, "sensor.senses=sound", scheme.No},
		{"another value, where one does not say", camera + microphone, "sensor.senses=sound", scheme.Silent},
		{"true", video, "data.personal", scheme.Yes},
		{"false", schedule, "data.personal", scheme.No},
		{"true and false", schedule + video, "data.personal", scheme.Yes},
		{"false and silence", schedule + unclear, "data.personal", scheme.Silent},
		{"false as a value", schedule, "data.personal=false", scheme.Yes},
		{"true as a value, where false is said", schedule, "data.personal=true", scheme.No},
		{"a list", schedule + video, "data.where=cloud", scheme.Yes},
		{"not in the list", schedule, "data.where=cloud", scheme.No},
		{"none", "update {\nmechanism = \"none\"\n}", "update.mechanism", scheme.No},
		{"not none", "update {\nmechanism = \"rauc\"\n}", "update.mechanism", scheme.Yes},
		{"a single block", "update {}", "update", scheme.Yes},
		{"a single block, an attribute", "update {}", "update.mechanism", scheme.Silent},
		{"a number", "update {\nkeys = 2\n}", "update.keys=2", scheme.Yes},
		{"of the product itself", "models = [\"A\", \"B\"]", "models=B", scheme.Yes},
		{"of the product itself, the first of two side by side", "models = [\"A\"]", "models=beside", scheme.No},
		{"of the second of two side by side", "", "models=beside", scheme.Yes},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := describe(t, c.src).Says(c.path); got.Answer != c.want {
				t.Errorf("%s: got %s, want %s", c.path, got.Answer, c.want)
			}
		})
	}
}

func TestDescribeKeepsPlaces(t *testing.T) {
	d := describe(t, "# a comment\nupdate {\n  automatic = true\n  mechanism = \"rauc\"\n}\n")
	for path, line := range map[string]int{
		"update":           2,
		"update.automatic": 2, // its own place is not kept
		"update.mechanism": 4,
	} {
		if got := d.Says(path).Location; got.Path != "p.hcl" || got.Line != line {
			t.Errorf("%s: got %s, want line %d", path, got, line)
		}
	}
}

func TestConditions(t *testing.T) {
	d := scheme.Declaration{"yes": {Answer: scheme.Yes}, "no": {Answer: scheme.No}}
	for when, want := range map[string]scheme.Answer{
		`has("yes")`:                                  scheme.Yes,
		`has("no")`:                                   scheme.No,
		`has("silent")`:                               scheme.Silent,
		`!has("yes")`:                                 scheme.No,
		`!has("no")`:                                  scheme.Yes,
		`!has("silent")`:                              scheme.Silent,
		`any(has("no"), has("yes"))`:                  scheme.Yes,
		`any(has("silent"), has("yes"))`:              scheme.Yes,
		`any(has("silent"), has("no"))`:               scheme.Silent,
		`any(has("no"))`:                              scheme.No,
		`all(has("yes"), has("yes"))`:                 scheme.Yes,
		`all(has("yes"), has("silent"))`:              scheme.Silent,
		`all(has("no"), has("silent"))`:               scheme.No,
		`all(has("silent"), has("no"))`:               scheme.No,
		`!all(any(has("no"), has("yes")), has("no"))`: scheme.Yes,
	} {
		s := oneRequirement(t, "status = \"M\"\nassessor = true\nwhen = "+when)
		if got := s.Requirements[0].When.Holds(d); got != want {
			t.Errorf("%s: got %s, want %s", when, got, want)
		}
	}
}
