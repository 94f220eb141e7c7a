package facts

import (
	"bytes"
	"path"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/rpmdb"
	"github.com/assay-iot/assay/firmware"
)

// maxPackages bounds the entries that are read from one package database.
const maxPackages = 100_000

// maxField is the number of bytes of a field that are read.
const maxField = 4096

// installed is one entry of a package database.
type installed struct {
	Database string // opkg, deb, apk, rpm, npm, pypi, yocto, buildroot
	Name     string
	Version  string
	Epoch    string // of rpm; also in Version
	Arch     string
	Source   string // the source package, where it has another name
	Licence  string
	Depends  []string // names of packages
	Recipe   bool     // what a package was built from, and no package
	Root     string   // path of the container
	Location assay.Location
}

// databases says by path which package database a file is; the path may lie
// below another folder, such as rom/ or a mount point.
var databases = []struct{ pattern, kind string }{
	{"usr/lib/opkg/status", "opkg"},
	{"var/lib/opkg/status", "opkg"},
	{"usr/lib/opkg/info/*.control", "opkg"},
	{"var/lib/opkg/info/*.control", "opkg"},
	{"var/lib/dpkg/status", "deb"},
	{"var/lib/dpkg/status.d/*", "deb"},
	{"lib/apk/db/installed", "apk"},
	{"var/lib/rpm/Packages", "rpm"},
	{"var/lib/rpm/Packages.db", "rpm"},
	{"var/lib/rpm/rpmdb.sqlite", "rpm"},
	{"usr/lib/sysimage/rpm/Packages", "rpm"},
	{"usr/lib/sysimage/rpm/Packages.db", "rpm"},
	{"usr/lib/sysimage/rpm/rpmdb.sqlite", "rpm"},
	{"usr/share/common-licenses/license.manifest", "yocto"},
	{"usr/share/common-licenses/*/recipeinfo", "recipe"},
	{"*.dist-info/METADATA", "pypi"},
	{"*.egg-info/PKG-INFO", "pypi"},
	{"*.egg-info", "pypi"},
	{"package-lock.json", "npm-lock"},
	{".package-lock.json", "npm-lock"},
	{"npm-shrinkwrap.json", "npm-lock"},
	{"node_modules/*/package.json", "npm"},
	{"node_modules/@*/*/package.json", "npm"},
	{"usr/share/nodejs/*/package.json", "npm"},
	{"usr/share/nodejs/@*/*/package.json", "npm"},
	{"manifest.csv", "buildroot"},
}

// databaseKind gives the kind of package database at a path, or "".
func databaseKind(name string) string {
	for _, d := range databases {
		if matchBelow(d.pattern, name) && !strings.HasSuffix(name, ".md5sums") && (d.kind != "npm-lock" || isOwnLock(name)) {
			return d.kind
		}
	}
	return ""
}

// matchBelow reports whether a path, or its end after some folders, fits a
// pattern of path.Match.
func matchBelow(pattern, name string) bool {
	if last := path.Base(pattern); !strings.HasSuffix(name, last[strings.LastIndexByte(last, '*')+1:]) {
		return false // as nearly always
	}
	extra := strings.Count(name, "/") - strings.Count(pattern, "/")
	if extra < 0 {
		return false
	}
	for ; extra > 0; extra-- {
		_, name, _ = strings.Cut(name, "/")
	}
	ok, _ := path.Match(pattern, name)
	return ok
}

// packages reads the package databases and the manifests of build systems.
var packages = &Scan[installed]{
	Name:    "packages",
	Version: 3,
	Doc:     "Entries of the opkg, dpkg, apk and rpm databases, packages of Node.js and Python, and the manifests of Buildroot and Yocto.",
	Want:    func(f *firmware.File) bool { return f.Kind == firmware.Regular && databaseKind(f.Name) != "" },
	See: func(f *firmware.File, content []byte) []installed {
		kind := databaseKind(f.Name)
		found := readManifest(kind, f.Name, content)
		for i := range found {
			p := &found[i]
			p.Root = containerPath(f)
			p.Location = AtLine(f, p.Location.Line, p.Location.Offset, p.Location.Length)
		}
		return found
	},
}

