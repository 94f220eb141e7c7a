package advisories

import (
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts/inventory"
)

// of makes a component of a registry.
func of(kind string, name, version, purl string) inventory.Component {
	return inventory.Component{Name: name, Version: version, Kind: kind, Confidence: inventory.ConfidencePackage, PURL: purl}
}

// TestRegistries asks by names and versions as registries have them.
func TestRegistries(t *testing.T) {
	dir := t.TempDir()
	osv := write(t, dir, "all.zip", zipped(t,
		"GO-1.json", `{"id": "GO-2030-0001", "modified": "2026-11-20T10:00:00Z", "aliases": ["CVE-2030-0101"], "severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}],
 "affected": [{"package": {"ecosystem": "Go", "name": "github.com/Acme/Tool/v3"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "3.1.4"}]}]}]}`,
		"PY-1.json", `{"id": "PYSEC-2030-1", "modified": "2026-11-20T10:00:00Z", "aliases": ["CVE-2030-0102"], "severity": [{"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}],
 "affected": [{"package": {"ecosystem": "PyPI", "name": "zope.Interface"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "4.0a1"}, {"fixed": "5.0"}]}, {"type": "GIT", "events": [{"introduced": "0"}]}]}]}`,
		"NPM-1.json", `{"id": "GHSA-1", "modified": "2026-11-20T10:00:00Z", "aliases": ["CVE-2030-0103"], "database_specific": {"severity": "LOW"},
 "affected": [{"package": {"ecosystem": "npm", "name": "@acme/core"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "1.0.0"}, {"last_affected": "1.4.2"}, {"introduced": "2.0.0"}, {"limit": "2.5.0"}]}]}]}`,
	))
	set, _ := built(t, Sources{OSV: []string{osv}})
	for _, c := range []struct {
		name string
		of   inventory.Component
		want string
	}{
		{"a module of Go with great letters", of(inventory.KindModule, "github.com/Acme/Tool/v3", "v3.1.3", "pkg:golang/github.com/acme/tool/v3@v3.1.3"), "github.com/Acme/Tool/v3 by Go CVE-2030-0101/critical/3.1.4/"},
		{"repaired", of(inventory.KindModule, "github.com/Acme/Tool/v3", "v3.1.4", "pkg:golang/github.com/acme/tool/v3@v3.1.4"), ""},
		{"another spelling at PyPI", of(inventory.KindPython, "zope_interface", "4.7", "pkg:pypi/zope-interface@4.7"), "zope_interface by PyPI CVE-2030-0102/high/5.0/"},
		{"before the release that is repaired", of(inventory.KindPython, "zope.interface", "5.0b2", "pkg:pypi/zope.interface@5.0b2"), "zope.interface by PyPI CVE-2030-0102/high/5.0/"},
		{"after it", of(inventory.KindPython, "zope.interface", "5.0.post1", "pkg:pypi/zope.interface@5.0.post1"), ""},
		{"the last that is affected", of(inventory.KindNode, "@acme/core", "1.4.2", "pkg:npm/%40acme/core@1.4.2"), "@acme/core by npm CVE-2030-0103/low//"},
		{"between", of(inventory.KindNode, "@acme/core", "1.4.3", "pkg:npm/%40acme/core@1.4.3"), ""},
		{"again", of(inventory.KindNode, "@acme/core", "2.4.9", "pkg:npm/%40acme/core@2.4.9"), "@acme/core by npm CVE-2030-0103/low//"},
		{"above the limit", of(inventory.KindNode, "@acme/core", "2.5.0", "pkg:npm/%40acme/core@2.5.0"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := asked(t, set, c.of); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestJoined reads records of one vulnerability from several sources.
func TestJoined(t *testing.T) {
	dir := t.TempDir()
	unrated := strings.ReplaceAll(cveRecord, "cvssV3_1", "other")
	feed := `{"timestamp": "2026-11-22T01:00:00.000", "vulnerabilities": [{"cve": {"id": "CVE-2030-0020", "lastModified": "2026-11-21T00:00:00.000", "vulnStatus": "Analyzed",
  "metrics": {"cvssMetricV31": [{"type": "Primary", "cvssData": {"baseScore": 7.8}}]},
  "configurations": [{"nodes": [{"cpeMatch": [{"vulnerable": true, "criteria": "cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*", "versionStartIncluding": "4.15", "versionEndExcluding": "6.0"}]}]}]}}]}`
	set, _ := built(t, Sources{
		CVE: []string{write(t, dir, "CVE-2030-0020.json", []byte(unrated))},
		NVD: []string{write(t, dir, "nvd.json", []byte(feed))},
	})
	kernel := func(version string) inventory.Component {
		c := program("linux", version)
		c.Kind = inventory.KindKernel
		return c
	}
	if got, want := asked(t, set, kernel("5.4.188")), "linux by CPE potential CVE-2030-0020/high/5.4.211/"; got != want {
		t.Errorf("the branches of the kernel's own record, rated by NVD\ngot  %s\nwant %s", got, want)
	}
	if got := asked(t, set, kernel("5.4.250")); got != "" {
		t.Errorf("repaired in its branch, whatever NVD's range says: %s", got)
	}

	older := strings.NewReplacer(`, "withdrawn": "2026-11-01T10:00:00Z"`, "", "2026-11-01", "2026-10-01").Replace(withdrawnRecord)
	newer := strings.NewReplacer(`, "withdrawn": "2026-11-01T10:00:00Z"`, "", "2026-11-01", "2026-11-02").Replace(withdrawnRecord)
	for _, c := range []struct {
		name, copy string
		want       bool
	}{
		{"an older copy of what was withdrawn", older, false},
		{"what was published again", newer, true},
	} {
		set, _ := built(t, Sources{OSV: []string{
			write(t, dir, "a.zip", zipped(t, "1.json", withdrawnRecord, "2.json", debianRecord)), write(t, dir, "b.zip", zipped(t, "1.json", c.copy)),
		}})
		if got := asked(t, set, debian("11"), deb("libssl3", "openssl", "3.0.8-1")); strings.Contains(got, "CVE-2030-0002") != c.want {
			t.Errorf("%s: got %q", c.name, got)
		}
	}
}
