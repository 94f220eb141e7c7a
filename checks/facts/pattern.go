package facts

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled when it is first used. There
// are about two hundred of them, and most runs of the program need few or none:
// to compile them all took half of its start. A test compiles each.
type pattern struct {
	source string // in the syntax of regexp/syntax
	once   sync.Once
	re     *regexp.Regexp
}

func lazy(source string) *pattern { return &pattern{source: source} }

// get compiles the expression, once.
func (p *pattern) get() *regexp.Regexp {
	p.once.Do(func() { p.re = regexp.MustCompile(p.source) })
	return p.re
}
