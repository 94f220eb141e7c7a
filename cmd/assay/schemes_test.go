package main

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/catalogue"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/schema/scheme"
)

// A label's verifier knows the schemes that come with the program by their names.
func TestTitlesOfSchemes(t *testing.T) {
	all, err := scheme.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all.All() {
		if name, known := labels.Title(s.ID, s.Edition); !known || name != s.Title {
			t.Errorf("labels/schemes.go calls %s (%s) %q, known %v; its name is %q", s.ID, s.Edition, name, known, s.Title)
		}
	}
}

// rulesOf are the rules of a scheme in labels/demanded.json, and what they demand.
type (
	rulesOf struct {
		ID           string              `json:"id"`
		Edition      string              `json:"edition"`
		Digest       assay.Digest        `json:"digest"`
		Requirements map[string]demanded `json:"requirements"`
	}
	demanded struct {
		Principle   assay.Principle `json:"principle"`
		Mandatory   bool            `json:"mandatory,omitempty"`
		Conditional bool            `json:"conditional,omitempty"`
	}
)

func (r rulesOf) sameDemands(other rulesOf) bool {
	return r.ID == other.ID && r.Edition == other.Edition && reflect.DeepEqual(r.Requirements, other.Requirements)
}

// A label's verifier knows what these schemes demand. Run it with -update when a scheme
// changes: what earlier rules demanded stays in the file, as labels were issued by them. Take
// it out by hand if none was.
func TestDemandedOfSchemes(t *testing.T) {
	all, err := scheme.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	var want []rulesOf
	for _, s := range all.All() {
		if len(s.Levels) > 0 {
			t.Errorf("%s has levels: labels/demanded.go does not know from which one on a requirement is demanded", s.ID)
		}
		list := map[string]demanded{}
		for _, q := range s.Requirements {
			list[q.ID] = demanded{q.Principle, q.Status.Mandatory(), q.When != nil || q.Status.Conditional()}
		}
		want = append(want, rulesOf{s.ID, s.Edition, s.Digest, list})
	}
	const path = "../../labels/demanded.json"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var have []rulesOf
	if err := json.Unmarshal(data, &have); err != nil {
		t.Fatal(err)
	}
	if *update {
		earlier := slices.DeleteFunc(have, func(h rulesOf) bool { return slices.ContainsFunc(want, h.sameDemands) })
		have = slices.Concat(want, earlier)
		if data, err = json.MarshalIndent(have, "", " "); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(data, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, w := range want {
		if !slices.ContainsFunc(have, func(h rulesOf) bool { return h.Digest == w.Digest && h.sameDemands(w) }) {
			t.Errorf("%s does not hold the rules of %s (%s) as they are: run this test with -update", path, w.ID, w.Edition)
		}
	}
}

// What can be seen without an image is what the checks that schemes name can see
// by what they read; those that advise today may decide in another scheme.
func TestPrinciplesOutside(t *testing.T) {
	all, err := scheme.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all.All() {
		for _, q := range s.Requirements {
			for _, id := range slices.Concat(q.Required, q.AnyOf, q.Advisory) {
				i := slices.IndexFunc(catalogue.Checks(), func(c *checks.Check) bool { return c.ID == id })
				reads := string(catalogue.Checks()[i].Reads)
				if !strings.Contains(reads, "F") && strings.ContainsAny(reads, "WR") && !labels.Outside(q.Principle) {
					t.Errorf("%s:%s names %s, which reads %s: labels/proofs.go must let %s be seen without an image", s.ID, q.ID, id, reads, q.Principle)
				}
			}
		}
	}
}
