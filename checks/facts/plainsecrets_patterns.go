package facts

import (
	"bytes"
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

// templateSuffixes are behind the name of a file from which one is made.
var templateSuffixes = []string{".default", ".dist", ".in", ".orig", ".template", ".tmpl", ".skel", ".stub"}

// mibModule begins a module of a management information base, or another of ASN.1 (RFC
// 2578, 3; ITU-T X.680, 13): it names values and holds none.
var mibModule = lazy(`(?m)^\s*[A-Z][A-Za-z0-9-]*(?:\s*\{[^{}]*\})?\s+DEFINITIONS\s+(?:(?:IMPLICIT|EXPLICIT|AUTOMATIC)\s+TAGS\s+)?::=\s*BEGIN`)

// maxMIBHead is the number of bytes in which a module begins, behind its comments.
const maxMIBHead = 8 << 10

func isModuleOfMIB(content string) bool {
	head := content[:min(len(content), maxMIBHead)]
	return strings.Contains(head, "DEFINITIONS") && mibModule.Get().MatchString(head)
}

// bytesOfMIB is isModuleOfMIB without a copy of what has not become a text yet.
func bytesOfMIB(content []byte) bool {
	head := content[:min(len(content), maxMIBHead)]
	return bytes.Contains(head, []byte("DEFINITIONS")) && mibModule.Get().Match(head)
}

// isJoined reports whether a string of a program goes on in something else than another
// string, so that it is a part of a value: "PASSWORD(" . $x, 'a' + b.
func isJoined(rest string) bool {
	rest = strings.TrimLeft(rest, " \t")
	if rest == "" || rest[0] != '.' && rest[0] != '+' {
		return false
	}
	rest = strings.TrimLeft(strings.TrimLeft(rest, ".+"), " \t")
	return rest != "" && (rest[0] == '$' || isLetter(rest[0]) || rest[0] == '_')
}

// isAnnotation reports whether a string behind a colon is the type of what follows, which
// Python lets one quote (PEP 484, forward references): password: "Optional[str]" = None.
func isAnnotation(rest string) bool {
	rest = strings.TrimLeft(rest, " \t")
	return strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "==") && !strings.HasPrefix(rest, "=>")
}

// selector is how a page's script and style name a field by its id or class (Selectors
// Level 3, 6.4 and 6.5).
var selector = lazy(`^[#.][A-Za-z_][A-Za-z_-]*$`)

// isSelector reports whether a string of a program names the field of a password.
func isSelector(value string) bool {
	return value != "" && (value[0] == '#' || value[0] == '.') && selector.Get().MatchString(value) && strings.ContainsAny(value, "_-") && holdsAny(value, passwordAnchors)
}

// isOwnName reports whether a string of a program says nothing but the name that it is
// given to: PASSWORD2 = "password2", as the values of an enumeration.
func isOwnName(name, value string) bool {
	plain := func(s string) string { return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s)) }
	return plain(name) == plain(value)
}

// isLabelOf reports whether a value is the name that it is given to in other letters, as
// people read it on a page: "password": "Password". In small letters it may be a password
// that is as weak: PASSWORD=password.
func isLabelOf(name, value string) bool {
	return value != name && strings.EqualFold(value, name) && value != strings.ToLower(value)
}

// userFieldName is a user who is called as the field is: what templates have.
var userFieldName = lazy(`(?i)["']?user(?:_?name)?["']?\s*(?:=>|:=|=|:)\s*["']?username["']?(?:[\s,;}]|$)`)

// besideFieldName reports whether the lines around an offset set the user to the word
// "username", so that both are places to fill in.
func besideFieldName(content string, at int) bool {
	from, to := max(0, at-maxBeside/4), min(len(content), at+maxBeside/4)
	return userFieldName.Get().MatchString(content[from:to])
}

// catalogueName is a resource bundle of Java: the words of a program for people, by
// language (LocalStrings_zh_CN.properties, messages.properties, LoginBundle_de.properties).
var catalogueName = lazy(`^(?:localstrings|[a-z0-9]*messages?|[a-z0-9]*bundle|validationmessages)(?:_[a-z]{2}(?:_[a-z]{2,4})?)?\.properties$`)

// isCatalogue reports whether a file's name is that of a resource bundle.
func isCatalogue(base string) bool {
	return strings.HasSuffix(base, ".properties") && catalogueName.Get().MatchString(base)
}
