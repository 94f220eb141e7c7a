package facts

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// trimPattern removes the shortest or longest fitting start or end.
func trimPattern(s, pattern string, op syntax.ParExpOperator) string {
	if len(s) > 512 || len(pattern) > 128 {
		return s
	}
	cuts := make([]int, 0, len(s)+1)
	for i := range len(s) + 1 {
		cuts = append(cuts, i)
	}
	if op == syntax.RemLargePrefix || op == syntax.RemSmallSuffix {
		slices.Reverse(cuts)
	}
	prefix := op == syntax.RemSmallPrefix || op == syntax.RemLargePrefix
	for _, i := range cuts {
		if prefix && shellMatch(pattern, s[:i]) {
			return s[i:]
		}
		if !prefix && shellMatch(pattern, s[i:]) {
			return s[:i]
		}
	}
	return s
}

// shellMatch reports whether s fits a pattern of *, ? and [..] as in case.
func shellMatch(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		if p < len(pattern) {
			if pattern[p] == '*' {
				star, mark = p, i
				p++
				continue
			}
			if n, ok := matchOne(pattern[p:], s[i]); ok {
				p, i = p+n, i+1
				continue
			}
		}
		if star < 0 {
			return false
		}
		mark++
		p, i = star+1, mark
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// matchOne matches one character and gives the length of its pattern.
func matchOne(pattern string, c byte) (int, bool) {
	switch pattern[0] {
	case '?':
		return 1, true
	case '[':
		if end := strings.IndexByte(pattern[min(2, len(pattern)):], ']'); end >= 0 {
			set := pattern[1 : end+2]
			not := set != "" && (set[0] == '!' || set[0] == '^')
			if not {
				set = set[1:]
			}
			return end + 3, inSet(set, c) != not
		}
	}
	return 1, pattern[0] == c
}

func inSet(set string, c byte) bool {
	for i := 0; i < len(set); i++ {
		if i+2 < len(set) && set[i+1] == '-' {
			if set[i] <= c && c <= set[i+2] {
				return true
			}
			i += 2
			continue
		}
		if set[i] == c {
			return true
		}
	}
	return false
}
