package advisories

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/advisories/versions"
)

// cve is a record of the CVE list, version 5.
type cve struct {
	Meta struct {
		ID      string `json:"cveId"`
		State   string `json:"state"`
		Updated string `json:"dateUpdated"`
	} `json:"cveMetadata"`
	Containers struct {
		CNA cveContainer   `json:"cna"`
		ADP []cveContainer `json:"adp"`
	} `json:"containers"`
}

type cveContainer struct {
	Descriptions []text                       `json:"descriptions"`
	Affected     []cveProduct                 `json:"affected"`
	Metrics      []map[string]json.RawMessage `json:"metrics"`
	Applicable   []applicability              `json:"cpeApplicability"`
}

type cveProduct struct {
	Vendor   string       `json:"vendor"`
	Product  string       `json:"product"`
	CPEs     []string     `json:"cpes"`
	Default  string       `json:"defaultStatus"`
	Versions []cveVersion `json:"versions"`
}

type cveVersion struct {
	Version         string `json:"version"`
	Status          string `json:"status"`
	Type            string `json:"versionType"`
	LessThan        string `json:"lessThan"`
	LessThanOrEqual string `json:"lessThanOrEqual"`
	Changes         []struct {
		At     string `json:"at"`
		Status string `json:"status"`
	} `json:"changes"`
}

// readCVE reads one record. Other files of the list's repository are passed over.
func (b *builder) readCVE(d document) error {
	if !strings.HasPrefix(d.base(), "CVE-") {
		return nil
	}
	var in cve
	if err := d.decode(&in); err != nil {
		return err
	}
	if !usable(in.Meta.ID) {
		return d.wrong(errNoRecord)
	}
	b.dated(in.Meta.Updated)
	if in.Meta.State != "PUBLISHED" {
		return b.leaveOut(in.Meta.ID, in.Meta.Updated)
	}
	r := Record{
		ID: in.Meta.ID, Modified: in.Meta.Updated, Summary: english(in.Containers.CNA.Descriptions),
		Specific: Specific{Source: "cve"},
	}
	products := &products{at: map[string]int{}}
	for _, c := range append([]cveContainer{in.Containers.CNA}, in.Containers.ADP...) {
		if r.Specific.Score == 0 {
			r.Specific.Score = cveScore(c.Metrics)
		}
		if day := exploitedSince(c.Metrics); day != "" {
			r.Specific.Exploited = day
		}
		for _, p := range c.Affected {
			if len(p.Versions) > maxVersions {
				return d.wrong(errTooMany)
			}
			products.product(p)
		}
		products.applicable(c.Applicable)
	}
	r.Specific.Rating = rated(r.Specific.Score)
	r.Affected = products.all
	if len(r.Affected) > maxAffected {
		return d.wrong(errTooMany)
	}
	rank := byte(3)
	if slices.ContainsFunc(r.Affected, func(a Affected) bool { return a.Package.Name == kernelCPE }) {
		rank = 1 // the kernel's own makers name every branch
	}
	return b.add(&r, rank)
}

// cveScore gives the base score of the newest CVSS that a container has.
func cveScore(metrics []map[string]json.RawMessage) float64 {
	for _, name := range []string{"cvssV3_1", "cvssV3_0", "cvssV4_0", "cvssV2_0"} {
		for _, m := range metrics {
			var data struct {
				Score float64 `json:"baseScore"`
			}
			if json.Unmarshal(m[name], &data) == nil && data.Score > 0 {
				return data.Score
			}
		}
	}
	return 0
}

// exploitedSince is the day on which CISA listed a vulnerability as exploited, if the
// container that it adds to records says so.
func exploitedSince(metrics []map[string]json.RawMessage) string {
	for _, m := range metrics {
		var other struct {
			Type    string `json:"type"`
			Content struct {
				Added string `json:"dateAdded"`
			} `json:"content"`
		}
		if json.Unmarshal(m["other"], &other) == nil && other.Type == "kev" {
			if _, err := assay.Date(other.Content.Added); err == nil {
				return other.Content.Added
			}
		}
	}
	return ""
}

// product adds what a container says about one product, under each of its names.
func (p *products) product(in cveProduct) {
	ranges := in.ranges()
	if len(ranges) == 0 {
		return
	}
	var names []string
	named := false // by CPE, if only as hardware
	for _, s := range in.CPEs {
		c, ok := parseCPE(s)
		named = named || ok
		if ok && c.part != "h" {
			names = append(names, c.name())
		}
	}
	if !named {
		names = []string{cpeWord(in.Vendor) + ":" + cpeWord(in.Product)}
	}
	slices.Sort(names)
	for _, n := range slices.Compact(names) {
		if n == "linux:linux" {
			n = kernelCPE
		}
		if usable(n) && !strings.Contains(n, "n/a") {
			a := p.of(n)
			a.Ranges = append(a.Ranges, ranges...)
		}
	}
}

// cpeWord writes a name as CPE does.
func cpeWord(s string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "_")
}

// span is a run of versions; to is open if it is empty.
type span struct {
	from, to string
	included bool // to is one of them
}

