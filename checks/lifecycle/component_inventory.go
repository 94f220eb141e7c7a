package lifecycle

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

//go:embed component_inventory.md
var componentInventoryDoc string

// ComponentInventory fails a product whose bill of materials is not there, or
// leaves out or misnames what is in the image.
var ComponentInventory = &checks.Check{
	ID:        "lifecycle/component-inventory",
	Title:     "the software components are known, and the bill of materials fits the image",
	Doc:       componentInventoryDoc,
	Remedy:    "Make the SBOM in the build that makes the image, and name it in firmware.sbom.",
	Principle: assay.Lifecycle,
	Reads:     checks.Firmware + checks.Declared,
	Severity:  assay.High,
	Provision: []string{"5.2-3"},
	Version:   5,
	Needs:     checks.Needs(inventory.Components, inventory.UnreadDatabases, inventory.UnnamedArchives),
	Run:       componentInventory,
}

func componentInventory(c *checks.Context) checks.Judgement {
	all := checks.Ask(c, inventory.Components)
	seen := slices.DeleteFunc(slices.Clone(all), func(p inventory.Component) bool { return p.Kind == inventory.KindSystem })
	if c.Firmware != nil && c.Firmware.SBOM == "" {
		return c.Fail(assay.Declared, checks.Undescribed(assay.High, "firmware.sbom", c.Firmware.Range))
	}
	if len(seen) == 0 {
		return c.Inconclusive("no component in the image says what it is")
	}
	var found []assay.Finding
	if c.Firmware != nil {
		parts, err := bill(c)
		if err != nil {
			return c.Fail(assay.Declared, checks.Misdeclared(assay.High, "the SBOM cannot be read: "+err.Error(), c.Firmware.SBOMRange))
		}
		found = compare(c, seen, parts)
		if c.Gap() == "" {
			found = append(found, notInstalled(c, all, parts)...)
		}
	}
	if why := holes(c); why != "" && !slices.ContainsFunc(found, func(f assay.Finding) bool { return f.Severity.Fails() }) {
		return c.Inconclusive("%s", why).With(found...)
	}
	return c.None(found, filesOf(seen)...)
}

// holes says why components may be in the image that the inventory has not.
func holes(c *checks.Context) string {
	if unread := checks.Ask(c, inventory.UnreadDatabases); len(unread) > 0 {
		return "the package database " + assay.Inside(unread[0].Path) + " cannot be read"
	}
	if why := unnamedArchives(c); why != "" {
		return "the inventory has holes: " + why
	}
	if gap := c.Gap(); gap != "" {
		return "the inventory may have holes: " + gap
	}
	return ""
}

// unnamedArchives says how many archives of Java nobody can look up.
func unnamedArchives(c *checks.Context) string {
	all := checks.Ask(c, inventory.UnnamedArchives)
	if len(all) == 0 {
		return ""
	}
	return "the Java archive " + assay.Inside(all[0].Path) + " says neither name nor version" + more(len(all)-1)
}

// bill reads the declared bill of materials.
func bill(c *checks.Context) ([]part, error) {
	d := c.Product.Documents[c.Firmware.SBOM]
	if d.Err != nil {
		return nil, d.Err
	}
	return readSBOM(d.Data)
}

// compare names what the bill leaves out and what it has under another version.
func compare(c *checks.Context, seen []inventory.Component, parts []part) []assay.Finding {
	bill := billOf(parts)
	var found []assay.Finding
	for _, s := range seen {
		versions := bill.versions(s)
		severity := assay.High
		if s.Confidence == inventory.ConfidenceString {
			severity = assay.Medium // a version string is good evidence, not proof
		}
		what := s.Name + " " + s.Version
		switch {
		case len(versions) == 0:
			found = append(found, checks.Contradiction(severity, what+" is in the image, but not in the SBOM", c.Firmware.SBOMRange, s.Places...))
		case !slices.ContainsFunc(versions, func(v string) bool { return inventory.SameVersion(s.Version, v) }):
			found = append(found, checks.Contradiction(severity, "the SBOM has "+s.Name+" "+strings.Join(versions, ", ")+", the image has "+s.Version, c.Firmware.SBOMRange, s.Places...))
		}
	}
	return found
}

// billed are the parts of a bill by their names, and by the projects that these are of.
type billed struct {
	parts             []part
	byName, byProject map[string][]part
}

func billOf(parts []part) billed {
	b := billed{parts, map[string][]part{}, map[string][]part{}}
	for _, p := range parts {
		for _, n := range slices.Compact(p.names()) {
			b.byName[n] = append(b.byName[n], p)
			b.byProject[inventory.Project(n)] = append(b.byProject[inventory.Project(n)], p)
		}
	}
	return b
}

// versions gives those under which the bill has a component, sorted.
func (b billed) versions(s inventory.Component) []string {
	all := b.byName[strings.ToLower(s.Name)]
	switch {
	case len(all) != 0:
	case s.OfLanguage():
		all = slices.DeleteFunc(slices.Clone(b.parts), func(p part) bool { return !slices.ContainsFunc(p.names(), s.Named) })
	default:
		for _, project := range s.Projects() {
			all = append(all, b.byProject[project]...)
		}
	}
	var versions []string
	for _, p := range all {
		versions = append(versions, p.Version)
	}
	slices.Sort(versions)
	return slices.Compact(versions)
}

// filesOf are the places of the components, each file once.
func filesOf(seen []inventory.Component) []assay.Location {
	var places []assay.Location
	known := map[string]bool{}
	for _, s := range seen {
		for _, l := range s.Places {
			if !known[l.Path] {
				known[l.Path] = true
				places = append(places, assay.Location{Path: l.Path, Digest: l.Digest})
			}
		}
	}
	return places
}
