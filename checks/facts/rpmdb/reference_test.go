package rpmdb_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/checks/facts/rpmdb"
	"github.com/assay-iot/assay/checks/facts/sqlite3"
)

// specs are two packages: one whose header is larger than any page, one with all
// the fields.
var specs = map[string]string{
	"many": `Name: many
Version: 1.0
Release: 2
Summary: many files
License: MIT
BuildArch: noarch
%global __os_install_post %{nil}
AutoReqProv: no
%description
many
%install
mkdir -p %{buildroot}/srv
for i in $(seq 3000); do : > %{buildroot}/srv/a-name-that-takes-some-place-$i; done
%files
/srv
`,
	"openssl": `Name: openssl-libs
Epoch: 1
Version: 3.0.7
Release: 27.el9
Summary: one
License: ASL 2.0
Requires: many, /bin/sh, ca-certificates >= 2008
AutoReqProv: no
%global debug_package %{nil}
%description
one
%files
`,
}

func TestReference(t *testing.T) {
	rpm, rpmbuild := need(t, "rpm"), need(t, "rpmbuild")
	dir := t.TempDir()
	for name, spec := range specs {
		file := filepath.Join(dir, name+".spec")
		if err := os.WriteFile(file, []byte(spec), 0o600); err != nil {
			t.Fatal(err)
		}
		run(t, nil, rpmbuild, "-bb", "-D", "_topdir "+dir, "-D", "_rpmfilename "+name+".rpm", file)
	}
	packages, _ := filepath.Glob(filepath.Join(dir, "RPMS", "*.rpm"))
	var records [][]byte
	t.Run("sqlite", func(t *testing.T) {
		backend := []string{"--dbpath", dir, "-D", "_db_backend sqlite"}
		run(t, nil, rpm, append(append(slices.Clone(backend), "-i", "--justdb", "--nodeps", "--ignorearch"), packages...)...)
		content, err := os.ReadFile(filepath.Join(dir, "rpmdb.sqlite"))
		if err != nil {
			t.Fatal(err)
		}
		compare(t, content, list(t, rpm, backend))
		records = blobs(t, content)
	})
	t.Run("ndb", func(t *testing.T) { // Debian's rpm has no ndb
		compare(t, ndb(records...), list(t, rpm, []string{"--dbpath", dir, "-D", "_db_backend sqlite"}))
	})
	for _, page := range []int{512, 4096, 16384} {
		t.Run(fmt.Sprint("bdb ", page), func(t *testing.T) {
			at := filepath.Join(dir, t.Name())
			content := berkeley(t, at, page, records)
			compare(t, content, list(t, rpm, []string{"--dbpath", at, "-D", "_db_backend bdb_ro"}))
		})
	}
}

// list asks rpm itself.
func list(t *testing.T, rpm string, backend []string) []string {
	out := run(t, nil, rpm, append(backend, "-qa", "--qf", `%{NAME} %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE} %{ARCH} %{LICENSE}\n`)...)
	lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(out), "\n"), func(l string) bool { return strings.HasPrefix(l, "warning:") })
	slices.Sort(lines)
	return lines
}

func compare(t *testing.T, content []byte, want []string) {
	t.Helper()
	found, err := rpmdb.Read(content)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range found {
		got = append(got, strings.Join([]string{p.Name, p.Version, p.Arch, p.Licence}, " "))
		if p.Name == "openssl-libs" && (p.Source != "openssl-libs" || !slices.Equal(p.Requires, []string{"ca-certificates", "many"})) {
			t.Errorf("source %q, requires %q", p.Source, p.Requires)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) || len(got) != len(specs) {
		t.Errorf("%q, rpm says %q", got, want)
	}
}

// blobs are the headers in a database of rpm's.
func blobs(t *testing.T, content []byte) (all [][]byte) {
	db := sqlite3.Open(content)
	for _, table := range db.Tables() {
		if table.Name == "Packages" {
			db.Rows(table, func(v []sqlite3.Value) bool { all = append(all, v[1].Blob); return true })
		}
	}
	return all
}

// berkeley writes records into a hash database, as rpm did to version 4.15, with
// Berkeley DB's own loader.
func berkeley(t *testing.T, dir string, page int, records [][]byte) []byte {
	load := need(t, "db5.3_load")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	var in bytes.Buffer
	fmt.Fprintf(&in, "VERSION=3\nformat=bytevalue\ntype=hash\ndb_pagesize=%d\nHEADER=END\n 00000000\n 05000000\n", page)
	for i, r := range records {
		fmt.Fprintf(&in, " %02x000000\n %s\n", i+1, hex.EncodeToString(r))
	}
	in.WriteString("DATA=END\n")
	file := filepath.Join(dir, "Packages")
	run(t, in.Bytes(), load, file)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func need(t *testing.T, tool string) string {
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Skipf("%s is not installed", tool)
	}
	return path
}

func run(t *testing.T, input []byte, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}
