package facts

import (
	"slices"
	"strings"
)

// patternTools take expressions that look like settings: what stands in them is sought,
// not set.
var patternTools = []string{"sed", "grep", "egrep", "fgrep", "zgrep", "awk", "gawk", "mawk", "expr"}

// patternMarks are those of expressions; no name of a setting has them.
const patternMarks = `/\*^$[]()+?|`

// substituted gives what a substitution of sed writes, if the word is one: the text
// between the second mark and the third. A reference to what was found is no literal.
func substituted(word string) (string, bool) {
	i := strings.IndexByte(word, 's')
	if i < 0 || i+1 >= len(word) || i > 0 && isNameByte(word[i-1]) || isNameByte(word[i+1]) {
		return "", false
	}
	mark := word[i+1]
	parts, from := []string{}, i+2
	for j := from; j < len(word) && len(parts) < 2; j++ {
		switch word[j] {
		case '\\':
			j++
		case mark:
			parts, from = append(parts, word[from:j]), j+1
		}
	}
	if len(parts) < 2 {
		return "", false
	}
	return parts[1], true
}

// assignedIn gives the setting in an argument "NAME=value" of a program: none where the
// argument is an expression, of which only what sed puts in place counts.
func assignedIn(program, arg string) (key, value string, ok bool) {
	if slices.Contains(patternTools, program) {
		if text, is := substituted(arg); is && program == "sed" {
			if strings.Contains(text, `\`) || strings.Contains(text, "&") {
				return "", "", false
			}
			arg = text
		} else if name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "="); strings.ContainsAny(name, patternMarks) {
			return "", "", false
		}
	}
	return strings.Cut(strings.TrimLeft(arg, "-"), "=")
}

// catalogueName is a resource bundle of Java: the words of a program for people, by
// language (LocalStrings_zh_CN.properties, messages.properties, LoginBundle_de.properties).
var catalogueName = lazy(`^(?:localstrings|[a-z0-9]*messages?|[a-z0-9]*bundle|validationmessages)(?:_[a-z]{2}(?:_[a-z]{2,4})?)?\.properties$`)

// isCatalogue reports whether a file's name is that of a resource bundle.
func isCatalogue(base string) bool { return catalogueName.Get().MatchString(base) }
