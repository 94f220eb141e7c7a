package facts

import (
	"slices"
	"strings"
)

// outputs are the files that a fetching command writes.
func outputs(c *Command) []string {
	_, args := c.Effective()
	var files []string
	for i, a := range args {
		if flags := strings.TrimLeft(a, "-"); i+1 < len(args) && a != flags && (strings.HasSuffix(a, "O") || strings.HasSuffix(a, "o") || flags == "output" || flags == "output-document" || flags == "l") {
			files = append(files, args[i+1])
		}
	}
	for _, r := range c.Redirects {
		if r.Op == ">" {
			files = append(files, r.Word)
		}
	}
	return files
}

// overSystem reports whether an archive is unpacked over the folders of the
// system itself; packages always are.
func overSystem(name string, args []string) bool {
	if name == "dpkg" || name == "rpm" {
		return containsAny(args, []string{"-i", "-U", "-Uvh", "--install", "--upgrade", "-ivh"})
	}
	for _, to := range flagValues(args, "-C", "-d", "--directory") {
		if first, _, _ := strings.Cut(strings.TrimPrefix(to, "/"), "/"); first == "" || slices.Contains([]string{"usr", "bin", "sbin", "lib", "opt", "etc", "app", "system"}, first) {
			return true
		}
	}
	return false
}
