package product

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled when it is first used: most
// runs of a program that can read product files read none.
type pattern struct {
	source string // in the syntax of regexp/syntax
	once   sync.Once
	re     *regexp.Regexp
}

func lazy(source string) *pattern { return &pattern{source: source} }

// MatchString reports whether s holds the pattern.
func (p *pattern) MatchString(s string) bool {
	p.once.Do(func() { p.re = regexp.MustCompile(p.source) })
	return p.re.MatchString(s)
}
