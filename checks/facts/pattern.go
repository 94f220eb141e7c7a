package facts

import "github.com/assay-iot/assay/internal/lazyregexp"

// pattern is a regular expression that is compiled when it is first used; there
// are about two hundred of them. A test compiles each.
type pattern = lazyregexp.Regexp

func lazy(source string) *pattern { return lazyregexp.New(source) }
