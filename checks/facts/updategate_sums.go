package facts

import (
	"slices"
	"strings"
)

func isSum(program string) bool {
	return slices.Contains([]string{"md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "cksum", "sum"}, program)
}

// strongSum tells the sums that nobody can make collide.
func strongSum(program string) bool {
	return strings.HasPrefix(program, "sha2") || strings.HasPrefix(program, "sha3") || strings.HasPrefix(program, "sha5")
}

// compareSums is sha256sum -c: a list that a signature covers speaks for its
// files.
func (g *gate) compareSums(c *Command, program string, args []string) outcome {
	g.found.sums = true
	g.found.checks = append(g.found.checks, c.Location)
	if !containsAny(args, []string{"--check", "--status"}) && !c.Has("-c") {
		g.derive(c, program)
		return unsure
	}
	lists := append(g.inputs(c), g.onlyKnown(g.words(c))...)
	for _, p := range g.pipe {
		_, words := p.Effective()
		for _, w := range words {
			lists = append(lists, g.told(w)...)
		}
	}
	if !strongSum(program) || !slices.ContainsFunc(lists, func(n string) bool { return !g.bad(n) && g.file(n) != nil }) {
		return unsure
	}
	if g.choose(2) != 0 {
		g.failed, g.doubts = true, nil
		return fails
	}
	for _, name := range sortedKeys(g.files) {
		if f := g.files[name]; f.fetched && len(f.of) == 0 {
			f.good = true
		}
	}
	return works
}

// compareFiles is cmp: a digest that a signature covers speaks for the file that
// the other was made from.
func (g *gate) compareFiles(args []string) outcome {
	plain := plainWords(args)
	if len(plain) < 2 {
		return unsure
	}
	return g.same([]string{g.name(plain[0]), g.name(plain[1])})
}

func (g *gate) same(names []string) outcome {
	good, bad := false, false
	for _, n := range names {
		if f := g.file(n); f != nil {
			good, bad = good || g.good(f, 0), bad || !g.good(f, 0)
		}
	}
	if !good || !bad {
		return unsure
	}
	if g.choose(2) != 0 {
		g.failed, g.doubts = true, nil
		return fails
	}
	for _, n := range names {
		g.trust(n, 0)
	}
	return works
}

func (g *gate) trust(name string, depth int) {
	f := g.file(name)
	if f == nil || depth > 8 {
		return
	}
	f.good = true
	for _, o := range f.of {
		g.trust(o, depth+1)
	}
}
