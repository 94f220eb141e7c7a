package firmware

import (
	"bytes"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// documentation are the folders in which distributions keep the manuals, the examples and
// the translations of packages.
var documentation = []string{"doc/", "man/", "info/", "help/", "locale/", "i18n/"}

// isDocumentation reports whether a file of a root file system lies in one of them: there
// are thousands of packed pages, and no device reads them. Folders of such names elsewhere
// are of whoever made the device.
func isDocumentation(name string) bool {
	below, ok := strings.CutPrefix(name, "usr/share/")
	if !ok {
		below, ok = strings.CutPrefix(name, "usr/local/share/")
	}
	return ok && slices.ContainsFunc(documentation, func(folder string) bool { return strings.HasPrefix(below, folder) })
}

// isPacked reports whether a file is a compressed stream, whatever that holds, or an archive
// of zip or 7z.
func (w *walker) isPacked(content []byte) bool {
	if isZip(content) || bytes.HasPrefix(content, []byte("7z\xbc\xaf\x27\x1c")) {
		return true
	}
	in := format.InMemory(content)
	return slices.ContainsFunc(w.matcher.begun(in), func(f *format.Format) bool {
		return f.Peek != nil && len(f.Magics) > 0 && f.Probe(in) != format.No
	})
}
