// Package packages reads what package managers and build systems leave in a file system:
// their databases and manifests. It tells by a path whether a file is one, or lies where
// package managers put what others published.
//
//	for _, p := range packages.Read(packages.Kind(name), name, content) {
//		fmt.Println(p.Name, p.Version)
//	}
package packages

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
)

// maxPackages bounds the entries that are read from one package database.
const maxPackages = 100_000

// maxField is the number of bytes of a field that are read.
const maxField = 4096

// Entry is a package as one database or manifest lists it.
type Entry struct {
	Database string // opkg, deb, apk, rpm, npm, pypi, yocto, buildroot
	Name     string
	Version  string
	Epoch    string // of rpm; also in Version
	Arch     string
	Source   string // the source package, where it has another name
	Licence  string
	Depends  []string       // names of packages
	Recipe   bool           // what a package was built from, and no package
	Location assay.Location // in the content that was read
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

// Kind gives the kind of package database or manifest that a file is by its path inside
// a file system, in the words of [Entry.Database] and a few of forms; "" for any other file.
func Kind(name string) string {
	for _, d := range databases {
		if MatchBelow(d.pattern, name) && !strings.HasSuffix(name, ".md5sums") && (d.kind != "npm-lock" || isOwnLock(name)) {
			return d.kind
		}
	}
	return ""
}

// MatchBelow reports whether a path, or its end after some folders, fits a
// pattern of path.Match.
func MatchBelow(pattern, name string) bool {
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

// libraryFolders are where package managers put packages.
var libraryFolders = []string{"node_modules", "bower_components", "site-packages", "dist-packages"}

// IsLibraryFolder reports whether package managers of languages put packages into folders
// of a name.
func IsLibraryFolder(name string) bool { return slices.Contains(libraryFolders, name) }

// InLibraries reports whether a path lies in such a folder.
func InLibraries(name string) bool {
	return slices.ContainsFunc(strings.Split(path.Dir(name), "/"), IsLibraryFolder)
}
