package advisories

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

// Report is what a data set says about the components of an image.
type Report struct {
	Data      assay.DataSet    `json:"data"`                // empty if there was no data set
	Day       string           `json:"day"`                 // of the oldest records that were looked at, as 2006-01-02
	Exploited string           `json:"exploited,omitempty"` // day of the list of exploited vulnerabilities; empty if there is none
	Looked    int              `json:"looked"`              // components that were looked up
	Nameless  int              `json:"nameless"`            // … of which the data set has nothing under their names
	Affected  []Component      `json:"affected"`
	Missed    []Missed         `json:"missed"` // components that could not be looked up, or not where it counts
	Places    []assay.Location `json:"places"` // of the components that were looked up
}

// Component is one of the image that is known to be vulnerable.
type Component struct {
	Name      string           `json:"name"`
	Version   string           `json:"version"`
	PURL      string           `json:"purl"`
	Packages  []string         `json:"packages,omitempty"`  // if it was built into several
	By        string           `json:"by"`                  // whose records: "Debian:12", "CPE"
	Potential bool             `json:"potential,omitempty"` // by the upstream version only
	Kernel    string           `json:"kernel,omitempty"`    // branch, if it is the kernel
	Known     []Vulnerability  `json:"known"`
	Places    []assay.Location `json:"places"`
}

// Vulnerability is a known one.
type Vulnerability struct {
	ID        string   `json:"id"` // the CVE number where there is one
	Others    []string `json:"others,omitempty"`
	Rating    Rating   `json:"rating,omitempty"`
	Score     float64  `json:"score,omitempty"`
	EPSS      float64  `json:"epss,omitempty"`
	Exploited string   `json:"exploited,omitempty"` // since when that is known
	Fixed     string   `json:"fixed,omitempty"`     // first version in which it is repaired
}

// Missed is a component that could not be looked up.
type Missed struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Reason  string `json:"reason"`
}

// DataSet is the data set that was given with --data.
var DataSet = &facts.Given[*Set]{
	Name:    "data-set",
	Doc:     "The offline data set of known vulnerabilities.",
	Without: "there is no data set of known vulnerabilities",
}

// Vulnerabilities are what the data set knows of the components. Without a data
// set the report is empty.
var Vulnerabilities = &facts.Fact[Report]{
	Name:    "vulnerabilities",
	Doc:     "Known vulnerabilities of the components, by an offline data set.",
	Version: 7,
	Needs:   []facts.Node{inventory.Components, DataSet},
	Observe: func(o *facts.Observer) (Report, error) {
		set, err := DataSet.Of(o)
		if facts.IsNotSupplied(err) {
			return Report{}, nil
		} else if err != nil {
			return Report{}, err
		}
		components, err := inventory.Components.Of(o)
		if err != nil {
			return Report{}, err
		}
		return Match(set, components)
	},
}

// Describe names a data set in an assessment.
func (s *Set) Describe() assay.DataSet {
	return assay.DataSet{Digest: s.Digest, AsOf: s.Manifest.AsOf, Demo: s.Manifest.Demo}
}

// Match looks the components up.
func Match(s *Set, components []inventory.Component) (Report, error) {
	r := Report{Data: s.Describe(), Affected: []Component{}, Missed: []Missed{}, Places: []assay.Location{}}
	if s.Manifest.Exploited != nil {
		r.Exploited = s.Manifest.Exploited.Day
	}
	systems := systemsOf(components)
	kernels := s.packagedKernel(components, systems)
	asked := newAsking(s)
	at := map[string]int{}
	for _, c := range components {
		if c.Kind == inventory.KindSystem || isKernel(c) && c.Kind == inventory.KindKernel && kernels {
			continue
		}
		q, why := s.questionOf(c, systems.release(c))
		if why != "" {
			r.Missed = append(r.Missed, Missed{c.Name, c.Version, why})
			continue
		}
		key := fmt.Sprint(q)
		a, err := asked.answer(key, q)
		if err != nil {
			return r, err
		}
		if a.why != "" {
			r.Missed = append(r.Missed, Missed{c.Name, c.Version, a.why})
			continue
		}
		r.looked(s, q, c, a.records)
		if q.lacking != "" {
			r.Missed = append(r.Missed, Missed{c.Name, c.Version, q.lacking})
		}
		if len(a.found) == 0 {
			continue
		}
		if i, ok := at[key]; ok {
			r.Affected[i].also(c, q)
			continue
		}
		at[key] = len(r.Affected)
		r.Affected = append(r.Affected, affected(c, q, a.found))
	}
	slices.SortFunc(r.Places, assay.Location.Compare)
	r.Places = slices.CompactFunc(r.Places, func(a, b assay.Location) bool { return a.Path == b.Path })
	return r, nil
}

