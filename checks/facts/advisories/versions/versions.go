// Package versions compares version numbers by the rules of whoever made them:
// the package managers of distributions, Semantic Versioning, and projects that
// follow no rule but that later numbers are greater.
//
// Every order is total for any text, so that a hostile version can be sorted and
// never panics; what is not a version at all still has a place.
package versions

import "strings"

// Order says which of two versions comes first: below 0 if a does, above 0 if b
// does, 0 if they are the same release.
type Order func(a, b string) int

// digits gives the number that s starts with, as text without leading zeros, and
// what is left. Numbers of any length are compared as text, so none overflows.
func digits(s string) (number, rest string) {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	number, rest = s[:n], s[n:]
	for len(number) > 0 && number[0] == '0' {
		number = number[1:]
	}
	return number, rest
}

// compareDigits compares numbers that digits gave.
func compareDigits(a, b string) int {
	switch {
	case len(a) != len(b):
		return sign(len(a) - len(b))
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// split parts a version of Debian or of rpm at its first colon and its last hyphen.
func split(v string) (epoch, upstream, revision string) {
	v = strings.TrimSpace(v)
	if before, after, ok := strings.Cut(v, ":"); ok {
		if number, rest := digits(before); rest == "" {
			epoch, v = number, after
		}
	}
	if i := strings.LastIndexByte(v, '-'); i >= 0 {
		return epoch, v[:i], v[i+1:]
	}
	return epoch, v, ""
}
