package facts

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// maxOwnChain is the number of certificates up to which a file is a chain of the
// device's own, if the image names it. A bundle of the authorities of others has
// more than a hundred.
const maxOwnChain = 4

// Class is that of the certificate's path. One in a folder for the roots of
// others is the product's own where a setting or a command names its file.
func (c Certificate) Class() PathClass {
	class := ClassOf(c.Location.Path)
	switch {
	case class == CABundles && c.Named:
		return Product
	case class == Product && c.Bundled && !c.Named:
		return CABundles
	}
	return class
}

// bundleAnchors are parts of the paths that ClassOf takes for those of bundles.
var bundleAnchors = newLiterals([]string{"etc/ssl/certs/", "ca-certificates", "ca-bundle.crt", "cacert.pem"})

// packageLists hold the names of all files of packages: that is no use of them.
var packageLists = []string{"usr/lib/opkg/", "var/lib/", "lib/apk/", "usr/lib/rpm/", "usr/lib/sysimage/"}

// namedFiles are the files among those of bundles that a line of a setting or a
// script names by its whole path. A line that is nothing but a path is of a list.
func namedFiles(texts *TextSet) map[*firmware.File]bool {
	named := map[*firmware.File]bool{}
	for _, t := range texts.All() {
		if !bundleAnchors.In(t.Content) || t.File.Container == nil || ClassOf(t.File.Path) != Product || textKindOf(t) == proseText ||
			slices.ContainsFunc(packageLists, func(p string) bool { return strings.HasPrefix(t.File.Name, p) }) {
			continue
		}
		for l := range t.Lines() {
			s := strings.TrimSpace(l.Text)
			if len(s) > maxSettingLine || !bundleAnchors.In(s) || isComment(s) {
				continue
			}
			for _, p := range absolutePath.Get().FindAllString(s, 16) {
				if f, ok := t.File.Container.Lookup(strings.Trim(p, "/")); ok && p != s && f.Kind == firmware.Regular {
					named[f] = true
				}
			}
		}
	}
	return named
}

var absolutePath = lazy(`/[A-Za-z0-9_.+@/\-]+`)

// nameCertificates marks the certificates in bundles' folders that the image
// names, apart from those in bundles.
func nameCertificates(all []KeyMaterial, texts *TextSet) []KeyMaterial {
	in := map[string]int{} // certificates of a file
	for _, m := range all {
		if m.Certificate != nil && ClassOf(m.Certificate.Location.Path) == CABundles {
			in[m.Certificate.Location.Path]++
		}
	}
	if len(in) == 0 {
		return all
	}
	own := map[string]bool{}
	for f := range namedFiles(texts) {
		own[f.Path] = in[f.Path] > 0 && in[f.Path] <= maxOwnChain
	}
	all = slices.Clone(all)
	for i, m := range all {
		if m.Certificate != nil && own[m.Certificate.Location.Path] {
			c := *m.Certificate
			c.Named, all[i].Certificate = true, &c
		}
	}
	return all
}
