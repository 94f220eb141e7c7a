package inventory

import (
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/packages"
	"github.com/assay-iot/assay/checks/facts/rpmdb"
	"github.com/assay-iot/assay/firmware"
)

// installed is a package that a database lists.
type installed struct {
	packages.Entry
	Root string // path of the container
}

// listed reads the package databases and the manifests of build systems.
var listed = &facts.Scan[installed]{
	Name:    "packages",
	Version: 3,
	Doc:     "Entries of the opkg, dpkg, apk and rpm databases, packages of Node.js and Python, and the manifests of Buildroot and Yocto.",
	Want:    func(f *firmware.File) bool { return f.Kind == firmware.Regular && packages.Kind(f.Name) != "" },
	See: func(f *firmware.File, content []byte) []installed {
		entries := packages.Read(packages.Kind(f.Name), f.Name, content)
		found := make([]installed, len(entries))
		for i, e := range entries {
			e.Location = facts.AtLine(f, e.Location.Line, e.Location.Offset, e.Location.Length)
			found[i] = installed{e, facts.ContainerPath(f)}
		}
		return found
	},
}

// UnreadDatabases are package databases that are not read to their end.
var UnreadDatabases = &facts.Scan[assay.Location]{
	Name: "unread-package-databases",
	Doc:  "Package databases of RPM that are damaged, or whose last changes stand in a log beside them.",
	Want: func(f *firmware.File) bool {
		database, log := strings.CutSuffix(f.Name, "-wal")
		return f.Kind == firmware.Regular && packages.Kind(database) == "rpm" && (!log || f.Size > 0)
	},
	See: func(f *firmware.File, content []byte) []assay.Location {
		if strings.HasSuffix(f.Name, "-wal") {
			return []assay.Location{facts.At(f)}
		}
		if _, err := rpmdb.Read(content); err != nil {
			return []assay.Location{facts.At(f)}
		}
		return nil
	},
}
