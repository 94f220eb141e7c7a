package facts

import (
	"path"
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

// overSystem reports whether packages are installed: they go over the folders of the
// system itself.
func overSystem(args []string) bool {
	return containsAny(args, []string{"-i", "-U", "-Uvh", "--install", "--upgrade", "-ivh"})
}

// systemFolder reports whether what is unpacked into a folder may be software: one of the
// system's, below etc those that hold scripts. What else lies below etc are settings.
func systemFolder(dir string) bool {
	if !strings.HasPrefix(dir, "/") {
		return false
	}
	first, rest, _ := strings.Cut(path.Clean(dir)[1:], "/")
	if first == "etc" {
		return rest == "" || rest == "*" || scriptsOfEtc.Get().MatchString(rest)
	}
	return slices.Contains([]string{"", "*", "usr", "bin", "sbin", "lib", "opt", "app", "system"}, first)
}

// scriptsOfEtc are the folders and files below etc whose content is run.
var scriptsOfEtc = lazy(`^(?:init\.d|rc|inittab|cron|hotplug|udev|systemd|uci-defaults|profile|ppp|acpi|apm|mdev|network/if-|NetworkManager/dispatcher|ld\.so|opt(?:/|$))`)

// copiesTree reports whether cp or rsync copies folders with all that is in them.
func copiesTree(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool {
		return a == "--recursive" || a == "--archive" || len(a) > 1 && a[0] == '-' && a[1] != '-' && strings.ContainsAny(a, "rRa")
	})
}
