package advisories

import (
	"errors"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts/advisories/versions"
)

// The forms in which the CVE list says which versions are affected, asked of 1.36.1.
func TestCVEVersions(t *testing.T) {
	for name, tc := range map[string]struct {
		product string
		want    bool
	}{
		"range":                        {`{"versions":[{"version":"1.30.0","lessThan":"1.37.0","status":"affected"}],"defaultStatus":"unaffected"}`, true},
		"repaired in it":               {`{"versions":[{"version":"0","lessThan":"1.36.1","status":"affected"}],"defaultStatus":"unaffected"}`, false},
		"a whole branch":               {`{"versions":[{"version":"0","lessThanOrEqual":"1.36.*","status":"affected"}]}`, true},
		"a branch in words":            {`{"versions":[{"version":"1.36.x","status":"affected"}]}`, true},
		"another branch in words":      {`{"versions":[{"version":"1.35.x","status":"affected"}]}`, false},
		"changed to unaffected":        {`{"versions":[{"version":"1.0","lessThan":"2.*","status":"affected","changes":[{"at":"1.36.1","status":"unaffected"},{"at":"1.40.0","status":"affected"}]}]}`, false},
		"changed back":                 {`{"versions":[{"version":"1.0","lessThan":"2.*","status":"affected","changes":[{"at":"1.30.0","status":"unaffected"},{"at":"1.36.0","status":"affected"},{"at":"1.36.2","status":"unaffected"}]}]}`, true},
		"unaffected, then affected":    {`{"versions":[{"version":"1.30","lessThan":"1.40","status":"unaffected","changes":[{"at":"1.36","status":"affected"},{"at":"1.37","status":"unaffected"}]}]}`, true},
		"affected but for a range":     {`{"versions":[{"version":"1.37.0","lessThan":"*","status":"unaffected"}],"defaultStatus":"affected"}`, true},
		"in that range":                {`{"versions":[{"version":"1.36.0","lessThan":"*","status":"unaffected"}],"defaultStatus":"affected"}`, false},
		"all":                          {`{"versions":[],"defaultStatus":"affected"}`, true},
		"all, one of them named":       {`{"versions":[{"version":"1.20.0","status":"affected"}],"defaultStatus":"affected"}`, true},
		"all, by commits only":         {`{"versions":[{"version":"abc","lessThan":"def","status":"affected","versionType":"git"}],"defaultStatus":"affected"}`, false},
		"unknown":                      {`{"versions":[{"version":"1.36.1","status":"unknown"}],"defaultStatus":"unknown"}`, false},
		"comparison":                   {`{"versions":[{"version":">= 1.30, < 1.36.2","status":"affected"}]}`, true},
		"through":                      {`{"versions":[{"version":"1.30 through 1.36.1","status":"affected"}]}`, true},
		"dash":                         {`{"versions":[{"version":"1.30 - 1.36.0","status":"affected"}]}`, false},
		"and earlier":                  {`{"versions":[{"version":"1.36.1 and earlier","status":"affected"}]}`, true},
		"before":                       {`{"versions":[{"version":"before 1.36.1","status":"affected"}]}`, false},
		"prior to":                     {`{"versions":[{"version":"prior to 1.37","status":"affected"}]}`, true},
		"CPE names hardware only":      {`{"cpes":["cpe:2.3:h:busybox:busybox:-:*:*:*:*:*:*:*"],"versions":[{"version":"1.36.1","status":"affected"}]}`, false},
		"CPE in the form before 2.3":   {`{"cpes":["cpe:/a:busybox:busybox"],"versions":[{"version":"1.36.1","status":"affected"}]}`, true},
		"words that are not a version": {`{"versions":[{"version":"all versions","status":"affected"}]}`, false},
	} {
		record := `{"cveMetadata":{"cveId":"CVE-2099-1","state":"PUBLISHED","dateUpdated":"2026-11-18T01:00:00Z"},"containers":{"cna":{"affected":[` +
			strings.Replace(tc.product, "{", `{"vendor":"busybox","product":"busybox",`, 1) + `]}}}`
		if got := affectedOf(t, Sources{CVE: []string{write(t, t.TempDir(), "CVE-2099-1.json", []byte(record))}}, "busybox:busybox", "1.36.1"); got != tc.want {
			t.Errorf("%s: %t, want %t", name, got, tc.want)
		}
	}
}

