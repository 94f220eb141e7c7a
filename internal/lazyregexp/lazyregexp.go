// Package lazyregexp holds regular expressions that are compiled when they are
// first used. The program has some two hundred, and most of its runs need few or
// none: to compile them all took half of its start.
package lazyregexp

import (
	"regexp"
	"sync"
)

// Regexp is a regular expression of which only the source is known until it is
// used. It is safe for concurrent use.
type Regexp struct {
	source string
	once   sync.Once
	re     *regexp.Regexp
}

// New keeps an expression in the syntax of regexp/syntax. A wrong one shows only
// when it is used: a test has to compile each.
func New(source string) *Regexp { return &Regexp{source: source} }

// Get compiles the expression, once. It panics if the source is wrong.
func (r *Regexp) Get() *regexp.Regexp {
	r.once.Do(func() { r.re = regexp.MustCompile(r.source) })
	return r.re
}

// MatchString reports whether s holds a match.
func (r *Regexp) MatchString(s string) bool { return r.Get().MatchString(s) }

// String is the source.
func (r *Regexp) String() string { return r.source }
