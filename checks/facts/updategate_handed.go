package facts

import (
	"slices"
	"strings"
)

// What people hand to the device: a file on what they plug in, and one that they upload.

// unpackers take a tree of files out of one.
var unpackers = []string{"tar", "unzip", "bsdtar", "cpio", "7z", "7za", "7zr", "unsquashfs"}

// unpacks reports whether a command takes files out of an archive, and neither makes
// nor lists one.
func unpacks(c *Command) bool {
	_, args := c.Effective()
	if !slices.Contains(unpackers, c.Program()) || len(args) == 0 {
		return false
	}
	switch c.Program() {
	case "tar", "bsdtar":
		return slices.Contains(args, "--extract") || slices.ContainsFunc(args, func(a string) bool {
			return (a == args[0] || strings.HasPrefix(a, "-")) && !strings.HasPrefix(a, "--") && strings.Contains(a, "x") && !strings.Contains(a, "/")
		})
	case "unzip", "unsquashfs":
		return !hasFlag(args, "-l", "-t", "-ll")
	case "cpio":
		return strings.HasPrefix(args[0], "-") && strings.Contains(args[0], "i")
	}
	return args[0] == "x" || args[0] == "e"
}

// uploads reports whether a command of a page writes what its visitor sends, which a web
// server hands to it as the standard input (RFC 3875, 4.2).
func uploads(script string, c *Command) bool {
	if !isPage(script) || c.Pipeline != 0 || slices.ContainsFunc(c.Redirects, func(r Redirect) bool { return strings.HasPrefix(r.Op, "<") }) {
		return false
	}
	_, args := c.Effective()
	written := slices.ContainsFunc(c.Redirects, func(r Redirect) bool { return strings.HasPrefix(r.Op, ">") })
	switch c.Program() {
	case "cat":
		return written && len(skipFlags(args)) == 0
	case "head":
		return written && len(skipFlags(args, "-c", "-n")) == 0
	case "dd":
		return (written || slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "of=") })) &&
			!slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "if=") })
	}
	return false
}