// ranges puts the statements of a product into ranges of what is affected: those
// that are called so, or, where everything else is, what lies between those that
// are not.
func (in *cveProduct) ranges() []Range {
	var yes, no []span
	counted := 0 // versions that are no commits
	for _, v := range in.Versions {
		if v.Type == "git" {
			continue
		}
		counted++
		for status, s := range v.spans {
			switch status {
			case "affected":
				yes = append(yes, s)
			case "unaffected":
				no = append(no, s)
			}
		}
	}
	if in.Default == "affected" && len(no) > 0 {
		return between(no)
	}
	if in.Default == "affected" && (counted > 0 || len(in.Versions) == 0) {
		return []Range{{Type: "ECOSYSTEM", Events: []Event{{Introduced: "0"}}}}
	}
	var all []Range
	for _, s := range yes {
		all = append(all, s.events())
	}
	return all
}

// spans gives the runs of one statement with their status: it may change on the
// way.
func (v *cveVersion) spans(yield func(status string, s span) bool) {
	if strings.ContainsAny(v.Version, "<>=") {
		if s, ok := compared(v.Version); ok {
			yield(v.Status, s)
		}
		return
	}
	if v.LessThan == "" && v.LessThanOrEqual == "" {
		if s, ok := phrased(v.Version); ok {
			yield(v.Status, s)
			return
		}
	}
	s := span{from: v.Version}
	switch {
	case len(v.Version) > maxName || len(v.LessThan) > maxName || len(v.LessThanOrEqual) > maxName:
		return
	case v.LessThan != "":
		s.to = v.LessThan
	case v.LessThanOrEqual != "":
		s.to, s.included = v.LessThanOrEqual, true
	case !isVersion(v.Version):
		return
	default:
		s.to, s.included = v.Version, true
	}
	if s.to == "*" {
		s.to = ""
	}
	if !isVersion(s.from) {
		s.from = "0"
	}
	status := v.Status
	for _, c := range v.Changes {
		if c.At == "" || len(c.At) > maxName {
			continue
		}
		if !yield(status, span{from: s.from, to: c.At}) {
			return
		}
		s.from, status = c.At, c.Status
	}
	yield(status, s)
}

// isVersion reports whether a text names a version rather than none or any.
func isVersion(s string) bool {
	return s != "" && !strings.ContainsAny(s, " ,") && strings.ContainsAny(s, "0123456789")
}

// phrased reads the words that some write in place of a version: "1.2.x", "1.0 through
// 1.5", "before 1.5", "1.5 and earlier".
func phrased(s string) (span, bool) {
	lower := strings.ToLower(strings.TrimSpace(s))
	if len(lower) > maxName {
		return span{}, false
	}
	for _, end := range []string{".x", ".*"} {
		if branch, ok := strings.CutSuffix(lower, end); ok && isVersion(branch) {
			return span{branch, branch + ".*", true}, true
		}
	}
	for _, word := range []string{"before ", "prior to ", "versions before ", "versions prior to "} {
		if v, ok := strings.CutPrefix(lower, word); ok && isVersion(v) {
			return span{"0", v, false}, true
		}
	}
	for _, word := range []string{" and earlier", " and prior", " and below", " and older", " and before"} {
		if v, _, ok := strings.Cut(lower, word); ok && isVersion(v) {
			return span{"0", v, true}, true
		}
	}
	for _, word := range []string{" through ", " to ", " - "} {
		if from, to, ok := strings.Cut(lower, word); ok && isVersion(from) && isVersion(to) {
			return span{from, to, true}, true
		}
	}
	return span{}, false
}

// compared reads the comparisons that some write in place of a version:
// ">= 1.0, < 1.5".
func compared(s string) (span, bool) {
	out := span{from: "0"}
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		sign := part[:len(part)-len(strings.TrimLeft(part, "<>="))]
		v := strings.TrimSpace(part[len(sign):])
		if !isVersion(v) || len(v) > maxName {
			return span{}, false
		}
		switch sign {
		case "<":
			out.to = v
		case "<=":
			out.to, out.included = v, true
		case ">=", ">":
			out.from = v
		case "=", "==":
			out.from, out.to, out.included = v, v, true
		default:
			return span{}, false
		}
	}
	return out, true
}

func (s span) events() Range {
	r := Range{Type: "ECOSYSTEM", Events: []Event{{Introduced: s.from}}}
	switch {
	case s.to == "":
	case s.included:
		r.Events = append(r.Events, Event{LastAffected: s.to})
	default:
		r.Events = append(r.Events, Event{Fixed: s.to})
	}
	return r
}

// between gives what lies before, between and after runs.
func between(no []span) []Range {
	slices.SortStableFunc(no, func(a, b span) int { return bound(versions.Upstream, a.from, b.from) })
	var all []Range
	next, except := "0", []string(nil)
	for _, s := range no {
		if bound(versions.Upstream, next, s.from) < 0 {
			all = append(all, Range{Type: "ECOSYSTEM", Events: []Event{{Introduced: next}, {Fixed: s.from}}, Except: except})
		}
		if s.to == "" {
			return all
		}
		if bound(versions.Upstream, next, s.to) <= 0 {
			next, except = s.to, nil
			if s.included {
				except = []string{s.to}
			}
		}
	}
	return append(all, Range{Type: "ECOSYSTEM", Events: []Event{{Introduced: next}}, Except: except})
}
