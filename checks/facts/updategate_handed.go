package facts

import (
	"slices"
	"strings"
)

// What people hand to the device: an archive on what they plug in, and what they upload.

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

// uploads reports whether a command of a page takes in what its visitor sends, which a web
// server hands to it as the standard input (RFC 3875, 4.2): the first of its pipeline, which
// is told to read nothing else.
func uploads(script string, c *Command, first bool) bool {
	return first && isPage(script) && readsInput(c) && !slices.ContainsFunc(c.Redirects, func(r Redirect) bool {
		return strings.HasPrefix(r.Op, "<") && r.Word != "0" && !isInput(r.Word)
	})
}

func isInput(word string) bool {
	return word == "-" || word == "/dev/stdin" || word == "/dev/fd/0" || word == "/proc/self/fd/0"
}

// readsInput reports whether a command passes on, unpacks or writes its standard input.
func readsInput(c *Command) bool {
	_, args := c.Effective()
	program := c.Program()
	named := slices.ContainsFunc(args, isInput)
	switch program {
	case "tee", "tr":
		return true
	case "head", "tail":
		return len(filesOf(args, "-c", "-n", "--bytes", "--lines")) == 0
	case "sed", "awk", "gawk":
		files := filesOf(args, "-e", "-f", "-F", "-v", "--expression", "--file")
		if !hasFlag(args, "-e", "-f", "--expression", "--file") && len(files) > 0 {
			files = files[1:] // its program
		}
		return len(files) == 0
	case "dd":
		return !slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "if=") && !isInput(a[3:]) })
	case "tar", "bsdtar":
		return unpacks(c) && (named || !hasFlag(args, "-f", "--file") && (strings.HasPrefix(args[0], "-") || !strings.Contains(args[0], "f")))
	case "cpio":
		return unpacks(c) && !hasFlag(args, "-F", "--file")
	case "unzip":
		return named
	case "openssl":
		return len(args) > 0 && (args[0] == "enc" || args[0] == "base64" || strings.HasPrefix(args[0], "aes-")) && !hasFlag(args, "-in")
	}
	if slices.Contains(passOn, program) && program != "mount" && program != "insmod" && program != "kexec" {
		return len(filesOf(args, "-w")) == 0
	}
	return named && writesSoftware(c)
}

// filesOf gives the words of a command that name files: no options, nor what follows one
// that takes a word.
func filesOf(args []string, valued ...string) (files []string) {
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case slices.Contains(valued, a):
			i++
		case !strings.HasPrefix(a, "-") && !isInput(a):
			files = append(files, a)
		}
	}
	return files
}
