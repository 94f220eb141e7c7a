package advisories

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/inventory"
)

var asOf = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// write puts a file into a folder of the test.
func write(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	name = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// zipped makes a zip of pairs of name and content.
func zipped(t *testing.T, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err == nil {
			_, err = w.Write([]byte(pairs[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Records in the forms in which they are published, made for the test.
const (
	debianRecord = `{"schema_version": "1.7.3", "id": "DEBIAN-CVE-2030-0001", "modified": "2026-11-20T10:00:00Z", "published": "2030-01-01T00:00:00Z",
 "upstream": ["CVE-2030-0001"], "details": "An example.", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "affected": [
  {"package": {"ecosystem": "Debian:11", "name": "openssl", "purl": "pkg:deb/debian/openssl?arch=source"},
   "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1.1n-0+deb11u4"}]}], "versions": ["1.1.1n-0+deb11u2", "1.1.1n-0+deb11u3", "9.9-odd"],
   "ecosystem_specific": {"urgency": "not yet assigned"}},
  {"package": {"ecosystem": "Debian:12", "name": "openssl"},
   "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}], "ecosystem_specific": {"urgency": "unimportant"}}]}`
	withdrawnRecord = `{"id": "DEBIAN-CVE-2030-0002", "modified": "2026-11-01T10:00:00Z", "withdrawn": "2026-11-01T10:00:00Z",
 "affected": [{"package": {"ecosystem": "Debian:11", "name": "openssl"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}`
	futureRecord = `{"id": "DEBIAN-CVE-2030-0003", "modified": "2999-01-01T10:00:00Z", "aliases": ["CVE-2030-0003"],
 "affected": [{"package": {"ecosystem": "Debian:11", "name": "busybox"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1:1.30.1-6+deb11u1"}]}]}]}`
	nvdFeed = `{"resultsPerPage": 2, "startIndex": 0, "totalResults": 2, "format": "NVD_CVE", "version": "2.0", "timestamp": "2026-11-22T01:00:00.000",
 "vulnerabilities": [
 {"cve": {"id": "CVE-2030-0010", "published": "2030-01-01T00:00:00.000", "lastModified": "2026-11-21T00:00:00.000", "vulnStatus": "Analyzed",
  "descriptions": [{"lang": "es", "value": "Un ejemplo"}, {"lang": "en", "value": "An example."}],
  "metrics": {"cvssMetricV31": [{"source": "x", "type": "Secondary", "cvssData": {"baseScore": 5.0}}, {"source": "nvd@nist.gov", "type": "Primary", "cvssData": {"version": "3.1", "baseScore": 9.8, "baseSeverity": "CRITICAL"}}]},
  "configurations": [{"nodes": [{"operator": "OR", "negate": false, "cpeMatch": [
   {"vulnerable": true, "criteria": "cpe:2.3:a:busybox:busybox:*:*:*:*:*:*:*:*", "versionStartExcluding": "1.20.0", "versionEndExcluding": "1.34.0"},
   {"vulnerable": true, "criteria": "cpe:2.3:a:openbsd:openssh:8.5:p1:*:*:*:*:*:*"},
   {"vulnerable": false, "criteria": "cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*"},
   {"vulnerable": true, "criteria": "cpe:2.3:h:acme:box:-:*:*:*:*:*:*:*"}]}]}]}},
 {"cve": {"id": "CVE-2030-0011", "lastModified": "2026-11-21T00:00:00.000", "vulnStatus": "Rejected", "descriptions": []}}]}`
	cveRecord = `{"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": {"cveId": "CVE-2030-0020", "state": "PUBLISHED", "dateUpdated": "2026-11-19T00:00:00.000Z"},
 "containers": {"cna": {"descriptions": [{"lang": "en", "value": "An example in the kernel."}],
  "affected": [
   {"vendor": "Linux", "product": "Linux", "defaultStatus": "unaffected", "versions": [{"version": "1da177e4c3f4", "lessThan": "abcdef123456", "status": "affected", "versionType": "git"}]},
   {"vendor": "Linux", "product": "Linux", "defaultStatus": "affected", "versions": [
    {"version": "4.15", "status": "affected"}, {"version": "0", "lessThan": "4.15", "status": "unaffected", "versionType": "semver"},
    {"version": "5.4.211", "lessThanOrEqual": "5.4.*", "status": "unaffected", "versionType": "semver"},
    {"version": "5.10.140", "lessThanOrEqual": "5.10.*", "status": "unaffected", "versionType": "semver"},
    {"version": "6.0", "lessThanOrEqual": "*", "status": "unaffected", "versionType": "original_commit_for_fix"}]}]},
  "adp": [{"metrics": [{"cvssV3_1": {"baseScore": 7.8, "baseSeverity": "HIGH"}}]}]}}`
	cveWords = `{"cveMetadata": {"cveId": "CVE-2030-0021", "state": "PUBLISHED", "dateUpdated": "2026-11-18T00:00:00.000Z"},
 "containers": {"cna": {"affected": [{"vendor": "thekelleys", "product": "dnsmasq", "versions": [{"version": ">= 2.80, < 2.86", "status": "affected"}]},
  {"vendor": "n/a", "product": "n/a", "versions": [{"version": "n/a", "status": "affected"}]}]}}}`
	cveRejected = `{"cveMetadata": {"cveId": "CVE-2030-0022", "state": "REJECTED", "dateUpdated": "2026-11-18T00:00:00.000Z"}, "containers": {"cna": {}}}`
	kevList     = `{"title": "list", "catalogVersion": "2026.11.20", "dateReleased": "2026-11-20T15:00:00.0000Z", "count": 1,
 "vulnerabilities": [{"cveID": "CVE-2030-0001", "vendorProject": "OpenSSL", "dateAdded": "2026-11-02", "knownRansomwareCampaignUse": "Unknown"}]}`
	epssScores = "#model_version:v2030.01.01,score_date:2026-11-22T00:00:00+0000\ncve,epss,percentile\nCVE-2030-0001,0.94321,0.99\nCVE-2030-0010,0.5,0.9\n"
	endTable   = "# own\nbusybox 1.33 2022-12-31 https://example.org/\n"
)

// published writes all kinds of source.
func published(t *testing.T) Sources {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "cves/2030/0xxx/CVE-2030-0020.json", []byte(cveRecord))
	write(t, dir, "cves/2030/0xxx/CVE-2030-0021.json", []byte(cveWords))
	write(t, dir, "cves/2030/0xxx/CVE-2030-0022.json", []byte(cveRejected))
	write(t, dir, "cves/delta.json", []byte(`[]`))
	return Sources{
		OSV: []string{write(t, dir, "Debian/all.zip", zipped(t, "DEBIAN-CVE-2030-0001.json", debianRecord,
			"DEBIAN-CVE-2030-0002.json", withdrawnRecord, "DEBIAN-CVE-2030-0003.json", futureRecord))},
		NVD:       []string{write(t, dir, "nvdcve-2.0-2030.json.gz", gzipped(t, nvdFeed))},
		CVE:       []string{filepath.Join(dir, "cves")},
		KEV:       write(t, dir, "kev.json", []byte(kevList)),
		EPSS:      write(t, dir, "epss.csv.gz", gzipped(t, epssScores)),
		EndOfLife: write(t, dir, "ends.txt", []byte(endTable)),
	}
}

// built builds and opens a data set.
func built(t *testing.T, s Sources) (*Set, string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "data")
	if _, err := Build(t.Context(), out, s, asOf); err != nil {
		t.Fatal(err)
	}
	set, err := Open(out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { set.Close() })
	return set, out
}

// asked looks a component up and gives its vulnerabilities in short.
func asked(t *testing.T, set *Set, components ...inventory.Component) string {
	t.Helper()
	for i := range components {
		components[i].Places = []assay.Location{{Path: "image!etc"}}
	}
	r, err := Match(set, components)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, m := range r.Missed {
		b.WriteString("missed " + m.Name + ": " + m.Reason + "; ")
	}
	for _, c := range r.Affected {
		b.WriteString(c.Name + " by " + c.By)
		if c.Potential {
			b.WriteString(" potential")
		}
		for _, v := range c.Known {
			b.WriteString(" " + v.ID + "/" + string(v.Rating) + "/" + v.Fixed + "/" + v.Exploited)
		}
		b.WriteString("; ")
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func deb(name, source, version string) inventory.Component {
	return inventory.Component{Name: name, Source: source, Version: version, Kind: inventory.KindPackage, Confidence: inventory.ConfidencePackage, PURL: "pkg:deb/debian/" + name + "@" + version}
}

func program(name, version string) inventory.Component {
	return inventory.Component{Name: name, Version: version, Kind: inventory.KindProgram, Confidence: inventory.ConfidenceString, PURL: "pkg:generic/" + name + "@" + version}
}

func debian(release string) inventory.Component {
	return inventory.Component{Name: "debian", Version: release, Kind: inventory.KindSystem}
}

func TestLookUp(t *testing.T) {
	set, _ := built(t, published(t))
	kernel := program("linux", "5.4.188")
	kernel.Kind = inventory.KindKernel
	newer := program("linux", "5.4.250")
	newer.Kind = inventory.KindKernel
	between := program("linux", "5.5.1")
	between.Kind = inventory.KindKernel
	old := program("linux", "4.4.302")
	old.Kind = inventory.KindKernel
	for _, c := range []struct {
		name string
		of   []inventory.Component
		want string
	}{
		{"affected in this release", []inventory.Component{debian("11"), deb("libssl1.1", "openssl", "1.1.1n-0+deb11u3")}, "libssl1.1 by Debian:11 CVE-2030-0001/critical/1.1.1n-0+deb11u4/2026-11-02"},
		{"two packages of one source", []inventory.Component{debian("11"), deb("libssl1.1", "openssl", "1.1.1n-0+deb11u3"), deb("openssl", "", "1.1.1n-0+deb11u3")}, "openssl by Debian:11 CVE-2030-0001/critical/1.1.1n-0+deb11u4/2026-11-02"},
		{"repaired in this release", []inventory.Component{debian("11"), deb("libssl1.1", "openssl", "1.1.1n-0+deb11u4")}, ""},
		{"listed, and outside the range", []inventory.Component{debian("11"), deb("libssl1.1", "openssl", "9.9-odd")}, "libssl1.1 by Debian:11 CVE-2030-0001/critical//2026-11-02"},
		{"another urgency in another release", []inventory.Component{debian("12"), deb("libssl3", "openssl", "3.0.8-1")}, "libssl3 by Debian:12 CVE-2030-0001/negligible//2026-11-02"},
		{"a release without records goes by the project", []inventory.Component{debian("9"), deb("busybox", "", "1:1.22.0-19")}, "missed busybox: the data set has no records of Debian 9; busybox by CPE potential CVE-2030-0010/critical/1.34.0/"},
		{"no release at all", []inventory.Component{deb("busybox", "", "1:1.22.0-19")}, "missed busybox: the release of Debian is not known; busybox by CPE potential CVE-2030-0010/critical/1.34.0/"},
		{"an epoch", []inventory.Component{debian("11"), deb("busybox", "", "1:1.30.1-6")}, "busybox by Debian:11 CVE-2030-0003//1:1.30.1-6+deb11u1/"},
		{"a start that is excluded", []inventory.Component{program("busybox", "1.20.0")}, ""},
		{"after it", []inventory.Component{program("busybox", "1.20.1")}, "busybox by CPE potential CVE-2030-0010/critical/1.34.0/"},
		{"a version with an update", []inventory.Component{program("openssh", "8.5p1")}, "openssh by CPE potential CVE-2030-0010/critical//"},
		{"comparisons in words", []inventory.Component{program("dnsmasq", "2.85")}, "dnsmasq by CPE potential CVE-2030-0021//2.86/"},
		{"a kernel before the repair of its branch", []inventory.Component{kernel}, "linux by CPE potential CVE-2030-0020/high/5.4.211/"},
		{"a kernel after it", []inventory.Component{newer}, ""},
		{"a branch without a repair", []inventory.Component{between}, "linux by CPE potential CVE-2030-0020/high/5.10.140/"},
		{"a branch before it came in", []inventory.Component{old}, ""},
		{"a registry that is not there", []inventory.Component{{Name: "example.org/x", Version: "v1.0.0", Kind: inventory.KindModule, PURL: "pkg:golang/example.org/x@v1.0.0"}}, "missed example.org/x: the data set has no records of Go"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := asked(t, set, c.of...); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestManifest(t *testing.T) {
	set, _ := built(t, published(t))
	m := set.Manifest
	if m.AsOf != "2026-11-23" || m.Demo {
		t.Errorf("as of %s, demo %t", m.AsOf, m.Demo)
	}
	debian, _ := m.ecosystem("Debian")
	if debian.Day != "2026-11-20" {
		t.Errorf("Debian is of %s: a record that is dated in the future makes nothing fresh", debian.Day)
	}
	if debian.Records != 2 || debian.Packages != 2 || strings.Join(debian.Releases, " ") != "11 12" {
		t.Errorf("Debian: %+v", debian)
	}
	if m.Exploited == nil || *m.Exploited != (Joined{"2026-11-20", 1, 1}) {
		t.Errorf("exploited: %+v", m.Exploited)
	}
	if m.Scored == nil || *m.Scored != (Joined{"2026-11-22", 2, 3}) {
		t.Errorf("scored: %+v", m.Scored)
	}
	for _, s := range m.Sources {
		if strings.ContainsRune(s.Name, '/') || s.Digest == "" || s.Records == 0 {
			t.Errorf("source %+v", s)
		}
		if s.Kind == "osv" && (s.Records != 3 || s.LeftOut != 1) || s.Kind == "cve" && (s.Records != 3 || s.LeftOut != 1) {
			t.Errorf("%s: %d records, %d left out", s.Kind, s.Records, s.LeftOut)
		}
	}
	if len(set.Ends) != 1 || set.Ends[0].Component != "busybox" {
		t.Errorf("ends of support: %+v", set.Ends)
	}
}

func TestFind(t *testing.T) {
	set, _ := built(t, published(t))
	for id, want := range map[string]int{"CVE-2030-0010": 2, "CVE-2030-0001": 1, "DEBIAN-CVE-2030-0001": 1, "CVE-2030-00": 0} {
		found, err := set.Find(id)
		if err != nil || len(found) != want {
			t.Errorf("%s: %d records, %v; want %d", id, len(found), err, want)
		}
	}
}

// TestSameBytes builds twice, with runs of another size and the sources in another
// order.
func TestSameBytes(t *testing.T) {
	s := published(t)
	_, first := built(t, s)
	s.OSV = append(s.OSV, s.OSV[0])
	_, twice := built(t, s) // the same records again
	want, err := os.ReadFile(filepath.Join(first, "Debian", recordsFile))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(twice, "Debian", recordsFile))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("records that are given twice change the data set: %v", err)
	}
	s.OSV = s.OSV[:1]
	_, second := built(t, s)
	err = filepath.WalkDir(first, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(first, path)
		if err != nil {
			return err
		}
		a, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(filepath.Join(second, rel))
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs", rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestRuns sorts with files as in memory.
func TestRuns(t *testing.T) {
	order := func(limit int) string {
		s := &sorter{folder: t.TempDir(), limit: limit}
		defer s.close()
		for i := range 2000 {
			n := byte('a' + i*7919%26)
			if err := s.add(line{ecosystem: "E", name: string(n), id: string(rune('A' + i%17)), rank: byte(i % 3), text: []byte{n}}); err != nil {
				t.Fatal(err)
			}
		}
		var b strings.Builder
		if err := s.each((*line).complete, func(l *line) error { b.WriteString(l.name + l.id + string('0'+l.rank)); return nil }); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if a, b := order(1<<30), order(1000); a != b || a == "" {
		t.Error("runs in files give another order")
	}
}

func TestVerify(t *testing.T) {
	_, dir := built(t, published(t))
	if _, err := Verify(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Debian/" + recordsFile, "Debian/" + indexFile, "CPE/" + recordsFile, endOfLifeFile} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for what, changed := range map[string][]byte{"a bit": flipped(data), "the end": data[:len(data)-1], "more": append(bytes.Clone(data), 'x')} {
			write(t, dir, name, changed)
			if _, err := Verify(dir); err == nil {
				t.Errorf("%s: %s was changed, and it verifies", name, what)
			}
		}
		write(t, dir, name, data)
	}
	if _, err := Verify(dir); err != nil {
		t.Error("restored, it does not verify:", err)
	}
}

// TestSeal changes what the manifest says of days and numbers: nobody may make a set
// look newer than it is. A manifest of an earlier version has no seal, and is read.
func TestSeal(t *testing.T) {
	set, dir := built(t, published(t))
	m := &set.Manifest
	path := filepath.Join(dir, "manifest.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ecosystem := m.Ecosystems[0]
	for what, change := range map[string][2]string{
		"as-of":       {`"as_of": "` + m.AsOf + `"`, `"as_of": "2030-01-01"`},
		"a day":       {`"day": "` + ecosystem.Day + `"`, `"day": "2026-11-21"`},
		"the format":  {ManifestFormat, unsealedFormat},
		"the seal":    {`"seal_sha256": "` + string(m.Seal), `"seal_sha256": "` + string(m.Ecosystems[0].Index)},
		"no seal":     {`"seal_sha256"`, `"sealed"`},
		"a member":    {`"as_of"`, `"new": 1, "as_of"`},
		"white space": {`"as_of": `, `"as_of":  `},
	} {
		changed := bytes.Replace(data, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(changed, data) {
			t.Fatalf("%s: %q is not there", what, change[0])
		}
		write(t, dir, "manifest.json", changed)
		if _, err := Verify(dir); err == nil {
			t.Errorf("%s was changed, and it verifies", what)
		}
		if s, err := Open(dir); err == nil {
			s.Close()
			t.Errorf("%s was changed, and it opens", what)
		}
	}
	old := *m
	old.Format, old.Seal = unsealedFormat, ""
	text, err := old.write()
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "manifest.json", text)
	if s, err := Verify(dir); err != nil || s.Manifest.Sealed() {
		t.Error("the layout of an earlier version:", err)
	}
}

func flipped(data []byte) []byte {
	data = bytes.Clone(data)
	data[len(data)/2] ^= 1
	return data
}

// TestDamaged wants an error, never an answer, of a data set that was changed.
func TestDamaged(t *testing.T) {
	_, dir := built(t, published(t))
	path := filepath.Join(dir, "Debian", recordsFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "Debian/"+recordsFile, flipped(data))
	set, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	if all, err := set.Lookup("Debian", "openssl"); err == nil {
		t.Errorf("%d records of a file that was changed", len(all))
	}
}

func TestWrongSources(t *testing.T) {
	dir := t.TempDir()
	good := zipped(t, "a.json", debianRecord)
	for name, c := range map[string]struct {
		s    Sources
		want string
	}{
		"JSON in a zip":       {Sources{OSV: []string{write(t, dir, "1.zip", zipped(t, "X.json", `{"id": "X", oops`))}}, "1.zip!X.json cannot be used: at offset 13"},
		"a type":              {Sources{OSV: []string{write(t, dir, "2.zip", zipped(t, "X.json", `{"id": 5}`))}}, "2.zip!X.json cannot be used: at offset 8"},
		"no record":           {Sources{OSV: []string{write(t, dir, "3.zip", zipped(t, "X.json", `{}`))}}, "3.zip!X.json cannot be used: this is no record"},
		"a zip in a zip":      {Sources{CVE: []string{write(t, dir, "4.zip", zipped(t, "cves.zip", "PK"))}}, "unpack that"},
		"half a zip":          {Sources{OSV: []string{write(t, dir, "5.zip", good[:len(good)/2])}}, "5.zip cannot be used"},
		"no zip":              {Sources{OSV: []string{write(t, dir, "6.zip", []byte("hello"))}}, "6.zip cannot be used"},
		"NVD of another kind": {Sources{NVD: []string{write(t, dir, "7.json", []byte(`{"CVE_Items": []}`))}}, `7.json cannot be used: it has no "vulnerabilities"`},
		"NVD cut short":       {Sources{NVD: []string{write(t, dir, "8.json", []byte(nvdFeed[:300]))}}, "8.json cannot be used: at offset"},
		"NVD without ids":     {Sources{NVD: []string{write(t, dir, "9.json", []byte(`{"vulnerabilities": [{"cve": {}}]}`))}}, "at offset 21: this is no record"},
		"KEV without dates":   {Sources{KEV: write(t, dir, "10.json", []byte(`{"vulnerabilities": [{"cveID": "CVE-1-1", "dateAdded": "soon"}]}`))}, "10.json cannot be used: at offset"},
		"EPSS":                {Sources{EPSS: write(t, dir, "11.csv", []byte("cve,epss,percentile\nCVE-2030-0001,2,0\n"))}, "11.csv cannot be used: line 2"},
		"EPSS, one long line": {Sources{EPSS: write(t, dir, "12.csv", bytes.Repeat([]byte("x"), 1<<20))}, "12.csv cannot be used: line 1"},
		"a table":             {Sources{OSV: []string{write(t, dir, "13.zip", good)}, EndOfLife: write(t, dir, "13.txt", []byte("a b c\n"))}, "13.txt cannot be used: line 1"},
		"gzip":                {Sources{NVD: []string{write(t, dir, "14.json.gz", []byte("hello"))}}, "14.json.gz cannot be used"},
		"a type, in words":    {Sources{OSV: []string{write(t, dir, "16.zip", zipped(t, "X.json", `{"id": "X", "affected": {}}`))}}, `at offset 25: "affected" is of the wrong type (object)`},
		"KEV cut short":       {Sources{KEV: write(t, dir, "17.json", []byte(strings.Replace(kevList, `"count": 1`, `"count": 2`, 1)))}, "it holds 1 of the 2 entries that it counts"},
		"an empty table":      {Sources{OSV: []string{write(t, dir, "18.zip", good)}, EndOfLife: write(t, dir, "18.txt", []byte("# none\n"))}, "18.txt cannot be used: it has no rows"},
		"two days":            {Sources{OSV: []string{write(t, dir, "19.zip", good)}, EndOfLife: write(t, dir, "19.txt", []byte("\ufefflinux 5.4 2026-01-01 x\nlinux 5.4 2027-01-01 x\n"))}, "line 2: another line says 2026-01-01 of linux 5.4"},
		"a day to come":       {Sources{OSV: []string{write(t, dir, "20.zip", zipped(t, "X.json", futureRecord))}}, "no record of Debian is dated on or before 2026-11-23"},
		"no name of a folder": {Sources{OSV: []string{write(t, dir, "21.zip", zipped(t, "X.json", strings.ReplaceAll(debianRecord, "Debian:11", "..")))}}, "cannot both have a folder"},
		"an empty feed":       {Sources{NVD: []string{write(t, dir, "15.json", []byte(`{"vulnerabilities": []}`))}}, "it holds no record"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Build(t.Context(), filepath.Join(t.TempDir(), "data"), c.s, asOf)
			if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, ErrSource) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestKeepsOtherFolders(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "own/letter.txt", []byte("hello"))
	if _, err := Build(t.Context(), filepath.Join(dir, "own"), published(t), asOf); !errors.Is(err, ErrNotData) {
		t.Errorf("a folder with other files was replaced: %v", err)
	}
	out := filepath.Join(dir, "data")
	for range 2 { // a data set is replaced
		if _, err := Build(t.Context(), out, published(t), asOf); err != nil {
			t.Fatal(err)
		}
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) != 2 {
		t.Errorf("left behind: %v %v", names, err)
	}
}

func TestStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	out := filepath.Join(t.TempDir(), "data")
	if _, err := Build(ctx, out, published(t), asOf); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a data set is there")
	}
}

func TestScore(t *testing.T) {
	for vector, want := range map[string]float64{
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H":                                9.8,
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H":                                10,
		"CVSS:3.0/AV:L/AC:H/PR:L/UI:N/S:U/C:H/I:H/A:H":                                7,
		"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:H/A:N":                                5.9,
		"CVSS:3.1/AV:N/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N":                                5.4,
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N":                                0,
		"CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N/":                               9.8,
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U":                  9.8, // a threat is not the base
		"AV:N/AC:L/Au:N/C:P/I:P/A:P":                                                  7.5,
		"(AV:L/AC:H/Au:N/C:C/I:C/A:C)":                                                6.2,
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N":             9.3,
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H":             10,
		"CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:N/VI:N/VA:L/SC:N/SI:N/SA:N/E:U/S:N/R:A": 4.8,
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N":             0,
		"CVSS:3.1/AV:N": 0, "CVSS:4.0/AV:N/AC:L/AT:N": 0, "CVSS:5.0/AV:N/AC:L/Au:N/C:P/I:P/A:P": 0, "": 0, "high": 0,
	} {
		if got := scoreOf(vector); got != want {
			t.Errorf("%s: %v, want %v", vector, got, want)
		}
	}
}

func TestDemo(t *testing.T) {
	set, err := Demo()
	if err != nil {
		t.Fatal(err)
	}
	if !set.Manifest.Demo {
		t.Error("it does not say that it is for demonstration")
	}
	for _, e := range set.Manifest.Ecosystems {
		if err := set.verify(e, tally{}); err != nil {
			t.Error(err)
		}
	}
	if got := asked(t, set, program("openssl", "1.0.1f")); !strings.Contains(got, "CVE-2014-0160/high/1.0.1g/2022-05-04") {
		t.Error(got)
	}
	if got := asked(t, set, program("openssl", "1.0.1g")); strings.Contains(got, "CVE-2014-0160") {
		t.Error(got)
	}
}
