package lifecycle

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
)

// notInstalled names packages of the bill that the image's own package database
// does not have. Of other parts nothing is said: what has no version of its own
// is in an image without being seen.
func notInstalled(c *checks.Context, seen []facts.Component, parts []part) []assay.Finding {
	databases := map[string][]assay.Location{}
	for _, s := range seen {
		if kind := purlKind(s.PURL); s.Confidence == facts.ConfidencePackage && slices.Contains([]string{"deb", "apk", "opkg", "rpm"}, kind) && databases[kind] == nil {
			at := s.Places[0]
			databases[kind] = []assay.Location{{Path: at.Path, Digest: at.Digest}}
		}
	}
	projects, ofLanguages := map[string]bool{}, []facts.Component(nil)
	for _, s := range seen {
		if s.OfLanguage() {
			ofLanguages = append(ofLanguages, s)
		}
		for _, n := range s.Projects() {
			projects[n] = true
		}
	}
	isSeen := func(name string) bool {
		return projects[facts.Project(name)] || slices.ContainsFunc(ofLanguages, func(s facts.Component) bool { return s.Named(name) })
	}
	var found []assay.Finding
	named := map[string]bool{}
	for _, p := range parts {
		kind := purlKind(p.PURL)
		if databases[kind] == nil || named[p.Name] || slices.ContainsFunc(p.names(), isSeen) {
			continue
		}
		named[p.Name] = true
		found = append(found, checks.Contradiction(assay.Medium, "the SBOM has the "+kind+" package "+p.Name+", the image has not", c.Firmware.SBOMRange, databases[kind]...))
	}
	return found
}

// purlKind is the type of a package URL.
func purlKind(purl string) string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(purl, "pkg:"), "/")
	return kind
}
