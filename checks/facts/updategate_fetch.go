package facts

import (
	"path"
	"slices"
	"strings"
)

// fetchedTo are the files that a fetching command writes.
func (g *gate) fetchedTo(c *Command) []string {
	var names []string
	for _, o := range outputs(c) {
		if o != "-" && o != "/dev/stdout" {
			names = append(names, g.name(o))
		}
	}
	_, args := c.Effective()
	program := c.Program()
	toName := program == "wget" || program == "uclient-fetch" || program == "aria2c" || program == "axel" || program == "curl" && (c.Has("-O") || c.Has("--remote-name"))
	last := ""
	if len(args) > 0 {
		last = args[len(args)-1]
	}
	switch {
	case program == "curl" && c.Has("-O"):
		names = nil
	case program == "scp" || program == "rsync" || program == "sftp":
		if len(args) > 1 && !strings.Contains(last, ":") {
			names = append(names, g.name(last))
		}
		return names
	case program == "git":
		return []string{g.gitFolder(args)}
	case program == "casync":
		return []string{g.name(last)}
	case program == "tftp":
		if remote := flagValues(args, "-r"); len(names) == 0 && len(remote) > 0 {
			return []string{g.name(path.Base(remote[0]))}
		}
	case program == "ftpget":
		if len(args) > 2 {
			return []string{g.name(args[len(args)-2])}
		}
	}
	if toStdout := slices.ContainsFunc(args, func(a string) bool {
		return strings.HasPrefix(a, "-") && (strings.HasSuffix(a, "O-") || strings.HasSuffix(a, "o-") || strings.HasSuffix(a, "=-"))
	}); toStdout {
		return names
	}
	if len(outputs(c)) == 0 && toName || program == "curl" && c.Has("-O") {
		dir := g.cwd
		if d := flagValues(args, "-P", "--directory-prefix", "-d", "--output-dir"); len(d) > 0 && program != "curl" {
			dir = d[0]
		}
		for _, a := range addressesIn(c) {
			if i := strings.IndexAny(a, "?#"); i >= 0 {
				a = a[:i]
			}
			names = append(names, g.name(path.Join(dir, path.Base(a))))
		}
	}
	return names
}

func (g *gate) gitFolder(args []string) string {
	if d := flagValues(args, "-C"); len(d) > 0 {
		return g.name(d[0])
	}
	if containsAny(args, []string{"clone"}) && len(args) > 2 && !strings.Contains(args[len(args)-1], ":") {
		return g.name(args[len(args)-1])
	}
	return g.cwd
}

// onlyFetches reports whether git brings what is new, and leaves the files as they are
// (git-fetch(1)).
func onlyFetches(args []string) bool {
	return containsAny(args, []string{"fetch"}) && !containsAny(args, []string{"pull", "clone"})
}

// takesFetched reports whether git puts what it fetched before in the place of files.
func takesFetched(args []string) bool {
	return containsAny(args, []string{"checkout", "switch", "reset", "merge", "rebase", "restore"}) && !containsAny(args, []string{"--verify-signatures"})
}

func (g *gate) fetch(c *Command) outcome {
	names := g.fetchedTo(c)
	for _, n := range names {
		g.files[n] = &gateFile{fetched: true}
		g.found.fetched[n] = true
		delete(g.said, n)
		delete(g.checker, n)
		if g.software(n, c.Program() == "git" || c.Program() == "rsync") {
			if c.Program() == "git" && (containsAny(c.Args, []string{"--verify-signatures"}) || onlyFetches(c.Args)) {
				continue
			}
			g.install(c, []string{n})
		}
	}
	return unsure
}
