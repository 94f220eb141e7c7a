package lifecycle

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

// notInstalled names what the bill has and the image was not seen to have: each
// package of which the image's own package database says that it is not there,
// and, as one note, the other parts. Those may be in the image without being
// seen, as what has no version of its own.
func notInstalled(c *checks.Context, seen []inventory.Component, parts []part) []assay.Finding {
	databases := packageDatabases(seen)
	isSeen := seenIn(seen)
	var found []assay.Finding
	var unseen []string
	named := map[string]bool{}
	for _, p := range parts {
		if p.Name == "" || named[p.Name] || slices.ContainsFunc(p.names(), isSeen) {
			continue
		}
		named[p.Name] = true
		if kind := purlKind(p.PURL); databases[kind] != nil {
			found = append(found, checks.Contradiction(assay.Medium, "the SBOM has the "+kind+" package "+p.Name+", the image has not", c.Firmware.SBOMRange, databases[kind]...))
		} else {
			unseen = append(unseen, strings.TrimSpace(p.Name+" "+p.Version))
		}
	}
	if len(unseen) > 0 {
		slices.Sort(unseen)
		found = append(found, checks.Misdeclared(assay.Info, "the SBOM has what was not seen in the image: "+some(unseen), c.Firmware.SBOMRange))
	}
	return found
}

// packageDatabases gives for each kind of package database that the image has the
// place of one.
func packageDatabases(seen []inventory.Component) map[string][]assay.Location {
	databases := map[string][]assay.Location{}
	for _, s := range seen {
		if kind := purlKind(s.PURL); s.Confidence == inventory.ConfidencePackage && slices.Contains([]string{"deb", "apk", "opkg", "rpm"}, kind) && databases[kind] == nil {
			at := s.Places[0]
			databases[kind] = []assay.Location{{Path: at.Path, Digest: at.Digest}}
		}
	}
	return databases
}

// seenIn answers whether a name is that of a component of the image, or of
// another package of its project.
func seenIn(seen []inventory.Component) func(name string) bool {
	projects, ofLanguages := map[string]bool{}, []inventory.Component(nil)
	for _, s := range seen {
		if s.OfLanguage() {
			ofLanguages = append(ofLanguages, s)
		}
		for _, n := range s.Projects() {
			projects[n] = true
		}
	}
	return func(name string) bool {
		return projects[inventory.Project(name)] || slices.ContainsFunc(ofLanguages, func(s inventory.Component) bool { return s.Named(name) })
	}
}

// purlKind is the type of a package URL.
func purlKind(purl string) string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(purl, "pkg:"), "/")
	return kind
}
