package scheme

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/assay-iot/assay"
)

//go:embed data/*.hcl
var data embed.FS

// Catalogue is a set of schemes, sorted by id and then by the day from which each
// edition counts.
type Catalogue struct{ schemes []*Scheme }

// What cannot be found.
var (
	ErrUnknown    = errors.New("unknown")
	ErrNotInForce = errors.New("not in force")
)

// Bundled gives the schemes that come with the program. An error is a mistake in
// the program's own data; a test holds that there is none.
func Bundled() (Catalogue, error) {
	names, err := fs.Glob(data, "data/*.hcl")
	if err != nil {
		return Catalogue{}, err
	}
	var schemes []*Scheme
	for _, n := range names {
		src, err := data.ReadFile(n)
		if err != nil {
			return Catalogue{}, err
		}
		s, _, diags := Parse(n, src, Vocabulary{})
		if diags.HasErrors() {
			return Catalogue{}, diags
		}
		schemes = append(schemes, s)
	}
	return NewCatalogue(schemes...)
}

// NewCatalogue makes a set of schemes. No edition may stand in it twice.
func NewCatalogue(schemes ...*Scheme) (Catalogue, error) {
	schemes = slices.Clone(schemes)
	slices.SortFunc(schemes, func(a, b *Scheme) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.From, b.From), cmp.Compare(a.Edition, b.Edition))
	})
	for i, s := range schemes {
		for _, t := range schemes[:i] {
			if s.ID == t.ID && s.Edition == t.Edition {
				return Catalogue{}, fmt.Errorf("%s: scheme %s, edition %q, is given twice", s.Range, s.ID, s.Edition)
			}
		}
	}
	return Catalogue{schemes}, nil
}

// All lists every edition of every scheme.
func (c Catalogue) All() []*Scheme { return slices.Clone(c.schemes) }

// IDs lists the ids of the schemes, each once.
func (c Catalogue) IDs() []string {
	var ids []string
	for _, s := range c.schemes {
		ids = append(ids, s.ID)
	}
	return slices.Compact(ids)
}

// Find gives one edition. The error wraps ErrUnknown and suggests what may be
// meant.
func (c Catalogue) Find(id, edition string) (*Scheme, error) {
	editions, err := c.editions(id)
	if err != nil {
		return nil, err
	}
	for _, s := range editions {
		if s.Edition == edition {
			return s, nil
		}
	}
	known := editionNames(editions)
	return nil, fmt.Errorf("%w edition %q of scheme %s; there is %s%s",
		ErrUnknown, edition, id, quoted(known), meant(edition, known))
}

// InForce gives the edition that counts on a day: of those that have begun and
// not ended, the latest. The error wraps ErrUnknown or ErrNotInForce.
func (c Catalogue) InForce(id string, asOf time.Time) (*Scheme, error) {
	editions, err := c.editions(id)
	if err != nil {
		return nil, err
	}
	for _, s := range slices.Backward(editions) { // the latest begins last
		if s.inForce(asOf) {
			return s, nil
		}
	}
	return nil, fmt.Errorf("%w: no edition of scheme %s counts on %s; there is %s",
		ErrNotInForce, id, asOf.Format(time.DateOnly), quoted(editionNames(editions)))
}

func (s *Scheme) inForce(asOf time.Time) bool {
	from, err := s.From.First()
	if err != nil || asOf.Before(from) {
		return false
	}
	if s.Until == "" {
		return true
	}
	until, err := s.Until.Last()
	return err == nil && !asOf.After(until)
}

// Requirement gives what is named "scheme:requirement", in the latest edition
// that has it.
func (c Catalogue) Requirement(name string) (*Scheme, *Requirement, error) {
	id, clause, _ := strings.Cut(name, ":")
	editions, err := c.editions(id)
	if err != nil {
		return nil, nil, err
	}
	var known []string
	for _, s := range slices.Backward(editions) {
		if q, ok := s.Find(clause); ok {
			return s, q, nil
		}
		for _, q := range s.Requirements {
			known = append(known, q.ID)
		}
	}
	return nil, nil, fmt.Errorf("%w requirement %q of scheme %s%s", ErrUnknown, clause, id, meant(clause, known))
}

func (c Catalogue) editions(id string) ([]*Scheme, error) {
	var editions []*Scheme
	for _, s := range c.schemes {
		if s.ID == id {
			editions = append(editions, s)
		}
	}
	if len(editions) == 0 {
		return nil, fmt.Errorf("%w scheme %q%s", ErrUnknown, id, meant(id, c.IDs()))
	}
	return editions, nil
}

// Uses lists the requirements that name a check, as "scheme:requirement", for all
// editions, each once.
func (c Catalogue) Uses(id assay.CheckID) []string {
	var uses []string
	for _, s := range c.schemes {
		for i := range s.Requirements {
			if q := &s.Requirements[i]; slices.Contains(q.Checks(), id) {
				uses = append(uses, s.ID+":"+q.ID)
			}
		}
	}
	slices.Sort(uses)
	return slices.Compact(uses)
}

func editionNames(editions []*Scheme) []string {
	var names []string
	for _, s := range editions {
		names = append(names, s.Edition)
	}
	return names
}

func quoted(names []string) string { return `"` + strings.Join(names, `", "`) + `"` }
