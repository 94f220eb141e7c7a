package advisories

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// nvd is a vulnerability of a feed or an answer of NVD 2.0.
type nvd struct {
	CVE struct {
		ID           string `json:"id"`
		LastModified string `json:"lastModified"`
		Status       string `json:"vulnStatus"`
		Exploited    string `json:"cisaExploitAdd"`
		Descriptions []text `json:"descriptions"`
		Metrics      map[string][]struct {
			Type string `json:"type"`
			Data struct {
				Score    float64 `json:"baseScore"`
				Severity string  `json:"baseSeverity"`
			} `json:"cvssData"`
		} `json:"metrics"`
		Configurations []applicability `json:"configurations"`
	} `json:"cve"`
}

// applicability is what is affected, and where: of NVD, and of the CVE list since its
// version 5.1.
type applicability struct {
	Operator string    `json:"operator"` // between the nodes
	Nodes    []cpeNode `json:"nodes"`
}

type cpeNode struct {
	Negate  bool       `json:"negate"`
	Matches []cpeMatch `json:"cpeMatch"`
}

type text struct {
	Language string `json:"lang"`
	Value    string `json:"value"`
}

type cpeMatch struct {
	Vulnerable     bool   `json:"vulnerable"`
	Criteria       string `json:"criteria"`
	StartIncluding string `json:"versionStartIncluding"`
	StartExcluding string `json:"versionStartExcluding"`
	EndIncluding   string `json:"versionEndIncluding"`
	EndExcluding   string `json:"versionEndExcluding"`
}

// readNVD reads a feed, or a stored answer of the API: one JSON document of any
// size.
func (b *builder) readNVD(d document) error {
	var stamp string
	var page struct{ here, size, all int }
	err := d.elements("vulnerabilities", func(raw json.RawMessage) error {
		var in nvd
		if err := json.Unmarshal(raw, &in); err != nil {
			return err
		}
		page.here++
		return b.addNVD(&in)
	}, map[string]any{"timestamp": &stamp, "resultsPerPage": &page.size, "totalResults": &page.all})
	b.dated(stamp)
	if page.size < page.all {
		b.pages[page.all] += page.here
	}
	return err
}

// missingPages says that answers of the API are a part of what there was to answer;
// what is not there must not look as if it did not exist.
func (b *builder) missingPages() error {
	for _, all := range slices.Sorted(maps.Keys(b.pages)) {
		if here := b.pages[all]; here < all {
			return fmt.Errorf("it holds %d of the %d results of a search: give a folder with the answers for every startIndex", here, all)
		}
	}
	return nil
}

func (b *builder) addNVD(in *nvd) error {
	c := &in.CVE
	if !usable(c.ID) {
		return errNoRecord
	}
	b.dated(c.LastModified)
	if c.Status == "Rejected" {
		return b.leaveOut(c.ID, c.LastModified)
	}
	r := Record{
		ID: c.ID, Modified: c.LastModified, Summary: english(c.Descriptions),
		Specific: Specific{Source: "nvd", Exploited: c.Exploited},
	}
	for _, name := range []string{"cvssMetricV31", "cvssMetricV30", "cvssMetricV40", "cvssMetricV2"} {
		for _, m := range c.Metrics[name] {
			if r.Specific.Score == 0 || m.Type == "Primary" {
				r.Specific.Score = m.Data.Score
			}
		}
		if r.Specific.Score > 0 {
			break
		}
	}
	r.Specific.Rating = rated(r.Specific.Score)
	products := &products{at: map[string]int{}}
	products.applicable(c.Configurations)
	r.Affected = products.all
	if len(r.Affected) > maxAffected {
		return errTooMany
	}
	return b.add(&r, 2)
}

// products collects what is affected, by maker and product.
type products struct {
	all []Affected
	at  map[string]int
}

func (p *products) of(name string) *Affected {
	i, ok := p.at[name]
	if !ok {
		i = len(p.all)
		p.at[name] = i
		p.all = append(p.all, Affected{Package: Package{Name: name, Ecosystem: ecosystemCPE}})
	}
	return &p.all[i]
}

// applicable adds what is affected, but not what is so on another system only.
func (p *products) applicable(all []applicability) {
	for _, a := range all {
		if a.Operator == "AND" && slices.ContainsFunc(a.Nodes, cpeNode.elsewhere) {
			continue
		}
		for _, n := range a.Nodes {
			for _, m := range n.Matches {
				if m.Vulnerable && !n.Negate {
					p.match(m)
				}
			}
		}
	}
}

// elsewhere reports a node that only says on which system something is affected, and
// names none that a device's firmware is.
func (n cpeNode) elsewhere() bool {
	return len(n.Matches) > 0 && !n.Negate && !slices.ContainsFunc(n.Matches, func(m cpeMatch) bool {
		c, ok := parseCPE(m.Criteria)
		return m.Vulnerable || !ok || c.part != "o" || !slices.Contains(desktops, c.vendor) && !slices.Contains(desktops, c.product)
	})
}

// desktops are the makers and systems of computers, as CPE names them, and as it names
// the system that a product was made for.
var desktops = []string{"microsoft", "apple", "windows", "macos", "mac_os", "mac_os_x", "iphone_os", "ipados", "solaris", "sunos", "aix", "hp-ux"}

// match adds a criterion. Hardware is left out: what is judged is software.
func (p *products) match(m cpeMatch) {
	c, ok := parseCPE(m.Criteria)
	if !ok || c.part == "h" || slices.Contains(desktops, c.target) {
		return
	}
	r := Range{Type: "ECOSYSTEM", Events: []Event{{Introduced: "0"}}}
	ranged := false
	switch {
	case m.StartIncluding != "":
		r.Events[0].Introduced, ranged = m.StartIncluding, true
	case m.StartExcluding != "":
		r.Events[0].Introduced, r.Except, ranged = m.StartExcluding, []string{m.StartExcluding}, true
	}
	switch {
	case m.EndExcluding != "":
		r.Events, ranged = append(r.Events, Event{Fixed: m.EndExcluding}), true
	case m.EndIncluding != "":
		r.Events, ranged = append(r.Events, Event{LastAffected: m.EndIncluding}), true
	}
	switch version := c.release(); {
	case ranged, version == "" && c.version == "*":
		if !slices.ContainsFunc(r.Events, func(e Event) bool { return len(e.version()) > maxName }) {
			a := p.of(c.name())
			a.Ranges = append(a.Ranges, r)
		}
	case version != "":
		a := p.of(c.name())
		a.Versions = append(a.Versions, version)
	}
}

// english gives the text in English, cut short.
func english(all []text) string {
	for _, t := range all {
		if t.Language == "en" || t.Language == "en-US" {
			return brief(t.Value)
		}
	}
	return ""
}
