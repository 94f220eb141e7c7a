package signing

import (
	"path"
	"strings"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/ostree"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// ostreeObject is a file of an OSTree repository, or of a tree that was checked
// out of one and shares its contents.
type ostreeObject struct {
	Path    string
	Sums    []ostree.Checksum // that it can have, by what its repository may keep
	Content []byte            // of commits, their metadata, and folders
}

// objectName is the end of the path of an object in a repository.
var objectName = lazyregexp.New(`(?:^|/)objects/([0-9a-f]{2})/([0-9a-f]{62})\.(commit|commitmeta|dirtree|dirmeta|file|filez)$`)

const (
	objectsFolder = "objects/"
	deployFolder  = "ostree/deploy/"

	maxObject = 4 << 20 // bytes of a commit or folder
)

var ostreeObjects = &facts.Scan[ostreeObject]{
	Name: "ostree-objects",
	Doc:  "Files of OSTree repositories with the checksums that they have.",
	Want: func(f *firmware.File) bool {
		return f.Kind == firmware.Regular && (strings.Contains(f.Name, deployFolder) || strings.Contains(f.Name, objectsFolder) && objectName.Get().MatchString(f.Name))
	},
	See: func(f *firmware.File, content []byte) []ostreeObject {
		o := ostreeObject{Path: f.Path}
		switch path.Ext(f.Name) {
		case ".commit", ".commitmeta", ".dirtree", ".dirmeta":
			if !objectName.Get().MatchString(f.Name) {
				break
			}
			if len(content) > maxObject {
				return nil
			}
			o.Content = append([]byte{}, content...)
			o.Sums = []ostree.Checksum{f.Digest}
			return []ostreeObject{o}
		case ".filez":
			if sum, err := ostree.SumPacked(content); err == nil && objectName.Get().MatchString(f.Name) {
				o.Sums = []ostree.Checksum{sum}
				return []ostreeObject{o}
			}
		}
		o.Sums = bareSums(f, content)
		return []ostreeObject{o}
	},
}

// Modes of files, as st_mode has them.
const (
	modeRegular = 0o100000
	modeSymlink = 0o120000
	modeType    = 0o170000
)

// bareSums are the checksums of a file as the three bare modes of a repository
// keep it: with owner and attributes, with those in an attribute, or without any.
func bareSums(f *firmware.File, content []byte) []ostree.Checksum {
	if meta, ok := f.Xattrs["user.ostreemeta"]; ok {
		h, err := ostree.ParseMeta(meta)
		if err != nil {
			return nil
		}
		if h.Mode&modeType == modeSymlink {
			h.Link, content = strings.TrimSuffix(string(content), "\x00"), nil
		}
		return []ostree.Checksum{h.Sum(content)}
	}
	h := headerOf(f, modeRegular)
	sums := []ostree.Checksum{h.Sum(content)}
	if h.UID != 0 || h.GID != 0 || len(h.Xattrs) > 0 {
		sums = append(sums, ostree.Header{Mode: h.Mode}.Sum(content))
	}
	return sums
}

// headerOf is what the checksum of a file in a bare repository is over, besides
// its content.
func headerOf(f *firmware.File, kind uint32) ostree.Header {
	h := ostree.Header{UID: f.UID, GID: f.GID, Mode: kind | unixBits(f), Link: f.Link}
	for name, value := range f.Xattrs {
		h.Xattrs = append(h.Xattrs, ostree.Xattr{Name: append([]byte(name), 0), Value: value})
	}
	return h
}
