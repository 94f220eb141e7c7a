package advisories

import (
	"cmp"
	"slices"
	"strings"

	"github.com/package-url/packageurl-go"

	"github.com/assay-iot/assay/checks/facts/advisories/versions"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

// distributions gives, for the namespace of a package URL, the ecosystem whose
// records speak of its packages.
var distributions = map[string]string{
	"debian": "Debian", "ubuntu": "Ubuntu", "alpine": "Alpine", "wolfi": "Wolfi", "chainguard": "Chainguard",
	"rocky": "Rocky Linux", "almalinux": "AlmaLinux", "opensuse": "openSUSE", "openeuler": "openEuler",
	"mageia": "Mageia", "photon": "Photon OS", "azurelinux": "Azure Linux",
}

// registries gives the ecosystem for the type of a package URL.
var registries = map[string]string{
	"golang": "Go", "npm": "npm", "pypi": "PyPI", "cargo": "crates.io", "gem": "RubyGems", "maven": "Maven",
	"nuget": "NuGet", "composer": "Packagist", "hex": "Hex", "pub": "Pub",
}

// question is what a component is looked up by.
type question struct {
	ecosystem string
	release   string // of a distribution, as its records write it; "" for any
	names     []string
	version   string
	potential bool   // by the upstream version only: a repair may have been taken in without a new number
	lacking   string // why the records of the project do not settle it: those of the distribution are not there
}

// questionsOf says how a component is looked up in a data set, or why it cannot
// be. A package of a distribution is judged by the records of that release of the
// distribution where there are some; only else by the project's own.
func (s *Set) questionOf(c inventory.Component, release string) (q question, why string) {
	p, err := packageurl.FromString(c.PURL)
	if err != nil {
		return q, "its package URL cannot be read"
	}
	if name, ok := registries[p.Type]; ok {
		if p.Type == "maven" && p.Namespace == "" {
			return q, "the group under which Maven has it is not known"
		}
		q = question{ecosystem: name, names: []string{nameIn(name, registryName(p))}, version: c.Version}
		if _, ok := s.Manifest.ecosystem(name); !ok {
			return q, "the data set has no records of " + name
		}
		return q, ""
	}
	if name, ok := distributions[p.Namespace]; ok && p.Type != "generic" && p.Type != "opkg" {
		if covered := s.covered(name, release); covered != "" {
			names := []string{c.Source}
			if c.Source == "" || name == "Rocky Linux" || name == "AlmaLinux" {
				names = append(names, c.Name)
			}
			if isKernel(c) { // whatever its signed source is called
				names = []string{"linux"}
			}
			names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
			return question{ecosystem: name, release: strings.TrimPrefix(covered, "*"), names: names, version: c.Version}, ""
		}
	}
	q = question{ecosystem: ecosystemCPE, names: productsOf(c), version: upstreamVersion(c), potential: true}
	_, known := s.Manifest.ecosystem(ecosystemCPE)
	if isKernel(c) {
		if _, ok := s.Manifest.ecosystem(ecosystemLinux); ok {
			return question{ecosystem: ecosystemLinux, names: []string{"Kernel"}, version: q.version, potential: true, lacking: s.lacking(p, release)}, ""
		}
	}
	q.lacking = s.lacking(p, release)
	switch {
	case !known && q.lacking != "":
		return q, q.lacking
	case !known:
		return q, "the data set has no records by product (NVD or the CVE list)"
	case len(q.names) == 0:
		return q, "it has no name to look up"
	}
	return q, ""
}

// lacking says that a package is of a distribution that numbers and repairs its packages
// itself, and that its records are not in the data set; empty for other packages.
func (s *Set) lacking(p packageurl.PackageURL, release string) string {
	if p.Type != "deb" && p.Type != "apk" && p.Type != "rpm" {
		return ""
	}
	name := cmp.Or(distributions[p.Namespace], p.Namespace, "its distribution")
	_, ok := s.Manifest.ecosystem(name)
	switch {
	case !ok:
		return "the data set has no records of " + name
	case release == "":
		return "the release of " + name + " is not known"
	}
	return "the data set has no records of " + name + " " + release
}

// ecosystemLinux holds OSV's records of the kernel.
const ecosystemLinux = "Linux"

// registryName is the name of a package as its registry has it.
func registryName(p packageurl.PackageURL) string {
	switch {
	case p.Namespace == "":
		return p.Name
	case p.Type == "maven":
		return p.Namespace + ":" + p.Name
	}
	return p.Namespace + "/" + p.Name
}

// covered gives the release of a distribution as the data set writes it; "" if it
// has no records of it, "*" for a distribution without releases.
func (s *Set) covered(ecosystem, version string) string {
	e, ok := s.Manifest.ecosystem(ecosystem)
	if !ok {
		return ""
	}
	if len(e.Releases) == 0 {
		return "*"
	}
	for _, r := range e.Releases {
		if version != "" && slices.Contains(releaseNames(ecosystem, version), r) {
			return r
		}
	}
	return ""
}

// releaseNames are the ways in which records write a release whose VERSION_ID is
// known: Debian 12 and Rocky Linux 9 by the first number, Alpine v3.18 and
// Ubuntu 22.04 by two, long-term support said or not.
func releaseNames(ecosystem, version string) []string {
	major, _, _ := strings.Cut(version, ".")
	minor := branchOf(version)
	switch ecosystem {
	case "Debian", "Rocky Linux", "AlmaLinux", "Mageia":
		return []string{major}
	case "Alpine":
		return []string{"v" + minor}
	case "Ubuntu":
		return []string{minor + ":LTS", minor}
	case "openSUSE":
		if versions.IsDate(version) {
			return []string{"Tumbleweed"}
		}
		return []string{"Leap " + minor}
	case "Azure Linux":
		return []string{major, minor}
	}
	return []string{version, minor, major}
}
