package facts

import (
	"path"
	"slices"
	"strings"
)

// fetched reports whether a command runs what an earlier one fetched, or unpacks
// it over the system: both install software just as a write to flash does.
func (u updateSteps) fetched(s *Script, c Command) bool {
	words := unwrapCommand(append([]string{c.Name}, c.Args...))
	if len(words) == 0 || words[0] == "" { // a bare assignment
		return false
	}
	name := path.Base(words[0])
	switch {
	case slices.Contains(shellNames, name) || name == "." || name == "source":
		piped := c.Pipeline != 0 && slices.ContainsFunc(u.fetches, func(i int) bool { return s.Commands[i].Pipeline == c.Pipeline })
		return piped && len(skipFlags(words)) <= 2 || len(words) > 1 && u.isFetched(s, words[1])
	case name == "tar" || name == "unzip" || name == "dpkg" || name == "rpm":
		return slices.ContainsFunc(words[1:], func(w string) bool { return u.isFetched(s, w) }) && overSystem(name, words[1:])
	}
	return u.isFetched(s, words[0])
}

// isFetched reports whether an earlier command fetched into the file.
func (u updateSteps) isFetched(s *Script, name string) bool {
	return strings.Contains(name, "/") && !strings.HasPrefix(name, "/dev/") && slices.ContainsFunc(u.fetches, func(i int) bool {
		c := s.Commands[i]
		return slices.Contains(outputs(c), name)
	})
}

// outputs are the files that a fetching command writes.
func outputs(c Command) []string {
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
