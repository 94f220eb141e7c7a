package signing

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
)

// appended is the container of what is appended to an image in several blocks, of
// which one may sign the image.
const appended = "fwtool"

// signedParts are the containers that need no signature of their own, because others
// beside them have it: the other blocks at the end of an image, and the vbmeta block
// behind a partition of which a signed block elsewhere says what it must be.
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
	vouched := map[string]bool{}
	for _, c := range img.Containers {
		for _, s := range c.Signatures {
			for _, span := range s.Through {
				vouched[span.Path] = vouched[span.Path] || s.Kind == chainKind && span.Beside && s.Problem == ""
			}
		}
	}
	for c := range footed(img) {
		if len(c.Signatures) == 0 && vouched[placeOf(c.Path)] {
			others[c] = true
		}
	}
	return others
}

// vbmetaType and footerType are the types of container of a vbmeta block, and of the end
// of a partition that says that such a block stands behind its content.
const (
	vbmetaType = "android-vbmeta"
	footerType = "android-avb-footer"
)

// footed are the vbmeta blocks that stand behind the content of their partition.
func footed(img *firmware.Image) map[*firmware.Container]bool {
	footers, blocks := map[string]bool{}, map[*firmware.Container]bool{}
	for _, c := range img.Containers {
		if c.Type == footerType {
			footers[placeOf(c.Path)] = true
		}
	}
	for _, c := range img.Containers {
		if c.Type == vbmetaType && footers[placeOf(c.Path)] {
			blocks[c] = true
		}
	}
	return blocks
}

// unsignedBlocks are the vbmeta blocks of a delivered archive of partitions in which no
// block is signed: what is delivered is then not signed. An archive with META-INF may be
// signed as a whole.
func unsignedBlocks(img *firmware.Image) map[*firmware.Container]bool {
	blocks, behind := map[*firmware.Container]bool{}, footed(img)
	for _, k := range img.Containers {
		if !outermost(k) || !slices.Contains(archives, k.Type) || facts.IsRoot(k) {
			continue
		}
		var unsigned []*firmware.Container
		signed := false
		for _, c := range img.Containers {
			if strings.HasPrefix(c.Path, k.Path+"!") {
				signed = signed || len(c.Signatures) > 0
				if c.Type == vbmetaType && !behind[c] {
					unsigned = append(unsigned, c)
				}
			}
		}
		if _, whole := k.Lookup("META-INF"); signed || whole {
			continue
		}
		for _, c := range unsigned {
			blocks[c] = true
		}
	}
	return blocks
}

// legacyKernel reports a kernel in U-Boot's legacy format, which has no place for a
// signature.
func legacyKernel(c *firmware.Container) bool {
	return c.Type == "uimage" && strings.HasPrefix(c.Attributes["type"], "kernel")
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
		if !c.FileSystem || !outermost(c) || facts.IsRoot(c) && c.Type != "tar" {
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
		if c := f.Container; f.Kind == firmware.Regular && isSuite(f.Name) && outermost(c) && !facts.IsRoot(c) {
			folder := path.Dir(f.Name)
			if !has(c, path.Join(folder, "InRelease")) && !has(c, path.Join(folder, "Release.gpg")) {
				add("apt", c, facts.At(f))
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
