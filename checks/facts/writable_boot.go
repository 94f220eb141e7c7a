package facts

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// openedAtBoot are files and folders of a root that a command of the boot lets everyone
// write to: "chmod -R 777 /etc".
func openedAtBoot(c *firmware.Container, commands []BootCommand) []WritableTree {
	var found []WritableTree
	for i := range commands {
		name, args := commands[i].Effective()
		if path.Base(name) != "chmod" || !strings.HasPrefix(commands[i].Location.Path, c.Path+"!") {
			continue
		}
		words := slices.DeleteFunc(slices.Clone(args), func(a string) bool {
			return a == "-R" || a == "-f" || a == "-v" || a == "-c" || strings.HasPrefix(a, "--")
		})
		if len(words) < 2 || !letsAllWrite(words[0]) {
			continue
		}
		for _, w := range words[1:] {
			f, ok := c.Lookup(strings.TrimPrefix(path.Clean("/"+w), "/"))
			if !ok || !strings.HasPrefix(w, "/") || f.Name == "." || f.Name == "" || isPassing(f.Name) || f.Kind != firmware.Regular && f.Kind != firmware.Directory ||
				isWritable(f) || slices.ContainsFunc(found, func(t WritableTree) bool { return t.Name == f.Name }) {
				continue
			}
			top, _, _ := strings.Cut(f.Name, "/")
			t := WritableTree{Root: c.Path, Name: f.Name, Folder: f.Kind == firmware.Directory, Program: slices.Contains(programPlaces, top)}
			t.add(f)
			t.Places[0] = commands[i].Location
			found = append(found, t)
		}
	}
	return found
}

// letsAllWrite reports whether a mode of chmod(1) gives others the right to write, and
// sets no sticky bit: "777", "0666", "a+w", "ugo=rwx".
func letsAllWrite(mode string) bool {
	if n, err := strconv.ParseUint(mode, 8, 16); err == nil {
		return n&0o002 != 0 && n&0o1000 == 0
	}
	for part := range strings.SplitSeq(mode, ",") {
		at := strings.IndexAny(part, "+=")
		if at > 0 && strings.ContainsAny(part[:at], "ao") && strings.Trim(part[:at], "ugoa") == "" && strings.Contains(part[at:], "w") {
			return !strings.Contains(mode, "t")
		}
	}
	return false
}
