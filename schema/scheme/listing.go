package scheme

import (
	"fmt"
	"strings"

	"github.com/assay-iot/assay"
)

// Listed is one edition of a scheme as "assay schemes --format json" writes it.
type Listed struct {
	ID           string              `json:"id"`
	Edition      string              `json:"edition"`
	Title        string              `json:"title"`
	Source       string              `json:"source"`
	From         string              `json:"from"`
	Until        string              `json:"until,omitempty"`
	MaxLabel     string              `json:"max_label,omitempty"`
	MinSupport   string              `json:"min_support,omitempty"`
	Levels       []string            `json:"levels,omitempty"`
	Requirements []ListedRequirement `json:"requirements"`
}

// ListedRequirement is one requirement of a Listed.
type ListedRequirement struct {
	ID        string          `json:"id"`
	Title     string          `json:"title"`
	Principle assay.Principle `json:"principle"`
	Status    string          `json:"status"`
	Mandatory bool            `json:"mandatory"`
	When      string          `json:"when,omitempty"`
	Level     int             `json:"level,omitempty"`
	Required  []assay.CheckID `json:"required,omitempty"`
	AnyOf     []assay.CheckID `json:"any_of,omitempty"`
	Advisory  []assay.CheckID `json:"advisory,omitempty"`
	Declared  []Fact          `json:"declared,omitempty"`
	Proof     assay.Proof     `json:"proof"`
	Assessor  bool            `json:"assessor"`
	SameAs    []ListedEdge    `json:"same_as,omitempty"`
}

// ListedEdge is one edge of the crosswalk.
type ListedEdge struct {
	To        string   `json:"to"`
	Relation  Relation `json:"relation"`
	Rationale string   `json:"rationale"`
	Source    string   `json:"source"`
}

// List gives one entry for each scheme and edition.
func (c Catalogue) List() []Listed {
	list := []Listed{}
	for _, s := range c.schemes {
		l := Listed{
			ID: s.ID, Edition: s.Edition, Title: s.Title, Source: s.Source, From: string(s.From), Until: string(s.Until),
			MaxLabel: string(s.MaxLabel), MinSupport: string(s.MinSupport), Requirements: []ListedRequirement{},
		}
		for _, level := range s.Levels {
			l.Levels = append(l.Levels, level.Title)
		}
		for i := range s.Requirements {
			l.Requirements = append(l.Requirements, listed(&s.Requirements[i]))
		}
		list = append(list, l)
	}
	return list
}

func listed(q *Requirement) ListedRequirement {
	l := ListedRequirement{
		ID: q.ID, Title: q.Title, Principle: q.Principle, Status: string(q.Status), Mandatory: q.Status.Mandatory(),
		When: q.When.String(), Level: q.Level, Required: q.Required, AnyOf: q.AnyOf, Advisory: q.Advisory,
		Declared: q.Declared, Proof: q.Proof, Assessor: q.Assessor,
	}
	for _, e := range q.SameAs {
		l.SameAs = append(l.SameAs, ListedEdge{e.To, e.Relation, e.Rationale, e.Source})
	}
	return l
}

// Explain writes what a requirement asks, and how it is decided, for a person.
func (s *Scheme) Explain(q *Requirement) string {
	var b strings.Builder
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-11s %s\n", name, text)
		}
	}
	fmt.Fprintf(&b, "%s:%s  %s\n\n", s.ID, q.ID, q.Title)
	line("scheme", s.Title+", "+s.Edition)
	line("source", s.Source)
	line("principle", string(q.Principle)+" ("+q.Principle.Title()+")")
	line("status", q.Status.words())
	line("applies", q.When.words())
	line("required", words(q.Required, ", "))
	line("any of", words(q.AnyOf, ", "))
	line("advisory", words(q.Advisory, ", "))
	line("declared", strings.ReplaceAll(words(q.Declared, ", "), "|", " or "))
	switch {
	case q.UnmetReasons:
		line("decided by", "the reasons that are given for recommendations not met")
	case q.Assessor:
		line("decided by", "a person; checks can only find that it is not met")
	}
	line("proof", "at least "+q.Proof.String())
	line("note", q.Note)
	for _, e := range q.SameAs {
		line("crosswalk", fmt.Sprintf("%s %s: %s [%s]", e.Relation.words(), e.To, e.Rationale, e.Source))
	}
	return b.String()
}

func (s Status) words() string {
	if s.Mandatory() {
		return string(s) + " (mandatory)"
	}
	return string(s) + " (recommended: it never decides, but where it is not met the reason is asked for)"
}

func (r Relation) words() string {
	switch r {
	case Equal:
		return "the same as"
	case Subset:
		return "part of"
	case Superset:
		return "contains"
	}
	return "overlaps with"
}

func (c *Condition) words() string {
	if c == nil {
		return ""
	}
	return "unless the product file says otherwise: " + c.String()
}

func words[T ~string](list []T, sep string) string { return strings.Join(texted(list), sep) }
