package advisories

import (
	"cmp"
	"slices"
	"strings"
)

// Record is a vulnerability of one package, in the schema of OSV (ossf.github.io/
// osv-schema, 1.x) as far as it is needed. A vulnerability of several packages is
// several records with the same id.
//
// The fields stand in the order in which they are written: a line of a data set
// begins with the name of its package.
type Record struct {
	Affected []Affected `json:"affected"`
	ID       string     `json:"id"`
	Modified string     `json:"modified,omitempty"`
	Aliases  []string   `json:"aliases,omitempty"`
	Upstream []string   `json:"upstream,omitempty"` // what an advisory repairs
	Summary  string     `json:"summary,omitempty"`
	Specific Specific   `json:"database_specific"`
}

// Specific is what the build worked out and joined from other lists.
type Specific struct {
	Source    string  `json:"source,omitempty"` // osv, nvd, cve, demo
	Rating    Rating  `json:"rating,omitempty"`
	Score     float64 `json:"score,omitempty"` // CVSS base score
	EPSS      float64 `json:"epss,omitempty"`  // probability of exploitation in the next 30 days, of FIRST
	Exploited string  `json:"exploited,omitempty"`
	// ExploitedIDs are those of several CVEs of an advisory that are meant.
	ExploitedIDs []string `json:"exploited_ids,omitempty"`
}

// Affected says which versions of a package are affected.
type Affected struct {
	Package  Package  `json:"package"`
	Ranges   []Range  `json:"ranges,omitempty"`
	Versions []string `json:"versions,omitempty"`
	Urgency  Rating   `json:"urgency,omitempty"` // of a distribution, where it differs from the record's rating
}

// Package names a package. Ecosystem has the release behind a colon: "Debian:12".
type Package struct {
	Name      string `json:"name"`
	Ecosystem string `json:"ecosystem"`
}

// Range is a list of events in the life of a vulnerability.
type Range struct {
	Type   string   `json:"type"` // ECOSYSTEM or SEMVER
	Events []Event  `json:"events"`
	Except []string `json:"except,omitempty"` // versions inside the range that are not affected
}

// Event holds one of its fields.
type Event struct {
	Introduced   string `json:"introduced,omitempty"`
	Fixed        string `json:"fixed,omitempty"`
	LastAffected string `json:"last_affected,omitempty"`
	Limit        string `json:"limit,omitempty"` // the record says nothing of this version and later ones
}

// version is that of the event, whatever it is.
func (e Event) version() string { return cmp.Or(e.Introduced, e.Fixed, e.LastAffected, e.Limit) }

// Limits of one record, for input that nobody vouches for.
const (
	maxRecord   = 16 << 20 // bytes of one record in a source
	maxAffected = 20_000   // packages of one record
	maxVersions = 20_000   // versions or events of one package
	maxName     = 512      // bytes of a name, id or version
	maxSummary  = 160      // bytes of a summary that are kept
	maxAliases  = 64
)

// Base is the ecosystem without its release: "Debian" of "Debian:12".
func (p Package) Base() string {
	base, _, _ := strings.Cut(p.Ecosystem, ":")
	return base
}

// Release is what stands behind the ecosystem's name: "12" of "Debian:12".
func (p Package) Release() string {
	_, release, _ := strings.Cut(p.Ecosystem, ":")
	return release
}

// nameIn is the name under which a package of a registry is filed and looked up. Package
// URLs write the modules of Go in small letters, and PyPI takes names for the same that
// differ in case and in the signs between words (PEP 503).
func nameIn(ecosystem, name string) string {
	switch ecosystem {
	case "Go":
		return strings.ToLower(name)
	case "PyPI":
		words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' })
		return strings.Join(words, "-")
	}
	return name
}

// CVEs lists the CVE numbers that a record speaks of, sorted.
func (r *Record) CVEs() []string {
	var all []string
	for _, id := range append([]string{r.ID}, slices.Concat(r.Aliases, r.Upstream)...) {
		if i := strings.Index(id, "CVE-"); i >= 0 && (i == 0 || id[i-1] == '-') {
			all = append(all, id[i:])
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// split gives one record for each package that a record speaks of.
func (r *Record) split() []Record {
	var all []Record
	at := map[[2]string]int{}
	for _, a := range r.Affected {
		a.Package.Name = nameIn(a.Package.Base(), a.Package.Name)
		key := [2]string{a.Package.Base(), a.Package.Name}
		i, ok := at[key]
		if !ok {
			i = len(all)
			at[key] = i
			one := *r
			one.Affected = nil
			all = append(all, one)
		}
		all[i].Affected = append(all[i].Affected, a)
	}
	return all
}

// usable reports whether names are short enough and without control characters.
func usable(names ...string) bool {
	return !slices.ContainsFunc(names, func(s string) bool {
		return s == "" || len(s) > maxName || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
	})
}

// brief cuts a text to one line of at most maxSummary bytes.
func brief(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s[:min(len(s), 4*maxSummary)], "")), " ")
	if len(s) <= maxSummary {
		return s
	}
	return strings.ToValidUTF8(s[:maxSummary-3], "") + "…"
}
