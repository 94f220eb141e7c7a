package facts

import (
	"path"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// appended is the container of what is appended to an image in several blocks, of
// which one may sign the image.
const appended = "fwtool"

// signedParts are the containers that need no signature of their own, because others
// beside them have it: the other blocks at the end of an image.
func signedParts(img *firmware.Image) map[*firmware.Container]bool {
	signed := map[*firmware.Container]bool{} // parents, with nil for the image
	for _, c := range img.Containers {
		if c.Type == appended && len(c.Signatures) > 0 {
			signed[c.Parent] = true
		}
	}
	others := map[*firmware.Container]bool{}
	for _, c := range img.Containers {
		if c.Type == appended && len(c.Signatures) == 0 && signed[c.Parent] {
			others[c] = true
		}
	}
	return others
}

// unsignedFlashes are the delivered flash images in which no program is signed: what
// is delivered is then not signed, as one such program would not be.
func unsignedFlashes(img *firmware.Image) map[*firmware.Container]bool {
	unsigned := map[*firmware.Container]bool{}
	for _, c := range img.Containers {
		if c.Type == "esp-flash" && outermost(c) {
			unsigned[c] = true
		}
		for p := c.Parent; p != nil && len(c.Signatures) > 0; p = p.Parent {
			delete(unsigned, p)
		}
	}
	return unsigned
}

// stripped are the kinds of updates that are told by what is in them, where what signs
// them is not there: a bundle of RAUC without its message, a package or index of
// Alpine without its first stream, a repository of apt without a signature beside
// Release.
func stripped(img *firmware.Image) (found []UpdateContainer) {
	add := func(kind string, c *firmware.Container, at assay.Location) {
		found = append(found, UpdateContainer{Type: kind, Outermost: outermost(c), Signable: true, Attributes: map[string]string{}, Location: at})
	}
	has := func(c *firmware.Container, name string) bool {
		f, ok := c.Lookup(name)
		return ok && f.Kind == firmware.Regular
	}
	for _, c := range img.Containers {
		if !c.FileSystem || !outermost(c) || isRoot(c) && c.Type != "tar" {
			continue
		}
		switch at := (assay.Location{Path: c.Path}); {
		case c.Type == "squashfs" && has(c, "manifest.raucm"):
			add("rauc", c, at)
		case c.Type == "tar" && (has(c, ".PKGINFO") && !has(c, ".BUILDINFO") && !has(c, ".MTREE") || has(c, "APKINDEX") && has(c, "DESCRIPTION")):
			add("apk", c, at)
		}
	}
	for _, f := range img.Files {
		if c := f.Container; f.Kind == firmware.Regular && isSuite(f.Name) && outermost(c) && !isRoot(c) {
			folder := path.Dir(f.Name)
			if !has(c, path.Join(folder, "InRelease")) && !has(c, path.Join(folder, "Release.gpg")) {
				add("apt", c, At(f))
			}
		}
	}
	return found
}

// isSuite reports whether a file is the index of a suite of apt: dists/NAME/Release,
// at any depth of folders.
func isSuite(name string) bool {
	parts := strings.Split(name, "/")
	n := len(parts)
	return n >= 3 && parts[n-1] == "Release" && parts[n-3] == "dists"
}