// looked notes that a component was looked up.
func (r *Report) looked(s *Set, q question, c inventory.Component, records int) {
	r.Looked++
	if records == 0 {
		r.Nameless++
	}
	e, _ := s.Manifest.ecosystem(q.ecosystem)
	if r.Day == "" || e.Day < r.Day {
		r.Day = e.Day
	}
	for _, l := range c.Places {
		r.Places = append(r.Places, assay.Location{Path: l.Path, Digest: l.Digest})
	}
}

func affected(c inventory.Component, q question, found []Vulnerability) Component {
	out := Component{
		Name: c.Name, Version: c.Version, PURL: c.PURL, By: q.ecosystem, Potential: q.potential, Known: found, Places: c.Places,
	}
	if q.release != "" {
		out.By += ":" + q.release
	}
	if isKernel(c) {
		out.Kernel = branchOf(upstreamVersion(c))
	}
	return out
}

// also adds a component that was built from the same source.
func (k *Component) also(c inventory.Component, q question) {
	if k.Packages == nil {
		k.Packages = []string{k.Name}
	}
	k.Packages = append(k.Packages, c.Name)
	k.Places = append(k.Places, c.Places...)
	if !k.Potential {
		k.Name = q.names[0] // the source
	}
}

// into files a record under the CVE numbers that it speaks of, or, if it names
// none, under its id.
func (r *Record) into(known map[string]*Vulnerability, fixed string, urgency Rating) {
	ids := r.CVEs()
	if len(ids) == 0 {
		ids = []string{r.ID}
	}
	for _, id := range ids {
		v := known[id]
		if v == nil {
			v = &Vulnerability{ID: id}
			known[id] = v
		}
		if id != r.ID && len(v.Others) < maxOthers && !slices.Contains(v.Others, r.ID) && !strings.HasSuffix(r.ID, "-"+id) {
			v.Others = append(v.Others, r.ID)
		}
		v.Rating = cmp.Or(v.Rating, urgency, r.Specific.Rating)
		v.Score, v.EPSS = max(v.Score, r.Specific.Score), max(v.EPSS, r.Specific.EPSS)
		v.Fixed = cmp.Or(v.Fixed, fixed)
		if some := r.Specific.ExploitedIDs; len(some) == 0 || slices.Contains(some, id) {
			v.Exploited = cmp.Or(v.Exploited, r.Specific.Exploited)
		}
	}
}

// systems are the operating systems of an image, by the container they lie in.
type systems map[string]inventory.Component

func systemsOf(components []inventory.Component) systems {
	all := systems{}
	for _, c := range components {
		if c.Kind == inventory.KindSystem {
			for _, l := range c.Places {
				all[container(l.Path)] = c
			}
		}
	}
	return all
}

// release is the version of the system that a component is installed in.
func (all systems) release(c inventory.Component) string {
	for _, l := range c.Places {
		if s, ok := all[container(l.Path)]; ok {
			return s.Version
		}
	}
	return ""
}

// container is the path of what a file lies in.
func container(p string) string {
	before, _, _ := cutLast(p, "!")
	return before
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// packagedKernel reports whether a package of a distribution holds the kernel, and
// the data set speaks of it: then it is judged by that, and not by a number.
func (s *Set) packagedKernel(components []inventory.Component, all systems) bool {
	return slices.ContainsFunc(components, func(c inventory.Component) bool {
		if c.Kind != inventory.KindPackage || !isKernel(c) {
			return false
		}
		q, why := s.questionOf(c, all.release(c))
		return why == "" && !q.potential
	})
}