// What NVD says of where something is affected, asked of 1.36.1.
func TestNVDConfigurations(t *testing.T) {
	busybox := `{"vulnerable":true,"criteria":"cpe:2.3:a:busybox:busybox:*:*:*:*:*:*:*:*"}`
	on := func(cpe string) string {
		return `{"operator":"AND","nodes":[{"operator":"OR","negate":false,"cpeMatch":[` + busybox + `]},{"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":false,"criteria":"` + cpe + `"}]}]}`
	}
	match := func(more string) string {
		return `{"nodes":[{"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":true,` + more + `}]}]}`
	}
	any := `"criteria":"cpe:2.3:a:busybox:busybox:*:*:*:*:*:*:*:*"`
	for name, tc := range map[string]struct {
		configuration string
		want          bool
	}{
		"on Linux":                {on("cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*"), true},
		"on Windows":              {on("cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*"), false},
		"on hardware":             {on("cpe:2.3:h:acme:cam:-:*:*:*:*:*:*:*"), true},
		"made for Windows":        {match(`"criteria":"cpe:2.3:a:busybox:busybox:*:*:*:*:*:windows:*:*"`), false},
		"made for node.js":        {match(`"criteria":"cpe:2.3:a:busybox:busybox:*:*:*:*:*:node.js:*:*"`), true},
		"no version":              {match(`"criteria":"cpe:2.3:a:busybox:busybox:-:*:*:*:*:*:*:*"`), false},
		"that version":            {match(`"criteria":"cpe:2.3:a:busybox:busybox:1.36.1:*:*:*:*:*:*:*"`), true},
		"that version, candidate": {match(`"criteria":"cpe:2.3:a:busybox:busybox:1.36.1:rc1:*:*:*:*:*:*"`), false},
		"after it":                {match(any + `,"versionStartExcluding":"1.36.1","versionEndExcluding":"1.37"`), false},
		"up to it":                {match(any + `,"versionStartExcluding":"1.36.0","versionEndIncluding":"1.36.1"`), true},
		"another maker's":         {match(`"criteria":"cpe:2.3:a:other:busybox:*:*:*:*:*:*:*:*"`), false},
	} {
		feed := `{"resultsPerPage":1,"startIndex":0,"totalResults":1,"format":"NVD_CVE","version":"2.0","timestamp":"2026-11-20T03:00:00.000","vulnerabilities":[
			{"cve":{"id":"CVE-2099-1","lastModified":"2026-11-19T10:00:00.000","vulnStatus":"Analyzed","configurations":[` + tc.configuration + `]}}]}`
		if got := affectedOf(t, Sources{NVD: []string{write(t, t.TempDir(), "f.json", []byte(feed))}}, "busybox:busybox", "1.36.1"); got != tc.want {
			t.Errorf("%s: %t, want %t", name, got, tc.want)
		}
	}
}

// affectedOf builds a data set and asks it of one version.
func affectedOf(t *testing.T, sources Sources, name, version string) bool {
	t.Helper()
	set, _ := built(t, sources)
	all, err := set.Lookup(ecosystemCPE, name)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if yes, _ := r.Affected[0].Affects(version, versions.Upstream); yes {
			return true
		}
	}
	return false
}

// The answers of NVD's API come in pages; one that is not there is an error.
func TestNVDPages(t *testing.T) {
	dir := t.TempDir()
	page := func(start string) []byte {
		return []byte(`{"resultsPerPage":1,"startIndex":` + start + `,"totalResults":2,"timestamp":"2026-11-20T03:00:00.000","vulnerabilities":[
			{"cve":{"id":"CVE-2099-` + start + `","lastModified":"2026-11-19T10:00:00.000","vulnStatus":"Analyzed","configurations":[{"nodes":[{"cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:a:a:b:1:*:*:*:*:*:*:*"}]}]}]}}]}`)
	}
	write(t, dir, "api/0.json", page("0"))
	_, err := Build(t.Context(), t.TempDir()+"/out", Sources{NVD: []string{dir + "/api"}}, asOf)
	if !errors.Is(err, ErrSource) || !strings.Contains(err.Error(), "1 of the 2 results") {
		t.Errorf("a page is missing: %v", err)
	}
	write(t, dir, "api/1.json", page("1"))
	if _, err := Build(t.Context(), t.TempDir()+"/out", Sources{NVD: []string{dir + "/api"}}, asOf); err != nil {
		t.Error("all pages:", err)
	}
}

// CISA's list in CSV, with ends of lines and commas inside of quotes.
func TestExploitedTable(t *testing.T) {
	record := `{"id":"DSA-1","modified":"2026-11-18T00:00:00Z","upstream":["CVE-2099-1","CVE-2099-2"],"affected":[{"package":{"name":"a","ecosystem":"Debian:12"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]}`
	head := "\ufeffcveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription\r\n"
	build := func(table string) (*Set, error) {
		dir := t.TempDir()
		sources := Sources{OSV: []string{write(t, dir, "all.zip", zipped(t, "DSA-1.json", record))}, KEV: write(t, dir, "kev.csv", []byte(table))}
		if _, err := Build(t.Context(), dir+"/out", sources, asOf); err != nil {
			return nil, err
		}
		return Open(dir + "/out")
	}
	set, err := build(head + "CVE-2099-1,V,\"P, Q\",n,2026-11-10,\"two\nlines, \"\"quoted\"\"\"\r\n")
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	a, err := newAsking(set).ask(question{ecosystem: "Debian", names: []string{"a"}, version: "1"})
	found := a.found
	if err != nil || len(found) != 2 || found[0].Exploited != "2026-11-10" || found[1].Exploited != "" {
		t.Errorf("one of two vulnerabilities of an advisory is exploited: %+v %v", found, err)
	}
	for what, table := range map[string]string{
		"no columns": "a,b,c\n1,2,3\n", "no day": head + "CVE-2099-1,V,P,n,soon,x\n", "short": head + "CVE-2099-1,V\n",
		"quotes": head + "CVE-2099-1,\"V\n", "nothing": "",
	} {
		if _, err := build(table); !errors.Is(err, ErrSource) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
