package scheme

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// The forms of what stands in a scheme file.
var (
	idForm     = lazyregexp.New(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	clauseForm = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9.()_-]*$`)
	statusForm = lazyregexp.New(`^(M|R|C|[MR]( C)?( F)? \([0-9a-z, ]+\))$`)
	checkForm  = lazyregexp.New(`^[a-z]+/[a-z0-9]+(-[a-z0-9]+)*$`)
	pathForm   = lazyregexp.New(`^[a-z_]+(\.[a-z_]+)*(=[^|=]+)?$`)
)

// reader turns the written file into a Scheme and collects all that is wrong
// with it.
type reader struct {
	words Vocabulary
	diags hcl.Diagnostics
}

func (r *reader) errorf(at hcl.Range, summary, format string, args ...any) {
	r.diags = append(r.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(format, args...), Subject: &at,
	})
}

func (r *reader) scheme(b *schemeBlock) *Scheme {
	s := &Scheme{
		ID: b.ID, Title: b.Title, Edition: b.Edition, Source: b.Source, Note: b.Note,
		From: Day(b.From), Until: Day(b.Until),
		MaxLabel: Period(b.MaxLabel), MinSupport: Period(b.MinSupport), Range: b.Range,
	}
	if !idForm.MatchString(b.ID) {
		r.errorf(b.IDRange, "Not a scheme id", `The id of a scheme is made of small letters, digits and hyphens, as "uk-psti".`)
	}
	r.written(b.Title, "title", b.TitleRange)
	r.written(b.Edition, "edition", b.EditionRange)
	r.written(b.Source, "source", b.SourceRange)
	r.days(b)
	r.period(s.MaxLabel, b.MaxLabelRange)
	r.period(s.MinSupport, b.MinSupportRange)
	s.Levels = r.levels(b.Levels)
	if n := len(b.Requirements); n == 0 || n > MaxRequirements {
		r.errorf(b.Range, "A scheme needs requirements", "A scheme has from 1 to %d requirement blocks; this one has %d.", MaxRequirements, n)
		return s
	}
	seen := map[string]hcl.Range{}
	for i := range b.Requirements {
		q := &b.Requirements[i]
		if first, ok := seen[q.ID]; ok {
			r.errorf(q.IDRange, "Requirement written twice", "Requirement %q stands already at %s.", q.ID, first)
		}
		seen[q.ID] = q.IDRange
		s.Requirements = append(s.Requirements, r.requirement(s, q))
	}
	return s
}

// written demands a text that is not empty.
func (r *reader) written(text, name string, at hcl.Range) {
	if strings.TrimSpace(text) == "" {
		r.errorf(at, "Empty text", "The attribute %q must say something.", name)
	}
}

func (r *reader) days(b *schemeBlock) {
	from, err := Day(b.From).First()
	if err != nil {
		r.errorf(b.FromRange, "Not a date", "%s.", err)
		return
	}
	if b.Until == "" {
		return
	}
	until, err := Day(b.Until).Last()
	if err != nil {
		r.errorf(b.UntilRange, "Not a date", "%s.", err)
	} else if until.Before(from) {
		r.errorf(b.UntilRange, "Dates out of order", "The edition would end on %s, before it begins on %s.", b.Until, b.From)
	}
}

func (r *reader) period(p Period, at hcl.Range) {
	if p == "" {
		return
	}
	if _, _, err := p.split(); err != nil {
		r.errorf(at, "Not a length of time", "%s.", err)
	}
}

func (r *reader) levels(blocks []levelBlock) []Level {
	var levels []Level
	for _, b := range blocks {
		n, err := strconv.Atoi(b.Number)
		if err != nil || n != len(levels)+1 {
			r.errorf(b.Range, "Levels out of order", "Levels are numbered from 1 up; here level %q would be number %d.", b.Number, len(levels)+1)
			return levels
		}
		levels = append(levels, Level{Number: n, Title: b.Title})
	}
	return levels
}

func (r *reader) requirement(s *Scheme, b *requirementBlock) Requirement {
	q := Requirement{
		ID: b.ID, Principle: assay.Principle(b.Principle), Title: b.Title, Status: Status(b.Status), Level: b.Level,
		Proof: assay.Declared, Assessor: b.Assessor, UnmetReasons: b.UnmetReasons, Note: b.Note, Range: b.Range,
	}
	if !clauseForm.MatchString(b.ID) {
		r.errorf(b.IDRange, "Not a requirement id", "An id is made of letters, digits and . ( ) _ -, as printed in the scheme.")
	}
	r.written(b.Title, "title", b.TitleRange)
	r.one(b.Principle, principles(), "principle", b.PrincipleRange)
	if !statusForm.MatchString(b.Status) {
		r.errorf(b.StatusRange, "Not a status", `A status is "M" (mandatory), "R" (recommended) or "C" (mandatory where its condition holds), M and R with the printed condition if there is one, as "M F (a)".`)
	}
	if b.Proof != "" && r.one(b.Proof, proofs(), "proof", b.ProofRange) {
		_ = q.Proof.UnmarshalText([]byte(b.Proof)) // one of proofs()
	}
	if b.Level != 0 && (b.Level < 0 || b.Level > len(s.Levels)) {
		r.errorf(b.LevelRange, "Unknown level", "The scheme has %d levels.", len(s.Levels))
	}
	if isSet(b.When) {
		q.When = r.condition(b.When)
	}
	r.lists(&q, b)
	r.edges(&q, b.SameAs)
	if len(q.Required)+len(q.AnyOf)+len(q.Declared) == 0 && !q.Assessor && !q.UnmetReasons {
		r.errorf(b.Range, "Nothing decides this requirement",
			"Name checks (required, any_of) or facts of the declaration (declared), or say that only a person can decide it (assessor = true).")
	}
	return q
}

func (r *reader) lists(q *Requirement, b *requirementBlock) {
	seen := map[string]bool{}
	q.Required = r.checks(b.Required, seen)
	q.AnyOf = r.checks(b.AnyOf, seen)
	q.Advisory = r.checks(b.Advisory, seen)
	for _, n := range r.names(b.Declared) {
		fact, good := Fact(n.text), true
		for _, p := range fact.Paths() {
			good = r.path(p, n.at) && good
		}
		if good {
			q.Declared = append(q.Declared, fact)
		}
	}
}

// checks reads a list of check ids; none may stand twice in a requirement.
func (r *reader) checks(e hcl.Expression, seen map[string]bool) []assay.CheckID {
	var ids []assay.CheckID
	for _, n := range r.names(e) {
		folder, _, _ := strings.Cut(n.text, "/")
		id := assay.CheckID(n.text)
		switch {
		case !checkForm.MatchString(n.text):
			r.errorf(n.at, "Not a check id", `A check id is principle/name, as "credentials/empty-password".`)
		case !assay.Principle(folder).Valid():
			r.errorf(n.at, "Unknown principle", "%q is none of the nine principles.%s", folder, suggest(folder, principles()))
		case seen[n.text]:
			r.errorf(n.at, "Check named twice", "The requirement already names %s.", id)
		case r.words.Checks != nil && !slices.Contains(r.words.Checks, id):
			r.errorf(n.at, "Unknown check", "There is no check %q.%s", id, suggest(n.text, texted(r.words.Checks)))
		default:
			ids = append(ids, id)
		}
		seen[n.text] = true
	}
	return ids
}

// path reports whether a path has the form of one, and is known.
func (r *reader) path(path string, at hcl.Range) bool {
	if !pathForm.MatchString(path) {
		r.errorf(at, "Not a path", `A path is made of names of the product language, as "credential.initial" or "credential.initial=user-set".`)
		return false
	}
	name, _, _ := strings.Cut(path, "=")
	if r.words.Paths != nil && !slices.Contains(r.words.Paths, name) {
		r.errorf(at, "Unknown path", "The product language has no %q.%s", name, suggest(name, r.words.Paths))
		return false
	}
	return true
}

func (r *reader) edges(q *Requirement, blocks []edgeBlock) {
	for _, b := range blocks {
		scheme, clause, ok := strings.Cut(b.To, ":")
		if !ok || !idForm.MatchString(scheme) || !clauseForm.MatchString(clause) {
			r.errorf(b.ToRange, "Not a requirement", `A requirement elsewhere is written scheme:requirement, as "etsi-en-303-645:5.1-1".`)
		}
		r.one(b.Relation, relations(), "relation", b.RelationRange)
		r.written(b.Rationale, "rationale", b.RationaleRange)
		r.written(b.Source, "source", b.SourceRange)
		q.SameAs = append(q.SameAs, Edge{To: b.To, Relation: Relation(b.Relation), Rationale: b.Rationale, Source: b.Source, Range: b.Range})
	}
}

// one demands a word out of a list.
func (r *reader) one(word string, of []string, what string, at hcl.Range) bool {
	if slices.Contains(of, word) {
		return true
	}
	r.errorf(at, "Unknown "+what, "%q is none of %s.%s", word, strings.Join(of, ", "), suggest(word, of))
	return false
}

type name struct {
	text string
	at   hcl.Range
}

// names reads a list of texts, each with its place.
func (r *reader) names(e hcl.Expression) []name {
	if !isSet(e) {
		return nil
	}
	items, diags := hcl.ExprList(e)
	if diags.HasErrors() {
		r.errorf(e.Range(), "Not a list", `Write a list of texts, as ["one", "two"].`)
		return nil
	}
	var names []name
	for _, item := range items {
		if t, ok := r.text(item); ok {
			names = append(names, name{t, item.Range()})
		}
	}
	return names
}

// isSet tells an attribute that is written from the null that gohcl puts in
// place of one that is not.
func isSet(e hcl.Expression) bool {
	if e == nil {
		return false
	}
	v, diags := e.Value(nil)
	return diags.HasErrors() || !v.IsNull()
}

func principles() []string { return texted(assay.Principles()) }

func proofs() []string {
	return []string{assay.Declared.String(), assay.Documented.String(), assay.Observed.String(), assay.Verified.String()}
}

func texted[T ~string](words []T) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out
}
