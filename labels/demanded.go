package labels

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/assay-iot/assay"
)

// demandedFile is what the schemes demand that come with the program: in each edition, by
// the file of rules that has this digest. A test of the program writes it from its
// schemes; what earlier rules demanded stays in it, as labels were issued by them.
//
//go:embed demanded.json
var demandedFile []byte

// edition is one file of rules: a scheme in one edition.
type edition struct {
	ID           string              `json:"id"`
	Edition      string              `json:"edition"`
	Digest       assay.Digest        `json:"digest"`
	Requirements map[string]demanded `json:"requirements"`
}

// demanded is one requirement.
type demanded struct {
	Principle   assay.Principle `json:"principle"`
	Mandatory   bool            `json:"mandatory,omitempty"`
	Conditional bool            `json:"conditional,omitempty"` // there are products to which it does not apply
}

var demandedBy = sync.OnceValue(func() (list []edition) {
	if err := json.Unmarshal(demandedFile, &list); err != nil {
		panic(err) // it is embedded
	}
	return list
})

// differs says how the requirements of a scheme on a label are not those of the rules;
// empty if they are.
func (d *edition) differs(s Scheme) string {
	found := 0
	for _, r := range s.Requirements {
		want, ok := d.Requirements[r.ID]
		switch {
		case !ok:
			return fmt.Sprintf("it has no requirement %.60q", r.ID)
		case r.Principle != want.Principle:
			return fmt.Sprintf("its requirement %s is about %s, not %.60q", r.ID, want.Principle, r.Principle)
		case r.Mandatory != want.Mandatory:
			return fmt.Sprintf("whether its requirement %s is mandatory is not as the label says", r.ID)
		case r.Outcome == assay.DoesNotApply && !want.Conditional:
			return fmt.Sprintf("its requirement %s applies to every product", r.ID)
		}
		found++
	}
	if found < len(d.Requirements) {
		return fmt.Sprintf("it has %d requirements, and %d of them stand on the label", len(d.Requirements), found)
	}
	return ""
}

// comparison is what came of comparing a scheme on a label with its rules.
type comparison struct {
	edition bool   // rules of the edition are known
	same    bool   // and they are those that the label names
	differs string // how the label's requirements are not theirs; empty if they are
}

// compare holds the requirements of a scheme on the label to the rules that are known
// of it. An edition can have several: rules are mended.
func (l *Label) compare(s Scheme) comparison {
	var c comparison
	for _, d := range demandedBy() {
		if d.ID != s.ID || d.Edition != s.Edition {
			continue
		}
		named := slices.ContainsFunc(l.Rules, func(r Rules) bool { return r.Kind == "scheme" && r.Name == s.ID && r.Digest == d.Digest })
		differs := d.differs(s)
		if differs == "" {
			return comparison{edition: true, same: named}
		}
		if !c.edition || named {
			c = comparison{true, named, differs}
		}
	}
	return c
}

// validateDemanded refuses a label that names rules which the program knows, and other
// requirements than theirs: some that the scheme does not have, or not all of them.
func (l *Label) validateDemanded() error {
	for _, s := range l.Schemes {
		if c := l.compare(s); c.same && c.differs != "" {
			return fmt.Errorf("the label does not hold the requirements of %s (%s): %s", s.ID, s.Edition, c.differs)
		}
	}
	return nil
}

// NotCompared says, as a sentence each, of which schemes that the program knows it could not
// compare the requirements on the label with the scheme's own: the edition is not known, or
// the label has other requirements by rules of it that are not.
func (l *Label) NotCompared() (why []string) {
	for _, s := range l.Schemes {
		if newer := NewerEdition(s.ID, s.Edition); newer != "" {
			why = append(why, newer)
		} else if c := l.compare(s); c.differs != "" && !c.same {
			why = append(why, fmt.Sprintf("The requirements are not those that this program knows of %s (%s): %s. The rules that the label names are not known to this program.", s.ID, s.Edition, c.differs))
		}
	}
	return why
}
