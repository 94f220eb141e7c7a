package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// shippedFolders are where the files of /etc lie on devices whose /etc is a place in memory
// that the start fills from there. The init of Ralink's and MediaTek's kits reads its table
// in etc_ro itself.
var shippedFolders = []string{
	"etc_ro", "etc-ro", "etc.ro", "rom/etc", "ro/etc", "mnt/rom/etc", "etc.default", "etc.defaults", "etc_default", "etc_defaults",
	"etc.orig", "default/etc", "defaults/etc", "default_etc", "usr/etc", "usr/local/etc", "mnt/etc",
}

// shippedStarts are the scripts and the table of init in such a folder.
var shippedStarts = []string{"init.d/rcS", "rcS", "rc.d/rcS", "rc"}

// etcIsFilled reports whether /etc holds nothing in the image that says what starts: the
// running device puts there what it needs.
func (g *boot) etcIsFilled() bool {
	return !slices.ContainsFunc(g.children("etc"), func(f *firmware.File) bool {
		b := path.Base(f.Name)
		return b == "inittab" || b == "init.d" || b == "systemd" || strings.HasPrefix(b, "rc") || strings.HasPrefix(b, "init")
	})
}

// shippedTable finds the table of a busybox init that has none in /etc.
func (g *boot) shippedTable(init initProgram) (t Text, folder string, ok bool) {
	if init.file == nil || init.text != nil || !isMultiCall(init.file.Name) && path.Base(init.file.Name) != "init" {
		return Text{}, "", false
	}
	for _, folder := range shippedFolders {
		if t, ok := g.texts.Get(g.root, folder+"/inittab"); ok {
			return t, folder, true
		}
	}
	return Text{}, "", false
}

// shippedEntry gives the command of such a table by where its file lies in the image: the
// table names it as the running device has it.
func (g *boot) shippedEntry(folder, process string) string {
	words := strings.Fields(process)
	for i, w := range words[:min(len(words), 2)] {
		if rest, ok := strings.CutPrefix(w, "/etc/"); ok && !g.isFile(w) && g.isFile(folder+"/"+rest) {
			words[i] = "/" + folder + "/" + rest
			return strings.Join(words, " ")
		}
	}
	return process
}

// shippedScripts runs rcS of such a folder.
func (g *boot) shippedScripts() bool {
	for _, folder := range shippedFolders {
		for _, name := range shippedStarts {
			f, ok := g.root.Lookup(folder + "/" + name)
			if !ok || f.Kind != firmware.Regular || folder == "usr/etc" && name == "rc" {
				continue
			}
			if t, isText := g.texts.Of(f); isText {
				g.follow(g.from(At(f)), t, nil)
				return true
			}
		}
	}
	return false
}
