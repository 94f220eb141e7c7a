package product

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/assay-iot/assay/internal/nearest"
)

// Outside is what a product file speaks of that does not stand in it: the checks
// and schemes that there are, the day on which it is read, and the files that it
// names. Load holds the declaration against it, and tells what is wrong together
// with the mistakes of the language.
type Outside struct {
	Checks       []string     // ids
	Schemes      []SchemeName // every edition of every scheme
	Requirements []string     // of all editions, as scheme:requirement
	AsOf         time.Time

	// MissingImage is how grave it is that a firmware image is not there: an error
	// where it is to be opened, a warning where it may be built later, and
	// hcl.DiagInvalid where nobody needs it.
	MissingImage hcl.DiagnosticSeverity
}

// SchemeName is one edition of a scheme.
type SchemeName struct {
	ID, Edition string
	InForce     bool // it is the one that counts on the day
	Levels      int  // how many it has
}

// vetText looks at a text that is right as the language goes.
func (s *scope) vetText(a *attribute, written string, at hcl.Range) *hcl.Diagnostic {
	if s.outside == nil {
		return nil
	}
	if isPlaceholder(written) {
		return unanswered(at)
	}
	switch a.Format {
	case "path":
		if err := s.document(written).Err; err != nil {
			return mistake(at, fileFix(err), "%s: %s", a.Name, err)
		}
	case "check", "requirement":
		return s.outside.vetID(a.Format, written, at)
	}
	return nil
}

// vetLabel looks at a label that is right as the language goes.
func (s *scope) vetLabel(typ *blockType, label string, at hcl.Range) *hcl.Diagnostic {
	switch {
	case s.outside == nil:
		return nil
	case label == slug(placeholder):
		return unanswered(at)
	}
	return s.outside.vetID(typ.LabelForm, label, at)
}

// vetID reports an id that nothing has.
func (o *Outside) vetID(format, id string, at hcl.Range) *hcl.Diagnostic {
	switch format {
	case "check":
		if !slices.Contains(o.Checks, id) {
			return mistake(at, meant(sameName(id, o.Checks), id, o.Checks, "assay explain PRINCIPLE lists the checks of a principle."), "there is no check %s", quoted(id))
		}
	case "requirement":
		if slices.Contains(o.Requirements, id) {
			return nil
		}
		name, clause, _ := strings.Cut(id, ":")
		if !slices.Contains(o.ids(), name) {
			return mistake(at, suggestion(name, o.ids()), "%s: there is no scheme %s", quoted(id), quoted(name))
		}
		all := slices.DeleteFunc(slices.Clone(o.Requirements), func(r string) bool { return !strings.HasPrefix(r, name+":") })
		return mistake(at, meant("", id, all, "assay explain "+name+" lists its requirements."), "scheme %s has no requirement %s", name, quoted(clause))
	case "scheme":
		if !slices.Contains(o.ids(), id) {
			return mistake(at, suggestion(id, o.ids()), "there is no scheme %s", quoted(id))
		}
	}
	return nil
}

// meant is the fix for an id that does not exist.
func meant(best, written string, candidates []string, otherwise string) string {
	if best == "" {
		best = nearest.Name(written, candidates)
	}
	if best == "" {
		return otherwise
	}
	return fmt.Sprintf("Did you mean %q?", best)
}

// sameName is the id that differs in its folder only; "" if there is none.
func sameName(id string, all []string) string {
	_, name, _ := strings.Cut(id, "/")
	for _, other := range all {
		if strings.HasSuffix(other, "/"+name) {
			return other
		}
	}
	return ""
}

// ids lists the schemes, each once.
func (o *Outside) ids() []string {
	var ids []string
	for _, s := range o.Schemes {
		if !slices.Contains(ids, s.ID) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// vetTarget reports an edition or a level that the scheme does not have.
func (o *Outside) vetTarget(t Target) *hcl.Diagnostic {
	var editions []string
	var chosen *SchemeName
	for i, s := range o.Schemes {
		if s.ID != t.Scheme {
			continue
		}
		editions = append(editions, s.Edition)
		if s.Edition == t.Edition || t.Edition == "" && s.InForce {
			chosen = &o.Schemes[i]
		}
	}
	switch {
	case len(editions) == 0: // its label was reported
		return nil
	case chosen == nil && t.Edition != "":
		return mistake(t.EditionRange, suggestion(t.Edition, editions), "scheme %s has no edition %s", t.Scheme, quoted(t.Edition))
	case chosen == nil:
		return mistake(t.Range, "Name one: edition = \"…\". "+listing(editions), "no edition of scheme %s counts on %s", t.Scheme, o.AsOf.Format(time.DateOnly))
	case t.Level > chosen.Levels && chosen.Levels == 0:
		return mistake(t.LevelRange, "Take it out.", "scheme %s has no levels", t.Scheme)
	case t.Level > chosen.Levels:
		return mistake(t.LevelRange, fmt.Sprintf("Its levels are 1 to %d.", chosen.Levels), "scheme %s has no level %d", t.Scheme, t.Level)
	}
	return nil
}

// vetException warns of one that counts no more.
func (o *Outside) vetException(e Exception) *hcl.Diagnostic {
	if e.Expires == "" || !e.Expires.Time().Before(o.AsOf) {
		return nil
	}
	return warning(e.ExpiresRange, "Take the exception out, or say with a later day why the finding is still acceptable.",
		"the exception for %s ended on %s: it counts no more", e.Check, e.Expires)
}

// rendered is the language that labels are made in.
const rendered = "en"

// vetLanguages says which languages a label cannot be made in yet.
func vetLanguages(l *Label) *hcl.Diagnostic {
	others := slices.DeleteFunc(slices.Clone(l.Languages), func(tag string) bool {
		base, _, _ := strings.Cut(tag, "-")
		return strings.EqualFold(base, rendered)
	})
	switch {
	case len(others) == 0:
		return nil
	case len(others) == len(l.Languages):
		return mistake(l.LanguagesRange, `Write languages = ["en"], or leave it out.`, "only en is rendered by this version: there is no label in %s", either(others))
	}
	return warning(l.LanguagesRange, "Nothing needs to be done: the label is in English.", "only en is rendered by this version: %s is left out", either(others))
}

// vetImage reports an image that is not there. That of a release is fetched.
func (s *scope) vetImage(fw *Firmware, released bool) *hcl.Diagnostic {
	if fw.Image == "" || released || s.outside.MissingImage == hcl.DiagInvalid || isPlaceholder(fw.Image) {
		return nil
	}
	_, err := s.root.Stat(filepath.FromSlash(fw.Image))
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		d := mistake(fw.ImageRange, "Build the image first, or correct the path.", "firmware %s: the image %s is not there", quoted(fw.ID), quoted(fw.Image))
		d.Severity = s.outside.MissingImage
		return d
	}
	return mistake(fw.ImageRange, "Give the image a path inside the product's folder.", "firmware %s: the image %s %s", quoted(fw.ID), quoted(fw.Image), plain(err))
}

func fileFix(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "Put the file there, correct the path, or leave the attribute out."
	}
	return "Name a readable file inside the product's folder, of at most " + size(MaxDocumentBytes) + "."
}

// isPlaceholder reports a text that "assay init" wrote to be replaced, or one of
// the suggestions that it wrote as comments.
func isPlaceholder(s string) bool {
	s = strings.TrimSpace(s)
	return s == "…" || s == "..." || strings.Contains(s, placeholder)
}

func unanswered(at hcl.Range) *hcl.Diagnostic {
	return mistake(at, "Write what is true of the product here, or leave it out if it may be.", "this was left to be filled in")
}
