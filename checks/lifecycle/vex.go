package lifecycle

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/package-url/packageurl-go"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/advisories"
	"github.com/assay-iot/assay/checks/facts/inventory"
	"github.com/assay-iot/assay/schema/product"
)

// What a statement says of a vulnerability, in the words of OpenVEX.
const (
	vexNotAffected = "not_affected"
	vexAffected    = "affected"
	vexFixed       = "fixed"
	vexUnderway    = "under_investigation"
)

// maxStatements bounds what one document says.
const maxStatements = 100_000

// statement is what a VEX document says about one vulnerability.
type statement struct {
	ids           []string // of the vulnerability
	subjects      []subject
	whole         bool // it is about the product itself
	status        string
	justification string
	text          string
	author        string
	when          time.Time // zero if it does not say so that it can be read
	place         assay.Location
}

// after reports a statement of a later day. Without a day that can be read it is none.
func (s statement) after(day time.Time) bool { return s.when.After(day.Add(24 * time.Hour)) }

// moment reads the first time that can be read: of RFC 3339, without its zone, or a day.
func moment(texts ...string) time.Time {
	for _, text := range texts {
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
			if t, err := time.Parse(layout, text); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}

// subject is a component that a statement is about. Of a package of a registry of a
// language the package URL is kept, without version: what is called so elsewhere is
// another thing.
type subject struct{ name, version, registered, project string }

// declaredVEX reads the VEX documents of the firmware; one that cannot be read is a
// finding.
func declaredVEX(c *checks.Context) (said statements, found []assay.Finding) {
	if c.Product == nil || c.Firmware == nil {
		return statements{}, nil
	}
	var all []statement
	for _, name := range c.Firmware.VEX {
		d := c.Product.Documents[name]
		err := d.Err
		var read []statement
		if err == nil {
			read, err = readVEX(d.Data, identity(c.Product, c.Firmware))
		}
		switch {
		case err != nil && len(read) > 0:
			found = append(found, checks.Misdeclared(assay.Medium, "a part of the VEX document does not count: "+err.Error(), c.Firmware.VEXRange))
		case err != nil:
			found = append(found, checks.Misdeclared(assay.Medium, "the VEX document cannot be read: "+err.Error(), c.Firmware.VEXRange))
		}
		n := len(read)
		if read = slices.DeleteFunc(read, func(s statement) bool { return s.after(c.AsOf) }); len(read) < n {
			found = append(found, checks.Misdeclared(assay.Medium, fmt.Sprintf("statements of the VEX document that are of a day to come do not count: %d", n-len(read)), c.Firmware.VEXRange))
		}
		for i := range read {
			read[i].place = assay.Location{Path: name, Digest: d.Digest}
		}
		all = append(all, read...)
	}
	slices.SortStableFunc(all, func(a, b statement) int { return a.when.Compare(b.when) })
	return statementsOf(all), found
}

// itself are the names of the product, and the version of its firmware.
type itself struct {
	names   []string
	version string
}

func identity(p *product.Product, fw *product.Firmware) itself {
	return itself{names: append([]string{p.ID, p.Name, fw.ID}, p.Models...), version: fw.Version}
}

func (p itself) is(s subject) bool {
	return slices.ContainsFunc(p.names, func(n string) bool { return strings.EqualFold(n, s.name) }) &&
		(s.version == "" || s.version == p.version)
}

// errNotVEX says that a document is of neither form.
var errNotVEX = errors.New("neither OpenVEX nor CycloneDX in JSON")

// readVEX reads OpenVEX and CycloneDX in JSON.
func readVEX(data []byte, p itself) (all []statement, err error) {
	var kind struct {
		Context any    `json:"@context"`
		Format  string `json:"bomFormat"`
	}
	if err = json.Unmarshal(data, &kind); err == nil {
		switch context, _ := kind.Context.(string); {
		case kind.Format == "CycloneDX":
			all, err = readCycloneDXVEX(data, p)
		case strings.Contains(context, "openvex"):
			all, err = readOpenVEX(data, p)
		default:
			return nil, errNotVEX
		}
	}
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		return nil, fmt.Errorf("at offset %d: %w", syntax.Offset, err)
	}
	if len(all) > maxStatements {
		return nil, fmt.Errorf("more than %d statements", maxStatements)
	}
	return all, err
}