// UnreadDatabases are package databases that are not read to their end.
var UnreadDatabases = &Scan[assay.Location]{
	Name: "unread-package-databases",
	Doc:  "Package databases of RPM that are damaged, or whose last changes stand in a log beside them.",
	Want: func(f *firmware.File) bool {
		database, log := strings.CutSuffix(f.Name, "-wal")
		return f.Kind == firmware.Regular && databaseKind(database) == "rpm" && (!log || f.Size > 0)
	},
	See: func(f *firmware.File, content []byte) []assay.Location {
		if strings.HasSuffix(f.Name, "-wal") {
			return []assay.Location{At(f)}
		}
		if _, err := rpmdb.Read(content); err != nil {
			return []assay.Location{At(f)}
		}
		return nil
	},
}

// readRPM reads a database of RPM.
func readRPM(content []byte) []installed {
	packages, _ := rpmdb.Read(content) // UnreadDatabases tells of an error
	all := make([]installed, 0, len(packages))
	for _, p := range packages {
		all = append(all, installed{
			Database: "rpm", Name: p.Name, Version: p.Version, Epoch: p.Epoch, Arch: p.Arch, Source: p.Source, Licence: p.Licence,
			Depends: p.Requires, Location: assay.Location{Offset: p.Offset, Length: p.Length},
		})
	}
	return all
}

// readPackages reads paragraphs of fields: "Package: busybox" (Debian Policy
// 5.1, also opkg) or "P:busybox" (apk). Places are those inside the content.
func readPackages(kind string, content []byte) []installed {
	var all []installed
	p := installed{Database: kind}
	gone := false
	end := func() {
		if p.Name != "" && p.Version != "" && !gone && len(all) < maxPackages {
			all = append(all, p)
		}
		p, gone = installed{Database: kind}, false
	}
	line, offset := 0, int64(0)
	for len(content) > 0 {
		raw, rest, _ := bytes.Cut(content, []byte("\n"))
		content, line = rest, line+1
		start := offset
		offset += int64(len(raw)) + 1
		if len(bytes.TrimSpace(raw)) == 0 {
			end()
			continue
		}
		key, val, ok := strings.Cut(string(raw[:min(len(raw), maxField)]), ":")
		if !ok {
			continue
		}
		val = strings.TrimSpace(val)
		switch key {
		case "Package", "P":
			p.Name, p.Location = val, assay.Location{Line: line, Offset: start, Length: int64(len(raw))}
		case "Version", "V":
			p.Version = val
		case "Architecture", "A":
			p.Arch = val
		case "Source", "o":
			p.Source, _, _ = strings.Cut(val, " ")
		case "License", "L":
			p.Licence = val
		case "Depends":
			p.Depends = dependsOn(strings.Split(val, ","))
		case "D":
			p.Depends = dependsOn(strings.Fields(val))
		case "Status": // desired, flags, state: "install ok installed"
			words := strings.Fields(val)
			gone = len(words) == 0 || words[len(words)-1] != "installed"
		}
	}
	end()
	return all
}

// maxDepends bounds the packages that one is said to need.
const maxDepends = 256

// dependsOn gives the names of the packages that one needs: of alternatives the
// first, without the versions that will do. What apk needs by the name of a
// file or a library is left out.
func dependsOn(list []string) []string {
	var names []string
	for _, d := range list[:min(len(list), maxDepends)] {
		d, _, _ = strings.Cut(d, "|")
		d, _, _ = strings.Cut(strings.TrimSpace(d), ":")
		if at := strings.IndexAny(d, " (<>=~"); at >= 0 {
			d = d[:at]
		}
		if d != "" && d != "so" && d != "cmd" && d != "pc" && !strings.ContainsAny(d, "/!") {
			names = append(names, d)
		}
	}
	return names
}
