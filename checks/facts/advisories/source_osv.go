package advisories

import (
	"encoding/json"
	"slices"
	"strings"
)

// osv is a record of OSV as its databases publish it.
type osv struct {
	ID        string        `json:"id"`
	Modified  string        `json:"modified"`
	Withdrawn string        `json:"withdrawn"`
	Aliases   []string      `json:"aliases"`
	Upstream  []string      `json:"upstream"`
	Summary   string        `json:"summary"`
	Details   string        `json:"details"`
	Severity  []osvSeverity `json:"severity"`
	Affected  []struct {
		Package  Package         `json:"package"`
		Severity []osvSeverity   `json:"severity"`
		Ranges   []osvRange      `json:"ranges"`
		Versions []string        `json:"versions"`
		Own      json.RawMessage `json:"ecosystem_specific"`
	} `json:"affected"`
	Own json.RawMessage `json:"database_specific"`
}

type osvSeverity struct {
	Type  string `json:"type"`
	Score string `json:"score"`
}

type osvRange struct {
	Type   string  `json:"type"`
	Events []Event `json:"events"`
}

// readOSV reads the export of an ecosystem: a zip with a file for each record.
func (b *builder) readOSV(d document) error {
	var in osv
	if err := d.decode(&in); err != nil {
		return err
	}
	if !usable(in.ID) || in.Modified == "" {
		return d.wrong(errNoRecord)
	}
	b.dated(in.Modified)
	if in.Withdrawn != "" {
		return b.leaveOut(in.ID, in.Modified)
	}
	if len(in.Affected) > maxAffected {
		return d.wrong(errTooMany)
	}
	r := Record{
		ID: in.ID, Modified: in.Modified, Aliases: short(in.Aliases), Upstream: short(in.Upstream),
		Summary: brief(in.Summary + " " + in.Details), Specific: Specific{Source: "osv"},
	}
	if in.Summary != "" {
		r.Summary = brief(in.Summary)
	}
	r.Specific.Rating, r.Specific.Score = severity(in.Severity, in.Own)
	for _, a := range in.Affected {
		one := Affected{Package: a.Package, Versions: a.Versions}
		rating, score := severity(a.Severity, a.Own)
		if one.Urgency = rating; rating == r.Specific.Rating {
			one.Urgency = ""
		}
		r.Specific.Score = max(r.Specific.Score, score)
		for _, g := range a.Ranges {
			if g.Type == "SEMVER" || g.Type == "ECOSYSTEM" {
				one.Ranges = append(one.Ranges, Range{Type: g.Type, Events: g.Events})
			}
		}
		if err := one.check(); err != nil {
			return d.wrong(err)
		}
		if !usable(one.Package.Name, one.Package.Ecosystem) || len(one.Ranges)+len(one.Versions) == 0 {
			continue // by commits only, or about no package
		}
		one.trim(orderOf(one.Package.Base()))
		r.Affected = append(r.Affected, one)
	}
	return b.add(&r, 1)
}

// check holds the versions of a package to the limits.
func (a *Affected) check() error {
	n := len(a.Versions)
	for _, r := range a.Ranges {
		n += len(r.Events)
		for _, e := range r.Events {
			if len(e.version()) > maxName {
				return errLong
			}
		}
	}
	if n > maxVersions {
		return errTooMany
	}
	if slices.ContainsFunc(a.Versions, func(v string) bool { return len(v) > maxName }) {
		return errLong
	}
	return nil
}

// severity reads the scores that OSV has, the words of distributions among them,
// and the words of a database's own member.
func severity(all []osvSeverity, own json.RawMessage) (rating Rating, score float64) {
	for _, s := range all {
		if strings.HasPrefix(s.Type, "CVSS") {
			score = max(score, scoreOf(s.Score))
		} else if word := ratingOf(s.Score); word != "" {
			rating = word
		}
	}
	var words struct {
		Severity any `json:"severity"`
		Urgency  any `json:"urgency"`
		Priority any `json:"priority"`
	}
	_ = json.Unmarshal(own, &words) // databases put what they like there
	for _, w := range []any{words.Severity, words.Urgency, words.Priority} {
		if s, ok := w.(string); ok && rating == "" {
			rating = ratingOf(s)
		}
	}
	if rating == "" {
		rating = rated(score)
	}
	return rating, score
}

// short keeps what names fit the limits.
func short(names []string) []string {
	names = slices.DeleteFunc(slices.Clone(names), func(s string) bool { return !usable(s) })
	slices.Sort(names)
	names = slices.Compact(names)
	return names[:min(len(names), maxAliases)]
}
