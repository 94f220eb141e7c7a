package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// toolFolders are where distributions put programs and their parts (FHS 3.0, 4): what a
// site adds lies in usr/local, opt and srv.
var toolFolders = []string{"usr/bin/", "usr/sbin/", "usr/lib/", "usr/libexec/", "usr/share/", "bin/", "sbin/"}

// runFolders hold scripts that a program runs because they lie there.
var runFolders = []string{"init.d", "rc.d", "hooks", "hook", "cgi-bin", "cgi", "www", "html", "rpcd", "scripts.d", "system-sleep", "system-shutdown", "system-generators", "dispatcher.d"}

// isIdle reports whether a script is a tool that somebody has to call: it lies among the
// programs of a distribution, no other text names it, no link leads to it, and its folder
// starts nothing. A program may call it all the same.
func isIdle(img *firmware.Image, texts *TextSet, f *firmware.File) bool {
	if !slices.ContainsFunc(toolFolders, func(dir string) bool { return strings.HasPrefix(f.Name, dir) }) || slices.ContainsFunc(strings.Split(path.Dir(f.Name), "/"), func(dir string) bool {
		return slices.Contains(runFolders, dir) || strings.HasSuffix(dir, ".d")
	}) {
		return false
	}
	base := path.Base(f.Name)
	for _, other := range img.Files {
		if other.Kind == firmware.Symlink && path.Base(other.Link) == base {
			return false
		}
	}
	for _, t := range texts.Where(func(other *firmware.File) bool { return other != f }) {
		if strings.Contains(t.Content, base) && !isFileList(t.File.Name) {
			return false
		}
	}
	return true
}

// isFileList reports whether a text lists files of packages, which starts none.
func isFileList(name string) bool {
	return Within(name, "var/lib/dpkg/", "var/lib/opkg/", "usr/lib/opkg/", "lib/apk/db/") || slices.Contains([]string{".list", ".md5sums", ".conffiles"}, path.Ext(name))
}

// leavesPeer reports whether a command leaves it to its caller with whom or what it deals:
// a variable stands in its words, and no host, address or device beside it.
func leavesPeer(c *Command) bool {
	_, args := c.Effective()
	return slices.ContainsFunc(args, Unresolved) && !slices.ContainsFunc(args, namesPeer)
}

// namesPeer reports whether a word has a host, an address or a device that does not hang
// on a variable.
func namesPeer(word string) bool {
	if _, behind, ok := strings.Cut(word, "://"); ok {
		host, _, _ := strings.Cut(behind, "/")
		return !Unresolved(host)
	}
	if Unresolved(word) {
		return false
	}
	parts := strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune(":@,/", r) })
	return strings.HasPrefix(word, "/dev/") || strings.Contains(word, "=/dev/") || slices.ContainsFunc(parts, func(p string) bool {
		return isHost(strings.ToLower(p)) && !looksLikeFile(p)
	})
}
