package communication

import (
	"fmt"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

// oldSSH is the age in years from which a version of an SSH server is noted.
const oldSSH = 5

// openSSHYears are the years in which versions of OpenSSH came out, by the first of each
// year (https://www.openssh.com/releasenotes.html). It names no ends of support: the last
// version is the one that is repaired.
var openSSHYears = []struct{ major, minor, year int }{
	{3, 0, 2001},
	{3, 1, 2002},
	{3, 6, 2003},
	{3, 8, 2004},
	{4, 0, 2005},
	{4, 3, 2006},
	{4, 6, 2007},
	{4, 9, 2008},
	{5, 2, 2009},
	{5, 4, 2010},
	{5, 7, 2011},
	{6, 0, 2012},
	{6, 2, 2013},
	{6, 5, 2014},
	{6, 8, 2015},
	{7, 2, 2016},
	{7, 5, 2017},
	{7, 7, 2018},
	{8, 0, 2019},
	{8, 2, 2020},
	{8, 5, 2021},
	{8, 9, 2022},
	{9, 2, 2023},
	{9, 7, 2024},
}

// openSSHYear is the year of a version such as "7.9p1-1". What is newer than the table, or
// older, has none.
func openSSHYear(version string) (year int, ok bool) {
	if _, after, ok := strings.Cut(version, ":"); ok { // the epoch of a package
		version = after
	}
	var major, minor int
	if n, _ := fmt.Sscanf(version, "%d.%d", &major, &minor); n != 2 || major > 9 {
		return 0, false
	}
	for _, y := range openSSHYears {
		if y.major < major || y.major == major && y.minor <= minor {
			year = y.year
		}
	}
	return year, year != 0
}

// sshAge notes an OpenSSH of the root that is old. One of a distribution that repairs its
// packages without a new number is not noted.
func sshAge(c *checks.Context, root string, components []inventory.Component) []assay.Finding {
	var found []assay.Finding
	for _, k := range components {
		year, ok := openSSHYear(k.Version)
		if !ok || !k.Named("openssh") || repairedByDistribution(k) || c.AsOf.Year()-year < oldSSH {
			continue
		}
		for _, p := range k.Places {
			if strings.HasPrefix(p.Path, root+"!") {
				found = append(found, checks.Observed(assay.Low, fmt.Sprintf("OpenSSH %s is %d years old", k.Version, c.AsOf.Year()-year), p))
				break
			}
		}
	}
	return found
}

func repairedByDistribution(k inventory.Component) bool {
	return strings.HasPrefix(k.PURL, "pkg:deb/") || strings.HasPrefix(k.PURL, "pkg:apk/") || strings.HasPrefix(k.PURL, "pkg:rpm/")
}