// subjectOf understands a package URL; anything else is a name.
func subjectOf(id string) subject {
	rest, ok := strings.CutPrefix(id, "pkg:")
	if !ok {
		return subject{name: id}
	}
	rest, _, _ = strings.Cut(rest, "?")
	rest, _, _ = strings.Cut(rest, "#")
	version := ""
	if i := strings.LastIndexByte(rest, '@'); i > 0 {
		rest, version = rest[:i], unescape(rest[i+1:])
	}
	_, path, _ := strings.Cut(rest, "/")
	return subject{name: unescape(path[strings.LastIndexByte(path, '/')+1:]), version: version, registered: registered(id)}
}

// languages are the types of package URLs whose registries number packages of a
// programming language.
var languages = []string{"golang", "npm", "pypi", "cargo", "maven", "gem", "nuget", "composer", "hex", "pub"}

// registered is the package URL of a package of a language, without its version and as
// it is compared; empty for any other.
func registered(purl string) string {
	p, err := packageurl.FromString(purl)
	if err != nil || !slices.Contains(languages, p.Type) {
		return ""
	}
	name := p.Name
	if p.Type == "pypi" { // PEP 503
		name = strings.ReplaceAll(name, ".", "-")
	}
	return strings.ToLower(p.Type + "/" + p.Namespace + "/" + name)
}

// identifiers are what a component may be called in a statement.
type identifiers struct {
	name, short, version, registered string // short is behind the last "/" of the name
	projects                         map[string]bool
}

func identifiersOf(c advisories.Component) identifiers {
	k := identifiers{name: c.Name, version: c.Version, registered: registered(c.PURL), projects: map[string]bool{}}
	if i := strings.LastIndexByte(c.Name, '/'); i >= 0 {
		k.short = c.Name[i+1:]
	}
	for _, p := range (inventory.Component{Name: c.Name, Aliases: c.Packages}).Projects() {
		k.projects[p] = true
	}
	return k
}

func (c identifiers) are(k subject) bool {
	if k.registered != "" {
		return k.registered == c.registered && (k.version == "" || inventory.SameVersion(c.version, k.version))
	}
	if !c.projects[k.project] && (c.short == "" || !strings.EqualFold(c.short, k.name)) {
		return false
	}
	return k.version == "" || inventory.SameVersion(c.version, k.version)
}

// words say what is declared, for a message.
func (s *statement) words() string {
	switch s.status {
	case vexNotAffected:
		return "declared not affected"
	case vexFixed:
		return "declared fixed"
	case vexAffected:
		return "declared affected"
	}
	return "declared under investigation"
}

// note gives the statement as evidence.
func (s *statement) note() string {
	words := []string{s.status}
	for _, w := range []string{s.justification, s.text} {
		if w = strings.Join(strings.Fields(w), " "); w != "" {
			words = append(words, w[:min(len(w), 400)])
		}
	}
	if s.author != "" {
		words = append(words, "by "+s.author)
	}
	return strings.ToValidUTF8(strings.Join(words, "; "), "")
}

// Declared lists what the maker's VEX documents say of vulnerabilities that were
// found in a firmware: that the product is not affected by them, or is repaired.
// It changes no verdict, and is shown and counted beside the exceptions. Statements
// of a day after asOf do not count.
func Declared(p *product.Product, fw *product.Firmware, r advisories.Report, asOf time.Time) []assay.Marked {
	said, _ := declaredVEX(&checks.Context{Product: p, Firmware: fw, AsOf: asOf})
	var all []assay.Marked
	for _, c := range r.Affected {
		called := identifiersOf(c)
		for _, v := range c.Known {
			if s := said.on(called, v); s != nil && (s.status == vexNotAffected || s.status == vexFixed) {
				all = append(all, assay.Marked{Subject: v.ID + " in " + c.Name + " " + c.Version, Reason: s.note(), Author: s.author, Declared: s.place})
			}
		}
	}
	return all
}
