package scheme_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/schema/scheme"
)

// crosswalk lists what is wrong with the edges between the schemes of a set: each
// leads to a requirement of another scheme that exists, no two requirements are
// tied twice, and following edges never leads back.
func crosswalk(c scheme.Catalogue) (wrong []string) {
	next := map[string][]string{}
	for _, s := range c.All() {
		for _, q := range s.Requirements {
			from := s.ID + ":" + q.ID
			for _, e := range q.SameAs {
				to, _, _ := strings.Cut(e.To, ":")
				switch _, _, err := c.Requirement(e.To); {
				case err != nil:
					wrong = append(wrong, err.Error())
				case to == s.ID:
					wrong = append(wrong, from+" leads into its own scheme")
				case slices.Contains(next[from], e.To):
					wrong = append(wrong, fmt.Sprintf("%s is tied to %s twice", from, e.To))
				case leads(next, e.To, from):
					wrong = append(wrong, fmt.Sprintf("%s leads back to %s: an edge is written on one side only", e.To, from))
				default:
					next[from] = append(next[from], e.To)
				}
			}
		}
	}
	return wrong
}

// leads reports whether edges lead from one requirement to another. They never go
// round: the edge that would close a circle is not in next yet.
func leads(next map[string][]string, from, to string) bool {
	return from == to || slices.ContainsFunc(next[from], func(n string) bool { return leads(next, n, to) })
}

func TestCrosswalk(t *testing.T) {
	c := bundled(t)
	for _, wrong := range crosswalk(c) {
		t.Error(wrong)
	}
	edges := 0
	for _, s := range c.All() {
		for _, q := range s.Requirements {
			edges += len(q.SameAs)
		}
	}
	if edges == 0 {
		t.Error("there are no edges")
	}
}

func TestCrosswalkFindsWrongEdges(t *testing.T) {
	for name, c := range map[string]struct {
		a, b string // edges of a:1 and of b:1
		want string // empty if there is nothing wrong
	}{
		"right":             {a: edge("b:1")},
		"unknown scheme":    {a: edge("z:1"), want: "unknown scheme"},
		"unknown clause":    {a: edge("b:2"), want: "unknown requirement"},
		"own scheme":        {a: edge("a:1"), want: "own scheme"},
		"twice":             {a: edge("b:1") + edge("b:1"), want: "twice"},
		"from both sides":   {a: edge("b:1"), b: edge("a:1"), want: "leads back"},
		"round three sides": {a: edge("b:1"), b: edge("c:1"), want: "leads back"},
	} {
		t.Run(name, func(t *testing.T) {
			back := ""
			if strings.Contains(c.b, "c:1") {
				back = edge("a:1")
			}
			set := catalogue(t, edition(t, "a", "1", "2024-01", "", c.a), edition(t, "b", "1", "2024-01", "", c.b), edition(t, "c", "1", "2024-01", "", back))
			wrong := crosswalk(set)
			switch {
			case c.want == "" && len(wrong) != 0:
				t.Errorf("got %v", wrong)
			case c.want != "" && (len(wrong) != 1 || !strings.Contains(wrong[0], c.want)):
				t.Errorf("got %v, want %q", wrong, c.want)
			}
		})
	}
}
